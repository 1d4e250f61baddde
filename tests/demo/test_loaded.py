"""The demonstration county as loaded, small."""

import datetime
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.db.models import Sum
from django.test import override_settings

from accounts.models import Duty, User
from accounts.roles import Role
from areas.models import Area
from demo import load as loading
from demo import world
from households import checks, invariants
from households.checks.others import Lines
from households.models import ClosedYear, Helper, Household, Person, StatusEvent, Survey
from office.codes import CodeField
from office.models import TrailRow
from villages.models import KeyVillage, KeyVillageEvent, Town, Village, VillageYear

SMALL = 90
PASSWORD = "演示口令-2018"


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker):
    """Loaded once for the tests of this module, then rolled back."""
    quick = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"], OFFICE_DAY="2018-11-20"
    )
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        quick,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("DEMO_PASSWORD", PASSWORD)
        loading.load(seed=1, households=SMALL, today=world.TODAY)
        yield Area.objects.by_code("370405000000")
        transaction.set_rollback(True)


@pytest.fixture
def loaded(county, db):
    return county


def test_loaded_register_has_no_broken_invariant(loaded):
    assert list(invariants.problems(world.TODAY)) == []


def test_loaded_register_is_the_county_as_built(loaded):
    made = world.build(1, SMALL)
    assert Household.objects.count() == len(made.lives)
    assert Person.objects.count() == sum(len(life.sheet.members) for life in made.lives)
    assert Survey.objects.count() == sum(len(life.surveys) for life in made.lives)
    figures = StatusEvent.objects.aggregate(h=Sum("households"), p=Sum("persons"))
    poor = made.county.poor()
    assert figures == {"h": len(poor), "p": sum(len(life.members(world.TODAY)) for life in poor)}


def test_every_record_begins_its_history(loaded):
    assert Household.history.count() == Household.objects.count()
    assert Person.history.count() == Person.objects.count()


def test_colours_are_those_the_register_gives_itself(loaded):
    for household in Household.objects.order_by("?")[:25]:
        assert household.colour == household.explain_colour(world.TODAY).colour


def test_past_years_are_closed_and_sealed(loaded):
    assert set(ClosedYear.objects.values_list("year", flat=True)) == {2015, 2016}
    assert set(Survey.objects.filter(year__lte=2016).values_list("state", flat=True)) == {"已封存"}
    assert set(Survey.objects.filter(year=2017).values_list("state", flat=True)) == {"已填报"}


def test_ground_has_211_villages_with_facts_and_three_key_towns(loaded):
    assert Village.objects.count() == 211
    assert VillageYear.objects.filter(year=2015).count() == 211
    rural = VillageYear.objects.filter(year=2015).aggregate(n=Sum("rural_population"))["n"]
    assert abs(rural - 230_095) <= 20
    key_towns = Town.objects.filter(provincial_key_town=True).values_list("area__name", flat=True)
    assert set(key_towns) == {"张山子镇", "涧头集镇", "泥沟镇"}


def test_key_villages_stand_as_in_the_plan(loaded):
    base = datetime.date(2015, 12, 31)
    assert KeyVillage.objects.count() == 46
    assert KeyVillage.objects.left_by(base).count() == 30
    assert KeyVillage.objects.standing(base, level="省定").count() == 10
    assert KeyVillage.objects.standing(world.TODAY).count() == 6
    assert set(KeyVillageEvent.objects.values_list("origin", flat=True)) == {"历史导入"}


def test_nearly_every_household_has_a_helper(loaded):
    paired = Household.objects.filter(pk__in=Helper.objects.valid_on(world.TODAY).values("household")).count()
    assert paired >= Household.objects.filter(removed_on__isnull=True).count() - 3


def test_ten_accounts_hold_one_duty_each(loaded):
    assert set(User.objects.values_list("username", flat=True)) == set(Role.values)
    for user in User.objects.all():
        assert user.check_password(PASSWORD)
        assert not user.must_change_password
        assert Duty.objects.get(user=user).role == user.username
    names = dict(Duty.objects.values_list("role", "area__name"))
    assert names["village"] == names["helper"] == "侯塘村"
    assert names["town"] == names["approver"] == "张山子镇"
    assert names["district"] == "台儿庄区"


def test_another_password_given_later_is_the_one_that_counts(loaded, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "另一个口令-2019")
    call_command("demo", "--no-serve", stdout=StringIO(), stderr=StringIO())
    assert User.objects.get(username="village").check_password("另一个口令-2019")


def test_the_load_is_in_the_trail(loaded):
    row = TrailRow.objects.get(action=loading.LOADED)
    assert row.area == loaded


def test_every_coded_value_that_is_stored_is_a_word_of_its_list(loaded):
    strange = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, CodeField):
                stored = set(model._default_manager.values_list(field.name, flat=True))
                strange |= {
                    (model.__name__, field.name, word)
                    for word in stored - {"", None} - set(field.code_list.words)
                }
    assert not strange


@pytest.mark.parametrize("stage", [checks.ENTRY, checks.IMPORT, checks.NIGHTLY])
def test_no_check_raises_an_error_over_the_county(loaded, stage):
    """False alarms of severity error: none, at whatever stage a household is looked at."""
    households = list(Household.objects.select_related("county"))
    records = checks.records(households)
    lines = Lines.read(world.TODAY)
    wrong = [
        (household.number, breach.rule, breach.message)
        for household in households
        for breach in checks.run(
            records[household.pk], lines.context(household.county_id, world.TODAY, stage)
        )
        if breach.severity == checks.ERROR
    ]
    assert not wrong
