"""`/plans/villages/`: the villages that are to leave by name and year, one village's years, and the file of them."""

import hashlib

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from areas.models import Area, Level
from audits import counties
from office import clock, trail
from office.listing import Page, area_choices
from reporting import planned_villages
from reporting.planned_forms import DateForm, PlannedFileForm
from reporting.planned_villages import STATES, planned
from reporting.reading import PlanRefused
from villages.models import KeyVillage


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = planned(request.user, request.GET, day)
    form, area = listed.form, listed.area
    page = Page(rows=[], total=0) if listed.refusal else listed.page(request)
    county = _county(request, area)
    states = planned_villages.by_state(area, request.user, day)
    context = {
        "form": form,
        "page": page,
        "columns": listed.columns,
        "area": area,
        "areas": area_choices(request.user, area, day),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
        "states": [(key, word, states[key]) for key, word in STATES.items() if states.get(key)],
        "apart": _disagreements(request, county, area) if county is not None else [],
        "may_date": Capability.PLAN_IMPORT in request.user.capabilities(),
    }
    return render(request, "reporting/planned_villages.html", context, status=422 if listed.refusal else 200)


def _county(request: SignedIn, area: Area | None) -> Area | None:
    """Whose plan the names are held against: that of the area asked for, else one's own."""
    here = area or request.user.home_area
    county = here.at(Level.COUNTY) if here is not None else None
    return county or next(iter(counties.of(request.user)), None)


def _disagreements(request: SignedIn, county: Area, area: Area | None) -> list[planned_villages.Disagreement]:
    """Those of areas within one's own, and within the one asked for."""
    scope = request.user.area_scope()
    return [
        one
        for one in planned_villages.disagreements(county, clock.today())
        if scope.covers(one.area) and (area is None or area.pk in (one.area.pk, one.area.parent_id))
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def village(request: SignedIn, code: str) -> HttpResponse:
    """A village's planned year, the years it had before, and the form that dates it."""
    visible = KeyVillage.objects.visible_to(request.user).select_related("area__parent__parent")
    try:
        area = Area.objects.visible_to(request.user).by_code(code)
    except Area.DoesNotExist as error:
        raise Http404(f"没有代码为 {code} 的村") from error
    key: KeyVillage = get_object_or_404(visible, area=area)
    require(request.user, Capability.PLAN_VIEW)
    if request.method == "POST":
        require(request.user, Capability.PLAN_IMPORT, key.area)
    form = DateForm(request.POST or None, initial={"year": key.planned_exit_year})
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        year, reason = form.cleaned_data["year"], form.cleaned_data["reason"]
        try:
            with transaction.atomic():
                changed = key.plan_exit(year, by=request.user, reason=reason)
                if changed:
                    detail = {"村": key.area.name, "年度": year, "原因": reason}
                    trail.record("计划重点村退出", request=request, subject=key, area=key.area, detail=detail)
        except ValidationError as refusal:
            form.add_error("year", refusal)
        else:
            said = f"{key.area.name}计划{year}年退出。" if year else f"{key.area.name}没有定退出年度。"
            messages.success(request, said if changed else "没有改动。")
            return HttpResponseRedirect(reverse("reporting:planned-village", args=[code]), status=303)
    row = planned_villages.with_lists(visible).get(pk=key.pk)
    context = {
        "key": key,
        "state": STATES[planned_villages.state_of(row, clock.today().year)],
        "form": form if request.user.scope_of(Capability.PLAN_IMPORT).covers(key.area) else None,
        "years": _years(key),
    }
    return render(request, "reporting/planned_village.html", context, status=status)


def _years(key: KeyVillage) -> list[object]:
    """The changes of its planned year in its history, the latest first."""
    rows = list(key.history.select_related("history_user").order_by("history_date", "history_id"))
    found, before = [], None
    for row in rows:
        if row.planned_exit_year != before:
            found.append(row)
            before = row.planned_exit_year
    return found[::-1]


@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: SignedIn) -> HttpResponse:
    """Dates every village of the file, or none of them; a refused file answers with every line and its reason."""
    require(request.user, Capability.PLAN_IMPORT)
    own = Area.objects.filter(
        pk__in=[one.pk for one in counties.of(request.user) if _covers(request, one)]
    ).order_by("code")
    form = PlannedFileForm(request.POST or None, request.FILES or None, counties=own)
    if request.method == "POST" and form.is_valid():
        county, reason = form.cleaned_data["county"], form.cleaned_data["reason"]
        try:
            rows = planned_villages.matched(form.lines, county, clock.today())
        except PlanRefused as refusal:
            form.refuse(refusal)
        else:
            with transaction.atomic():
                changed = planned_villages.date_all(rows, by=request.user, reason=reason)
                checksum = hashlib.sha256(form.content).hexdigest()
                detail = {"村": len(rows), "改动": changed, "依据": reason, "校验码": checksum}
                trail.record("导入计划退出村", request=request, area=county, detail=detail)
            messages.success(request, f"已读 {len(rows)} 个村，{changed} 个的年度有改动。")
            address = f"{reverse('reporting:planned-villages')}?area={county.code}"
            return HttpResponseRedirect(address, status=303)
    status = 422 if request.method == "POST" else 200
    return render(request, "reporting/planned_import.html", {"form": form}, status=status)


def _covers(request: SignedIn, county: Area) -> bool:
    return request.user.scope_of(Capability.PLAN_IMPORT).covers(county)
