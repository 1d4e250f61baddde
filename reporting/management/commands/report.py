"""`manage.py report KIND --year Y`: runs a report as a job of this process and prints its JSON or writes its file.

Exit code 0 done, 1 refused (reason on stderr), 2 usage.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from areas.models import Area
from office import clock
from office.jobs import JobRefused, run_now
from office.models import JobState
from reporting.definitions import DEFINITIONS
from reporting.files import as_json
from reporting.jobs import UNKNOWN_AREA, parameters
from reporting.models import ReportFile, ReportRun
from reporting.register_area import register_area

FORMATS = tuple(f".{form}" for form in ReportFile.Format.values)


def out_file(text: str) -> Path:
    path = Path(text)
    if path.suffix not in FORMATS:
        raise argparse.ArgumentTypeError(f"--out 的文件名要以 {'、'.join(FORMATS)} 之一结尾")
    return path


def day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("日期写成 2018-11-20 的样子") from None


class Command(BaseCommand):
    help = "生成报表：标准输出是 {run, cells:[{row, column, value, unit, list_url}]}，或用 --out 写成文件"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(DEFINITIONS), help="报表")
        parser.add_argument("--year", type=int, required=True, help="年度")
        parser.add_argument("--area", default="", help="区划代码；不写时是装得下整个名册的最低一级区划")
        parser.add_argument("--as-of", type=day, default=None, help="统计截止，YYYY-MM-DD；不写时是今天")
        parser.add_argument("--nested", action="store_true", help="再列下一级：县的表在镇下列村")
        parser.add_argument("--user", default="", help="以谁的任职办理；不写时是系统，看得到全部")
        parser.add_argument("--out", type=out_file, default=None, help="写成 .xlsx、.csv 或 .json 文件")

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options["user"])
        area = self._area(options["area"], user)
        as_of = options["as_of"] or clock.today()
        try:
            job = run_now(
                "report",
                params=parameters(options["kind"], area, options["year"], as_of, nested=options["nested"]),
                owner=user,
            )
        except JobRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if job.state != JobState.DONE:
            raise CommandError(job.error or str(job.get_state_display()))
        kept = ReportRun.objects.get(pk=job.result["run"])
        out: Path | None = options["out"]
        if out is None:
            self.stdout.write(json.dumps(as_json(kept), ensure_ascii=False))
            return
        file = kept.files.get(format=out.suffix.removeprefix("."))
        try:
            out.write_bytes((Path(settings.MEDIA_ROOT) / file.name).read_bytes())
        except OSError as problem:
            raise CommandError(f"写不了 {out}：{problem.strerror}") from problem
        sys.stderr.write(f"已写入 {out}\n")

    def _user(self, name: str) -> User | None:
        if not name:
            return None
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"没有用户 {name}，或者已停用")
        return user

    def _area(self, code: str, user: User | None) -> Area:
        """The area asked for; without a code the whole register's, or what the user's duty holds."""
        if not code:
            area = user.home_area if user else register_area()
            if area is None:
                raise CommandError("名册还是空的，请用 --area 写明区划代码")
            return area
        areas = Area.objects.visible_to(user) if user else Area.objects.all()
        try:
            return areas.by_code(code)
        except Area.DoesNotExist:
            raise CommandError(UNKNOWN_AREA) from None
