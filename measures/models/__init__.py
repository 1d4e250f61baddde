"""The help: the policy catalogue, what each household, person and village gets by it, projects and their money."""

from measures.models.asset import Asset, AssetIncome, Share, Sharing, SharingState
from measures.models.charity_fund import CharityFund, FundPurpose, FundUse
from measures.models.department_list import (
    DepartmentList,
    DifferenceKind,
    ListDifference,
    ListRow,
    ListState,
    Settled,
)
from measures.models.desk_request import Channel, DeskRequest, DeskState, DeskStep, Topic
from measures.models.enterprise import Enterprise, EnterpriseKind
from measures.models.fund import Basis, FundSource, FundYear, ProjectFund, SourceKind
from measures.models.ledger import EntryKind, FundEntry, PayeeKind
from measures.models.measure import Measure, State, Taken
from measures.models.measure_import import MeasureImport, MeasureImportRow, MeasureWorkbook
from measures.models.policy import Policy, PolicyKind
from measures.models.project import Project, ProjectDecision
from measures.models.project_papers import ProjectProgress, ProjectRecord, RecordKind
from measures.models.social_help import Beneficiary, GiverKind, HelpKind, HelpState, SocialHelp

__all__ = [
    "Asset",
    "AssetIncome",
    "Basis",
    "Beneficiary",
    "Channel",
    "CharityFund",
    "DepartmentList",
    "DeskRequest",
    "DeskState",
    "DeskStep",
    "DifferenceKind",
    "Enterprise",
    "EnterpriseKind",
    "EntryKind",
    "FundEntry",
    "FundPurpose",
    "FundSource",
    "FundUse",
    "FundYear",
    "GiverKind",
    "HelpKind",
    "HelpState",
    "ListDifference",
    "ListRow",
    "ListState",
    "Measure",
    "MeasureImport",
    "MeasureImportRow",
    "MeasureWorkbook",
    "PayeeKind",
    "Policy",
    "PolicyKind",
    "Project",
    "ProjectDecision",
    "ProjectFund",
    "ProjectProgress",
    "ProjectRecord",
    "RecordKind",
    "Settled",
    "Share",
    "Sharing",
    "SharingState",
    "SocialHelp",
    "SourceKind",
    "State",
    "Taken",
    "Topic",
]
