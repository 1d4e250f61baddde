"""`/incidents/`: 前哨. A village finds and reports, the town and the district handle and close."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from office import clock, trail
from office.listing import area_choices
from villages.incident_forms import CloseForm, HandleForm, IncidentForm, ReportForm
from villages.incident_list import incidents
from villages.models.incident import Incident, IncidentLevel, IncidentState, OutOfTurn


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = incidents(request.user, request.GET, day)
    context = {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "late": Incident.objects.visible_to(request.user).in_area(listed.area).overdue(day).count(),
        "may_report": Capability.INCIDENT_REPORT in request.user.capabilities(),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "villages/incidents.html", context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.INCIDENT_REPORT)
    day, home = clock.today(), request.user.home_area
    data = request.POST if request.method == "POST" else None
    first = {"area": home.code if home else "", "found_on": day}
    form = IncidentForm(data, user=request.user, day=day, initial=first)
    if form.is_valid():
        facts = form.cleaned_data
        require(request.user, Capability.INCIDENT_REPORT, facts["area"])
        major = facts["level"] == IncidentLevel.MAJOR
        days = settings.INCIDENT_REPORT_DAYS_MAJOR if major else settings.INCIDENT_REPORT_DAYS
        with transaction.atomic():
            made = Incident.find(by=request.user, at=clock.moment(), days=days, **facts)
            _noted(request, "发现涉贫事件", made)
        messages.success(request, f"已登记，{made.report_by}前上报。")
        return _to(made)
    return render(request, "villages/incident_new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _incident(request, pk, Capability.INCIDENT_VIEW))


@require_POST
def report(request: SignedIn, pk: int) -> HttpResponse:
    one = _incident(request, pk, Capability.INCIDENT_REPORT)
    form = ReportForm(request.POST)
    if one.state != IncidentState.FOUND:
        return refused(request, f"这件事现在是“{one.state}”，已经上报。")
    if not form.is_valid():
        return _page(request, one, report_form=form, status=422)

    def act() -> None:
        days = settings.INCIDENT_CLOSE_DAYS
        one.report(by=request.user, at=clock.moment(), days=days, note=form.cleaned_data["note"])

    return _step(request, one, act, "上报涉贫事件", "已上报镇街和区扶贫办。")


@require_POST
def handle(request: SignedIn, pk: int) -> HttpResponse:
    one = _incident(request, pk, Capability.INCIDENT_HANDLE)
    form = HandleForm(request.POST, day=clock.today())
    if one.state not in (IncidentState.REPORTED, IncidentState.HANDLED):
        return refused(request, f"这件事现在是“{one.state}”，不能处置。")
    if not form.is_valid():
        return _page(request, one, handle_form=form, status=422)

    def act() -> None:
        one.handle(by=request.user, at=clock.moment(), **form.cleaned_data)

    return _step(request, one, act, "处置涉贫事件", "已登记处置。")


@require_POST
def close(request: SignedIn, pk: int) -> HttpResponse:
    one = _incident(request, pk, Capability.INCIDENT_HANDLE)
    form = CloseForm(request.POST)
    if one.state != IncidentState.HANDLED:
        return refused(request, f"这件事现在是“{one.state}”，处置以后才办结。")
    if not form.is_valid():
        return _page(request, one, close_form=form, status=422)

    def act() -> None:
        one.close(by=request.user, at=clock.moment(), result=form.cleaned_data["result"])

    return _step(request, one, act, "办结涉贫事件", "已办结。")


def _incident(request: SignedIn, pk: int, capability: Capability) -> Incident:
    visible = Incident.objects.visible_to(request.user).select_related("area__parent__parent__parent__parent")
    one: Incident = get_object_or_404(visible, pk=pk)
    require(request.user, capability, one.area)
    return one


def _step(request: SignedIn, one: Incident, act: Callable[[], None], action: str, said: str) -> HttpResponse:
    try:
        with transaction.atomic():
            act()
            _noted(request, action, one)
    except OutOfTurn as late:
        return refused(request, f"{late}。")
    messages.success(request, said)
    return _to(one)


def _page(request: SignedIn, one: Incident, status: int = 200, **forms: Any) -> HttpResponse:
    def able(capability: Capability) -> bool:
        return request.user.scope_of(capability).covers(one.area)

    day = clock.today()
    handles = able(Capability.INCIDENT_HANDLE)
    context = {
        "one": one,
        "late": one.is_late(day),
        "steps": one.steps.select_related("by"),
        "may_report": able(Capability.INCIDENT_REPORT) and one.state == IncidentState.FOUND,
        "may_handle": handles and one.state in (IncidentState.REPORTED, IncidentState.HANDLED),
        "may_close": handles and one.state == IncidentState.HANDLED,
        "report_form": ReportForm(),
        "handle_form": HandleForm(day=day, initial={"handler": one.handler, "close_by": one.close_by}),
        "close_form": CloseForm(),
        **forms,
    }
    return render(request, "villages/incident.html", context, status=status)


def _to(one: Incident) -> HttpResponse:
    return HttpResponseRedirect(reverse("villages:incident", args=[one.pk]), status=303)


def _noted(request: SignedIn, action: str, one: Incident) -> None:
    detail = {"类别": one.kind, "程度": one.level, "状态": one.state, "处置单位": one.handler}
    kept = {name: value for name, value in detail.items() if value}
    trail.record(action, request=request, subject=one, area=one.area, detail=kept)
