"""低保 and 五保 (C071–C077): what the household is called, what its members get and what it receives."""

from decimal import Decimal

from households.checks.book import BOOK, of_household
from households.checks.case import EXTREME, GENERAL, NO_LABOUR, SUBSISTENCE, Case

LABOUR_AGES = BOOK["C076"].span("ages")
ABLE = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力")


def _received(case: Case, name: str) -> bool:
    amount: Decimal | None = getattr(case.survey, name, None)
    return amount is not None and amount > 0


def _anybody_supported(case: Case) -> bool:
    return any(person.subsistence_allowance for person in case.present)


@of_household("C071", "survey.subsistence_income", "survey.extremely_poor_income", needs="survey")
def both_allowances(case: Case) -> bool:
    return _received(case, "subsistence_income") and _received(case, "extremely_poor_income")


@of_household(
    "C072", "household.attribute", "survey.subsistence_income", "survey.extremely_poor_income", needs="survey"
)
def allowance_missing(case: Case) -> bool:
    if case.survey is None:
        return False
    if case.record.attribute in SUBSISTENCE:
        return not _received(case, "subsistence_income")
    return case.record.attribute == EXTREME and not _received(case, "extremely_poor_income")


@of_household(
    "C073", "household.attribute", "survey.subsistence_income", "survey.extremely_poor_income", needs="survey"
)
def allowance_of_a_general_household(case: Case) -> bool:
    return case.record.attribute == GENERAL and (
        _received(case, "subsistence_income") or _received(case, "extremely_poor_income")
    )


@of_household("C074", "household.attribute", "person.subsistence_allowance", needs="attribute")
def nobody_supported(case: Case) -> bool:
    return case.record.attribute in SUBSISTENCE and bool(case.present) and not _anybody_supported(case)


@of_household("C075", "household.attribute", "person.subsistence_allowance", needs="attribute")
def member_of_a_general_household_supported(case: Case) -> bool:
    return case.record.attribute == GENERAL and _anybody_supported(case)


@of_household("C076", "household.attribute", "person.labour_capacity", needs="attribute")
def labour_in_an_extremely_poor_household(case: Case) -> bool:
    return case.record.attribute == EXTREME and any(
        person.labour_capacity in ABLE and case.aged(person, LABOUR_AGES) for person in case.present
    )


@of_household("C077", "person.labour_capacity", "person.subsistence_allowance")
def no_labour_and_no_support(case: Case) -> bool:
    return (
        bool(case.present)
        and all(person.labour_capacity in NO_LABOUR for person in case.present)
        and not any(person.subsistence_allowance or person.extremely_poor_support for person in case.present)
    )
