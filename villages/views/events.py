"""`/villages/events/`: key-village events; what a figure of 摘帽 counts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from office import clock
from office.listing import area_choices
from villages.lists import events


@require_safe
def event_list(request: SignedIn) -> HttpResponse:
    listed = events(request.user, request.GET, clock.today())
    form, area = listed.form, listed.area
    context = {
        "form": form,
        "page": listed.page(request, exact=True),
        "columns": listed.columns,
        "area": area,
        "areas": area_choices(request.user, area, clock.today()),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "villages/events.html", context, status=422 if listed.refusal else 200)
