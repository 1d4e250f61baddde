"""The national person sheet read into households (pure): rows in, households with their persons and every fault out.

    sheet = NationalSheet.of("表1", 1, cells_of_the_head)
    sheet.take(some_rows)        # (line, cells) of each, as often as there are more
    sheet.finish()
    sheet.households, sheet.faults

A value that the sheet does not say is None. What stands in several rows of a 户编号 must be equal in all of them;
户主姓名 and 户主证件号码 are copied columns: compared with the head's own row and never stored.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from households import identity
from households.checks.case import OUT_OF_SCHOOL
from households.codes import CODES
from households.models.person import HEAD
from households.workbook.columns import CellRefused
from households.workbook.national_cells import MASK, Reader, reader_of, word_in
from households.workbook.national_columns import (
    AREAS,
    NationalColumn,
    NationalHead,
    by_path,
    national_columns,
    read_head,
)
from households.workbook.national_places import range_of
from households.workbook.outcome import letters
from office.codes import as_written
from office.workbook_read import Cell

FIRST_YEAR = 2013
NUMBER, PERSON_NUMBER, PHONE = "household.number", "person.number", "household.phone"
ID_NUMBER, ID_TYPE, WORK_PLACE = "person.id_number", "person.id_type", "person.work_place"
DETAIL = "person.work_place_detail"
HEAD_NAME, HEAD_ID, STANDARD, YEAR = (
    "household.head_name",
    "household.head_id_number",
    "household.poverty_standard",
    "survey.year",
)
# Where each value stands in a row's values; the range of a work place is read out of the place.
SLOTS = {column.path: column.place for column in national_columns()} | {WORK_PLACE: len(national_columns())}
# The fields of Person that a row says, and where.
PERSON_SLOTS = tuple(
    (path.removeprefix("person."), place)
    for path, place in SLOTS.items()
    if path.startswith("person.") and path != PERSON_NUMBER
)
EQUAL_IN_A_HOUSEHOLD = {
    **{f"household.{name}": f"同一户编号的“{by_path()[f'household.{name}'].header}”不一致" for name in AREAS},
    PHONE: "同一户编号的户联系电话不一致",
    STANDARD: "同一户编号的识别标准不一致",
}
TWICE = {
    ID_NUMBER: ("C013", "证件号码在本户或本文件中重复"),
    PERSON_NUMBER: ("I012", "人口编号在本文件中重复"),
}
# A blank in these says nothing against the other rows.
MAY_BE_BLANK = (PHONE, STANDARD)
MUST = (NUMBER, *(f"household.{name}" for name in AREAS), "person.name", YEAR, "person.relation")
MUST_SLOTS = tuple((path, SLOTS[path]) for path in MUST)
EQUAL_SLOTS = tuple((path, SLOTS[path], message) for path, message in EQUAL_IN_A_HOUSEHOLD.items())
NUMBER_SLOT, PERSON_SLOT, ID_SLOT, TYPE_SLOT, YEAR_SLOT, RELATION_SLOT = (
    SLOTS[path] for path in (NUMBER, PERSON_NUMBER, ID_NUMBER, ID_TYPE, YEAR, "person.relation")
)
EDUCATION_SLOT, SCHOOLING_SLOT = SLOTS["person.education"], SLOTS["person.schooling"]
DETAIL_SLOT, WORK_PLACE_SLOT = SLOTS[DETAIL], SLOTS[WORK_PLACE]
AREA_SLOTS = tuple(SLOTS[f"household.{name}"] for name in AREAS)
UNREAD = object()


@dataclass(frozen=True)
class NationalFault:
    """`path` names the field; column letters and title are those of the sheet."""

    line: int
    column: str
    title: str
    path: str
    code: str
    message: str


@dataclass(slots=True)
class NationalRow:
    """One person as the sheet says it: values by SLOTS."""

    line: int
    values: list[Any]
    bad: bool = False

    def get(self, path: str) -> Any:
        return self.values[SLOTS[path]]

    def person_values(self) -> dict[str, Any]:
        """What the sheet says, by field of Person; the printed number apart."""
        values = self.values
        return {name: values[place] for name, place in PERSON_SLOTS if values[place] is not None}


@dataclass(slots=True)
class NationalHousehold:
    """The rows of one 户编号."""

    number: str
    rows: list[NationalRow] = field(default_factory=list)

    def said(self, path: str) -> Any:
        """What the first row that says it says."""
        slot = SLOTS[path]
        return next((row.values[slot] for row in self.rows if row.values[slot] is not None), None)

    @property
    def areas(self) -> tuple[str, ...]:
        values = self.rows[0].values
        return tuple(values[slot] or "" for slot in AREA_SLOTS)

    @property
    def head(self) -> NationalRow | None:
        return next((row for row in self.rows if row.values[RELATION_SLOT] == HEAD), None)

    @property
    def bad(self) -> bool:
        return any(row.bad for row in self.rows)


class NationalSheet:
    """One sheet. A fault spoils its row, and with it its household: a family is never taken in part."""

    def __init__(self, head: NationalHead, day: datetime.date) -> None:
        self.head, self.day = head, day
        self.households: dict[str, NationalHousehold] = {}
        self.faults: list[NationalFault] = []
        self.year: int | None = None
        self.rows = 0
        self._told: dict[int, set[str]] = {}  # paths of faults by line
        self._readers: list[tuple[NationalColumn, int, Reader, dict[Any, Any]]] = [
            (column, place, reader_of(column), {None: None, "": None}) for column, place in head.at.items()
        ]

    @classmethod
    def of(cls, sheet: str, line: int, cells: Sequence[Cell], day: datetime.date) -> "NationalSheet":
        """Raises WorkbookRefused when the head is not usable."""
        found = cls(read_head(sheet, line, cells), day)
        for place, title in found.head.strange:
            message = "全国系统人口表没有这一列，请改正列名或删去这一列"
            found.faults.append(NationalFault(line, letters(place), title, "", "I002", message))
        return found

    def take(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> list[NationalRow]:
        """Reads rows (line and cells), a column of all of them after the other, and puts each with its household."""
        made = [NationalRow(line, []) for line, _ in rows]
        self.rows += len(made)
        columns = list(zip_longest(*(cells for _, cells in rows)))
        slots: list[Sequence[Any]] = [(None,) * len(made)] * len(SLOTS)
        for column, place, read, known in self._readers:
            if place < len(columns):
                slots[column.place] = self._column(column, columns[place], read, known, made)
        for row, values in zip(made, zip(*slots, strict=True), strict=True):
            row.values = list(values)
            self._read_together(row)
            number = row.values[NUMBER_SLOT]
            # Rows without a readable number are households of their own: nothing is guessed.
            key = number or f"?{row.line}"
            household = self.households.get(key)
            if household is None:
                household = self.households[key] = NationalHousehold(number or "")
            household.rows.append(row)
        return made

    def _column(
        self,
        column: NationalColumn,
        cells: Sequence[Cell],
        read: Reader,
        known: dict[Any, Any],
        rows: Sequence[NationalRow],
    ) -> list[Any]:
        """The values of one column. A text is read once, whatever number of rows say the same."""
        remembered = column.path not in UNIQUE
        values = [known.get(cell, UNREAD) for cell in cells]
        for place, value in enumerate(values):
            if value is not UNREAD:
                continue
            cell, values[place] = cells[place], None
            if type(cell) is str and not cell.strip():
                continue
            try:
                values[place] = known[cell] if cell in known else read(cell)
            except CellRefused as refused:
                self._fault(rows[place], column.path, refused.code, refused.message)
                continue
            if remembered and type(cell) is str:
                known[cell] = values[place]
        return values

    def _fault(self, row: NationalRow, path: str, code: str, message: str) -> None:
        row.bad = True
        self._told.setdefault(row.line, set()).add(path)
        title = by_path()[path].header if path in by_path() else ""
        column = self.head.letters(path) if path in by_path() else ""
        self.faults.append(NationalFault(row.line, column, title, path, code, message))

    def _read_together(self, row: NationalRow) -> None:
        """Rules of several cells of one row."""
        values = row.values
        told = self._told[row.line] if row.bad else ()
        for path, slot in MUST_SLOTS:
            if values[slot] is None and path not in told:
                self._fault(row, path, "C001", f"“{by_path()[path].header}”没有填")
        number = values[ID_SLOT]
        if number is None:
            if values[PERSON_SLOT] is None and ID_NUMBER not in told and PERSON_NUMBER not in told:
                self._fault(row, ID_NUMBER, "C001", "人口编号和证件号码至少填一项")
        elif MASK not in number:
            self._check_number(row, number)
        out_of_school = values[EDUCATION_SLOT] and values[SCHOOLING_SLOT] is None
        if out_of_school and "person.schooling" not in told:
            # The sheet writes 非在校生 as blank (note of column 19).
            values[SCHOOLING_SLOT] = OUT_OF_SCHOOL
        place = values[DETAIL_SLOT]
        if place is not None:
            word = word_in(CODES["work_place"], place)
            if word is not None:
                values[WORK_PLACE_SLOT], values[DETAIL_SLOT] = word, None
            else:
                values[WORK_PLACE_SLOT] = range_of(place, [values[slot] for slot in AREA_SLOTS])

    def _check_number(self, row: NationalRow, number: str) -> None:
        kind = row.values[TYPE_SLOT]
        if kind is None:
            kind = identity.DISABILITY_TYPE if len(number) in (20, 22) else identity.CITIZEN_TYPES[0]
        for rule in identity.read(kind, number, self.day).broken:
            self._fault(row, ID_NUMBER, rule, identity.MESSAGES[rule])

    def finish(self) -> None:
        """Rules of several rows: one year a file, equal cells and one head in a household, nobody twice."""
        self._one_year()
        self._nobody_twice()
        for household in self.households.values():
            if household.number:
                self._one_household(household)
        self.faults.sort(key=lambda fault: (fault.line, fault.column.rjust(3)))

    def _rows(self) -> Iterator[NationalRow]:
        return (row for household in self.households.values() for row in household.rows)

    def _one_year(self) -> None:
        counts: dict[int, int] = defaultdict(int)
        for row in self._rows():
            year = row.values[YEAR_SLOT]
            if year is not None:
                counts[year] += 1
        if not counts:
            return
        self.year = max(counts, key=lambda year: counts[year])
        for row in self._rows():
            year = row.values[YEAR_SLOT]
            if year is not None and year != self.year:
                self._fault(row, YEAR, "I022", f"一个文件只能有一个年度，本文件是{self.year}年")
            elif year is not None and not FIRST_YEAR <= year <= self.day.year:
                self._fault(row, YEAR, "I008", "年度不对")

    def _nobody_twice(self) -> None:
        """Every row concerned is named (C013)."""
        first: dict[tuple[str, str], NationalRow] = {}
        again: dict[tuple[str, str], list[NationalRow]] = {}
        for row in self._rows():
            number, person = row.values[ID_SLOT], row.values[PERSON_SLOT]
            for path, value in ((ID_NUMBER, number), (PERSON_NUMBER, person)):
                if value is None or (path == ID_NUMBER and MASK in value):
                    continue
                key = path, identity.stem(value) if path == ID_NUMBER else value
                if first.setdefault(key, row) is not row:
                    again.setdefault(key, [first[key]]).append(row)
        for (path, _), rows in again.items():
            for row in rows:
                self._fault(row, path, *TWICE[path])

    def _one_household(self, household: NationalHousehold) -> None:
        rows = household.rows
        for path, slot, message in EQUAL_SLOTS:
            said = [row.values[slot] for row in rows]
            if said.count(said[0]) == len(said):
                continue
            first = household.said(path)
            for row, value in zip(rows, said, strict=True):
                blank = value is None and (path in MAY_BE_BLANK or row.bad)
                if not blank and value != first:
                    self._fault(row, path, "I023", message)
        heads = [row for row in rows if row.values[RELATION_SLOT] == HEAD]
        if not heads:
            if not household.bad:
                self._fault(household.rows[0], "person.relation", "C017", "本户没有户主")
            return
        for row in heads[1:]:
            self._fault(row, "person.relation", "C018", "本户有两个及以上户主")
        self._copied(household, heads[0])

    def _copied(self, household: NationalHousehold, head: NationalRow) -> None:
        """户主姓名 and 户主证件号码 against the head's own row."""
        name, number = head.get("person.name"), head.get(ID_NUMBER)
        for row in household.rows:
            said, printed = row.get(HEAD_NAME), row.get(HEAD_ID)
            if said is not None and name is not None and said != name:
                self._fault(row, HEAD_NAME, "I024", "户主姓名与本户户主一行的姓名不一致")
            if printed is not None and number is not None and not same_number(printed, number):
                self._fault(row, HEAD_ID, "I024", "户主证件号码与本户户主一行的证件号码不一致")


# Cells that hardly ever say the same twice are not remembered.
UNIQUE = frozenset(
    {PERSON_NUMBER, ID_NUMBER, HEAD_ID, HEAD_NAME, "person.name", "person.phone", NUMBER, PHONE}
)


def same_number(one: str, other: str) -> bool:
    """Equal, as far as both show their digits: a masked one stands for every number it may hide."""
    if one == other:
        return True
    if MASK not in one and MASK not in other:
        return identity.stem(one) == identity.stem(other)
    if len(one) != len(other):
        return False
    return all(a == b or MASK in (a, b) for a, b in zip(as_written(one), as_written(other), strict=True))
