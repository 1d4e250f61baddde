"""Pairings and visits as a day knew them, for figures of that day and the lists that they open.

A pairing is read from its versions: one that was written down later is not known yet, one that was ended later with an
earlier day still stands. A visit says itself when it was written down and when struck out.
"""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from households.models import Helper, Household, StatusEvent, Visit
from households.models.event import StatusEventQuerySet
from households.models.visit import VisitQuerySet
from households.structure import FARTHEST
from office.clock import end_of

# What became of the needs that a visit found.
DONE, GOING, NONE = "跟进完成", "跟进没有完成", "没有写跟进"
FOLLOWED = (DONE, GOING, NONE)


def paired(home: str, on: datetime.date, as_of: datetime.date, shift: datetime.timedelta) -> Q:
    """Of rows by their column of a household's key: a helper was valid on the day, as known on `as_of`.

    `shift`: what the office's day is ahead of the real one, by which versions are dated. Where the first version is of
    later, the pairing stands as first known, unless its household was followed before: then it was not there yet.
    """
    versions, of_home = Helper.history.all(), Household.history.all()
    # A day near the end of the calendar, which an address may name, has no day after it.
    end = end_of(min(as_of, FARTHEST)) - shift
    mine, same = Q(household=OuterRef(home)), Q(id=OuterRef("id"))
    valid = Q(start_on__lte=on) & (Q(end_on__isnull=True) | Q(end_on__gte=on))
    before = Q(history_date__lt=end)
    newer, older = (
        Q(**{f"history_date__{sign}": OuterRef("history_date")})
        | Q(history_date=OuterRef("history_date"), **{f"history_id__{sign}": OuterRef("history_id")})
        for sign in ("gt", "lt")
    )
    last = before & ~Exists(versions.filter(before & newer, same))
    tracked = Exists(of_home.filter(before, id=OuterRef("household_id")))
    first = ~before & ~Exists(versions.filter(older, same)) & (Q(history_type="~") | ~tracked)
    known = versions.filter(mine, valid, last | first).exclude(history_type="-")
    # Loaded without a version and never changed since.
    loaded = Helper.objects.filter(mine, valid).exclude(Exists(versions.filter(id=OuterRef("pk"))))
    return Q(Exists(known)) | Q(Exists(loaded))


def visited(
    home: str, since: datetime.date, until: datetime.date, as_of: datetime.date, *, needs: bool = False
) -> Exists:
    """Of those: visited between the two days, both included; with `needs`, where needs were found."""
    visits = Visit.objects.known(as_of).filter(visited_on__gte=since, visited_on__lte=until)
    if needs:
        visits = visits.exclude(needs_found="")
    return Exists(visits.filter(household=OuterRef(home)))


def first_of(days: int, on: datetime.date) -> datetime.date:
    """The first of the last so many days, the day itself included."""
    return on - datetime.timedelta(days=days - 1)


def followed(word: str, on: datetime.date) -> Q:
    """Of visits that found needs: what had become of them by the day."""
    return {
        DONE: ~Q(follow_up="") & Q(follow_up_on__lte=on),
        GOING: ~Q(follow_up="") & (Q(follow_up_on__isnull=True) | Q(follow_up_on__gt=on)),
        NONE: Q(follow_up=""),
    }[word]


def visits_of(events: StatusEventQuerySet, until: datetime.date, as_of: datetime.date) -> VisitQuerySet:
    """The visits by a day, as known on `as_of`, to households whose last event by it is among these.

    Who was never registered by then has no event, and lies nowhere.
    """
    last = events.last_of_each(until, as_of).order_by()
    return Visit.objects.known(as_of).filter(visited_on__lte=until, household__in=last.values("household"))


def place_of(column: str, until: datetime.date, as_of: datetime.date) -> Any:
    """For a visit: where its household lay on the day, by its last event."""
    mine = StatusEvent.objects.known(until, as_of).filter(household=OuterRef("household"))
    return mine.order_by("-on", "-pk").values(column)[:1]
