"""A department's rows against the register: what agrees, what differs, and what only the register has."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from households.models import Household, Living, Person
from measures.departments.kinds import Facts, ListKind
from measures.departments.reading import Line
from measures.models import DepartmentList, DifferenceKind, ListDifference, ListRow, Settled
from office.pii import mask_id, versions

PART = 500
NAME = "姓名"
KEY: Any = Person._meta.get_field("id_number_key")
Kind = DifferenceKind
Progress = Callable[..., None]


@dataclass
class Comparing:
    """One list of one kind against the households registered in its area."""

    department_list: DepartmentList
    kind: ListKind
    rows: int = 0
    faulty: int = 0
    matched: int = 0
    agreeing: int = 0
    quiet: int = 0
    differences: Counter[str] = field(default_factory=Counter)
    _listed: set[str] = field(default_factory=set)
    _settled: set[str] = field(default_factory=set)

    def keep(self, lines: Iterable[Line], progress: Progress) -> None:
        """Writes rows and differences; the progress tells how many rows, and nothing of the register."""
        self._settled = self._known()
        waiting = iter(lines)
        while part := list(islice(waiting, PART)):
            ListRow.objects.bulk_create(self._row(line) for line in part)
            self._write(self._compared(part))
            self.rows += len(part)
            self.faulty += sum(1 for line in part if line.fault)
            progress(self.rows, None, f"已核对 {self.rows} 行")
        progress(self.rows, self.rows, "正在整理结果")
        left = iter(self._only_in_register())
        while some := list(islice(left, PART)):
            self._write(some)

    def _known(self) -> set[str]:
        """Fingerprints of what was settled before and stays quiet until it changes."""
        before = ListDifference.objects.filter(
            department_list__unit=self.department_list.unit,
            department_list__kind=self.department_list.kind,
            department_list__area=self.department_list.area,
            settled__in=(Settled.KEPT, Settled.TAKEN),
        )
        return set(before.values_list("fingerprint", flat=True))

    def _row(self, line: Line) -> ListRow:
        told = [line.name, mask_id(line.shown), line.village, line.value, line.note]
        return ListRow(
            department_list=self.department_list,
            row=line.row,
            content=json.dumps(told, ensure_ascii=False),
            fault=line.fault,
        )

    def _write(self, found: Iterable[ListDifference]) -> None:
        new = []
        for one in found:
            if not self._settled.isdisjoint(versions(one.fingerprint)):
                self.quiet += 1
                continue
            self.differences[one.kind] += 1
            new.append(one)
        ListDifference.objects.bulk_create(new)

    def _registered(self) -> Any:
        """Present members of the households that are on the register or have left it, in the area of the list."""
        homes = Household.objects.in_area(self.department_list.area).filter(
            registered_on__isnull=False, removed_on__isnull=True
        )
        return Person.objects.filter(present=True, household__in=homes).select_related("household")

    def _compared(self, part: list[Line]) -> list[ListDifference]:
        keys = {KEY.of(line.number): line for line in part if line.number}
        asked = {form: key for key in keys for form in versions(key)}
        self._listed |= set(asked)
        held = self._registered().filter(id_number_key__in=keys)
        persons = {asked[one.id_number_key]: one for one in held}
        grades = house_grades(person.household_id for person in persons.values())
        found = []
        for key, line in keys.items():
            person = persons.get(key)
            if person is None:
                found.append(self._stranger(line))
                continue
            self.matched += 1
            differences = list(self._of(line, Facts(person, grades.get(person.household_id, ""))))
            self.agreeing += not differences
            found += differences
        return found

    def _of(self, line: Line, facts: Facts) -> Iterator[ListDifference]:
        if line.name != facts.person.name:
            yield self._difference(Kind.VALUE, facts.person, NAME, line.name, facts.person.name, line.row)
        if not self.kind.holds(facts):
            yield self._difference(Kind.NOT_FLAGGED, facts.person, self.kind.flag, "是", "", line.row)
            return
        theirs, ours = self.kind.read(line.value), self.kind.value(facts)
        if theirs and theirs != ours:
            yield self._difference(Kind.VALUE, facts.person, self.kind.value_title, theirs, ours, line.row)

    def _difference(
        self, kind: str, person: Person, title: str, theirs: str, ours: str, row: int | None
    ) -> ListDifference:
        who = f"{person.name}　{mask_id(person.id_number)}"
        made: ListDifference = ListDifference.of(
            self.department_list,
            told=(who, theirs, ours),
            kind=kind,
            title=title,
            person=person,
            household=person.household,
            village_id=person.household.village_id,
            row=row,
        )
        return made

    def _stranger(self, line: Line) -> ListDifference:
        who = f"{line.name}　{mask_id(line.shown)}"
        made: ListDifference = ListDifference.of(
            self.department_list,
            told=(who, line.village or "是", ""),
            kind=Kind.NOT_REGISTERED,
            title=self.kind.flag,
            row=line.row,
        )
        return made

    def _only_in_register(self) -> Iterator[ListDifference]:
        """Whom the register marks and the list does not have."""
        likely = self._registered().filter(self.kind.likely).distinct().order_by("pk")
        for part in _parts(likely):
            grades = house_grades(person.household_id for person in part)
            homes = self._homes_listed(part) if self.kind.words == "house_grade" else set()
            for person in part:
                facts = Facts(person, grades.get(person.household_id, ""))
                listed = person.id_number_key in self._listed or person.household_id in homes
                if not listed and self.kind.holds(facts):
                    yield self._difference(Kind.NOT_LISTED, person, self.kind.flag, "", "是", None)

    def _homes_listed(self, part: list[Person]) -> set[int]:
        """Of a list of houses any member may stand for the household."""
        members = Person.objects.filter(household__in=[one.household_id for one in part], present=True)
        found = members.values_list("household", "id_number_key")
        return {home for home, key in found if key in self._listed}


def house_grades(households: Iterable[int]) -> dict[int, str]:
    """The house grade of each household's last year."""
    rows = Living.objects.filter(household__in=set(households)).order_by("year")
    return dict(rows.values_list("household", "house_grade"))


def _parts(persons: Any) -> Iterator[list[Person]]:
    rows = persons.iterator(chunk_size=PART)
    while part := list(islice(rows, PART)):
        yield part
