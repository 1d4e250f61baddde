"""`/villages/events/`: key-village events; what a figure of 摘帽 counts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import require
from accounts.roles import Capability
from office import clock
from office.listing import Page, area_choices, asked_area, page_by_key
from villages.filters import EventFilter
from villages.models import KeyVillageEvent


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    events = KeyVillageEvent.objects.visible_to(request.user).select_related("area__parent")
    require(request.user, Capability.VILLAGE_VIEW)
    area = asked_area(request)
    form = EventFilter(request.GET)
    page = Page(rows=[], total=0)
    if form.is_valid():
        page = page_by_key(form.matching(events.in_area(area)), request, order=("-on", "-pk"), exact=True)
    context = {
        "form": form,
        "page": page,
        "area": area,
        "areas": area_choices(request.user, area, clock.today()),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "villages/events.html", context, status=200 if form.is_valid() else 422)
