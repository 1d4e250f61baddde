"""How facts of a household's records read on the screen: the field's label beside its value."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model

from areas.scope import AreaScope
from households import colours, poverty
from households.models import Household, Survey
from households.models.survey import ASSURANCES
from office import days

UNITS = {
    "house_area": "㎡",
    "road_distance": "公里",
    "house_built_year": "年",
    **dict.fromkeys(
        (
            "farmland",
            "irrigated_land",
            "forest_land",
            "returned_forest_land",
            "orchard_land",
            "pasture_land",
            "water_area",
        ),
        "亩",
    ),
}
# Rows of the yearly survey as the paper form has them; (name, indented, strong).
INCOME_ROWS = (
    ("wage_income", False, False),
    ("business_income", False, False),
    ("property_income", False, False),
    ("transfer_income", False, False),
    ("subsistence_income", True, False),
    ("extremely_poor_income", True, False),
    ("pension_income", True, False),
    ("ecology_income", True, False),
    ("family_planning_income", True, False),
    ("other_transfer_income", True, False),
    ("total_income", False, True),
    ("business_expense", False, False),
    ("net_income", False, True),
    ("net_income_per_capita", False, True),
)
TICKS = (
    "check_basic_data",
    "check_identification",
    "check_measures",
    "check_responsibility",
    "check_exit",
    "archive_tidy",
)
# What a household's page says of it, beside its numbers and its area.
FACTS = (
    "address",
    "attribute",
    "poverty_standard",
    "poverty_cause",
    "other_poverty_causes",
    "poverty_type",
    "poverty_degree",
    "assistance_need",
    "registered_on",
    "exit_year",
    "return_year",
    "planned_exit_year",
    "bank_name",
)
# Shown once they have happened: an empty one is not missing, it does not apply.
DATED = ("registered_on", "exit_year", "return_year", "planned_exit_year")
LIVING = (
    "house_area",
    "house_structure",
    "house_grade",
    "living_power",
    "water_difficult",
    "water_source",
    "broadcast",
    "fuel",
    "sanitary_toilet",
    "entry_road",
    "road_distance",
    "relocated",
)
PRODUCTION = (
    "cooperative_member",
    "cooperative_name",
    "farmland",
    "irrigated_land",
    "forest_land",
    "orchard_land",
    "production_power",
)
DERIVED = {"transfer_income": "转移性收入", "total_income": "家庭总收入"}


@dataclass(frozen=True)
class Row:
    """One line of the survey table: a value for each year shown."""

    label: str
    values: tuple[str, ...]
    number: bool = True
    inner: bool = False
    strong: bool = False


def written(value: Any, unit: str = "") -> str:
    """A value as the office writes it; unknown is empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if not unit else f"{value.normalize():f} {unit}"
    if isinstance(value, datetime.date):
        return days.written(value)
    if isinstance(value, tuple | list):
        return "、".join(str(one) for one in value)
    return f"{value} {unit}".rstrip()


def head_names(households: Iterable[int]) -> dict[int, str]:
    """Name of the head of each of these households, in one statement; a page's rows need no join for it."""
    found = Household.objects.filter(pk__in=set(households)).with_head().values_list("pk", "head_name")
    return {pk: name or "" for pk, name in found}


def within(scope: AreaScope, household: Household) -> bool:
    """Whether the household stands in the own area now; in a past stock or flow it may have moved away."""
    return (
        scope.everything
        or household.county_id in scope.counties
        or household.town_id in scope.towns
        or household.village_id in scope.villages
    )


def signed(number: int) -> str:
    """＋3, −2; nothing moved is —."""
    if not number:
        return "—"
    return f"＋{number}" if number > 0 else f"−{-number}"


def label(record: Model, name: str) -> str:
    return str(record._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def facts(record: Model, names: Iterable[str]) -> list[tuple[str, str]]:
    """(label, value) of the named fields, in this order."""
    return [(label(record, name), written(getattr(record, name), UNITS.get(name, ""))) for name in names]


def survey_rows(surveys: Sequence[Survey]) -> list[Row]:
    """The yearly surveys side by side: incomes in yuan, then the answers, then who asked and when."""
    if not surveys:
        return []

    def row(name: str, *, number: bool = False, inner: bool = False, strong: bool = False) -> Row:
        values = tuple(written(getattr(survey, name)) for survey in surveys)
        return Row(DERIVED.get(name) or label(surveys[0], name), values, number, inner, strong)

    rows = [row("member_count", number=True)]
    rows += [row(name, number=True, inner=inner, strong=strong) for name, inner, strong in INCOME_ROWS]
    rows += [row(name) for name in (*ASSURANCES, "water_safe")]
    rows.append(Row("五核对一规范", tuple(_ticked(survey) for survey in surveys), number=False))
    rows += [row(name) for name in ("surveyor", "surveyed_on", "state")]
    return rows


def _ticked(survey: Survey) -> str:
    """How many of the six are done, and which are not."""
    done = [name for name in TICKS if getattr(survey, name)]
    if len(done) == len(TICKS):
        return "6 项都已核"
    missing = "、".join(label(survey, name) for name in TICKS if name not in done)
    return f"已核 {len(done)} 项，缺{missing}" if done else ""


def standing(household: Household, day: datetime.date) -> tuple[colours.Verdict, list[tuple[str, str]]]:
    """The colour of the day with its reasons, and the last income beside the line of its year."""
    try:
        case = household.situation(day)
    except poverty.LineMissing as missing:
        return colours.Verdict(""), [("标准", str(missing))]
    counted = household.registered_on is not None and household.removed_on is None
    verdict = colours.verdict(case) if counted else colours.Verdict("")
    if case.income is None or case.line is None:
        return verdict, []
    above = case.income - case.line
    return verdict, [
        ("人均纯收入", f"{written(case.income)} 元（{case.year}年）"),
        ("标准", f"{case.line} 元（{case.year}年）"),
        ("高于标准" if above > 0 else "低于标准", f"{written(abs(above))} 元"),
    ]
