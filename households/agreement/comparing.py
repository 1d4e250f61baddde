"""账账相符: a national person sheet held against the register, disagreement by disagreement. Nothing is written there.

What is personal is masked before it is kept: whoever compares sees that two numbers differ, not the numbers.
"""

import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from areas.models import Area
from areas.scope import AreaScope
from households.models import Disagreement, DisagreementKind, Household, Person
from households.workbook.columns import Column, heading
from households.workbook.national_columns import by_path, recognises
from households.workbook.national_match import Difference, Match, Matcher, differences
from households.workbook.national_sheet import NationalFault, NationalHousehold, NationalRow, NationalSheet
from households.workbook.outcome import Villages
from office.pii import mask_id
from office.workbook_read import REGISTER, Cell, WorkbookRefused, rows

PART = 500
# The head stands in one of the first rows that are not blank; a title may stand above it.
HEAD_WITHIN = 10
NO_HEAD = "没有找到全国系统人口表：表头应有户编号、人口编号、姓名、证件号码、与户主关系、户主证件号码等列"
TITLES = {
    "household.national_number": "户编号",
    "person.national_number": "人口编号",
    "person.work_place": "务工所在地",
}
Kind = DisagreementKind
Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True)
class Line:
    """One disagreement as it is kept; values are words as they may be shown."""

    kind: str
    village: int | None
    household: int | None
    row: int | None
    title: str
    who: str
    sheet: str = ""
    register: str = ""

    def record(self, agreement: Any) -> Disagreement:
        content = json.dumps([self.who, self.sheet, self.register], ensure_ascii=False)
        return Disagreement(
            agreement=agreement,
            kind=self.kind,
            village_id=self.village,
            household_id=self.household,
            row=self.row,
            title=self.title,
            content=content,
        )


def unsealed(content: str) -> tuple[str, str, str]:
    """Who, what the sheet says, what the register says."""
    who, sheet, register = json.loads(content)
    return who, sheet, register


def read_sheet(data: bytes, day: datetime.date, progress: Progress) -> NationalSheet:
    """The first national sheet of the workbook; raises WorkbookRefused."""
    found: NationalSheet | None = None
    name, seen = "", 0
    waiting: list[tuple[int, list[Cell]]] = []
    for sheet, line, cells in rows(data, limits=REGISTER):
        if found is None:
            seen = seen + 1 if sheet == name else 1
            name = sheet
            if seen <= HEAD_WITHIN and _is_head(cells):
                found = NationalSheet.of(sheet, line, cells, day)
        elif sheet == found.head.sheet:
            waiting.append((line, cells))
            if len(waiting) == PART:
                found.take(waiting)
                waiting = []
                progress(found.rows, None, f"已读 {found.rows} 行")
    if found is None:
        raise WorkbookRefused(NO_HEAD)
    found.take(waiting)
    found.finish()
    return found


def _is_head(cells: list[Cell]) -> bool:
    return recognises([heading(cell) for cell in cells if isinstance(cell, str)])


@dataclass
class Comparing:
    """A sheet against the households of `area` that the scope holds; `lines()` gives every disagreement once."""

    sheet: NationalSheet
    scope: AreaScope
    area: Area
    day: datetime.date
    agreeing: int = 0
    _faults: dict[int, list[NationalFault]] = field(default_factory=dict)
    _found: set[int] = field(default_factory=set)

    def lines(self, progress: Progress) -> Iterator[Line]:
        for fault in self.sheet.faults:
            self._faults.setdefault(fault.line, []).append(fault)
        matcher = Matcher(self.scope, Villages(self.scope, self.day))
        households = [one for one in self.sheet.households.values() if one.number]
        waiting, done = iter(households), 0
        while part := list(islice(waiting, PART)):
            matches = matcher.match(part)
            members = self._members(matches)
            for match in matches:
                lines = [*self._told(match), *self._household(match, members)]
                self.agreeing += not lines
                yield from lines
            done += len(part)
            progress(done, len(households), f"已核 {done} 户")
        # The head itself, and rows without a 户编号.
        rows = {row.line: row for one in self.sheet.households.values() for row in one.rows}
        for line, faults in self._faults.items():
            yield from (self._fault(fault, None, None, rows.get(line)) for fault in faults)
        yield from self._only_in_register()

    def _told(self, match: Match) -> Iterator[Line]:
        """What the reader could not take of this household's rows."""
        place = match.village.pk if match.village is not None else None
        for row in match.said.rows:
            for fault in self._faults.pop(row.line, ()):
                yield self._fault(fault, place, match.household, row)

    def _fault(
        self, fault: NationalFault, place: int | None, household: Household | None, row: NationalRow | None
    ) -> Line:
        said = f"{fault.column}列：{fault.message}" if fault.column else fault.message
        return Line(
            Kind.FAULT,
            household.village_id if household is not None else place,
            household.pk if household is not None else None,
            fault.line,
            fault.title,
            _who(row) if row is not None else "",
            said,
        )

    def _members(self, matches: list[Match]) -> dict[int, list[Person]]:
        ids = [match.household.pk for match in matches if match.household is not None]
        found: dict[int, list[Person]] = {}
        for person in Person.objects.filter(household__in=ids, present=True).order_by("number"):
            found.setdefault(person.household_id, []).append(person)
        return found

    def _household(self, match: Match, members: dict[int, list[Person]]) -> Iterator[Line]:
        household, said = match.household, match.said
        place = match.village.pk if match.village is not None else None
        for trouble in match.troubles:
            title = by_path()[trouble.path].header
            yield Line(
                Kind.FAULT,
                place,
                household.pk if household is not None else None,
                trouble.row.line,
                title,
                _who(trouble.row),
                trouble.message,
            )
        if household is None:
            if match.village is not None and not match.troubles:
                head = said.head or said.rows[0]
                text = f"{len(said.rows)}人"
                yield Line(Kind.HOUSEHOLD_IN_SHEET, place, None, said.rows[0].line, "户", _who(head), text)
            return
        self._found.add(household.pk)
        for one in differences(match):
            # A number that the register has never been told is nothing to disagree with.
            if one.name != "national_number" or one.old:
                yield self._difference(household, said, one)
        for row in match.newcomers:
            yield Line(
                Kind.PERSON_IN_SHEET,
                household.village_id,
                household.pk,
                row.line,
                "成员",
                _who(row),
                _relation(row),
            )
        taken = {person.pk for person in match.persons.values()}
        for person in members.get(household.pk, []):
            if person.pk not in taken:
                yield Line(
                    Kind.PERSON_IN_REGISTER,
                    household.village_id,
                    household.pk,
                    None,
                    "成员",
                    _named(person),
                    "",
                    person.relation,
                )

    def _difference(self, household: Household, said: NationalHousehold, one: Difference) -> Line:
        path = f"{one.entity}.{one.name}"
        who = _named(one.person) if one.person is not None else _who(said.head or one.row)
        old, new = _shown(path, one.old, one.new)
        if one.name == "village":
            old, new = household.village.name, one.new.name
        return Line(Kind.FIELD, household.village_id, household.pk, one.row.line, _title(path), who, new, old)

    def _only_in_register(self) -> Iterator[Line]:
        """Households of the area that ought to be in the sheet: registered once and not cancelled."""
        rows = Household.objects.in_scope(self.scope).in_area(self.area)
        rows = rows.filter(registered_on__isnull=False, removed_on__isnull=True).with_head()
        facts = rows.order_by("number").values_list("pk", "village_id", "head_name", "member_count")
        for pk, village, name, count in facts.iterator(chunk_size=2000):
            if pk not in self._found:
                yield Line(Kind.HOUSEHOLD_IN_REGISTER, village, pk, None, "户", name or "", "", f"{count}人")


def _who(row: NationalRow) -> str:
    number = mask_id(row.get("person.id_number"))
    return "　".join(part for part in (row.get("person.name") or "", number) if part)


def _named(person: Person) -> str:
    return f"{person.name}　{mask_id(person.id_number)}"


def _relation(row: NationalRow) -> str:
    return str(row.get("person.relation") or "")


def _title(path: str) -> str:
    return TITLES.get(path) or by_path()[path].header


def _shown(path: str, old: Any, new: Any) -> tuple[str, str]:
    """Both values as they may be listed."""
    if path == "person.birth_date":
        return _unlike(old, new)
    entity, _, name = path.partition(".")
    column = Column("", entity, name)
    if path == "household.village":
        return "", ""
    return column.shown(old), column.shown(new)


def _unlike(one: datetime.date | None, other: datetime.date | None) -> tuple[str, str]:
    """Two days with only the parts that differ: lists show no birth dates (fields.csv)."""
    if one is None or other is None:
        return "" if one is None else "已填", "" if other is None else "已填"
    pairs = zip(one.isoformat().split("-"), other.isoformat().split("-"), strict=True)
    parts = [(a, b) if a != b else ("*" * len(a),) * 2 for a, b in pairs]
    return "-".join(a for a, _ in parts), "-".join(b for _, b in parts)
