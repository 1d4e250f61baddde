"""退出 of a whole list at once: leave_poverty of each household, written in a constant number of statements.

What the register writes for one (Act.write) is written here for many: columns under a guard, events, versions
of the record, colours. The guard is the sum of the versions: whoever changed one of them meanwhile is told.
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Subquery, Sum

from audits.models.entry import Entry, Outcome
from households.checks.others import Lines
from households.models import LEFT, POOR, ClosedYear, Conflict, Household, Kind, Load, StatusEvent
from households.models.event import day_of
from households.recolour import recolour

BATCH = 500


def leave_together(
    entries: Sequence[Entry], *, by: Any, on: datetime.date, at: datetime.datetime, title: str
) -> None:
    """`entries` come with their households, as read when the list was taken.

    Raises ValidationError with every household the register refuses, Conflict when one was
    changed meanwhile.
    """
    households = [entry.household for entry in entries if entry.household is not None]
    rows = Household.objects.filter(pk__in=[household.pk for household in households])
    load = Load(closed=ClosedYear.places())
    refused = []
    for household in households:
        try:
            household.leave_poverty(on=on, by=by, recorded_at=at, reason=title, load=load)
        except ValidationError as refusal:
            refused += [f"{household}：{said}" for said in refusal.messages]
    if refused:
        raise ValidationError(refused)
    _write(rows, households, load, by, on, at)
    mine = StatusEvent.objects.filter(
        household=OuterRef("household"), kind=Kind.EXIT, on=on, recorded_at=at
    ).order_by("-pk")
    standing = Entry.objects.standing().filter(pk__in=[entry.pk for entry in entries])
    ended = standing.update(**Entry.ended(Outcome.LEFT, by, on, at), event=Subquery(mine.values("pk")[:1]))
    if ended != len(entries):
        raise ValidationError("名单上有户已经办结，请刷新后再办")


def _write(
    rows: Any,
    households: Sequence[Household],
    load: Load,
    by: Any,
    on: datetime.date,
    at: datetime.datetime,
) -> None:
    read = sum(household.version for household in households)
    ClosedYear.hold({(household.county_id, on.year) for household in households})
    open_year = ~Exists(ClosedYear.objects.filter(county=OuterRef("county_id"), year=on.year))
    found = rows.filter(open_year, exit_mark__in=POOR, removed_on__isnull=True).update(
        exit_mark=LEFT,
        left_on=on,
        exit_year=on.year,
        return_year=None,
        last_event_on=on,
        version=F("version") + 1,
    )
    written = rows.aggregate(total=Sum("version"))["total"] or 0
    if found != len(households) or written != read + len(households):
        raise Conflict("名单上有户刚刚由别人办理过，请刷新后再办")
    for household in households:
        household.version += 1
    StatusEvent.objects.bulk_create(load.events, batch_size=BATCH)
    day = day_of(at)
    recolour(households, day, Lines.read(day))
    Household.history.bulk_history_create(
        households, batch_size=BATCH, update=True, default_user=by, default_change_reason=Kind.EXIT
    )
