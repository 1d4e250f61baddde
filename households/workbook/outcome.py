"""What a file comes to: households it makes, what it changes in others, and every cell that cannot be taken.

Readers fill it, one a kind of sheet (comparing.py, national.py); checking.py holds it against the rules. Households
with one bad row stay out whole, so that what is left is lawful by itself.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from areas.models import Area, Level
from areas.scope import AreaScope
from households.models import ClosedYear, Household
from households.workbook.changes import Change, Changed, NewHousehold, NewPerson, Place
from households.workbook.columns import CellRefused, heading

SEPARATORS = str.maketrans("", "", "/\\-—·・,，、>")
NO_VILLAGE = "没有这个村，或者不在当前任职的区域内"


def letters(place: int) -> str:
    """Column letters of a place from 0: 0 is A, 26 is AA."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell, or to be looked at; without a column the row as a whole."""

    column: str
    title: str
    code: str
    message: str


@dataclass
class Head:
    """Where the fields of one sheet stand: (place, title) by path, as the checks name it (person.name)."""

    sheet: str
    row: int
    places: dict[str, tuple[int, str]]
    key_place: int
    # The same few are told in thousands of rows.
    _told: dict[tuple[str, str, str], Fault] = field(default_factory=dict, repr=False)

    def fault(self, path: str, code: str, message: str) -> Fault:
        """Beside the field's column, or beside the household's key when the file has no such column."""
        known = self._told.get((path, code, message))
        if known is None:
            known = self._told[path, code, message] = self._fault(path, code, message)
        return known

    def _fault(self, path: str, code: str, message: str) -> Fault:
        place, title = self.places.get(path) or (self.key_place, "")
        return Fault(letters(place), title or self.title_of_key, code, message)

    @cached_property
    def title_of_key(self) -> str:
        return next((title for place, title in self.places.values() if place == self.key_place), "")


class Villages:
    """The villages that a user may write into, by code and by every way their names are written."""

    def __init__(self, scope: AreaScope, day: datetime.date) -> None:
        rows = Area.objects.in_scope(scope).filter(level=Level.VILLAGE).valid_on(day)
        self.all: dict[int, Area] = {
            each.pk: each for each in rows.select_related("parent__parent__parent__parent")
        }
        self._named: dict[str, set[int]] = defaultdict(set)
        for village in self.all.values():
            above = ""
            for name in self._names(village):
                self._named[name].add(village.pk)
            for area in reversed(village.ancestors()):
                for name in self._names(village):
                    for prefix in {area.name, area.short_name}:
                        self._named[_plain(prefix + above) + name].add(village.pk)
                above = area.name + above
            self._named[village.code].add(village.pk)

    def _names(self, village: Area) -> set[str]:
        return {_plain(village.name), _plain(village.short_name)}

    @property
    def only(self) -> Area | None:
        return next(iter(self.all.values())) if len(self.all) == 1 else None

    def find(self, text: str) -> Area:
        """By code, name, or the names of higher areas and its own; raises CellRefused."""
        found = self._named.get(_plain(text), set())
        if len(found) > 1:
            raise CellRefused("I018", "同名的村不止一个，请写12位区划代码，或镇街名和村名")
        if not found:
            raise CellRefused("I017", NO_VILLAGE)
        return self.all[next(iter(found))]


def _plain(text: str) -> str:
    return heading(text).translate(SEPARATORS)


@dataclass
class Outcome:
    """Everything found so far. `absent` are paths that the file has no column for, `lenient` rules that only
    warn in this kind of file, `made_at` when the workbook was downloaded (the office's time)."""

    scope: AreaScope
    day: datetime.date
    template: uuid.UUID | None = None
    made_at: datetime.datetime | None = None
    national: bool = False
    absent: set[str] = field(default_factory=set)
    lenient: set[str] = field(default_factory=set)
    heads: dict[str, Head] = field(default_factory=dict)
    changed: dict[int, Changed] = field(default_factory=dict)
    new: dict[str, NewHousehold] = field(default_factory=dict)
    bad: dict[Place, list[Fault]] = field(default_factory=dict)
    warned: dict[Place, list[Fault]] = field(default_factory=dict)
    keys: dict[Place, str] = field(default_factory=dict)
    rows: int = 0
    unchanged: int = 0

    @cached_property
    def villages(self) -> Villages:
        return Villages(self.scope, self.day)

    @cached_property
    def closed(self) -> frozenset[tuple[int, int]]:
        """Closed years as (county id, year)."""
        return ClosedYear.places()

    def village(self, text: str) -> Area:
        """As Villages.find; blank is the village of a user who has only one."""
        if not text and self.villages.only is not None:
            return self.villages.only
        return self.villages.find(text)

    def spoil(self, sheet: str, line: int, key: str, faults: Iterable[Fault]) -> None:
        """A row that is not taken, and with it the household of this key."""
        for fault in faults:
            told = self.bad.setdefault((sheet, line), [])
            if fault not in told:
                told.append(fault)
            self.keys[sheet, line] = key

    def warn(self, sheet: str, line: int, faults: Iterable[Fault]) -> None:
        for fault in faults:
            told = self.warned.setdefault((sheet, line), [])
            if fault not in told:
                told.append(fault)

    def add_new(self, household: NewHousehold) -> None:
        self.new[household.key] = household

    def add_member(self, household: Household, person: NewPerson) -> None:
        """Somebody who joins a household of the register."""
        told = self._changed(household)
        told.joined.append(person)
        told.lines[person.sheet, person.line] = True

    def add_changes(
        self,
        household: Household,
        sheet: str,
        line: int,
        changes: list[Change],
        created: Iterable[tuple[str, int]] = (),
        conflict: bool = False,
    ) -> None:
        """One row that differs; `created` are the yearly records (entity, year) that it makes."""
        told, new = self._changed(household), set(created)
        told.changes += changes
        told.created |= new
        told.conflict = told.conflict or conflict
        told.lines[sheet, line] = any(entity == "survey" for entity, _ in new)
        for change in changes:
            told.places.setdefault((change.entity, change.key), (sheet, line))

    def _changed(self, household: Household) -> Changed:
        if household.pk not in self.changed:
            self.changed[household.pk] = Changed(household.version, household.number)
        return self.changed[household.pk]

    @property
    def bad_keys(self) -> set[str]:
        return set(self.keys.values())

    @property
    def good(self) -> list[NewHousehold]:
        """The new households without a bad row."""
        bad = self.bad_keys
        return [one for one in self.new.values() if one.key not in bad]

    @property
    def good_changed(self) -> dict[int, Changed]:
        bad = self.bad_keys
        return {pk: one for pk, one in self.changed.items() if one.number not in bad}

    def counts(self) -> dict[str, int]:
        """Rows read, and of those that could be written the ones that create, change and say nothing new."""
        made = sum(len(one.lines) for one in self.good)
        lines = [creates for one in self.good_changed.values() for creates in one.lines.values()]
        return {
            "rows": self.rows,
            "created": made + sum(lines),
            "updated": len(lines) - sum(lines),
            "unchanged": self.unchanged,
        }
