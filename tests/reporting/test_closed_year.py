"""A closed year gives the same figures for ever: every report of its last day, taken again after the work of the next."""

import datetime
import random
import re
from decimal import Decimal

import pytest

from households.models import Household, YearAct
from households.models.year import years_of
from office import clock
from reporting.definitions import DEFINITIONS
from reporting.report import ReportRefused, Request
from tests.reporting import next_year, small_worlds
from tests.reporting.small_worlds import evening
from tests.reporting.test_small_worlds import WORLDS

LAST, CLOSED = datetime.date(2018, 12, 31), datetime.date(2019, 1, 15)
# Of the office's day when the year is asked for again; the real clock does not move that far while a test runs.
SHIFT = next_year.SUMMER - clock.now().astimezone(clock.SHANGHAI).date()
# The long tests draw more of these worlds; not every one has something for every report to count.
FIRST = 4
# Of every so many lists of a kind one is opened.
# In 万人, while their lists count persons.
PERSONS_OF = ("actual_persons_", "diff_persons_")
ONE_IN = {"coverage": 25, "monthly": 12, "by-month": 40}


def taken(areas):
    """Every cell of every report of the last day: (kind, area, row, column) → (value, list)."""
    found = {}
    for kind, definition in DEFINITIONS.items():
        for area in areas:
            request = Request(area, LAST.year, LAST, SHIFT)
            try:
                definition.check(request)
            except ReportRefused:
                continue
            for cell in definition.figures(request, lambda *_: None).cells:
                found[kind, area.name, cell.row, cell.column] = cell.value, cell.list_url
    return found


@pytest.fixture(params=range(FIRST, FIRST + max(1, WORLDS // 20)))
def years(request, ground, cast, make_household, office_day, plan):
    """(before, after): what the reports of a closed year said when it was closed, and after half a year's work."""
    small_worlds.build(random.Random(request.param), ground, make_household, cast["village"])
    next_year.first_known()
    next_year.stamp(small_worlds.TODAY, SHIFT)
    office_day(CLOSED)
    for county in (ground.county, ground.other_county):
        for year in years_of(county, CLOSED):
            YearAct.close(county, year, by=cast["district"], on=CLOSED, at=evening(CLOSED))
    areas = (ground.county, ground.other_town, ground.village)
    before = taken(areas)
    next_year.happens(ground, Household.objects.filter(removed_on__isnull=True).order_by("pk"))
    next_year.stamp(next_year.SPRING, SHIFT)
    office_day(next_year.SUMMER)
    return before, taken(areas)


def test_every_figure_of_a_closed_year_stays_and_opens_a_list_that_counts_to_it(years, signed_in):
    before, after = years
    moved = [
        (place, before.get(place, ("—",))[0], after.get(place, ("—",))[0])
        for place in sorted({*before, *after})
        if before.get(place, ("—",))[0] != after.get(place, ("—",))[0]
    ]
    assert not moved, "\n".join(map(str, moved[:60]))
    client, wrong, lists = signed_in("district"), [], {}
    for (kind, *place), (value, url) in after.items():
        if url is not None:
            lists.setdefault(kind, {})[url] = (value, place)
    for kind, urls in lists.items():
        for number, (url, (value, place)) in enumerate(urls.items()):
            # Those of nothing are opened seldom, the others by turns.
            if number % ONE_IN.get(kind, 8) or (not value and number % 3):
                continue
            page = client.get(url).content.decode()
            shown = re.findall(r'data-(?:total|persons|yuan)="(-?[\d.]+)"', page)
            many = Decimal(value or 0) * (
                10_000 if kind == "two-standards" and place[-1].startswith(PERSONS_OF) else 1
            )
            if many not in map(Decimal, shown):
                wrong.append((kind, place, value, shown, url))
    assert not wrong, "\n".join(map(str, wrong[:40]))
