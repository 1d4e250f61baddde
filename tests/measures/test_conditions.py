"""Conditions of eligibility: read as sentences, and the same answer from Python and from the database."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from measures.conditions import (
    OF_HOUSEHOLD,
    OF_PERSON,
    Age,
    All,
    Attribute,
    Either,
    Flag,
    Health,
    HouseGrade,
    IncomeBelow,
    InKeyVillage,
    Is,
    Member,
    Not,
    OpenShock,
    Supported,
    Works,
    born_by,
    missing,
)
from measures.eligibility import NAMED, RULES
from measures.facts import Case, HomeFacts, PersonFacts, When, homes
from measures.means import NoCollectiveIncome, NoResources, NoStableIncome
from measures.models import Policy

DAY = datetime.date(2018, 11, 20)
WHEN = When(DAY)
PERSON = PersonFacts(id=1, birth_date=datetime.date(1938, 11, 20))
HOME = HomeFacts(
    id=1, village=7, registered_on=datetime.date(2015, 12, 1), exit_mark="未脱贫", members=(PERSON,)
)
LOW = Flag("subsistence_allowance", "享受低保")


def of(person=None, **home) -> Case:
    return Case(replace(HOME, **home), person)


def who(**facts) -> Case:
    return Case(HOME, replace(PERSON, **facts))


def born(year: int, month: int, day: int) -> Case:
    return who(birth_date=datetime.date(year, month, day))


LEFT = {"exit_mark": "脱贫", "left_on": datetime.date(2015, 11, 21)}
# A condition, its sentence, a case that fulfils it and one that just does not.
CASES = [
    (Age(80, 89), "80至89周岁", born(1938, 11, 20), born(1938, 11, 21)),
    (Age(80, 89), "80至89周岁", born(1928, 11, 21), born(1928, 11, 20)),
    (Age(100), "100周岁及以上", born(1918, 11, 20), born(1918, 11, 21)),
    (Age(0, 6), "6周岁及以下", born(2011, 11, 21), born(2011, 11, 20)),
    (Is("schooling", ("小学",)), "在校生状况是小学", who(schooling="小学"), who(schooling="非在校生")),
    (
        Is("disability_grade", ("一级", "二级"), "重度残疾"),
        "重度残疾",
        who(disability_grade="二级"),
        who(disability_grade="三级"),
    ),
    (
        Is("labour_capacity", ("普通劳动力",)),
        "劳动技能是普通劳动力",
        who(labour_capacity="普通劳动力"),
        who(),
    ),
    (LOW, "享受低保", who(subsistence_allowance=True), who(subsistence_allowance=None)),
    (Health("残疾"), "健康状况有“残疾”", who(health=("患有大病", "残疾")), who(health=("患有大病",))),
    (Works(6), "务工6个月以上", who(work_months=6), who(work_months=5)),
    (
        Supported(),
        "在册，或者退出未满3年",
        of(**LEFT),
        of(**{**LEFT, "left_on": datetime.date(2015, 11, 20)}),
    ),
    (Supported(years=0), "在册（未脱贫或返贫）", of(exit_mark="返贫"), of(**LEFT)),
    (Attribute(("低保户",)), "贫困户属性是低保户", of(attribute="低保户"), of(attribute="一般贫困户")),
    (HouseGrade(("D级",)), "住房鉴定为D级", of(house_grade="D级"), of(house_grade="C级")),
    (
        IncomeBelow(Decimal(3509)),
        "人均纯收入低于3509元",
        of(income=Decimal("3508.99")),
        of(income=Decimal(3509)),
    ),
    (IncomeBelow(Decimal(3509)), "人均纯收入低于3509元", of(income=Decimal(0)), of(income=None)),
    (InKeyVillage(("省定",)), "所在村是省定重点村", of(key_level="省定"), of(key_level="市定")),
    (OpenShock(), "登记了尚未消除的变故", of(open_shock=True), of()),
    (
        Member(LOW),
        "家中有人享受低保",
        of(members=(PERSON, replace(PERSON, subsistence_allowance=True))),
        of(members=(replace(PERSON, subsistence_allowance=True, present=False),)),
    ),
    (
        NoCollectiveIncome(),
        "所在村没有村集体经济收入",
        of(collective=Decimal(0)),
        of(collective=Decimal("0.01")),
    ),
    (NoResources(), "没有耕地、林地、林果、牧草地和水面", of(land=Decimal(0)), of(land=None)),
    (
        NoStableIncome(),
        "没有工资和生产经营收入，也没有人务工",
        of(earned=Decimal(-5)),
        of(earned=Decimal(0), members=(replace(PERSON, work_months=1),)),
    ),
    (Not(LOW, "没有低保"), "没有低保", who(subsistence_allowance=None), who(subsistence_allowance=True)),
    (All(Age(80), LOW), "80周岁及以上；享受低保", who(subsistence_allowance=True), who()),
    (Either(Age(99), LOW), "99周岁及以上，或者享受低保", who(subsistence_allowance=True), who()),
]


@pytest.mark.parametrize(("condition", "sentence", "case", "other"), CASES)
def test_a_condition_reads_as_a_sentence_and_holds_up_to_its_edge(condition, sentence, case, other):
    assert condition.sentence == sentence
    assert condition.holds(case, WHEN) and not condition.holds(other, WHEN)
    assert missing(condition, case, WHEN) == [] != missing(condition, other, WHEN)


def test_who_is_born_on_29_february_is_older_on_1_march():
    assert born_by(datetime.date(2017, 2, 28), 1) == datetime.date(2016, 2, 28)
    assert born_by(datetime.date(2017, 3, 1), 1) == datetime.date(2016, 3, 1)
    assert born_by(datetime.date(2016, 2, 29), 1) == datetime.date(2015, 2, 28)


def test_over_a_year_an_age_is_right_that_was_so_on_any_day_of_it():
    year = replace(WHEN, since=datetime.date(2018, 1, 1))
    turned_90_in_may = born(1928, 5, 1)
    assert Age(80, 89).holds(turned_90_in_may, year) and not Age(80, 89).holds(turned_90_in_may, WHEN)
    assert not Age(80, 89).holds(born(1928, 1, 1), year)


def test_what_is_missing_is_said_part_by_part():
    rule = RULES["DB-AGE-80"]
    assert rule.why_not(born(1960, 1, 1), WHEN) == ["不符合“80至89周岁”", "不符合“享受低保”"]
    assert rule.why_not(Case(HOME, replace(PERSON, present=False)), WHEN) == [
        "已不在册（减员、注销或未纳入）"
    ]


def test_a_person_is_asked_of_a_person_only():
    with pytest.raises(ValueError, match="of whom"):
        Age(80).holds(of(), WHEN)


@pytest.mark.django_db
def test_every_rule_is_of_a_policy_that_the_catalogue_has():
    codes = set(Policy.objects.values_list("code", flat=True))
    assert set(RULES) <= codes and set(NAMED) <= set(RULES) and len(NAMED) == 10


@pytest.mark.parametrize("code", RULES)
def test_every_rule_reads_in_chinese(code):
    assert RULES[code].sentence and "None" not in RULES[code].sentence


SINGLE = list({condition.sentence: condition for condition, *_ in CASES}.values())
ON_HOMES = (
    Supported, Attribute, HouseGrade, IncomeBelow, InKeyVillage, OpenShock, Member, NoCollectiveIncome, NoResources,
    NoStableIncome,
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("all_year", [False, True])
def test_both_ways_find_the_same_for_every_rule_and_condition(mixed, all_year):
    """Sixty random households: what the database counts is what Python says of each of them."""
    when = When.any_day_of(DAY) if all_year else When(DAY)
    cases = list(homes(mixed.values_list("pk", flat=True), DAY))
    found_some = 0
    for rule in RULES.values():
        by_hand = {
            case.person.id if case.person else case.home.id
            for case in _cases(rule.of, cases)
            if rule.holds(case, when)
        }
        assert set(rule.entitled(when).values_list("pk", flat=True)) == by_hand, rule.code
        found_some += bool(by_hand)
    assert found_some >= len(RULES) - 4
    for condition in SINGLE:
        kinds = (OF_PERSON, OF_HOUSEHOLD) if isinstance(condition, ON_HOMES) else (OF_PERSON,)
        for kind in kinds:
            counted = [case for case in _cases(kind, cases) if case.counted]
            by_hand = {
                case.person.id if case.person else case.home.id
                for case in counted
                if condition.holds(case, when)
            }
            rows = _on_file(RULES["AGE-80" if kind == OF_PERSON else "TEMP-AID"])
            found = set(rows.filter(condition.q(when, kind)).values_list("pk", flat=True))
            assert found == by_hand, condition.sentence
            assert 0 < len(found) < len(counted) or condition.sentence.startswith("6"), condition.sentence


def _on_file(rule):
    return rule.model.objects.filter(rule.on_file)


def _cases(kind: str, cases: list[HomeFacts]) -> list[Case]:
    if kind == OF_HOUSEHOLD:
        return [Case(home) for home in cases]
    return [Case(home, person) for home in cases for person in home.members]


@pytest.mark.django_db
def test_the_facts_of_many_homes_take_two_statements(mixed, django_assert_num_queries):
    ids = list(mixed.values_list("pk", flat=True))
    with django_assert_num_queries(2):
        assert len(list(homes(ids, DAY))) == 60
