"""One village: facts by year, staff, its history as a key village; the register's panel by URL name."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from areas.models import Area, Level
from office import clock
from office.codes import CodesField
from villages.models import KeyVillage, Post, VillageYear
from villages.models.village_year import GROUPS, UNITS
from villages.views.fetch import village_of
from villages.work.kinds import KINDS

YEARS_SHOWN = 6


@dataclass(frozen=True)
class FactRow:
    label: str
    unit: str
    values: list[str]


@dataclass(frozen=True)
class Checklist:
    """五通 or 十有 of one year: what the village has and what it still lacks."""

    label: str
    have: tuple[str, ...]
    lack: tuple[str, ...]


@require_safe
def village(request: SignedIn, code: str) -> HttpResponse:
    found = village_of(request, code)
    require(request.user, Capability.VILLAGE_VIEW)
    able = request.user.capabilities()
    years = list(found.years.order_by("-year")[:YEARS_SHOWN])[::-1]
    # Of a village that moved since, too: what happened here is told here.
    key = KeyVillage.objects.of(found.area).first()
    context = {
        "village": found,
        "town": found.area.at(Level.TOWN),
        "county": found.area.at(Level.COUNTY),
        "in_key_town": found.provincial_key_town,
        "years": years,
        "groups": [(title, [_row(name, years) for name in names]) for title, names in GROUPS.items()],
        "newest": years[-1] if years else None,
        "checklists": _checklists(years[-1]) if years else [],
        "key": key,
        "events": key.events.order_by("on", "pk") if key else [],
        "posts": Post.objects.held(clock.today()).filter(area=found.area).order_by("kind", "start_on"),
        "work": _work(found.area, able),
        "may_edit": Capability.VILLAGE_EDIT in able,
    }
    return render(request, "villages/village.html", context)


def _work(area: Area, able: frozenset[Capability]) -> list[tuple[str, str]]:
    """The lists of people and work, narrowed to the village."""
    return [
        (kind.title, f"{reverse(kind.list_name)}?area={area.code}")
        for kind in KINDS.values()
        if kind.view in able
    ]


def _row(name: str, years: list[VillageYear]) -> FactRow:
    field = VillageYear._meta.get_field(name)
    label = str(field.verbose_name)  # type: ignore[union-attr]
    return FactRow(label, UNITS.get(name, ""), [_shown(field, getattr(year, name)) for year in years])


def _shown(field: Any, value: Any) -> str:
    """Unknown is empty; money with commas, rates to one decimal (look §2)."""
    if value is None:
        return ""
    if isinstance(field, models.BooleanField):
        return "是" if value else "否"
    if isinstance(field, CodesField):
        return f"{len(value)}/{len(field.code_list.words)}" if value else ""
    if isinstance(value, Decimal):
        return f"{value:,.1f}" if UNITS[field.name] in ("%", "公里") else f"{value:,.2f}"
    return str(value)


def _checklists(facts: VillageYear) -> list[Checklist]:
    """Those that were filled in; an empty one is unknown, not a village that lacks everything."""
    found = []
    for field in VillageYear._meta.get_fields():
        if isinstance(field, CodesField) and (have := getattr(facts, field.name)):
            lack = tuple(word for word in field.code_list.words if word not in have)
            found.append(Checklist(str(field.verbose_name), have, lack))
    return found
