"""What an act must leave behind: families that are still families, and findings in line with what is saved now."""

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError

from households import checks, doubts
from households.duplicates import found as duplicates
from households.models import Household
from office.rulebook import ERROR

# Errors about who is what to whom: an act never brings one about.
FAMILY = {
    rule
    for rule, line in checks.BOOK.lines.items()
    if line.severity == ERROR and "person.relation" in line.fields
}


def broken(households: Iterable[Household], day: datetime.date) -> dict[str, str]:
    """Rules about families that these saved households break, with their messages."""
    found: dict[str, str] = {}
    for _, _, breaches in checks.of_these(list(households), day):
        found |= {one.rule: one.message for one in breaches if one.rule in FAMILY}
    return found


def settle(households: Iterable[Household], before: dict[str, str], day: datetime.date) -> None:
    """In the transaction of the act, at its end. Raises ValidationError when a family was right before."""
    touched = list(Household.objects.filter(pk__in=[one.pk for one in households]))
    new = {rule: message for rule, message in broken(touched, day).items() if rule not in before}
    if new:
        raise ValidationError([f"{message}：请改好与户主关系再办" for message in new.values()])
    for household in touched:
        doubts.recheck(household, day)
    duplicates.recheck(touched, day)
