"""`/audits/houses/`: how far house renovation has come, by month and house by house (R141)."""

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from audits.house_list import EVENTS, houses, months
from office import clock
from office.listing import area_choices


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = houses(request.user, request.GET, day)
    year = (None if listed.refusal else listed.form.cleaned_data["year"]) or day.year
    context = {
        "form": listed.form,
        "page": listed.page(request, sums={"subsidy": Sum("subsidy")}),
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
        "year": year,
        "events": list(EVENTS.values()),
        "months": months(request.user, request.GET, year),
    }
    return render(request, "audits/houses.html", context, status=422 if listed.refusal else 200)
