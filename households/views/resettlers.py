"""`/households/resettlers/`: 水库移民 as they stood on a day; the list behind the report `resettlers`."""

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from households.lists.resettlers import households
from office import clock
from office.listing import Page, area_choices


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = households(request.user, request.GET, day)
    page = Page(rows=[], total=0)
    if not listed.refusal:
        page = listed.page(request, sums={"persons": Sum("members")}, exact=True)
    context = {
        "form": listed.form,
        "page": page,
        "persons": page.sums.get("persons") or 0,
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "may_report": Capability.REPORT_VIEW in request.user.capabilities(),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "households/resettlers.html", context, status=422 if listed.refusal else 200)
