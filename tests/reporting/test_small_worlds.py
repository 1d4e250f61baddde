"""Small worlds drawn at random: every cell equals a naive recount, and page, workbook, csv and json say the same.

WORLDS is how many are drawn; the long tests ask for two hundred.
"""

import csv
import datetime
import io
import os
import random
from collections import Counter, defaultdict

import openpyxl
import pytest

from households.models import Household
from households.spans import spans
from reporting.definitions import DEFINITIONS, exit_tally
from reporting.files import as_csv, as_json, as_workbook
from reporting.models import PlanTable, ReportRun
from reporting.reading import read_plan
from reporting.report import PERCENT, YUAN, ReportRefused, Request, amount_of
from reporting.screen import lines
from tests.reporting import small_recount, small_worlds
from tests.reporting.conftest import PLANNED, printed_for
from tests.reporting.small_worlds import TODAY, evening
from tests.reporting.tables import as_csv as as_csv_of_plan
from tests.reporting.test_exit_tally import counted_by_hand

WORLDS = int(os.environ.get("WORLDS", "3"))
# Where a cell is compared with others or is the plan's, or is measured at the end of 十二五: not recounted here.
ELSEWHERE = ("printed_", "diff_", "reached_", "left_to_go_", "since_")


def runs(area, on):
    """Of every kind that has something to count: its request and figures."""
    for kind, definition in DEFINITIONS.items():
        request = Request(area, on.year, on)
        try:
            definition.check(request)
        except ReportRefused:
            continue
        yield kind, request, definition.figures(request, lambda *_: None)


@pytest.fixture(params=range(WORLDS))
def world(request, ground, cast, make_household):
    rng = random.Random(request.param)
    small_worlds.build(rng, ground, make_household, cast["village"])
    if rng.random() < 0.5:
        planned(ground)
    return rng


def planned(ground):
    """A plan is adopted, so that there are printed figures and differences."""
    data = as_csv_of_plan(
        [
            *printed_for("全区", 30, 6, (9, 6, 2), 17),
            *printed_for("东演示", 20, 4, (6, 3, 1), 10),
            *printed_for("西演示", 10, 2, (3, 2, 1), 6),
        ]
    )
    table = PlanTable.take_in(read_plan(data), name="演示规划", data=data, at=PLANNED, on=PLANNED.date())
    table.adopt(by=None, at=PLANNED)


def test_every_cell_equals_a_recount_and_every_file_says_it(world, ground, tmp_path):
    on = world.choice([TODAY, datetime.date(2018, 6, 30), datetime.date(2018, 10, 31)])
    area = world.choice([ground.county, ground.county, ground.town])
    areas = {one.code: one for one in (ground.county, ground.town, ground.other_town,
                                       ground.village, ground.sibling_village, ground.other_village)}  # fmt: skip
    counts = {**small_worlds.COUNTS, "coverage": small_recount.coverage(tmp_path)}
    wrong: list[tuple[object, ...]] = []
    for kind, request, figures in runs(area, on):
        adds_up(kind, figures)
        for row in figures.rows:
            place, own = areas[row.code.removesuffix("-own")], row.code.endswith("-own")
            if kind in counts:
                known = {key: value for key, value in counts[kind](place, own, on).items() if value}
                shown = {
                    cell.column: amount_of(cell.value, cell.unit)
                    for cell in figures.cells
                    if cell.row == row.code and amount_of(cell.value, cell.unit) and recounted(kind, cell)
                }
                wrong += [
                    (kind, row.name, key, shown.get(key), known.get(key))
                    for key in {*shown, *known}
                    if shown.get(key) != known.get(key)
                ]
            if kind == "exit-tally":
                for national in (False, True):
                    for unit in ("households", "persons"):
                        for figure, count in counted_by_hand(place, on.year, on, national, unit).items():
                            assert figures.value(row.code, exit_tally.key(figure, national, unit)) == count
        written_alike(kind, request, figures)
        counted_alike(kind, request, figures)
    assert not wrong, "\n".join(str(each) for each in wrong)


def counted_alike(kind, request, figures):
    """What workers count by spans of households comes to the same."""
    count = DEFINITIONS[kind].count
    if count is None:
        return
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for span in spans(Household.objects.all(), 3):
        for child, some in count.of(request, span).items():
            found[child].update(some)
    assert count.figures(request, found) == figures


def recounted(kind, cell) -> bool:
    """Rates where they are told again; of the policies the ten that are; no figure of the plan's."""
    if cell.column.startswith(ELSEWHERE):
        return False
    if kind == "coverage":
        return cell.column.partition("_")[2] in small_recount.NAMED
    return kind in small_recount.WITH_RATES or cell.unit != PERCENT


def adds_up(kind, figures):
    """The parts add up to the whole, cell by cell; what is shared out is the rest of what is entitled."""
    (top,) = (row.code for row in figures.rows if row.top)
    parts = [row.code for row in figures.rows if not row.top]
    for cell in figures.cells:
        # What a source enters of an area it enters of its parts or not.
        entered = kind == "indicators" and cell.list_url is None
        # Centres and stations stand at the place itself.
        entered |= kind == "points" and cell.column in ("counties", "centres", "towns", "stations")
        if entered or cell.unit == PERCENT or cell.column.startswith(ELSEWHERE):
            continue
        if cell.row == top and parts:
            added = [
                amount_of(one.value, one.unit) for one in (figures.cell(code, cell.column) for code in parts)
            ]
            assert sum(each or 0 for each in added) == (amount_of(cell.value, cell.unit) or 0), (kind, cell)
        if cell.column.startswith("unmet_"):
            entitled, met = (
                figures.value(cell.row, cell.column.replace("unmet", word)) for word in ("entitled", "met")
            )
            assert cell.value == entitled - met >= 0, cell
    if kind == "rolling-plan":
        for cell in figures.cells:
            number = cell.column.removeprefix("diff_")
            printed = (
                figures.cells and figures.value(cell.row, f"printed_{number}") if number.isdigit() else None
            )
            if isinstance(printed, int):
                assert cell.value == figures.value(cell.row, f"actual_{number}") - printed, cell


def written_alike(kind, request, figures):
    run = ReportRun(
        kind=kind, area=request.area, year=request.year, as_of=request.as_of,
        figures_stored=figures.stored(), checksum=figures.checksum(),
    )  # fmt: skip
    cells = {(cell.row, cell.column): cell for cell in figures.cells}
    in_json = {(one["row"], one["column"]): one["value"] for one in as_json(run)["cells"]}
    assert in_json == {place: cell.value for place, cell in cells.items()}
    rows = csv.DictReader(io.StringIO(as_csv(run).decode("utf-8-sig")))
    in_csv = {(row["row"], row["column"]): row["value"] for row in rows}
    assert in_csv == {place: "" if cell.value is None else str(cell.value) for place, cell in cells.items()}
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(run, evening(TODAY))))
    for sheet, block in zip(book.worksheets, DEFINITIONS[kind].blocks(request), strict=False):
        lead = 2 if block.lines else 1
        places = [
            (row.code, key, len(keys))
            for row in figures.rows
            for _, keys in block.line_keys()
            for key in keys
        ]
        body = [cell.value for line in sheet.iter_rows(min_row=3 + block.depth) for cell in line[lead:]]
        on_page = [cell for line in lines(figures, block) for cell in line.cells]
        for (code, key, _), written, page in zip(places, body, on_page, strict=False):
            cell = cells[code, key]
            amount = amount_of(cell.value, cell.unit)
            if amount is None:
                assert written == cell.value and page.text == (cell.value or ""), cell
                continue
            assert abs(float(written) - float(amount)) < 1e-6, cell
            plain = page.text.replace("−", "-").replace("＋", "").replace(",", "")
            assert plain == (f"{amount:.2f}" if cell.unit == YUAN else str(cell.value)), cell
        assert len(on_page) == len(places) <= len(body)
