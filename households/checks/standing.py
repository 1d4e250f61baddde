"""Phones, accounts, helpers, closed years, and who is at risk after the exit (C040, C084–C087, C103)."""

import re
import unicodedata
from collections.abc import Iterator

from households import identity
from households.checks.book import BOOK, at, of_household, spotted
from households.checks.case import EXITED, POOR, Case
from households.checks.living import in_unsafe_house, without_safe_water
from households.colours import anniversary
from office.pii import as_searched
from office.rulebook import Spot

PHONE_DIGITS = BOOK["C040"].whole("length")
PHONE = re.compile(f"[0-9]{{{PHONE_DIGITS}}}")
DRAFT, SEALED = "草稿", "已封存"
FIVE = (
    "food_assured",
    "clothing_assured",
    "education_guaranteed",
    "medical_guaranteed",
    "housing_guaranteed",
)


def _wrong_phone(text: str) -> bool:
    """Filled in, and after NFKC without blanks and hyphens not eleven ASCII digits."""
    if not text or PHONE.fullmatch(text):
        return False
    written = unicodedata.normalize("NFKC", text)
    return bool(written.strip()) and not PHONE.fullmatch(re.sub(r"[\s\-‐-―]", "", written))


@spotted("C040")
def phones(case: Case) -> Iterator[Spot]:
    if _wrong_phone(case.record.phone):
        yield Spot(("household.phone",))
    for person in case.present:
        if _wrong_phone(person.phone):
            yield at(person, "person.phone")
    if any(_wrong_phone(helper.phone) for helper in case.record.helpers):
        yield Spot(("helper.phone",))


@of_household("C084", "household.bank_account", needs="taken_accounts")
def account_shared(case: Case) -> bool:
    """The message never says with whom: the other household may stand outside the user's area."""
    account = case.record.bank_account
    return bool(account) and as_searched(account) in case.context.taken_accounts


@of_household("C085", "helper.start_on")
def no_helper(case: Case) -> bool:
    return (
        case.registered
        and _within_the_years_of_help(case)
        and not any(helper.valid(case.day) for helper in case.record.helpers)
    )


def _within_the_years_of_help(case: Case) -> bool:
    left_on = case.record.left_on
    if case.record.exit_mark != EXITED or left_on is None:
        return True
    return case.day <= anniversary(left_on, case.context.help_years)


@of_household("C086", "helper.id_number", needs="helpers")
def helper_is_poor(case: Case) -> bool:
    poor = set(case.context.poor_numbers)
    if case.registered and case.record.exit_mark in POOR:
        poor.update(case.stem(person) for person in case.present)
    return any(
        helper.id_number and not helper.ended(case.day) and identity.stem(helper.id_number) in poor
        for helper in case.record.helpers
    )


@of_household(
    "C087", "survey.state", "survey.correction_reason", "survey.correction_document", needs="survey"
)
def closed_year_changed(case: Case) -> bool:
    survey = case.survey
    if survey is None or survey.state != SEALED or not case.context.survey_changed:
        return False
    grounds = survey.correction_reason.strip() and survey.correction_document
    return not (case.context.by_district and grounds)


@of_household(
    "C103", "survey.net_income_per_capita", "living.house_grade", "survey.water_safe", needs="survey"
)
def at_risk_after_exit(case: Case) -> bool:
    """Income and the five colour the household 黄; house grade and water are only told."""
    survey = case.survey
    if case.record.exit_mark != EXITED or survey is None or survey.state == DRAFT:
        return False
    line, income = case.context.exit_lines.get(survey.year), survey.net_income_per_capita
    return (
        (line is not None and income is not None and income <= line)
        or any(getattr(survey, name) is False for name in FIVE)
        or in_unsafe_house(case)
        or without_safe_water(case)
    )
