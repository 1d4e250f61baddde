"""Towns and villages, their facts by year, and key villages with their dated events."""

from villages.models.incident import Incident, IncidentState, IncidentStep
from villages.models.indicator import Binding, Indicator, IndicatorGoal, IndicatorValue
from villages.models.key_village import KeyVillage, KeyVillageEvent, KeyVillageEventKind, Origin
from villages.models.village import Town, Village
from villages.models.village_year import VillageYear

__all__ = [
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
