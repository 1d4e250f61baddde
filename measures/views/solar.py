"""`/projects/solar/`: which village and which household photovoltaic help goes to first, and why."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from measures import solar, solar_lists
from office import clock
from office.listing import area_choices


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = solar_lists.solar_list(request.user, request.GET, day)
    context: dict[str, Any] = {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "rule": solar.RULE,
        "source": solar.SOURCE,
        "homes": not listed.refusal and listed.form.asked == solar_lists.HOMES,
        "may_edit": Capability.PROJECT_EDIT in request.user.capabilities(),
        "may_funds": Capability.FUND_VIEW in request.user.capabilities(),
    }
    return render(request, "measures/solar.html", context, status=422 if listed.refusal else 200)
