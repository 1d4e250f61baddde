"""Jobs for workers of the soak tests (`--include tests.soak.work`)."""

import os
import signal
import time

from django.conf import settings
from django.db import transaction

from config.celery import app
from households.models import Visit
from office import trail
from office.jobs import JobRun, job

# A broker that delivers again what is not acknowledged in time: jobs must not depend on it.
if "VISIBILITY_SECONDS" in os.environ:
    app.conf.broker_transport_options = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "visibility_timeout": int(os.environ["VISIBILITY_SECONDS"]),
    }


@job("soak-count", title="长测计数")
def count(run: JobRun, *, name: str, seconds: float) -> None:
    """Works so long, and leaves one row of the trail however often it begins."""
    steps = max(1, int(seconds / 0.2))
    for done in range(steps):
        run.progress(done, steps, "正在清点")
        time.sleep(0.2)
    with transaction.atomic():
        trail.record("soak-counted", detail={"name": name})
        run.finish({"name": name})


@job("soak-deadly", title="长测致命输入")
def deadly(run: JobRun) -> None:
    """An input that kills whoever touches it."""
    os.kill(os.getpid(), signal.SIGKILL)


@job("soak-look", title="长测查看")
def look(run: JobRun, *, name: str) -> dict[str, int]:
    """Reads a table that somebody may have locked."""
    return {"visits": Visit.objects.count()}
