"""脱贫渠道 (R107, R177): by which chapters of help a household had been reached when it left the register.

A chapter counts for an exit where something of it was delivered to the household or to one of its members in the
year of the exit, up to its day, or in the year before. A household that was split off keeps what its members had been
given in the old one. What was done for a village or a firm is nobody's channel.
Plans: 五个一批 of 003 and 001 (二章三节一), 生态补偿 of 004 (八章).
"""

import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import ExtractYear

from households.models import StatusEvent
from households.models.event import Kind
from measures.models import Measure
from measures.models.policy import MEASURE_CHAPTERS

YEARS_BEFORE = 1
NONE = "没有措施"
SAID = ("delivered_on", "policy__chapter")
# Chapter → the channel's name in the plans, where it is another word.
CHANNELS = {chapter: {"生态": "生态补偿"}.get(chapter, chapter) for chapter in MEASURE_CHAPTERS}


def reached(**by: str) -> Q:
    """Of a status event in the outer query: something that counts for it was delivered; `by` narrows it."""
    first = ExtractYear(OuterRef("on")) - YEARS_BEFORE
    given = Measure.objects.delivered().filter(
        delivered_on__lte=OuterRef("on"), delivered_on__year__gte=first, **by
    )
    brought = given.filter(
        person__household=OuterRef("household"), household__number=OuterRef("household__split_from")
    )
    return Q(Exists(given.filter(household=OuterRef("household")))) | Q(Exists(brought))


def by_channel(events: Any, channel: str) -> Any:
    """Exits among the events that were reached by the chapter, or by none at all (NONE); all of them for ""."""
    exits = events.filter(kind=Kind.EXIT)
    if not channel:
        return exits
    if channel == NONE:
        return exits.filter(~reached())
    return exits.filter(reached(policy__chapter=channel))


def lasting(exits: Any, on: datetime.date, as_of: datetime.date | None = None) -> Any:
    """Of the exits those that hold at the end of the day: a household's last one, not taken back and not followed by
    a return. A household that left twice is one that was lifted."""
    later = Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), pk__gt=OuterRef("pk"))
    after = StatusEvent.objects.known(on, as_of).filter(
        later, household=OuterRef("household"), kind__in=(Kind.EXIT, Kind.RETURN, Kind.REVERSAL)
    )
    return exits.filter(~Exists(after))


def names(events: list[Any]) -> dict[int, list[str]]:
    """The channels of these exits by the event's key, in the order of the chapters; two statements."""
    homes = {event.household_id for event in events}
    given: dict[int, list[tuple[Any, str]]] = {}
    rows = Measure.objects.delivered()
    own = rows.filter(household__in=homes).values_list("household", *SAID)
    brought = rows.filter(person__household__in=homes, household__number=F("person__household__split_from"))
    for home, on, chapter in (*own, *brought.values_list("person__household", *SAID)):
        given.setdefault(home, []).append((on, chapter))
    found: dict[int, list[str]] = {}
    for event in events:
        chapters = {
            chapter
            for on, chapter in given.get(event.household_id, ())
            if on <= event.on and on.year >= event.on.year - YEARS_BEFORE
        }
        found[event.pk] = [word for chapter, word in CHANNELS.items() if chapter in chapters]
    return found
