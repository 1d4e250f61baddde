"""A year's plan of a county for its towns, or of a town for its villages, by a rule (R034, R322; 004 L739–743).

The whole comes from the adopted plan or from what was set before; the rule proposes, people decide. What is ready
to leave: 橙 (on the register, above the line), on an exit list, or left already this year; of key villages those
that the list of planned villages has for the year.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Sum

from areas.models import Area, Level
from audits.models import YearlyTarget
from audits.procedures import ListKind
from households import year_plan
from households.models import Household
from reporting.apportioning import READY_WEIGHT, Ground, Part, Shares, apportion, share_out
from reporting.plan_figures import PlanFigures
from reporting.planned_villages import shared_out, with_lists
from villages.models import KeyVillage

HOUSEHOLD_FIGURES, VILLAGE_FIGURES = ("households", "persons"), ("villages",)
FIGURES: dict[str, tuple[str, ...]] = {
    ListKind.HOUSEHOLD_EXIT: HOUSEHOLD_FIGURES,
    ListKind.VILLAGE_EXIT: VILLAGE_FIGURES,
}
WORDS = {"households": "户", "persons": "人", "villages": "村"}
NOTHING = {"households": 0, "persons": 0, "villages": 0}
Numbers = tuple[int, ...]


class Rule(models.TextChoices):
    STOCK = "stock", "按存量"
    EASE = "ease", "按难易"
    PLAN = "plan", "按规划表"


@dataclass(frozen=True)
class Place:
    """A town or village: what is there, what is ready, what the plan printed for it, and what was set last."""

    area: Area
    stock: Numbers
    left: Numbers
    ready: Numbers
    printed: int | None
    target: YearlyTarget | None

    def weight(self, rule: str) -> Numbers:
        if rule == Rule.PLAN:
            return (self.printed or 0,) * len(self.stock)
        if rule == Rule.EASE:
            return tuple(
                READY_WEIGHT * ready + stock - ready
                for stock, ready in zip(self.stock, self.ready, strict=True)
            )
        return self.stock


def parts_of(area: Area, day: datetime.date) -> list[Area]:
    """The towns of a county, the villages of a town."""
    if area.level not in (Level.COUNTY, Level.TOWN):
        return []
    return list(Area.objects.filter(parent=area).valid_on(day).order_by("code"))


def places(area: Area, parts: Sequence[Area], kind: str, year: int) -> list[Place]:
    if not parts:
        return []
    plan = PlanFigures.of(area)
    now = {
        one.area_id: one
        for one in YearlyTarget.objects.current().filter(year=year, kind=kind, area__in=parts)
    }
    counted = (_of_villages if kind == ListKind.VILLAGE_EXIT else _of_households)(parts, year)
    none = (0,) * len(FIGURES[kind])
    here = [
        Place(
            part,
            counted[year_plan.STOCK].get(part.pk, none),
            counted[year_plan.GONE].get(part.pk, none),
            counted[year_plan.READY].get(part.pk, none),
            printed(plan, part, kind, year),
            now.get(part.pk),
        )
        for part in parts
    ]
    # Of a town's many villages those that have something to share, if any has.
    some = [place for place in here if any(place.stock) or place.target is not None]
    return some if some and parts[0].level == Level.VILLAGE else here


def printed(plan: PlanFigures, area: Area, kind: str, year: int) -> int | None:
    """Persons, or villages, that the adopted plan has for the area in the year."""
    if kind == ListKind.HOUSEHOLD_EXIT:
        return plan.amount(area, plan.exits(area, year, national=False))
    return plan.amount(area, plan.village_exits(area, year))


def _of_households(parts: Sequence[Area], year: int) -> dict[str, dict[int, Numbers]]:
    column = f"{parts[0].level}_id"
    here = Household.objects.filter(**{f"{column}__in": [part.pk for part in parts]}).order_by()
    counted: dict[str, dict[int, Numbers]] = {}
    for figure in year_plan.PARTS:
        rows = year_plan.shared_out(here, figure, year).values_list(column)
        sums = rows.annotate(homes=Count("pk"), people=Sum("member_count"))
        counted[figure] = {place: (homes, people or 0) for place, homes, people in sums}
    return counted


def _of_villages(parts: Sequence[Area], year: int) -> dict[str, dict[int, Numbers]]:
    up = "area" if parts[0].level == Level.VILLAGE else "area__parent"
    here = with_lists(KeyVillage.objects.filter(**{f"{up}__in": [part.pk for part in parts]}).order_by())
    counted: dict[str, dict[int, Numbers]] = {}
    for figure in year_plan.PARTS:
        rows = here.filter(shared_out(figure, year)).values_list(up).annotate(count=Count("pk"))
        counted[figure] = {place: (count,) for place, count in rows}
    return counted


def propose(whole: Numbers, rule: str, here: Sequence[Place]) -> tuple[list[Numbers], Numbers]:
    """The proposal for each place, and what none of them has the stock for.

    Raises ValueError for fewer persons than households.
    """
    weights = [place.weight(rule) for place in here]
    if len(whole) == 1:
        found: tuple[Shares, ...] = (
            apportion(
                whole[0],
                [Part(weight[0], place.stock[0]) for place, weight in zip(here, weights, strict=True)],
            ),
        )
    else:
        grounds = [Ground(*place.stock, *weight) for place, weight in zip(here, weights, strict=True)]
        found = share_out(whole[0], whole[1], grounds)
    return list(zip(*(shares.parts for shares in found), strict=True)), tuple(one.over for one in found)


def whole_of(area: Area, kind: str, year: int, here: Sequence[Place]) -> tuple[Numbers | None, str]:
    """What there is to share out and where it comes from: what was set for the area, else the adopted plan.

    A plan prints persons: households are as many as those persons have on the register of the area, rounded.
    """
    target = YearlyTarget.objects.current().filter(area=area, year=year, kind=kind).first()
    if target is not None:
        return tuple(
            getattr(target, name) for name in FIGURES[kind]
        ), f"已下达（{target.get_source_display()}）"
    plan = PlanFigures.of(area)
    figure = printed(plan, area, kind, year)
    if figure is None:
        return None, ""
    if kind == ListKind.VILLAGE_EXIT:
        return (figure,), plan.name
    return (households_for(figure, here), figure), f"{plan.name}的人数，户数按在册户均人口折算"


def households_for(persons: int, here: Sequence[Place]) -> int:
    homes, people = (sum(place.stock[number] for place in here) for number in (0, 1))
    return min(persons, (2 * persons * homes + people) // (2 * people)) if people else 0
