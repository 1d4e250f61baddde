"""What has happened to the register since a day, and how that part of it stood at the end of the day.

Most of the register is as it was and is read as it stands. Whatever was recorded since, an event of a household or a
version of one of its members, makes the household one of those `changed`: where it lay and how it stood say its events
of the day, who was in it and what was known of each say the versions (structure.then).
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from areas.models import Area
from households.models import LEFT, POOR, Kind, Person, StatusEvent
from households.structure import FARTHEST, then
from office.clock import end_of


@dataclass(frozen=True)
class Back:
    """To the end of `day`; `shift`: what the office's day is ahead of the real one, by which versions are dated."""

    day: datetime.date
    shift: datetime.timedelta = datetime.timedelta()

    @classmethod
    def since(cls, day: datetime.date, shift: datetime.timedelta) -> "Back | None":
        """None where nothing was recorded since: the register stands as it stood."""
        back = cls(day, shift)
        events, versions = back._recorded()
        return back if events.exists() or versions.exists() else None

    def same(self, home: str) -> Q:
        """Of rows by their column of a household's key: those of households of which nothing was recorded since."""
        events, versions = self._since(home)
        return Q(~Exists(events)) & Q(~Exists(versions))

    def changed(self, home: str) -> Q:
        events, versions = self._since(home)
        return Q(Exists(events)) | Q(Exists(versions))

    def moved(self, home: str) -> Exists:
        """Of those the ones of households of which an event was recorded since: they may have lain elsewhere."""
        return Exists(self._since(home)[0])

    def _since(self, home: str) -> list[Any]:
        return [rows.filter(household=OuterRef(home)) for rows in self._recorded()]

    def _recorded(self) -> list[Any]:
        """Events and versions of persons that were recorded after the day."""
        # A day near the end of the calendar, which an address may name, has no day after it.
        end, versions = end_of(min(self.day, FARTHEST)), Person.history.all()
        after = versions.filter(history_date__gte=end - self.shift)
        return [StatusEvent.objects.filter(recorded_at__gte=end).order_by(), after.order_by()]

    def last(self, events: Any = None) -> Any:
        """Of these events (of all) the last by the day of each changed household."""
        found = StatusEvent.objects.all() if events is None else events
        return found.last_of_each(self.day).filter(self.changed("household_id"))

    def on_file(self, events: Any = None) -> Any:
        """Of those the ones of households that were registered and not cancelled on the day."""
        return self.last(events).exclude(kind=Kind.CANCEL).exclude(mark="")

    def poor(self) -> Any:
        """Of those the ones of households that were on the register."""
        return self.on_file().filter(mark__in=POOR)

    def left_after(self, day: datetime.date) -> Any:
        """Of those the ones of households that had left, after a day; a household made by a split left with its old one."""
        exits = StatusEvent.objects.known(self.day).filter(kind=Kind.EXIT, household=OuterRef("household"))
        left = Coalesce(Subquery(exits.order_by("-on", "-pk").values("on")[:1]), F("household__left_on"))
        return self.on_file().filter(mark=LEFT).annotate(left=left).filter(left__gt=day)

    def persons(self, households: Any = None) -> Sequence[Any]:
        """Who was in these households (in all of those) as known then: versions, and records without any; each person
        once in one of the two."""
        return then(self.day, self.shift, homes(self.on_file()) if households is None else households)

    def lay(self, events: Any) -> Any:
        """Of these events that which says where a household lay on the day: the last by it, else its first of all."""
        known = StatusEvent.objects.known(self.day).filter(household=OuterRef("household")).order_by()
        earlier = StatusEvent.objects.filter(
            household=OuterRef("household"), pk__lt=OuterRef("pk")
        ).order_by()
        first = events.filter(~Exists(known), ~Exists(earlier))
        return events.filter(
            Q(pk__in=events.last_of_each(self.day).values("pk")) | Q(pk__in=first.values("pk"))
        )

    def village(self, home: str) -> Coalesce:
        """Where the household of a column lay on the day."""
        mine = StatusEvent.objects.filter(household=OuterRef(home))
        return Coalesce(
            Subquery(mine.known(self.day).order_by("-on", "-pk").values("village")[:1]),
            Subquery(mine.order_by("pk").values("village")[:1]),
        )

    def places(self, households: Iterable[int]) -> dict[int, Area]:
        """Where these households lay, with the town above; without an event ever a household is not among them."""
        mine = StatusEvent.objects.filter(household__in=set(households))
        found = self.lay(mine).select_related("village__parent")
        return {event.household_id: event.village for event in found}


def homes(events: Any) -> Any:
    """The households of these events, for a condition."""
    return events.order_by().values("household")
