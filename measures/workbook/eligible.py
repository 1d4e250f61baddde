"""Who stands in the workbook of a policy: the entitled without it, and for whom it is planned already.

Where the record cannot tell who is entitled (an illness treated, a course attended) everybody on file is in it.
"""

from typing import Any

from django.db.models import Exists, OuterRef

from households.models import Household, Person
from measures.conditions import OF_PERSON
from measures.coverage import Ground, unmet
from measures.eligibility import RULES
from measures.models import Measure, Policy

TARGETS = ("个人", "贫困户")


def of_person(policy: Policy) -> bool:
    """A row of its workbook is a person's, else a household's."""
    rule = RULES.get(policy.code)
    return rule.of == OF_PERSON if rule is not None else TARGETS[0] in policy.target


def rows(policy: Policy, year: int, ground: Ground) -> Any:
    """Persons or households, with `planned_amount` where something is planned."""
    by_person = of_person(policy)
    model: Any = Person if by_person else Household
    on_file: dict[str, Any] = (
        {"present": True, "household__registered_on__isnull": False, "household__removed_on__isnull": True}
        if by_person
        else {"registered_on__isnull": False, "removed_on__isnull": True}
    )
    here = ground.of(model).filter(**on_file)
    planned = waiting(policy.code, year, by_person).filter(
        **{"person" if by_person else "household": OuterRef("pk")}
    )
    rule = RULES.get(policy.code)
    if rule is None or year != ground.year:
        found = here
    else:
        found = here.filter(pk__in=unmet(rule, ground).values("pk")) | here.filter(Exists(planned))
    return found.annotate(is_planned=Exists(planned), planned_amount=planned.values("amount")[:1])


def waiting(code: str, year: int, by_person: bool) -> Any:
    """Planned measures of the policy that a row may deliver."""
    found = Measure.objects.planned().of_policy(code).filter(year=year)
    return found.filter(person__isnull=False) if by_person else found.filter(person__isnull=True)
