"""Towns and villages, their facts by year, and key villages with their dated events."""

from villages.models.incident import Incident, IncidentState, IncidentStep
from villages.models.indicator import Binding, Indicator, IndicatorGoal, IndicatorValue
from villages.models.inspection import Grade, Inspection, InspectionKind
from villages.models.key_village import KeyVillage, KeyVillageEvent, KeyVillageEventKind, Origin
from villages.models.letter import Letter, LetterState, Tier
from villages.models.plan_item import Part, PlanItem
from villages.models.post import Post, PostKind, StayMonth
from villages.models.rectification import (
    Rectification,
    RectificationStep,
    RectState,
    Responsibility,
)
from villages.models.village import Town, Village
from villages.models.village_year import VillageYear
from villages.models.work_event import EventKind, WorkEvent

__all__ = [
    "EventKind",
    "Grade",
    "Inspection",
    "InspectionKind",
    "Letter",
    "LetterState",
    "Part",
    "PlanItem",
    "Post",
    "PostKind",
    "RectState",
    "Rectification",
    "RectificationStep",
    "Responsibility",
    "StayMonth",
    "Tier",
    "WorkEvent",
    "Incident",
    "IncidentState",
    "IncidentStep",
    "Binding",
    "Indicator",
    "IndicatorGoal",
    "IndicatorValue",
    "KeyVillage",
    "KeyVillageEvent",
    "KeyVillageEventKind",
    "Origin",
    "Town",
    "Village",
    "VillageYear",
]
