"""The nightly search for likely duplicates."""

from typing import Any

from django.db import transaction

from households.duplicates import found
from households.models.duplicate import Duplicate
from office import clock, trail
from office.jobs import JobRun, job, periodic

KIND = "duplicates"
# What the search counts, as its row of the trail says it.
COUNTED = {found.OPENED: "新发现", found.KEPT: "仍在", found.GONE: "已消除"}


@periodic(KIND, every="day")
@job(KIND, title="查找疑似重复", queue="bulk")
def search(run: JobRun, *, period: str) -> dict[str, Any]:
    """The whole register; a second run finds nothing to change."""
    pairs, day = found.everywhere(), clock.today()
    with transaction.atomic():
        done = found.reconcile(pairs, Duplicate.objects.all(), day)
        result = {"pairs": len(pairs), **{name: done[name] for name in COUNTED}}
        told = {"日期": day, "周期": period, "对数": len(pairs)}
        told |= {word: done[name] for name, word in COUNTED.items()}
        trail.record("查找疑似重复", detail=told)
        run.finish(result)
    return result
