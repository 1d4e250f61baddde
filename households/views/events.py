"""`/households/events/`: the dated events behind a report's figure. The list counts to its cell."""

from django.db.models import Sum
from django.db.models.functions import Abs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.permissions import require
from accounts.roles import Capability
from households.forms import EventFilter
from households.models import StatusEvent
from households.record import head_names
from office import clock
from office.listing import Page, area_choices, asked_area, page_by_key


def listing(request: HttpRequest) -> HttpResponse:
    """Records in `data-total`, persons moved in or out in `data-persons`, both for the whole filter."""
    events = StatusEvent.objects.visible_to(request.user)
    require(request.user, Capability.REGISTER_VIEW)
    area = asked_area(request)
    form = EventFilter(request.GET)
    page = Page(rows=[], total=0)
    if form.is_valid():
        page = page_by_key(
            form.matching(events.in_area(area)).select_related("household", "person", "village", "town"),
            request,
            order=("-on", "-pk"),
            sums={"persons": Sum(Abs("persons")), "households": Sum(Abs("households"))},
            exact=any(form.cleaned_data.values()),
        )
        names = head_names(event.household_id for event in page.rows)
        for event in page.rows:
            event.head_name = names.get(event.household_id, "")
    context = {
        "form": form,
        "page": page,
        "area": area,
        "areas": area_choices(request.user, area, clock.today()),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "households/events.html", context, status=200 if form.is_valid() else 422)
