"""manage.py demo, on a small county."""

import datetime
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from areas.models import Area
from demo import load as loading
from demo import world
from demo.management.commands import demo
from households.jobs import CHECK
from households.models import Household, StatusEvent
from office import clock
from office.findings import Finding
from office.models import Job, TrailRow
from reporting.models import PlanTable, ReportRun, ReportSchedule

SMALL = 60


@pytest.fixture
def run(db, settings, monkeypatch):
    """run() is the command on the small county; returns what it printed."""
    settings.OFFICE_DAY = ""
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)

    def go() -> str:
        out = StringIO()
        call_command("demo", "--no-serve", "--households", str(SMALL), stdout=out, stderr=StringIO())
        return out.getvalue()

    return go


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Household, StatusEvent, ReportRun, PlanTable, User))


def test_loads_once_and_keeps_everything_when_run_again(run):
    printed = run()
    password = re.search(r"只显示这一次）：(\S+)", printed)
    assert password
    assert User.objects.get(username="district").check_password(password[1])
    assert clock.today() == datetime.date(2018, 11, 20)
    assert PlanTable.objects.get(name="台儿庄区滚动规划").is_adopted
    assert set(ReportRun.objects.values_list("kind", "year")) == {*demo.REPORTS, (demo.SCHEDULED, 2018)}
    period = ReportSchedule.objects.get().periods.get()
    assert (period.key, period.run.kind) == ("2018-10", demo.SCHEDULED)

    assert Job.objects.get(kind=CHECK).state == "done"
    assert not Finding.objects.filter(severity="error").exists()
    named = {key for told in TrailRow.objects.values_list("detail", flat=True) for key in told}
    assert not [key for key in named if key.isascii()]

    before = counts()
    User.objects.filter(username="district").update(display_name="改过的名字")
    again = run()
    assert "保留现有数据" in again
    assert "只显示这一次" not in again
    assert counts() == before
    assert Job.objects.filter(kind=CHECK).count() == 1
    assert User.objects.get(username="district").display_name == "改过的名字"


def test_a_load_that_breaks_off_leaves_nothing(db, monkeypatch):
    monkeypatch.setattr(loading.Rows, "write", lambda *args, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        loading.load(seed=1, households=SMALL, today=world.TODAY)
    assert not Area.objects.exists()
    assert not User.objects.exists()


def test_refuses_a_register_that_has_the_county_already(run):
    Area.objects.create(level="county", code="370405000000", name="台儿庄区")
    with pytest.raises(CommandError, match="空库"):
        run()
    assert not Household.objects.exists()


def test_refuses_production_settings(run, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="生产环境"):
        run()
    assert not Area.objects.exists()


@pytest.mark.parametrize("households", ["0", "59", "很多"])
def test_refuses_a_county_too_small(db, households):
    with pytest.raises(CommandError):
        call_command("demo", "--no-serve", "--households", households)
