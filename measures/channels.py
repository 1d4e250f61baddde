"""脱贫渠道 (R107, R177): by which chapters of help a household had been reached when it left the register.

A chapter counts for an exit where something of it was delivered to the household or to one of its members in the
year of the exit, up to its day, or in the year before. What was done for a village or a firm is nobody's channel.
Plans: 五个一批 of 003 and 001 (二章三节一), 生态补偿 of 004 (八章).
"""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import ExtractYear

from households.models import StatusEvent
from households.models.event import Kind
from measures.models import Measure
from measures.models.policy import MEASURE_CHAPTERS

YEARS_BEFORE = 1
NONE = "没有措施"
# Chapter → the channel's name in the plans, where it is another word.
CHANNELS = {chapter: {"生态": "生态补偿"}.get(chapter, chapter) for chapter in MEASURE_CHAPTERS}


def reaching() -> Any:
    """Of a status event in the outer query: the deliveries that count for it."""
    first = ExtractYear(OuterRef("on")) - YEARS_BEFORE
    return Measure.objects.delivered().filter(
        household=OuterRef("household"), delivered_on__lte=OuterRef("on"), delivered_on__year__gte=first
    )


def by_channel(events: Any, channel: str) -> Any:
    """Exits among the events that were reached by the chapter, or by none at all (NONE); all of them for ""."""
    exits = events.filter(kind=Kind.EXIT)
    if not channel:
        return exits
    if channel == NONE:
        return exits.filter(~Exists(reaching()))
    return exits.filter(Exists(reaching().filter(policy__chapter=channel)))


def lasting(exits: Any, on: datetime.date, as_of: datetime.date | None = None) -> Any:
    """Of the exits those that hold at the end of the day: a household's last one, not taken back and not followed by
    a return. A household that left twice is one that was lifted."""
    later = Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), pk__gt=OuterRef("pk"))
    after = StatusEvent.objects.known(on, as_of).filter(
        later, household=OuterRef("household"), kind__in=(Kind.EXIT, Kind.RETURN, Kind.REVERSAL)
    )
    return exits.filter(~Exists(after))


def names(events: list[Any]) -> dict[int, list[str]]:
    """The channels of these exits by the event's key, in the order of the chapters; one statement."""
    homes = {event.household_id for event in events}
    given: dict[int, list[tuple[Any, str]]] = {}
    rows = Measure.objects.delivered().filter(household__in=homes)
    for home, on, chapter in rows.values_list("household", "delivered_on", "policy__chapter"):
        given.setdefault(home, []).append((on, chapter))
    found: dict[int, list[str]] = {}
    for event in events:
        reached = {
            chapter
            for on, chapter in given.get(event.household_id, ())
            if on <= event.on and on.year >= event.on.year - YEARS_BEFORE
        }
        found[event.pk] = [word for chapter, word in CHANNELS.items() if chapter in reached]
    return found
