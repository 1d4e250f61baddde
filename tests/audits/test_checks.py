"""The rules of the audits, driven by their file: each has one record that breaks it and one that does not."""

import csv
import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from audits import checks
from audits.cases import Rules, YearIncome
from tests.audits.cases import ADULT, CHILD, DAY, DECISION, HOUSE, NOTICE, SOUND

FILE = Path(checks.__file__).resolve().parent / "data" / "checks.csv"
with FILE.open(encoding="utf-8", newline="") as opened:
    ROWS = {row["id"]: row for row in csv.DictReader(opened)}
CASES = {
    "C095": (replace(SOUND, income=Decimal(3579)), replace(SOUND, income=Decimal("3579.01"))),
    "C096": (replace(SOUND, medical_guaranteed=None), SOUND),
    "C097": (
        replace(SOUND, members=(ADULT, replace(CHILD, schooling="非在校生"))),
        replace(SOUND, members=(ADULT, replace(CHILD, schooling="非在校生", health=("残疾",)))),
    ),
    "C098": (replace(SOUND, house_grade="D级"), replace(SOUND, house_grade="B级")),
    "C099": (replace(SOUND, water_safe=None), SOUND),
    "C100": (replace(SOUND, members=(replace(ADULT, critical_illness_insurance=False),)), SOUND),
    "C101": (replace(SOUND, counted_from=2019), replace(SOUND, counted_from=2018)),
    "C102": (replace(SOUND, undelivered=("教育资助",)), SOUND),
    "C104": (replace(NOTICE, ends_on=datetime.date(2018, 12, 7)), NOTICE),
    "C105": (replace(DECISION, persons=frozenset({2})), DECISION),
    "C111": (replace(HOUSE, agreement_on=datetime.date(2018, 2, 1)), HOUSE),
}


def test_every_rule_of_the_file_has_a_function_and_a_case():
    assert set(ROWS) == set(checks.RULES) == set(CASES)
    assert {row["room"] for row in ROWS.values()} == {"audits"}


@pytest.mark.parametrize("rule", ROWS)
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule):
    breaking, lawful = CASES[rule]
    for stage in ROWS[rule]["stage"].split(";"):
        (breach,) = checks.run(breaking, stage)
        assert (breach.rule, breach.severity) == (rule, ROWS[rule]["severity"])
        assert breach.message == ROWS[rule]["rule_zh"] and breach.fields
        assert not checks.run(lawful, stage)


def broken(case) -> dict[str, str]:
    return {breach.rule: breach.severity for breach in checks.run(case)}


@pytest.mark.parametrize("gap", [{"income": None}, {"line": None}, {"income": Decimal(-1)}])
def test_income_or_line_unknown_is_not_above_the_line(gap):
    assert broken(replace(SOUND, **gap)) == {"C095": "error"}


@pytest.mark.parametrize("state", ["", "草稿"])
def test_a_survey_that_is_missing_or_a_draft_counts_for_nothing(state):
    assert "C096" in broken(replace(SOUND, survey_state=state))


def test_stable_income_asks_for_every_year_it_is_set_to():
    two = Rules(stable_years=2)
    before = YearIncome(year=2017, income=Decimal(3510), line=3509)
    assert "C095" in broken(replace(SOUND, rules=two))
    assert "C095" in broken(replace(SOUND, rules=two, earlier=(replace(before, income=Decimal(3509)),)))
    assert not broken(replace(SOUND, rules=two, earlier=(before,)))


def test_a_deep_poverty_village_may_ask_for_a_margin():
    case = replace(SOUND, rules=Rules(deep_margin=Decimal("1.25")), income=Decimal("4473.75"))
    assert not broken(case)
    assert "C095" in broken(replace(case, deep_poverty=True))
    assert not broken(replace(case, deep_poverty=True, income=Decimal("4473.76")))


def test_who_all_live_in_a_home_need_no_house_of_their_own():
    away = replace(ADULT, support_mode="集中供养")
    assert "C098" in broken(replace(SOUND, house_area=None))
    assert "C098" in broken(replace(SOUND, house_area=None, members=(away, CHILD)))
    assert not broken(replace(SOUND, house_area=None, members=(away,)))


def test_a_county_may_have_water_block():
    assert broken(replace(SOUND, water_difficult=True)) == {"C099": "warning"}
    assert broken(replace(SOUND, water_difficult=True, rules=Rules(water_blocks=True))) == {"C099": "error"}


@pytest.mark.parametrize(("age", "breaks"), [(5, False), (6, True), (15, True), (16, False)])
def test_compulsory_school_is_from_six_to_fifteen(age, breaks):
    child = replace(CHILD, age=age, schooling="")
    assert ("C097" in broken(replace(SOUND, members=(child,)))) is breaks


def test_what_one_entered_one_decides_only_at_the_appraisal():
    mine = replace(DECISION, persons=frozenset({1}), decided=(), stage="appraisal")
    assert broken(mine) == {"C105": "error"}
    assert not broken(replace(mine, own=True))


def test_a_decision_that_came_back_is_made_anew_by_who_made_it():
    assert not broken(replace(DECISION, stage="acceptance", persons=frozenset({2})))


def test_one_of_two_persons_behind_a_decision_is_enough_to_break_it():
    assert "C105" in broken(replace(DECISION, persons=frozenset({3, 2})))


def test_a_date_after_today_is_refused_and_says_which():
    breaches = checks.run(replace(HOUSE, paid_on=DAY + datetime.timedelta(days=1)), "entry")
    assert [breach.fields for breach in breaches] == [("house_case.paid_on",)]
