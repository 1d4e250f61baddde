"""`/households/events/`: the dated events behind a report's figure. The list counts to its cell."""

from django.db.models import Sum
from django.db.models.functions import Abs
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from households.lists.events import events
from office import clock
from office.listing import Page, area_choices


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    """Records in `data-total`, persons moved in or out in `data-persons`, both for the whole filter."""
    day = clock.today()
    listed = events(request.user, request.GET, day)
    form, area = listed.form, listed.area
    page = Page(rows=[], total=0)
    if not listed.refusal:
        page = listed.page(
            request,
            sums={"persons": Sum(Abs("persons")), "households": Sum(Abs("households"))},
            exact=any(form.cleaned_data.values()),
        )
    context = {
        "form": form,
        "page": page,
        "area": area,
        "columns": listed.columns,
        "areas": area_choices(request.user, area, day),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "households/events.html", context, status=422 if listed.refusal else 200)
