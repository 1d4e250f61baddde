"""图: what a report's charts draw is there, a figure for each word, and stands beside them as a table."""

import io

import openpyxl

from reporting.definitions import DEFINITIONS
from reporting.files import as_workbook
from reporting.models import ReportRun
from reporting.report import Request
from tests.reporting.test_workbooks import MADE, TODAY, county  # noqa: F401

# A column a policy and a word an indicator: bars of them would be no picture of anything.
WITHOUT = {"coverage", "indicators", "points"}


def made(kind, area):
    request = Request(area, 2018, TODAY)
    figures = DEFINITIONS[kind].figures(request, lambda *_: None)
    run = ReportRun(
        kind=kind, area=area, year=2018, as_of=TODAY, figures_stored=figures.stored(),
        checksum=figures.checksum(),
    )  # fmt: skip
    return figures, run, DEFINITIONS[kind].blocks(request)


def test_every_chart_draws_figures_that_are_there(county):  # noqa: F811
    for kind, definition in DEFINITIONS.items():
        figures, _, blocks = made(kind, county)
        drawings = list(definition.drawings(blocks))
        assert bool(drawings) != (kind in WITHOUT), kind
        for drawing in drawings:
            for word, keys in drawing.series:
                assert len(keys) == (len(drawing.words) or 1), (kind, word)
                assert all(figures.find(county.code, key) for key in keys), (kind, word)


def test_a_chart_stands_on_a_sheet_of_its_own_with_what_it_draws(county):  # noqa: F811
    figures, run, _ = made("causes", county)
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook(run, MADE)))["图1"]
    rows = {row[0]: row[1:3] for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]}
    assert rows["因病"] == tuple(
        figures.value(county.code, f"01_{unit}") for unit in ("households", "persons")
    )
    (chart,) = sheet._charts
    assert chart.series[1].val.numRef.f == f"'图1'!$C$4:$C${3 + len(rows)}"
    assert chart.anchor._from.col > 2 and chart.anchor._from.row >= 2, "beside the table"
    # Who took the file is written below the last row that is there.
    assert sheet.max_row >= chart.anchor.to.row or sheet.row_dimensions[chart.anchor.to.row + 1].height


def test_of_nothing_no_chart_is_drawn(county):  # noqa: F811
    _, run, _ = made("resettlers", county)
    names = openpyxl.load_workbook(io.BytesIO(as_workbook(run, MADE))).sheetnames
    assert any(name.startswith("图") for name in names)
    for cell in run.figures_stored["cells"]:
        cell["value"] = 0 if isinstance(cell["value"], int) else cell["value"]
    names = openpyxl.load_workbook(io.BytesIO(as_workbook(run, MADE))).sheetnames
    assert not any(name.startswith("图") for name in names)
