"""Work for tests that start real workers: `celery -A config worker --include tests.office.worker_jobs`.

The worker process takes the lease from its environment, so that a killed worker is noticed in seconds.
"""

import os
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from office import trail
from office.jobs import JobRun, Share, in_parts, job, part

if "TEST_LEASE_SECONDS" in os.environ:
    settings.JOB_LEASE_SECONDS = int(os.environ["TEST_LEASE_SECONDS"])


@job("worker-count", title="测试计数")
def count(run: JobRun, *, total: int, step: float = 0.0, told: str = "", together: bool = False) -> None:
    """Counts with pauses, all in one transaction if asked; tells a file which process started it; leaves one
    trail row however often it runs.
    """
    if told:
        with Path(told).open("a") as file:
            file.write(f"{os.getpid()}\n")
    with transaction.atomic() if together else nullcontext():
        for done in range(total):
            run.progress(done, total, "正在清点")
            time.sleep(step)
        with transaction.atomic():
            trail.record("test-counted", detail={"total": total})
            run.progress(total, total)
            run.finish({"total": total}, "清点完毕")


@job("worker-parts", title="测试分工")
def divide(run: JobRun, *, parts: int, step: float) -> dict[str, Any]:
    """Parts that sleep; tells which processes did them."""
    done = in_parts(run, "worker-parts", [{"step": step}] * parts)
    return {"parts": len(done), "by": sorted({one["by"] for one in done})}


@part("worker-parts")
def sleep(share: Share, *, step: float) -> dict[str, Any]:
    time.sleep(step)
    share.progress(1)
    return {"by": os.getpid()}
