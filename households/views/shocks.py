"""Shocks of a household: entering and settling; the colour follows at once."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from households.care.shocks import Settle, ShockForm
from households.models import Household, Shock
from households.views.care_form import Late, form_page, household_for
from office import clock, trail

SETTLED = "这项变故已经登记消除"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, number: str) -> HttpResponse:
    household, day = household_for(request, number, Capability.REGISTER_EDIT), clock.today()
    data = request.POST if request.method == "POST" else None
    shock = Shock(household=household)  # type: ignore[misc]
    form = ShockForm(data, instance=shock, household=household, day=day)

    def save() -> str:
        form.save()
        _noted(request, "登记变故", household, shock)
        return f"已登记：{shock}。{_coloured(household)}"

    return form_page(request, household, form, title="登记变故", submit="登记", save=save)


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: SignedIn, number: str, pk: int) -> HttpResponse:
    household, day = household_for(request, number, Capability.REGISTER_EDIT), clock.today()
    shock = get_object_or_404(household.shocks, pk=pk)
    if shock.settled_on is not None:
        return refused(request, SETTLED)
    data = request.POST if request.method == "POST" else None
    form = Settle(data, instance=shock, household=household, day=day)

    def save() -> str:
        open_one = household.shocks.filter(pk=shock.pk, settled_on__isnull=True)
        if not open_one.update(settled_on=form.cleaned_data["settled_on"]):
            raise Late(SETTLED)
        _noted(request, "消除变故", household, shock)
        return f"已登记消除：{shock}。{_coloured(household)}"

    return form_page(request, household, form, title=f"消除变故：{shock}", submit="登记消除", save=save)


def _coloured(household: Household) -> str:
    """Judges the colour again and says what it is now; who is not judged has none."""
    household.refresh_colour(clock.today())
    return f"该户现在是{household.colour}色。" if household.colour else ""


def _noted(request: SignedIn, action: str, household: Household, shock: Shock) -> None:
    detail = {
        "户编号": household.number,
        "变故": shock.kind,
        "发生日期": shock.happened_on,
        "消除日期": shock.settled_on,
    }
    trail.record(action, request=request, subject=shock, area=household.village, detail=detail)
