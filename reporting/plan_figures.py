"""The printed side of a report: the figures of the adopted plan for its rows, and which of them cannot be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from areas.models import Area
from reporting.models import PlanTable
from reporting.plan_layout import BASE_YEAR, ColumnKey
from reporting.plan_rules import ERROR
from reporting.reading import (
    ALL,
    BASE,
    LEFT,
    NATIONAL,
    PERSONS_LEAVING,
    PROVINCIAL,
    VILLAGES_LEAVING,
    TidyCell,
)
from reporting.report import PERSONS, VILLAGES, Mark, Value, ordinal


@dataclass
class PlanFigures:
    """Without an adopted plan every figure is None. `name` is the table and version that was read."""

    name: str
    table_id: int | None
    cells: dict[tuple[int, ColumnKey], TidyCell]
    reasons: dict[TidyCell, list[str]]

    @classmethod
    def of(cls, area: Area) -> PlanFigures:
        """The table adopted for the area, or for the nearest area above it that has one."""
        table = PlanTable.adopted_for(area)
        if table is None:
            return cls("", None, {}, {})
        cells: dict[tuple[int, ColumnKey], TidyCell] = {}
        for row, cell in zip(table.rows, table.tidy, strict=True):
            # 户 are not persons: a column of households has no place in these forms.
            if row.area_id is not None and cell.counted != "户":
                cells.setdefault((row.area_id, ColumnKey.of(cell)), cell)
        reasons: dict[TidyCell, list[str]] = {}
        for finding in table.findings:
            if finding.severity == ERROR:
                reasons.setdefault(finding.cells[0], []).append(finding.message)
        return cls(str(table), table.pk, cells, reasons)

    def cell(self, area: Area, column: ColumnKey) -> TidyCell | None:
        return self.cells.get((area.pk, column))

    def in_printed_order(self, areas: Iterable[Area]) -> list[Area]:
        """As the plan has them; what it does not name comes last."""
        places = {area: place for place, (area, _) in enumerate(self.cells)}
        return sorted(areas, key=lambda area: places.get(area.pk, len(places)))

    def exits(self, area: Area, year: int, national: bool) -> TidyCell | None:
        """Persons planned to leave in the year."""
        standard = NATIONAL if national else PROVINCIAL
        return self.cell(area, ColumnKey(PERSONS_LEAVING, PERSONS, standard, str(year)))

    def village_exits(self, area: Area, year: int) -> TidyCell | None:
        """Key villages planned to leave in the year, of all levels where the plan says how many; blank says nothing."""
        keys = (ColumnKey(VILLAGES_LEAVING, VILLAGES, level, str(year)) for level in (ALL, PROVINCIAL))
        cells = [cell for key in keys if (cell := self.cell(area, key)) is not None]
        return min(cells, key=lambda cell: cell.is_blank, default=None)

    def villages_to_go(self, area: Area) -> TidyCell | None:
        """Villages of the province still on the list at the base: 剩余 of a table that tells the base in parts, as 004
        does; else the whole base, to which the years of 003 add up."""
        whole = ColumnKey(BASE, VILLAGES, PROVINCIAL, BASE_YEAR)
        in_parts = any(column.part for _, column in self.cells)
        return self.cell(area, whole._replace(part=LEFT) if in_parts else whole)

    @staticmethod
    def value(cell: TidyCell | None) -> Value:
        """As printed: an integer where the digits are just that number, else the text; None where blank."""
        if cell is None or cell.is_blank:
            return None
        text = cell.value.strip()
        if cell.in_ten_thousands:
            return f"{text}万"
        return int(text) if text.isascii() and text.isdigit() and str(int(text)) == text else text

    def amount(self, area: Area, cell: TidyCell | None) -> int | None:
        """The whole number a printed figure means: 全部脱贫 is the base; None where it is no number."""
        if cell is None or cell.is_blank:
            return None
        if cell.is_whole_base:
            return self.amount(
                area, self.cell(area, ColumnKey(BASE, cell.kind, cell.standard_word, BASE_YEAR))
            )
        number = cell.number
        if number is None:
            return None
        number = number * 10_000 if cell.in_ten_thousands else number
        return int(number) if number == Decimal(int(number)) else None

    def difference(self, area: Area, actual: int, cell: TidyCell | None) -> int | None:
        """Actual less printed."""
        amount = self.amount(area, cell)
        return None if amount is None else actual - amount

    def marks(self, printed: Iterable[tuple[Area, str, TidyCell | None]]) -> list[Mark]:
        """Marks of the figures (area, column key, cell) that a broken rule names first, ① ② … in their order.

        A sum that does not come out names the sum first: its parts are each possible.
        """
        found: list[tuple[Area, str, Sequence[str]]] = []
        for area, column, cell in printed:
            if cell is not None and cell in self.reasons:
                found.append((area, column, self.reasons[cell]))
        return [
            Mark(area.code, column, ordinal(number), tuple(messages))
            for number, (area, column, messages) in enumerate(found)
        ]
