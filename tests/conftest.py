"""The fixed cast of every test: one ground, the ten roles, a second town and village, an outsider."""

import datetime
import os
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Duty, User
from accounts.roles import Role
from areas.models import Area, Level
from households.models import Household, Person
from tests import delivered, emptied, guards, migrated, trailed

LEFT_OUT = pytest.StashKey[dict[str, int]]()
NEEDS = {
    "browser": (os.environ.get("BROWSER") == "1", "BROWSER=1"),
    "worker": (bool(os.environ.get("REDIS_URL")), "make test-services"),
    "sqlite": (not os.environ.get("DATABASE_URL", "").startswith("postgres"), "make test"),
    "postgresql": (os.environ.get("DATABASE_URL", "").startswith("postgres"), "make test-services"),
    "soak": (os.environ.get("SOAK") == "1", "make soak"),
}
FOUNDED = datetime.date(2010, 1, 1)
REGION = "990405"


def pytest_collection_modifyitems(config, items):
    """Browser and worker tests run where their processes are; elsewhere the summary says what was left out."""
    left_out: dict[str, int] = {}
    kept = []
    for item in items:
        missing = [name for name, (there, _) in NEEDS.items() if item.get_closest_marker(name) and not there]
        for name in missing:
            left_out[name] = left_out.get(name, 0) + 1
        if not missing:
            kept.append(item)
    items[:] = kept
    config.stash[LEFT_OUT] = left_out


def pytest_terminal_summary(terminalreporter, config):
    for name, count in config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.write_line(f"left out: {count} {name} tests (they run with {NEEDS[name][1]})")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Before the test database is made: on SQLite it begins as one that was migrated by an earlier run."""
    if connection.vendor == "sqlite":
        migrated.put_before_migrating()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            migrated.keep()
        else:
            connection.ops.sql_flush = emptied.only_what_holds_rows


@pytest.fixture(autouse=True)
def _quick_and_apart(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OFFICE_DAY = "2018-11-20"


@pytest.fixture(autouse=True)
def _guards_ask_of_their_own_row():
    with guards.watched() as found:
        yield
    assert not found, found


@pytest.fixture(autouse=True)
def _what_is_done_is_told(request):
    with trailed.watched() as watch:
        yield
    assert not watch.found, watch.found
    assert not trailed.missing(request.node.nodeid, watch)


@pytest.fixture(autouse=True)
def _jobs_are_killed_and_taken_up(request, _what_is_done_is_told):
    kinds = delivered.kinds_of(request.node.nodeid)
    with delivered.twice(kinds) as killed:
        yield
    assert killed == kinds


@pytest.fixture
def office_day(settings):
    """Calling it with a date sets the office's day."""

    def set_day(day: datetime.date) -> None:
        settings.OFFICE_DAY = day.isoformat()

    return set_day


@pytest.fixture
def ground(db):
    """Two counties; in the first two towns with two villages and one."""

    def area(level, code, name, parent=None):
        return Area.objects.create(level=level, code=code, name=name, parent=parent, valid_from=FOUNDED)

    province = area(Level.PROVINCE, "370000000000", "演示省")
    city = area(Level.CITY, "370400000000", "演示市", province)
    county = area(Level.COUNTY, "370405000000", "演示区", city)
    town = area(Level.TOWN, "370405101000", "东演示镇", county)
    other_town = area(Level.TOWN, "370405102000", "西演示镇", county)
    village = area(Level.VILLAGE, "370405101201", "演示东村", town)
    sibling_village = area(Level.VILLAGE, "370405101202", "演示南村", town)
    other_village = area(Level.VILLAGE, "370405102201", "演示西村", other_town)
    other_county = area(Level.COUNTY, "370406000000", "邻演示区", city)
    foreign_town = area(Level.TOWN, "370406101000", "邻演示镇", other_county)
    foreign_village = area(Level.VILLAGE, "370406101201", "邻演示村", foreign_town)
    return SimpleNamespace(
        province=province,
        city=city,
        county=county,
        town=town,
        other_town=other_town,
        village=village,
        sibling_village=sibling_village,
        other_village=other_village,
        other_county=other_county,
        foreign_town=foreign_town,
        foreign_village=foreign_village,
    )


def make_user(username: str, role: str | None = None, area: Area | None = None, unit: str = "") -> User:
    user = User.objects.create_user(
        username=username, password="演示口令-2018", display_name=f"演示{username}"
    )
    if role is not None:
        Duty.objects.create(user=user, role=role, area=area, unit=unit, start_on=FOUNDED)
    return user


@pytest.fixture
def cast(ground):
    """The ten roles, somebody of another village and town, and an outsider without a duty."""
    place = {
        Role.VILLAGE: ground.village,
        Role.HELPER: ground.village,
        Role.TOWN: ground.town,
        Role.APPROVER: ground.town,
    }
    unit = {Role.DEPARTMENT: "民政"}
    people = {
        role.value: make_user(role.value, role, place.get(role, ground.county), unit.get(role, ""))
        for role in Role
    }
    people["other_village_user"] = make_user("other_village_user", Role.VILLAGE, ground.other_village)
    people["other_town_user"] = make_user("other_town_user", Role.TOWN, ground.other_town)
    people["outsider"] = make_user("outsider")
    return people


@pytest.fixture
def signed_in(cast):
    """signed_in("town") is a client signed in as that member of the cast; None is nobody."""

    def sign_in(name: str | None) -> Client:
        client = Client()
        if name is not None:
            client.force_login(cast[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def identity_number(serial: int, born: datetime.date = datetime.date(1950, 6, 15), male: bool = True) -> str:
    """A number of the unassigned demonstration region with its right check digit."""
    stem = f"{REGION}{born:%Y%m%d}{serial // 10 % 100:02d}{serial % 10 // 2 * 2 + (1 if male else 0)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return stem + "10X98765432"[sum(int(d) * w for d, w in zip(stem, weights, strict=True)) % 11]


def household_maker(ground, first: int = 0):
    """What make_household is; `first`: the serial after which its identity numbers begin."""
    made = {"persons": first}

    def make(village=None, persons=2, standard="国家标准", on=datetime.date(2015, 12, 1), **fields):
        village = village or ground.village
        values = {"attribute": "一般贫困户", "poverty_cause": "因病", "villager_group": "一组", **fields}
        household = Household.create(village=village, poverty_standard=standard, **values)
        members = []
        for place in range(persons):
            made["persons"] += 1
            days = datetime.timedelta(days=made["persons"] % 360)
            born = datetime.date(1940 + made["persons"] // 500, 1, 1) + days
            male = place % 2 == 0
            members.append(
                Person(
                    name=f"演示{'甲乙丙丁戊己庚辛'[place % 8]}",
                    relation="户主" if place == 0 else ("配偶" if place == 1 else "其他"),
                    sex="男" if male else "女",
                    birth_date=born,
                    id_number=identity_number(made["persons"], born, male),
                    health=("健康",),
                )
            )
        household.add_members(*members)
        if on is not None:
            household.register(on=on, by=None, origin="历史导入", recorded_at=_evening(on))
        household.refresh_from_db()
        return household

    return make


@pytest.fixture
def make_household(ground):
    """make_household(village=…, persons=2, standard=…, on=…) is a registered household with its members.

    on=None leaves it unregistered (an applicant); other keywords are fields of Household.
    """
    return household_maker(ground)


def _evening(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(18), datetime.timezone(datetime.timedelta(hours=8)))


@pytest.fixture
def url():
    """url("households:list", area="…") with the query written out."""

    def build(name: str, *args: object, **query: object) -> str:
        address = reverse(name, args=args)
        return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")

    return build
