"""Plan tables as printed (plan.py) and the runs of reports (run.py)."""

from reporting.models.plan import AlreadyAdopted, CannotAdopt, PlanCell, PlanTable
from reporting.models.run import ReportFile, ReportRun

__all__ = ["AlreadyAdopted", "CannotAdopt", "PlanCell", "PlanTable", "ReportFile", "ReportRun"]
