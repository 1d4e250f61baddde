"""`/households/`: the register as a list, as it stands or as it stood on a day."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area, Level
from areas.scope import AreaScope
from households import tally
from households.forms import RegisterFilter
from households.models import Household, StatusEvent
from households.record import head_names, within, written
from office import clock
from office.listing import (
    EXACT_UP_TO,
    PLACE,
    Column,
    Page,
    area_choices,
    asked_area,
    chosen_columns,
    kept_a_minute,
    page_by_key,
)

COLUMNS = [
    Column("town", "镇街", lambda row: row.town.name, "nb hide-phone", said=False),
    Column("village", "村", lambda row: row.village.name, "nb s3", said=False, sort="village"),
    Column("group", "组", lambda row: row.villager_group, "nb s3", said=False),
    Column("persons", "人口", lambda row: row.persons_shown, "n s1", sort="-persons"),
    Column("standard", "标准", lambda row: row.poverty_standard),
    Column("cause", "主要致贫原因", lambda row: row.poverty_cause),
    Column("mark", "状态", lambda row: row.mark, "nb s1"),
    Column("colour", "四色", lambda row: _four(row.colour), "", standard=False),
    Column("attribute", "贫困户属性", lambda row: row.attribute, standard=False),
    Column("planned", "计划脱贫年度", lambda row: row.planned_exit_year, "n", standard=False),
    Column("registered", "建档立卡日期", lambda row: written(row.registered_on), standard=False),
]
# Columns of the table that a row needs.
NEEDED = (
    "number",
    "county",
    "town__name",
    "village__name",
    "villager_group",
    "member_count",
    "poverty_standard",
    "poverty_cause",
    "exit_mark",
    "registered_on",
    "removed_on",
    "planned_exit_year",
    "colour",
    "attribute",
)
SORTS = {"village": ("village__code",), "persons": ("member_count",)}
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
def listing(request: HttpRequest) -> HttpResponse:
    households = Household.objects.visible_to(request.user)
    require(request.user, Capability.REGISTER_VIEW)
    day, area = clock.today(), asked_area(request)
    events = StatusEvent.objects.visible_to(request.user)
    scope: AreaScope = request.user.area_scope()  # type: ignore[union-attr]
    areas = area_choices(request.user, area, day)
    form = RegisterFilter(request.GET)
    page, parts = Page(rows=[], total=0), []
    if form.is_valid():
        found = form.matching(households, Household.objects.all(), events, area, day.year)
        asked = form.cleaned_data
        figures = None
        if form.by_stock:
            stock = tally.stock(form.events(events.in_area(area)), asked["on_register"], asked["as_of"])
            figures = {"total": stock.households, "persons": stock.persons}
        page = page_by_key(
            found.select_related("village", "town").only(*NEEDED),
            request,
            # By name in the order of the index, which is that in which the households came.
            order=("pk",) if asked["q"] else ("number",),
            sorts=SORTS,
            sums={"persons": Sum("counted_persons" if asked["on_register"] else "member_count")},
            figures=figures,
        )
        names = head_names(row.pk for row in page.rows)
        members = form.members_found(page.rows)
        for row in page.rows:
            row.head_name = names.get(row.pk, "")
            row.members_found = [name for name in members.get(row.pk, ()) if name != row.head_name]
            row.persons_shown = row.counted_persons if asked["on_register"] else row.member_count
            row.mark = _mark(row, day.year)
            row.may_open = within(scope, row)
        top = area or _only_area(request, scope)
        if top is not None and top.level in PARTS:
            if form.by_stock:
                known = form.events(events.in_area(top)).known(asked["on_register"], asked["as_of"])
                parts = _parts(top, known, Sum("households"), Sum("persons"), page.total, areas)
            elif not asked["on_register"] and not asked["q"]:
                parts = _parts(top, found, Count("pk"), Sum("member_count"), page.total, areas)
    context = {
        "form": form,
        "page": page,
        "area": area,
        "areas": areas,
        "above": [one for one in area.ancestors() if scope.covers(one)] if area else [],
        "columns": COLUMNS,
        "shown": chosen_columns(request, COLUMNS),
        "parts": parts,
        "parts_url": _without_area(request),
        "may_edit": Capability.REGISTER_EDIT in request.user.capabilities(),  # type: ignore[union-attr]
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "households/list.html", context, status=200 if form.is_valid() else 422)


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


def _only_area(request: HttpRequest, scope: AreaScope) -> Area | None:
    """The area of who holds just one."""
    own = scope.counties | scope.towns | scope.villages
    home: Area | None = request.user.home_area  # type: ignore[union-attr]
    return home if home is not None and len(own) <= 1 else None


def _without_area(request: HttpRequest) -> str:
    """This list from its first page, ready for the code of another area to be written behind it."""
    query = request.GET.copy()
    for name in ("area", *PLACE):
        query.pop(name, None)
    query["area"] = ""
    return f"{request.path}?{query.urlencode()}"


def _four(colour: str) -> SafeString:
    return render_to_string("_/four.html", {"colour": colour})


def _mark(row: Household, year: int) -> str:
    if row.removed_on is not None:
        return "注销"
    if row.registered_on is None:
        return "未纳入"
    return str(row.shown_mark(year))
