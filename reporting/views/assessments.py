"""`/assessments/`: 年底考核 of the towns, drawn up from a kept run by the district, settled by the leading group."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from measures.models import ProjectRecord, RecordKind
from office import clock, trail
from reporting import settling
from reporting.assessment_forms import SettleForm, VetoForm
from reporting.definitions.assessment import DEFINITION
from reporting.models import ReportRun, TownAssessment
from reporting.models.assessment import Settled
from villages.models import EventKind, WorkEvent

C = Capability


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    visible = TownAssessment.objects.visible_to(request.user)
    require(request.user, C.REPORT_VIEW)
    return _page(request, visible, _year(request))


@require_POST
def draw(request: SignedIn) -> HttpResponse:
    """From a kept run of the sheet of a county; `run` is its id."""
    runs = ReportRun.objects.visible_to(request.user).filter(kind=DEFINITION.kind, area__level=Level.COUNTY)
    require(request.user, C.INSPECT)
    try:
        run = runs.select_related("area__parent__parent").filter(pk=request.POST.get("run", "")).first()
    except (ValueError, forms.ValidationError):
        run = None
    if run is None:
        return refused(request, "请选一份区级的考核事实表。", 422)
    require(request.user, C.INSPECT, run.area)
    try:
        with transaction.atomic():
            made = TownAssessment.draw(run, settling.facts(run), by=request.user, at=clock.moment())
            detail = {"年度": run.year, "镇街": len(made), "校验码": run.checksum}
            trail.record("拟定考核", request=request, subject=run, area=run.area, detail=detail)
    except Settled as settled:
        return refused(request, f"{settled}。")
    messages.success(request, f"已按这份事实表拟定 {len(made)} 个镇街的考核，由领导小组审定。")
    return _to(run.year)


@require_POST
def veto(request: SignedIn, pk: int) -> HttpResponse:
    visible = TownAssessment.objects.visible_to(request.user).select_related("area__parent__parent__parent")
    one: TownAssessment = get_object_or_404(visible, pk=pk)
    require(request.user, C.INSPECT, one.area)
    form = VetoForm(request.POST)
    if not form.is_valid():
        reasons = "；".join(str(error) for errors in form.errors.values() for error in errors)
        return refused(request, f"{reasons}。", 422)
    try:
        with transaction.atomic():
            one.veto(vetoed=form.cleaned_data["vetoed"], reason=form.cleaned_data["reason"])
            word = "一票否决" if one.vetoed else "撤销一票否决"
            detail = {"年度": one.year, "原因": one.veto_reason}
            trail.record(word, request=request, subject=one, area=one.area, detail=detail)
    except Settled as settled:
        return refused(request, f"{settled}。")
    messages.success(request, f"{one}：{word}。")
    return _to(one.year)


@require_POST
def settle(request: SignedIn) -> HttpResponse:
    """All towns of the own county that wait, of one year."""
    visible = TownAssessment.objects.visible_to(request.user)
    require(request.user, C.ASSESS)
    year, form = _year(request), SettleForm(request.POST)
    if not form.is_valid():
        return _page(request, visible, year, settle_form=form, status=422)
    try:
        with transaction.atomic():
            rows = visible.filter(year=year)
            document = form.cleaned_data["document"]
            count = TownAssessment.settle(rows, document=document, by=request.user, at=clock.moment())
            detail = {"年度": year, "镇街": count, "文号": document}
            area = request.user.home_area
            trail.record("审定考核", request=request, area=area, detail=detail)
    except Settled as settled:
        return refused(request, f"{settled}。")
    messages.success(request, f"已审定 {year}年 {count} 个镇街的考核。")
    return _to(year)


def _year(request: SignedIn) -> int:
    text = (request.POST if request.method == "POST" else request.GET).get("year", "")
    if not text:
        return clock.today().year - 1
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Http404("no such year")
    return int(text)


def _page(request: SignedIn, visible: Any, year: int, status: int = 200, **typed: Any) -> HttpResponse:
    able, day = request.user.capabilities(), clock.today()
    rows = list(
        visible.filter(year=year)
        .select_related("area", "run", "drawn_by", "settled_by")
        .order_by("area__code")
    )
    steps, cases = settling.follow_ups(rows), _cases(rows, year)
    for row in rows:
        row.steps, row.cases = steps.get(row.pk, []), cases.get(row.area_id, 0)
        row.veto_form = VetoForm(auto_id=f"veto{row.pk}_%s", initial={"reason": row.veto_reason})
    county = request.user.home_area.at(Level.COUNTY) if request.user.home_area else None
    waiting = [row for row in rows if row.settled_at is None]
    context = {
        "rows": rows,
        "year": year,
        "years": range(day.year, day.year - 4, -1),
        "runs": _runs(request, year) if C.INSPECT in able else [],
        "may_draw": C.INSPECT in able and not any(row.settled_at for row in rows),
        "may_veto": C.INSPECT in able and bool(waiting),
        "may_settle": C.ASSESS in able and bool(waiting),
        "settle_form": SettleForm(),
        "due": settling.due(county, day) if county is not None and C.INSPECT in able else [],
        "may_log": C.WORK_LOG in able,
        "sheet_url": reverse("reporting:report", args=[DEFINITION.kind]),
        **typed,
    }
    return render(request, "reporting/assessments.html", context, status=status)


def _runs(request: SignedIn, year: int) -> Any:
    runs = ReportRun.objects.visible_to(request.user)
    return runs.filter(kind=DEFINITION.kind, year=year, area__level=Level.COUNTY).select_related("area")[:10]


def _cases(rows: list[TownAssessment], year: int) -> dict[int, int]:
    """问题追责 of projects and 责任追究 of the year, by town: what may be a reason to veto (R246, R316)."""
    towns = Area.objects.filter(pk__in=[row.area_id for row in rows])
    found: dict[int, int] = {}
    for places in (("area", "area__parent"), ("project__area", "project__area__parent")):
        asked: Any = (
            WorkEvent.objects.standing().filter(kind=EventKind.BLAME)
            if places[0] == "area"
            else ProjectRecord.objects.filter(kind=RecordKind.MISUSE)
        )
        for place in places:
            counted = asked.filter(on__year=year, **{f"{place}__in": towns}).order_by().values_list(place)
            for town, count in counted.annotate(count=Count("pk")):
                found[town] = found.get(town, 0) + count
    return found


def _to(year: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('reporting:assessments')}?year={year}", status=303)
