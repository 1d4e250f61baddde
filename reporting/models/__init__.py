"""Plan tables as printed (plan.py), what was carried over in them (carry.py), the runs of reports (run.py) and what makes
them by itself (schedule.py), and the settled assessment of towns (assessment.py).
"""

from reporting.models.assessment import TownAssessment
from reporting.models.carry import PlanCarry
from reporting.models.plan import AlreadyAdopted, CannotAdopt, Overtaken, PlanCell, PlanTable
from reporting.models.run import ReportFile, ReportRun
from reporting.models.schedule import ReportSchedule, ScheduleMoved, SchedulePeriod

__all__ = [
    "AlreadyAdopted",
    "CannotAdopt",
    "Overtaken",
    "PlanCarry",
    "PlanCell",
    "PlanTable",
    "ReportFile",
    "ReportRun",
    "ReportSchedule",
    "ScheduleMoved",
    "SchedulePeriod",
    "TownAssessment",
]
