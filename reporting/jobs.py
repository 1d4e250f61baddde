"""Jobs of this app: a report is counted, kept with its checksum, and written to its files.

The area and the right are looked at again when the job runs: who lost the duty meanwhile gets a refusal.
"""

import datetime
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from office import clock, replica, trail
from office.jobs import JobRefused, JobRun, job
from office.models import Job
from reporting.definitions import DEFINITIONS
from reporting.files import write_files
from reporting.models import PlanTable, ReportFile, ReportRun
from reporting.report import Figures, ReportRefused, Request

UNKNOWN_AREA = "没有这个区划，或者不在当前任职的区域内"


def parameters(kind: str, area: Area, year: int, as_of: datetime.date) -> dict[str, Any]:
    """What the job row keeps; equal parameters of one user are one job (office.jobs)."""
    return {"kind": kind, "area": area.pk, "year": year, "as_of": as_of.isoformat()}


@job("report", title="生成报表")
def report(run: JobRun, *, kind: str, area: int, year: int, as_of: str) -> dict[str, Any]:
    """Result: the kept run's id and page. Refused for who has no right, and for a year that gives no report."""
    definition = DEFINITIONS[kind]
    request = Request(_area(run, area), year, datetime.date.fromisoformat(as_of), clock.shift())
    if request.as_of > clock.today():
        raise JobRefused(f"统计截止不能晚于今天（{clock.today():%Y-%m-%d}）")
    try:
        definition.check(request)
        figures = replica.read(lambda: definition.figures(request, run.progress))
    except ReportRefused as refusal:
        raise JobRefused(str(refusal)) from refusal
    return keep(run, kind, request, figures)


def _area(run: JobRun, pk: int) -> Area:
    if run.owner is None:
        return Area.objects.select_related("parent").get(pk=pk)
    found = Area.objects.visible_to(run.owner).filter(pk=pk).select_related("parent").first()
    if found is None:
        raise JobRefused(UNKNOWN_AREA)
    require(run.owner, Capability.REPORT_RUN, found)
    return found


def keep(run: JobRun, kind: str, request: Request, figures: Figures) -> dict[str, Any]:
    """The run, its files and the end of the job, all or nothing: a job done twice keeps one run."""
    kept = ReportRun(
        kind=kind,
        area=request.area,
        year=request.year,
        as_of=request.as_of,
        plan_table=PlanTable.objects.filter(pk__in=[figures.plan_id]).first(),
        figures_stored=figures.stored(),
        checksum=figures.checksum(),
        requested_by=run.owner,
        created_at=clock.moment(),
        job=Job(pk=run.job.pk),
    )
    result = {"run": str(kept.pk), "url": reverse("reporting:run", args=[kept.pk])}
    try:
        files = write_files(kept, clock.moment())
        run.check()
        with transaction.atomic():
            kept.save(force_insert=True)
            ReportFile.objects.bulk_create(files)
            trail.record(
                "生成报表",
                actor=run.owner,
                subject=kept,
                area=request.area,
                detail={
                    "报表": kind,
                    "年度": request.year,
                    "统计截止": f"{request.as_of}",
                    "校验码": kept.checksum,
                },
            )
            run.finish(result)
    except BaseException:
        shutil.rmtree(Path(settings.MEDIA_ROOT) / "reports" / str(kept.pk), ignore_errors=True)
        raise
    return result
