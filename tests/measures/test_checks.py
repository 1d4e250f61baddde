"""The logic checks that need a measure, driven by their file."""

import csv
import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from households.models import PersonYear, Survey, Watch
from measures import checks
from measures.checks import Case, Given, Watched
from measures.models import Measure, Policy

FILE = Path(checks.__file__).resolve().parent / "data" / "checks.csv"
with FILE.open(encoding="utf-8", newline="") as opened:
    ROWS = {row["id"]: row for row in csv.DictReader(opened)}
DAY = datetime.date(2018, 11, 20)
SPRING = datetime.date(2018, 4, 10)
HELP = Given(
    policy="YULU",
    name="雨露计划",
    chapter="教育",
    year=2018,
    state="落实",
    planned_on=SPRING,
    delivered_on=SPRING,
    person="1",
)
INDUSTRY = replace(HELP, policy="PROJECT-PER-HH", name="增收项目", chapter="产业", person="")
WATCH = Watched(identified_on=datetime.date(2018, 3, 20))
LAWFUL = Case(
    day=DAY,
    registered_on=datetime.date(2015, 12, 1),
    measures=(HELP, INDUSTRY),
    watches=(WATCH, replace(WATCH, removed_on=datetime.date(2018, 6, 1), removal_way="帮扶消除")),
    schooling={("1", 2018): "中职二年级"},
    business={2018: Decimal(1200)},
)
# A case that breaks each rule, and one at the edge that keeps it.
CASES = {
    "C088": (
        replace(LAWFUL, measures=(), watches=(replace(WATCH, identified_on=datetime.date(2018, 10, 19)),)),
        replace(LAWFUL, measures=(), watches=(replace(WATCH, identified_on=datetime.date(2018, 10, 20)),)),
    ),
    "C089": (
        replace(LAWFUL, watches=(replace(LAWFUL.watches[1], removed_on=datetime.date(2018, 4, 9)),)),
        replace(LAWFUL, watches=(replace(LAWFUL.watches[1], removed_on=SPRING),)),
    ),
    "C090": (
        replace(LAWFUL, schooling={("1", 2018): "普通高中一年级"}),
        replace(LAWFUL, schooling={("1", 2018): "技师学院一年级"}),
    ),
    "C091": (replace(LAWFUL, business={2018: Decimal(0)}), replace(LAWFUL, business={2017: None})),
    "C092": (
        replace(LAWFUL, registered_on=datetime.date(2019, 1, 1)),
        replace(LAWFUL, registered_on=datetime.date(2018, 12, 31)),
    ),
}


def broken(case: Case, stage: str = "nightly") -> list[str]:
    return [breach.rule for breach in checks.run(case, stage)]


def test_every_rule_of_the_file_has_a_function_and_a_case():
    assert set(ROWS) == set(checks.RULES) == set(CASES)


@pytest.mark.parametrize("rule", ROWS)
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule):
    bad, good = CASES[rule]
    for stage in ROWS[rule]["stage"].split(";"):
        found = [breach for breach in checks.run(bad, stage) if breach.rule == rule]
        (breach,) = found
        assert (breach.severity, breach.message) == (ROWS[rule]["severity"], ROWS[rule]["rule_zh"])
        assert rule not in broken(good, stage) and broken(LAWFUL, stage) == []


@pytest.mark.parametrize("rule", ROWS)
def test_a_cancelled_measure_helps_and_offends_nobody(rule):
    cancelled = tuple(replace(one, state="取消") for one in LAWFUL.measures)
    found = broken(replace(CASES[rule][0], measures=cancelled))
    assert (rule in found) == (rule in ("C088", "C089"))


@pytest.mark.parametrize("name", ["光伏扶贫收益", "资产收益分红"])
def test_income_from_assets_is_no_business(name):
    bad, _ = CASES["C091"]
    assert broken(replace(bad, measures=(replace(INDUSTRY, name=name),), watches=())) == []


def test_a_month_ends_with_its_last_day():
    case = replace(LAWFUL, measures=(), watches=(replace(WATCH, identified_on=datetime.date(2018, 1, 31)),))
    assert broken(replace(case, day=datetime.date(2018, 2, 28))) == []
    assert broken(replace(case, day=datetime.date(2018, 3, 1))) == ["C088"]


@pytest.mark.django_db
def test_a_saved_household_is_read_as_its_case(make_household, django_assert_num_queries):
    home = make_household()
    pupil = home.persons.get(relation="配偶")
    PersonYear.objects.create(person=pupil, year=2017, schooling="小学")
    assured = dict.fromkeys(("education_assured", "housing_assured", "water_assured", "health_assured"), True)
    watch = {"kind": "突发严重困难户", "risks": ("因病",), **assured}
    Watch.objects.create(household=home, identified_on=datetime.date(2018, 3, 1), **watch)
    survey = {"surveyor": "演示", "surveyed_on": DAY, "state": "已填报"}
    Survey.objects.create(household=home, year=2018, business_income=Decimal(0), **survey)
    facts = {"on": datetime.date(2018, 2, 1), "by": None, "amount": Decimal(1)}
    for code, of, year in (
        ("YULU", {"person": pupil}, 2017),
        ("PROJECT-PER-HH", {"household": home}, 2018),
        ("POWER-FREE", {"household": home}, 2014),
    ):
        measure = Measure.plan(Policy.objects.get(code=code), year=year, **of, **facts)
        measure.deliver(on=datetime.date(2018, 2, 9), amount=Decimal(1), payer="演示局", by=None, today=DAY)
    with django_assert_num_queries(5):
        case = checks.of_these([home], DAY)[home.pk]
    assert broken(case) == ["C088", "C090", "C091"]
    assert broken(case, "entry") == ["C090", "C092"]


@pytest.mark.django_db
def test_what_does_not_fit_is_said_on_the_households_page(signed_in, make_household):
    home = make_household()
    pupil = home.persons.get(relation="配偶")
    Measure.plan(Policy.objects.get(code="YULU"), person=pupil, year=2018, on=DAY, by=None)
    html = signed_in("village").get(f"/households/{home.number}/measures/").content.decode()
    assert "享受雨露计划，不是中高职在校生" in html and "C090" in html
