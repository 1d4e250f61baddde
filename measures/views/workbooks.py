"""`/measures/workbooks/`: get a workbook of a policy, upload it filled in, see what is wrong or what it does, confirm,
undo."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.models import ImportState
from households.workbook.jobs import workbook_path
from measures import extras
from measures.models import MeasureImport, MeasureWorkbook
from measures.workbook import importing
from measures.workbook.forms import MeasureUpload, WorkbookForm
from measures.workbook.jobs import APPLY, CHECK, MAKE, UNDO
from office import clock, trail
from office.download import download
from office.exports import CONTENT_TYPES, Format
from office.jobs import enqueue
from office.listing import asked_area, page_by_key
from office.models import Job
from office.sealed_file import pieces

RUNNING = (ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)
DONE_ALREADY = "这次导入已经办理过，请刷新后再看"


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: SignedIn) -> HttpResponse:
    """The own uploads and downloads; POST takes a file in and queues its check."""
    own = MeasureImport.objects.own(request.user)
    require(request.user, Capability.MEASURE_EDIT)
    asked, area = request.method == "POST", request.user.home_area
    form = MeasureUpload(request.POST if asked else None, request.FILES if asked else None, user=request.user)
    if asked and form.is_valid() and area is not None:
        with transaction.atomic():
            name = form.cleaned_data["file"].name or ""
            batch = importing.take_in(request.user, area, name, form.content, clock.moment())
            detail = {"文件": batch.file_name, "校验码": batch.checksum}
            trail.record("上传措施工作簿", request=request, subject=batch, area=area, detail=detail)
            enqueue(CHECK, params={"batch": str(batch.pk)}, owner=request.user)
        return _to(batch)
    return _page(request, own, form, _asking(request), status=422 if asked else 200)


@require_POST
def make(request: SignedIn) -> HttpResponse:
    """Queues the workbook of a policy; asked twice it is one job."""
    own = MeasureImport.objects.own(request.user)
    require(request.user, Capability.MEASURE_EDIT)
    asking = _asking(request, request.POST)
    if not asking.is_valid():
        return _page(request, own, MeasureUpload(user=request.user), asking, status=422)
    asked = asking.cleaned_data
    require(request.user, Capability.MEASURE_EDIT, asked["area"])
    params = {"area": asked["area"].pk, "policy": asked["policy"].pk, "year": asked["year"]}
    job = enqueue(MAKE, params=params, owner=request.user)
    return HttpResponseRedirect(reverse("accounts:job", args=[job.pk]), status=303)


def _asking(request: SignedIn, data: Any = None) -> WorkbookForm:
    day, home = clock.today(), request.user.home_area
    first: dict[str, Any] = {"area": home.code if home else "", "year": day.year}
    if request.GET.get("policy", "").isdecimal():
        first["policy"] = request.GET["policy"]
    return WorkbookForm(data, user=request.user, day=day, initial=first)


def _page(
    request: SignedIn, own: Any, form: MeasureUpload, asking: WorkbookForm, status: int
) -> HttpResponse:
    area = asked_area(request)
    rows = own.in_area(area).select_related("template__policy")
    made = MeasureWorkbook.objects.own(request.user).select_related("policy", "area")
    context = {
        "form": form,
        "asking": asking,
        "area": area,
        "page": page_by_key(rows, request, order=("-uploaded_at", "-pk")),
        "workbooks": [one for one in made[:5] if workbook_path(one.pk).exists()],
    }
    return render(request, "measures/workbooks.html", context, status=status)


@require_safe
def workbook(request: SignedIn, pk: UUID) -> HttpResponseBase:
    """The file of a download, to whom it was made for alone; a row of the trail each time."""
    visible = MeasureWorkbook.objects.own(request.user).select_related("area", "policy")
    made = get_object_or_404(visible, pk=pk)
    require(request.user, Capability.MEASURE_EDIT, made.area)
    try:
        content = pieces(workbook_path(made.pk), made.pk)
    except FileNotFoundError as gone:
        raise Http404 from gone
    detail = {"政策": made.policy.code, "年度": made.year, "行数": made.rows}
    with transaction.atomic():
        trail.record("下载措施工作簿", request=request, subject=made, area=made.area, detail=detail)
    return download(content, f"{made}.xlsx", CONTENT_TYPES[Format.XLSX])


@require_safe
def batch(request: SignedIn, pk: UUID) -> HttpResponse:
    """One upload: its progress, then what is wrong by row and column, or what it does row by row."""
    shown = _fetch(request, pk)
    jobs = Job.objects.of(request.user).filter(params__batch=str(shown.pk))
    rows = (
        shown.bad if shown.faults else shown.good.select_related("household", "person__household", "measure")
    )
    page = page_by_key(rows, request, order=("pk",))
    if not shown.faults:
        fields = extras.of(shown.template.policy.code) if shown.template else ()
        for row in page.rows:
            row.told = row.said
            row.home = row.person.household if row.person else row.household
            values = row.told["extras"]
            row.further = "；".join(
                f"{one.label} {one.shown(values[one.key])}" for one in fields if values.get(one.key)
            )
    context = {
        "batch": shown,
        "job": jobs.order_by("-queued_at").first() if shown.state in RUNNING else None,
        "page": page,
    }
    return render(request, "measures/workbook.html", context)


@require_POST
def confirm(request: SignedIn, pk: UUID) -> HttpResponse:
    """Writes what was shown, in the background."""
    return _begin(request, pk, (ImportState.READY, ImportState.APPLYING), APPLY)


@require_POST
def undo(request: SignedIn, pk: UUID) -> HttpResponse:
    """Takes back what was written, if nothing was changed since."""
    return _begin(request, pk, (ImportState.APPLIED, ImportState.UNDOING), UNDO)


def _begin(request: SignedIn, pk: UUID, states: tuple[str, str], kind: str) -> HttpResponse:
    shown = _fetch(request, pk)
    if states[0] == ImportState.READY and not shown.good.exists():
        return refused(request, "没有填写任何一行，不用写入。", 409)
    if states[0] == ImportState.READY and importing.applied_before(shown.checksum):
        return refused(request, importing.ALREADY, 409)
    with transaction.atomic():
        if not shown.move(*states, reason=""):
            return refused(request, DONE_ALREADY, 409)
        enqueue(kind, params={"batch": str(shown.pk)}, owner=request.user)
    return _to(shown)


def _fetch(request: SignedIn, pk: UUID) -> MeasureImport:
    own = MeasureImport.objects.own(request.user).select_related("area", "template__policy")
    found: MeasureImport = get_object_or_404(own, pk=pk)
    require(request.user, Capability.MEASURE_EDIT)
    return found


def _to(batch: MeasureImport) -> HttpResponse:
    return HttpResponseRedirect(reverse("measures:import", args=[batch.pk]), status=303)
