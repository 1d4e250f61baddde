"""The forms of years and quarters in small worlds: every cell, printed ones and verdicts too, equals a naive recount."""

import random
from decimal import Decimal

import pytest

from reporting.report import amount_of
from tests.reporting import small_worlds
from tests.reporting.small_worlds import TODAY
from tests.reporting.small_years import COUNTS, every_cell
from tests.reporting.test_exit_tally import day
from tests.reporting.test_small_worlds import WORLDS, planned
from tests.reporting.year_forms import run


@pytest.fixture(params=range(WORLDS))
def world(request, ground, cast, make_household):
    """With an adopted plan in every second."""
    rng = random.Random(request.param)
    small_worlds.build(rng, ground, make_household, cast["village"])
    if request.param % 2 == 0:
        planned(ground)
    return rng


def plain(value, unit):
    found = amount_of(value, unit)
    return value if found is None else Decimal(found)


def test_every_cell_equals_a_recount(world, ground):
    for area, as_of, year in (
        (ground.county, TODAY, 2018),
        (ground.town, day("2018-06-30"), 2018),
        (ground.county, TODAY, 2017),
        (ground.city, TODAY, 2018),
        (ground.province, TODAY, 2018),
    ):
        for kind in COUNTS:
            figures = run(kind, area, as_of, year)
            for row in figures.rows:
                told = every_cell(kind, area, row.code, min(as_of, day(f"{year}-12-31")), as_of)
                shown = {
                    cell.column: plain(cell.value, cell.unit)
                    for cell in figures.cells
                    if cell.row == row.code
                }
                assert shown == told, (kind, row.name, year)
