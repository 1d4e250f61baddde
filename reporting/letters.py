"""责任书 drawn up from the plan (R257, R264): the tasks of a letter are what the plan and the yearly targets have for the place."""

import datetime
from collections.abc import Iterable
from typing import Any

from areas.models import Area, Level
from audits.procedures import ListKind
from audits.targets import YearlyTarget
from reporting.plan_figures import PlanFigures
from villages.missing import LOOKED_FOR, without_letter
from villages.models import Letter, Post, PostKind, Tier

TASKS = (
    "完成年度减贫任务；落实“两不愁三保障”，不漏一户、不错一人；管好用好扶贫资金；脱贫后政策三年不减；"
    "第一书记和驻村工作队在岗在位。"
)


def draw(places: Iterable[Area], *, year: int, day: datetime.date, by: Any, at: datetime.datetime) -> int:
    """A letter for every place and tier that has none of the year, signed or not; how many. `places` are the user's."""
    found = {place.pk: place for place in places}
    targets = {
        one.area_id: one
        for one in YearlyTarget.objects.current().filter(
            area__in=found, year=year, kind=ListKind.HOUSEHOLD_EXIT
        )
    }
    drawn = set(Letter.objects.standing().filter(area__in=found, year=year).values_list("area", "tier"))
    secretaries = {
        post.area_id: post
        for post in Post.objects.held(day).filter(area__in=found, kind=PostKind.FIRST_SECRETARY)
    }
    plans: dict[int, PlanFigures] = {}
    made = []
    for tier in LOOKED_FOR:
        lacking = without_letter(Area.objects.filter(pk__in=found), tier, year, day)
        for place in lacking.values_list("pk", flat=True):
            if (place, tier) in drawn:
                continue
            area, post = found[place], secretaries.get(place) if tier == Tier.SECRETARY else None
            giver, taker = _parties(area, tier, post)
            target = targets.get(place)
            persons = target.persons if target is not None else _planned(area, year, plans)
            made.append(
                Letter(
                    year=year,
                    tier=tier,
                    area=area,
                    giver=giver,
                    taker=taker,
                    post=post,
                    target_households=target.households if target is not None else None,
                    target_persons=persons,
                    tasks=TASKS,
                    recorded_by=by,
                    recorded_at=at,
                )
            )
    return len(Letter.objects.bulk_create(made))


def _parties(area: Area, tier: str, post: Post | None) -> tuple[str, str]:
    above = area.parent.name if area.parent is not None else ""
    if tier == Tier.TOWN:
        return f"{above}人民政府", f"{area.name}党委、政府"
    return f"{above}党委、政府", post.name if post is not None else f"{area.name}党支部、村委会"


def _planned(area: Area, year: int, plans: dict[int, PlanFigures]) -> int | None:
    """Persons that the adopted plan has for a town; plans name no villages."""
    if area.level != Level.TOWN:
        return None
    county = area.parent_id or 0
    plan = plans.setdefault(county, PlanFigures.of(area)) if county not in plans else plans[county]
    return plan.amount(area, plan.exits(area, year, national=False))
