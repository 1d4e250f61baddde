"""Households without a helper, and those not visited for long: work lists with the counts of their parts."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area, Level
from areas.scope import AreaScope
from households.care.filters import VisitedSince
from households.care.owed import helpers_of, last_visits, not_visited, without_helper
from households.models import Household
from households.models.household import HouseholdQuerySet
from households.record import head_names
from office import clock
from office.listing import PLACE, Page, area_choices, asked_area, page_by_key

NEEDED = (
    "number",
    "village__name",
    "town__name",
    "villager_group",
    "member_count",
    "exit_mark",
    "left_on",
    "colour",
)
# The column by which the parts of an area are told apart; below a town, and without one area, the village.
PARTS = {Level.PROVINCE: "county__parent", Level.CITY: "county", Level.COUNTY: "town"}


@require_safe
def unpaired(request: HttpRequest) -> HttpResponse:
    households = Household.objects.visible_to(request.user)
    require(request.user, Capability.REGISTER_VIEW)
    day, area = clock.today(), asked_area(request)
    return _page(request, "unpaired", without_helper(households.in_area(area), day), area)


@require_safe
def unvisited(request: HttpRequest) -> HttpResponse:
    """`?days=` narrows; the deployment's own number (VISIT_DAYS) stands without it."""
    households = Household.objects.visible_to(request.user)
    require(request.user, Capability.REGISTER_VIEW)
    day, area = clock.today(), asked_area(request)
    form = VisitedSince(request.GET)
    if not form.is_valid():
        return _page(request, "unvisited", households.none(), area, form=form)
    days = form.cleaned_data["days"] or settings.VISIT_DAYS
    return _page(
        request, "unvisited", not_visited(households.in_area(area), day, days), area, form=form, days=days
    )


def _page(
    request: HttpRequest, work: str, found: HouseholdQuerySet, area: Area | None, **more: Any
) -> HttpResponse:
    day = clock.today()
    page: Page = page_by_key(
        found.select_related("village", "town").only(*NEEDED),
        request,
        order=("number",),
        sums={"persons": Sum("member_count")},
    )
    keys = [row.pk for row in page.rows]
    names, helpers, visits = head_names(keys), helpers_of(keys, day), last_visits(keys, day)
    for row in page.rows:
        row.head_name, row.helper_names = names.get(row.pk, ""), helpers.get(row.pk, "")
        row.last_visit = visits.get(row.pk)
    scope: AreaScope = request.user.area_scope()  # type: ignore[union-attr]
    form = more.get("form")
    query = request.GET.copy()
    for name in ("area", *PLACE):
        query.pop(name, None)
    query["area"] = ""
    context = {
        "work": work,
        "page": page,
        "area": area,
        "areas": area_choices(request.user, area, day),
        "above": [one for one in area.ancestors() if scope.covers(one)] if area else [],
        "parts": _parts(found, area or request.user.home_area),  # type: ignore[union-attr]
        "parts_url": f"{request.path}?{query.urlencode()}",
        "narrowed": area is not None or bool(request.GET.get("days")),
        **more,
    }
    wrong = form is not None and bool(form.errors)
    return render(request, "households/care_list.html", context, status=422 if wrong else 200)


def _parts(found: HouseholdQuerySet, top: Area | None) -> list[tuple[Area, int, int]]:
    """(part, households, persons) of the parts of `top` that count somebody, in code order."""
    by = PARTS.get(Level(top.level), "village") if top is not None else "village"
    rows = found.order_by().values_list(by).annotate(here=Count("pk"), people=Sum("member_count"))
    counts = {pk: (here, people) for pk, here, people in rows}
    areas = sorted(Area.objects.in_bulk(counts).values(), key=lambda one: one.code)
    return [(one, *counts[one.pk]) for one in areas]
