"""结对帮扶图 (R300): each village with its first secretary and team, the leaders posted to it, the units that help and
how many of its households are paired. Names of officials only, and nothing of the poor but how many.

As the records stand today; a city or province has the counts of its parts alone.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Count

from areas.models import Area, Level
from households.care.owed import owed_help
from households.models import Helper, Household
from reporting.board.pairs import Pairs, PartPairs, lines, of_villages, pairs_of
from villages.models import KeyVillage, KeyVillageEventKind, Post, PostKind, Village
from villages.models.post import OF_A_VILLAGE, TEAM, TIERS

KEYS, ALL = "key", "all"
SCOPES = {KEYS: "只看重点村", ALL: "全部村"}
# Units of helpers, and names of a unit's helpers, that a village's chain has room for.
UNITS, NAMES = 4, 5


@dataclass(frozen=True)
class Unit:
    """A unit whose people help here: how many, how many households they look after, and names of some."""

    name: str
    helpers: int
    households: int
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Chain:
    """A village, who is posted to it, and the units that help."""

    area: Area
    key: str
    on_list: bool
    secretary: str
    secretary_unit: str
    team: list[str]
    leaders: list[str]
    unit: str
    units: list[Unit]
    more_units: int
    pairs: Pairs


@dataclass(frozen=True)
class Pairing:
    whole: PartPairs
    parts: list[PartPairs]
    groups: list[tuple[Area | None, list[Chain]]]


def of(area: Area, day: datetime.date, scope: str) -> Pairing:
    whole, parts = lines(area, day)
    groups: list[tuple[Area | None, list[Chain]]] = []
    if area.level in (Level.COUNTY, Level.TOWN, Level.VILLAGE):
        found = groupby(_chains(area, day, scope), key=lambda chain: chain.area.parent)
        groups = [(town, list(chains)) for town, chains in found]
    return Pairing(whole, parts, groups)


def _chains(area: Area, day: datetime.date, scope: str) -> list[Chain]:
    """Of the villages asked for those with somebody posted, a household that is owed help, or a place among the
    key villages; seven statements whatever their number."""
    pairs, posts = of_villages(area, day), _posts(area, day)
    designated = KeyVillage.objects.designated(day).placed(area)
    keys: dict[int, KeyVillage] = {row.area_then: row for row in designated}
    wanted = {*keys} if scope == KEYS else {*pairs, *posts, *keys}
    villages = (
        Area.objects.filter(pk__in=wanted).select_related("parent").order_by("parent__code", "code", "pk")
    )
    units, names = _units(area, day), _names(area, day)
    stated = dict(Village.objects.in_area(area).exclude(helping_unit="").values_list("area", "helping_unit"))
    found = []
    for village in villages:
        held, key, here = posts[village.pk], keys.get(village.pk), units[village.pk]
        secretary = next((post for post in held if post.kind == PostKind.FIRST_SECRETARY), None)
        found.append(
            Chain(
                area=village,
                key=getattr(key, "level_then", ""),
                on_list=getattr(key, "kind_then", "") != KeyVillageEventKind.CAP_REMOVED,
                secretary=secretary.name if secretary else "",
                secretary_unit=secretary.unit if secretary else "",
                team=[post.name for post in held if post.kind in TEAM],
                leaders=[f"{post.kind} {post.name}" for post in held if post.kind in TIERS],
                unit=(key.paired_unit if key else "") or stated.get(village.pk, ""),
                units=[
                    Unit(name, helpers, homes, names[village.pk, name][:NAMES])
                    for name, helpers, homes in here[:UNITS]
                ],
                more_units=len(here[UNITS:]),
                pairs=pairs_of(village, *pairs.get(village.pk, (0, 0))),
            )
        )
    return found


def _posts(area: Area, day: datetime.date) -> dict[int, list[Post]]:
    posts: dict[int, list[Post]] = defaultdict(list)
    held = Post.objects.held(day).in_area(area).filter(kind__in=OF_A_VILLAGE)
    for post in held.only("kind", "name", "unit", "area").order_by("area", "start_on", "pk"):
        posts[post.area_id].append(post)
    return posts


def _units(area: Area, day: datetime.date) -> dict[int, list[tuple[str, int, int]]]:
    """(unit, helpers, households) of each village, those with the most households first."""
    found: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    rows = _valid(area, day).values_list("household__village", "unit_name")
    rows = rows.annotate(people=Count("name", distinct=True), homes=Count("household", distinct=True))
    for village, unit, people, homes in rows.order_by("household__village", "-homes", "unit_name"):
        found[village].append((unit, people, homes))
    return found


def _names(area: Area, day: datetime.date) -> dict[tuple[int, str], list[str]]:
    """Names of the helpers of each village and unit; of a county the units alone, which is what its wall has room for."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    if area.level == Level.COUNTY:
        return found
    rows = _valid(area, day).values_list("household__village", "unit_name", "name").distinct()
    for village, unit, name in rows.order_by("household__village", "unit_name", "name"):
        found[village, unit].append(name)
    return found


def _valid(area: Area, day: datetime.date):  # type: ignore[no-untyped-def]
    """Helpers of the day whose household is owed help, as their list has them."""
    owed = owed_help(Household.objects.all(), day)
    return Helper.objects.valid_on(day).in_area(area).filter(household__in=owed)
