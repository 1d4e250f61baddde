"""The national person sheet read into households (pure): rows in, households with their persons and every fault out.

    sheet = NationalSheet.of("表1", 1, cells_of_the_head)
    for row in rows: sheet.take(row)
    sheet.finish()
    sheet.households, sheet.faults

A value that the sheet does not say is None. What stands in several rows of a 户编号 must be equal in all of them;
户主姓名 and 户主证件号码 are copied columns: compared with the head's own row and never stored.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
# A blank in these says nothing against the other rows.
MAY_BE_BLANK = (PHONE, STANDARD)
MUST = (NUMBER, *(f"household.{name}" for name in AREAS), "person.name", YEAR, "person.relation")
MUST_SLOTS = tuple((path, SLOTS[path]) for path in MUST)


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
        return next((row.get(path) for row in self.rows if row.get(path) is not None), None)

    @property
    def areas(self) -> tuple[str, ...]:
        return tuple(self.rows[0].get(f"household.{name}") or "" for name in AREAS)

    @property
    def head(self) -> NationalRow | None:
        return next((row for row in self.rows if row.get("person.relation") == HEAD), None)

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
        self._readers: list[tuple[NationalColumn, int, Reader, dict[str, Any]]] = [
            (column, place, reader_of(column), {}) for column, place in head.at.items()
        ]

    @classmethod
    def of(cls, sheet: str, line: int, cells: Sequence[Cell], day: datetime.date) -> "NationalSheet":
        """Raises WorkbookRefused when the head is not usable."""
        found = cls(read_head(sheet, line, cells), day)
        for place, title in found.head.strange:
            message = "全国系统人口表没有这一列，请改正列名或删去这一列"
            found.faults.append(NationalFault(line, letters(place), title, "", "I002", message))
        return found

    def take(self, line: int, cells: Sequence[Cell]) -> NationalRow:
        """Reads one row and puts it with its household."""
        row = NationalRow(line, [None] * len(SLOTS))
        self.rows += 1
        width = len(cells)
        for column, place, read, known in self._readers:
            cell = cells[place] if place < width else None
            if cell is None or cell == "":
                continue
            # A cell of text is read once, whatever number of rows say the same.
            text = cell if isinstance(cell, str) else None
            value = known.get(text) if text is not None else None
            if value is None:
                try:
                    if text is not None and not text.strip():
                        continue
                    value = read(cell)
                except CellRefused as refused:
                    self._fault(row, column.path, refused.code, refused.message)
                    continue
                if text is not None and column.path not in UNIQUE:
                    known[text] = value
            row.values[column.place] = value
        self._read_together(row)
        number = row.get(NUMBER)
        # Rows without a readable number are households of their own: nothing is guessed.
        self.households.setdefault(number or f"?{line}", NationalHousehold(number or "")).rows.append(row)
        return row

    def _fault(self, row: NationalRow, path: str, code: str, message: str) -> None:
        row.bad = True
        title = by_path()[path].header if path in by_path() else ""
        column = self.head.letters(path) if path in by_path() else ""
        self.faults.append(NationalFault(row.line, column, title, path, code, message))

    def _read_together(self, row: NationalRow) -> None:
        """Rules of several cells of one row."""
        values = row.values
        told = (
            {fault.path for fault in self.faults[-len(SLOTS) :] if fault.line == row.line} if row.bad else ()
        )
        for path, slot in MUST_SLOTS:
            if values[slot] is None and path not in told:
                self._fault(row, path, "C001", f"“{by_path()[path].header}”没有填")
        number = values[SLOTS[ID_NUMBER]]
        if number is None:
            if values[SLOTS[PERSON_NUMBER]] is None and ID_NUMBER not in told and PERSON_NUMBER not in told:
                self._fault(row, ID_NUMBER, "C001", "人口编号和证件号码至少填一项")
        elif MASK not in number:
            self._check_number(row, number)
        out_of_school = values[SLOTS["person.education"]] and values[SLOTS["person.schooling"]] is None
        if out_of_school and "person.schooling" not in told:
            # The sheet writes 非在校生 as blank (note of column 19).
            values[SLOTS["person.schooling"]] = OUT_OF_SCHOOL
        place = values[SLOTS[DETAIL]]
        if place is not None:
            word = word_in(CODES["work_place"], place)
            if word is not None:
                values[SLOTS[WORK_PLACE]], values[SLOTS[DETAIL]] = word, None
            else:
                values[SLOTS[WORK_PLACE]] = range_of(
                    place, [values[SLOTS[f"household.{one}"]] for one in AREAS]
                )

    def _check_number(self, row: NationalRow, number: str) -> None:
        kind = row.get(ID_TYPE)
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
            if row.get(YEAR) is not None:
                counts[row.get(YEAR)] += 1
        if not counts:
            return
        self.year = max(counts, key=lambda year: counts[year])
        for row in self._rows():
            year = row.get(YEAR)
            if year is not None and year != self.year:
                self._fault(row, YEAR, "I022", f"一个文件只能有一个年度，本文件是{self.year}年")
            elif year is not None and not FIRST_YEAR <= year <= self.day.year:
                self._fault(row, YEAR, "I008", "年度不对")

    def _nobody_twice(self) -> None:
        """Every row concerned is named (C013)."""
        by_number: dict[str, list[NationalRow]] = defaultdict(list)
        by_person: dict[str, list[NationalRow]] = defaultdict(list)
        for row in self._rows():
            number = row.get(ID_NUMBER)
            if number is not None and MASK not in number:
                by_number[identity.stem(number)].append(row)
            if row.get(PERSON_NUMBER) is not None:
                by_person[row.get(PERSON_NUMBER)].append(row)
        for path, code, message, found in (
            (ID_NUMBER, "C013", "证件号码在本户或本文件中重复", by_number),
            (PERSON_NUMBER, "I012", "人口编号在本文件中重复", by_person),
        ):
            for rows in found.values():
                if len(rows) > 1:
                    for row in rows:
                        self._fault(row, path, code, message)

    def _one_household(self, household: NationalHousehold) -> None:
        for path, message in EQUAL_IN_A_HOUSEHOLD.items():
            first = household.said(path)
            for row in household.rows:
                value = row.get(path)
                blank = value is None and (path in MAY_BE_BLANK or row.bad)
                if not blank and value != first:
                    self._fault(row, path, "I023", message)
        heads = [row for row in household.rows if row.get("person.relation") == HEAD]
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
    if MASK not in one and MASK not in other:
        return identity.stem(one) == identity.stem(other)
    if len(one) != len(other):
        return False
    return all(a == b or MASK in (a, b) for a, b in zip(as_written(one), as_written(other), strict=True))
