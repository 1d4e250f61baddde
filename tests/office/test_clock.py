import ast
import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from office import clock
from tests.trail_names import trees

ROOT = Path(__file__).resolve().parents[2]
ASKING = {"now", "today", "utcnow", "localdate", "localtime"}


@pytest.fixture
def at(monkeypatch, settings):
    """Sets the real clock, Shanghai time, and no office day."""
    settings.OFFICE_DAY = ""

    def set_now(*parts):
        instant = datetime.datetime(*parts, tzinfo=clock.SHANGHAI)
        monkeypatch.setattr(clock, "now", lambda: instant.astimezone(datetime.UTC))

    return set_now


def test_day_is_shanghai_day(at):
    at(2026, 3, 1, 0, 30)
    assert clock.today() == datetime.date(2026, 3, 1)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_the_zone_of_the_server_makes_no_difference(zone):
    """At 16:30 in UTC the day in Shanghai is the next one, wherever the machine believes it stands."""
    code = (
        "import django, datetime; django.setup()\n"
        "from office import clock\n"
        "clock.timezone.now = lambda: datetime.datetime(2018, 11, 20, 16, 30, tzinfo=datetime.UTC)\n"
        "print(clock.today(), clock.moment().isoformat())"
    )
    environment = {**os.environ, "TZ": zone, "OFFICE_DAY": "", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["2018-11-21", "2018-11-21T00:30:00+08:00"]


def test_nobody_else_asks_what_day_it_is():
    """One clock for all; a user's row alone takes the instant of its making from Django."""
    asked = {
        str(path.relative_to(ROOT))
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ASKING
        if ast.unparse(node.value).split(".")[-1] in {"datetime", "date", "timezone"}
    }
    assert asked == {"office/clock.py", "accounts/models.py"}
    assert not [page for page in (ROOT / "templates").rglob("*.html") if "{% now" in page.read_text()]


def test_set_day_moves_on_with_the_real_one(at):
    at(2026, 3, 1, 9, 0)
    clock.set_office_day(datetime.date(2018, 11, 20))
    assert clock.today() == datetime.date(2018, 11, 20)
    at(2026, 3, 3, 0, 1)
    assert clock.today() == datetime.date(2018, 11, 22)


def test_moment_is_real_time_on_office_day(at):
    at(2026, 3, 1, 14, 5, 6)
    clock.set_office_day(datetime.date(2018, 11, 20))
    assert clock.moment() == datetime.datetime(2018, 11, 20, 14, 5, 6, tzinfo=clock.SHANGHAI)


def test_environment_wins_over_file(at, settings):
    at(2026, 3, 1, 9, 0)
    clock.set_office_day(datetime.date(2018, 11, 20))
    settings.OFFICE_DAY = "2017-12-31"
    at(*clock._PROCESS_STARTED.timetuple()[:3], 12)
    assert clock.today() == datetime.date(2017, 12, 31)


def test_production_knows_only_the_real_day(at, settings):
    at(2026, 3, 1, 9, 0)
    clock.set_office_day(datetime.date(2018, 11, 20))
    settings.PRODUCTION = True
    assert clock.today() == datetime.date(2026, 3, 1)
    with pytest.raises(ImproperlyConfigured):
        clock.set_office_day(datetime.date(2018, 11, 20))


@pytest.mark.parametrize("text", ["", "2018-11-20", "2018-13-01 2026-03-01", "昨天 今天"])
def test_unreadable_day_file_stops_instead_of_guessing(at, settings, text):
    at(2026, 3, 1, 9, 0)
    (settings.DATA_DIR / "office_day").write_text(text)
    with pytest.raises(ImproperlyConfigured):
        clock.today()


def test_unreadable_setting_stops_instead_of_guessing(settings):
    settings.OFFICE_DAY = "2018/11/20"
    with pytest.raises(ImproperlyConfigured):
        clock.today()


def test_a_day_ends_at_midnight_of_shanghai():
    """What is written down at half past midnight there, while it is still the day before in UTC, is of the next day."""
    ends = clock.end_of(datetime.date(2018, 11, 20))
    assert ends == datetime.datetime(2018, 11, 20, 16, tzinfo=datetime.UTC)
