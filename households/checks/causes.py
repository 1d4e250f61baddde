"""Causes of poverty (C049–C053)."""

from households.checks.book import BOOK, of_household
from households.checks.case import DISABLED, ILLNESSES, Case

OTHERS = BOOK["C053"].whole("max")


@of_household("C049", "household.poverty_cause", "person.health", needs="causes")
def nobody_ill(case: Case) -> bool:
    if case.record.poverty_cause != "因病" or not case.present:
        return False
    return not any(word in person.health for person in case.present for word in ILLNESSES)


@of_household("C050", "household.poverty_cause", "person.schooling", needs="causes")
def nobody_at_school(case: Case) -> bool:
    if case.record.poverty_cause != "因学" or not case.present:
        return False
    return not any(case.at_school(person) for person in case.present)


@of_household("C051", "household.poverty_cause", "person.health", needs="causes")
def nobody_disabled(case: Case) -> bool:
    if case.record.poverty_cause != "因残" or not case.present:
        return False
    return not any(DISABLED in person.health for person in case.present)


@of_household("C052", "household.other_poverty_causes", needs="causes")
def cause_twice(case: Case) -> bool:
    others = case.record.other_poverty_causes
    return case.record.poverty_cause in others or len(set(others)) < len(others)


@of_household("C053", "household.other_poverty_causes", needs="causes")
def too_many_causes(case: Case) -> bool:
    return len(case.record.other_poverty_causes) > OTHERS
