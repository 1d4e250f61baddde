"""Jobs of this app."""

from measures.departments import jobs as department_jobs

# Workers look for jobs here: those of the department lists are known by being named.
__all__ = ["department_jobs"]
