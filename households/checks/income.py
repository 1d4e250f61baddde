"""Incomes of the survey (C064–C070): filled in, adding up, plausible beside last year and the line."""

from collections.abc import Iterator
from decimal import Decimal

from households.checks.book import BOOK, of_household, spotted
from households.checks.case import POOR, Case
from households.checks.record import Stated, SurveyFacts
from households.income import INCOME_PARTS, TRANSFER_PARTS
from office.rulebook import Spot

HIGHEST = BOOK["C065"].amount("max")
LEAST = BOOK["C066"].amount("min")
TOLERANCE = BOOK["C067"].amount("tolerance")
CENTS, YUAN = BOOK["C068"].amount("tolerance"), BOOK["C068"].amount("whole yuan")
CHANGE = BOOK["C069"].amount("max") / 100
NOT_BELOW_NOUGHT = {
    "survey": (*INCOME_PARTS, *TRANSFER_PARTS, "business_expense"),
    "living": ("house_area", "road_distance"),
    "production": (
        "farmland",
        "irrigated_land",
        "forest_land",
        "returned_forest_land",
        "orchard_land",
        "pasture_land",
        "water_area",
    ),
}
STATED_AMOUNTS = ("transfer_income", "total_income", "member_count")


@of_household("C064", "survey.business_income", "survey.business_expense", needs="survey")
def business_without_expense(case: Case) -> bool:
    survey = case.survey
    return survey is not None and (survey.business_income or 0) > 0 and not survey.business_expense


@of_household("C065", "survey.net_income_per_capita", needs="survey")
def implausible_income(case: Case) -> bool:
    if case.survey is None:
        return False
    income = case.survey.net_income_per_capita
    return income is None or income <= 0 or income > HIGHEST


@spotted("C066")
def below_nought(case: Case) -> Iterator[Spot]:
    for entity, names in NOT_BELOW_NOUGHT.items():
        part = getattr(case.record, entity)
        for name in names:
            value = getattr(part, name, None)
            if value is not None and value < LEAST:
                yield Spot((f"{entity}.{name}",))
    for name in STATED_AMOUNTS:
        value = getattr(case.record.stated, name)
        if value is not None and value < LEAST:
            yield Spot((f"{'household' if name == 'member_count' else 'survey'}.{name}",))


def _sum(survey: SurveyFacts, names: tuple[str, ...]) -> Decimal:
    return sum((getattr(survey, name) or Decimal(0) for name in names), Decimal(0))


@spotted("C067", needs="survey")
def parts_and_totals(case: Case) -> Iterator[Spot]:
    """Each total against its own parts: what was stated of a part is what the next total is made of."""
    survey, stated = case.survey, case.record.stated
    if survey is None:
        return
    transfer = _sum(survey, TRANSFER_PARTS)
    if _differs(stated.transfer_income, transfer):
        yield Spot(("survey.transfer_income",))
    total = _sum(survey, INCOME_PARTS) + _or(stated.transfer_income, transfer)
    if _differs(stated.total_income, total):
        yield Spot(("survey.total_income",))
    net = _or(stated.total_income, total) - (survey.business_expense or Decimal(0))
    if _differs(_net(survey, stated), net):
        yield Spot(("survey.net_income",))


def _differs(stated: Decimal | None, computed: Decimal) -> bool:
    return stated is not None and abs(stated - computed) > TOLERANCE


def _or(stated: Decimal | None, computed: Decimal) -> Decimal:
    return computed if stated is None else stated


def _net(survey: SurveyFacts, stated: Stated) -> Decimal | None:
    return survey.net_income if stated.net_income is None else stated.net_income


@of_household("C068", "survey.net_income_per_capita", "survey.net_income", needs="survey")
def per_head_and_total(case: Case) -> bool:
    survey, stated = case.survey, case.record.stated
    if survey is None:
        return False
    members = stated.survey_member_count or survey.member_count
    net, income = _net(survey, stated), stated.net_income_per_capita
    if income is None:
        income = survey.net_income_per_capita
    if not members or net is None or income is None:
        return False
    margin = YUAN if stated.net_income_per_capita is not None and income == int(income) else CENTS
    return abs(income * members - net) > margin * members


def _per_head(survey: SurveyFacts | None) -> Decimal | None:
    return None if survey is None else survey.net_income_per_capita


@of_household("C069", "survey.net_income_per_capita", needs="survey")
def jump(case: Case) -> bool:
    last, now = _per_head(case.record.previous), _per_head(case.survey)
    if last is None or now is None or last <= 0:
        return False
    return abs(now - last) > last * CHANGE


@of_household("C070", "survey.net_income_per_capita", "household.no_exit_reason", needs="survey")
def above_the_line(case: Case) -> bool:
    """Registered under a standard: its line. Staying: the line by which the county lets households leave.

    Who is to leave in the year of the survey (预脱贫) does not stay: above the line is as it should be.
    """
    record, survey = case.record, case.survey
    if survey is None or survey.net_income_per_capita is None:
        return False
    line = None
    if record.registered_on is None:
        # A watched household is on a list of its own and is not being registered.
        if not record.watches:
            line = case.context.lines.get((record.poverty_standard, survey.year))
    elif record.exit_mark in POOR and not record.no_exit_reason and record.planned_exit_year != survey.year:
        line = case.context.exit_lines.get(survey.year)
    return line is not None and survey.net_income_per_capita > line
