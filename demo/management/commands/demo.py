"""manage.py demo: the demonstration county, loaded once and served."""

import argparse
import datetime
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from demo import accounts, assessed, ground
from demo.load import load, loaded
from demo.world import HOUSEHOLDS, TODAY
from households.jobs import CHECK, check_now
from office import clock, trail
from office.jobs import run_now
from office.models import Job, JobState
from reporting.definitions import DEFINITIONS
from reporting.jobs import parameters, take_up_due
from reporting.models import PlanTable, ReportRun, ReportSchedule

PLAN_NAME = "台儿庄区滚动规划"
PLAN_FILE = ground.DATA / "rolling_plan_taierzhuang.csv"
REPORTS = (
    ("exit-tally", 2016),
    ("exit-tally", 2017),
    ("rolling-plan", TODAY.year),
    *(("assessment", year) for year in assessed.YEARS),
)
# Made by itself every month, from the last one that is over.
SCHEDULED, SINCE = "causes", datetime.date(2018, 10, 1)
SMALLEST = 60


def enough(text: str) -> int:
    if not text.isdecimal() or int(text) < SMALLEST:
        raise argparse.ArgumentTypeError(f"户数是不小于 {SMALLEST} 的整数")
    return int(text)


class Command(BaseCommand):
    help = "装入演示县（办公日期 2018-11-20）并打开网站；再次运行时保留已有数据"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="只装入，不打开网站")
        parser.add_argument(
            "--households",
            type=enough,
            default=HOUSEHOLDS,
            help=f"2015 年末的户数，默认 {HOUSEHOLDS}，至少 {SMALLEST}",
        )
        parser.add_argument("--seed", type=int, default=1, help="随机种子，默认 1")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("这是生产环境的设置，演示县不能装在这里")
        call_command("migrate", verbosity=0, interactive=False)
        if not (Path(settings.DATA_DIR) / "office_day").exists():
            clock.set_office_day(TODAY)
        password = ""
        if loaded():
            accounts.keep_password()
            self.stdout.write("演示县已经装入，保留现有数据")
        elif Area.objects.filter(code=ground.county().code).exists():
            raise CommandError(
                "库里已有台儿庄区的区划，演示县要装在空库里：请换一个 DATA_DIR 或 DATABASE_URL"
            )
        else:
            self.stdout.write("正在装入演示县，约需一分钟")
            password = load(seed=options["seed"], households=options["households"], today=TODAY)
        self._plan()
        self._reports()
        self._schedule()
        self._night()
        self._tell(password)
        if not options["no_serve"]:
            port = os.environ.get("PORT", "8000")
            self.stdout.write(f"网站地址：http://127.0.0.1:{port}　按 Ctrl+C 结束")
            call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, insecure_serving=True)

    def _plan(self) -> None:
        if not PlanTable.objects.filter(name=PLAN_NAME, adopted_at__isnull=False).exists():
            call_command("import_plan", str(PLAN_FILE), name=PLAN_NAME, adopt=True, stdout=self.stderr)

    def _reports(self) -> None:
        """The figures people look at first; each is counted once."""
        county = Area.objects.by_code(ground.county().code)
        for kind, year in REPORTS:
            if ReportRun.objects.filter(kind=kind, area=county, year=year).exists():
                continue
            as_of: datetime.date = clock.today()
            job = run_now("report", params=parameters(kind, county, year, as_of))
            if job.state != JobState.DONE:
                raise CommandError(f"{job.title}没有办成：{job.error}")
        assessed.load(county)

    def _schedule(self) -> None:
        """One report that makes itself every month, with the month that is over."""
        county = Area.objects.by_code(ground.county().code)
        facts = {"owner": User.objects.get(username=Role.DISTRICT), "set_at": clock.moment()}
        schedule, made = ReportSchedule.objects.get_or_create(
            kind=SCHEDULED, area=county, rhythm="month", defaults={"since": SINCE, **facts}
        )
        if not made:
            return
        told = {"报表": DEFINITIONS[SCHEDULED].title, "周期": schedule.get_rhythm_display(), "起": f"{SINCE}"}
        trail.record("排定定期报表", actor=schedule.owner, subject=schedule, area=county, detail=told)
        take_up_due(schedule)
        periods = schedule.periods.values("job")
        for asked in Job.objects.filter(pk__in=periods).select_related("owner").order_by("queued_at"):
            job = run_now(asked.kind, params=asked.params, owner=asked.owner, key=asked.key)
            if job.state != JobState.DONE:
                raise CommandError(f"{job.title}没有办成：{job.error}")

    def _night(self) -> None:
        """The check of the first night, so that the work list is not empty; later nights do their own."""
        if Job.objects.filter(kind=CHECK, state=JobState.DONE).exists():
            return
        job = check_now(clock.today())
        if job.state != JobState.DONE:
            raise CommandError(f"{job.title}没有办成：{job.error}")

    def _tell(self, password: str) -> None:
        self.stdout.write(f"办公日期：{clock.today():%Y-%m-%d}")
        self.stdout.write("账号：" + "、".join(f"{name}（{who}）" for name, who in accounts.PEOPLE.items()))
        if password:
            self.stdout.write(f"密码（只显示这一次）：{password}")
