"""What serves each requirement of projects, money, assets and income (R086–R104, R226–R250, R296, R316, R325), and
the tests that show it; rules that state a number are kept as data below.

R245 changes no budget by itself: where next year's share leans is told to who decides. R105 (contracts of land) and
R227 (running funds) are measures: test_requirements_help.py.
"""

import csv
import importlib
from decimal import Decimal

import pytest

from demo import ground
from measures import fund_rules, lateness, stages
from measures.models import Policy, RecordKind, SourceKind
from measures.models.asset import SOLAR_POLICY, AssetKind
from measures.models.fund import Basis
from measures.models.project import CATEGORIES
from measures.sharing import Claim, share

SERVED: dict[str, tuple[str, tuple[str, ...]]] = {
    "R086": (
        "扶贫车间: Asset of kind 扶贫车间 with project, operator, agreement, agreed rent",
        ("test_sharing::test_what_is_agreed_and_did_not_come_is_owed",),
    ),
    "R087": (
        "the yearly rent is received and paid out to poor households: AssetIncome, Sharing",
        ("test_sharing::test_village_proposes_town_confirms_and_pays_on_its_pages",),
    ),
    "R099": (
        "光伏 station: Asset of kind 光伏电站 with station, capacity, the project's funds, place",
        ("test_sharing::test_a_solar_station_says_its_kind_and_capacity",),
    ),
    "R100": (
        "光伏 income is received by year and shared, 3000 yuan a household first; each share fulfils PV-INCOME",
        (
            "test_sharing::test_those_without_labour_come_first",
            "test_sharing::test_what_is_paid_is_a_measure_of_each_household",
        ),
    ),
    "R101": (
        "measures.solar: villages without collective income, households without labour, resources and stable income "
        "first, in coverage, ticks and applications, with the reasons; shares by measures.sharing",
        (
            "test_solar::test_each_condition_holds_by_the_record_alone_and_says_which",
            "test_solar::test_the_list_and_the_ticks_of_coverage_go_by_the_priority_and_say_why",
            "test_solar::test_villages_stand_by_their_income_then_by_who_lives_there",
            "test_solar::test_an_application_offers_the_villages_in_that_order_with_the_reason",
            "test_sharing::test_the_parts_are_the_total_and_nobody_with_labour_has_more",
        ),
    ),
    "R102": (
        "资产收益 register: asset, project and its sources, owner, income right of households",
        ("test_sharing::test_only_households_of_the_place_claim_and_unknown_labour_is_no_precedence",),
    ),
    "R103": (
        "income rights go first to households that lost labour: measures.sharing, Asset.claims",
        (
            "test_sharing::test_those_without_labour_come_first",
            "test_sharing::test_only_households_of_the_place_claim_and_unknown_labour_is_no_precedence",
        ),
    ),
    "R104": (
        "who controls the asset owes what was agreed: Asset.operator, owed; shares are paid by date and voucher",
        (
            "test_sharing::test_what_is_agreed_and_did_not_come_is_owed",
            "test_sharing::test_what_is_paid_is_a_measure_of_each_household",
        ),
    ),
    "R226": (
        "一事一议 and other works in villages are projects of chapter 基础设施",
        ("test_projects::test_lists_narrow_and_the_ledger_sums",),
    ),
    "R229": (
        "toilets, water, waste: projects of category 生活条件改善 with their amount of work",
        ("test_requirements_projects::test_every_category_of_the_county_store_can_be_applied_for",),
    ),
    "R231": (
        "农村环境整治 and greening by village: projects of a village",
        ("test_requirements_projects::test_every_category_of_the_county_store_can_be_applied_for",),
    ),
    "R232": (
        "project register: place, type, plan, sources, dates, contractor, people helped: Project, /projects/",
        ("test_projects::test_a_project_lives_through_all_its_stages",),
    ),
    "R233": (
        "the whole chain on the platform, money and progress: stages, ledger, ProjectProgress, lateness",
        (
            "test_projects::test_a_project_lives_through_all_its_stages",
            "test_projects::test_a_reason_to_be_late_holds_for_the_list_as_for_the_project",
        ),
    ),
    "R234": (
        "chosen by the villagers before it is reported, their supervision kept, money published",
        (
            "test_requirements_projects::test_the_villagers_choose_watch_and_see_the_money",
            "test_projects::test_the_public_page_shows_what_the_district_has_published",
        ),
    ),
    "R235": (
        "the resident team takes part in listing, carrying out, managing and accepting",
        ("test_requirements_projects::test_the_resident_team_takes_part_in_four_stages",),
    ),
    "R236": (
        "each department sees the ledger of its own projects; monthly dispatch",
        (
            "test_projects::test_a_department_sees_its_own_projects_alone",
            "test_requirements_projects::test_progress_is_asked_for_every_month",
        ),
    ),
    "R237": (
        "approval by the district, dates of approval and of each payment recorded",
        ("test_projects::test_a_project_lives_through_all_its_stages",),
    ),
    "R238": (
        "sources 中央 省 市 区 债券 整合 社会 协作 信贷 by year with budgets; 2016 in the demonstration",
        ("test_requirements_projects::test_the_three_sums_of_2016_stand_in_the_demonstration",),
    ),
    "R239": (
        "special funds grow more than the revenue: fund_rules.growth, /projects/sources/",
        ("test_funds::test_growth_is_compared_with_the_revenue_that_the_district_entered",),
    ),
    "R240": (
        "other farm funds, at least 20 %: FundSource.verdict",
        ("test_funds::test_a_part_of_a_pot_is_held_against_the_catalogue",),
    ),
    "R241": (
        "projects and money are published: /projects/public/",
        ("test_projects::test_the_public_page_shows_what_the_district_has_published",),
    ),
    "R242": (
        "after-care: handover, running, benefit, rolling growth",
        ("test_requirements_projects::test_after_care_has_its_four_parts",),
    ),
    "R243": (
        "progress of money and works, dispatch and circular",
        (
            "test_projects::test_progress_is_dated_and_its_fall_and_its_lateness_are_explained",
            "test_projects::test_lists_narrow_and_the_ledger_sums",
        ),
    ),
    "R244": (
        "audit over the whole chain: an appended ledger, papers of kind 审计检查",
        (
            "test_ledger::test_rows_of_the_ledger_stay_as_they_are",
            "test_requirements_projects::test_the_papers_that_are_asked_for_have_a_kind",
        ),
    ),
    "R245": (
        "performance review by year with a grade; on /projects/sources/ where next year's share of each town leans",
        (
            "test_projects::test_a_review_has_a_grade_and_other_papers_have_none",
            "test_requirements_projects::test_the_reviews_of_a_year_lean_the_next_ones_share",
        ),
    ),
    "R246": (
        "misuse and lifelong duty for quality: Project.leader, papers of kind 问题追责 and 质量责任",
        ("test_requirements_projects::test_the_papers_that_are_asked_for_have_a_kind",),
    ),
    "R247": (
        "income of land quotas, all of it: FundSource.verdict",
        ("test_funds::test_a_part_of_a_pot_is_held_against_the_catalogue",),
    ),
    "R248": (
        "purchase from society: tender and review are papers of the project",
        ("test_requirements_projects::test_the_papers_that_are_asked_for_have_a_kind",),
    ),
    "R249": (
        "lottery money: a source of basis 彩票公益金 with its share, no figure is asked",
        ("test_funds::test_a_part_of_a_pot_is_held_against_the_catalogue",),
    ),
    "R250": (
        "assets formed from projects: owner, income and who owes",
        ("test_sharing::test_what_is_agreed_and_did_not_come_is_owed",),
    ),
    "R296": (
        "资金全过程监管: source → project → payee, no sum above its limit",
        (
            "test_ledger::test_a_thousand_random_entries_keep_to_a_plain_account",
            "test_ledger_together::test_a_thousand_random_entries_at_once_balance",
        ),
    ),
    "R316": (
        "misuse of money: papers of kind 问题追责, corrections by counter-entry alone",
        (
            "test_requirements_projects::test_the_papers_that_are_asked_for_have_a_kind",
            "test_ledger::test_a_mistake_is_put_right_by_a_counter_entry",
        ),
    ),
    "R325": (
        "cooperation by project and year: /projects/?source=协作&year=",
        ("test_projects::test_lists_narrow_and_the_ledger_sums",),
    ),
}
# Requirement, the line of the catalogue that states its number, and the number.
STATED = [
    ("R100", SOLAR_POLICY, "3000"),
    ("R240", fund_rules.BARS[Basis.FARM], "20"),
    ("R247", fund_rules.BARS[Basis.LAND], "100"),
]
# Requirement, part, pool, bar in percent, whether it holds: at the bar and one 分 below.
SHARES = [
    ("R240", "20000000.00", "100000000.00", "20", True),
    ("R240", "19999999.99", "100000000.00", "20", False),
    ("R247", "2600000.00", "2600000.00", "100", True),
    ("R247", "2599999.99", "2600000.00", "100", False),
]
# This year, last year, growth of the revenue in percent, whether R239 holds; None: not known.
GROWTHS = [
    ("108", "100", "7.99", True),
    ("108", "100", "8", False),
    ("95", "100", "-5.01", True),
    ("108", "100", None, None),
    ("108", "0", "1", None),
]
# The 万元 of 2016 (R238; 004 第一章第二节一(二)).
OF_2016 = ["2853.25", "800", "200"]


@pytest.mark.parametrize("requirement", SERVED)
def test_each_requirement_names_tests_that_exist(requirement):
    what, tests = SERVED[requirement]
    assert what and tests
    for named in tests:
        module, _, name = named.partition("::")
        assert callable(getattr(importlib.import_module(f"tests.measures.{module}"), name)), named


@pytest.mark.django_db
@pytest.mark.parametrize(("requirement", "code", "number"), STATED)
def test_a_number_is_read_from_the_catalogue(requirement, code, number):
    assert Policy.objects.get(code=code).low == Decimal(number) and requirement in SERVED


@pytest.mark.parametrize(("requirement", "part", "pool", "bar", "holds"), SHARES)
def test_a_part_is_held_against_its_bar_to_the_cent(requirement, part, pool, bar, holds):
    verdict = fund_rules.at_least(Decimal(part), Decimal(pool), Decimal(bar), "演示")
    assert verdict.holds is holds and f"{bar}%" in verdict.sentence


@pytest.mark.parametrize(("this", "last", "revenue", "holds"), GROWTHS)
def test_special_funds_are_held_against_the_growth_of_the_revenue(this, last, revenue, holds):
    grown = Decimal(revenue) if revenue is not None else None
    assert fund_rules.growth(Decimal(this), Decimal(last), grown).holds is holds


def test_the_three_sums_of_2016_stand_in_the_demonstration():
    with (ground.DATA / "fund_sources.csv").open(encoding="utf-8", newline="") as file:
        budgets = [row["budget"] for row in csv.DictReader(file) if row["year"] == "2016"]
    assert sorted(Decimal(budget) / 10000 for budget in budgets) == sorted(map(Decimal, OF_2016))


def test_the_nine_sources_of_the_plan_can_be_entered():
    assert {"中央", "省", "市", "区", "债券", "整合", "社会", "协作", "信贷"} == set(SourceKind.values) - {
        SourceKind.OTHER
    }


def test_a_household_without_labour_has_3000_before_another_has_anything():
    weak, able = Claim("1", 2, False), Claim("2", 2, True)
    assert [part.number for part in share(Decimal("3000.00"), [able, weak], first=Decimal(3000))] == ["1"]
    assert [part.amount for part in share(Decimal("3000.01"), [able, weak], first=Decimal(3000))] == [
        Decimal(3000),
        Decimal("0.01"),
    ]


def test_the_resident_team_takes_part_in_four_stages():
    asked = {stage for step in stages.STEPS.values() if "team" in step.asks for stage in step.leads}
    assert asked == {stages.APPLIED, stages.APPROVED, stages.WORKS, stages.ACCEPTANCE}


def test_the_villagers_choose_watch_and_see_the_money():
    assert "chosen_on" in stages.STEPS["submit"].asks
    assert {RecordKind.CHOICE, RecordKind.SUPERVISION} <= set(RecordKind)


def test_after_care_has_its_four_parts():
    """交接, 运行, 受益, 滚动发展 (004 十二章二节一)."""
    assert (
        "keeper" in stages.STEPS["settle"].asks
        and stages.STEPS["share"].leads[stages.AFTER_CARE] == stages.SHARING
    )
    assert {RecordKind.CARE, RecordKind.ROLLING} <= set(RecordKind)


def test_progress_is_asked_for_every_month():
    assert lateness.REPORT_DAYS == 31


def test_the_papers_that_are_asked_for_have_a_kind():
    wanted = [
        "群众认定",
        "群众监督",
        "招标采购",
        "调度通报",
        "审计检查",
        "绩效评价",
        "质量责任",
        "问题追责",
        "管护运行",
        "滚动发展",
    ]
    assert set(wanted) <= set(RecordKind.values)


def test_every_category_of_the_county_store_can_be_applied_for():
    assert len(CATEGORIES) == 13 and {"生活条件改善", "村基础设施", "村公共服务"} <= set(CATEGORIES)
    assert {"扶贫车间", "光伏电站"} <= set(AssetKind.values)


@pytest.mark.parametrize(
    ("grades", "leans"),
    [
        ({"优": 2, "良": 1}, "倾斜"),
        ({"优": 1, "良": 1}, "保持"),
        ({"中": 3}, "保持"),
        ({"优": 5, "差": 1}, "调减"),
        ({}, ""),
    ],
)
def test_the_reviews_of_a_year_lean_the_next_ones_share(grades, leans):
    assert fund_rules.leaning(grades) == leans
