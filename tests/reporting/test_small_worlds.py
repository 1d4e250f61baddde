"""Small worlds drawn at random: every cell of every report equals a naive recount, its parts add up to the whole, and
page, workbook, csv and json, each read back from its bytes, say the same.

WORLDS is how many are drawn; the long tests ask for two hundred. By their number they take turns: at which level a report
is asked for, which half of the reports has the parts of its parts (含村), and which third goes the whole way from the form to
the four files.
"""

import datetime
import os
import random
from collections import Counter, defaultdict

import pytest

from accounts.models import Duty
from areas.models import Area
from households.models import Household
from households.spans import spans
from office import clock
from office.jobs import run_job
from office.models import Job, JobState
from reporting import nesting, sums
from reporting.definitions import DEFINITIONS
from reporting.jobs import is_figure
from reporting.models import ReportRun
from reporting.report import PERCENT, ReportRefused, Request
from tests.conftest import FOUNDED, make_user
from tests.reporting import four_forms, small_worlds
from tests.reporting.four_forms import plain
from tests.reporting.small_days import ASKED, TODAY
from tests.reporting.small_recount import COUNTS, Asked, Rows
from tests.reporting.small_worlds import LATER

WORLDS = int(os.environ.get("WORLDS", "5"))
LEVELS = ("county", "town", "province", "village", "city")
CLOSED = datetime.date(2017, 12, 31)
# While what happened in the year is still being recorded, and when all of it is.
EARLY, SETTLED = datetime.date(2018, 1, 8), datetime.date(2018, 2, 1)
# Its recount reads what is known of people as it stands; of a past day test_closed_year.py asks it.
AS_IT_STANDS = ("coverage",)
# What is compared with others, is the plan's own or was reached by a day of its own: no sum of its parts.
NO_SUM = ("printed_", "diff_", "verdict_", "aim_")


@pytest.fixture
def make_world(ground, cast, make_household, settings):
    """make_world(7) is the chance of the seventh world, and its households."""

    def make(number: int):
        rng = random.Random(number)
        settings.STAY_DAYS_A_MONTH = rng.choice([0, 20])
        # Facts of the register as a load without versions leaves them.
        settings.SIMPLE_HISTORY_ENABLED = False
        homes = small_worlds.build(rng, ground, make_household, cast["village"])
        settings.SIMPLE_HISTORY_ENABLED = True
        return rng, homes

    return make


def asked_for(area, year, as_of, turn):
    """Of every kind that gives a report for these: its request; every other one, from `turn` on, with a further level."""
    for place, (kind, definition) in enumerate(DEFINITIONS.items(), turn):
        if kind in AS_IT_STANDS and as_of != TODAY:
            continue
        deeper = definition.nests and area.level in nesting.WORDS and place % 2 == 0
        request = Request(area, year, as_of, clock.shift(), nested=deeper)
        try:
            nesting.check(definition, request)
        except ReportRefused:
            continue
        yield kind, request


def counted(kind, request):
    """The figures, as a worker that is alone comes to them."""
    whole = DEFINITIONS[kind].figures(request, lambda *_: None)
    if not request.nested:
        return whole
    parts = nesting.parts(request, whole)
    return nesting.joined(
        whole, {one.area.code: DEFINITIONS[kind].figures(one, lambda *_: None) for one in parts}
    )


@pytest.mark.parametrize("number", range(WORLDS))
def test_every_cell_equals_a_recount_and_every_file_says_it(number, make_world, ground, cast, signed_in):
    make_world(number)
    level, as_of = LEVELS[number % len(LEVELS)], ASKED[number % len(ASKED)]
    area, client = getattr(ground, level), _client(level, ground, cast, signed_in)
    rows, kinds = Rows(), list(DEFINITIONS)
    for kind, request in asked_for(area, as_of.year, as_of, number):
        figures = counted(kind, request)
        told = recount(rows, kind, request, figures)
        assert not differing(figures, told), kind
        adds_up(kind, figures)
        checked(kind, request, figures)
        counted_alike(kind, request)
        # Of noughts and blanks alone no files are made (test_nothing_to_count.py).
        if (kinds.index(kind) + number) % 3 == 0 and any(is_figure(cell) for cell in figures.cells):
            run = run_of(client, kind, request)
            every_form_says_it(client, run, told)


@pytest.mark.parametrize("number", range((WORLDS + 1) // 2))
def test_a_closed_year_says_the_same_later_and_after_whatever_happens(number, make_world, ground, settings):
    rng, homes = make_world(number)
    area = getattr(ground, LEVELS[(number + 1) % len(LEVELS)])
    before, rows = {}, Rows()
    for as_of in (EARLY, SETTLED):
        for kind, request in asked_for(area, CLOSED.year, as_of, number):
            before[kind] = figures = counted(kind, request)
            assert not differing(figures, recount(rows, kind, request, figures)), (kind, as_of)
    settings.OFFICE_DAY = LATER.isoformat()
    small_worlds.another_year(rng, ground, homes)
    for as_of in (SETTLED, LATER):
        rows = Rows()
        for kind, request in asked_for(area, CLOSED.year, as_of, number):
            figures = counted(kind, request)
            assert not differing(figures, recount(rows, kind, request, figures)), (kind, as_of)
            # The plan's own form is of its three years, whichever of them it is asked for.
            if kind in before and (as_of == SETTLED or kind != "rolling-plan"):
                assert moved(before[kind], figures) == [], (kind, as_of)


def _client(level, ground, cast, signed_in):
    """The district's; above it somebody with the same duty for the city or the province."""
    if level not in ("city", "province"):
        return signed_in("district")
    cast[level] = make_user(level)
    Duty.objects.create(user=cast[level], role="district", area=getattr(ground, level), start_on=FOUNDED)
    return signed_in(level)


def run_of(client, kind, request) -> ReportRun:
    """Asked for on its page and made by a worker."""
    asked = {"kind": kind, "area": request.area.code, "year": f"{request.year}", "as_of": f"{request.as_of}"}
    answer = client.post("/reports/", {**asked, "nested": "on"} if request.nested else asked)
    assert answer.status_code == 303, kind
    job = Job.objects.latest("queued_at")
    run_job(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE, (kind, job.error)
    return ReportRun.objects.get(pk=job.result["run"])


def recount(rows, kind, request, figures) -> dict[tuple[str, str], object]:
    """Of every row of the figures every column, counted again; a column that nobody counts again is an error."""
    columns, told = defaultdict(set), {}
    for cell in figures.cells:
        columns[cell.row].add(cell.column)
    for row in figures.rows:
        code, own = row.code.removesuffix("-own"), row.code.endswith("-own")
        (area,) = (one for one in rows.of(Area) if one.code == code)
        asked = Asked(rows, request.area, area, own, request.until, request.as_of)
        counted = COUNTS[kind](asked)
        assert set(counted) == columns[row.code], (kind, set(counted) ^ columns[row.code])
        told |= {(row.code, key): plain(value) for key, value in counted.items()}
    for block in nesting.blocks(DEFINITIONS[kind], request):
        shown = {key for _, keys in block.line_keys() for key in keys}
        assert all((row.code, key) in told for row in figures.rows for key in shown), (kind, block.key)
    return told


def differing(figures, told) -> list[tuple[object, ...]]:
    """(row, column, in the report, counted again) of each cell that is not the same."""
    shown = {(cell.row, cell.column): plain(cell.value) for cell in figures.cells}
    return [(*place, shown[place], told[place]) for place in shown if shown[place] != told[place]]


def moved(before, after) -> list[tuple[object, ...]]:
    """What another asking of the same gives otherwise; an area without anything may have no row."""
    then, now = ({(cell.row, cell.column): cell.value for cell in one.cells} for one in (before, after))
    return [(place, then.get(place), now.get(place)) for place in {*then, *now}
            if then.get(place) != now.get(place) and {plain(then.get(place)), plain(now.get(place))} - {None, 0}]  # fmt: skip


def adds_up(kind, figures):
    """The parts add up to the whole, cell by cell, and theirs to each; what is shared out is the rest of what is entitled."""
    parts = {row.code: [one.code for one in figures.rows if one.level == row.level + 1 and one.under in ("", row.code)]
             for row in figures.rows}  # fmt: skip
    for cell in figures.cells:
        # What a source enters of an area it enters of its parts or not.
        entered = kind == "indicators" and cell.list_url is None
        # Centres and stations stand at the place itself.
        entered |= kind == "points" and cell.column in ("counties", "centres", "towns", "stations")
        if parts[cell.row] and not (entered or cell.unit == PERCENT or cell.column.startswith(NO_SUM)):
            added = [plain(figures.value(code, cell.column)) for code in parts[cell.row]]
            assert sum(each or 0 for each in added) == (plain(cell.value) or 0), (kind, cell)


def checked(kind, request, figures):
    """The sheet 核对 finds nothing, and looks at something wherever there is more than one row."""
    checks = sums.checks_of(DEFINITIONS[kind], figures, nesting.blocks(DEFINITIONS[kind], request))
    assert sums.broken(checks) == [], kind
    assert checks or len(figures.rows) == 1, kind


def counted_alike(kind, request):
    """What workers count by spans of households comes to the same."""
    count = DEFINITIONS[kind].count
    if count is None:
        return
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for span in spans(Household.objects.all(), 3):
        for child, some in count.of(request, span).items():
            found[child].update(some)
    assert count.figures(request, found) == DEFINITIONS[kind].figures(request, lambda *_: None)


def every_form_says_it(client, run, told):
    """Page, workbook, csv and json have every cell and no other, and in each of them stands what was counted again."""
    figures, blocks = run.figures, nesting.blocks(DEFINITIONS[run.kind], run.request)
    names = {row.code: row.name for row in figures.rows}
    files = four_forms.downloads(client, run)
    in_page, opened = four_forms.page(client, run.pk, names, blocks)
    read = {
        "page": in_page,
        "workbook": four_forms.workbook(files["xlsx"], names, blocks),
        "csv": four_forms.csv_file(files["csv"]),
        "json": four_forms.json_file(files["json"]),
    }
    for form, cells in read.items():
        wrong = {place: (cells.get(place), told[place]) for place in told if cells.get(place) != told[place]}
        assert not wrong and cells.keys() <= told.keys(), (run.kind, form, wrong)
    for cell in figures.cells:
        if figures.mark(cell.row, cell.column) is None:
            assert opened[cell.row, cell.column] == cell.list_url, cell
