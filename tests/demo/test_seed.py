"""manage.py seed: a register of any size."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from areas.models import Area
from demo import bulk_register
from households import invariants
from households.models import ClosedYear, Household, Person, StatusEvent
from villages.models import Village

TODAY = datetime.date(2018, 11, 20)
ELSEWHERE = "371305000000"


def seed(households: int, *more: str) -> None:
    call_command("seed", "--households", str(households), *more, stdout=StringIO(), stderr=StringIO())


def test_seeds_the_demonstration_county_without_history(db):
    seed(120)
    assert Household.objects.count() == 120
    assert Person.objects.count() == 240
    assert StatusEvent.objects.filter(kind="纳入", households=1).count() == 120
    assert Household.history.count() == 0
    assert list(invariants.problems(TODAY)) == []


def test_a_county_nobody_knows_gets_its_ground(db):
    seed(80, "--county", ELSEWHERE)
    county = Area.objects.by_code(ELSEWHERE)
    assert county.level == "county"
    assert county.parent.parent.code == "370000000000"
    assert Village.objects.count() == 5
    assert set(Household.objects.values_list("county", flat=True)) == {county.pk}


def test_two_counties_share_no_number(db):
    seed(60)
    seed(60, "--county", ELSEWHERE)
    seed(60, "--county", ELSEWHERE)
    assert Household.objects.values("number").distinct().count() == 180
    assert Person.objects.values("number").distinct().count() == 360
    assert Person.objects.values("id_number_key").distinct().count() == 360


def test_a_number_held_already_is_given_again(db, monkeypatch):
    monkeypatch.setattr(bulk_register, "_start", lambda code: 0)
    seed(60)
    seed(60, "--county", ELSEWHERE)
    assert Person.objects.values("id_number_key").distinct().count() == 240
    assert list(invariants.problems(TODAY)) == []


def test_batches_make_one_register(db, monkeypatch):
    monkeypatch.setattr(bulk_register, "BATCH", 25)
    seed(60)
    assert Household.objects.count() == 60


def test_no_household_is_registered_in_a_closed_year(db):
    seed(20)
    county = Area.objects.by_code("370405000000")
    for year in (2015, 2016):
        ClosedYear.objects.create(county=county, year=year, closed_at="2017-01-15T09:00:00+08:00")
    last = Household.objects.order_by("-pk")[0].pk
    seed(20)
    added = StatusEvent.objects.filter(household__pk__gt=last)
    assert min(added.values_list("on", flat=True)) >= datetime.date(2017, 1, 1)
    assert max(added.values_list("on", flat=True)) <= TODAY


def test_a_register_that_has_lived_holds_every_kind_of_event(db):
    """As many households as each kind needs to be there by chance of this seed."""
    seed(3000, "--lived")
    kinds = set(StatusEvent.objects.values_list("kind", flat=True))
    assert kinds == {"纳入", "退出", "返贫", "注销", "增员", "减员", "回退", "转出", "转入", "更正"}
    assert list(invariants.problems(TODAY)) == []


def test_no_years_are_lived_that_are_closed(db):
    seed(20)
    county = Area.objects.by_code("370405000000")
    ClosedYear.objects.create(county=county, year=2015, closed_at="2017-01-15T09:00:00+08:00")
    with pytest.raises(CommandError, match="封存"):
        seed(20, "--lived")
    assert Household.objects.count() == 20


@pytest.mark.parametrize(
    "arguments", [("--households", "0"), ("--households", "5", "--county", "3704"), ()], ids=str
)
def test_refuses_nonsense(db, arguments):
    with pytest.raises(CommandError):
        call_command("seed", *arguments)


def test_refuses_a_county_without_villages(db, ground):
    bare = Area.objects.create(
        level="county",
        code=ELSEWHERE,
        name="空演示区",
        parent=ground.city,
        valid_from=datetime.date(2010, 1, 1),
    )
    with pytest.raises(CommandError, match="还没有村"):
        seed(10, "--county", bare.code)


def test_refuses_production_settings(db, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="生产环境"):
        seed(10)
