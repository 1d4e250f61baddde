"""An official form as data: title, merged head, rows, notes, signatures (written by workbook_write)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from office.text_cells import sheet_name

Value = str | int | Decimal | datetime.date | None


# Ten points, the smallest of a form, are sixteen on a wall.
WALL = 1.6
# Columns beside a form's own that its chart takes, the first left free.
BESIDE = 11
# Below a form a line is left free, and the next says who took it (office.stamp).
APART = 2
# Rows of a form beside head, body and notes: title, line under it, signatures, the word of a part, who took it.
FRAME = 4 + APART


@dataclass(frozen=True)
class HeadCell:
    """One cell of a merged head; a row lists only the cells not covered by a taller one above."""

    text: str
    rows: int = 1
    cols: int = 1


@dataclass(frozen=True)
class FormCell:
    """A body cell with a mark ("error" or "notice"), its reason, or more than one row of height.

    A cell that spans rows leaves None in its place in the rows below.
    """

    value: Value
    mark: str = ""
    comment: str = ""
    rows: int = 1
    number_format: str = ""


@dataclass(frozen=True)
class FormChart:
    """Bars of the form's own rows beside them: `across` says what the rows are, `unit` what the figures count.

    Upright, or `lying` where the names of the rows are long; `stacked` where the figures of a row are parts of a whole.
    """

    across: str
    unit: str
    lying: bool = False
    stacked: bool = False


@dataclass(frozen=True)
class OfficialForm:
    """A form as it is handed in: title, 填报单位 line, merged head, body, notes, signatures.

    `total_rows` are places in `rows` of 合计 rows: the total stands where the form has it. `part_rows` are subtotals over
    the `inner_rows` beneath them, which are set in and can be folded away.
    `formats` are number formats by column; "" writes a count as 0 and a Decimal with its own places.
    `sheet` names the sheet where the title should not.
    `wall` is a sheet that hangs: upright, and everything so large that it is read from a step away (16 points up).
    """

    title: str
    head: Sequence[Sequence[HeadCell]]
    rows: Sequence[Sequence[Value | FormCell]]
    unit: str = ""
    filler: str = ""
    as_of: str = ""
    total_rows: Sequence[int] = ()
    part_rows: Sequence[int] = ()
    inner_rows: Sequence[int] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ("负责人：", "审核人：", "制表人：", "填报日期：　　　年　　月　　日")
    widths: Sequence[float] = ()
    formats: Sequence[str] = ()
    fixed_columns: int = 1
    paper: str = ""
    sheet: str = ""
    wall: bool = False
    chart: FormChart | None = None
    places: list[tuple[int, int, HeadCell]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", list(head_places(self.head)))
        for number, row in enumerate(self.rows, start=1):
            if len(row) != self.width:
                raise ValueError(f"表“{self.title}”第{number}行有{len(row)}格，表头有{self.width}格")

    @property
    def width(self) -> int:
        return sum(cell.cols for cell in self.head[0])

    @property
    def breadth(self) -> int:
        """Columns of the page: its own, and those that its chart takes."""
        return self.width + (BESIDE if self.chart else 0)

    def points(self, size: float) -> float:
        """A size or height of the page, as large as this form is written."""
        return size * WALL if self.wall else size


def head_places(head: Sequence[Sequence[HeadCell]]) -> Iterator[tuple[int, int, HeadCell]]:
    """Row, column (both from 0) and cell of a merged head; raises ValueError when it has gaps."""
    width = sum(cell.cols for cell in head[0])
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(head):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            here = {(row + down, column + right) for down in range(cell.rows) for right in range(cell.cols)}
            if here & taken or column + cell.cols > width or row + cell.rows > len(head):
                raise ValueError(f"表头第{row + 1}行“{cell.text}”放不下")
            taken |= here
            yield row, column, cell
            column += cell.cols
    if len(taken) != width * len(head):
        raise ValueError("表头有空缺")


def within(places: Sequence[int], first: int, end: int) -> list[int]:
    """The places between the two, from the first on."""
    return [place - first for place in places if first <= place < end]


def in_parts(form: OfficialForm, most: int) -> Iterator[OfficialForm]:
    """The form itself, or, with more rows than a sheet holds, one sheet after the other, each saying which it is."""
    room = most - len(form.head) - len(form.notes) - FRAME
    if len(form.rows) <= room:
        yield form
        return
    bounds = [0]
    while bounds[-1] < len(form.rows):
        end = min(bounds[-1] + room, len(form.rows))
        # The lines of one area (a tall first cell over empty ones) stay together.
        while end < len(form.rows) and form.rows[end][0] is None:
            end -= 1
        bounds.append(end)
    name, parts = sheet_name(form.sheet or form.title)[:25], len(bounds) - 1
    for number, (first, end) in enumerate(pairwise(bounds), 1):
        said = (
            f"共{len(form.rows)}行，一张表放不下，分成{parts}张，这是第{number}张（第{first + 1}至{end}行）。"
        )
        yield replace(
            form,
            rows=form.rows[first:end],
            sheet=f"{name}（{number}）",
            total_rows=within(form.total_rows, first, end),
            part_rows=within(form.part_rows, first, end),
            inner_rows=within(form.inner_rows, first, end),
            notes=[said, *form.notes],
        )
