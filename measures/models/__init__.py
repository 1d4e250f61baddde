"""The help: the policy catalogue, what each household, person and village gets by it, projects and their money."""

from measures.models.asset import Asset, AssetIncome, Share, Sharing, SharingState
from measures.models.fund import Basis, FundSource, FundYear, ProjectFund, SourceKind
from measures.models.ledger import EntryKind, FundEntry, PayeeKind
from measures.models.measure import Measure, State, Taken
from measures.models.policy import Policy, PolicyKind
from measures.models.project import Project, ProjectDecision
from measures.models.project_papers import ProjectProgress, ProjectRecord, RecordKind

__all__ = [
    "Asset",
    "AssetIncome",
    "Basis",
    "EntryKind",
    "FundEntry",
    "FundSource",
    "FundYear",
    "Measure",
    "PayeeKind",
    "Policy",
    "PolicyKind",
    "Project",
    "ProjectDecision",
    "ProjectFund",
    "ProjectProgress",
    "ProjectRecord",
    "RecordKind",
    "Share",
    "Sharing",
    "SharingState",
    "SourceKind",
    "State",
    "Taken",
]
