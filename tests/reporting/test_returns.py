"""返贫 and 因病返贫, counted by hand and through the lists they open (R278)."""

import re

import pytest

from reporting.definitions import DEFINITIONS
from reporting.definitions.rows import share
from reporting.report import Request
from tests.reporting.test_exit_tally import TODAY, at

RETURNS = DEFINITIONS["returns"]


@pytest.fixture
def lived(ground, make_household):
    """Five left in 2016; in 2017 one came back by illness, one by a disaster; one left only in 2017."""
    homes = [
        make_household(village=village, persons=persons, poverty_cause=cause)
        for village, persons, cause in (
            (ground.village, 1, "因病"),
            (ground.village, 2, "因灾"),
            (ground.sibling_village, 3, "因病"),
            (ground.other_village, 4, "因残"),
            (ground.other_village, 5, "因病"),
            (ground.village, 6, "因病"),
        )
    ]
    for home in homes[:5]:
        home.leave_poverty(**at("2016-12-05"))
    for home in homes[:2]:
        home.return_to_poverty(**at("2017-03-01"))
    homes[5].leave_poverty(**at("2017-12-06"))
    return homes


def run(area, year=2017):
    figures = RETURNS.figures(Request(area=area, year=year, as_of=TODAY), lambda *_: None)
    return {(cell.row, cell.column): cell for cell in figures.cells}


def test_the_figures_of_the_county_and_its_towns(lived, ground):
    cells = run(ground.county)
    for area, wanted in (
        (ground.county, [5, 15, 2, 3, 1, 1, "40.0", "50.0"]),
        (ground.town, [3, 6, 2, 3, 1, 1, "66.7", "50.0"]),
        (ground.other_town, [2, 9, 0, 0, 0, 0, "0.0", None]),
    ):
        assert [cell.value for (row, _), cell in cells.items() if row == area.code] == wanted


def test_every_counted_figure_opens_a_list_that_counts_to_it(lived, ground, signed_in):
    client, opened = signed_in("district"), 0
    for cell in run(ground.county).values():
        if cell.unit == "percent":
            assert cell.list_url is None
            continue
        page = client.get(cell.list_url).content.decode()
        sums = re.search(r'data-total="(\d+)" data-persons="(\d+)"', page).groups()
        assert int(sums[cell.unit == "persons"]) == cell.value, cell
        opened += 1
    assert opened == 6 * 3


def test_nothing_over_nothing_is_unknown(lived, ground):
    assert run(ground.county, 2016)[ground.county.code, "return_rate"].value is None
    assert share(1, 8) == "12.5" and share(1, 3) == "33.3" and share(1, 2000) == "0.1"


def test_who_came_back_counts_in_that_year_alone(lived, ground):
    lived[2].return_to_poverty(**at("2018-05-01"))
    for year, wanted in ((2017, [2, 3]), (2018, [1, 3])):
        cells = run(ground.county, year)
        told = [cell.value for (row, _), cell in cells.items() if row == ground.county.code]
        assert told[2:4] == wanted, year
