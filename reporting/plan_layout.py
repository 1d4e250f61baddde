"""How a plan table is laid out: 004 专栏2 (19 columns), 003 专栏2.1 (two rows an area), or a plain grid.

Pure: cells in, head and rows out; the page and the workbook are both drawn from the same `PlanGrid`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from office.official_form import HeadCell, head_places
from reporting.reading import (
    ALL,
    BASE,
    LEFT,
    MUNICIPAL,
    NATIONAL,
    PERSONS,
    PERSONS_LEAVING,
    PROVINCIAL,
    REACHED,
    TOTAL,
    VILLAGES,
    VILLAGES_LEAVING,
    TidyCell,
)

BASE_YEAR, FIVE_YEARS = "基期", "十二五"
MANY_GENERIC = 3  # levels of the plain grid's head: group, measure with standard, year


class ColumnKey(NamedTuple):
    """What a column of a plan counts; `year` is 基期, 十二五, 2016 … or 合计, `part` 预退出 or 剩余."""

    group: str
    kind: str
    standard: str
    year: str
    part: str = ""

    @classmethod
    def of(cls, cell: TidyCell) -> "ColumnKey":
        year = cell.year_word
        # The villages that reached the standard in 十二五 are part of the stock the plan starts from.
        if year.startswith(BASE_YEAR) or cell.part:
            year = BASE_YEAR
        return cls(cell.group_word, cell.kind, cell.standard_word, year, cell.part)


def _leaving(kind: str, *columns: tuple[str, str]) -> list[ColumnKey]:
    group = PERSONS_LEAVING if kind == PERSONS else VILLAGES_LEAVING
    return [ColumnKey(group, kind, standard, year) for year, standard in columns]


# The columns 1–19 of 004 专栏2, in its order.
ROLLING_COLUMNS: tuple[ColumnKey, ...] = (
    ColumnKey(BASE, PERSONS, PROVINCIAL, BASE_YEAR),
    ColumnKey(BASE, PERSONS, NATIONAL, BASE_YEAR),
    ColumnKey(BASE, VILLAGES, ALL, BASE_YEAR),
    ColumnKey(BASE, VILLAGES, MUNICIPAL, BASE_YEAR),
    ColumnKey(BASE, VILLAGES, PROVINCIAL, BASE_YEAR),
    ColumnKey(BASE, VILLAGES, PROVINCIAL, BASE_YEAR, REACHED),
    ColumnKey(BASE, VILLAGES, PROVINCIAL, BASE_YEAR, LEFT),
    *_leaving(
        PERSONS,
        ("2016", PROVINCIAL),
        ("2016", NATIONAL),
        ("2017", PROVINCIAL),
        ("2018", PROVINCIAL),
        (TOTAL, PROVINCIAL),
        (TOTAL, NATIONAL),
    ),
    *_leaving(
        VILLAGES,
        ("2016", ALL),
        ("2016", PROVINCIAL),
        ("2017", ALL),
        ("2017", PROVINCIAL),
        (TOTAL, ALL),
        (TOTAL, PROVINCIAL),
    ),
)
# Its four header rows; the cell of the areas' column comes first.
ROLLING_HEAD: tuple[tuple[HeadCell, ...], ...] = (
    (HeadCell("镇（街）", 4), HeadCell("贫困基数", cols=7), HeadCell("脱贫滚动计划", cols=12)),
    (
        HeadCell("贫困人口（人）", cols=2),
        HeadCell("扶贫工作重点村（个）", cols=5),
        HeadCell("贫困人口脱贫（人）", cols=6),
        HeadCell("贫困工作重点村退出（个）", cols=6),
    ),
    (
        *(HeadCell("合计", 2), HeadCell("含国标", 2)),
        *(HeadCell("合计", 2), HeadCell("其中：\n市定", 2), HeadCell("其中：省定", cols=3)),
        *(HeadCell("2016年", cols=2), HeadCell("2017年", 2), HeadCell("2018年", 2), HeadCell("合计", cols=2)),
        *(HeadCell("2016年", cols=2), HeadCell("2017年", cols=2), HeadCell("合计", cols=2)),
    ),
    (
        *(HeadCell("合计"), HeadCell("预退出"), HeadCell("剩余")),
        *(HeadCell("合计"), HeadCell("含国标"), HeadCell("合计"), HeadCell("含国标")),
        *(HeadCell("合计"), HeadCell("含省定")) * 3,
    ),
)
ROLLING_EDGES = (0, 2, 7, 13)

ROLLING, TWO_ROWS, PLAIN = "rolling", "two-rows", "plain"


@dataclass(frozen=True)
class GridRow:
    """`label` is the second column (类别) where there is one; `first` of the `height` rows of its area."""

    area: str
    cells: tuple[TidyCell | None, ...]
    top: bool = False
    label: str = ""
    height: int = 1
    first: bool = True


@dataclass(frozen=True)
class PlanGrid:
    """Columns count from 0 with the area's own; `edges` are those with a strong rule to their right."""

    layout: str
    unit: str
    head: tuple[tuple[HeadCell, ...], ...]
    rows: tuple[GridRow, ...]
    edges: tuple[int, ...]

    @property
    def labelled(self) -> bool:
        return self.layout == TWO_ROWS

    @property
    def lead(self) -> int:
        """Columns before the first figure."""
        return 2 if self.labelled else 1

    @property
    def figure_columns(self) -> int:
        return sum(cell.cols for cell in self.head[0]) - self.lead

    def headings(self) -> list[str]:
        """The words over each figure column, from the top row down, each said once."""
        words: list[list[str]] = [[] for _ in range(self.figure_columns)]
        for _row, column, cell in head_places(self.head):
            for place in range(column, column + cell.cols):
                text = cell.text.replace("\n", "")
                if place >= self.lead and (
                    not words[place - self.lead] or words[place - self.lead][-1] != text
                ):
                    words[place - self.lead].append(text)
        return [" ".join(parts) for parts in words]


def lay_out(cells: Sequence[TidyCell]) -> PlanGrid:
    """The table in the layout it was printed in."""
    return _rolling(cells) or _two_rows(cells) or _plain(cells)


def _by_area(cells: Iterable[TidyCell]) -> dict[str, list[TidyCell]]:
    areas: dict[str, list[TidyCell]] = {}
    for cell in cells:
        areas.setdefault(cell.area_word, []).append(cell)
    return areas


def _top(cells: Sequence[TidyCell]) -> str | None:
    return next((cell.area_word for cell in cells if cell.is_top), None)


def _rolling(cells: Sequence[TidyCell]) -> PlanGrid | None:
    """004 专栏2: no cell outside its nineteen columns, and both the base and the plan among them."""
    found = {ColumnKey.of(cell) for cell in cells}
    base, plan = set(ROLLING_COLUMNS[:7]), set(ROLLING_COLUMNS[7:])
    parted = {column for column in found if column.part or column.standard == ALL or column.year == TOTAL}
    if not (found <= base | plan and found & base and found & plan and parted):
        return None
    top = _top(cells)
    rows = []
    for word, own in _by_area(cells).items():
        by = {ColumnKey.of(cell): cell for cell in own}
        if len(by) < len(own):
            return None
        rows.append(GridRow(own[0].area, tuple(by.get(column) for column in ROLLING_COLUMNS), word == top))
    units = {cell.unit for cell in cells if cell.kind == PERSONS} - {"", "人"}
    if units:
        return None
    return PlanGrid(ROLLING, "人、个", ROLLING_HEAD, tuple(rows), ROLLING_EDGES)


def _two_rows(cells: Sequence[TidyCell]) -> PlanGrid | None:
    """003 专栏2.1: base and years under each of the two standards, persons above villages."""
    fits = all(
        cell.standard_word in (PROVINCIAL, NATIONAL)
        and (cell.is_base or (cell.is_year and cell.group_word != BASE))
        for cell in cells
    )
    years = sorted({cell.year_word for cell in cells if cell.is_year})
    kinds = [kind for kind in (PERSONS, VILLAGES) if any(cell.kind == kind for cell in cells)]
    if not (fits and years and any(cell.is_base for cell in cells)):
        return None
    labels = {kind: _label(kind, next(cell for cell in cells if cell.kind == kind)) for kind in kinds}
    columns = [(standard, year) for standard in (PROVINCIAL, NATIONAL) for year in (BASE_YEAR, *years)]
    top = _top(cells)
    rows = []
    for word, own in _by_area(cells).items():
        by = {(cell.kind, cell.standard_word, ColumnKey.of(cell).year): cell for cell in own}
        if len(by) < len(own):
            return None
        for place, kind in enumerate(kinds):
            figures = tuple(by.get((kind, *column)) for column in columns)
            rows.append(GridRow(own[0].area, figures, word == top, labels[kind], len(kinds), place == 0))
    width = 1 + len(years)
    head = (
        (
            HeadCell("地区", 2),
            HeadCell("类别", 2),
            HeadCell("省定扶贫标准", cols=width),
            HeadCell("国家扶贫标准", cols=width),
        ),
        tuple(HeadCell(text) for text in ("基期数", *(f"{year}年" for year in years))) * 2,
    )
    unit = "、".join(dict.fromkeys(cell.unit for cell in cells if cell.unit))
    return PlanGrid(TWO_ROWS, unit, head, tuple(rows), (1, 1 + width))


def _label(kind: str, like: TidyCell) -> str:
    """脱贫人口（万人） above 摘帽村（个）, with the unit of the table."""
    return f"脱贫人口（{like.unit or '人'}）" if kind == PERSONS else f"摘帽村（{like.unit or '个'}）"


def _plain(cells: Sequence[TidyCell]) -> PlanGrid:
    """Areas down, columns as they first appear: group over measure over standard and year."""
    columns = list(
        dict.fromkeys(
            (cell.group_word, cell.measure_word, cell.standard_word, cell.year_word) for cell in cells
        )
    )
    order = {column: place for place, column in enumerate(dict.fromkeys(column[:1] for column in columns))}
    second = {column: place for place, column in enumerate(dict.fromkeys(column[:2] for column in columns))}
    columns.sort(key=lambda column: (order[column[:1]], second[column[:2]]))
    printed = {cell.key[1:]: cell for cell in reversed(cells)}
    head: list[list[HeadCell]] = [[HeadCell("地区", MANY_GENERIC)], [], []]
    edges, place = [0], 0
    for _group, own in _runs(columns, 1):
        head[0].append(HeadCell(printed[own[0]].group, cols=len(own)))
        for _measure, under in _runs(own, 2):
            head[1].append(HeadCell(printed[under[0]].measure, cols=len(under)))
            head[2] += [HeadCell(_standard_and_year(printed[column])) for column in under]
            place += len(under)
            edges.append(place)
    top = _top(cells)
    rows = []
    for word, here in _by_area(cells).items():
        by = {cell.key[1:]: cell for cell in here}
        rows.append(GridRow(here[0].area, tuple(by.get(column) for column in columns), word == top))
    unit = "、".join(dict.fromkeys(cell.unit for cell in cells if cell.unit))
    return PlanGrid(PLAIN, unit, tuple(tuple(row) for row in head), tuple(rows), tuple(edges[:-1]))


def _standard_and_year(cell: TidyCell) -> str:
    year = f"{cell.year_word}年" if cell.is_year or cell.year_word.startswith(BASE_YEAR) else cell.year_word
    return year if cell.standard_word == year else f"{cell.standard_word}\n{year}"


def _runs(
    columns: Sequence[tuple[str, str, str, str]], depth: int
) -> list[tuple[tuple[str, ...], list[tuple[str, str, str, str]]]]:
    """Neighbouring columns with the same first words."""
    runs: list[tuple[tuple[str, ...], list[tuple[str, str, str, str]]]] = []
    for column in columns:
        if runs and runs[-1][0] == column[:depth]:
            runs[-1][1].append(column)
        else:
            runs.append((column[:depth], [column]))
    return runs
