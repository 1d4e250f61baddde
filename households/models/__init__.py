"""The register: one file an entity."""

from households.models.act import Conflict, Entry, Load
from households.models.card import LEFT, NOT_OUT, POOR, RETURNED
from households.models.draft import EntryDraft
from households.models.event import ClosedYear, Kind, Origin, StatusEvent
from households.models.helper import Helper
from households.models.household import Household
from households.models.line import CountyStandard, Cpi, PovertyLine, SubsistenceStandard
from households.models.living import Living
from households.models.name import NameKey
from households.models.number import NumberSeries
from households.models.person import Person, PersonYear
from households.models.production import Production
from households.models.shock import Shock
from households.models.survey import Survey
from households.models.visit import Visit
from households.models.watch import Watch
from households.models.workbook import ImportBatch, ImportChange, ImportRow, ImportState, RegisterWorkbook

__all__ = [
    "LEFT",
    "NOT_OUT",
    "POOR",
    "RETURNED",
    "ClosedYear",
    "Conflict",
    "CountyStandard",
    "Cpi",
    "Entry",
    "EntryDraft",
    "Helper",
    "Household",
    "ImportBatch",
    "ImportChange",
    "ImportRow",
    "ImportState",
    "Kind",
    "Living",
    "Load",
    "NameKey",
    "NumberSeries",
    "Origin",
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
]
