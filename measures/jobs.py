"""Jobs of this app."""

from typing import Any

from measures import nightly
from measures.departments import jobs as department_jobs
from measures.workbook import jobs as workbook_jobs
from office import clock
from office.jobs import JobRun, job, periodic

# Workers look for jobs here: those of other subjects are known by being named.
__all__ = ["department_jobs", "workbook_jobs"]


@periodic("measures-recheck", every="day")
@job("measures-recheck", title="帮扶措施夜间核查", queue="bulk")
def recheck_measures(run: JobRun, *, period: str) -> dict[str, Any]:
    """A second run finds nothing to change."""
    return {"households": nightly.recheck(clock.today())}
