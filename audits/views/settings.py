"""`/audits/windows/`, `/audits/settings/`: what a county records of the national system and sets for its audits."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area
from audits import counties
from audits.models import AdjustmentWindow, AuditSetting
from audits.settings_forms import SettingForm, WindowForm, default, names
from audits.views.refusing import Refusal, attempt
from office import clock
from office.days import written


@dataclass(frozen=True)
class Standing:
    """A setting of a county as it holds today; `since` is None for what holds where nothing was set."""

    word: str
    value: Decimal | int
    given: AuditSetting | None
    coming: AuditSetting | None


@require_http_methods(["GET", "HEAD", "POST"])
def windows(request: SignedIn) -> HttpResponse:
    places = counties.of(request.user)
    require(request.user, Capability.AUDIT_VIEW)
    day, status, form = clock.today(), 200, None
    mine = counties.set_by(request.user)
    if request.method == "POST":
        require(request.user, Capability.AUDIT_SETTINGS)
    if mine:
        form = WindowForm(request.POST if request.method == "POST" else None, counties=mine)
    if request.method == "POST" and form is not None:
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            outcome = attempt(lambda: AdjustmentWindow.record(**asked, by=request.user, at=clock.moment()))
            if not isinstance(outcome, Refusal):
                messages.success(
                    request, f"已登记开放调整期：{written(outcome.opens_on)}至{written(outcome.closes_on)}。"
                )
                return HttpResponseRedirect(reverse("audits:windows"), status=303)
            status = outcome.status
            form.add_error(None, list(outcome.reasons))
    rows = AdjustmentWindow.objects.filter(county__in=[place.pk for place in places])
    context = {
        "form": form,
        "rows": rows.select_related("county", "recorded_by"),
        "day": day,
        "several": len(places) > 1,
        "own": {place.pk for place in mine},
    }
    return render(request, "audits/windows.html", context, status=status)


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """A window entered by mistake; what was struck off in it stays as it is."""
    window = get_object_or_404(AdjustmentWindow, county__in=counties.of(request.user), pk=pk)
    require(request.user, Capability.AUDIT_SETTINGS, area=window.county)
    if not window.withdraw(by=request.user, at=clock.moment()):
        return refused(request, "这个调整期已经撤回。")
    messages.success(request, f"已撤回调整期 {written(window.opens_on)}至{written(window.closes_on)}。")
    return HttpResponseRedirect(reverse("audits:windows"), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedIn) -> HttpResponse:
    places = counties.set_by(request.user)
    require(request.user, Capability.AUDIT_SETTINGS)
    day, status = clock.today(), 200
    form = SettingForm(
        request.POST if request.method == "POST" else None, counties=places, day=day, initial={"from_on": day}
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            kind, name = asked["setting"].split(" ")
            outcome = attempt(
                lambda: AuditSetting.set(
                    county=asked["county"],
                    kind=kind,
                    name=name,
                    value=asked["value"],
                    from_on=asked["from_on"],
                    by=request.user,
                    at=clock.moment(),
                )
            )
            if not isinstance(outcome, Refusal):
                messages.success(
                    request, f"已登记，{written(outcome.from_on)}起开的名单用新值，已开的名单不变。"
                )
                return HttpResponseRedirect(reverse("audits:settings"), status=303)
            status = outcome.status
            form.add_error(None, list(outcome.reasons))
    context = {"form": form, "places": [(place, _standing(place, day)) for place in places]}
    return render(request, "audits/settings.html", context, status=status)


def _standing(county: Area, day: object) -> list[Standing]:
    given: dict[str, AuditSetting] = {}
    coming: dict[str, AuditSetting] = {}
    for row in (
        AuditSetting.objects.filter(county=county).select_related("recorded_by").order_by("from_on", "pk")
    ):
        of_day = given if row.from_on <= day else coming
        of_day[f"{row.kind} {row.name}"] = row
    found = []
    for key, word in names().items():
        kind, name = key.split(" ")
        row = given.get(key)
        found.append(Standing(word, row.value if row else default(kind, name), row, coming.get(key)))
    return found
