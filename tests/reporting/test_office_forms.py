"""Money, projects, cooperation, deliveries, houses and lists in hand: figures, their lists, and what is refused."""

import re
from decimal import Decimal

import pytest

from audits.models import HouseCase
from measures.models import ProjectProgress, SocialHelp
from reporting.definitions import DEFINITIONS
from reporting.report import ITEMS, PERCENT, PERSONS, YUAN, ReportRefused, Request, amount_of
from tests.audits.driver import evening
from tests.reporting import office_world
from tests.reporting.office_world import TODAY, day

KINDS = ("funds", "cooperation", "monthly", "houses", "work-in-hand")


@pytest.fixture
def office(ground, cast, make_household, office_day):
    """The whole office, of which each kind counts its own."""
    homes = [
        make_household(village=village)
        for village in (ground.village, ground.sibling_village, ground.other_village, ground.village)
    ]
    office_world.funded(ground)
    office_world.helped(ground)
    office_world.delivered(ground, homes)
    office_world.listed(ground, cast, make_household, office_day)
    return homes


def run(kind, area, as_of=TODAY):
    request = Request(area=area, year=as_of.year, as_of=as_of)
    DEFINITIONS[kind].check(request)
    return DEFINITIONS[kind].figures(request, lambda *_: None)


def of(figures, code, *keys):
    return [figures.value(code, key) for key in keys]


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_add_up_and_every_figure_opens_what_it_counts(office, ground, signed_in, kind):
    client, pages, nought = signed_in("district"), {}, 0
    for as_of in (TODAY, day("2018-09-03")):
        figures = run(kind, ground.county, as_of)
        (top,) = (row.code for row in figures.rows if row.top)
        parts = [row.code for row in figures.rows if not row.top]
        for cell in figures.cells:
            if cell.unit == PERCENT:
                assert cell.list_url is None
                continue
            value = amount_of(cell.value, cell.unit)
            if cell.row == top:
                cells = [figures.cell(code, cell.column) for code in parts]
                assert sum(amount_of(one.value, one.unit) for one in cells) == value, cell
            if cell.list_url is None or (not value and nought > 3):
                continue
            nought += not value
            if cell.list_url not in pages:
                page = client.get(cell.list_url).content.decode()
                pages[cell.list_url] = dict(re.findall(r'data-(total|persons|yuan)="([\d.-]+)"', page))
            shown = pages[cell.list_url]
            key = {YUAN: "yuan", PERSONS: "persons"}.get(cell.unit, "total")
            assert Decimal(shown[key]) == value, (cell, shown)
    assert len(pages) > 9


def test_money_by_place_and_source_and_projects_where_they_stood(office, ground):
    county, own = ground.county.code, f"{ground.county.code}-own"
    now = run("funds", ground.county)
    assert of(now, county, "budget_all", "allocated_all", "paid_all", "paid_rate") == [
        "100000.50", "75000.25", "30000.25", "40.0"
    ]  # fmt: skip
    assert of(now, own, "budget_all", "allocated_county", "paid_all") == ["100000.50", "5000.00", "0.00"]
    assert of(now, ground.town.code, "budget_all", "allocated_central") == ["0.00", "50000.25"]
    assert of(now, county, "projects", "works", "applied") == [3, 3, 0]
    spring = run("funds", ground.county, day("2018-03-31"))
    assert of(spring, county, "projects", "works", "applied", "paid_all") == [4, 0, 4, "0.00"]
    (form,) = DEFINITIONS["funds"].sheets(Request(ground.county, 2018, TODAY))
    assert [row[0] for row in form.rows] == ["演示岗", "演示渠", "演示路"]
    assert form.rows[1][1:7] == [
        "东演示镇 演示东村", "基础设施", "实施", Decimal(100000), Decimal("50000.25"), Decimal("30000.25")
    ]  # fmt: skip


def test_money_and_works_of_a_project_are_those_of_its_year_that_the_day_knew(ground):
    """Of December, but written down in January; and of January."""
    own = office_world.source(ground, "区", "900", day("2017-03-01"))
    canal = office_world.project(ground.village, "演示渠", 2017, "2017-03-01")
    office_world.step(canal, "submit", "2017-03-05", chosen_on=day("2017-03-01"))
    office_world.step(canal, "approve", "2017-04-02", document="演示批")
    office_world.step(canal, "start", "2017-05-02", contractor="演示工程队")
    for on, recorded, given, paid, percent in (
        ("2017-11-01", "2017-11-01", 100, 10, 20),
        ("2017-12-20", "2018-01-20", 200, 50, 60),
        ("2018-01-25", "2018-01-25", 400, 90, 80),
    ):
        at = evening(day(recorded))
        office_world.money("分配", own, given, on, canal, at)
        office_world.money("支付", own, paid, on, canal, at)
        ProjectProgress.report(canal, on=day(on), percent=percent, by=None, today=day(recorded), at=at)
    for as_of, told in (
        ("2017-12-31", [100, 10, 20]), ("2018-01-19", [100, 10, 20]), ("2018-01-20", [300, 60, 60]),
        ("2018-02-01", [300, 60, 60]),
    ):  # fmt: skip
        (form,) = DEFINITIONS["funds"].sheets(Request(ground.county, 2017, day(as_of)))
        assert [row[5:] for row in form.rows] == [told], as_of


def test_cooperation_of_three_years_by_area_and_by_name(office, ground):
    figures = run("cooperation", ground.county)
    keys = [f"{key}_{year}" for year in (2016, 2017, 2018) for key in ("projects", "persons", "money")]
    assert of(figures, ground.county.code, *keys) == [1, 300, "1000.50", 1, 500, "0.00", 2, 7, "349.99"]
    assert of(figures, f"{ground.county.code}-own", "projects_total") == [2]
    (form,) = DEFINITIONS["cooperation"].sheets(Request(ground.county, 2018, TODAY))
    assert form.rows[0] == ["演示劳务协作", "演示协作区", 300, Decimal("1000.50"), 500, 0, 0, 0]


def test_records_of_one_title_and_year_are_added_on_its_line(office, ground):
    SocialHelp.objects.create(
        kind="扶贫协作", title="演示劳务协作", area=ground.town, giver="演示协作区", giver_kind="协作区县",
        start_on=day("2016-09-01"), people=20, amount=Decimal(10), state="进行中",
    )  # fmt: skip
    (form,) = DEFINITIONS["cooperation"].sheets(Request(ground.county, 2018, TODAY))
    assert form.rows[0] == ["演示劳务协作", "演示协作区", 320, Decimal("1010.50"), 500, 0, 0, 0]


def test_deliveries_of_the_month_and_of_the_year(office, ground):
    figures = run("monthly", ground.county)
    education, industry = "c05", "c01"
    assert of(
        figures, ground.county.code, f"month_{education}_items", f"year_{education}_items",
        f"year_{education}_yuan", f"month_{industry}_items", "month_total_yuan", "year_total_items",
    ) == [2, 3, "400.10", 1, "440.10", 5]  # fmt: skip
    assert of(figures, ground.other_town.code, "year_total_items", "year_total_yuan") == [1, "100.00"]


def test_houses_by_step_in_the_month_and_so_far(office, ground):
    figures = run("houses", ground.county)
    assert of(figures, ground.county.code, "listed", "completed_year", "paid_year", "subsidy_year") == [
        2, 2, 1, "28000.00"
    ]  # fmt: skip
    before = run("houses", ground.county, day("2018-09-20"))
    assert of(before, ground.county.code, "listed", "completed_year") == [3, 1]


def test_a_step_is_of_the_month_of_its_day_and_money_of_the_month_it_was_paid_in(office, ground):
    paid = HouseCase.objects.get(subsidy__isnull=False, paid_on__isnull=False)
    days = {"completed_on": "2018-07-30", "accepted_on": "2018-08-01", "paid_on": "2018-08-31"}
    HouseCase.objects.filter(pk=paid.pk).update(**{name: day(on) for name, on in days.items()})
    columns = [
        f"{key}_{span}" for span in ("month", "year") for key in ("completed", "accepted", "paid", "subsidy")
    ]
    for on, wanted in (
        ("2018-07-31", [1, 0, 0, "0.00", 1, 0, 0, "0.00"]),
        ("2018-08-30", [0, 1, 0, "0.00", 1, 1, 0, "0.00"]),
        ("2018-08-31", [0, 1, 1, "28000.00", 1, 1, 1, "28000.00"]),
        ("2018-09-01", [0, 0, 0, "0.00", 1, 1, 1, "28000.00"]),
    ):
        assert of(run("houses", ground.county, day(on)), ground.county.code, *columns) == wanted, on


def test_lists_stand_where_they_stood_on_the_day(office, ground):
    now, before = run("work-in-hand", ground.county), run("work-in-hand", ground.county, day("2018-09-03"))
    code = ground.county.code
    assert of(now, code, "renovation_total", "entry_total", "entry_late") == [1, 1, 1]
    # Of the two that were opened that day one had gone on by its evening.
    assert of(before, code, "renovation_total", "renovation_application", "entry_total") == [2, 1, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_count_is_said_and_no_empty_table_made(ground, kind):
    for request in (Request(ground.county, 2018, TODAY), Request(ground.village, 2018, TODAY)):
        with pytest.raises(ReportRefused, match="没有"):
            DEFINITIONS[kind].check(request)
    with pytest.raises(ReportRefused, match="还没有数|时点"):
        DEFINITIONS[kind].check(Request(ground.county, 2019, TODAY))


def test_units_are_said(office, ground):
    units = {cell.unit for kind in KINDS for cell in run(kind, ground.county).cells}
    assert units == {ITEMS, YUAN, PERSONS, PERCENT, "households"}
