"""The parts of an area as a board shows them: direct children, or every village of a county.

Every figure is the one that a report has for the same area, year and day, with the same list behind it: stock and
exits those of 年度退出统计, key villages those of 重点村名单, planned figures those of the adopted plan, and where it
prints none (it names no villages) the yearly target. 贫困发生率 is the stock over the rural population of the year
(domain §1); it is unknown while a village of the area has no figure for the year.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, Sum

from areas.models import Area, Level
from audits.procedures import ListKind
from audits.targets import YearlyTarget
from reporting.definitions import exit_tally, key_villages
from reporting.definitions.rows import child_areas, share
from reporting.lists import key_village_list
from reporting.plan_figures import PlanFigures
from reporting.report import HOUSEHOLDS, PERSONS, Request, Value
from villages import tally
from villages.filters import DESIGNATED, STANDING
from villages.incidence import incidence
from villages.models import KeyVillageEventKind, VillageYear
from villages.models.key_village import WAY_THEN

# A wall has room for so many villages of a county; where they are more its towns are drawn.
VILLAGES = 600

# How many steps a village lies below an area of the level.
STEPS: dict[str, int] = {
    Level.VILLAGE: 0,
    Level.TOWN: 1,
    Level.COUNTY: 2,
    Level.CITY: 3,
    Level.PROVINCE: 4,
}
BELOW: dict[str, Level] = {
    Level.PROVINCE: Level.CITY,
    Level.CITY: Level.COUNTY,
    Level.COUNTY: Level.TOWN,
    Level.TOWN: Level.VILLAGE,
}


@dataclass(frozen=True)
class Figure:
    """A number and the list that counts to it; None is not known."""

    value: Value
    url: str | None = None


@dataclass(frozen=True)
class Key:
    """A key village on the day: `out` when it has left the list, `year` when it did or is to, `word` what is said of it."""

    name: str
    code: str
    level: str
    out: bool
    year: int | None
    word: str


@dataclass(frozen=True)
class Part:
    """A line of a board. `progress` is left ÷ planned in percent; `rural` and `incidence` None where not known."""

    area: Area
    households: Figure
    persons: Figure
    planned: int | None
    left: Figure
    progress: str | None
    rural: int | None
    incidence: Decimal | None
    chosen: Figure
    standing: Figure
    keys: list[Key] = field(default_factory=list)


@dataclass(frozen=True)
class Ground:
    """`level` is that of the parts; a village has none."""

    request: Request
    whole: Part
    parts: list[Part]
    level: str
    plan: PlanFigures
    targets: "Targets"
    counts: exit_tally.Counts


class Targets:
    """Persons planned to leave, by area and year: the adopted plan's figure, else the current yearly target's."""

    def __init__(self, plan: PlanFigures, areas: list[Area]) -> None:
        self.plan = plan
        current = YearlyTarget.objects.current().filter(area__in=areas, kind=ListKind.HOUSEHOLD_EXIT)
        self.set = {
            (area, year): persons for area, year, persons in current.values_list("area", "year", "persons")
        }

    def shown(self, area: Area, year: int) -> Value:
        """The same as it is printed."""
        printed = self.plan.value(self.plan.exits(area, year, national=False))
        return self.set.get((area.pk, year)) if printed is None else printed

    def persons(self, area: Area, year: int) -> int | None:
        printed = self.plan.amount(area, self.plan.exits(area, year, national=False))
        return self.set.get((area.pk, year)) if printed is None else printed


def of(request: Request, by_village: bool = False) -> Ground:
    """Ten statements or so, whatever the number of areas. `by_village`: the villages of a county, not its towns."""
    area = request.area
    by_village = by_village and area.level == Level.COUNTY
    level = Level.VILLAGE if by_village else BELOW.get(area.level, Level.VILLAGE)
    counts = exit_tally.count(request, below="village_id" if by_village else None)
    counted = [place for place, *_ in counts]
    areas = _villages(request, counted) if by_village else child_areas(request, counted)
    plan = PlanFigures.of(area)
    targets = Targets(plan, [area, *areas])
    rural, keys = _rural(request, level), _keys(request)

    def part(one: Area, place: int | None) -> Part:
        homes, people, left = (
            Figure(counts[place, False, figure, unit], exit_tally.address(request, one.code, figure, unit))
            for figure, unit in (
                (exit_tally.NOW, HOUSEHOLDS),
                (exit_tally.NOW, PERSONS),
                (exit_tally.EXIT, PERSONS),
            )
        )
        planned, here = targets.persons(one, request.year), keys[one.pk]
        lists = (
            key_village_list(one.code, key, "", request.until, request.as_of)
            for key in (DESIGNATED, STANDING)
        )
        standing = sum(not key.out for key in here)
        chosen, on_list = (
            Figure(number, url) for number, url in zip((len(here), standing), lists, strict=True)
        )
        poor = counts[place, False, exit_tally.NOW, PERSONS]
        return Part(
            area=one,
            households=homes,
            persons=people,
            planned=planned,
            left=left,
            progress=share(counts[place, False, exit_tally.EXIT, PERSONS], planned or 0),
            rural=rural.get(one.pk),
            incidence=incidence(poor, rural.get(one.pk)),
            chosen=chosen,
            standing=on_list,
            keys=here,
        )

    parts = [part(one, one.pk) for one in areas]
    return Ground(request, part(area, None), parts, level, plan, targets, counts)


def many_villages(area: Area) -> bool:
    """More than a wall has room for."""
    return Area.objects.filter(parent__parent=area, valid_to__isnull=True).count() > VILLAGES


def _villages(request: Request, counted: list[int | None]) -> list[Area]:
    """Villages of the county valid on the day, and any other with something to count, town by town."""
    valid = Area.objects.valid_on(request.as_of).filter(
        parent__parent=request.area, level=Level.VILLAGE
    )  # the same rule as child_areas, a level further down
    found = Area.objects.filter(
        Q(pk__in=valid.values("pk")) | Q(pk__in=[pk for pk in counted if pk is not None])
    )
    return list(found.select_related("parent").order_by("parent__code", "code", "pk"))


def _rural(request: Request, level: str) -> dict[int, int]:
    """Rural population of the year by area, the whole too; only where every village of it has a figure."""
    area = request.area
    villages = Area.objects.in_area(area).filter(level=Level.VILLAGE).valid_on(request.until)
    up = "__parent" * STEPS[level]
    expected = dict(
        villages.order_by().values_list(f"parent{up[8:]}" if up else "pk").annotate(n=Count("pk"))
    )
    years = VillageYear.objects.filter(year=request.year, village__area__in=villages.values("pk"))
    rows = (
        years.order_by().values_list(f"village__area{up}").annotate(n=Count("pk"), s=Sum("rural_population"))
    )
    known = {pk: people for pk, number, people in rows if expected.get(pk) == number}
    if expected and known.keys() == expected.keys():
        known[area.pk] = sum(known.values())
    return known


def _keys(request: Request) -> dict[int, list[Key]]:
    """Key villages chosen by the day, under the id of every area they lay in."""
    rows = list(
        tally.designated(request.area, request.until, request.as_of)
        .select_related("area")
        .order_by("area__code", "pk")
    )
    days = key_villages.event_days(request, [row.pk for row in rows])
    found: dict[int, list[Key]] = defaultdict(list)
    for row in rows:
        kind = getattr(row, "kind_then", "")
        out = kind == KeyVillageEventKind.CAP_REMOVED
        on = days.get((row.pk, KeyVillageEventKind.CAP_REMOVED)) if out else None
        year = getattr(on, "year", None) if out else row.planned_exit_year
        if not out and year is not None and year < request.until.year:
            year = None  # a plan that is over: it came back, or did not leave
        word = _said(out, year, back=kind == KeyVillageEventKind.RETURNED)
        key = Key(row.area.name, row.area.code, getattr(row, "level_then", ""), out, year, word)
        for place in {getattr(row, name) for name in WAY_THEN}:
            found[place].append(key)
    return found


def _said(out: bool, year: int | None, *, back: bool) -> str:
    if out:
        return f"{year}年已摘帽" if year else "已摘帽"
    if year:
        return f"计划{year}年退出"
    return "返回，在列" if back else "在列，年度未定"


def by_year(keys: list[Key]) -> list[tuple[str, list[Key]]]:
    """Key villages of an area by what is said of them: those out first, in the order of the years."""
    groups: dict[tuple[bool, int, str], list[Key]] = defaultdict(list)
    for key in keys:
        groups[not key.out, key.year or 9999, key.word].append(key)
    return [(word, of_it) for (*_, word), of_it in sorted(groups.items())]
