"""What a file changes in one household, field by field, what it makes anew, and the sealed form of both."""

import datetime
import json
import zlib
from binascii import crc32
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from areas.models import Area
from households.workbook.columns import MODELS, Column, by_path

Place = tuple[str, int]  # sheet and row
Values = dict[str, Any]
YEARLY = ("survey", "living", "production")
# What a file may say of a person, in this order: to name each field of each costs more than its value.
_GIVEN = {
    "id",
    "uid",
    "number",
    "household",
    "id_number_key",
    "id_number_key_before",
    "phone_key",
    "left_on",
    "leave_reason",
    "present",
}
SAID = tuple(each.name for each in MODELS["person"]._meta.concrete_fields if each.name not in _GIVEN)
# Tells whether it is the order in which a content was kept.
ORDER = crc32(repr(SAID).encode())


class Overtaken(ValidationError):
    """What the file was held against is no longer so; nothing is written."""


@dataclass(frozen=True)
class Change:
    """A field's old and new value. `key` is the person's id, the year of a yearly record, or None.

    `was` is the value at the download where that is known and another by now (a conflict).
    """

    entity: str
    key: int | None
    name: str
    old: Any
    new: Any
    was: Any = None

    @property
    def column(self) -> Column:
        return by_path().get(f"{self.entity}.{self.name}") or Column("", self.entity, self.name)


@dataclass(slots=True)
class NewPerson:
    """A member who is not in the register yet: fields of Person by name, personal data in the clear.

    `said` may make the values when they are first asked for, since of a large file only some persons are looked at
    at once. `number` is the identity number as the file has it, `key` its keyed index once it was looked up: it is
    written with the person.
    """

    sheet: str
    line: int
    said: Values | Callable[[], Values]
    number: str = ""
    key: str = ""

    @property
    def values(self) -> Values:
        if not isinstance(self.said, dict):
            self.said = self.said()
        return self.said


@dataclass(slots=True)
class NewHousehold:
    """A household that the file makes: an applicant, counted nowhere (as the entry form makes it).

    `years` are the yearly records by (entity, year), `unread` paths whose cells could not be read: no rule is
    asked about them. `searched` says that all its numbers were looked for in the register and are nobody's.
    """

    key: str
    sheet: str
    line: int
    village: Area
    values: Values
    persons: list[NewPerson] = field(default_factory=list)
    years: dict[tuple[str, int], Values] = field(default_factory=dict)
    year_places: dict[int, Place] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    searched: bool = False
    content: str = ""

    @property
    def lines(self) -> set[Place]:
        found = {(person.sheet, person.line) for person in self.persons}
        return {(self.sheet, self.line), *found, *self.year_places.values()}

    def settle(self) -> None:
        """Nothing is asked of it any more: of what it says only the content is kept, so that a large file fits."""
        self.content = self.sealed()
        self.values, self.years = {}, {}
        for person in self.persons:
            person.said = {}

    def sealed(self) -> str:
        """As ImportChange keeps it."""
        return self.content or _ENCODE(
            [
                ORDER,
                self.village.pk,
                self.values,
                [[person.key, *map(person.values.get, SAID)] for person in self.persons],
                [[entity, year, values] for (entity, year), values in self.years.items()],
            ]
        )


@dataclass
class Changed:
    """One household's changes, who joins it, the yearly records that come with them, and where they stand.

    `lines` says of each row of the file whether it makes a record.
    """

    version: int
    number: str
    changes: list[Change] = field(default_factory=list)
    joined: list[NewPerson] = field(default_factory=list)
    created: set[tuple[str, int]] = field(default_factory=set)
    places: dict[tuple[str, int | None], Place] = field(default_factory=dict)
    lines: dict[Place, bool] = field(default_factory=dict)
    conflict: bool = False

    def sealed(self) -> str:
        """As ImportChange keeps it."""
        rows = [
            [each.entity, each.key, each.name, _plain(each.old), _plain(each.new), _plain(each.was)]
            for each in self.changes
        ]
        joined = [person.values for person in self.joined]
        return _packed({"changes": rows, "created": sorted(self.created), "joined": joined})


@dataclass(frozen=True)
class Read:
    """The content of an ImportChange of an existing household, with its types again."""

    changes: list[Change]
    created: set[tuple[str, int]]
    joined: list[Values]


@dataclass(frozen=True)
class ReadNew:
    """The same of a new one; the values as JSON has them (dates and amounts are text) but for the years.

    `keys` are the persons' as NewPerson has them.
    """

    village: int
    household: Values
    persons: list[Values]
    keys: list[str]
    years: list[tuple[str, int, Values]]


def unsealed(content: str) -> Read:
    kept = _unpacked(content)
    changes = []
    for entity, key, name, old, new, was in kept["changes"]:
        changes.append(Change(entity, key, name, *(typed(entity, name, one) for one in (old, new, was))))
    created = {(entity, year) for entity, year in kept["created"]}
    return Read(changes, created, [typed_all("person", one) for one in kept["joined"]])


def unsealed_new(content: str) -> ReadNew:
    """Raises Overtaken when the register's fields are others by now (an upgrade between check and writing)."""
    order, *kept = json.loads(content)
    if order != ORDER:
        raise Overtaken(UPGRADED)
    village, household, persons, years = kept
    return ReadNew(
        village,
        household,
        [
            {name: value for name, value in zip(SAID, values, strict=True) if value is not None}
            for _, *values in persons
        ],
        [key for key, *_ in persons],
        [(entity, year, typed_all(entity, values)) for entity, year, values in years],
    )


UPGRADED = "核对以后系统升级过，请重新上传核对"
_ENCODE = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, default=str
).encode


def _packed(content: Any) -> str:
    """JSON, pressed: what is repeated in it are the names of fields."""
    return zlib.compress(_ENCODE(content).encode(), 1).decode("latin-1")


def _unpacked(content: str) -> Any:
    return json.loads(zlib.decompress(content.encode("latin-1")))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    return list(value) if isinstance(value, tuple) else str(value)


_KINDS: dict[tuple[str, str], str] = {}


def typed_all(entity: str, values: Values) -> Values:
    return {name: typed(entity, name, value) for name, value in values.items()}


def typed(entity: str, name: str, value: Any) -> Any:
    """A value of the JSON as the model holds it."""
    if isinstance(value, list):
        return tuple(value)
    if not isinstance(value, str):
        return value
    kind = _KINDS.get((entity, name))
    if kind is None:
        kind = MODELS[entity]._meta.get_field(name).get_internal_type()  # type: ignore[union-attr]
        _KINDS[entity, name] = kind
    if kind == "DateField":
        return datetime.date.fromisoformat(value)
    return Decimal(value) if kind == "DecimalField" else value
