"""`/households/full-exports/`: files with full numbers. One asks with a reason, another agrees, one fetches."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import password_again
from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area
from households import full_export
from households.lists.full_exports import full_exports
from households.models import FullExport, FullExportState
from office import clock, trail
from office.download import download
from office.exports import CONTENT_TYPES, LONGEST_QUERY, Format
from office.listing import area_in
from office.models import Outcome
from office.sealed_file import pieces

REASON = {
    "required": "请填原因",
    "min_length": "请把原因写清楚",
    "max_length": "原因不超过 200 个字",
}


class AskingForm(forms.Form):
    """What for, and which numbers."""

    numbers = forms.MultipleChoiceField(
        label="完整的号码",
        choices=[(name, told[0]) for name, told in full_export.NUMBERS.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=["id_number"],
        error_messages={"required": "请选要哪些号码", "invalid_choice": "没有“%(value)s”这一项"},
    )
    reason = forms.CharField(
        label="原因",
        min_length=4,
        max_length=200,
        help_text="用在哪里、交给谁；不要写号码",
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages=REASON,
    )
    once = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)


class DecliningForm(forms.Form):
    reason = forms.CharField(
        label="不同意的原因",
        min_length=2,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages=REASON,
    )


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    """The own requests, and those of others in the own area."""
    listed = full_exports(request.user, request.GET, clock.today())
    context = {"page": listed.page(request), "columns": listed.columns, "area": listed.area}
    return render(request, "households/full_exports.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """The address has the filter of the register's list; 303 to the request."""
    require(request.user, Capability.REVEAL)
    try:
        query, households = full_export.asked_for(request.user, request.GET, clock.today())
    except full_export.Refused as unread:
        return refused(request, f"条件没有看懂：{unread}", 422)
    if len(query) > LONGEST_QUERY:
        return refused(request, "条件太长，请在贫困户清单里重新选定范围，再申请。", 422)
    counts = full_export.counted(households)
    area = _area(request)
    if area is None:
        return refused(request, "任职的区域不止一个，请先在贫困户清单里选定范围，再申请。", 422)
    require(request.user, Capability.REVEAL, area)
    asked = request.method == "POST"
    form = AskingForm(request.POST if asked else None, initial={"once": uuid.uuid4().hex})
    problem = ""
    if asked and form.is_valid():
        facts = form.cleaned_data
        problem = password_again.missing(request) or ("" if counts[1] else "没有符合条件的人，不用导出")
        if not problem:
            try:
                return _to(_ordered(request, area, query, facts, counts))
            except full_export.Refused as reason:
                problem = str(reason)
                detail = {"原因": facts["reason"], "人数": counts[1], "不成": problem}
                trail.record(
                    "申请完整号码导出", area=area, detail=detail, outcome=Outcome.REFUSED, request=request
                )
    context = {
        "form": form,
        "problem": problem,
        "asks_password": not password_again.entered_lately(request),
        "area": area,
        "conditions": full_export.narrowed_by(query),
        "households": counts[0],
        "persons": counts[1],
        "needs_second": full_export.needs_second(counts[1]),
    }
    return render(request, "households/full_export_new.html", context, status=422 if asked else 200)


def _area(request: SignedIn) -> Area | None:
    """The area of the list; without one that of whoever holds just one."""
    asked = area_in(request.GET, request.user)
    held = {duty.area_id for duty in request.user.valid_duties()}
    return asked or (request.user.home_area if len(held) == 1 else None)


def _ordered(
    request: SignedIn, area: Area, query: str, facts: dict[str, Any], counts: tuple[int, int]
) -> FullExport:
    """The request and its row in the trail; of a click sent again the first one."""
    with transaction.atomic():
        known = FullExport.objects.filter(owner=request.user, once=facts["once"]).exists()
        export = full_export.order(
            request.user,
            area,
            query,
            facts["numbers"],
            reason=facts["reason"],
            once=facts["once"],
            counts=counts,
            now=clock.now(),
        )
        if not known:
            trail.record(
                "申请完整号码导出",
                subject=export,
                area=area,
                detail={**full_export.told(export), "须另一人同意": export.needs_second},
                request=request,
            )
    return export


@require_safe
def show(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    export = _fetch(request, pk)
    require(request.user, Capability.REVEAL, export.area)
    return _page(request, export)


@sensitive_post_parameters("password")
@require_POST
def agree(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """The second person's yes; only now the file is made."""
    export = _fetch(request, pk)
    _check_second(request, export)
    if problem := password_again.missing(request):
        return _page(request, export, problem=problem, status=422)
    with transaction.atomic():
        done = export.decide(FullExportState.MAKING, by=request.user, at=clock.now())
        if done:
            full_export.begin(export)
            _note(request, export, "同意完整号码导出")
    return _to(export) if done else refused(request, _standing(export), 409)


@require_POST
def decline(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    export = _fetch(request, pk)
    _check_second(request, export)
    form = DecliningForm(request.POST)
    if not form.is_valid():
        return _page(request, export, declining=form, status=422)
    reason = form.cleaned_data["reason"]
    with transaction.atomic():
        done = export.decide(FullExportState.DECLINED, by=request.user, at=clock.now(), answer=reason)
        if done:
            _note(request, export, "不同意完整号码导出", 意见=reason)
    return _to(export) if done else refused(request, _standing(export), 409)


@sensitive_post_parameters("password")
@require_POST
def file(request: SignedIn, pk: uuid.UUID) -> HttpResponseBase:
    """The file for whoever asked, for a day, while the right lasts; each time a row of the trail."""
    export = get_object_or_404(FullExport.objects.own(request.user).select_related("area"), pk=pk)
    require(request.user, Capability.REVEAL, export.area)
    if export.state != FullExportState.MADE or export.over(clock.now()):
        return refused(request, _standing(export), 409)
    if problem := password_again.missing(request):
        return _page(request, export, problem=problem, status=422)
    try:
        content = pieces(export.path, export.pk)
    except FileNotFoundError as gone:
        raise Http404("the file is not on this server") from gone
    with transaction.atomic():
        _note(request, export, "下载完整号码文件", 行数=export.rows, 校验码=export.checksum)
    return download(content, f"{export}.xlsx", CONTENT_TYPES[Format.XLSX], size=export.size)


def _fetch(request: SignedIn, pk: uuid.UUID) -> FullExport:
    visible = FullExport.objects.visible_to(request.user)
    found: FullExport = get_object_or_404(visible.select_related("area", "owner", "second", "job"), pk=pk)
    return found


def _to(export: FullExport) -> HttpResponse:
    return HttpResponseRedirect(reverse("households:full-export", args=[export.pk]), status=303)


def _check_second(request: SignedIn, export: FullExport) -> None:
    """A refusal by four eyes stands in the trail."""
    try:
        full_export.check_second(request.user, export)
    except PermissionDenied:
        _note(request, export, "复核完整号码导出", Outcome.REFUSED)
        raise


def _note(request: SignedIn, export: FullExport, action: str, outcome: str = Outcome.OK, **more: Any) -> None:
    detail = {**full_export.told(export), "申请人": str(export.owner), **more}
    trail.record(action, subject=export, area=export.area, detail=detail, outcome=outcome, request=request)


def _standing(export: FullExport) -> str:
    """Why it can be neither agreed to nor fetched now."""
    export.refresh_from_db()
    if export.over(clock.now()):
        return "这项申请已过 24 小时，请重新申请。"
    if export.second is not None:
        word = "不同意" if export.state == FullExportState.DECLINED else "同意"
        return f"已由{export.second}{word}。"
    return f"这项申请{export.get_state_display()}。"


def _page(
    request: SignedIn,
    export: FullExport,
    *,
    problem: str = "",
    declining: DecliningForm | None = None,
    status: int = 200,
) -> HttpResponse:
    over, mine = export.over(clock.now()), export.owner_id == request.user.pk
    context = {
        "export": export,
        "told": full_export.told(export),
        "over": over,
        "mine": mine,
        "may_decide": export.state == FullExportState.WAITING and not over and not mine,
        "may_fetch": export.state == FullExportState.MADE and not over and mine,
        "declining": declining or DecliningForm(),
        "problem": problem,
        "asks_password": not password_again.entered_lately(request),
    }
    return render(request, "households/full_export.html", context, status=status)
