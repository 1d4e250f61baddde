"""The lines of the permission table for workbench, boards, plans and reports."""

from accounts.roles import Capability as C
from tests.permission_rule import SIGNED_IN, Rule

REPORTING: dict[str, Rule] = {
    # reporting: what a household's file and door card print
    "reporting:dossier": Rule(C.REGISTER_VIEW, of="household"),
    "reporting:card": Rule(C.REGISTER_VIEW, of="household"),
    # reporting: workbench, plans, reports
    "reporting:workbench": Rule(SIGNED_IN),
    "reporting:workbench-jobs": Rule(SIGNED_IN),
    "reporting:dashboard": Rule(C.REPORT_VIEW),
    "reporting:wall-distribution": Rule(C.REPORT_VIEW),
    "reporting:wall-campaign": Rule((C.REPORT_VIEW, C.WORK_VIEW)),
    "reporting:wall-pairing": Rule((C.REPORT_VIEW, C.WORK_VIEW)),
    "reporting:plans": Rule(C.PLAN_VIEW),
    "reporting:plan-import": Rule(C.PLAN_IMPORT, C.PLAN_IMPORT),
    "reporting:plan": Rule(C.PLAN_VIEW, of="plan"),
    "reporting:plan-adopt": Rule(post=C.PLAN_ADOPT, of="plan"),
    "reporting:plan-export": Rule(C.PLAN_VIEW, of="plan_file"),
    "reporting:plan-new": Rule(C.PLAN_IMPORT, C.PLAN_IMPORT),
    "reporting:plan-edit": Rule(C.PLAN_IMPORT, C.PLAN_IMPORT, of="plan"),
    "reporting:plan-carry": Rule(C.PLAN_VIEW, (C.PLAN_VIEW, C.PLAN_IMPORT), of="plan"),
    "reporting:plan-compare": Rule(C.PLAN_VIEW, of="plan"),
    "reporting:distribution": Rule(C.PLAN_VIEW, (C.PLAN_VIEW, C.PLAN_DISTRIBUTE)),
    "reporting:distribution-file": Rule(C.PLAN_VIEW),
    "reporting:planned-villages": Rule(C.PLAN_VIEW),
    "reporting:planned-import": Rule(C.PLAN_IMPORT, C.PLAN_IMPORT),
    "reporting:planned-village": Rule(C.PLAN_VIEW, (C.PLAN_VIEW, C.PLAN_IMPORT), of="key_village"),
    "reporting:letters-draw": Rule(post=C.WORK_MANAGE),
    "reporting:assessments": Rule(C.REPORT_VIEW),
    "reporting:assessment-draw": Rule(post=C.INSPECT),
    "reporting:assessment-settle": Rule(post=C.ASSESS),
    "reporting:assessment-veto": Rule(post=C.INSPECT, of="assessment"),
    "reporting:reports": Rule(C.REPORT_VIEW, (C.REPORT_VIEW, C.REPORT_RUN)),
    "reporting:schedules": Rule(C.REPORT_VIEW, C.REPORT_SCHEDULE),
    "reporting:schedule": Rule(C.REPORT_VIEW, of="schedule"),
    "reporting:schedule-pause": Rule(post=C.REPORT_SCHEDULE, of="schedule"),
    "reporting:schedule-resume": Rule(post=C.REPORT_SCHEDULE, of="schedule"),
    "reporting:schedule-retry": Rule(post=C.REPORT_SCHEDULE, of="schedule_period"),
    "reporting:report": Rule(C.REPORT_VIEW, of="report_kind"),
    "reporting:run": Rule(C.REPORT_VIEW, of="run"),
    "reporting:run-compare": Rule(C.REPORT_VIEW, of="run"),
    "reporting:run-details": Rule(post=C.REPORT_VIEW, of="run"),
    "reporting:file": Rule(C.REPORT_VIEW, of="run_file"),
}
