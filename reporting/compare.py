"""Two kept runs of one form for one area: which cells moved, by how much, and which households came or went.

Households are read from the lists that the two cells open, so each side is asked as of its own day.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import resolve

from accounts.models import User
from households.models import Household, Person, StatusEvent
from office.exports import named
from reporting.models import ReportRun
from reporting.nesting import places
from reporting.report import YUAN, Cell, amount_of
from reporting.screen import plain, shown, written

# The lists whose rows belong to households, and how a row says to which.
HOMES: dict[type, str] = {Household: "pk", StatusEvent: "household", Person: "household"}
LISTS = ("households:list", "households:events", "households:members")
MOST = 200


@dataclass(frozen=True)
class Change:
    """A cell that is another in the later run; `gap` is empty where it is not a number on both sides."""

    row: str
    column: str
    place: str
    heading: str
    before: str
    after: str
    gap: str
    before_url: str | None
    after_url: str | None

    @property
    def of_households(self) -> bool:
        return all(url and _list_of(url) in LISTS for url in (self.before_url, self.after_url))


@dataclass(frozen=True)
class Moved:
    """Households only one of the two lists holds, at most MOST of each, and how many there are."""

    gone: list[Household]
    come: list[Household]
    gone_count: int
    come_count: int


def changes(before: ReportRun, after: ReportRun, headings: dict[str, str]) -> Iterator[Change]:
    """In the order of the later run; rows and columns that only the earlier one had come last."""
    old, new = before.figures, after.figures
    names = {**places(old.rows), **places(new.rows)}
    was = {(cell.row, cell.column): cell for cell in old.cells}
    now = {(cell.row, cell.column): cell for cell in new.cells}
    for place in dict.fromkeys([*now, *was]):
        one, other = was.get(place), now.get(place)
        if (one and one.value) == (other and other.value) and one and other:
            continue
        yield Change(
            row=place[0],
            column=place[1],
            place=names[place[0]],
            heading=headings.get(place[1], place[1]),
            before=shown(one) if one else "",
            after=shown(other) if other else "",
            gap=_gap(one, other),
            before_url=one.list_url if one else None,
            after_url=other.list_url if other else None,
        )


def _gap(one: Cell | None, other: Cell | None) -> str:
    first, second = ((amount_of(cell.value, cell.unit) if cell else None) for cell in (one, other))
    if first is None or second is None:
        return ""
    gap: int | Decimal = second - first
    said = written(gap) if one and one.unit == YUAN else plain(f"{gap}".replace("-", "−"))
    return ("＋" if gap > 0 else "") + said


def _list_of(url: str) -> str:
    return resolve(urlsplit(url).path).view_name


def moved(change: Change, user: User, day: datetime.date) -> Moved:
    """Who is in the list of one side alone, of those whom the user may see."""
    before, after = (_households(url, user, day) for url in (change.before_url, change.after_url))
    gone, come = sorted(before - after), sorted(after - before)
    found = Household.objects.in_bulk([*gone[:MOST], *come[:MOST]])
    return Moved(
        gone=[found[pk] for pk in gone[:MOST]],
        come=[found[pk] for pk in come[:MOST]],
        gone_count=len(gone),
        come_count=len(come),
    )


def _households(url: str | None, user: User, day: datetime.date) -> set[int]:
    assert url is not None, "asked of changes with both lists only"
    parts = urlsplit(url)
    rows: Any = named(_list_of(url)).ask(user, QueryDict(parts.query), day).rows
    return set(rows.order_by().values_list(HOMES[rows.model], flat=True))
