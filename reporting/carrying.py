"""结转: what a year of a plan missed, and the next version of the table that adds it to the year after.

The plan rolls (脱贫滚动计划, 004 专栏2), and its text lets later years take what earlier ones left (第二章第四节二). The
missed year stays as it was planned; what is carried is added to the next year and to 合计, so that the years still
add up; the top area takes what its parts carry. The printed version is never touched.
"""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from areas.models import Area
from reporting.definitions import exit_tally
from reporting.models import PlanCarry, PlanTable
from reporting.plan_rules import NotJudged, Table, show
from reporting.reading import (
    ALL,
    BASE,
    NATIONAL,
    PROVINCIAL,
    TOTAL,
    VILLAGES,
    TidyCell,
)
from reporting.report import HOUSEHOLDS, PERSONS, Request
from villages import tally as key_villages

Column = tuple[str, str, str]


@dataclass(frozen=True)
class Line:
    """A figure of the year: `before` is what this version carries already, `why_not` why nothing can be added."""

    place: int
    cell: TidyCell
    area: Area
    planned: int
    actual: int
    before: int
    top: bool
    why_not: str

    @property
    def missed(self) -> int:
        return max(0, self.planned - self.actual)

    @property
    def open(self) -> int:
        return 0 if self.why_not else max(0, self.missed - self.before)

    @property
    def column(self) -> Column:
        return _column(self.cell)

    @property
    def what(self) -> str:
        return f"{self.cell.measure}　{self.cell.standard}" if self.cell.standard else self.cell.measure


def _column(cell: TidyCell) -> Column:
    return cell.group_word, cell.measure_word, cell.standard_word


def years_over(table: PlanTable, this_year: int) -> list[int]:
    """The planned years that have ended, the latest first."""
    found = {int(cell.year_word) for cell in table.tidy if cell.group_word != BASE and cell.is_year}
    return sorted((year for year in found if year < this_year), reverse=True)


def lines(table: PlanTable, year: int, day: datetime.date) -> list[Line]:
    """Every figure the linked table plans for the year, with what the register counts, in the order of the file.

    Where nobody was to leave and nobody left there is no line.
    """
    assert table.area is not None, "asked of linked tables"
    sums = Table(table.tidy)
    here = {table.area.pk: table.area, **{one.pk: one for one in Area.objects.filter(parent=table.area)}}
    actual = _Actual(table.area, list(here.values()), year, day)
    before = _before(table, year)
    found = []
    for place, (row, cell) in enumerate(zip(table.rows, table.tidy, strict=True)):
        if cell.group_word == BASE or cell.year_word != str(year) or row.area_id not in here:
            continue
        area = here[row.area_id]
        planned, counted = _whole(sums, cell), actual.value(area, cell)
        if planned is None or counted is None or planned == counted == 0:
            continue
        carried = before.get((area.pk, *_column(cell)), 0)
        top = area == table.area
        found.append(
            Line(place, cell, area, planned, counted, carried, top, _why_not(table.tidy, cell, year))
        )
    return found


def _whole(sums: Table, cell: TidyCell) -> int | None:
    """The amount in single persons or villages; None where nothing is printed or it is no whole number."""
    if sums.unknown(cell):
        return None
    try:
        amount = sums.amount(cell)
    except NotJudged:
        return None
    return int(amount) if amount == int(amount) and amount >= 0 else None


class _Actual:
    """What left in the year by now, of the table's area and those right below it."""

    def __init__(self, area: Area, areas: Sequence[Area], year: int, day: datetime.date) -> None:
        self.area, self.year = area, year
        self.people = exit_tally.count(Request(area=area, year=year, as_of=day))
        self.villages = key_villages.exits_by_area(areas, years=(year,), as_of=day)

    def value(self, area: Area, cell: TidyCell) -> int | None:
        """None of what is not counted: villages of 市定 alone, standards of neither line."""
        if cell.kind == VILLAGES:
            exits = self.villages[area.pk, self.year]
            return {ALL: exits.total, PROVINCIAL: exits.provincial}.get(cell.standard_word)
        if cell.standard_word not in (PROVINCIAL, NATIONAL):
            return None
        unit = HOUSEHOLDS if cell.counted == "户" else PERSONS
        place = None if area == self.area else area.pk
        return self.people[place, cell.standard_word == NATIONAL, exit_tally.EXIT, unit]


def _before(table: PlanTable, year: int) -> dict[tuple[int, str, str, str], int]:
    rows = table.carries.filter(year=year).order_by().values_list("area", "group", "measure", "standard")
    return {(area, *column): carried for area, *column, carried in rows.annotate(carried=Sum("carried"))}


def _key(cell: TidyCell, year: str) -> tuple[str, str, str, str, str]:
    return (cell.area_word, *_column(cell), year)


def _why_not(cells: Sequence[TidyCell], cell: TidyCell, year: int) -> str:
    """Whether the year after has room for more of this: its column in the table, and a number in it."""
    after = str(year + 1)
    found = next((one for one in cells if one.key == _key(cell, after)), None)
    if found is None:
        columns = {
            _column(one) for one in cells if one.year_word == after and one.group_word == cell.group_word
        }
        return f"表中{after}年没有这一栏" if columns and _column(cell) not in columns else ""
    if found.is_whole_base:
        return f"{after}年是全部脱贫，已经包括"
    if not found.is_blank and found.number is None:
        return f"{after}年照印的不是数"
    return ""


def amounts(found: Sequence[Line], chosen: Mapping[int, int]) -> dict[int, int]:
    """What is carried by the place of its figure: the parts as chosen, the top what its parts come to.

    A top that already says 全部脱贫 for the next year takes nothing.
    """
    parted = {line.column for line in found if not line.top}
    sums: dict[Column, int] = defaultdict(int)
    for line in found:
        if not line.top:
            sums[line.column] += chosen.get(line.place, 0)
    return {
        line.place: sums[line.column] if line.top and line.column in parted else chosen.get(line.place, 0)
        for line in found
        if not line.why_not
    }


def with_carried(cells: Sequence[TidyCell], year: int, carried: Mapping[int, int]) -> list[TidyCell]:
    """The cells of the next version; `carried` by the place of the year's figure. Pure."""
    made = list(cells)
    places = {cell.key: place for place, cell in enumerate(made)}
    sums = Table(cells)
    for place, more in carried.items():
        if not more:
            continue
        cell = cells[place]
        after = places.get(_key(cell, str(year + 1)))
        if after is None:
            value = show(Decimal(more), cell)
            made.append(dataclasses.replace(cell, year=str(year + 1), value=value, line=0))
        else:
            made[after] = _more(sums, cells[after], more)
        total = places.get(_key(cell, TOTAL))
        if total is not None and cells[total].number is not None:
            made[total] = _more(sums, cells[total], more)
    return made


def _more(sums: Table, cell: TidyCell, more: int) -> TidyCell:
    return dataclasses.replace(cell, value=show(sums.amount(cell) + more, cell))


def record(
    table: PlanTable, based_on: PlanTable, found: Sequence[Line], carried: Mapping[int, int], year: int
) -> int:
    """The rows of the new version: those it inherits and those of the year; how many are new."""
    kept = [
        PlanCarry(
            table=table,
            area_id=one.area_id,
            group=one.group,
            measure=one.measure,
            standard=one.standard,
            year=one.year,
            planned=one.planned,
            actual=one.actual,
            carried=one.carried,
        )
        for one in based_on.carries.all()
    ]
    new = [
        PlanCarry(
            table=table,
            area=line.area,
            group=line.cell.group_word,
            measure=line.cell.measure_word,
            standard=line.cell.standard_word,
            year=year,
            planned=line.planned,
            actual=line.actual,
            carried=carried[line.place],
        )
        for line in found
        if carried.get(line.place) and line.missed
    ]
    PlanCarry.objects.bulk_create([*kept, *new])
    return len(new)


def inherit(table: PlanTable, based_on: PlanTable) -> None:
    """A version changed by hand keeps what the one before carried."""
    record(table, based_on, (), {}, 0)
