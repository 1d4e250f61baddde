"""A household's record as plain values: what the logic checks read, from the register, a form or a workbook.

Unknown is None, "" or (); 否 is False and never unknown. Field names are those of fields.csv. A coded field
names its list, so that C002 can ask every one of them.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Self

LIST = "list"
Day = datetime.date | None
YesNo = bool | None
Yuan = Decimal | None


def coded(name: str, default: str = "") -> Any:
    """A field that holds one word of a code list."""
    return field(default=default, metadata={LIST: name})


def several(name: str) -> Any:
    """A field that holds several words of a code list."""
    return field(default=(), metadata={LIST: name})


def coded_fields(kind: type) -> Iterator[tuple[str, str]]:
    """(field, code list) of every coded field of a dataclass of this module."""
    return ((each.name, each.metadata[LIST]) for each in fields(kind) if LIST in each.metadata)


class Known:
    """Facts made by what is known alone; the rest is read off the class, where a dataclass keeps its defaults.

    To set all fifty fields of every person of a file took as long as a dozen of the rules. What no rule reads does
    no harm.
    """

    @classmethod
    def known(cls, values: dict[str, Any], **more: Any) -> Self:
        facts = object.__new__(cls)
        facts.__dict__.update(values, **more)
        return facts


@dataclass(frozen=True, kw_only=True)
class PersonFacts(Known):
    """One member, present or gone. `position` counts from 1 in the record.

    `found_on` is the day of the survey that the yearly facts are of; empty when they were changed since, or
    are being entered now: then they are those of the day checked. `counted` says whether the newest survey
    counted the person (None: not known). `years` are (year, schooling) of the surveys. `id_cell` is the
    identity number's cell as a workbook holds it, before it is read as text.
    """

    position: int = 1
    number: str = ""
    name: str = ""
    sex: str = coded("sex")
    birth_date: Day = None
    id_type: str = coded("id_type")
    id_number: str = ""
    ethnicity: str = coded("ethnicity")
    phone: str = ""
    relation: str = coded("relation")
    marital_status: str = coded("marital_status")
    political_status: str = coded("political_status")
    education: str = coded("education")
    schooling: str = coded("schooling")
    dropout_reason: str = coded("dropout_reason")
    health: tuple[str, ...] = several("health")
    disability_category: str = coded("disability_category")
    disability_grade: str = coded("disability_grade")
    disability_certificate: str = ""
    self_care: str = coded("self_care")
    labour_capacity: str = coded("labour_capacity")
    employment_willingness: str = coded("employment_willingness")
    training_willingness: str = coded("training_willingness")
    work_place: str = coded("work_place")
    work_place_detail: str = ""
    work_months: object = None
    employment_channel: tuple[str, ...] = several("employment_channel")
    public_service_post_type: str = coded("public_service_post_type")
    public_service_post_months: object = None
    industry_class: str = coded("industry_class")
    subsistence_allowance: YesNo = None
    extremely_poor_support: YesNo = None
    support_mode: str = coded("support_mode")
    active_soldier: YesNo = None
    resident_medical_insurance: YesNo = None
    employee_medical_insurance: YesNo = None
    critical_illness_insurance: YesNo = None
    resident_pension: YesNo = None
    joined_on: Day = None
    join_reason: str = coded("join_reason", "纳入时登记")
    left_on: Day = None
    leave_reason: str = coded("leave_reason")
    present: bool = True
    found_on: Day = None
    counted: YesNo = None
    years: tuple[tuple[int, str], ...] = ()
    id_cell: object = None


@dataclass(frozen=True, kw_only=True)
class SurveyFacts:
    """A yearly survey; amounts are yuan of the whole household and year."""

    year: int
    surveyed_on: Day = None
    state: str = coded("survey_state")
    member_count: int | None = None
    wage_income: Yuan = None
    business_income: Yuan = None
    property_income: Yuan = None
    family_planning_income: Yuan = None
    subsistence_income: Yuan = None
    extremely_poor_income: Yuan = None
    pension_income: Yuan = None
    ecology_income: Yuan = None
    other_transfer_income: Yuan = None
    business_expense: Yuan = None
    net_income: Yuan = None
    net_income_per_capita: Yuan = None
    food_assured: YesNo = None
    clothing_assured: YesNo = None
    education_guaranteed: YesNo = None
    medical_guaranteed: YesNo = None
    housing_guaranteed: YesNo = None
    water_safe: YesNo = None
    correction_reason: str = ""
    correction_document: str = ""


@dataclass(frozen=True, kw_only=True)
class LivingFacts:
    """Living conditions of the survey's year; area in ㎡, distance in km."""

    house_area: Decimal | None = None
    house_structure: str = coded("house_structure")
    house_grade: str = coded("house_grade")
    living_power: YesNo = None
    water_difficult: YesNo = None
    water_source: str = coded("water_source")
    fuel: str = coded("fuel")
    sanitary_toilet: YesNo = None
    entry_road: str = coded("entry_road")
    road_distance: Decimal | None = None
    relocation_mode: str = coded("relocation_mode")
    resettlement_mode: str = coded("resettlement_mode")
    resettlement_place: str = coded("resettlement_place")


@dataclass(frozen=True, kw_only=True)
class ProductionFacts:
    """Land (亩) and production conditions of the survey's year."""

    cooperative_member: YesNo = None
    production_power: YesNo = None
    farmland: Decimal | None = None
    irrigated_land: Decimal | None = None
    forest_land: Decimal | None = None
    returned_forest_land: Decimal | None = None
    orchard_land: Decimal | None = None
    pasture_land: Decimal | None = None
    water_area: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class HelperFacts:
    id_number: str = ""
    phone: str = ""
    political_status: str = coded("political_status")
    education: str = coded("education")
    affiliation: str = coded("affiliation")
    start_on: Day = None
    end_on: Day = None

    def valid(self, day: datetime.date) -> bool:
        """有效标志 on the day."""
        return self.start_on is not None and self.start_on <= day and not self.ended(day)

    def ended(self, day: datetime.date) -> bool:
        return self.end_on is not None and self.end_on < day


@dataclass(frozen=True, kw_only=True)
class WatchFacts:
    kind: str = coded("watch_kind")
    risks: tuple[str, ...] = several("watch_risk")
    identified_on: Day = None
    risk_removed: bool = False
    removed_on: Day = None
    removal_way: str = coded("watch_removal_way")


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a workbook says where the register computes, as its cells hold it; nothing was said by None.

    `household_known` is False for person rows whose household is neither in the file nor in the register.
    """

    household_known: bool = True
    head_id_number: object = None
    member_count: int | None = None
    survey_member_count: int | None = None
    transfer_income: Yuan = None
    total_income: Yuan = None
    net_income: Yuan = None
    net_income_per_capita: Yuan = None


@dataclass(frozen=True, kw_only=True)
class HouseholdRecord(Known):
    """A household with everything kept for it; `survey` is the one checked, `previous` the last before it."""

    number: str = ""
    village: str = ""
    villager_group: str = ""
    phone: str = ""
    bank_account: str = ""
    poverty_standard: str = coded("poverty_standard")
    attribute: str = coded("household_attribute")
    poverty_type: str = coded("poverty_type")
    poverty_degree: str = coded("poverty_degree")
    assistance_need: tuple[str, ...] = several("assistance_need")
    poverty_cause: str = coded("poverty_cause")
    other_poverty_causes: tuple[str, ...] = several("poverty_cause")
    no_exit_reason: str = coded("no_exit_reason")
    planned_exit_year: int | None = None
    member_count: int | None = None
    registered_on: Day = None
    exit_mark: str = coded("exit_mark")
    left_on: Day = None
    removed_on: Day = None
    persons: tuple[PersonFacts, ...] = ()
    survey: SurveyFacts | None = None
    previous: SurveyFacts | None = None
    living: LivingFacts | None = None
    production: ProductionFacts | None = None
    helpers: tuple[HelperFacts, ...] = ()
    watches: tuple[WatchFacts, ...] = ()
    visits: tuple[datetime.date, ...] = ()
    stated: Stated = Stated()
