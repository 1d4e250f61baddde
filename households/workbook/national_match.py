"""Households of the national person sheet held against the register: who is who, and what differs.

The printed numbers come first (national_number, kept beside our own), then the identity number through its keyed
index, last our own number with the same name. A constant number of statements for any number of households.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from areas.models import Area
from areas.scope import AreaScope
from households import identity
from households.models import Household, Person
from households.workbook.columns import CellRefused
from households.workbook.national_cells import DOTS, MASK, PHONE_BLANKS
from households.workbook.national_sheet import (
    ID_NUMBER,
    NUMBER,
    PERSON_NUMBER,
    PHONE,
    STANDARD,
    NationalHousehold,
    NationalRow,
    same_number,
)
from households.workbook.outcome import Villages
from office.codes import as_written
from office.pii import versions

ELSEWHERE = "该证件号码已在册"
SECRET = ("id_number", "phone")


@dataclass(frozen=True)
class Trouble:
    """Why a row cannot be placed."""

    row: NationalRow
    path: str
    code: str
    message: str


@dataclass(frozen=True)
class Difference:
    """A field that the sheet says otherwise; `person` is None for the household's own."""

    row: NationalRow
    person: Person | None
    entity: str
    name: str
    old: Any
    new: Any


@dataclass
class Match:
    """One household of the sheet: its village, its household of the register, the person of each row by its line.

    `keys` are the keyed indexes of the rows' identity numbers.
    """

    said: NationalHousehold
    village: Area | None = None
    household: Household | None = None
    persons: dict[int, Person] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    by_name: set[int] = field(default_factory=set)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def newcomers(self) -> list[NationalRow]:
        """Rows without a person in the register; of those whose number cannot be read nobody knows."""
        return [row for row in self.unknown if not (row.bad and row.get(ID_NUMBER) is None)]

    @property
    def unknown(self) -> list[NationalRow]:
        """Rows that no number found."""
        told = {trouble.row.line for trouble in self.troubles}
        return [row for row in self.said.rows if row.line not in self.persons and row.line not in told]

    def _trouble(self, row: NationalRow, path: str, code: str, message: str) -> None:
        self.troubles.append(Trouble(row, path, code, message))


class Matcher:
    """Looks up households part by part; remembers which were found, so that none is found twice."""

    def __init__(self, scope: AreaScope, villages: Villages) -> None:
        self.scope, self.villages = scope, villages
        self._places: dict[tuple[str, ...], Area | CellRefused] = {}
        self._taken: dict[int, str] = {}

    def match(self, part: Sequence[NationalHousehold]) -> list[Match]:
        found = [self._placed(said) for said in part]
        rows = [row for said in part for row in said.rows]
        known = _Known.read(self.scope, [said.number for said in part if said.number], rows)
        for match in found:
            self._persons(match, known)
            self._household(match, known)
        self._by_name([match for match in found if match.household is not None and match.unknown])
        return found

    def _by_name(self, found: list[Match]) -> None:
        """Members whose number differs or cannot be read: the one of that name whom no other row has named."""
        homes = {match.household.pk for match in found if match.household is not None}
        members: dict[tuple[int, str], list[Person]] = {}
        for person in Person.objects.filter(household__in=homes, present=True) if homes else ():
            members.setdefault((person.household_id, person.name), []).append(person)
        for match in found:
            named = {person.pk for person in match.persons.values()}
            for row in match.unknown:
                assert match.household is not None
                alike = members.get((match.household.pk, row.get("person.name")), [])
                left = [person for person in alike if person.pk not in named]
                if len(left) == 1 and left[0].national_number in ("", row.get(PERSON_NUMBER)):
                    match.persons[row.line] = left[0]
                    match.by_name.add(row.line)
                    named.add(left[0].pk)

    def village(self, areas: tuple[str, ...]) -> Area | CellRefused:
        if areas not in self._places:
            try:
                self._places[areas] = self.villages.find("".join(areas))
            except CellRefused as refused:
                self._places[areas] = refused
        return self._places[areas]

    def _placed(self, said: NationalHousehold) -> Match:
        match, place = Match(said), self.village(said.areas)
        if isinstance(place, Area):
            match.village = place
        elif all(said.areas):
            # The names of one household are equal: its first row speaks for all.
            match._trouble(said.rows[0], "household.village", place.code, place.message)
        return match

    def _persons(self, match: Match, known: "_Known") -> None:
        for row in match.said.rows:
            printed, number = row.get(PERSON_NUMBER), row.get(ID_NUMBER)
            by_number = known.by_national.get(printed)
            key = known.key(number)
            by_identity = known.by_key.get(key) if key else None
            if key:
                match.keys[row.line] = key
            if by_number is not None and by_identity is not None and by_number.pk != by_identity.pk:
                match._trouble(row, PERSON_NUMBER, "I025", "人口编号和证件号码在系统里不是同一个人")
                continue
            if key in known.elsewhere:
                match._trouble(row, ID_NUMBER, "C012", ELSEWHERE)
                continue
            person = by_number or by_identity or known.by_own(printed, row.get("person.name"))
            if person is not None:
                match.persons[row.line] = person

    def _household(self, match: Match, known: "_Known") -> None:
        """By its printed number, else where its persons live; persons of another household are troubles."""
        said = match.said
        homes = {person.household_id for person in match.persons.values()}
        household = known.households.get(said.number) if said.number else None
        if household is None and len(homes) == 1:
            household = known.homes.get(next(iter(homes)))
            if household is not None and household.national_number not in ("", said.number):
                match._trouble(said.rows[0], NUMBER, "I026", "该户在系统里登记的是另一个全国户编号")
                household = None
        if household is None and not homes:
            own = known.by_own_number.get(said.number)
            head = said.head
            if own is not None and head is not None and known.heads.get(own.pk) == head.get("person.name"):
                household = own
        for row in said.rows:
            person = match.persons.get(row.line)
            if person is not None and (household is None or person.household_id != household.pk):
                del match.persons[row.line]
                match._trouble(row, PERSON_NUMBER, "I014", "该成员在系统里属于另一户，请先办理分户或合户")
        if household is not None:
            first = self._taken.setdefault(household.pk, said.number)
            if first != said.number:
                match._trouble(said.rows[0], NUMBER, "I012", "另一个户编号已经对应系统里的同一户")
                household = None
        match.household = household


@dataclass
class _Known:
    """What the register holds of the numbers of one part; everything but `elsewhere` within the scope."""

    households: dict[str, Household]
    by_own_number: dict[str, Household]
    homes: dict[int, Household]
    heads: dict[int, str]
    by_national: dict[str, Person]
    by_key: dict[str, Person]
    own: dict[str, Person]
    elsewhere: set[str]
    keys: dict[str, str]

    @classmethod
    def read(cls, scope: AreaScope, numbers: Sequence[str], rows: Sequence[NationalRow]) -> "_Known":
        printed = {row.get(PERSON_NUMBER) for row in rows} - {None}
        index = Person._meta.get_field("id_number_key").of  # type: ignore[union-attr]
        keys = {
            number: index(number) or ""
            for row in rows
            if (number := row.get(ID_NUMBER)) is not None and MASK not in number
        }
        present = Person.objects.in_scope(scope).filter(present=True)
        by_national = {
            one.national_number: one
            for one in present.filter(national_number__among=printed)
            if one.national_number
        }
        # Of anywhere first: most numbers of a new file are nobody's.
        held = dict(
            Person.objects.filter(present=True, id_number_key__among=keys.values()).values_list(
                "pk", "id_number_key"
            )
        )
        # By the index as it was made here, whichever of its versions is stored.
        asked = {form: key for key in keys.values() for form in versions(key)}
        held = {pk: asked[form] for pk, form in held.items()}
        by_key = {held[one.pk]: one for one in present.filter(pk__in=held)}
        here = Household.objects.in_scope(scope).filter(removed_on__isnull=True)
        households = {one.national_number: one for one in here.filter(national_number__among=numbers)}
        lost = [number for number in numbers if number not in households]
        by_own_number = {one.number: one for one in here.filter(number__among=lost)}
        own = {
            one.number: one
            for one in present.filter(number__among=printed, household__in=by_own_number.values())
        }
        wanted = {one.household_id for one in (*by_national.values(), *by_key.values(), *own.values())}
        homes = {one.pk: one for one in here.filter(pk__in=wanted)}
        heads = present.filter(household__in=by_own_number.values(), relation="户主")
        return cls(
            households,
            by_own_number,
            homes,
            dict(heads.values_list("household_id", "name")),
            by_national,
            by_key,
            own,
            set(held.values()) - set(by_key),
            keys,
        )

    def key(self, number: str | None) -> str:
        return self.keys.get(number or "", "")

    def by_own(self, printed: str | None, name: str | None) -> Person | None:
        """Our own number stands where the national one should: believed only of the same name."""
        person = self.own.get(printed or "")
        return person if person is not None and person.name == name else None


def differences(match: Match) -> Iterator[Difference]:
    """Every field that the sheet fills and the register holds otherwise, of a household that was found."""
    household, said = match.household, match.said
    assert household is not None
    first = said.rows[0]
    if said.number not in (household.national_number, household.number):
        yield Difference(first, None, "household", "national_number", household.national_number, said.number)
    if match.village is not None and match.village.pk != household.village_id:
        yield Difference(first, None, "household", "village", household.village_id, match.village)
    phone, standard = said.said(PHONE), said.said(STANDARD)
    if phone is not None and not _same("phone", household.phone, phone):
        yield Difference(first, None, "household", "phone", household.phone, phone)
    if standard is not None and standard != household.poverty_standard:
        yield Difference(first, None, "household", "poverty_standard", household.poverty_standard, standard)
    for row in said.rows:
        person = match.persons.get(row.line)
        if person is None:
            continue
        printed = row.get(PERSON_NUMBER)
        if printed is not None and printed not in (person.national_number, person.number):
            yield Difference(row, person, "person", "national_number", person.national_number, printed)
        for name, value in row.person_values().items():
            current = getattr(person, name)
            if value != current and not _same(name, current, value):
                yield Difference(row, person, "person", name, current, value)


def _same(name: str, current: Any, value: Any) -> bool:
    if name == "id_number":
        return same_number(identity.normalise(current or ""), value) and (
            MASK in value or len(current) == len(value)
        )
    if name == "phone":
        text = PHONE_BLANKS.sub("", as_written(current or ""))
        return text == value or (MASK in value and same_number(text, value))
    if name == "name":
        return bool(str(current).strip().translate(DOTS) == value)
    return False


def masked_otherwise(found: Difference) -> bool:
    """A masked number that hides another one than the register's: it can neither be taken nor left alone."""
    return found.name in SECRET and isinstance(found.new, str) and MASK in found.new
