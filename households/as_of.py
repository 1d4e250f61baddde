"""A household's record as the register had it at the end of a day (domain §3: as of D, known by D).

Standing and stock come from the status events recorded by then, facts from the versions of each record.
Records that were loaded without versions, or only later, are shown as first known, and that is said.
"""

import datetime
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q

from areas.models import Area
from households.models import Helper, Household, Living, Person, Production, StatusEvent, Survey
from households.models.card import LEFT
from households.models.event import Kind
from households.models.person import HEAD
from households.models.survey import DRAFT
from office.clock import end_of


@dataclass(frozen=True)
class Known:
    """A record as it was; `guessed`: its versions begin later, so it stands as first known."""

    record: Any
    guessed: bool


@dataclass(frozen=True)
class Record:
    """`household` is not saved and must not be; `exists` is False before the register knew of it."""

    household: Household
    village: Area
    exists: bool
    events: list[StatusEvent]
    members: list[Person] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)
    drafts: list[Survey] = field(default_factory=list)
    living: Living | None = None
    production: Production | None = None
    helpers: list[Helper] = field(default_factory=list)
    guessed: bool = False
    since: datetime.datetime | None = None

    @property
    def head(self) -> str:
        return next((person.name for person in self.members if person.relation == HEAD), "")

    @property
    def mark(self) -> str:
        """脱贫标志 of the day; empty before 纳入."""
        return self.events[-1].mark if self.events else ""

    @property
    def cancelled(self) -> bool:
        return any(event.kind == Kind.CANCEL for event in self.events)

    @property
    def counted(self) -> int:
        """家庭人口数 as the last event froze it; of an applicant the members then known."""
        return self.events[-1].members if self.events else len(self.members)


def record(household: Household, day: datetime.date, shift: datetime.timedelta) -> Record:
    """The record at 24:00 of the day. `shift` is what the office's day is ahead of the real one."""
    end = end_of(day) - shift
    events = list(
        household.events.known(day).select_related("person", "village", "recorded_by").order_by("on", "pk")
    )
    own = _versions(Household, Q(id=household.pk), end, [copy(household)])[0]
    tracked = not own.guessed
    village = events[-1].village if events else Area.objects.get(pk=own.record.village_id)
    first = household.history.order_by("history_date", "history_id").first()
    since = first.history_date + shift if first else None
    if not tracked and events:
        _stand(own.record, events)
    if not tracked and not events:
        return Record(own.record, village, False, events, since=since)

    def of(model: type[Model]) -> list[Known]:
        rows = model._default_manager.filter(household=household.pk)
        found = _versions(model, Q(household_id=household.pk), end, list(rows))
        # Versions of the household go back further: what begins after the day was not there yet.
        return [one for one in found if not (tracked and one.guessed)]

    persons = [one for one in of(Person) if _belonged(one, household.pk, day)]
    surveys = [one for one in of(Survey) if not one.guessed or one.record.surveyed_on <= day]
    living, production = (
        [one for one in of(model) if one.record.year <= day.year] for model in (Living, Production)
    )
    helpers = [one for one in of(Helper) if one.record.start_on <= day]
    everything = [own, *persons, *surveys, *living, *production, *helpers]
    by_year = sorted((one.record for one in surveys), key=lambda survey: -survey.year)
    return Record(
        household=own.record,
        village=village,
        exists=True,
        events=events,
        members=sorted((one.record for one in persons), key=lambda one: (one.relation != HEAD, one.number)),
        surveys=[survey for survey in by_year if survey.state != DRAFT],
        drafts=[survey for survey in by_year if survey.state == DRAFT],
        living=max((one.record for one in living), key=lambda row: row.year, default=None),
        production=max((one.record for one in production), key=lambda row: row.year, default=None),
        helpers=[one.record for one in helpers if one.record.valid(day)],
        guessed=any(one.guessed for one in everything),
        since=since,
    )


def _stand(household: Household, events: list[StatusEvent]) -> None:
    """The standing as the events know it, on a record that has no version of the day."""
    last = {event.kind: event.on for event in events}
    household.poverty_standard, household.poverty_cause = events[-1].standard, events[-1].cause
    household.registered_on = next((event.on for event in events if event.kind == Kind.ENTRY), None)
    left, returned = last.get(Kind.EXIT), last.get(Kind.RETURN)
    household.exit_year = left.year if left and events[-1].mark == LEFT else None
    household.return_year = returned.year if returned else None


def _versions(model: type[Model], of: Q, end: datetime.datetime, now: list[Any]) -> list[Known]:
    """The last version before `end` of every record that was ever the household's, else its first one.

    `now` are the household's present records: one without any version has never been changed since.
    """
    history: Any = model.history  # type: ignore[attr-defined]
    versions: dict[int, list[Any]] = {}
    for row in history.filter(id__in=history.filter(of).values("id")).order_by("history_date", "history_id"):
        versions.setdefault(row.id, []).append(row)
    found = [Known(one, True) for one in now if one.pk not in versions]
    for rows in versions.values():
        known = [row for row in rows if row.history_date < end]
        if known and known[-1].history_type == "-":
            continue
        found.append(Known((known[-1] if known else rows[0]).instance, not known))
    return found


def _belonged(one: Known, household: int, day: datetime.date) -> bool:
    """Whether a person was a member on the day; founding members have no 增加日期."""
    person: Person = one.record
    if person.household_id != household:
        return False
    if not one.guessed:
        return person.present
    joined = person.joined_on is None or person.joined_on <= day
    return joined and (person.present or (person.left_on is not None and person.left_on > day))
