"""Counts of the register: sums of what the events froze, in households and persons, never a join to persons.

For any area, year and as-of day:  base + in − out = now  (domain §3). `events` is always a StatusEvent
queryset that says whose figures are asked for: `StatusEvent.objects.in_area(area)` and `.visible_to(user)`.
Each figure here is `StatusEvent.objects.counted(...)` (flows) or `.known(...)` (stock); a list that is
opened from a figure uses the same call with the same arguments and so counts to it.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from households.models import ColourChange, Kind, StatusEvent
from households.models.event import StatusEventQuerySet

IN, OUT = "in", "out"
_FIGURES = ("households", "persons", "national_households", "national_persons")
_SUMS = {
    "n_households": Coalesce(Sum("households"), 0),
    "n_persons": Coalesce(Sum("persons"), 0),
    "n_national_households": Coalesce(Sum("households", filter=Q(national=True)), 0),
    "n_national_persons": Coalesce(Sum("persons", filter=Q(national=True)), 0),
}
_DIRECTION = Case(
    When(persons__gt=0, then=Value(IN)), When(persons__lt=0, then=Value(OUT)), output_field=CharField()
)


@dataclass(frozen=True)
class Counts:
    """Households and persons; `national_*` is the part under the national line (含国标)."""

    households: int = 0
    persons: int = 0
    national_households: int = 0
    national_persons: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in _FIGURES))

    def __neg__(self) -> "Counts":
        return Counts(*(-getattr(self, name) for name in _FIGURES))

    def __sub__(self, other: "Counts") -> "Counts":
        return self + -other

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Counts":
        return cls(*(row[f"n_{name}"] for name in _FIGURES))

    @classmethod
    def sum(cls, parts: Iterable["Counts"]) -> "Counts":
        total = cls()
        for part in parts:
            total += part
        return total


Flows = dict[tuple[str, str], Counts]


@dataclass(frozen=True)
class YearAccount:
    """One area and year: `flows` by (kind, direction), all figures positive."""

    base: Counts = Counts()
    flows: Flows = field(default_factory=dict)

    def of(self, kinds: str | Iterable[str], direction: str) -> Counts:
        """The flow of one kind or of several in one direction."""
        asked = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        return Counts.sum(self.flows.get((kind, direction), Counts()) for kind in asked)

    def total(self, direction: str) -> Counts:
        return Counts.sum(counts for (_, way), counts in self.flows.items() if way == direction)

    @property
    def into(self) -> Counts:
        return self.total(IN)

    @property
    def out(self) -> Counts:
        return self.total(OUT)

    @property
    def net(self) -> Counts:
        """In less out; negative while more leave than come."""
        return self.into - self.out

    @property
    def now(self) -> Counts:
        """Base + in − out: the stock at the end of the year or, in the running year, on the as-of day."""
        return self.base + self.net

    @property
    def left(self) -> Counts:
        """退出 of the year as filed; exits undone since then are in `reversed`."""
        return self.of(Kind.EXIT, OUT)

    @property
    def returned(self) -> Counts:
        return self.of(Kind.RETURN, IN)

    @property
    def reversed(self) -> Counts:
        return self.of(Kind.REVERSAL, IN)

    @property
    def new(self) -> Counts:
        """新识别: 纳入 of the year."""
        return self.of(Kind.ENTRY, IN)


def stock(events: StatusEventQuerySet, on: datetime.date, as_of: datetime.date | None = None) -> Counts:
    """Who was on the register at the end of `on`, as known at the end of `as_of` (of `on`, if not given)."""
    return Counts.of(events.known(on, as_of).aggregate(**_SUMS))


def base(events: StatusEventQuerySet, year: int, as_of: datetime.date) -> Counts:
    """The stock at 31 December of the year before, as known on `as_of`."""
    return stock(events, _year_end(year - 1), as_of)


def flows(events: StatusEventQuerySet, year: int, as_of: datetime.date) -> Flows:
    """What came and went in the year up to `as_of`, by (kind, direction)."""
    return {
        (row["kind"], row["direction"]): _absolute(Counts.of(row))
        for row in _flow_rows(events, year, as_of, ())
    }


def year_account(events: StatusEventQuerySet, year: int, as_of: datetime.date) -> YearAccount:
    return YearAccount(base(events, year, as_of), flows(events, year, as_of))


def by_area(
    events: StatusEventQuerySet, level: str, year: int, as_of: datetime.date
) -> dict[int, YearAccount]:
    """Accounts by the area of `level` ("village", "town" or "county") that the events froze: id → account."""
    column = f"{level}_id"
    bases = {
        row[column]: Counts.of(row)
        for row in events.known(_year_end(year - 1), as_of).order_by().values(column).annotate(**_SUMS)
    }
    moved: dict[int, Flows] = {}
    for row in _flow_rows(events, year, as_of, (column,)):
        moved.setdefault(row[column], {})[row["kind"], row["direction"]] = _absolute(Counts.of(row))
    return {
        area: YearAccount(bases.get(area, Counts()), moved.get(area, {}))
        for area in bases.keys() | moved.keys()
    }


def stock_by_area(
    events: StatusEventQuerySet, level: str, on: datetime.date, as_of: datetime.date | None = None
) -> dict[int, Counts]:
    column = f"{level}_id"
    rows = events.known(on, as_of).order_by().values(column).annotate(**_SUMS)
    return {row[column]: Counts.of(row) for row in rows}


def coloured(
    events: StatusEventQuerySet, on: datetime.date, as_of: datetime.date | None = None
) -> StatusEventQuerySet:
    """The last event by the day of every household that stood in the register's books then, as known on `as_of` (the
    same day, if it is not given), cancelled ones aside, with the `colour` it was judged to have (domain §4): empty
    before it was first judged, or without a line.
    """
    judged = ColourChange.objects.filter(household=OuterRef("household"), on__lte=on).order_by("-on", "-pk")
    # 转出 is the last event of a household that another was split off from: it stays where it is.
    last = events.last_of_each(on, as_of).exclude(kind=Kind.CANCEL)
    return last.annotate(colour=Coalesce(Subquery(judged.values("colour")[:1]), Value("")))


def by_cause(
    events: StatusEventQuerySet, year: int, as_of: datetime.date, kind: str = Kind.EXIT, level: str = ""
) -> dict[tuple[int | None, str], Counts]:
    """One kind of the year by main cause of poverty as frozen, (area id of `level` or None, cause) → counts."""
    columns = (f"{level}_id", "cause") if level else ("cause",)
    rows = (
        events.counted(year=year, kinds=(kind,), as_of=as_of, counts="persons")
        .order_by()
        .values(*columns)
        .annotate(**_SUMS)
    )
    return {(row[columns[0]] if level else None, row["cause"]): _absolute(Counts.of(row)) for row in rows}


def _flow_rows(
    events: StatusEventQuerySet, year: int, as_of: datetime.date, columns: tuple[str, ...]
) -> QuerySet[StatusEvent, dict[str, Any]]:
    return (
        events.counted(year=year, as_of=as_of, counts="persons")
        .order_by()
        .annotate(direction=_DIRECTION)
        .values(*columns, "kind", "direction")
        .annotate(**_SUMS)
    )


def _absolute(counts: Counts) -> Counts:
    return Counts(*(abs(getattr(counts, name)) for name in _FIGURES))


def _year_end(year: int) -> datetime.date:
    return datetime.date(year, 12, 31)
