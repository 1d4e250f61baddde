"""The household's own part of the entry sheet, and its yearly parts: survey, living, production."""

import datetime
from typing import Any

from django import forms

from areas.models import Area
from households.entry.fields import Masked, entry_field
from households.models import Household, Living, Production, Survey
from households.models.survey import ASSURANCES, SUBMITTED

HOUSEHOLD_SHOWN = (
    "village",
    "villager_group",
    "address",
    "phone",
    "attribute",
    "poverty_standard",
    "poverty_cause",
    "bank_name",
    "bank_account",
)
HOUSEHOLD_MORE = (
    "other_poverty_causes",
    "poverty_type",
    "poverty_degree",
    "assistance_need",
    "planned_exit_year",
    "no_exit_reason",
    "military_family",
    "one_child_family",
    "two_daughter_family",
    "family_planning_family",
    "reservoir_resettler",
)
INCOMES = ("wage_income", "business_income", "property_income")
TRANSFERS = (
    "subsistence_income",
    "extremely_poor_income",
    "pension_income",
    "ecology_income",
    "family_planning_income",
    "other_transfer_income",
)
SIX = (*ASSURANCES, "water_safe")
# What a survey must answer before it counts (Survey.submit asks the same).
ASKED = (*INCOMES, "business_expense", *SIX)
TICKS = (
    "check_basic_data",
    "check_identification",
    "check_measures",
    "check_responsibility",
    "check_exit",
    "archive_tidy",
)
LIVING_SHOWN = (
    "house_area",
    "house_grade",
    "living_power",
    "water_difficult",
    "fuel",
    "sanitary_toilet",
    "entry_road",
    "road_distance",
    "relocated",
)
LIVING_MORE = (
    "house_structure",
    "house_built_year",
    "water_source",
    "broadcast",
    "relocation_mode",
    "resettlement_mode",
    "resettlement_place",
    "relocation_difficulty",
)
PRODUCTION_SHOWN = ("production_power", "cooperative_member", "farmland")
PRODUCTION_MORE = (
    "cooperative_name",
    "irrigated_land",
    "forest_land",
    "returned_forest_land",
    "orchard_land",
    "pasture_land",
    "water_area",
)


class HouseholdForm(Masked):
    """`villages` are those of the own area. A saved household's village changes by a move, the standard of
    a registered one by 更正: neither is a field then."""

    class Meta:
        model = Household
        fields = [*HOUSEHOLD_SHOWN, *HOUSEHOLD_MORE]
        formfield_callback = entry_field

    def __init__(self, *args: Any, villages: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["village"]
        else:
            self.fields["village"] = forms.ModelChoiceField(
                villages,
                label="村(社区)",
                empty_label=None if len(villages) == 1 else "",
                widget=forms.Select(attrs={"class": "w8"}),
                error_messages={"invalid_choice": "没有这个村，或者不在当前任职的区域内"},
            )
            self.order_fields(self._meta.fields)
        if self.instance.registered_on is not None:
            del self.fields["poverty_standard"]


class YearForm(Masked):
    """Facts of a year: nothing typed, no row."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, empty_permitted=False, **options)

    @property
    def typed(self) -> bool:
        return self.has_changed()


class SurveyForm(YearForm):
    """Who asked and when are given: they alone make no survey."""

    GIVEN = ("surveyor", "surveyed_on")

    class Meta:
        model = Survey
        fields = [*INCOMES, *TRANSFERS, "business_expense", *SIX, *TICKS, "surveyor", "surveyed_on"]
        formfield_callback = entry_field

    def __init__(self, *args: Any, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day
        for name in TICKS:
            self.fields[name] = forms.BooleanField(label=self.fields[name].label, required=False)
        for name in self.GIVEN:
            self.fields[name].required = False

    @property
    def typed(self) -> bool:
        return bool(set(self.changed_data) - (set() if self.instance.pk else set(self.GIVEN)))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.typed:
            return cleaned
        for name in self.GIVEN:
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, "填了年度采集，就要写明采集人和采集日期")
        if self.instance.pk and self.instance.state == SUBMITTED:
            for name in ASKED:
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, "采集表已经填报，这一项不能空")
        on = cleaned.get("surveyed_on")
        if on and on > self.day:
            self.add_error("surveyed_on", "采集日期晚于今天")
        elif on and on.year != self.instance.year:
            self.add_error("surveyed_on", f"采集日期不在{self.instance.year}年")
        return cleaned


class LivingForm(YearForm):
    class Meta:
        model = Living
        fields = [*LIVING_SHOWN, *LIVING_MORE]
        formfield_callback = entry_field


class ProductionForm(YearForm):
    class Meta:
        model = Production
        fields = [*PRODUCTION_SHOWN, *PRODUCTION_MORE]
        formfield_callback = entry_field


def villages_of(scope: Any, day: datetime.date) -> Any:
    """The villages that may be chosen on the day, in code order."""
    return (
        Area.objects.in_scope(scope)
        .filter(level="village")
        .valid_on(day)
        .select_related("parent__parent")
        .order_by("code")
    )
