"""`manage.py prune_trail --user NAME`: archived rows of the trail that are old enough leave the database.

Exit code 0 done or nothing to do, 1 refused (reason on stderr), 2 usage.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.management.commands.archive_trail import done
from office import clock
from office.models import TrailArchive


class Command(BaseCommand):
    help = "从库里清除已归档、满保存期限（TRAIL_KEEP_MONTHS 个月）的操作日志，先旧后新；清除本身记入日志"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, metavar="NAME", help="审计管理员的用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        now, count = clock.now(), 0
        for archive in TrailArchive.objects.filter(pruned_at__isnull=True).order_by("first_seq"):
            if not archive.may_go(now):
                break
            job = done("trail-prune", options["user"], archive=archive.pk)
            count += job.result["rows"]
            self.stdout.write(f"已从库里清除{archive}")
        if not count:
            self.stdout.write("没有满保存期限的归档，库里的日志没有动")
