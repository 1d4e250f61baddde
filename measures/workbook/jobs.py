"""Jobs of the workbooks of measures: making one, checking an upload, writing it, taking it back, clearing up."""

import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.urls import reverse

from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from households.models import ImportState
from households.workbook import upload
from households.workbook.jobs import UNKNOWN_AREA, workbook_path
from measures.coverage import Ground
from measures.models import MeasureImport, MeasureImportRow, MeasureWorkbook, Policy
from measures.workbook import eligible, importing
from measures.workbook.template import MOST_ROWS, TooLong, write_workbook
from office import clock, trail
from office.jobs import JobRefused, JobRun, job, periodic
from office.sealed_file import SealedFile
from office.workbook_read import WorkbookRefused

MAKE, CHECK, APPLY, UNDO = (
    "measure-workbook",
    "measure-import-check",
    "measure-import-apply",
    "measure-import-undo",
)


@job(MAKE, title="生成措施工作簿", queue="bulk")
def make_workbook(run: JobRun, *, area: int, policy: int, year: int) -> dict[str, Any]:
    found = Area.objects.visible_to(run.owner).filter(pk=area).first()
    if found is None:
        raise JobRefused(UNKNOWN_AREA)
    require(run.owner, Capability.MEASURE_EDIT, found)
    day = clock.today()
    asked = Policy.objects.get(pk=policy)
    made = MeasureWorkbook(
        id=uuid4(), owner=run.owner, area=found, policy=asked, year=year, made_at=clock.moment()
    )
    rows = eligible.rows(asked, year, Ground(importing.scope_of(run.owner), found, day))
    path = workbook_path(made.pk)
    try:
        with SealedFile(path, made.pk) as file:
            made.rows = write_workbook(file, made, rows, day=day, progress=run.progress, folder=path.parent)
    except TooLong:
        raise JobRefused(f"超过 {MOST_ROWS} 行，请分镇街或分村生成") from None
    result = {"workbook": str(made.pk), "url": reverse("measures:workbook-file", args=[made.pk])}
    with transaction.atomic():
        made.save(force_insert=True)
        detail = {"政策": asked.code, "年度": year, "行数": made.rows}
        trail.record("生成措施工作簿", actor=run.owner, subject=made, area=found, detail=detail)
        run.finish(result)
    return result


@job(CHECK, title="核对上传的措施工作簿", queue="bulk")
def check_import(run: JobRun, *, batch: str) -> dict[str, Any]:
    """Reads and checks; writes no measure."""
    found, result = _batch(run, batch)
    if found.state != ImportState.CHECKING:
        return result
    try:
        outcome = importing.compare(run.owner, upload.opened(found.pk), clock.today(), run.progress)
    except WorkbookRefused as refusal:
        found.move(ImportState.CHECKING, ImportState.REFUSED, reason=str(refusal)[:300])
        upload.drop(found.pk)
        raise JobRefused(str(refusal)) from None
    importing.keep(found, outcome)
    upload.drop(found.pk)
    return result


@job(APPLY, title="写入措施工作簿", queue="bulk")
def apply_import(run: JobRun, *, batch: str) -> dict[str, Any]:
    found, result = _batch(run, batch)
    importing.apply(found, run.owner, clock.today(), clock.moment(), run.progress, lambda: run.finish(result))
    return result


@job(UNDO, title="撤销措施导入", queue="bulk")
def undo_import(run: JobRun, *, batch: str) -> dict[str, Any]:
    found, result = _batch(run, batch)
    importing.take_back(found, run.owner, clock.moment(), run.progress, lambda: run.finish(result))
    return result


def _batch(run: JobRun, pk: str) -> tuple[MeasureImport, dict[str, Any]]:
    found = (
        MeasureImport.objects.own(run.owner).select_related("template__policy", "area").filter(pk=pk).first()
    )
    if found is None:
        raise JobRefused("没有这次导入，或者已不在当前任职的区域内")
    return found, {"batch": pk, "url": reverse("measures:import", args=[pk])}


@periodic("measure-imports-expire", every="day")
@job("measure-imports-expire", title="清理过期的措施导入")
def expire_imports(run: JobRun, *, period: str) -> dict[str, Any]:
    """Rows of uploads go after seven days, and what was never confirmed is refused; files go with the register's."""
    oldest = clock.moment() - datetime.timedelta(days=upload.DAYS_KEPT)
    old = MeasureImport.objects.filter(uploaded_at__lt=oldest)
    with transaction.atomic():
        waiting = old.filter(state__in=(ImportState.READY, ImportState.CHECKING, ImportState.FAULTY))
        waiting.update(state=ImportState.REFUSED, reason="七天没有确认，已过期，请重新上传")
        running = (ImportState.APPLYING, ImportState.UNDOING)
        gone, _ = MeasureImportRow.objects.filter(batch__in=old.exclude(state__in=running)).delete()
    return {"rows": gone}
