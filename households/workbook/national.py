"""The national person sheet on its way into the register: what it makes and changes, as an Outcome.

Whatever the sheet cannot say stays as it is: a village or a standard that differs is shown and left to 转入转出 and
更正; who is not in the sheet stays in the register (the comparison, agreement.py, names them).
"""

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Any

from households.checks.case import full_years
from households.workbook.changes import Change, NewHousehold, NewPerson
from households.workbook.columns import HOUSEHOLD_NUMBER
from households.workbook.national_cells import MASK
from households.workbook.national_columns import by_path, recognises
from households.workbook.national_match import Difference, Match, Matcher, differences, masked_otherwise
from households.workbook.national_sheet import (
    ID_NUMBER,
    NUMBER,
    PERSON_NUMBER,
    PHONE,
    STANDARD,
    YEAR,
    NationalFault,
    NationalRow,
    NationalSheet,
)
from households.workbook.outcome import Fault, Head, Outcome
from office.workbook_read import Cell, Row

__all__ = ["NationalReader", "recognises"]

PART = 2000
# Asked of every new household, and told by no column of this sheet (C001).
ABSENT = {"household.villager_group", "household.attribute", "household.poverty_cause"}
# The sheet has no grade of disability: listed, not refused (checks.csv).
LENIENT = {"C034"}
# Fields that are read out of another one's column.
BESIDE = {
    "household.national_number": NUMBER,
    "person.national_number": PERSON_NUMBER,
    "person.work_place": "person.work_place_detail",
}
MEMBER_PHONE = "person.phone"
BORN, CAME = "新生儿", "其他转入"
# Kept by events: the sheet may differ, an import does not change them.
LEFT_ALONE = {
    "village": "村与系统里的不一致，没有改；迁移请办理转出转入",
    "poverty_standard": "识别标准与系统里的不一致，没有改；要改请办理更正",
}
HIDDEN = "号码是遮盖的，与系统里的对不上：要么留空，要么填写完整号码"


class NationalReader:
    """The reader of one sheet (reading.py): takes the rows, puts the households together when all are read."""

    def __init__(self, outcome: Outcome, sheet: str, line: int, cells: list[Cell]) -> None:
        self.outcome, self.sheet = outcome, sheet
        self.national = NationalSheet.of(sheet, line, cells, outcome.day)
        at = self.national.head.at
        places = {column.path: (place, column.header) for column, place in at.items()}
        for path, printed in BESIDE.items():
            if printed in places:
                places[path] = places[printed]
        self.head = Head(sheet, line, places, places[NUMBER][0])
        outcome.heads[sheet] = self.head
        outcome.national = True
        outcome.absent |= ABSENT
        outcome.lenient |= LENIENT
        self._unread: dict[int, set[str]] = {}

    def take(self, rows: Sequence[Row]) -> None:
        self.national.take([(line, cells) for _, line, cells in rows])
        self.outcome.rows += len(rows)

    def finish(self) -> None:
        """Matches what was read, some households at a time."""
        self.national.finish()
        faults = self._by_line()
        for fault in self.national.faults:
            self._unread.setdefault(fault.line, set()).add(fault.path)
        matcher = Matcher(self.outcome.scope, self.outcome.villages)
        waiting = iter(self.national.households.values())
        while part := list(islice(waiting, PART)):
            for match in matcher.match(part):
                self._take(match, faults)
        # Each new person has its own row by now; the others' go.
        self.national.households.clear()
        for line, left in faults.items():
            # The head itself: columns that nobody knows.
            self.outcome.spoil(self.sheet, line, "", left)

    def _by_line(self) -> dict[int, list[Fault]]:
        found: dict[int, list[Fault]] = {}
        for fault in self.national.faults:
            found.setdefault(fault.line, []).append(_as_fault(fault))
        return found

    def _take(self, match: Match, faults: dict[int, list[Fault]]) -> None:
        household, said = match.household, match.said
        key = household.number if household is not None else said.number or f"?{said.rows[0].line}"
        for row in said.rows:
            if row.line in faults:
                self.outcome.spoil(self.sheet, row.line, key, faults.pop(row.line))
        for trouble in match.troubles:
            told = [self.head.fault(trouble.path, trouble.code, trouble.message)]
            self.outcome.spoil(self.sheet, trouble.row.line, key, told)
        if household is not None:
            self._change(match, key)
        elif match.village is not None and said.number and not match.persons:
            self._create(match, key)

    def _change(self, match: Match, key: str) -> None:
        household = match.household
        assert household is not None
        by_row: dict[int, list[Change]] = {row.line: [] for row in match.said.rows}
        for one in differences(match):
            if masked_otherwise(one):
                self._spoil(one.row, f"{one.entity}.{one.name}", key, "I006", HIDDEN)
            elif one.name in LEFT_ALONE:
                self._warn(one.row, f"household.{one.name}", "I027", LEFT_ALONE[one.name])
            else:
                by_row[one.row.line].append(_change(one))
        year = self.national.year
        if (household.county_id, year) in self.outcome.closed and any(by_row.values()):
            self._spoil(match.said.rows[0], YEAR, key, "I015", f"{year}年已经封存，不能在表格里改")
        newcomers = {row.line: row for row in match.newcomers}
        for row in match.said.rows:
            changes = by_row[row.line]
            if row.line in match.by_name and any(one.name == "id_number" for one in changes):
                self._warn(row, ID_NUMBER, "I029", "按姓名对上本户成员，证件号码与系统里的不同，请核对")
            if changes:
                self.outcome.add_changes(household, self.sheet, row.line, changes)
            if row.line in newcomers:
                person = self._person(row, key)
                if household.registered_on is not None:
                    person.values.update(joined_on=self.outcome.day, join_reason=self._why(row))
                self.outcome.add_member(household, person)
            elif not changes and not row.bad and row.line in match.persons:
                self.outcome.unchanged += 1

    def _why(self, row: NationalRow) -> str:
        """The sheet does not say why somebody came: a child of this year was born, of others it is asked to look."""
        born = row.get("person.birth_date")
        if born is not None and full_years(born, self.outcome.day) < 1:
            return BORN
        self._warn(row, PERSON_NUMBER, "I028", "增加的成员按“其他转入”登记，请核对增加原因和日期")
        return CAME

    def _create(self, match: Match, key: str) -> None:
        said = match.said
        values: dict[str, Any] = {"national_number": said.number}
        for name, path in (("phone", PHONE), ("poverty_standard", STANDARD)):
            value = said.said(path)
            if value is not None and MASK in value:
                self._spoil(said.rows[0], path, key, "I006", HIDDEN)
            elif value is not None:
                values[name] = value
        assert match.village is not None
        troubled = {trouble.row.line for trouble in match.troubles}
        self.outcome.add_new(
            NewHousehold(
                key=key,
                sheet=self.sheet,
                line=said.rows[0].line,
                village=match.village,
                values=values,
                persons=[
                    self._person(row, key, match.keys.get(row.line, ""))
                    for row in said.rows
                    if row.line not in troubled
                ],
                unread=set().union(*(self._unread.get(row.line, ()) for row in said.rows)),
                # A person who is in the register has found a household, or is a trouble.
                searched=True,
            )
        )

    def _person(self, row: NationalRow, key: str, number_key: str = "") -> NewPerson:
        number = row.get(ID_NUMBER)
        masked = {path for path in (ID_NUMBER, MEMBER_PHONE) if MASK in (row.get(path) or "")}
        for path in sorted(masked):
            self._spoil(row, path, key, "I006", HIDDEN)
        if number is None and not row.bad:
            self._spoil(row, ID_NUMBER, key, "C001", "系统里没有这个人口编号，新增成员须填证件号码")
        return NewPerson(self.sheet, row.line, partial(_values, row, masked), number or "", number_key)

    def _spoil(self, row: NationalRow, path: str, key: str, code: str, message: str) -> None:
        self.outcome.spoil(self.sheet, row.line, key, [self.head.fault(path, code, message)])

    def _warn(self, row: NationalRow, path: str, code: str, message: str) -> None:
        self.outcome.warn(self.sheet, row.line, [self.head.fault(path, code, message)])


def _values(row: NationalRow, masked: set[str]) -> dict[str, Any]:
    """Fields of Person, but for the numbers that are masked."""
    values = row.person_values()
    for path in masked:
        del values[path.removeprefix("person.")]
    printed = row.get(PERSON_NUMBER)
    if printed is not None:
        values["national_number"] = printed
    return values


def _as_fault(fault: NationalFault) -> Fault:
    title = fault.title or (by_path()[fault.path].header if fault.path in by_path() else HOUSEHOLD_NUMBER)
    return Fault(fault.column, title, fault.code, fault.message)


def _change(found: Difference) -> Change:
    key = found.person.pk if found.person is not None else None
    return Change(found.entity, key, found.name, found.old, found.new)
