"""How an area stands today, for the workbench: households by colour, and the 疑点 that wait, by rule."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from areas.models import Area
from households.colours import GREEN, ORANGE, RED, YELLOW
from households.models import Household
from office.findings import Finding
from office.listing import kept_if_long
from reporting.chart import ColourBar, colour_bar

RULES_SHOWN = 4


@dataclass(frozen=True)
class FourColours:
    """`parts` are (colour, households, address of their list), in the order 红橙黄绿."""

    parts: list[tuple[str, int, str]]
    total: int
    bar: ColourBar


@dataclass(frozen=True)
class Doubts:
    """`rules` are (count, message, address), most frequent first; `more` are the rules not shown."""

    rules: list[tuple[int, str, str]]
    total: int
    url: str
    more: int


def four_colours(area: Area) -> FourColours:
    """Counts what `/households/?colour=` lists: registered and not cancelled."""
    registered = Household.objects.in_area(area).filter(registered_on__isnull=False, removed_on__isnull=True)
    colours = registered.order_by().values_list("colour").annotate(count=Count("pk"))
    counts = kept_if_long(registered, "colours", lambda: dict(colours))
    figures = [(colour, counts.get(colour, 0)) for colour in (RED, ORANGE, YELLOW, GREEN)]
    parts = [
        (colour, count, _address("households:list", area=area.code, colour=colour))
        for colour, count in figures
    ]
    return FourColours(parts, sum(count for _, count in figures), colour_bar(figures))


def doubts(area: Area) -> Doubts:
    waiting = Finding.objects.in_area(area).waiting().order_by()
    counts = sorted(
        waiting.values_list("rule", "message").annotate(count=Count("pk")), key=lambda row: (-row[2], row[0])
    )
    rules = [
        (count, message, _address("households:findings", area=area.code, rule=rule))
        for rule, message, count in counts[:RULES_SHOWN]
    ]
    total = sum(count for *_, count in counts)
    url = _address("households:findings", area=area.code)
    return Doubts(rules, total, url, max(0, len(counts) - RULES_SHOWN))


def _address(name: str, **query: str) -> str:
    return f"{reverse(name)}?{urlencode(query)}"
