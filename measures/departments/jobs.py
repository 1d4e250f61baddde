"""Jobs of the department lists: comparing one, clearing up after seven days, and the nightly second look."""

import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.permissions import require
from accounts.roles import Capability
from households.workbook import upload
from measures.departments import taken
from measures.departments.comparing import Comparing
from measures.departments.kinds import KINDS
from measures.departments.reading import lines
from measures.models import DepartmentList, DifferenceKind, ListDifference, ListRow, ListState
from office import clock, trail
from office.jobs import JobRefused, JobRun, job, periodic
from office.workbook_read import WorkbookRefused

KIND = "department-list"


@job(KIND, title="部门名单核对", queue="bulk")
def compare_list(run: JobRun, *, department_list: str) -> dict[str, Any]:
    """What the job says of itself (progress, result) is the same whoever is on the list: the department reads it."""
    listed = DepartmentList.objects.visible_to(run.owner).select_related("area").filter(pk=department_list)
    found = listed.first()
    if found is None:
        raise JobRefused("没有这份名单，或者已不在当前任职的范围内")
    require(run.owner, Capability.LISTS_UPLOAD, found.area)
    result = {"url": reverse("measures:department-list", args=[found.pk])}
    if found.state != ListState.RUNNING:
        return result
    # A run that was interrupted may have left some.
    ListRow.objects.filter(department_list=found).delete()
    ListDifference.objects.filter(department_list=found).delete()
    comparing = Comparing(found, KINDS[found.kind])
    try:
        comparing.keep(lines(upload.opened(found.pk), clock.today()), run.progress)
    except WorkbookRefused as refusal:
        ListRow.objects.filter(department_list=found).delete()
        ListDifference.objects.filter(department_list=found).delete()
        found.move(ListState.RUNNING, ListState.REFUSED, reason=str(refusal)[:300])
        upload.drop(found.pk)
        raise JobRefused(str(refusal)) from None
    with transaction.atomic():
        facts = {
            "rows": comparing.rows,
            "faulty": comparing.faulty,
            "matched": comparing.matched,
            "agreeing": comparing.agreeing,
        }
        if not found.move(ListState.RUNNING, ListState.DONE, **facts):
            raise JobRefused("这份名单已经核对")
        _supersede(found)
        detail = {"部门": found.unit, "名单": found.kind, "行数": comparing.rows, "校验码": found.checksum}
        trail.record("部门名单核对", actor=run.owner, subject=found, area=found.area, detail=detail)
        run.finish(result)
    upload.drop(found.pk)
    return result


def _supersede(newest: DepartmentList) -> None:
    """What waits of an earlier list of the same kind and area has been looked at anew."""
    earlier = DepartmentList.objects.filter(unit=newest.unit, kind=newest.kind, area=newest.area)
    earlier = earlier.filter(uploaded_at__lt=newest.uploaded_at)
    ListDifference.objects.waiting().filter(department_list__in=earlier).delete()


@periodic("department-lists-expire", every="day")
@job("department-lists-expire", title="清理过期的部门名单")
def expire_lists(run: JobRun, *, period: str) -> dict[str, Any]:
    """Rows, and differences of people whom the register does not know, are kept seven days."""
    oldest = clock.moment() - datetime.timedelta(days=upload.DAYS_KEPT)
    old = DepartmentList.objects.filter(uploaded_at__lt=oldest)
    rows, _ = ListRow.objects.filter(department_list__in=old).delete()
    strangers = ListDifference.objects.filter(department_list__in=old, kind=DifferenceKind.NOT_REGISTERED)
    people, _ = strangers.delete()
    old.filter(state=ListState.RUNNING).update(state=ListState.REFUSED, reason="没有核对完，请重新上传")
    return {"rows": rows, "people": people}


@periodic("department-findings-recheck", every="day")
@job("department-findings-recheck", title="复核部门名单疑点")
def recheck_findings(run: JobRun, *, period: str) -> dict[str, Any]:
    return {"checked": taken.recheck(clock.today())}
