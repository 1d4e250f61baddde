"""Small worlds drawn at random: every cell equals a naive recount, and page, workbook, csv and json say the same.

WORLDS is how many are drawn; the long tests ask for two hundred.
"""

import csv
import datetime
import io
import os
import random

import openpyxl
import pytest

from reporting.definitions import DEFINITIONS, exit_tally
from reporting.files import as_csv, as_json, as_workbook
from reporting.models import ReportRun
from reporting.report import PERCENT, YUAN, ReportRefused, Request, amount_of
from reporting.screen import lines
from tests.reporting import small_worlds
from tests.reporting.small_worlds import TODAY, evening, recount
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
def world(request, ground, make_household):
    rng = random.Random(request.param)
    small_worlds.build(rng, ground, make_household)
    return rng


def test_every_cell_equals_a_recount_and_every_file_says_it(world, ground):
    on = world.choice([TODAY, datetime.date(2018, 6, 30), datetime.date(2018, 10, 31)])
    area = world.choice([ground.county, ground.county, ground.town])
    areas = {one.code: one for one in (ground.county, ground.town, ground.other_town,
                                       ground.village, ground.sibling_village, ground.other_village)}  # fmt: skip
    for kind, request, figures in runs(area, on):
        for row in figures.rows:
            place, own = areas[row.code.removesuffix("-own")], row.code.endswith("-own")
            if kind in small_worlds.COUNTS:
                known = recount(kind, place, own, on)
                shown = {
                    cell.column: amount_of(cell.value, cell.unit)
                    for cell in figures.cells
                    if cell.row == row.code and cell.unit != PERCENT and amount_of(cell.value, cell.unit)
                    and not cell.column.startswith(ELSEWHERE)
                }  # fmt: skip
                assert shown == known, (kind, row)
            if kind == "exit-tally":
                for national in (False, True):
                    for unit in ("households", "persons"):
                        for figure, count in counted_by_hand(place, on.year, on, national, unit).items():
                            assert figures.value(row.code, exit_tally.key(figure, national, unit)) == count
        written_alike(kind, request, figures)


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
