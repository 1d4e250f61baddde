"""`/imports/`: download a workbook, upload it filled in, see what is wrong or what would change, confirm, undo."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.models import ImportBatch, ImportRow, ImportState, Person, RegisterWorkbook
from households.workbook import importing
from households.workbook.bad_rows import write_bad_rows
from households.workbook.changes import unsealed
from households.workbook.forms import UploadForm, WorkbookForm
from households.workbook.jobs import workbook_path
from office import clock, trail
from office.jobs import enqueue
from office.listing import asked_area, page_by_key
from office.models import Job

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DONE_ALREADY = "这次导入已经办理过，请刷新后再看"


@dataclass(frozen=True)
class Line:
    """One field that a file changes, as it is shown: personal data masked."""

    who: str
    title: str
    old: str
    new: str


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
def workbook(request: SignedIn, pk: UUID) -> HttpResponse | FileResponse:
    """The file of a download, to whom it was made for alone; a row of the trail each time."""
    made = get_object_or_404(RegisterWorkbook.objects.own(request.user).select_related("area"), pk=pk)
    require(request.user, Capability.REGISTER_EDIT, made.area)
    try:
        content = workbook_path(made.pk).open("rb")
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
    return _file(content, f"{made.area}{made.year}年采集工作簿.xlsx")


def _file(content: Any, name: str) -> FileResponse:
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
def batch(request: SignedIn, pk: UUID) -> HttpResponse:
    """One upload: its progress, then the rows that are wrong or what would change, field by field."""
    shown = _fetch(request, pk)
    require(request.user, Capability.REGISTER_EDIT)
    jobs = Job.objects.of(request.user).filter(params__batch=str(shown.pk))
    context: dict[str, Any] = {"batch": shown, "job": jobs.order_by("-queued_at").first()}
    if shown.state == ImportState.FAULTY:
        page = page_by_key(shown.bad_rows.all(), request, order=("pk",))
        context["page"] = page
    else:
        changes = shown.changes.select_related("household__village")
        page = page_by_key(changes, request, order=("pk",), size=20)
        context.update(page=page, changed=list(_lines(page.rows)))
    return render(request, "households/import.html", context)


def _lines(rows: list[Any]) -> Iterator[tuple[Any, list[Line]]]:
    read = [(row.household, *unsealed(row.content)) for row in rows]
    keys = [one.key or 0 for _, changes, _ in read for one in changes if one.entity == "person"]
    names = dict(Person.objects.filter(pk__in=keys).values_list("pk", "name"))
    for household, changes, _ in read:
        yield (
            household,
            [
                Line(
                    names.get(one.key, "") if one.entity == "person" else f"{one.key}年" if one.key else "",
                    one.column.title,
                    one.column.shown(one.old),
                    one.column.shown(one.new),
                )
                for one in changes
            ],
        )


@require_safe
def bad_rows(request: SignedIn, pk: UUID) -> HttpResponse | FileResponse:
    """The rows that are wrong as a workbook of their own, with the reasons in the last column."""
    shown = _fetch(request, pk)
    require(request.user, Capability.REGISTER_EDIT)
    rows = ImportRow.objects.filter(batch=shown)
    if not rows.exists():
        return refused(request, "这次导入没有留下有错误的行", 409)
    # Closed, and so gone, when the answer has been sent.
    file = TemporaryFile()  # noqa: SIM115
    write_bad_rows(file, ((row.sheet, row.row, row.faults, json.loads(row.cells)) for row in rows.iterator()))
    with transaction.atomic():
        trail.record(
            "下载有错误的行", subject=shown, area=shown.area, detail={"行数": rows.count()}, request=request
        )
    file.seek(0)
    return _file(file, "有错误的行.xlsx")


@require_POST
def confirm(request: SignedIn, pk: UUID) -> HttpResponse:
    """Writes what was shown, in the background."""
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
