"""What a kind of record is: its model, form, list and steps. `villages/views/work.py` makes the pages of all of them."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.roles import Capability
from office.days import written
from office.listing import Column, as_they_are

Fact = tuple[str, Any]


@dataclass(frozen=True)
class Act:
    """A step of a record: `key` ends its address, `action` is what the trail says, `open` where it can be taken.

    `do` gets the record, the form's facts, who and the moment; it raises OutOfTurn, ValidationError or PermissionDenied.
    """

    key: str
    label: str
    action: str
    said: str
    form: Any  # a StepForm of fields.py
    capability: Capability
    open: Callable[[Any], bool]
    do: Callable[[Any, dict[str, Any], User, datetime.datetime], None]
    initial: Callable[[Any, datetime.date], dict[str, Any]] = lambda record, day: {}
    danger: bool = False


def no_facts(record: Any, day: datetime.date) -> Sequence[Fact]:
    return ()


def no_table(record: Any) -> tuple[list[str], list[list[Any]]] | None:
    return None


def no_links(record: Any, able: frozenset[Capability]) -> Sequence[tuple[str, str]]:
    return ()


@dataclass(frozen=True)
class Kind:
    """`key` is the word of its list's address and `one` that of a record's; both begin the names of the addresses.

    `thing` is what one is called, `unit` its counting word; `empty` says why there may be none and what comes next.
    `facts` are shown of a record beyond its fields, `table` a table of it (heads, rows),
    `links` lead on from it (word, address), `sheet` is its own template.
    """

    key: str
    one: str
    title: str
    thing: str
    unit: str
    empty: str
    model: Any
    form: Any
    filter: Any
    columns: Sequence[Column]
    order: Sequence[str]
    view: Capability
    edit: Capability
    shown: Sequence[str]
    acts: Sequence[Act] = ()
    facts: Callable[[Any, datetime.date], Sequence[Fact]] = no_facts
    table: Callable[[Any], tuple[list[str], list[list[Any]]] | None] = no_table
    links: Callable[[Any, frozenset[Capability]], Sequence[tuple[str, str]]] = no_links
    dress: Callable[[list[Any]], None] = as_they_are
    also: Sequence[str] = field(default=())  # relations that the list needs
    sheet: str = ""
    imports: bool = False  # comes in by workbook too

    @property
    def list_name(self) -> str:
        return f"villages:{self.key}"

    def rows(self, user: User) -> Any:
        return self.model.objects.visible_to(user)

    def act(self, key: str) -> Act:
        return next(act for act in self.acts if act.key == key)


def late_word(row: Any) -> SafeString | str:
    """The day it is due; marked when it has gone by. `row.late` is set by the list."""
    if getattr(row, "late", False):
        return format_html('<b class="msg-err">{}　逾期</b>', written(row.due_on))
    return written(row.due_on)


def excerpt(text: str, most: int = 30) -> str:
    return text if len(text) <= most else f"{text[:most]}……"
