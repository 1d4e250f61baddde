"""Households without a helper, without 三落实, not visited for long, to be examined as 特困: work lists with the
counts of their parts."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from areas.models import Area, Level
from households.care.filters import PAIRED
from households.lists import care
from office import clock
from office.listing import PLACE, Listed, area_choices

# The column by which the parts of an area are told apart; below a town, and without one area, the village.
PARTS = {Level.PROVINCE: "county__parent", Level.CITY: "county", Level.COUNTY: "town"}
KEYS = {
    "unpaired": care.UNPAIRED_KEY,
    "unsettled": care.UNSETTLED_KEY,
    "unvisited": care.UNVISITED_KEY,
    "examined": care.EXAMINED_KEY,
}


@require_safe
def unpaired(request: SignedIn) -> HttpResponse:
    """`?state=paired` turns it round: those that have one."""
    listed = care.unpaired(request.user, request.GET, clock.today())
    paired = not listed.refusal and listed.form.cleaned_data["state"] == PAIRED
    return _page(request, "unpaired", listed, form=listed.form, paired=paired)


@require_safe
def unsettled(request: SignedIn) -> HttpResponse:
    return _page(request, "unsettled", care.unsettled(request.user, request.GET, clock.today()))


@require_safe
def examined(request: SignedIn) -> HttpResponse:
    return _page(request, "examined", care.examined(request.user, request.GET, clock.today()))


@require_safe
def unvisited(request: SignedIn) -> HttpResponse:
    listed = care.unvisited(request.user, request.GET, clock.today())
    days = None if listed.refusal else listed.form.cleaned_data["days"] or settings.VISIT_DAYS
    return _page(request, "unvisited", listed, form=listed.form, days=days)


def _page(request: SignedIn, work: str, listed: Listed, **more: Any) -> HttpResponse:
    area, scope = listed.area, request.user.area_scope()
    query = request.GET.copy()
    for name in ("area", *PLACE):
        query.pop(name, None)
    query["area"] = ""
    areas = area_choices(request.user, area, clock.today())
    context = {
        "work": work,
        "key": KEYS[work],
        "page": listed.page(request, sums={"persons": Sum("member_count")}),
        "columns": listed.columns,
        "area": area,
        "areas": areas,
        "above": [one for one in area.ancestors() if scope.covers(one)] if area else [],
        "parts": _parts(listed.rows, area or request.user.home_area, areas),
        "parts_url": f"{request.path}?{query.urlencode()}",
        "narrowed": area is not None or any(request.GET.get(name) for name in ("days", "state")),
        **more,
    }
    return render(request, "households/care_list.html", context, status=422 if listed.refusal else 200)


def _parts(found: Any, top: Area | None, known: list[Area]) -> list[tuple[Area, int, int]]:
    """(part, households, persons) of the parts of `top` that count somebody, in code order; areas that are `known`
    are not asked for again."""
    by = PARTS.get(Level(top.level), "village") if top is not None else "village"
    rows = found.order_by().values_list(by).annotate(here=Count("pk"), people=Sum("member_count"))
    counts = {pk: (here, people) for pk, here, people in rows}
    areas = {one.pk: one for one in known if one.pk in counts}
    areas |= Area.objects.in_bulk(counts.keys() - areas.keys())
    return [(one, *counts[one.pk]) for one in sorted(areas.values(), key=lambda one: one.code)]
