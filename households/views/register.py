"""`/households/`: the register as a list, as it stands or as it stood on a day."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import SignedIn
from accounts.roles import Capability
from areas.models import Area, Level
from areas.scope import AreaScope
from households import tally
from households.lists.register import COLUMNS, register
from households.models import StatusEvent
from office import clock
from office.listing import EXACT_UP_TO, PLACE, Page, area_choices, kept_a_minute

# The column by which the parts of an area are told apart.
PARTS = {
    Level.PROVINCE: "county__parent_id",
    Level.CITY: "county_id",
    Level.COUNTY: "town_id",
    Level.TOWN: "village_id",
}


@dataclass(frozen=True)
class Part:
    area: Area
    households: int
    persons: int


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = register(request.user, request.GET, day)
    form, area = listed.form, listed.area
    events = StatusEvent.objects.visible_to(request.user)
    scope = request.user.area_scope()
    areas = area_choices(request.user, area, day)
    page, parts = Page(rows=[], total=0), []
    if not listed.refusal:
        asked = form.cleaned_data
        figures = None
        if form.by_stock:
            stock = tally.stock(form.events(events.in_area(area)), asked["on_register"], asked["as_of"])
            figures = {"total": stock.households, "persons": stock.persons}
        persons = Sum("counted_persons" if form.of_a_day else "member_count")
        page = listed.page(request, sums={"persons": persons}, figures=figures, exact=form.of_figure)
        top = area or _only_area(request.user, scope)
        if top is not None and top.level in PARTS:
            if form.by_stock:
                known = form.events(events.in_area(top)).known(asked["on_register"], asked["as_of"])
                parts = _parts(top, known, Sum("households"), Sum("persons"), page.total, areas)
            elif not form.of_figure and not asked["q"]:
                parts = _parts(top, listed.rows, Count("pk"), Sum("member_count"), page.total, areas)
    context = {
        "form": form,
        "page": page,
        "area": area,
        "areas": areas,
        "above": [one for one in area.ancestors() if scope.covers(one)] if area else [],
        "columns": listed.columns,
        "offered": [column for column in COLUMNS if not column.pinned],
        "chosen": {column.key for column in listed.columns},
        "parts": parts,
        "parts_url": _without_area(request),
        "may_edit": Capability.REGISTER_EDIT in request.user.capabilities(),
        "may_reveal": Capability.REVEAL in request.user.capabilities(),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "households/list.html", context, status=422 if listed.refusal else 200)


def _parts(
    top: Area, rows: QuerySet, households: Any, persons: Any, total: int, areas: list[Area]
) -> list[Part]:
    """Households and persons of each direct part of `top`; a part of old stays while it counts somebody."""
    by = PARTS[Level(top.level)]
    query = rows.order_by().values_list(by).annotate(households_here=households, persons_here=persons)

    def count() -> dict[int, tuple[int, int]]:
        return {pk: (here or 0, people or 0) for pk, here, people in query}

    counts = kept_a_minute(rows, f"parts {by}", count) if total > EXACT_UP_TO else count()
    found = {area.pk: area for area in areas if area.parent_id == top.pk}
    if closed := counts.keys() - found.keys():
        found |= Area.objects.in_bulk(closed)
    return [
        Part(area, *counts.get(area.pk, (0, 0)))
        for area in sorted(found.values(), key=lambda area: area.code)
    ]


def _only_area(user: User, scope: AreaScope) -> Area | None:
    """The area of who holds just one."""
    own = scope.counties | scope.towns | scope.villages
    home = user.home_area
    return home if home is not None and len(own) <= 1 else None


def _without_area(request: HttpRequest) -> str:
    """This list from its first page, ready for the code of another area to be written behind it."""
    query = request.GET.copy()
    for name in ("area", *PLACE):
        query.pop(name, None)
    query["area"] = ""
    return f"{request.path}?{query.urlencode()}"
