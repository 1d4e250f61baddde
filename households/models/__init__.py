"""The register: one file an entity."""

from households.models.act import Conflict, Entry, Load
from households.models.agreement import Agreement, AgreementState, Disagreement, DisagreementKind
from households.models.card import LEFT, NOT_OUT, POOR, RETURNED
from households.models.colour_change import ColourChange
from households.models.colour_factors import ColourFactors
from households.models.correction import Correction
from households.models.draft import EntryDraft
from households.models.duplicate import Duplicate, DuplicateState, Likeness
from households.models.event import ClosedYear, Kind, Origin, StatusEvent
from households.models.full_export import FullExport, FullExportState
from households.models.helper import Helper
from households.models.household import Household
from households.models.line import CountyStandard, Cpi, PovertyLine, SubsistenceStandard
from households.models.living import Living
from households.models.name import NameKey
from households.models.number import NumberSeries
from households.models.paper import Paper
from households.models.person import Person, PersonYear
from households.models.production import Production
from households.models.shock import Shock
from households.models.survey import Survey
from households.models.visit import Visit
from households.models.watch import Watch
from households.models.workbook import (
    ChangeKind,
    Decision,
    ImportBatch,
    ImportChange,
    ImportRow,
    ImportState,
    RegisterWorkbook,
)
from households.models.year import YearAct

__all__ = [
    "LEFT",
    "NOT_OUT",
    "POOR",
    "RETURNED",
    "Agreement",
    "AgreementState",
    "ChangeKind",
    "ClosedYear",
    "ColourChange",
    "ColourFactors",
    "Conflict",
    "Correction",
    "CountyStandard",
    "Cpi",
    "Decision",
    "Disagreement",
    "DisagreementKind",
    "Entry",
    "Duplicate",
    "DuplicateState",
    "EntryDraft",
    "FullExport",
    "FullExportState",
    "Helper",
    "Household",
    "ImportBatch",
    "ImportChange",
    "ImportRow",
    "ImportState",
    "Kind",
    "Likeness",
    "Living",
    "Load",
    "NameKey",
    "NumberSeries",
    "Origin",
    "Paper",
    "Person",
    "PersonYear",
    "PovertyLine",
    "Production",
    "RegisterWorkbook",
    "Shock",
    "StatusEvent",
    "SubsistenceStandard",
    "Survey",
    "Visit",
    "Watch",
    "YearAct",
]
