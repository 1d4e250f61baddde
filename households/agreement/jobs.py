"""Jobs of 账账相符: comparing an uploaded sheet, and clearing up after seven days."""

import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.permissions import require
from accounts.roles import Capability
from households.agreement.comparing import Comparing, read_sheet
from households.models import Agreement, AgreementState, Disagreement
from households.workbook import importing, upload
from office import clock, trail
from office.jobs import JobRefused, JobRun, job, periodic
from office.workbook_read import WorkbookRefused

BATCH = 1000
EXPIRED = "核对结果保存七天，已清除；需要时请重新上传核对"


@job("register-agreement", title="账账相符核对", queue="bulk")
def compare_sheet(run: JobRun, *, agreement: str) -> dict[str, Any]:
    """Reads, compares, keeps the disagreements; they are seen when the state says that all are there."""
    found = Agreement.objects.own(run.owner).select_related("area").filter(pk=agreement).first()
    if found is None:
        raise JobRefused("没有这次核对，或者已不在当前任职的区域内")
    result = {"agreement": agreement, "url": reverse("households:agreement", args=[agreement])}
    if found.state != AgreementState.RUNNING:
        return result
    scope, day = importing.scope_of(run.owner), clock.today()
    require(run.owner, Capability.REGISTER_EDIT, found.area)
    try:
        sheet = read_sheet(upload.opened(found.pk), day, run.progress)
    except WorkbookRefused as refusal:
        found.move(AgreementState.RUNNING, AgreementState.REFUSED, reason=str(refusal)[:300])
        upload.drop(found.pk)
        raise JobRefused(str(refusal)) from None
    # A run that was interrupted may have left lines.
    Disagreement.objects.filter(agreement=found).delete()
    comparing, kept = Comparing(sheet, scope, found.area, day), 0
    lines = comparing.lines(run.progress)
    while part := list(islice(lines, BATCH)):
        Disagreement.objects.bulk_create(line.record(found) for line in part)
        kept += len(part)
    with transaction.atomic():
        facts = {
            "year": sheet.year,
            "rows": sheet.rows,
            "households": sum(1 for one in sheet.households.values() if one.number),
            "agreeing": comparing.agreeing,
            "lines_found": kept,
        }
        if not found.move(AgreementState.RUNNING, AgreementState.DONE, **facts):
            raise JobRefused("这次核对已经办完")
        trail.record(
            "账账相符核对",
            actor=run.owner,
            subject=found,
            area=found.area,
            detail={"文件": found.file_name, "行数": sheet.rows, "不一致": kept, "校验码": found.checksum},
        )
        run.finish(result)
    upload.drop(found.pk)
    return result


@periodic("agreements-expire", every="day")
@job("agreements-expire", title="清理过期的核对结果")
def expire_agreements(run: JobRun, *, period: str) -> dict[str, Any]:
    """What was found goes after seven days; the counts stay."""
    oldest = clock.moment() - datetime.timedelta(days=upload.DAYS_KEPT)
    old = Agreement.objects.filter(uploaded_at__lt=oldest)
    lines, _ = Disagreement.objects.filter(agreement__in=old).delete()
    old.filter(state=AgreementState.RUNNING).update(state=AgreementState.REFUSED)
    old.exclude(state=AgreementState.REFUSED).update(reason=EXPIRED)
    return {"lines": lines}
