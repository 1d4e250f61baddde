"""Households and persons by colour, for an area and each of its parts (R083)."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Sum

from areas.models import Area, Level
from households.colours import GREEN, ORANGE, RED, YELLOW
from households.models.household import HouseholdQuerySet

COLOURS = (RED, ORANGE, YELLOW, GREEN)
PARTS = {
    Level.PROVINCE: "county__parent",
    Level.CITY: "county",
    Level.COUNTY: "town",
    Level.TOWN: "village",
}


@dataclass
class Line:
    """`cells` are (colour, households, persons) in the order 红橙黄绿; `none` those without a colour."""

    area: Area | None
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def cells(self) -> list[tuple[str, int, int]]:
        return [(colour, *self.counts.get(colour, (0, 0))) for colour in COLOURS]

    @property
    def none(self) -> int:
        return self.counts.get("", (0, 0))[0]

    @property
    def households(self) -> int:
        return sum(households for households, _ in self.counts.values())

    @property
    def persons(self) -> int:
        return sum(persons for _, persons in self.counts.values())


def standing(households: HouseholdQuerySet) -> HouseholdQuerySet:
    """Whoever is judged: registered and not cancelled, as the list counts them."""
    return households.filter(registered_on__isnull=False, removed_on__isnull=True)


def by_part(households: HouseholdQuerySet, top: Area | None, areas: list[Area]) -> list[Line]:
    """A line of each direct part of `top`, those that count nobody too, and the sum as the last; a village is
    its own and only part. One statement; `areas` are those that are known already."""
    column = PARTS.get(Level(top.level), "village") if top is not None else "county"
    rows: Any = standing(households.in_area(top)).order_by().values_list(column, "colour")
    lines: dict[int, Line] = {
        one.pk: Line(one)
        for one in areas
        if top is not None and one.parent_id == top.pk and one.level != top.level
    }
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    total: dict[str, tuple[int, int]] = {}
    for pk, colour, here, people in rows.annotate(here=Count("pk"), people=Sum("member_count")):
        found[pk][colour] = (here, people or 0)
        before = total.get(colour, (0, 0))
        total[colour] = (before[0] + here, before[1] + (people or 0))
    if missing := found.keys() - lines.keys():
        lines |= {pk: Line(area) for pk, area in Area.objects.in_bulk(missing).items()}
    for pk, counts in found.items():
        lines[pk].counts = counts
    ordered = sorted(lines.values(), key=lambda line: line.area.code if line.area else "")
    return [*ordered, Line(top, total)]
