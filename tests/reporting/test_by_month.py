"""帮扶措施分月进度表 (R324): each month of the year beside the others, as the monthly forms count it."""

from decimal import Decimal

import pytest

from areas.models import Area
from reporting.definitions import DEFINITIONS
from reporting.report import ReportRefused, Request
from tests.reporting import office_world
from tests.reporting.test_exit_tally import day
from tests.reporting.year_forms import opens_what_it_counts, run

KIND = "by-month"
MONTHS = [f"m{month:02d}" for month in range(1, 13)]


@pytest.fixture
def office(ground, cast, make_household, office_day):
    homes = [
        make_household(village=village)
        for village in (ground.village, ground.sibling_village, ground.other_village, ground.village)
    ]
    office_world.delivered(ground, homes)
    office_world.listed(ground, cast, make_household, office_day)
    return homes


def of(figures, area: Area, line: str, unit: str) -> dict[str, object]:
    """The months of a line that are not nought, and the empty ones."""
    values = {month: figures.value(area.code, f"{line}_{month}_{unit}") for month in MONTHS}
    return {month: value for month, value in values.items() if value is None or Decimal(value)}


def test_each_month_has_its_own_and_those_to_come_are_empty(office, ground):
    figures = run(KIND, ground.county)
    assert of(figures, ground.county, "c05", "items") == {"m06": 1, "m11": 2, "m12": None}
    assert of(figures, ground.county, "c05", "yuan") == {"m11": "400.10", "m12": None}
    assert of(figures, ground.county, "c06", "items") == {"m05": 1, "m12": None}
    assert of(figures, ground.county, "rest", "yuan") == {"m11": "40.00", "m12": None}
    assert of(figures, ground.other_town, "total", "items") == {"m11": 1, "m12": None}
    assert of(figures, ground.county, "completed", "households") == {"m06": 1, "m09": 1, "m12": None}


def test_the_month_of_the_day_counts_to_the_day(office, ground):
    figures = run(KIND, ground.county, day("2018-11-05"))
    assert of(figures, ground.county, "total", "items") == {"m05": 1, "m06": 1, "m11": 1, "m12": None}


@pytest.mark.parametrize("as_of", ["2018-11-20", "2018-06-30", "2017-12-31"])
def test_what_it_comes_to_is_what_the_monthly_forms_say(office, ground, as_of):
    figures, monthly = (run(kind, ground.county, day(as_of)) for kind in (KIND, "monthly"))
    for cell in monthly.cells:
        span, chapter, unit = cell.column.split("_")
        mine = figures.find(cell.row, f"{chapter}_{'year' if span == 'year' else f'm{as_of[5:7]}'}_{unit}")
        assert mine is None or mine.value == cell.value, cell
        assert mine is None or mine.list_url == cell.list_url, cell


def test_houses_are_those_of_the_monthly_report_of_houses(office, ground):
    figures, houses = (run(kind, ground.county) for kind in (KIND, "houses"))
    for row in figures.rows:
        for step in ("agreement", "started", "completed", "accepted", "paid"):
            months = [figures.value(row.code, f"{step}_{month}_households") or 0 for month in MONTHS]
            so_far = houses.value(row.code, f"{step}_year")
            assert sum(months) == figures.value(row.code, f"{step}_year_households") == so_far
            assert months[10] == houses.value(row.code, f"{step}_month")


@pytest.mark.parametrize("as_of", ["2018-11-20", "2018-06-30"])
def test_every_figure_opens_what_it_counts_where_the_household_lay_on_the_day(
    office, ground, signed_in, as_of
):
    """One of those who were helped has moved to the other town since."""
    office[0].move_to(
        ground.other_village,
        on=day("2018-09-01"),
        by=None,
        recorded_at=office_world.evening(day("2018-09-01")),
    )
    figures = run(KIND, ground.county, day(as_of))
    assert opens_what_it_counts(signed_in("district"), figures) > 15
    lies_in = ground.town if as_of < "2018-09-01" else ground.other_town
    assert figures.value(lies_in.code, "c06_m05_items") == 1


def test_nothing_to_count_is_said(ground):
    with pytest.raises(ReportRefused, match="没有落实过帮扶措施，也没有危房改造户"):
        run(KIND, ground.county)
    with pytest.raises(ReportRefused, match="还没有数"):
        DEFINITIONS[KIND].check(Request(ground.county, 2019, office_world.TODAY))
