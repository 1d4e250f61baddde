"""`manage.py archive_trail --until DATE --user NAME`: sealed rows of the trail up to that day into an archive.

Exit code 0 done, 1 refused (reason on stderr), 2 usage.
"""

import argparse
import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from office import clock
from office.jobs import Job, JobRefused, JobState, run_now
from office.models import TrailArchive


def over(text: str) -> datetime.date:
    """A day that is over; the trail keeps the real time."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("日期写成 2018-11-20 的样子") from None
    if day >= clock.now().astimezone(clock.SHANGHAI).date():
        raise argparse.ArgumentTypeError("只能归档已经过完的日子，请写今天以前的日期")
    return day


def done(kind: str, user_name: str, **params: Any) -> Job:
    """The job, done in this process in the name of that user; CommandError where it is refused."""
    user = User.objects.filter(username=user_name, is_active=True).first()
    if user is None:
        raise CommandError(f"没有用户 {user_name}", returncode=1)
    try:
        job = run_now(kind, params=params, owner=user)
    except JobRefused as refusal:
        raise CommandError(str(refusal), returncode=1) from refusal
    if job.state != JobState.DONE:
        raise CommandError(job.error or str(job.get_state_display()), returncode=1)
    return job


class Command(BaseCommand):
    help = "把到某一天为止、还没归档的操作日志写成一份归档文件；库里的日志不动"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until", type=over, required=True, help="到哪一天（含），YYYY-MM-DD")
        parser.add_argument("--user", required=True, metavar="NAME", help="审计管理员的用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        job = done("trail-archive", options["user"], until=options["until"].isoformat())
        archive = TrailArchive.objects.get(pk=job.result["archive"])
        self.stdout.write(f"已归档{archive}：{archive.path}")
