"""A job that does nothing: what every job costs."""

from typing import Any

from office.jobs import JobRun, job


@job("bench-empty", title="空任务")
def empty(run: JobRun) -> dict[str, Any]:
    return {}
