"""Who may ask for what: one line for each URL name. A URL that is missing here fails the run.

A Rule says what GET and what POST need: a capability (all of several in a tuple), SIGNED_IN, ANYONE, or None
when the method is not served (405). `of` names the builder in tests/permission_objects.py that gives the
URL's arguments: an object in the own area, one elsewhere (404), and none at all (404 with the same body).
"""

from dataclasses import dataclass

from accounts.roles import Capability as C

ANYONE = "anyone"
SIGNED_IN = "signed in"
Needs = str | C | tuple[C, ...] | None


@dataclass(frozen=True)
class Rule:
    get: Needs = None
    post: Needs = None
    of: str = ""

    def needs(self, method: str) -> Needs:
        return self.get if method == "GET" else self.post


TABLE: dict[str, Rule] = {
    # accounts: sign-in and the own password
    "accounts:login": Rule(ANYONE, ANYONE),
    "accounts:logout": Rule(post=SIGNED_IN),
    "accounts:password": Rule(SIGNED_IN, SIGNED_IN),
    # accounts: users and duties
    "accounts:users": Rule(C.USERS_MANAGE),
    "accounts:user-new": Rule(C.USERS_MANAGE, C.USERS_MANAGE),
    "accounts:user": Rule(C.USERS_MANAGE, of="user"),
    "accounts:user-disable": Rule(post=C.USERS_MANAGE, of="user"),
    "accounts:user-enable": Rule(post=C.USERS_MANAGE, of="user"),
    "accounts:user-password": Rule(post=C.USERS_MANAGE, of="user"),
    "accounts:user-grant": Rule(post=C.USERS_MANAGE, of="user"),
    "accounts:user-end-duty": Rule(post=C.USERS_MANAGE, of="duty"),
    # accounts: jobs (the own ones), trail, monitors
    "accounts:jobs": Rule(SIGNED_IN),
    "accounts:job": Rule(SIGNED_IN, of="job"),
    "accounts:job-progress": Rule(SIGNED_IN, of="job"),
    "accounts:job-cancel": Rule(post=SIGNED_IN, of="job"),
    "accounts:job-retry": Rule(post=SIGNED_IN, of="job"),
    # accounts: lists as files; each list says itself who may have it
    "accounts:export-new": Rule(post=SIGNED_IN),
    "accounts:export": Rule(SIGNED_IN, of="export"),
    "accounts:trail": Rule(C.TRAIL_VIEW),
    "accounts:healthz": Rule(ANYONE),
    "accounts:readyz": Rule(ANYONE),
    # villages
    "villages:list": Rule(C.VILLAGE_VIEW),
    "villages:events": Rule(C.VILLAGE_VIEW),
    "villages:village": Rule(C.VILLAGE_VIEW, of="village"),
    "villages:staff": Rule(C.VILLAGE_EDIT, C.VILLAGE_EDIT, of="village"),
    "villages:year-new": Rule(C.VILLAGE_EDIT, C.VILLAGE_EDIT, of="village"),
    "villages:year": Rule(C.VILLAGE_EDIT, C.VILLAGE_EDIT, of="village_year"),
    # households
    "households:list": Rule(C.REGISTER_VIEW),
    "households:find": Rule(C.REGISTER_VIEW, C.REGISTER_VIEW),
    "households:events": Rule(C.REGISTER_VIEW),
    "households:detail": Rule(C.REGISTER_VIEW, of="household"),
    "households:history": Rule(C.REGISTER_VIEW, of="household"),
    "households:reveal": Rule(post=C.REVEAL, of="household"),
    # households: files with full numbers; one asks, another agrees, the first fetches
    "households:full-exports": Rule(C.REVEAL),
    "households:full-export-new": Rule((C.REGISTER_VIEW, C.REVEAL), (C.REGISTER_VIEW, C.REVEAL)),
    "households:full-export": Rule(C.REVEAL, of="full_export"),
    "households:full-export-agree": Rule(post=C.REVEAL, of="full_export"),
    "households:full-export-decline": Rule(post=C.REVEAL, of="full_export"),
    "households:full-export-file": Rule(post=C.REVEAL, of="own_full_export"),
    "households:new": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT),
    "households:new-draft": Rule(post=C.REGISTER_EDIT),
    "households:new-checks": Rule(post=C.REGISTER_EDIT),
    "households:new-member": Rule(post=C.REGISTER_EDIT),
    "households:new-identity": Rule(post=C.REGISTER_EDIT),
    "households:edit": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="household"),
    "households:edit-draft": Rule(post=C.REGISTER_EDIT, of="household"),
    "households:edit-checks": Rule(post=C.REGISTER_EDIT, of="household"),
    "households:edit-member": Rule(post=C.REGISTER_EDIT, of="household"),
    "households:edit-identity": Rule(post=C.REGISTER_EDIT, of="household"),
    "households:village-panel": Rule(C.VILLAGE_VIEW, of="village"),
    "households:findings": Rule(C.REGISTER_VIEW),
    "households:finding": Rule(C.REGISTER_VIEW, of="finding"),
    "households:finding-confirm": Rule(post=C.REGISTER_EDIT, of="finding"),
    "households:finding-assign": Rule(post=C.FINDINGS_ASSIGN, of="finding"),
    # households: members join and leave; the household moves, splits, takes another in, ends
    "households:join": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="household"),
    "households:leave": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="person"),
    "households:rejoin": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="person"),
    "households:head": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="household"),
    "households:move": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="household"),
    "households:split": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="household"),
    "households:merge": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="household"),
    "households:remove": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="household"),
    # households: likely duplicates
    "households:duplicates": Rule(C.REGISTER_VIEW),
    "households:duplicate": Rule(C.REGISTER_VIEW, of="duplicate"),
    "households:duplicate-differ": Rule(post=C.REGISTER_EDIT, of="duplicate"),
    "households:duplicate-merge": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="duplicate"),
    # households: helpers, visits, shocks, the watch list
    "households:without-helper": Rule(C.REGISTER_VIEW),
    "households:not-visited": Rule(C.REGISTER_VIEW),
    "households:helpers": Rule(C.REGISTER_VIEW),
    "households:helper-new": Rule(C.HELPER_EDIT, C.HELPER_EDIT, of="household"),
    "households:helper-change": Rule(C.HELPER_EDIT, C.HELPER_EDIT, of="helper"),
    "households:helper-end": Rule(C.HELPER_EDIT, C.HELPER_EDIT, of="helper"),
    "households:visit-new": Rule(C.VISIT_RECORD, C.VISIT_RECORD, of="household"),
    "households:visit-strike": Rule(C.VISIT_RECORD, C.VISIT_RECORD, of="visit"),
    "households:visit-photo": Rule(C.REGISTER_VIEW, of="visit_photo"),
    "households:paper-new": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="household"),
    "households:paper-strike": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="paper"),
    "households:paper-file": Rule(C.REGISTER_VIEW, of="paper_file"),
    "households:shock-new": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="household"),
    "households:shock-settle": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="shock"),
    "households:watch": Rule(C.REGISTER_VIEW),
    "households:watch-new": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="household"),
    "households:watch-change": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="watch"),
    "households:watch-remove": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="watch"),
    # households: the workbook out and back
    "households:imports": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT),
    "households:agreements": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT),
    "households:agreement": Rule(C.REGISTER_EDIT, of="agreement"),
    "households:import-workbook-new": Rule(post=C.REGISTER_EDIT),
    "households:import-workbook": Rule(C.REGISTER_EDIT, of="workbook"),
    "households:import": Rule(C.REGISTER_EDIT, of="import_batch"),
    "households:import-bad-rows": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="import_batch"),
    "households:import-good-rows": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="import_batch"),
    "households:import-decide": Rule(post=C.REGISTER_EDIT, of="import_batch"),
    "households:import-go-on": Rule(post=C.REGISTER_EDIT, of="import_batch"),
    "households:import-confirm": Rule(post=C.REGISTER_EDIT, of="import_batch"),
    "households:import-undo": Rule(post=C.REGISTER_EDIT, of="import_batch"),
    # households: closed years, and surveys of the years before this one
    "households:survey-edit": Rule(C.REGISTER_EDIT, C.REGISTER_EDIT, of="survey"),
    "households:survey-correct": Rule(C.YEAR_CLOSE, C.YEAR_CLOSE, of="survey"),
    "households:correction-document": Rule(C.YEAR_CLOSE, of="correction"),
    "households:years": Rule(C.YEAR_CLOSE),
    "households:year": Rule(C.YEAR_CLOSE, of="year"),
    "households:year-close": Rule(post=C.YEAR_CLOSE, of="year"),
    "households:year-reopen": Rule(post=C.YEAR_CLOSE, of="year"),
    "households:year-document": Rule(C.YEAR_CLOSE, of="year_act"),
    "households:colours": Rule(C.REGISTER_VIEW),
    "households:colour-factors": Rule(post=(C.REGISTER_VIEW, C.LINES_EDIT)),
    "households:lines": Rule(C.LINES_VIEW, (C.LINES_VIEW, C.LINES_EDIT)),
    # measures: the policy catalogue
    "measures:policies": Rule(ANYONE),
    "measures:policy": Rule(ANYONE, of="policy"),
    "measures:policy-new": Rule(C.POLICY_EDIT, C.POLICY_EDIT),
    "measures:policy-edit": Rule(C.POLICY_EDIT, C.POLICY_EDIT, of="policy"),
    # measures: planned, delivered, cancelled; singly and as a whole list
    "measures:list": Rule(C.MEASURE_VIEW),
    "measures:household": Rule(C.MEASURE_VIEW, of="household"),
    "measures:plan": Rule(C.MEASURE_EDIT, C.MEASURE_EDIT, of="household"),
    "measures:plan-village": Rule(C.MEASURE_EDIT, C.MEASURE_EDIT, of="village"),
    "measures:measure": Rule(C.MEASURE_VIEW, of="measure"),
    "measures:deliver": Rule(post=C.MEASURE_EDIT, of="measure"),
    "measures:cancel": Rule(post=C.MEASURE_EDIT, of="measure"),
    "measures:whole": Rule(C.MEASURE_EDIT),
    "measures:coverage": Rule(C.MEASURE_VIEW),
    "measures:coverage-list": Rule(C.MEASURE_VIEW),
    "measures:coverage-plan": Rule(post=C.MEASURE_EDIT),
    "measures:coverage-plan-all": Rule(post=C.MEASURE_EDIT),
    "measures:whole-deliver": Rule(C.MEASURE_EDIT, C.MEASURE_EDIT, of="policy_year"),
    # audits: the stage and the area are judged by audits/acting.py, on a complete form only
    "audits:list": Rule(C.AUDIT_VIEW),
    "audits:audit": Rule(C.AUDIT_VIEW, of="audit_list"),
    "audits:pass": Rule(post=C.AUDIT_ACT, of="audit_list"),
    "audits:send-back": Rule(C.AUDIT_ACT, C.AUDIT_ACT, of="audit_list"),
    "audits:decision": Rule(C.AUDIT_VIEW, of="audit_decision"),
    "audits:entry": Rule(C.AUDIT_VIEW, of="audit_entry"),
    # audits: notices inside the office, and in public to everybody
    "audits:notices": Rule(C.AUDIT_VIEW),
    "audits:notices-public": Rule(post=C.AUDIT_SETTINGS),
    "audits:notice-new": Rule(C.AUDIT_ACT, C.AUDIT_ACT, of="audit_list"),
    "audits:notice": Rule(C.AUDIT_VIEW, of="audit_notice"),
    "audits:notice-sheet": Rule(C.AUDIT_VIEW, of="audit_notice"),
    "audits:notice-workbook": Rule(C.AUDIT_VIEW, of="audit_notice"),
    "audits:notice-photos": Rule(post=C.AUDIT_ACT, of="audit_notice"),
    "audits:notice-photo": Rule(C.AUDIT_VIEW, of="audit_notice_photo"),
    "notices:list": Rule(ANYONE),
    "notices:notice": Rule(ANYONE, ANYONE, of="public_notice"),
    # audits: objections
    "audits:objections": Rule(C.AUDIT_VIEW),
    "audits:objection-new": Rule(C.AUDIT_ACT, C.AUDIT_ACT, of="audit_list"),
    "audits:objection": Rule(C.AUDIT_VIEW, of="objection"),
    "audits:objection-take-up": Rule(post=C.AUDIT_ACT, of="objection"),
    "audits:objection-settle": Rule(post=C.AUDIT_ACT, of="objection"),
    "audits:objection-contact": Rule(post=C.REVEAL, of="objection"),
    "audits:objection-answer": Rule(C.AUDIT_VIEW, of="objection"),
    # audits: papers as they are printed, and the whole archive of a list for whoever asked
    "audits:papers": Rule(C.AUDIT_VIEW, of="audit_list"),
    "audits:paper": Rule(C.AUDIT_VIEW, of="audit_paper"),
    "audits:archive": Rule(post=C.AUDIT_VIEW, of="audit_list"),
    "audits:archive-file": Rule(C.AUDIT_VIEW, of="list_archive"),
    # reporting: what a household's file and door card print
    "reporting:dossier": Rule(C.REGISTER_VIEW, of="household"),
    "reporting:card": Rule(C.REGISTER_VIEW, of="household"),
    # reporting: workbench, plans, reports
    "reporting:workbench": Rule(SIGNED_IN),
    "reporting:workbench-jobs": Rule(SIGNED_IN),
    "reporting:plans": Rule(C.PLAN_VIEW),
    "reporting:plan-import": Rule(C.PLAN_IMPORT, C.PLAN_IMPORT),
    "reporting:plan": Rule(C.PLAN_VIEW, of="plan"),
    "reporting:plan-adopt": Rule(post=C.PLAN_ADOPT, of="plan"),
    "reporting:plan-export": Rule(C.PLAN_VIEW, of="plan_file"),
    "reporting:reports": Rule(C.REPORT_VIEW, (C.REPORT_VIEW, C.REPORT_RUN)),
    "reporting:report": Rule(C.REPORT_VIEW, of="report_kind"),
    "reporting:run": Rule(C.REPORT_VIEW, of="run"),
    "reporting:file": Rule(C.REPORT_VIEW, of="run_file"),
}

# Lists that `?area=CODE` narrows: the code of an area elsewhere reads like one that does not exist.
AREA_LISTS = [
    "villages:list",
    "villages:events",
    "households:list",
    "households:events",
    "households:findings",
    "households:full-exports",
    "households:duplicates",
    "households:colours",
    "households:without-helper",
    "households:not-visited",
    "households:helpers",
    "households:watch",
    "households:imports",
    "measures:list",
    "measures:whole",
    "measures:coverage",
    "measures:coverage-list",
    "audits:list",
    "audits:notices",
    "audits:objections",
    "reporting:plans",
    "reporting:reports",
]
