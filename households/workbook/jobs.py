"""Jobs of the workbook: making one, checking an upload, writing it, taking it back, and clearing up.

Area and right are looked at again when the job runs; a worker that is killed leaves no half effect.
"""

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from households.models import Household, ImportBatch, ImportRow, ImportState, RegisterWorkbook
from households.workbook import apart, importing, upload
from households.workbook.template import TooLong, write_workbook
from office import clock, trail
from office.jobs import JobRefused, JobRun, job, periodic
from office.sealed_file import SealedFile
from office.workbook_read import REGISTER, Row, WorkbookRefused, rows

UNKNOWN_AREA = "没有这个区划，或者不在当前任职的区域内"


def workbook_path(pk: UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "workbooks" / f"{pk}.sealed"


@job("register-workbook", title="生成采集工作簿", queue="bulk")
def make_workbook(run: JobRun, *, area: int, year: int) -> dict[str, Any]:
    """Result: the workbook's id and where it is fetched."""
    found = Area.objects.visible_to(run.owner).filter(pk=area).first()
    if found is None:
        raise JobRefused(UNKNOWN_AREA)
    require(run.owner, Capability.REGISTER_EDIT, found)
    scope = importing.scope_of(run.owner)
    households = Household.objects.in_scope(scope).in_area(found).filter(removed_on__isnull=True)
    pk, made_at = uuid4(), clock.moment()
    try:
        with SealedFile(workbook_path(pk), pk) as file:
            count, persons = write_workbook(
                file,
                households,
                area=found,
                year=year,
                template=str(pk),
                made_at=made_at,
                progress=run.progress,
                folder=workbook_path(pk).parent,
            )
    except TooLong:
        raise JobRefused("超过一张表能容纳的行数，请分镇街下载") from None
    result = {"workbook": str(pk), "url": reverse("households:import-workbook", args=[pk])}
    facts = {"year": year, "households": count, "persons": persons}
    with transaction.atomic():
        made = RegisterWorkbook.objects.create(id=pk, owner=run.owner, area=found, made_at=made_at, **facts)
        detail = {"年度": year, "户数": count, "人数": persons}
        trail.record("生成采集工作簿", actor=run.owner, subject=made, area=found, detail=detail)
        run.finish(result)
    return result


@job("register-import-check", title="核对上传的采集工作簿", queue="bulk")
def check_import(run: JobRun, *, batch: str) -> dict[str, Any]:
    """Reads and checks; writes nothing to the register."""
    found = _batch(run, batch)
    result = {"batch": batch, "url": reverse("households:import", args=[batch])}
    if found.state != ImportState.CHECKING:
        return result
    try:
        comparison = importing.compare(run.owner, upload.opened(found.pk), clock.today(), run.progress)
    except WorkbookRefused as refusal:
        importing.refuse(found, str(refusal))
        upload.drop(found.pk)
        raise JobRefused(str(refusal)) from None
    # The upload stays, sealed, for seven days: its good and bad rows are taken out of it when they are asked for.
    importing.keep(found, comparison)
    return result


@job("register-import-apart", title="整理导入的行", queue="bulk")
def set_apart(run: JobRun, *, batch: str, bad: bool) -> dict[str, Any]:
    """The bad rows of an upload, or the good ones, as a workbook; result: where it is fetched."""
    found = _batch(run, batch)
    faults = {(row.sheet, row.row or 0): row.faults for row in found.bad_rows.iterator()}
    if not faults:
        raise JobRefused(apart.NONE_BAD)
    keys = set(found.bad_rows.values_list("key", flat=True))
    path = upload.apart_path(found.pk, bad=bad)
    part = path.with_suffix(f".{run.token}")
    try:
        taken = rows(upload.opened(found.pk), limits=REGISTER)
        with SealedFile(part, upload.apart_uid(found.pk, bad=bad)) as file:
            count = apart.Apart(path.parent, faults, keys, bad=bad).write(_counted(taken, run), file)
        name = "households:import-bad-rows" if bad else "households:import-good-rows"
        result = {"url": reverse(name, args=[batch]), "word": "下载文件", "rows": count}
        run.finish(result)
        part.replace(path)
    except WorkbookRefused as gone:
        raise JobRefused(str(gone)) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return result


def _counted(taken: Iterable[Row], run: JobRun) -> Iterator[Row]:
    place = 0
    for place, row in enumerate(taken, 1):
        if place % 1000 == 0:
            run.progress(place, None, f"已读 {place} 行")
        yield row
    run.progress(place, place, f"已读 {place} 行")


@job("register-import-apply", title="写入采集工作簿", queue="bulk")
def apply_import(run: JobRun, *, batch: str) -> dict[str, Any]:
    found = _batch(run, batch)
    result = {"batch": batch, "url": reverse("households:import", args=[batch])}
    importing.apply(found, run.owner, clock.today(), clock.moment(), run.progress, lambda: run.finish(result))
    return result


@job("register-import-undo", title="撤销导入", queue="bulk")
def undo_import(run: JobRun, *, batch: str) -> dict[str, Any]:
    found = _batch(run, batch)
    result = {"batch": batch, "url": reverse("households:import", args=[batch])}
    importing.take_back(
        found, run.owner, clock.today(), clock.moment(), run.progress, lambda: run.finish(result)
    )
    return result


def _batch(run: JobRun, pk: str) -> ImportBatch:
    found = ImportBatch.objects.own(run.owner).filter(pk=pk).first()
    if found is None:
        raise JobRefused("没有这次导入，或者已不在当前任职的区域内")
    return found  # type: ignore[no-any-return]


@periodic("register-uploads-expire", every="day")
@job("register-uploads-expire", title="清理过期的上传文件")
def expire_uploads(run: JobRun, *, period: str) -> dict[str, Any]:
    """Files, staged rows and what was never confirmed go after seven days."""
    oldest = clock.moment() - datetime.timedelta(days=upload.DAYS_KEPT)
    bad, _ = ImportRow.objects.filter(batch__uploaded_at__lt=oldest).delete()
    stale = ImportBatch.objects.filter(
        uploaded_at__lt=oldest, state__in=(ImportState.READY, ImportState.CHECKING)
    )
    stale.update(state=ImportState.REFUSED, reason="七天没有确认，已过期，请重新上传")
    kept = (ImportState.APPLYING, ImportState.UNDOING)
    for batch in ImportBatch.objects.filter(uploaded_at__lt=oldest).exclude(state__in=kept):
        batch.changes.all().delete()
    RegisterWorkbook.objects.filter(made_at__lt=oldest).delete()
    return {"files": upload.expire(), "rows": bad}
