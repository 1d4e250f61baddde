"""Staged, publicly posted audits: one file an entity; the stage tables are audits/procedures."""

from audits.models.acceptance import Acceptance, Answer, Drawn, HomeVisit
from audits.models.audit_list import AuditList
from audits.models.decision import Decision, Verdict
from audits.models.delegation import Delegation
from audits.models.entry import Entry, Outcome
from audits.models.evidence import Evidence
from audits.models.frozen import FrozenFacts
from audits.models.house_case import HouseCase, Signature
from audits.models.list_archive import ListArchive
from audits.models.lookback import Lookback, LookbackVisit
from audits.models.notice import Notice
from audits.models.objection import Objection
from audits.models.seat import Seat
from audits.models.setting import AuditSetting
from audits.models.stop_reason import StopReason
from audits.models.window import AdjustmentWindow
from audits.targets import YearlyTarget

__all__ = [
    "Acceptance",
    "AdjustmentWindow",
    "Answer",
    "AuditList",
    "AuditSetting",
    "Decision",
    "Delegation",
    "Drawn",
    "Entry",
    "Evidence",
    "FrozenFacts",
    "HomeVisit",
    "HouseCase",
    "ListArchive",
    "Lookback",
    "LookbackVisit",
    "Notice",
    "Objection",
    "Outcome",
    "Seat",
    "Signature",
    "StopReason",
    "Verdict",
    "YearlyTarget",
]
