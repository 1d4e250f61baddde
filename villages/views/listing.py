"""`/villages/`: the villages of one's area. With `key=` it is the list behind a figure of villages/tally.py."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import require
from accounts.roles import Capability
from office import clock
from office.listing import Page, area_choices, asked_area, page_by_key
from villages.filters import KEYS, VillageFilter
from villages.models import KeyVillage, Village, VillageYear


@require_safe
def village_list(request: HttpRequest) -> HttpResponse:
    villages = Village.objects.visible_to(request.user).with_town()
    require(request.user, Capability.VILLAGE_VIEW)
    area, today = asked_area(request), clock.today()
    form = VillageFilter(request.GET)
    page, title = Page(rows=[], total=0), ""
    if form.is_valid():
        found = form.matching(villages, area, today)
        page = page_by_key(found, request, order=("area__code", "pk"), exact=bool(form.by_key))
        title = KEYS.get(form.by_key, "")
    _add_facts(page.rows, today.year)
    context = {
        "form": form,
        "page": page,
        "title": title,
        "area": area,
        "areas": area_choices(request.user, area, today),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "villages/list.html", context, status=200 if form.is_valid() else 422)


def _add_facts(villages: Iterable[Village], until: int) -> None:
    """Sets `facts` (the last year's) and `key` of each village of a page, in two queries for all."""
    rows = list(villages)
    years = VillageYear.objects.filter(village__in=rows, year__lte=until).order_by("village_id", "year")
    facts = {year.village_id: year for year in years}
    keys = {key.area_id: key for key in KeyVillage.objects.filter(area__in=[row.area_id for row in rows])}
    for row in rows:
        row.facts = facts.get(row.pk)  # type: ignore[attr-defined]
        row.key = keys.get(row.area_id)  # type: ignore[attr-defined]
