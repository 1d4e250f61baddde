"""Jobs of this app: a report is counted, kept with its checksum, and written to its files; asked for, or because a
period of its schedule is over.

The area and the right are looked at again when the job runs: who lost the duty meanwhile gets a refusal.
"""

import datetime
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from office import clock, moment, replica, trail
from office.alone import alone
from office.days import written
from office.exports import exportable
from office.jobs import JobRefused, JobRun, enqueue, job, periodic
from office.models import Job, JobState
from office.official_form import OfficialForm
from office.parts import WAIT, help_with
from reporting import counting, details, nesting
from reporting.definitions import DEFINITIONS
from reporting.files import write_files
from reporting.models import PlanTable, ReportFile, ReportRun, ReportSchedule, ScheduleMoved, SchedulePeriod
from reporting.models.schedule import NO_RIGHT
from reporting.report import PRINTED, Cell, Figures, ReportRefused, Request, amount_of

# Here, since these modules are what a worker imports of each app.
exportable(details.KEY, title=details.TITLE, write=details.write, long=details.is_long)(details.ask)

UNKNOWN_AREA = "没有这个区划，或者不在当前任职的区域内"
PERIOD_THERE = "这一期已经生成"


def parameters(
    kind: str, area: Area, year: int, as_of: datetime.date, *, nested: bool = False
) -> dict[str, Any]:
    """What the job row keeps; equal parameters of one user are one job (office.jobs), of several people one report."""
    asked = {"kind": kind, "area": area.pk, "year": year, "as_of": as_of.isoformat()}
    return {**asked, "nested": True} if nested else asked


@job("report", title="生成报表")
def report(
    run: JobRun, *, kind: str, area: int, year: int, as_of: str, nested: bool = False
) -> dict[str, Any]:
    """Result: the kept run's id and page. Refused for who has no right, and for a year that gives no report.

    Of equal requests of several people one is counted, the others take what came of it; each has a job and
    rights of its own, so nobody waits for a report that another cancels.
    """
    request = _request(run, area, year, datetime.date.fromisoformat(as_of), nested=nested)
    equal = Job.objects.filter(kind=run.job.kind, params=run.job.params).exclude(pk=run.job.pk)

    def meanwhile() -> None:
        run.progress(0, None, "同样的报表正在生成，办成后直接取用")
        for other in equal.filter(state=JobState.RUNNING):
            help_with(other.pk)
        time.sleep(WAIT)

    with alone(f"report {kind} {area} {year} {as_of} {nested}", meanwhile):
        made = ReportRun.objects.filter(job__in=equal, job__finished_at__gte=run.job.queued_at).first()
        return _taken(run, made) if made is not None else _made(run, kind, request)


@job("report-due", title="定期报表", queue="bulk")
def report_due(run: JobRun, *, due: int) -> dict[str, Any]:
    """The report of a period; refused when it is there already, or the right of the schedule has ended."""
    period = SchedulePeriod.objects.select_related("schedule__area__parent__parent", "schedule__owner").get(
        pk=due
    )
    SchedulePeriod.objects.filter(pk=due).update(job=run.job.pk)
    if period.run_id is not None:
        raise JobRefused(PERIOD_THERE)
    schedule = period.schedule
    request = _request(run, schedule.area_id, period.as_of.year, period.as_of, nested=schedule.nested)
    return _made(run, schedule.kind, request, period)


@periodic("report-schedules", every="hour")
@job("report-schedules", title="到期的定期报表")
def report_schedules(run: JobRun, *, period: str) -> dict[str, Any]:
    """Takes up every period that is over; what was missed while nothing ran is made up here."""
    running = ReportSchedule.objects.filter(paused_at__isnull=True)
    taken = sum(take_up_due(one) for one in running.select_related("area__parent__parent", "owner"))
    return {"periods": taken}


def take_up_due(schedule: ReportSchedule) -> int:
    """A job for each period that is over and not taken up yet; how many. Whose right has ended, stands still."""
    owed = schedule.owed(clock.today())
    if owed and not schedule.may_go_on():
        with suppress(ScheduleMoved), transaction.atomic():
            schedule.pause(at=clock.moment(), reason=NO_RIGHT)
            trail.record("暂停定期报表", subject=schedule, area=schedule.area, detail={"原因": NO_RIGHT})
        return 0
    taken = 0
    for period in owed:
        with transaction.atomic():
            row = schedule.take_up(period, clock.moment())
            if row is None:
                continue
            SchedulePeriod.objects.filter(pk=row.pk).update(job=_asked(row, schedule.owner))
            taken += 1
    return taken


def try_again(period: SchedulePeriod, *, by: User) -> None:
    """A period of which no report came, with the rights of `by`; ScheduleMoved where there is nothing to try again.

    Call it in a transaction: a job that came too late goes with it.
    """
    period.take_over(_asked(period, by))


def _asked(period: SchedulePeriod, owner: User) -> Job:
    """Its job; the key keeps a second from being open beside it, whoever asks."""
    schedule = period.schedule
    title = nesting.titled(DEFINITIONS[schedule.kind].title, schedule.area, schedule.nested)
    return enqueue(
        "report-due",
        params={"due": period.pk},
        owner=owner,
        key=f"report-due:{period.pk}",
        title=f"{title} {period.word}",
    )


def _request(run: JobRun, area: int, year: int, as_of: datetime.date, *, nested: bool = False) -> Request:
    if as_of > clock.today():
        raise JobRefused(f"统计截止不能晚于今天（{written(clock.today())}）")
    return Request(_area(run, area), year, as_of, clock.shift(), nested)


def _taken(run: JobRun, made: ReportRun) -> dict[str, Any]:
    result = _result(made)
    with transaction.atomic():
        trail.record(
            "取用报表", actor=run.owner, subject=made, area=made.area, detail={"校验码": made.checksum}
        )
        run.finish(result, f"同样的报表刚由{made.requested_by or '系统'}生成")
    return result


def _made(run: JobRun, kind: str, request: Request, period: SchedulePeriod | None = None) -> dict[str, Any]:
    try:
        figures, sheets = replica.read(lambda: _counted(run, kind, request))
    except ReportRefused as refusal:
        raise JobRefused(str(refusal)) from refusal
    return keep(run, kind, request, figures, sheets, period)


def _counted(run: JobRun, kind: str, request: Request) -> tuple[Figures, list[OfficialForm]]:
    """Figures and lists by name, all of one moment, however many statements and workers count them."""
    definition = DEFINITIONS[kind]
    with moment.kept() as now:
        with moment.at(now):
            nesting.check(definition, request)
        counts = counting.counted(run, kind, request, now)
        with moment.at(now):
            if definition.count is not None and counts is not None:
                figures = definition.count.figures(request, counts)
            else:
                figures = definition.figures(request, run.progress)
            if not any(is_figure(cell) for cell in figures.cells):
                # Noughts and blanks alone look like a form that was filled in.
                raise ReportRefused(
                    f"{request.area}{request.year}年到{written(request.until)}的“{definition.title}”没有一项有数，不生成文件"
                )
            parts = nesting.parts(request, figures) if request.nested else []
        if parts:
            figures = nesting.joined(figures, counting.below(run, kind, parts, now))
        with moment.at(now):
            figures.blocks = nesting.blocks(definition, request)
            return figures, list(definition.sheets(request))


def is_figure(cell: Cell) -> bool:
    """A number that is not nought, or a word as a plan prints it (全部脱贫); what is only said of these is no figure."""
    return bool(amount_of(cell.value, cell.unit)) or bool(cell.value and cell.column.startswith(PRINTED))


def _area(run: JobRun, pk: int) -> Area:
    if run.owner is None:
        return Area.objects.select_related("parent").get(pk=pk)
    found = Area.objects.visible_to(run.owner).filter(pk=pk).select_related("parent").first()
    if found is None:
        raise JobRefused(UNKNOWN_AREA)
    require(run.owner, Capability.REPORT_RUN, found)
    return found


def keep(
    run: JobRun,
    kind: str,
    request: Request,
    figures: Figures,
    sheets: Sequence[OfficialForm],
    period: SchedulePeriod | None = None,
) -> dict[str, Any]:
    """The run, its files and the end of the job, all or nothing: a job done twice keeps one run, and so does a period."""
    kept = ReportRun(
        kind=kind,
        area=request.area,
        year=request.year,
        as_of=request.as_of,
        nested=request.nested,
        plan_table=PlanTable.objects.filter(pk__in=[figures.plan_id]).first(),
        figures_stored=figures.stored(),
        checksum=figures.checksum(),
        requested_by=run.owner,
        created_at=clock.moment(),
        job=Job(pk=run.job.pk),
    )
    result = _result(kept)
    try:
        files = write_files(kept, clock.moment(), sheets)
        run.check()
        with transaction.atomic():
            kept.save(force_insert=True)
            ReportFile.objects.bulk_create(files)
            if period is not None and not SchedulePeriod.objects.filter(pk=period.pk, run=None).update(
                run=kept
            ):
                raise JobRefused(PERIOD_THERE)
            trail.record(
                "生成报表",
                actor=run.owner,
                subject=kept,
                area=request.area,
                detail={
                    "报表": nesting.titled(DEFINITIONS[kind].title, request.area, request.nested),
                    "年度": request.year,
                    "统计截止": f"{request.as_of}",
                    "校验码": kept.checksum,
                    **({"定期": period.word} if period else {}),
                },
            )
            run.finish(result)
    except BaseException:
        shutil.rmtree(Path(settings.MEDIA_ROOT) / "reports" / str(kept.pk), ignore_errors=True)
        raise
    return result


def _result(made: ReportRun) -> dict[str, Any]:
    return {"run": str(made.pk), "url": reverse("reporting:run", args=[made.pk])}
