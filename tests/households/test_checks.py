"""The logic checks of the register, driven by their file: a rule without a case in check_cases.py fails."""

import csv
import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from households import checks, identity
from households.checks import (
    ENTRY,
    ERROR,
    IMPORT,
    NIGHTLY,
    WARNING,
    HouseholdRecord,
    PersonFacts,
    Stated,
    SurveyFacts,
    areas,
    record,
)
from households.checks.case import Case
from households.models import (
    CountyStandard,
    Helper,
    Household,
    Living,
    PersonYear,
    PovertyLine,
    Production,
    Survey,
)
from tests.conftest import identity_number
from tests.households.check_cases import CASES, DAY, GONE, born, case, child, man, wife
from villages.models import Village, VillageYear

FILE = Path(checks.__file__).resolve().parent.parent / "data" / "checks.csv"
with FILE.open(encoding="utf-8", newline="") as opened:
    ROWS = {row["id"]: row for row in csv.DictReader(opened)}
STAGES = (ENTRY, IMPORT, NIGHTLY)


def found(subject, stage: str) -> list[checks.Breach]:
    if isinstance(subject, tuple):
        household, context = subject
        return checks.run(household, replace(context, stage=stage))
    return areas.run(subject, stage)


def broken(subject, stage: str = ENTRY) -> set[str]:
    return {breach.rule for breach in found(subject, stage)}


def test_every_rule_of_the_file_has_a_function_and_a_case():
    assert set(ROWS) == set(checks.RULES) == set(CASES)


@pytest.mark.parametrize("rule", ROWS)
def test_a_rule_finds_what_breaks_it_at_its_stages_and_nothing_else(rule):
    breaking, sound = CASES[rule]
    row = ROWS[rule]
    for stage in row["stage"].split(";"):
        breaches = [breach for breach in found(breaking, stage) if breach.rule == rule]
        assert breaches, stage
        for breach in breaches:
            assert (breach.severity, breach.message) == (row["severity"], row["rule_zh"])
            assert breach.fields
    for stage in STAGES:
        assert rule not in broken(sound, stage)
        if stage not in row["stage"].split(";"):
            assert rule not in broken(breaking, stage)


@pytest.mark.parametrize("stage", STAGES)
def test_a_sound_household_breaks_nothing(stage):
    assert not found(case(man(), wife(), child()), stage)


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_rule_needs_is_there_wherever_it_is_broken(stage):
    """Rules that are left out for want of it would have found nothing in any case of any rule."""
    asked = [
        rule for _, rule in sorted(checks.RULES.items()) if rule.of is Case and stage in rule.line.stages
    ]
    assert any(rule.needs for rule in asked)
    for subject in (each for both in CASES.values() for each in both if isinstance(each, tuple)):
        household, context = subject[0], replace(subject[1], stage=stage)
        everything = [rule.breach(spot) for rule in asked for spot in rule.test(Case(household, context))]
        assert checks.run(household, context) == everything


def test_a_breach_names_the_person_and_the_field():
    (breach,) = (each for each in found(case(man(), child(20)), ENTRY) if each.rule == "C041")
    assert (breach.person, breach.number, breach.fields[0]) == (3, "00000000003", "person.schooling")


def test_every_coded_field_of_the_register_is_asked_for_its_list():
    for facts, model in (
        (HouseholdRecord, Household),
        (PersonFacts, checks.register.Person),
        (record.SurveyFacts, Survey),
        (record.LivingFacts, Living),
        (record.HelperFacts, Helper),
        (record.WatchFacts, checks.register.Watch),
    ):
        ours = dict(record.coded_fields(facts))
        theirs = {
            field.name: field.list_name for field in model._meta.get_fields() if hasattr(field, "list_name")
        }
        unread = {"colour", "removal_reason"} if model is Household else set()
        assert ours == {name: words for name, words in theirs.items() if name not in unread}


def test_the_numbers_of_the_file_are_those_by_which_identity_numbers_are_read():
    lines = checks.BOOK
    assert tuple(map(int, lines["C005"].words("weights"))) == identity.WEIGHTS
    assert "".join(lines["C005"].words("map")) == identity.CHECK_DIGITS
    assert lines["C006"].numbers["from"] == identity.EARLIEST.isoformat()
    assert lines["C003"].whole("length") == 18
    assert lines["C007"].words("lengths") == ("20", "22")


def test_children_alone_are_one_warning_and_a_child_among_adults_one_error():
    assert {"C023", "C024"} & broken(case(man(15), child(10))) == {"C024"}
    assert {"C023", "C024"} & broken(case(man(15), wife(40))) == {"C023"}


def test_an_empty_household_is_not_headless_as_well():
    assert {"C017", "C025"} & broken(case(man(**GONE)), NIGHTLY) == {"C025"}


def test_one_gap_in_school_and_education_is_said_once():
    gap = {"schooling": "", "education": ""}
    assert {"C030", "C031"} & broken(case(man(), child(10, **gap))) == {"C030"}
    assert {"C030", "C031"} & broken(case(man(), child(3, **gap))) == {"C031"}
    assert {"C030", "C031"} & broken(case(man(schooling="", education=""))) == {"C031"}


def test_a_blank_of_the_national_sheet_with_an_education_is_out_of_school():
    youth = child(20, schooling="", education="高中")
    assert "C030" in broken(case(man(), youth), IMPORT)
    assert "C030" not in broken(case(man(), youth, context={"national_sheet": True}), IMPORT)


def test_the_missing_grade_of_the_national_sheet_is_no_refusal():
    disabled = man(health=("残疾",), disability_category="肢体残疾")
    for sheet, severity in ((False, ERROR), (True, WARNING)):
        breaches = found(case(disabled, context={"national_sheet": sheet}), IMPORT)
        assert [each.severity for each in breaches if each.rule == "C034"] == [severity]


def test_abolished_divisions_are_known_and_the_demonstration_region_is_none():
    assert {"370405", "510202"} <= checks.numbers.divisions()
    assert "990405" not in checks.numbers.divisions()
    assert "C011" not in broken(case(man(id_number=identity_number(1, born(50)))))


def test_a_number_of_wrong_length_for_its_type_breaks_both_rules():
    number = identity_number(1, born(50)) + "42"
    assert {"C003", "C008"} <= broken(case(man(id_number=number)))


def test_a_wrong_number_is_not_also_compared_with_sex_and_birth_date():
    wrong = man(id_number=identity_number(1, born(60))[:17] + "?", sex="女")
    assert {"C004", "C015", "C016"} & broken(case(wrong)) == {"C004"}


def test_birth_date_and_sex_are_asked_only_of_documents_that_do_not_tell_them():
    empty = {"sex": "", "birth_date": None}
    passport = case(man(id_type="护照", id_number="E1234567", **empty))
    asked = [each.fields for each in found(passport, ENTRY) if each.rule == "C001"]
    assert asked == [("person.sex",), ("person.birth_date",)]
    assert "C001" not in broken(case(man(id_number=identity_number(1, born(50)), **empty)))


def test_yearly_facts_are_judged_on_the_day_they_were_found():
    """A man of 59 when surveyed, 60 by now: his labour was right then."""
    nearly = {"birth_date": datetime.date(1958, 11, 1), "labour_capacity": "普通劳动力"}
    surveyed = datetime.date(2018, 10, 15)
    assert "C056" not in broken(case(man(60, found_on=surveyed, **nearly)))
    assert "C056" in broken(case(man(60, **nearly)))


def test_a_move_to_another_household_is_not_taken_for_a_member_who_left():
    """The survey counted three; one has moved out since, one left before it and was not counted."""
    left = wife(**GONE, counted=False)
    assert "C028" not in broken(case(man(), left, survey={"member_count": 2}))
    assert "C028" in broken(case(man(), wife(**GONE), survey={"member_count": 2}))


def test_a_leaving_without_its_reason_is_half_a_leaving():
    assert "C028" in broken(case(man(), wife(**{**GONE, "leave_reason": ""})))


def test_an_event_after_today_is_refused_and_says_which():
    tomorrow = DAY + datetime.timedelta(days=1)
    breaches = found(case(man(joined_on=tomorrow), visits=(tomorrow,)), ENTRY)
    assert {each.fields for each in breaches if each.rule == "C029"} == {
        ("person.joined_on",),
        ("visit.visited_on",),
    }


def test_who_is_registered_is_measured_by_the_standard_of_the_registration():
    income = {"property_income": Decimal(200)}
    new = {"registered_on": None, "exit_mark": "", "survey": income}
    assert "C070" not in broken(case(**new))
    assert "C070" in broken(case(**new, poverty_standard="国家标准"))
    assert "C070" not in broken(case(**new, poverty_standard="国家标准", watches=(record.WatchFacts(),)))


def test_whole_yuan_stated_a_head_may_be_half_a_yuan_off():
    def off(income: str) -> set[str]:
        net = Stated(net_income=Decimal("6000.90"), net_income_per_capita=Decimal(income))
        return broken(case(man(), wife(), stated=net), IMPORT)

    assert "C068" not in off("3000")
    assert "C068" not in off("3000.45")
    assert "C068" in off("3001.5")


def test_a_total_is_compared_with_what_was_stated_of_its_parts():
    stated = Stated(transfer_income=Decimal(50), total_income=Decimal(3550))
    breaches = found(case(stated=stated), IMPORT)
    places = [each.fields[0] for each in breaches if each.rule == "C067"]
    assert places == ["survey.transfer_income", "survey.net_income"]


@pytest.fixture
def lines(ground):
    CountyStandard.objects.create(county=ground.county, standard="省定标准", from_year=2014)
    at = datetime.datetime(2018, 1, 2, tzinfo=datetime.UTC)
    PovertyLine.publish("省定标准", 2018, 3579, source="演示", at=at)


def nightly(day: datetime.date = DAY, **wanted) -> dict[int, set[str]]:
    return {
        household.pk: {breach.rule for breach in breaches}
        for household, breaches in checks.of_register(Household.objects.all(), day, **wanted)
    }


def test_the_register_is_read_as_it_stands(make_household, lines):
    household = make_household(persons=1, bank_account="6210000000000001")
    twin = make_household(persons=1, bank_account="6210 0000 0000 0001")
    gone = make_household(persons=1, bank_account="6210000000000002")
    make_household(persons=1, bank_account="6210000000000002").cancel(on=DAY, removal_reason="全户迁出")
    Survey.objects.create(
        household=household,
        year=2018,
        member_count=1,
        surveyor="演示",
        surveyed_on=DAY,
        state="已填报",
        wage_income=4000,
        housing_guaranteed=True,
    )
    Living.objects.create(household=household, year=2018, house_grade="C级")
    Production.objects.create(household=household, year=2018, farmland=60)
    helper = {"name": "演示", "phone": "1", "unit_name": "演示", "affiliation": "县", "start_on": DAY}
    Helper.objects.create(household=household, id_number=twin.head.id_number, **helper)
    rules = nightly()
    assert {"C038", "C040", "C062", "C070", "C080", "C082", "C084", "C086"} <= rules[household.pk]
    assert "C085" not in rules[household.pk]
    assert {"C084", "C085"} <= rules[twin.pk]
    assert "C084" not in rules[gone.pk]


def test_cancelled_households_are_quiet(make_household):
    household = make_household(persons=2)
    household.cancel(on=DAY, removal_reason="全户死亡")
    assert nightly()[household.pk] == set()


def test_facts_changed_since_the_survey_are_those_of_the_day(make_household):
    household = make_household(persons=1)
    head = household.head
    survey = Survey(household=household, year=2018, surveyor="演示", surveyed_on=DAY, state="已填报")
    survey.save()
    PersonYear.of(head, 2018).save()
    assert checks.records([household])[household.pk].persons[0].found_on == DAY
    head.labour_capacity = "无劳动力"
    head.save(update_fields=["labour_capacity"])
    assert checks.records([household])[household.pk].persons[0].found_on is None


def test_drafts_are_read_only_when_they_are_asked_for(make_household):
    household = make_household()
    Survey.objects.create(household=household, year=2018, surveyor="演示", surveyed_on=DAY)
    assert checks.records([household])[household.pk].survey is None
    assert isinstance(checks.records([household], drafts=True)[household.pk].survey, SurveyFacts)


def test_statements_of_the_nightly_check_are_constant_for_a_batch(make_household, lines):
    def statements(batch: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            nightly(batch=batch)
        return len(queries)

    for place in range(4):
        make_household(persons=2, bank_account=f"62100000{place}")
    few = statements(10)
    for place in range(4, 9):
        make_household(persons=3, bank_account=f"62100000{place}")
    assert statements(10) == few
    assert statements(3) > few
    assert {len(nightly(batch=size)) for size in (1, 4, 10)} == {9}


def test_a_number_or_account_of_another_household_is_known_to_a_form(make_household, lines):
    other = make_household(persons=1, bank_account="6210000000000001")
    mine = make_household(persons=1)
    filled = case(man(id_number=other.head.id_number), bank_account="6210000000000001")[0]
    context = checks.context(filled, mine, DAY, stage=ENTRY)
    assert {"C012", "C084"} <= {breach.rule for breach in checks.run(filled, context)}
    own = checks.context(filled, other, DAY, stage=ENTRY)
    assert not {"C012", "C084"} & {breach.rule for breach in checks.run(filled, own)}


def test_a_village_is_held_against_its_poor_households(make_household, ground):
    village = Village.objects.create(area=ground.village)
    for year in (2014, 2018):
        VillageYear.objects.create(village=village, year=year, households=1, population=3, rural_population=3)
    make_household(), make_household()
    rules = {row.year: breaches for row, breaches in checks.of_village_years(VillageYear.objects.all(), DAY)}
    assert not rules[2014]
    assert [breach.fields[0] for breach in rules[2018]] == ["village_year.poor_households"]


def test_the_accounts_of_the_register_balance(make_household):
    make_household().leave_poverty(on=datetime.date(2017, 12, 1))
    make_household(persons=3)
    for year in (2015, 2017, 2018):
        for level in ("village", "town", "county"):
            assert [breaches for _, breaches in checks.of_accounts(level, year, DAY)] == [[]]
    Household.objects.filter(member_count=3).update(member_count=4)
    ((_, breaches),) = checks.of_accounts("county", 2018, DAY)
    assert [breach.fields for breach in breaches] == [("status_event.persons",)]
