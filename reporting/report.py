"""What a report is: columns with official heads, rows of areas, cells that know the list they count.

One definition gives the page, the workbook, the csv and the json (domain §7): all four are written from the
same `Figures`, which is also what a kept run stores. Nothing here reads the database.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from office.official_form import OfficialForm
from reporting.kept_columns import counted_then

if TYPE_CHECKING:
    from areas.models import Area
    from households.spans import Span
    from reporting.models import ReportRun

HOUSEHOLDS, PERSONS, VILLAGES, PERCENT = "households", "persons", "villages", "percent"
# Lists, projects and deliveries have no unit among those; they are pieces.
YUAN, ITEMS = "yuan", "items"
TEN_THOUSAND = "ten_thousand_persons"
UNIT_WORDS = {
    HOUSEHOLDS: "户",
    PERSONS: "人",
    TEN_THOUSAND: "万人",
    VILLAGES: "个",
    YUAN: "元",
    PERCENT: "%",
    ITEMS: "个",
}
DECIMALS = (YUAN, PERCENT, TEN_THOUSAND)
ORDINALS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
PRINTED, DIFFERENCE, ACTUAL = "printed_", "diff_", "actual_"
DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

Value = int | str | None


class ReportRefused(Exception):
    """These parameters give no report; the text is the Chinese reason for the reader."""


@dataclass(frozen=True)
class Column:
    """`path`: the words of the head from the topmost row down; `edge`: a strong rule to its right."""

    key: str
    path: tuple[str, ...]
    unit: str
    edge: bool = False

    @property
    def heading(self) -> str:
        return " ".join(word.replace("\n", "") for word in self.path)


@dataclass(frozen=True)
class PageHead:
    text: str
    rows: int
    cols: int
    edge: bool
    top: bool


@dataclass(frozen=True)
class Block:
    """One table of a report: a choice of figures on the page, a sheet of the workbook.

    `word` names it where one chooses, `sheet` in the workbook; `first` heads the column of areas. With `lines`
    (word, key prefix) an area has several lines, whose keys are those of the columns with another prefix.
    """

    key: str
    word: str
    title: str
    unit: str
    columns: tuple[Column, ...]
    first: str
    sheet: str = ""
    ordinals: bool = False
    lines: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> Block:
        columns = tuple(Column(**{**one, "path": tuple(one["path"])}) for one in stored["columns"])
        lines = tuple((word, prefix) for word, prefix in stored["lines"])
        return cls(**{**stored, "columns": columns, "lines": lines})

    @property
    def depth(self) -> int:
        return max(len(column.path) for column in self.columns)

    def line_keys(self) -> list[tuple[str, list[str]]]:
        """The lines of an area: their word ("" for the only one) and the keys of their cells."""
        if not self.lines:
            return [("", [column.key for column in self.columns])]
        stems = [column.key.partition("_")[2] for column in self.columns]
        return [(word, [prefix + stem for stem in stems]) for word, prefix in self.lines]

    def head(self) -> list[list[PageHead]]:
        """The merged head without its first column; equal words side by side under one parent are one cell."""
        depth = self.depth
        rows: list[list[PageHead]] = []
        for level in range(depth):
            row: list[PageHead] = []
            start = 0
            while start < len(self.columns):
                path = self.columns[start].path
                end = start + 1
                if level < len(path) - 1:
                    while (
                        end < len(self.columns) and self.columns[end].path[: level + 1] == path[: level + 1]
                    ):
                        end += 1
                if level < len(path):
                    rows_down = depth - level if level == len(path) - 1 else 1
                    edge = self.columns[end - 1].edge
                    row.append(
                        PageHead(path[level], rows_down, end - start, edge, top=level == 0 and depth > 2)
                    )
                start = end
            rows.append(row)
        return rows


@dataclass(frozen=True)
class Row:
    """`code` of the area, its `name` as the form prints it; `top`: the row of the whole; `under`: the code of the row that
    this is a part of, where that is not the whole."""

    code: str
    name: str
    top: bool = False
    under: str = ""

    @property
    def level(self) -> int:
        """0 of the whole, 1 of its parts, 2 of theirs: the rows of one level are added up, never those of two."""
        return 0 if self.top else 2 if self.under else 1


@dataclass(frozen=True)
class Cell:
    """`value`: an integer, a decimal or a printed figure as text, or None (unknown); `list_url` opens what is counted."""

    row: str
    column: str
    value: Value
    unit: str
    list_url: str | None = None


def amount_of(value: Value, unit: str) -> int | Decimal | None:
    """What a cell comes to where it is a number: yuan, percent and 万人 are kept as the text of a decimal."""
    if isinstance(value, str) and unit in DECIMALS and DECIMAL.fullmatch(value):
        return Decimal(value)
    return value if isinstance(value, int) else None


def yuan(amount: Decimal | None) -> str:
    """The text of a sum of money, two decimals; of nothing 0.00."""
    return f"{amount or 0:.2f}"


def ten_thousands(persons: int) -> str:
    """The text of persons in 万人, up to four decimals without the noughts behind: 12300 is 1.23."""
    return f"{(Decimal(persons) / 10_000).normalize():f}"


@dataclass(frozen=True)
class Mark:
    """A printed figure that cannot be right: its ordinal, and every reason. The figure itself stays."""

    row: str
    column: str
    sign: str
    messages: tuple[str, ...]


@dataclass
class Figures:
    """Everything a kept run shows: `notes` stand under the form, `plan` names the printed table that was read.

    `blocks` are kept with a run: what it is a form of (policies, indicators) may be another by the time it is read.
    `alone` has the cells of a part as the part's own form has them, where its parts stand beneath it (reporting/nesting.py).
    """

    rows: list[Row]
    cells: list[Cell]
    marks: list[Mark] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    plan: str = ""
    plan_id: int | None = None
    blocks: list[Block] = field(default_factory=list)
    alone: list[Cell] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._by_place = {(cell.row, cell.column): cell for cell in self.cells}
        self._marks = {(mark.row, mark.column): mark for mark in self.marks}

    @property
    def whole(self) -> Row:
        return next(row for row in self.rows if row.top)

    def parts(self, of: Row) -> list[Row]:
        """The rows that add up to this one."""
        return [row for row in self.rows if not row.top and row.under == ("" if of.top else of.code)]

    @property
    def reads_plan(self) -> bool:
        """It has a printed figure beside what it counts, or would have one with an adopted plan."""
        return bool(self.plan) or any(cell.column.startswith(PRINTED) for cell in self.cells)

    def cell(self, row: str, column: str) -> Cell:
        return self._by_place[row, column]

    def find(self, row: str, column: str) -> Cell | None:
        """None where the run was kept without that figure."""
        return self._by_place.get((row, column))

    def value(self, row: str, column: str) -> Value:
        return self._by_place[row, column].value

    def mark(self, row: str, column: str) -> Mark | None:
        return self._marks.get((row, column))

    def checksum(self) -> str:
        """SHA-256 of the figures alone: the same parameters and data give the same one."""
        ordered = sorted(self.cells, key=lambda cell: (cell.row, cell.column))
        lines = [(cell.row, cell.column, cell.value, cell.unit) for cell in ordered]
        return hashlib.sha256(json.dumps(lines, ensure_ascii=False).encode()).hexdigest()

    def stored(self) -> dict[str, Any]:
        return {
            "rows": [asdict(row) for row in self.rows],
            "cells": [asdict(cell) for cell in self.cells],
            "marks": [asdict(mark) for mark in self.marks],
            "notes": self.notes,
            "plan": self.plan,
            "plan_id": self.plan_id,
            "blocks": [asdict(block) for block in self.blocks],
            "alone": [asdict(cell) for cell in self.alone],
        }

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> Figures:
        return cls(
            rows=[Row(**row) for row in stored["rows"]],
            cells=[Cell(**cell) for cell in stored["cells"]],
            marks=[Mark(**{**mark, "messages": tuple(mark["messages"])}) for mark in stored["marks"]],
            notes=stored["notes"],
            plan=stored["plan"],
            plan_id=stored["plan_id"],
            # Runs that were kept before their blocks were have none.
            blocks=[Block.from_stored(block) for block in stored.get("blocks", ())],
            alone=[Cell(**cell) for cell in stored.get("alone", ())],
        )


@dataclass(frozen=True)
class Request:
    """What is asked: `area` and its direct children, `nested` with theirs, `year`, as known on `as_of` (domain §3)."""

    area: Area
    year: int
    as_of: datetime.date
    # What the office's day is ahead of the real one, by which versions of a record are dated.
    shift: datetime.timedelta = datetime.timedelta()
    nested: bool = False
    part_of: Area | None = None  # in whose nested form this is a part

    @property
    def plan_area(self) -> Area:
        """Whose plan the form is held against: one form reads one plan."""
        return self.part_of or self.area

    @property
    def base_day(self) -> datetime.date:
        """The last day of the year before: what stood then is the base of the year."""
        return datetime.date(self.year - 1, 12, 31)

    @property
    def until(self) -> datetime.date:
        """The last day that counts."""
        return min(datetime.date(self.year, 12, 31), self.as_of)


Progress = Callable[[int, int, str], None]
# By the direct child of the area asked about (what lies in none: by itself); the keys are the definition's own.
Counts = Mapping[int, Counter[str]]


def no_sheets(request: Request) -> Sequence[OfficialForm]:
    return ()


@dataclass(frozen=True)
class Rule:
    """In each row the figure `left` is the sum of `plus` less that of `minus`, or with `most` no more than it."""

    word: str
    left: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    most: bool = False


@dataclass(frozen=True)
class Drawing:
    """A chart of the workbook. `series` are (word, keys): figures of the whole, a key for each of `words`; or, without
    words, one key, of which every area below the whole has a figure."""

    title: str
    unit: str
    across: str
    series: tuple[tuple[str, tuple[str, ...]], ...]
    words: tuple[str, ...] = ()
    lying: bool = False
    stacked: bool = False


def no_drawings(blocks: Sequence[Block]) -> Iterable[Drawing]:
    return ()


def no_rules(figures: Figures) -> Iterable[Rule]:
    return ()


def nothing_apart(cell: Cell) -> bool:
    """Every counted figure of the rows comes to that of the whole."""
    return False


@dataclass(frozen=True)
class Count:
    """Counting that can be done by spans of households: `of` one span, and the `figures` of what all came to.

    A span has `least` households or more: so many that counting them takes longer than its statements do for
    nobody, or workers who share would take longer than one alone.
    """

    of: Callable[[Request, Span], Counts]
    figures: Callable[[Request, Counts], Figures]
    least: int


@dataclass(frozen=True)
class ReportDefinition:
    """One official form.

    `check` raises ReportRefused; `figures` does the counting and calls its progress with done, total and a word;
    `sheets` are lists by name that the form carries behind its figures, in the workbook alone. What is dear to count
    says with `count` how workers share it (reporting/counting.py). `rules` are what each row must come to, `apart` says
    which figures of the rows do not add up to the whole (reporting/sums.py); `drawings` are its charts in the workbook
    (reporting/drawing.py), of the blocks of the run. What `nests` can have the parts of its parts (reporting/nesting.py).
    """

    kind: str
    title: str
    explanation: str
    check: Callable[[Request], None]
    figures: Callable[[Request, Progress], Figures]
    blocks: Callable[[Request], Sequence[Block]]
    sheets: Callable[[Request], Sequence[OfficialForm]] = no_sheets
    count: Count | None = None
    rules: Callable[[Figures], Iterable[Rule]] = no_rules
    apart: Callable[[Cell], bool] = nothing_apart
    drawings: Callable[[Sequence[Block]], Iterable[Drawing]] = no_drawings
    nests: bool = False

    def blocks_of(self, run: ReportRun) -> list[Block]:
        """As the run was kept with."""
        kept = [Block.from_stored(block) for block in run.figures_stored.get("blocks", ())]
        return kept or counted_then(self.blocks(run.request), run.figures)


def headings(blocks: Iterable[Block]) -> dict[str, str]:
    """The words of every cell's column, by key."""
    found: dict[str, str] = {}
    for block in blocks:
        for word, keys in block.line_keys():
            for key, column in zip(keys, block.columns, strict=True):
                found.setdefault(key, f"{word or block.word} {column.heading}")
    return found


def ordinal(place: int) -> str:
    """① for 0; beyond ⑳ the number in brackets."""
    return ORDINALS[place] if place < len(ORDINALS) else f"({place + 1})"
