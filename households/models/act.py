"""One change of a household's standing, written whole or not at all.

An Act remembers the facts before, takes events that freeze the facts as they stand when they are added,
and writes both under one guard: a conditional UPDATE on every fact the events rest on. If another writer
was first no row matches, nothing is written, and Conflict says so.
"""

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from households.models.colour import HouseholdColour
from households.models.event import ClosedYear, Origin, StatusEvent, day_of
from households.models.person import Person
from office import clock
from office.days import written

STANDING = (
    "village_id",
    "town_id",
    "county_id",
    "member_count",
    "poverty_standard",
    "poverty_cause",
    "below_national",
    "registered_on",
    "exit_mark",
    "left_on",
    "exit_year",
    "return_year",
    "removed_on",
    "removal_reason",
    "last_event_on",
)


TOO_LATE = "该户刚刚由别人办理过，请刷新后再办"


class Conflict(ValidationError):
    """Somebody else changed the household in the meantime (409 on a page)."""


@dataclass
class Load:
    """Collects events, and households made by splits, for a bulk load instead of writing them.

    `closed` are the closed years as (county id, year): given once, not looked up for each event.
    """

    closed: frozenset[tuple[int, int]] = frozenset()
    events: list[StatusEvent] = field(default_factory=list)
    households: list[Any] = field(default_factory=list)


class Entry(TypedDict, total=False):
    """Who enters an event (nobody: the system), its origin and reason, when it was recorded, and the version of
    the household that the page showed: another one by now is a Conflict."""

    by: Any
    version: int
    origin: str
    reason: str
    recorded_at: datetime.datetime
    load: Load


class Act:
    def __init__(
        self, household: HouseholdColour, on: datetime.date, entry: Entry, origin: str = Origin.DESK
    ) -> None:
        self.household, self.on = household, on
        self.by = entry.get("by")
        self.origin = entry.get("origin", origin)
        self.reason = entry.get("reason", "").strip()
        self.recorded_at = entry.get("recorded_at") or clock.moment()
        self.load = entry.get("load")
        self.seen_version = entry.get("version")
        # Further columns of the household that this act writes.
        self.also: tuple[str, ...] = ()
        self.before = {name: getattr(household, name) for name in STANDING}
        self.events: list[StatusEvent] = []
        self._check_day()

    def _check_day(self) -> None:
        household, on = self.household, self.on
        recorded = day_of(self.recorded_at)
        if on > recorded:
            raise ValidationError(f"生效日期{written(on)}晚于办理日期{recorded}")
        if household.last_event_on is not None and on < household.last_event_on:
            raise ValidationError(
                f"生效日期{written(on)}早于该户上一次动态的日期{written(household.last_event_on)}"
            )
        if self.closed(household.county_id):
            raise ValidationError(f"{on.year}年已经封存，请按更正办理，日期写在未封存的年度")

    def closed(self, county: int) -> bool:
        """The year of this act is closed in the county."""
        if self.load is not None:
            return (county, self.on.year) in self.load.closed
        return ClosedYear.objects.filter(county=county, year=self.on.year).exists()

    def need_reason(self, message: str) -> None:
        if not self.reason:
            raise ValidationError(message)

    def event(
        self,
        kind: str,
        *,
        households: int = 0,
        persons: int = 0,
        of: HouseholdColour | None = None,
        person: Person | None = None,
        pair: uuid.UUID | None = None,
        reverses: StatusEvent | None = None,
    ) -> StatusEvent:
        """Adds an event of this household (or of another, `of`) with the facts as they stand now."""
        household = of or self.household
        event = StatusEvent(
            household=household,  # type: ignore[misc]
            person=person,
            kind=kind,
            origin=self.origin,
            on=self.on,
            recorded_at=self.recorded_at,
            recorded_by=self.by,
            households=households,
            persons=persons,
            members=household.member_count,
            mark=household.exit_mark,
            standard=household.poverty_standard,
            national=household.below_national,
            cause=household.poverty_cause,
            village_id=household.village_id,
            town_id=household.town_id,
            county_id=household.county_id,
            pair=pair,
            reverses=reverses,
            reason=self.reason,
        )
        self.events.append(event)
        return event

    def write(self) -> None:
        """Writes the derived columns and the events, or raises Conflict and leaves the household as it was.

        Without events it only takes the household's turn: nobody else writes it in between.
        """
        household = self.household
        if self.events:
            household.last_event_on = self.on
        if self.load is not None:
            self.load.events += self.events
            return
        rows = type(household)._default_manager.all()
        if self.seen_version is not None:
            rows = rows.filter(version=self.seen_version)
        changed = {name: getattr(household, name) for name in (*STANDING, *self.also)}
        open_year = ~Exists(ClosedYear.objects.filter(county=OuterRef("county_id"), year=self.on.year))
        counties = (self.before["county_id"], household.county_id)
        with transaction.atomic():
            ClosedYear.hold({(county, self.on.year) for county in counties})
            if not rows.filter(open_year, pk=household.pk, **self.before).update(
                **changed, version=F("version") + 1
            ):
                for name, value in self.before.items():
                    setattr(household, name, value)
                raise Conflict(TOO_LATE)
            household.version += 1
            StatusEvent.objects.bulk_create(self.events)
            household.refresh_colour(day_of(self.recorded_at))
            type(household).history.bulk_history_create(  # type: ignore[attr-defined]
                [household],
                update=True,
                default_user=self.by,
                default_change_reason=self.events[0].kind if self.events else None,
            )
