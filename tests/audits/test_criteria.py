"""Exit criteria: what may leave, what must be answered, what may not, and why."""

from dataclasses import replace
from decimal import Decimal

import pytest

from audits import criteria, ranking
from audits.cases import Rules
from audits.criteria import Result
from tests.audits.cases import ADULT, FIVE, SOUND, VILLAGE
from villages.incidence import incidence


def test_a_sound_household_may_leave():
    verdict = criteria.household(SOUND)
    assert verdict.result == Result.MET and not verdict.reasons
    assert all(item.holds for item in verdict.items)


@pytest.mark.parametrize("name", criteria.NAMES)
@pytest.mark.parametrize("answer", [False, None])
def test_each_of_the_five_is_needed(name, answer):
    verdict = criteria.household(replace(SOUND, **{name: answer}))
    assert verdict.result == Result.UNMET
    assert [item.name for item in verdict.items if not item.holds] == [criteria.NAMES[name]]


def test_the_reason_names_the_income_and_the_line():
    verdict = criteria.household(replace(SOUND, income=Decimal("3579.00")))
    assert verdict.reasons == (
        "人均纯收入没有超过当年标准，不能退出（2018年人均纯收入3579.00元，省定标准3579元）",
    )


def test_a_missing_line_is_said_and_never_taken_from_another_year():
    verdict = criteria.household(replace(SOUND, line=None, line_missing="没有2018年省定标准"))
    assert verdict.result == Result.UNMET and "没有2018年省定标准" in verdict.reasons[0]


def test_water_measures_and_findings_are_to_be_answered_and_block_nothing():
    case = replace(
        SOUND, water_safe=False, undelivered=("教育资助", "慢性病卡"), findings=(("C040:", "电话不是11位"),)
    )
    verdict = criteria.household(case)
    assert verdict.result == Result.DOUBTFUL
    assert [each.key for each in verdict.concerns] == ["C099", "C102", "C040:"]
    assert "教育资助、慢性病卡" in verdict.reasons[1]


def test_ill_members_without_insurance_are_one_concern_with_their_names():
    ill = replace(ADULT, critical_illness_insurance=None)
    verdict = criteria.household(replace(SOUND, members=(ill, replace(ill, name="演示丙"))))
    assert [each.text for each in verdict.concerns] == ["患病成员没有参加大病保险（演示甲、演示丙）"]


def test_a_verdict_is_overruled_only_upward():
    met, unmet = criteria.household(SOUND), criteria.household(replace(SOUND, food_assured=False))
    assert criteria.strictest(met, Result.UNMET) == Result.UNMET
    assert criteria.strictest(unmet, Result.DOUBTFUL) == Result.UNMET
    assert criteria.strictest(met, None) == Result.MET


@pytest.mark.parametrize(
    ("poor", "shown", "may"), [(199, "1.99", True), (200, "2.00", False), (201, "2.01", False)]
)
def test_a_village_leaves_under_two_percent(poor, shown, may):
    found = incidence(poor, 10000)
    assert str(found) == shown
    verdict = criteria.village(replace(VILLAGE, poor=poor, incidence=found))
    assert (verdict.result == Result.MET) is may


def test_what_is_shown_as_two_percent_is_not_under_it():
    assert criteria.village(replace(VILLAGE, incidence=incidence(1996, 100000))).result == Result.UNMET


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("贫困发生率", {"incidence": None}),
        ("基础设施", {"five_connect": FIVE[:4]}),
        ("基础设施", {"five_connect": None}),
        ("公共服务", {"standard_clinic": False}),
        ("公共服务", {"standard_clinic": None}),
        ("产业", {"specialty_industries": 0}),
        ("产业", {"specialty_industries": None, "cooperatives": None}),
        ("集体收入", {"collective_income": Decimal(0)}),
        ("集体收入", {"collective_income": None}),
    ],
)
def test_each_factor_of_a_village_is_needed(name, change):
    verdict = criteria.village(replace(VILLAGE, **change))
    assert verdict.result == Result.UNMET
    assert [error.key for error in verdict.errors] == [name]


def test_ranking_puts_the_easiest_first_and_says_why():
    cases = {
        1: replace(SOUND, food_assured=False),
        2: SOUND,
        3: replace(SOUND, income=Decimal(9000)),
        4: replace(SOUND, water_safe=False, income=Decimal(9000)),
        5: replace(SOUND, income=Decimal(3600)),
        6: SOUND,
    }
    ranked = ranking.rank(cases)
    assert [key for key, _ in ranked] == [3, 2, 6, 5, 4, 1]
    assert [ease.word for _, ease in ranked] == ["易", "易", "易", "中", "中", "难"]
    assert ranked[0][1].said == "收入为标准的2.51倍"


def test_the_limit_of_incidence_is_a_rule_of_the_county():
    case = replace(VILLAGE, incidence=Decimal("2.50"))
    assert criteria.village(case).result == Result.UNMET
    assert criteria.village(replace(case, rules=Rules(incidence=Decimal(3)))).result == Result.MET
