"""A job watched to its end."""

import time

from office import jobs
from office.models import Job, JobState

PATIENCE, RING = 600.0, 10.0  # seconds


def done(row: Job) -> Job:
    """The job after a worker has done it; rung for again, as beat would, should its message be lost."""
    began = rung = time.monotonic()
    while True:
        row.refresh_from_db()
        if row.state == JobState.DONE:
            return row
        now = time.monotonic()
        if row.state in (JobState.FAILED, JobState.CANCELLED) or now - began > PATIENCE:
            raise AssertionError(f"{row.title}: {row.state} {row.error}")
        if now - rung > RING:
            jobs.sweep()
            rung = now
        time.sleep(0.02)
