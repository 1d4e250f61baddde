"""What a policy comes to for one person or household, from the standards in force; nobody is asked to work it out."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from measures.amounts import MONTHS, Amount, fixed, monthly, old_age, temporary_aid
from measures.models import Policy

SUBSISTENCE, TEMPORARY = "DIBAO-2017", "TEMP-AID"
OLD_AGE = (("AGE-80", 80), ("AGE-90", 90), ("AGE-100", 100))
OLDER_STEP = "AGE-100-STEP"
Rates = Mapping[str, Decimal]


def rates(day: datetime.date) -> Rates:
    """The figure of every standard that has one on the day, by code."""
    found = Policy.objects.standing(day).filter(valid_from__lte=day)
    return {policy.code: policy.amount for policy in found if policy.amount is not None}


def propose(
    policy: Policy,
    known: Rates,
    *,
    age: int | None = None,
    members: int = 0,
    months: int | None = None,
) -> Amount | None:
    """The amount for a year (or for so many months), None where the standard is no sum of its own.

    Raises ValueError in Chinese when the facts do not fit the standard.
    """
    if policy.code == TEMPORARY:
        if SUBSISTENCE not in known:
            raise ValueError("政策目录里没有当前的农村低保标准")
        return temporary_aid(known[SUBSISTENCE], members, months or 1)
    if age is not None and policy.code in dict(OLD_AGE):
        steps = [(low, known[code]) for code, low in OLD_AGE if code in known]
        return old_age(age, steps, known.get(OLDER_STEP, Decimal(0)), months or MONTHS)
    if policy.amount is None or not policy.unit.startswith(("元", "度")):
        return None
    unit = "度" if policy.unit == "度" else "元"
    if policy.period == "每月":
        return monthly(policy.amount, months or MONTHS, unit)
    return fixed(policy.amount, unit)
