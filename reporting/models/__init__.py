"""Plan tables as printed (plan.py), the runs of reports (run.py), and the settled assessment of towns (assessment.py)."""

from reporting.models.assessment import TownAssessment
from reporting.models.plan import AlreadyAdopted, CannotAdopt, PlanCell, PlanTable
from reporting.models.run import ReportFile, ReportRun

__all__ = [
    "AlreadyAdopted",
    "CannotAdopt",
    "PlanCell",
    "PlanTable",
    "ReportFile",
    "ReportRun",
    "TownAssessment",
]
