"""Jobs of this app."""

from measures.departments import jobs as department_jobs
from measures.workbook import jobs as workbook_jobs

# Workers look for jobs here: those of other subjects are known by being named.
__all__ = ["department_jobs", "workbook_jobs"]
