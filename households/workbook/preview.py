"""What an import would write, field by field, as its page shows it: personal data masked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from areas.models import Area
from households.models import ChangeKind, Household, ImportChange, Person
from households.models.person import HEAD
from households.workbook.changes import Change, Overtaken, ReadNew, Values, typed, unsealed, unsealed_new
from households.workbook.columns import Column


@dataclass(frozen=True)
class Line:
    """One field. `was` is the value at the download, of a conflict."""

    who: str
    title: str
    old: str
    new: str
    was: str = ""


@dataclass(frozen=True)
class Shown:
    """One household of the file: a new one has no page yet and is called by its key in the file."""

    change: ImportChange
    lines: list[Line]
    village: str
    head: str = ""
    persons: int = 0

    @property
    def household(self) -> Household | None:
        return self.change.household

    @property
    def is_new(self) -> bool:
        return self.change.kind == ChangeKind.NEW


def shown(changes: Sequence[ImportChange]) -> list[Shown]:
    """In a constant number of statements."""
    new = [(one, _new(one)) for one in changes if one.kind == ChangeKind.NEW]
    villages = dict(Area.objects.filter(pk__in={read.village for _, read in new}).values_list("pk", "name"))
    by_change = {
        one.pk: Shown(
            one,
            list(_new_lines(read.household, read.persons, read.years)),
            villages.get(read.village, ""),
            next((person["name"] for person in read.persons if person.get("relation") == HEAD), ""),
            len(read.persons),
        )
        for one, read in new
    }
    old = [(one, unsealed(one.content)) for one in changes if one.kind != ChangeKind.NEW]
    keys = {each.key for _, read in old for each in read.changes if each.entity == "person" and each.key}
    names = dict(Person.objects.filter(pk__in=keys).values_list("pk", "name"))
    for one, read in old:
        lines = [_line(each, names) for each in read.changes]
        for person in read.joined:
            lines += _filled(f"新成员　{person.get('name', '')}", "person", person)
        village = one.household.village.name if one.household is not None else ""
        by_change[one.pk] = Shown(one, lines, village)
    return [by_change[one.pk] for one in changes]


def _new(change: ImportChange) -> ReadNew:
    """Nothing of what an upgrade made unreadable: who writes it is told so."""
    try:
        return unsealed_new(change.content)
    except Overtaken:
        return ReadNew(0, {}, [], [], [])


def _line(change: Change, names: dict[int, str]) -> Line:
    column, who = change.column, f"{change.key}年" if change.key else ""
    if change.entity == "person":
        who = names.get(change.key or 0, "")
    return Line(
        who, column.title, column.shown(change.old), column.shown(change.new), column.shown(change.was)
    )


def _new_lines(
    household: Values, persons: Iterable[Values], years: Iterable[tuple[str, int, Values]]
) -> Iterator[Line]:
    yield from _filled("", "household", household)
    for person in persons:
        yield from _filled(str(person.get("name", "")), "person", person)
    for entity, year, values in years:
        yield from _filled(f"{year}年", entity, values)


def _filled(who: str, entity: str, values: dict[str, Any]) -> list[Line]:
    columns = [(Column("", entity, name), typed(entity, name, value)) for name, value in values.items()]
    return [Line(who, column.title, "", text) for column, value in columns if (text := column.shown(value))]
