"""`/imports/`: download a workbook, upload it filled in, see what is wrong or what would change, confirm, undo."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.models import (
    ChangeKind,
    Decision,
    ImportBatch,
    ImportChange,
    ImportRow,
    ImportState,
    RegisterWorkbook,
)
from households.workbook import importing, preview, upload
from households.workbook.apart import NONE_BAD, file_name
from households.workbook.forms import UploadForm, WorkbookForm
from households.workbook.jobs import workbook_path
from office import clock, trail
from office.download import download
from office.exports import CONTENT_TYPES, Format
from office.jobs import enqueue
from office.listing import asked_area, page_by_key
from office.models import Job
from office.sealed_file import pieces

ROWS, HOUSEHOLDS = 50, 20  # a page
DONE_ALREADY = "这次导入已经办理过，请刷新后再看"


def _fetch(request: SignedIn, pk: UUID) -> ImportBatch:
    batches = ImportBatch.objects.own(request.user).select_related("area")
    return get_object_or_404(batches, pk=pk)  # type: ignore[no-any-return]


def _to(batch: ImportBatch) -> HttpResponse:
    return HttpResponseRedirect(reverse("households:import", args=[batch.pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: SignedIn) -> HttpResponse:
    """The own uploads and downloads; POST uploads a file and queues its check."""
    batches = ImportBatch.objects.own(request.user).select_related("area")
    require(request.user, Capability.REGISTER_EDIT)
    asked, narrowed = request.method == "POST", asked_area(request)
    form = UploadForm(request.POST if asked else None, request.FILES if asked else None, user=request.user)
    area = request.user.home_area
    if asked and form.is_valid() and area is not None:
        with transaction.atomic():
            batch = importing.take_in(
                request.user, area, form.cleaned_data["file"].name or "", form.content, clock.moment()
            )
            trail.record(
                "上传采集工作簿",
                subject=batch,
                area=area,
                detail={"文件": batch.file_name, "校验码": batch.checksum},
                request=request,
            )
            enqueue("register-import-check", params={"batch": str(batch.pk)}, owner=request.user)
        return _to(batch)
    context = {
        "form": form,
        "asking": _asking(request),
        "page": page_by_key(batches.in_area(narrowed), request, order=("-uploaded_at", "-pk")),
        "area": narrowed,
        "workbooks": RegisterWorkbook.objects.own(request.user).select_related("area")[:5],
    }
    return render(request, "households/imports.html", context, status=422 if asked else 200)


def _asking(request: SignedIn, data: Any = None) -> WorkbookForm:
    this_year = clock.today().year
    home = request.user.home_area
    first = {"area": home.code if home else "", "year": this_year}
    return WorkbookForm(data, user=request.user, this_year=this_year, initial=first)


@require_POST
def make(request: SignedIn) -> HttpResponse:
    """Queues the workbook of an area; asked twice it is one job."""
    batches = ImportBatch.objects.own(request.user).select_related("area")
    require(request.user, Capability.REGISTER_EDIT)
    asking = _asking(request, request.POST)
    if not asking.is_valid():
        context = {
            "form": UploadForm(user=request.user),
            "asking": asking,
            "page": page_by_key(batches, request, order=("-uploaded_at", "-pk")),
        }
        return render(request, "households/imports.html", context, status=422)
    asked = asking.cleaned_data
    require(request.user, Capability.REGISTER_EDIT, asked["area"])
    job = enqueue(
        "register-workbook",
        params={"area": asked["area"].pk, "year": asked["year"]},
        owner=request.user,
    )
    return HttpResponseRedirect(reverse("accounts:job", args=[job.pk]), status=303)


@require_safe
def workbook(request: SignedIn, pk: UUID) -> HttpResponseBase:
    """The file of a download, to whom it was made for alone; a row of the trail each time."""
    made = get_object_or_404(RegisterWorkbook.objects.own(request.user).select_related("area"), pk=pk)
    require(request.user, Capability.REGISTER_EDIT, made.area)
    try:
        content = pieces(workbook_path(made.pk), made.pk)
    except FileNotFoundError as gone:
        raise Http404 from gone
    with transaction.atomic():
        trail.record(
            "下载采集工作簿",
            subject=made,
            area=made.area,
            detail={"年度": made.year, "户数": made.households, "人数": made.persons},
            request=request,
        )
    return download(content, f"{made.area}{made.year}年采集工作簿.xlsx", CONTENT_TYPES[Format.XLSX])


@require_safe
def batch(request: SignedIn, pk: UUID) -> HttpResponse:
    """One upload: its progress, then what is wrong, in conflict, about to change, or to be looked at."""
    shown = _fetch(request, pk)
    require(request.user, Capability.REGISTER_EDIT)
    return _page(request, shown)


def _page(request: SignedIn, shown: ImportBatch, *, refusal: str = "", status: int = 200) -> HttpResponse:
    jobs = Job.objects.of(request.user).filter(params__batch=str(shown.pk))
    parts = _parts(shown)
    asked = request.GET.get("show", "")
    part = next((one for one in parts if one.key == asked), parts[0] if parts else None)
    context: dict[str, Any] = {
        "batch": shown,
        "job": jobs.order_by("-queued_at").first(),
        "parts": parts,
        "part": part.key if part else "",
        "writing": shown.changes.exclude(decision=Decision.REGISTER).count(),
        "undecided": shown.undecided,
        "new_households": any(one.key == "new" for one in parts),
        "refusal": refusal,
    }
    if part is not None:
        size = ROWS if part.rows.model is ImportRow else HOUSEHOLDS
        page = page_by_key(part.rows, request, order=("pk",), size=size)
        context["page"] = page
        if part.rows.model is ImportChange:
            context["changed"] = preview.shown(page.rows)
    return render(request, "households/import.html", context, status=status)


@dataclass(frozen=True)
class Part:
    """One of the lists of an upload, chosen by `?show=`."""

    key: str
    label: str
    rows: Any
    total: int


def _parts(shown: ImportBatch) -> list[Part]:
    """What there is, the most urgent first: errors as long as they keep the file out, then what is written."""
    changes = shown.changes.select_related("household__village")
    asked = (
        ("errors", "错误", shown.bad_rows),
        ("conflicts", "冲突", changes.filter(kind=ChangeKind.CONFLICT)),
        ("new", "新户", changes.filter(kind=ChangeKind.NEW)),
        ("changes", "修改", changes.filter(kind=ChangeKind.CHANGED)),
        ("warnings", "提醒", shown.warned_rows),
    )
    parts = [Part(key, label, rows, rows.count()) for key, label, rows in asked]
    if shown.state != ImportState.FAULTY:
        parts = [*parts[1:], parts[0]]
    return [one for one in parts if one.total]


@require_http_methods(["GET", "HEAD", "POST"])
def bad_rows(request: SignedIn, pk: UUID) -> HttpResponseBase:
    """The rows that are wrong with the reasons, and what belongs to their households, as a workbook: POST has it
    made, GET fetches it."""
    return _apart(request, pk, bad=True)


@require_http_methods(["GET", "HEAD", "POST"])
def good_rows(request: SignedIn, pk: UUID) -> HttpResponseBase:
    """All the other rows as a workbook, in the same way."""
    return _apart(request, pk, bad=False)


def _apart(request: SignedIn, pk: UUID, *, bad: bool) -> HttpResponseBase:
    shown = _fetch(request, pk)
    require(request.user, Capability.REGISTER_EDIT)
    if not shown.bad_rows.exists():
        return refused(request, NONE_BAD, 409)
    if request.method == "POST":
        job = enqueue(
            "register-import-apart", params={"batch": str(shown.pk), "bad": bad}, owner=request.user
        )
        return HttpResponseRedirect(reverse("accounts:job", args=[job.pk]), status=303)
    try:
        content = pieces(upload.apart_path(shown.pk, bad=bad), upload.apart_uid(shown.pk, bad=bad))
    except FileNotFoundError:
        return refused(request, "文件还没有整理，或者已经清理，请在导入页面上再按一次“下载”。", 409)
    with transaction.atomic():
        trail.record(
            "下载有错误的行" if bad else "下载正确的行", subject=shown, area=shown.area, request=request
        )
    return download(content, file_name(bad, clock.moment()), CONTENT_TYPES[Format.XLSX])


@require_POST
def go_on(request: SignedIn, pk: UUID) -> HttpResponse:
    """With the good rows alone; the bad ones stay out."""
    shown = _fetch(request, pk)
    require(request.user, Capability.REGISTER_EDIT)
    try:
        with transaction.atomic():
            importing.go_on(shown)
            trail.record("只导入正确的行", subject=shown, area=shown.area, request=request)
    except ValidationError as refusal:
        return refused(request, "；".join(refusal.messages), 409)
    return _to(shown)


@require_POST
def recheck(request: SignedIn, pk: UUID) -> HttpResponse:
    """The same file once more, for who was overtaken: nothing is downloaded or uploaded again."""
    shown = _fetch(request, pk)
    require(request.user, Capability.REGISTER_EDIT)
    try:
        with transaction.atomic():
            importing.recheck(shown)
            enqueue("register-import-check", params={"batch": str(shown.pk)}, owner=request.user)
            trail.record("重新核对导入", subject=shown, area=shown.area, request=request)
    except ValidationError as refusal:
        return refused(request, "；".join(refusal.messages), 409)
    return _to(shown)


@require_POST
def decide(request: SignedIn, pk: UUID) -> HttpResponse:
    """Of one conflict (`change`) or of all: the file's values, or the register's."""
    shown = _fetch(request, pk)
    require(request.user, Capability.REGISTER_EDIT)
    asked = request.POST.get("change", "")
    one = shown.conflicts.filter(pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0).first()
    if asked and one is None:
        return refused(request, "没有这个冲突", 404)
    decision = request.POST.get("decision", "")
    if decision not in (Decision.FILE, Decision.REGISTER):
        return _page(request, shown, refusal="请选“用文件的值”或“保留系统的值”", status=422)
    try:
        with transaction.atomic():
            importing.decide(shown, decision, one.pk if one is not None else None)
            trail.record(
                "处理导入冲突",
                subject=shown,
                area=shown.area,
                detail={"户编号": one.key if one is not None else "全部", "处理": Decision(decision).label},
                request=request,
            )
    except ValidationError as refusal:
        return refused(request, "；".join(refusal.messages), 409)
    here = reverse("households:import", args=[shown.pk])
    return HttpResponseRedirect(f"{here}?show=conflicts", status=303)


@require_POST
def confirm(request: SignedIn, pk: UUID) -> HttpResponse:
    """Writes what was shown, in the background. Every conflict must be decided."""
    shown = _fetch(request, pk)
    require(request.user, Capability.REGISTER_EDIT)
    if shown.state == ImportState.READY and shown.undecided:
        message = f"还有 {shown.undecided} 户冲突没有决定：用文件的值，还是保留系统的值"
        return _page(request, shown, refusal=message, status=422)
    return _begin(request, pk, (ImportState.READY, ImportState.APPLYING), "register-import-apply")


@require_POST
def undo(request: SignedIn, pk: UUID) -> HttpResponse:
    """Takes back what was written, if nothing was changed since."""
    return _begin(request, pk, (ImportState.APPLIED, ImportState.UNDOING), "register-import-undo")


def _begin(request: SignedIn, pk: UUID, states: tuple[str, str], kind: str) -> HttpResponse:
    shown = _fetch(request, pk)
    require(request.user, Capability.REGISTER_EDIT)
    with transaction.atomic():
        if not shown.move(*states, reason=""):
            return refused(request, DONE_ALREADY, 409)
        enqueue(kind, params={"batch": str(shown.pk)}, owner=request.user)
    return _to(shown)
