"""What a file changes in one household, field by field, and its sealed form in the database."""

import json
from dataclasses import dataclass, field
from typing import Any

from households.workbook.columns import MODELS, Column, by_path
from office.workbook_read import Cell

Place = tuple[str, int]  # sheet and row
YEARLY = ("survey", "living", "production")


@dataclass(frozen=True)
class Change:
    """A field's old and new value. `key` is the person's id, the year of a yearly record, or None."""

    entity: str
    key: int | None
    name: str
    old: Any
    new: Any

    @property
    def column(self) -> Column:
        return by_path()[f"{self.entity}.{self.name}"]


@dataclass
class Changed:
    """One household's changes, the yearly records that come with them, and where in the file they stand."""

    version: int
    number: str
    changes: list[Change] = field(default_factory=list)
    created: set[tuple[str, int]] = field(default_factory=set)
    places: dict[tuple[str, int | None], tuple[Place, list[Cell]]] = field(default_factory=dict)

    def sealed(self) -> str:
        """As ImportChange keeps it."""
        rows = [
            [each.entity, each.key, each.name, _plain(each.old), _plain(each.new)] for each in self.changes
        ]
        return json.dumps({"changes": rows, "created": sorted(self.created)}, ensure_ascii=False)


def unsealed(content: str) -> tuple[list[Change], set[tuple[str, int]]]:
    """The changes, and the yearly records (entity, year) that they create."""
    kept = json.loads(content)
    changes = []
    for entity, key, name, old, new in kept["changes"]:
        column = MODELS[entity]._meta.get_field(name)
        changes.append(Change(entity, key, name, _typed(column, old), _typed(column, new)))
    return changes, {(entity, year) for entity, year in kept["created"]}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    return list(value) if isinstance(value, tuple) else str(value)


def _typed(column: Any, value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else column.to_python(value)
