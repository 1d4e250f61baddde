"""图: the charts of a report's workbook, each on a sheet of its own with the figures it draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from office.days import written
from office.official_form import FormCell, FormChart, HeadCell, OfficialForm, Value
from reporting.report import YUAN, Block, Drawing, Figures, ReportDefinition, amount_of

if TYPE_CHECKING:
    from reporting.models import ReportRun

SHEET = "图"
MONEY = "#,##0.00"
WIDTH, NAMES = 13, 22  # of a column of figures, of the first; characters


def charts_of(
    run: ReportRun, definition: ReportDefinition, figures: Figures, blocks: Sequence[Block]
) -> Iterator[OfficialForm]:
    """Those that have anything to draw, numbered in their order."""
    number = 0
    for drawing in definition.drawings(blocks):
        rows = _rows(drawing, figures)
        if not any(_amount(given) for row in rows for given in row[1:]):
            continue
        number += 1
        yield OfficialForm(
            title=f"{run.area.name}{run.year}年{drawing.title}",
            sheet=f"{SHEET}{number}",
            head=[[HeadCell(drawing.across), *(HeadCell(word) for word, _ in drawing.series)]],
            rows=rows,
            filler=run.area.name,
            as_of=written(run.as_of),
            unit=drawing.unit,
            signatures=(),
            widths=(NAMES, *[WIDTH] * len(drawing.series)),
            chart=FormChart(drawing.across, drawing.unit, lying=drawing.lying, stacked=drawing.stacked),
        )


def _rows(drawing: Drawing, figures: Figures) -> list[list[Value | FormCell]]:
    """A row a word or an area, a column a series; a figure that is no number leaves its place empty."""
    whole = figures.whole
    if drawing.words:
        return [
            [word, *(_figure(figures, whole.code, keys[place]) for _, keys in drawing.series)]
            for place, word in enumerate(drawing.words)
        ]
    return [
        [row.name, *(_figure(figures, row.code, keys[0]) for _, keys in drawing.series)]
        for row in figures.parts(whole)
    ]


def _figure(figures: Figures, row: str, key: str) -> Value | FormCell:
    cell = figures.find(row, key)
    amount = None if cell is None else amount_of(cell.value, cell.unit)
    return FormCell(amount, number_format=MONEY) if cell is not None and cell.unit == YUAN else amount


def _amount(given: Value | FormCell) -> int | Decimal:
    value = given.value if isinstance(given, FormCell) else given
    return value if isinstance(value, int | Decimal) else 0
