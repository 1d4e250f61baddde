"""The figures that the requirements of help state, kept as data: each held against the catalogue (stated.csv), a bound
that is declared for a field, or the rule that uses it."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from households.entry.household_form import HouseholdForm
from households.models import Household
from measures import checks, extras
from measures.amounts import Band, critical_illness, old_age, temporary_aid
from measures.models import Policy
from tests.measures import test_requirements_help, test_requirements_platform, test_sharing
from villages.models import VillageYear
from villages.models.village_year import GROUPS

with (Path(__file__).parent / "stated.csv").open(encoding="utf-8", newline="") as table:
    # Requirement, code of the catalogue, the figure that it states.
    STATED = [(row["requirement"], row["code"], row["figure"]) for row in csv.DictReader(table)]
SERVED = {**test_requirements_help.SERVED, **test_requirements_platform.SERVED}
# Requirement, policy, field, what else is said, a value at the bound, one beyond it.
HELD = [
    ("R113", "WORKSHOP-PER-HEAD", "months", {}, "12", "13"),
    ("R113", "WORKSHOP-PER-HEAD", "pay", {}, "3579", "3578.99"),
    ("R114", "POST-CREATE", "registered", {}, "2013-10-01", "2013-09-30"),
    ("R114", "POST-CREATE", "running", {}, "12", "11"),
    ("R114", "POST-CREATE", "contract", {}, "12", "11"),
    ("R114", "POST-CREATE", "insured", {}, "4", "3"),
    ("R115", "STARTUP-ONEOFF", "running", {}, "12", "11"),
    ("R129", "MOVE-CENTRAL", "per_head", {}, "25", "25.01"),
    ("R154", "TASK-SCHOOL-PAIR", "research", {}, "1", "0"),
    ("R154", "TASK-SCHOOL-PAIR", "teachers", {}, "3", "4"),
    ("R154", "TASK-SCHOOL-PAIR", "visits", {}, "2", "1"),
    ("R161", "MED-SUPPL", "self_pay", {"total": "1000"}, "100", "100.01"),
    ("R176", "AFFOREST-200", "area", {}, "1", "0.99"),
    ("R182", "DIBAO-GRACE", "months", {}, "3", "4"),
    ("R216", "LOAN-ZZ-AMT", "years", {}, "3", "3.01"),
    ("R227", "TASK-RUN-FUND", "funds", {"mean": "80000"}, "80000", "79999.99"),
    ("R230", "TASK-FARM-SERVICE", "price", {"market": "80"}, "80", "80.01"),
]
# The rules of the plans that state a number; those of money and people are data of their own tables.
RULES_WITH_FIGURES = (
    "R110 R112 R113 R114 R115 R116 R129 R130 R147 R148 R149 R150 R159 R160 R161 R166 R176 R182 R183 R184 R185 R186 R187 R190 "
    "R191 R216 R220 R223 R224"
)
FACTS_OF = [
    ("R065", "five_connect"), ("R065", "ten_have"), ("R066", "hardened_road"), ("R066", "bus_service"), ("R066", "grid"),
    ("R066", "tap_water_rate"), ("R066", "cable_tv_rate"), ("R067", "specialty_industries"), ("R068", "cooperatives"),
    ("R068", "cooperative_households"), ("R069", "collective_income"), ("R069", "collective_assets"), ("R071", "clinics"),
    ("R071", "standard_clinic"), ("R072", "care_room"), ("R167", "doctors"), ("R221", "unpaved_km"),
    ("R224", "unsafe_water_households"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "code", "figure"), STATED)
def test_a_figure_of_the_plan_is_the_catalogues(number, code, figure):
    assert Policy.objects.get(code=code).amount == Decimal(figure) and number in SERVED


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "code", "key", "said", "at", "beyond"), HELD)
def test_a_bound_of_the_plan_is_declared_and_holds(number, code, key, said, at, beyond):
    known = {row.code: row.amount for row in Policy.objects.all() if row.amount is not None}
    known |= {extras.LINE: Decimal(3579)}
    assert key not in extras.out_of_bounds(code, {**said, key: at}, known)
    assert key in extras.out_of_bounds(code, {**said, key: beyond}, known) and number in SERVED


def test_every_rule_that_states_a_number_has_it_as_data():
    assert set(RULES_WITH_FIGURES.split()) <= {number for number, *_ in STATED}


@pytest.mark.parametrize(("number", "name"), FACTS_OF)
def test_a_village_has_the_fact_by_year(number, name):
    assert VillageYear._meta.get_field(name).verbose_name and number in SERVED
    assert sum(name in names for names in GROUPS.values()) == 1, "it stands on the page of the village once"


def test_a_reservoir_resettler_is_marked_on_the_card():
    assert Household._meta.get_field("reservoir_resettler").verbose_name == "是否水库移民"
    assert "reservoir_resettler" in HouseholdForm.base_fields


@pytest.mark.parametrize(
    ("age", "yearly"), [(80, 360), (89, 360), (90, 720), (99, 720), (100, 4800), (103, 5160)]
)
def test_allowances_by_age_are_those_of_the_plan(age, yearly):
    steps = [(80, Decimal(30)), (90, Decimal(60)), (100, Decimal(400))]
    assert old_age(age, steps, Decimal(10)).value == yearly


def test_temporary_aid_is_the_formula_of_the_plan():
    assert temporary_aid(Decimal(3900), 3, 2).value == Decimal("1950.00")


@pytest.mark.parametrize(
    ("cost", "paid"), [("3000", "0"), ("13000", "6000"), ("100000", "58200"), ("200000", "128200")]
)
def test_critical_illness_of_the_poor_is_60_70_and_75_percent_above_3000(cost, paid):
    bands = [
        Band(Decimal(0), Decimal(55)),
        Band(Decimal(100_000), Decimal(65)),
        Band(Decimal(200_000), Decimal(70)),
    ]
    done = critical_illness(
        Decimal(cost), bands, deductible=Decimal(3000), more=Decimal(5), cap=Decimal(500_000)
    )
    assert done.value == Decimal(paid)


def test_the_five_modes_of_loans():
    """002 二章七节."""
    (mode,) = (one for one in extras.of("LOAN-ZZ-AMT") if one.key == "mode")
    assert set(mode.choices) >= {"分贷统还", "企贷增收", "自贷创业", "政企联动", "社企共助"}


def test_of_a_loan_repaid_by_the_firm_a_household_has_no_duty():
    (duty,) = (one for one in extras.of("TASK-SUBSIDISED") if one.key == "duty")
    assert duty.choices == ("不承担",) and duty.needed_at(extras.PLANNING)


def test_income_of_a_share_goes_to_who_lives_where_the_asset_is():
    """C094 holds by construction and is no finding: only households of the asset's place can claim."""
    shown_by = test_sharing.test_only_households_of_the_place_claim_and_unknown_labour_is_no_precedence
    assert callable(shown_by) and "C094" not in checks.RULES
