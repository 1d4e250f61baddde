"""Jobs of this app."""

import datetime
from collections import Counter
from itertools import islice
from typing import Any

from django.db import transaction

from households import checks, doubts, full_export_jobs, year_jobs
from households.agreement import jobs as agreement_jobs
from households.checks.others import Lines
from households.duplicates import jobs as duplicate_jobs
from households.entry import drafts
from households.margins import jobs as margin_jobs
from households.models import Household
from households.recolour import recolour
from households.workbook import jobs as workbook_jobs
from office import attachments, clock, trail
from office.findings import CLOSED, KEPT, OPENED, REOPENED
from office.jobs import Job, JobRun, JobState, Share, in_parts, job, part, periodic, run_now
from office.models import DuePeriod

# Workers look for jobs here: those of the workbook are known by being named.
__all__ = [
    "agreement_jobs",
    "duplicate_jobs",
    "margin_jobs",
    "full_export_jobs",
    "workbook_jobs",
    "year_jobs",
]

CHECK = "register-check"
CHECKED_IN_A_PART = 2500
HOUSEHOLDS, RECOLOURED = "households", "recoloured"
# What the night counts, as its row of the trail says it.
COUNTED = {
    HOUSEHOLDS: "户数",
    RECOLOURED: "四色变动户数",
    OPENED: "新发现",
    KEPT: "仍在",
    CLOSED: "已消除",
    REOPENED: "重新出现",
}
# A file is written before its row: younger ones may still get theirs.
FILES_REST = datetime.timedelta(days=1)


@periodic("entry-drafts-expire", every="day")
@job("entry-drafts-expire", title="清理过期的采集草稿")
def expire_drafts(run: JobRun, *, period: str) -> dict[str, Any]:
    """Drafts are kept seven days."""
    return {"deleted": drafts.expire(clock.moment())}


@periodic("attachments-sweep", every="day")
@job("attachments-sweep", title="清理无主附件")
def sweep_files(run: JobRun, *, period: str) -> dict[str, Any]:
    """Files that no row knows, a day old: what a crash left between the file and its row."""
    deleted, missing = attachments.sweep(clock.now() - FILES_REST)
    result = {"deleted": deleted, "missing": missing}
    trail.record("清理无主附件", detail={"周期": period, "删除": deleted, "缺失": missing})
    return result


@periodic(CHECK, every="day")
@job(CHECK, title="夜间核查", queue="bulk")
def check_register(run: JobRun, *, period: str) -> dict[str, Any]:
    """All rules over the whole register, and the colours of the day; a second run finds nothing to change."""
    day = clock.today()
    everybody = Household.objects.order_by("pk").values_list("pk", flat=True)
    firsts = list(islice(everybody.iterator(), 0, None, CHECKED_IN_A_PART))
    bounds = zip(firsts, [*firsts[1:], None], strict=True)
    run.progress(0, everybody.count(), "正在核对贫困户")
    tally: Counter[str] = Counter()
    for part_tally in in_parts(
        run, CHECK, [{"day": day.isoformat(), "first": first, "before": before} for first, before in bounds]
    ):
        tally.update(part_tally)
    run.progress(tally[HOUSEHOLDS], tally[HOUSEHOLDS], "正在核对村和账目")
    tally += doubts.of_village_years(day)
    tally += doubts.of_accounts(day)
    result = {name: tally[name] for name in COUNTED}
    told = {word: tally[name] for name, word in COUNTED.items()}
    with transaction.atomic():
        trail.record("夜间核查", detail={"日期": day, "周期": period, **told})
        run.finish(result)
    return result


@part(CHECK)
def check_some(share: Share, *, day: str, first: int, before: int | None) -> dict[str, int]:
    """All rules and the colours of the households from one number to before another; counts by what came of it."""
    on = datetime.date.fromisoformat(day)
    some, lines = Household.objects.filter(pk__gte=first), Lines.read(on)
    if before is not None:
        some = some.filter(pk__lt=before)
    tally: Counter[str] = Counter()
    for checked in checks.batches(some, on):
        with transaction.atomic():
            tally += doubts.of_households(checked, on)
            tally[RECOLOURED] += recolour([household for household, *_ in checked], on, lines)
        tally[HOUSEHOLDS] += len(checked)
        share.progress(tally[HOUSEHOLDS])
    return dict(tally)


def check_now(day: datetime.date) -> Job:
    """The check in this process, and none again in the night of the day; JobRefused while another runs."""
    period = day.isoformat()
    done = run_now(CHECK, params={"period": period}, key=f"{CHECK}:{period}")
    if done.state == JobState.DONE:
        DuePeriod.objects.get_or_create(kind=CHECK, period=period, defaults={"claimed_at": clock.now()})
    return done
