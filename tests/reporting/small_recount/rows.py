"""What the naive recount reads: every row of the tables, once, as plain lists; and what one row of a report asks.

No filter, no aggregation and no query method of the program: a rule is told again in Python over these lists.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from areas.models import Area
from office.clock import SHANGHAI

Day = datetime.date


def day_of(moment: datetime.datetime) -> Day:
    return moment.astimezone(SHANGHAI).date()


def by_then(moment: datetime.datetime | None, on: Day) -> bool:
    return moment is not None and day_of(moment) <= on


def share(part, whole) -> Decimal | None:
    """Percent to one decimal, half up; nothing over nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


class Rows:
    """All rows of each model as they stand, read once."""

    def __init__(self) -> None:
        self._kept: dict[Any, list[Any]] = {}

    def of(self, model: Any) -> list[Any]:
        """In the order in which they were entered."""
        if model not in self._kept:
            self._kept[model] = list(model._base_manager.order_by("pk"))
        return self._kept[model]

    def by(self, model: Any, name: str) -> dict[Any, list[Any]]:
        """The rows by one column."""
        key = (model, name)
        if key not in self._kept:
            found = defaultdict(list)
            for one in self.of(model):
                found[getattr(one, name)].append(one)
            self._kept[key] = found
        return self._kept[key]

    def one(self, model: Any, pk: Any) -> Any:
        return self.by(model, "pk")[pk][0]

    @cached_property
    def upwards(self) -> dict[int, list[int]]:
        """Of each area itself and what it lies in, from below."""
        parent = {one.pk: one.parent_id for one in self.of(Area)}
        found = {}
        for pk in parent:
            way, at = [], pk
            while at is not None:
                way.append(at)
                at = parent[at]
            found[pk] = way
        return found


@dataclass(frozen=True)
class Asked:
    """One row of a report on `top`: what lies in `area` or, of its `own` row (本级), what stands at the area itself.

    `until` is the last day that counts, `as_of` the last day of recording: of a closed year they differ.
    """

    rows: Rows
    top: Area
    area: Area
    own: bool
    until: Day
    as_of: Day

    @property
    def year(self) -> int:
        return self.until.year

    def here(self, place: int) -> bool:
        return place == self.area.pk if self.own else self.within(place)

    def within(self, place: int) -> bool:
        return self.area.pk in self.rows.upwards[place]

    def in_year(self, day: Day) -> bool:
        return day.year == self.year and day <= self.until

    def in_month(self, day: Day) -> bool:
        return self.in_year(day) and day.month == self.until.month


Counted = dict[str, Any]
