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
from areas.scope import AreaScope
from audits import applying, procedures
from audits import invariants as audit_invariants
from audits.criteria import Result
from audits.models import AdjustmentWindow, AuditList, Entry, FrozenFacts, YearlyTarget
from audits.procedures import ListKind
from demo import load as loading
from demo import officials, people, rest_of_year, village_exits, world
from demo.desk import Desk
from households import checks, invariants
from households.checks.others import Lines
from households.models import ClosedYear, Helper, Household, Person, StatusEvent, Survey
from office import clock
from office.attachments import Attachment
from office.codes import CodeField
from office.models import TrailRow
from reporting import invariants as reports
from reporting.definitions import DEFINITIONS
from reporting.distribution import FIGURES, places
from reporting.report import Request
from villages.models import KeyVillage, KeyVillageEvent, Town, Village, VillageYear

SMALL = 90
PASSWORD = "演示口令-2018"


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker, tmp_path_factory):
    """Loaded once for the tests of this module, then rolled back."""
    quick = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        OFFICE_DAY="2018-11-20",
        MEDIA_ROOT=str(tmp_path_factory.mktemp("files")),
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
    registered = Household.objects.filter(registered_on__isnull=False)
    assert registered.count() == len(made.lives)
    assert Person.objects.filter(household__in=registered).count() == sum(
        len(life.sheet.members) for life in made.lives
    )
    assert Survey.objects.filter(household__in=registered).count() == sum(
        len(life.surveys) for life in made.lives
    )
    figures = StatusEvent.objects.aggregate(h=Sum("households"), p=Sum("persons"))
    poor = made.county.poor()
    assert figures == {"h": len(poor), "p": sum(len(life.members(world.TODAY)) for life in poor)}


def test_every_record_begins_its_history(loaded):
    assert Household.history.filter(history_type="+").count() == Household.objects.count()
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
    assert KeyVillage.objects.standing(village_exits.BACK_ON - datetime.timedelta(days=1)).count() == 6
    back = KeyVillageEvent.objects.exclude(origin="历史导入")
    assert set(back.values_list("kind", "on", "reason")) == {
        ("返回", village_exits.BACK_ON, village_exits.BACK_REASON)
    }
    assert KeyVillage.objects.standing(world.TODAY).count() == 6 + back.count() == 10


def test_nearly_every_household_has_a_helper(loaded):
    paired = Household.objects.filter(pk__in=Helper.objects.valid_on(world.TODAY).values("household")).count()
    kept = Household.objects.filter(registered_on__isnull=False, removed_on__isnull=True)
    assert paired >= kept.count() - 3


def test_ten_accounts_hold_one_role_each_and_a_second_district_official_can_release(loaded):
    known = User.objects.filter(username__in=[*Role.values, "district2"])
    assert known.count() == 11
    for user in known:
        assert user.check_password(PASSWORD)
        assert not user.must_change_password
        roles = set(Duty.objects.filter(user=user).values_list("role", flat=True))
        assert roles == {user.username.removesuffix("2")}
    names = dict(Duty.objects.filter(user__in=known).values_list("role", "area__name"))
    assert names["village"] == names["helper"] == "侯塘村"
    assert names["town"] == names["approver"] == "张山子镇"
    assert names["district"] == "台儿庄区"


def test_the_other_officials_are_invented_and_cannot_sign_in(loaded):
    others = User.objects.exclude(username__in=[*Role.values, "district2"])
    assert others.count() == 211 + 6 * 3 + 3
    for user in others:
        assert "演示" in user.display_name
        assert not user.has_usable_password()


def test_another_password_given_later_is_the_one_that_counts(loaded, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "另一个口令-2019")
    call_command("demo", "--no-serve", stdout=StringIO(), stderr=StringIO())
    assert User.objects.get(username="village").check_password("另一个口令-2019")


def test_the_load_is_in_the_trail(loaded):
    row = TrailRow.objects.get(action=loading.LOADED)
    assert row.area == loaded
    assert row.detail["办结名单"] == AuditList.objects.filter(year=2017).count()


def test_the_lists_break_no_invariant(loaded):
    assert list(audit_invariants.problems()) == []


def test_every_exit_of_2017_went_through_a_list_and_none_of_2016(loaded):
    exits = StatusEvent.objects.filter(kind="退出")
    assert exits.filter(on__year=2016).exclude(origin="历史导入").count() == 0
    audited = exits.filter(on__year=2017)
    assert audited.count() > 5
    for event in audited:
        entry = event.audit_entry
        assert (event.origin, event.reason) == ("审核", str(entry.audit_list))
        assert event.recorded_by == entry.closed_by
        assert (entry.household, entry.area) == (event.household, event.village)


def test_a_list_of_2017_holds_all_that_the_machine_asks_for(loaded):
    """Held to the stage table: a decision a stage, its papers with scans, its notice with a photo."""
    for audit_list in AuditList.objects.filter(year=2017):
        passed = list(audit_list.decisions.values_list("stage", "role"))
        wanted = [(stage.key, stage.roles[0]) for stage in audit_list.procedure.stages]
        assert passed == (wanted if audit_list.closed_at else wanted[:-1])
        for stage in audit_list.procedure.stages:
            kept = audit_list.evidence.filter(stage=stage.key)
            assert {each.kind for each in kept} == set(stage.papers)
            assert all(each.files.count() == 1 for each in kept)
        for notice in audit_list.notices.all():
            assert Attachment.objects.of(notice).get().kind == "png"
            assert len(notice.sheet) == audit_list.entries.count()
        frozen = FrozenFacts.objects.filter(entry__audit_list=audit_list)
        assert frozen.count() == 4 * audit_list.entries.count()
        assert set(frozen.values_list("result", flat=True)) == {Result.MET}


def test_lists_wait_in_the_home_village_and_town_of_the_accounts(loaded):
    waiting = AuditList.objects.open().filter(year=2018)
    assert set(waiting.values_list("kind", flat=True)) == set(ListKind.values)
    town = Duty.objects.get(user__username="approver").area
    assert waiting.filter(AreaScope.of([town]).area_q("area"), stage="review").exists()
    assert AdjustmentWindow.objects.open_on(loaded, world.TODAY).exists()


def test_no_town_is_asked_for_more_than_it_has_and_every_key_village_has_its_year(loaded):
    towns = list(loaded.children.order_by("code"))
    for kind in (ListKind.HOUSEHOLD_EXIT, ListKind.VILLAGE_EXIT):
        for place in places(loaded, towns, kind, 2018):
            asked = [getattr(place.target, name) for name in FIGURES[kind]] if place.target else []
            assert all(number <= there for number, there in zip(asked, place.stock, strict=False))
    assert YearlyTarget.objects.current().filter(year=2018, persons__gt=0).exists()
    assert not KeyVillage.objects.filter(on_list=True).exclude(planned_exit_year=2018).exists()


def test_a_village_exit_waits_at_each_of_its_stages_and_one_village_may_apply(loaded):
    waiting = AuditList.objects.open().filter(kind=ListKind.VILLAGE_EXIT)
    stages = [stage.key for stage in procedures.current(ListKind.VILLAGE_EXIT, world.TODAY).stages]
    assert sorted(waiting.values_list("stage", flat=True)) == sorted(stages)
    village = User.objects.get(username="village")
    assert applying.applicants(village, world.TODAY) == [Duty.objects.get(user=village).area]


def test_households_that_were_never_registered_wait_to_be(loaded):
    new = Entry.objects.standing().filter(kind=ListKind.ENTRY, household__registered_on__isnull=True)
    assert set(new.values_list("audit_list__stage", flat=True)) == {
        "application",
        "review",
        "approval",
        "entering",
    }
    assert not StatusEvent.objects.filter(household__in=new.values("household")).exists()


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


def test_the_rest_of_the_year_goes_by_the_machine_and_next_year_leaves_its_tally_alone(loaded, settings):
    settings.OFFICE_DAY = "2018-12-31"
    waiting = AuditList.objects.open().filter(kind__in=rest_of_year.KINDS, year=2018).count()
    said = StringIO()
    call_command("rest_of_year", stdout=said)
    assert waiting > 9 and "：没有办完，" in said.getvalue()
    still = AuditList.objects.open().filter(kind__in=rest_of_year.KINDS, year=2018).exclude(stage="archive")
    held = {each for each in still if not each.objections.filter(closed_at__isnull=True).exists()}
    assert {str(each) for each in held} == set()
    assert KeyVillage.objects.standing(datetime.date(2018, 12, 31)).count() == 1
    exits = StatusEvent.objects.filter(kind="退出", on__year=2018)
    assert exits.exists() and not exits.filter(audit_entry__isnull=True).exists()
    _nothing_wrong()

    before = _tally()
    settings.OFFICE_DAY = "2019-06-28"
    _live_on(loaded)
    assert _tally() == before
    _nothing_wrong()


def _tally() -> dict[tuple[str, str], object]:
    """Every cell of the year's exits, as they are told today."""
    asked = Request(area=Area.objects.by_code("370405000000"), year=2018, as_of=clock.today())
    figures = DEFINITIONS["exit-tally"].figures(asked, lambda *_: None)
    return {(cell.row, cell.column): cell.value for cell in figures.cells}


def _nothing_wrong() -> None:
    assert [
        *invariants.problems(clock.today()),
        *audit_invariants.problems(),
        *reports.problems(clock.today()),
    ] == []


def _live_on(county: Area) -> None:
    """2019: in families that left in 2018 a child is born, one moves, one is corrected, one returns, one exit is undone."""
    born, moves, wrong, poor, undone = Household.objects.filter(exit_year=2018).order_by("number")[:5]
    day = datetime.date(2019, 3, 1)
    number, birth = people.IdentityNumbers(450).take(day - datetime.timedelta(days=30), "男")
    child = Person(
        name="演示新", relation="之子", sex="男", birth_date=birth, id_number=number, health=("健康",)
    )
    born.person_joins(child, on=day, join_reason="新生儿", by=None)
    other = Area.objects.filter(level="village", parent=moves.town).exclude(pk=moves.village_id).first()
    moves.move_to(other, on=day, by=None)
    standards = {"国家标准": "省定标准", "省定标准": "国家标准"}
    wrong.correct_standard(standards[wrong.poverty_standard], on=day, by=None, reason="复核识别标准")
    desk = Desk(officials.standing(county, day))
    for kind, home, reason in (
        (ListKind.ENTRY, poor, "户主患重病"),
        (ListKind.REVERSAL, undone, "收入核算有误"),
    ):
        opened = desk.open(kind, home.village, [home], on=day, reason=reason, standard="省定标准")
        last = opened.procedure.stages[-1].key
        desk.pass_on(opened, desk.reach(opened, last, day, ready=True))
    done = set(StatusEvent.objects.filter(on__year=2019).values_list("kind", flat=True))
    assert done == {"增员", "转出", "转入", "更正", "返贫", "回退"}
