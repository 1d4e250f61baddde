"""Figures of key villages for the official forms; every figure is the length of a list of these pages.

The columns are those of 004 专栏2 (data/layouts.md): base, 其中市定, 其中省定 (合计, 预退出, 剩余), and 摘帽
by year. All functions take plain days: `on` effective, `as_of` recorded by.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from areas.models import Area
from villages.models import KeyVillage, KeyVillageEvent, KeyVillageEventKind
from villages.models.key_village import (
    TWELFTH_PERIOD_ENDS,
    WAY_THEN,
    KeyVillageEventQuerySet,
    KeyVillageQuerySet,
)

PROVINCIAL, CITY = "省定", "市定"
# Of an event, the parents of its area: town, county, city, province.
UPWARDS = ("area", "area__parent", *(f"area{'__parent' * steps}" for steps in (2, 3, 4)))


@dataclass
class Base:
    """Key villages of one area on a day. total = standing + left, and by level."""

    total: int = 0
    city: int = 0
    provincial: int = 0
    provincial_reached: int = 0
    provincial_to_go: int = 0
    reached: int = 0
    to_go: int = 0


@dataclass
class Exits:
    """Villages that 摘帽 in one year in one area."""

    total: int = 0
    provincial: int = 0


def designated(
    area: Area | None, on: datetime.date, as_of: datetime.date | None = None, level: str = ""
) -> KeyVillageQuerySet:
    """Ever chosen by the day: the base of the plan (46 = 40 省定 + 6 市定 in 004)."""
    return KeyVillage.objects.designated(on, as_of, level).placed(area)


def reached(
    area: Area | None,
    as_of: datetime.date,
    level: str = "",
    on: datetime.date = TWELFTH_PERIOD_ENDS,
) -> KeyVillageQuerySet:
    """预退出 of 专栏2: chosen and 摘帽 by the end of 十二五 (30 in 004)."""
    return KeyVillage.objects.left_by(on, as_of, level).placed(area)


def left_to_go(
    area: Area | None,
    as_of: datetime.date,
    level: str = "",
    on: datetime.date = TWELFTH_PERIOD_ENDS,
) -> KeyVillageQuerySet:
    """剩余 of 专栏2: still on the list at the end of 十二五 (10 省定 in 004)."""
    return KeyVillage.objects.standing(on, as_of, level).placed(area)


def exits(
    area: Area | None, *, year: int, as_of: datetime.date, level: str = "", until: datetime.date | None = None
) -> KeyVillageEventQuerySet:
    """摘帽 in the year, recorded by `as_of`; effective by `until` or, without it, by `as_of`."""
    return KeyVillageEvent.objects.in_area(area).counted(
        year=year, until=until or as_of, as_of=as_of, level=level, kind=KeyVillageEventKind.CAP_REMOVED
    )


def base_by_area(areas: Iterable[Area], on: datetime.date, as_of: datetime.date) -> dict[int, Base]:
    """The base of each area by its id, in one query; an area above another counts its villages too."""
    counts = {area.pk: Base() for area in areas}
    rows = KeyVillage.objects.designated(on, as_of).values_list("level_then", "kind_then", *WAY_THEN)
    for level, kind, *places in rows:
        out = kind == KeyVillageEventKind.CAP_REMOVED
        for base in _those(counts, places):
            base.total += 1
            base.city += level == CITY
            base.provincial += level == PROVINCIAL
            base.provincial_reached += level == PROVINCIAL and out
            base.provincial_to_go += level == PROVINCIAL and not out
            base.reached += out
            base.to_go += not out
    return counts


def exits_by_area(
    areas: Iterable[Area], *, years: Iterable[int], as_of: datetime.date
) -> dict[tuple[int, int], Exits]:
    """摘帽 of each area and year by (area id, year), in one query."""
    areas, years = list(areas), list(years)
    counts = {(area.pk, year): Exits() for area in areas for year in years}
    found = KeyVillageEvent.objects.counted(
        until=as_of, as_of=as_of, kind=KeyVillageEventKind.CAP_REMOVED
    ).filter(on__year__in=years)
    for day, level, *places in found.values_list("on", "level", *UPWARDS):
        for exit_count in _those(counts, [(place, day.year) for place in places]):
            exit_count.total += 1
            exit_count.provincial += level == PROVINCIAL
    return counts


def _those(counts: dict[Any, Any], keys: Iterable[Any]) -> list[Any]:
    return [counts[key] for key in keys if key in counts]
