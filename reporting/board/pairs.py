"""How many households are paired with a helper, and how many people are posted and help, by part of an area.

As the records stand today: pairings have no history of days. Whose help is owed, and whether somebody helps, are the
rules of the list of households without a helper; each figure opens the list that counts to it.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.urls import reverse

from areas.models import Area, Level
from households.care.filters import PAIRED
from households.care.owed import owed_help
from households.models import Helper, Household
from reporting.board.ground import Figure
from villages.models import Post, PostKind
from villages.models.post import RESIDENT

HELPED, ALONE, SECRETARY, TEAM, HELPERS = "helped", "alone", "secretary", "team", "helpers"
# The group of the list of posts that has first secretaries and teams.
RESIDENTS = "驻村队伍"
# The columns by which households and posts are counted for the parts of an area.
COLUMN: dict[str, str] = {
    Level.PROVINCE: "county__parent",
    Level.CITY: "county",
    Level.COUNTY: "town",
    Level.TOWN: "village",
    Level.VILLAGE: "village",
}
STEPS: dict[str, str] = {
    Level.PROVINCE: "area__parent__parent__parent",
    Level.CITY: "area__parent__parent",
    Level.COUNTY: "area__parent",
    Level.TOWN: "area",
    Level.VILLAGE: "area",
}

# (part or None for the whole, what) → how many
Counts = Counter[tuple[int | None, str]]


@dataclass(frozen=True)
class Pairs:
    """Households that are owed help: with a helper on the day, and without."""

    paired: Figure
    unpaired: Figure

    @property
    def whole(self) -> int:
        return int(self.paired.value or 0) + int(self.unpaired.value or 0)


@dataclass(frozen=True)
class PartPairs:
    """A line of the table: a part of the area with its pairs and posts; the team with its first secretaries."""

    area: Area
    pairs: Pairs
    secretaries: Figure
    team: Figure
    helpers: Figure


def lines(area: Area, day: datetime.date) -> tuple[PartPairs, list[PartPairs]]:
    """The whole and its parts, in six statements whatever their number."""
    counts = _pairs(area, day) + _posts(area, day) + _helpers(area, day)
    parts: list[Area] = []
    if area.level != Level.VILLAGE:
        counted = {place for place, _ in counts} - {None, area.pk}
        valid = Q(pk__in=area.parts(day).values("pk"))
        parts = list(Area.objects.filter(valid | Q(pk__in=counted)).order_by("code", "pk"))
    return _line(area, None, counts), [_line(one, one.pk, counts) for one in parts]


def of_villages(area: Area, day: datetime.date) -> dict[int, tuple[int, int]]:
    """Households paired and not, by village."""
    found: dict[int, tuple[int, int]] = {}
    for place, helped, homes in _owed(area, day).values_list("village", "helped").annotate(homes=Count("pk")):
        paired, alone = found.get(place, (0, 0))
        found[place] = (paired + homes, alone) if helped else (paired, alone + homes)
    return found


def _line(area: Area, place: int | None, counts: Counts) -> PartPairs:
    return PartPairs(
        area,
        pairs_of(area, counts[place, HELPED], counts[place, ALONE]),
        Figure(counts[place, SECRETARY], _post_list(area, PostKind.FIRST_SECRETARY)),
        Figure(counts[place, TEAM], _post_list(area, RESIDENTS)),
        Figure(counts[place, HELPERS], _list("households:helpers", area)),
    )


def pairs_of(area: Area, paired: int, unpaired: int) -> Pairs:
    return Pairs(
        Figure(paired, _list("households:without-helper", area, state=PAIRED)),
        Figure(unpaired, _list("households:without-helper", area)),
    )


def _list(name: str, area: Area, **query: str) -> str:
    return f"{reverse(name)}?{urlencode({'area': area.code, **query})}"


def _post_list(area: Area, kind: str) -> str:
    asked = {"group": RESIDENTS} if kind == RESIDENTS else {"kind": kind}
    return _list("villages:posts", area, held="在岗", **asked)


def _owed(area: Area, day: datetime.date) -> Any:
    valid = Helper.objects.valid_on(day).filter(household=OuterRef("pk"))
    return owed_help(Household.objects.in_area(area), day).annotate(helped=Exists(valid)).order_by()


def _pairs(area: Area, day: datetime.date) -> Counts:
    counts: Counts = Counter()
    for place, helped, homes in (
        _owed(area, day).values_list(COLUMN[area.level], "helped").annotate(homes=Count("pk"))
    ):
        for key in {None, place}:
            counts[key, HELPED if helped else ALONE] += homes
    return counts


def _posts(area: Area, day: datetime.date) -> Counts:
    counts: Counts = Counter()
    held = Post.objects.held(day).in_area(area).filter(kind__in=RESIDENT).order_by()
    for place, kind, people in held.values_list(STEPS[area.level], "kind").annotate(people=Count("pk")):
        for key in {None, place}:
            counts[key, TEAM] += people
            if kind == PostKind.FIRST_SECRETARY:
                counts[key, SECRETARY] += people
    return counts


def _helpers(area: Area, day: datetime.date) -> Counts:
    """Helpers (name and unit) by part, as the list of helpers tells them apart; one who helps in two counts in both,
    and once in the whole."""
    owed = owed_help(Household.objects.all(), day)
    valid = Helper.objects.valid_on(day).in_area(area).filter(household__in=owed).order_by()
    people = Count(Concat("name", Value("\t"), "unit_name"), distinct=True)
    counts: Counts = Counter({(None, HELPERS): valid.aggregate(people=people)["people"]})
    by = f"household__{COLUMN[area.level]}"
    for place, number in valid.values_list(by).annotate(people=people):
        counts[place, HELPERS] = number
    return counts
