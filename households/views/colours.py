"""`/colours/`: how many households have which colour, by area, and the margins the colours are judged by."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from households import colours
from households.margins.counts import COLOURS, by_part
from households.margins.forms import FactorsForm, counties_of
from households.margins.jobs import KIND
from households.models import ColourFactors, Household
from office import clock, trail
from office.jobs import enqueue
from office.listing import area_choices, asked_area

VERSIONS = 50


@require_safe
def page(request: SignedIn) -> HttpResponse:
    """`data-total` and `data-persons` are those of the whole area."""
    require(request.user, Capability.REGISTER_VIEW)
    return _page(request)


@require_POST
def set_factors(request: SignedIn) -> HttpResponse:
    """Other margins from a day on; from today on, the county's households are judged anew."""
    require(request.user, Capability.REGISTER_VIEW)
    require(request.user, Capability.LINES_EDIT)
    day = clock.today()
    form = _form(request, request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    asked, factors = form.cleaned_data, form.factors
    require(request.user, Capability.LINES_EDIT, area=asked["county"])
    with transaction.atomic():
        made = ColourFactors.enter(
            asked["county"],
            factors,
            from_on=asked["from_on"],
            source=asked["source"],
            at=clock.moment(),
            by=request.user,
        )
        noted = {
            "起用日期": made.from_on,
            "橙色边缘": factors.fringe,
            "黄色警戒": factors.watched,
            "年数": factors.years,
            "依据": made.source,
        }
        trail.record("设定四色界限", request=request, subject=made, area=made.county, detail=noted)
        if made.from_on <= day:
            enqueue(
                KIND,
                params={"county": made.county_id},
                owner=request.user,
                key=f"{KIND}:{made.pk}",
            )
    when = "正在重新判定，进度见“任务”" if made.from_on <= day else "到那天夜间重新判定"
    messages.success(
        request, f"已设定：{made}，橙色边缘 {factors.fringe}，黄色警戒 {factors.watched}；{when}。"
    )
    return HttpResponseRedirect(reverse("households:colours"), status=303)


def _form(
    request: SignedIn, data: Any = None, applied: dict[int, colours.Factors] | None = None
) -> FactorsForm:
    """`applied`: what the counties apply today, by id, for who has one county alone."""
    counties, day = counties_of(request.user.scope_of(Capability.LINES_EDIT)), clock.today()
    initial = {}
    if applied is not None and len(counties) == 1:
        now = applied.get(counties[0].pk, colours.FACTORS)
        initial = {"fringe": now.fringe, "watched": now.watched, "years": now.years}
    return FactorsForm(data, counties=counties, day=day, initial=initial)


def _page(request: SignedIn, form: FactorsForm | None = None, status: int = 200) -> HttpResponse:
    households, day = Household.objects.visible_to(request.user), clock.today()
    area, scope = asked_area(request), request.user.area_scope()
    top = area or request.user.home_area
    areas = area_choices(request.user, area, day)
    *lines, total = by_part(households, top, areas)
    may_set = Capability.LINES_EDIT in request.user.capabilities()
    county = top.at("county") if top is not None else None
    applied = ColourFactors.objects.on(day)
    versions = ColourFactors.objects.visible_to(request.user).select_related("county", "recorded_by")
    context = {
        "colours": COLOURS,
        "lines": lines,
        "total": total,
        "top": top,
        "area": area,
        "areas": areas,
        "above": [one for one in area.ancestors() if scope.covers(one)] if area else [],
        "narrowed": area is not None,
        "list_url": reverse("households:list"),
        "county": county,
        "factors": applied.get(county.pk if county is not None else 0, colours.FACTORS),
        "versions": versions[:VERSIONS],
        "form": (form or _form(request, applied=applied)) if may_set else None,
    }
    return render(request, "households/colours.html", context, status=status)
