"""What a policy comes to for one of those it is for, from the standards in force; nobody is asked to work it out."""

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal

from households.models import PovertyLine
from households.poverty import LineMissing
from measures import extras
from measures.amounts import (
    MONTHS,
    Amount,
    Band,
    critical_illness,
    fixed,
    monthly,
    old_age,
    share_of,
    temporary_aid,
    times,
    workshop_bonus,
)
from measures.models import Policy

SUBSISTENCE, TEMPORARY = "DIBAO-2017", "TEMP-AID"
OLD_AGE = (("AGE-80", 80), ("AGE-90", 90), ("AGE-100", 100))
OLDER_STEP = "AGE-100-STEP"
WORKSHOP_TIERS = (("WORKSHOP-TIER-15", 15), ("WORKSHOP-TIER-30", 30))
# 合规费用 from which each band is paid (004 专栏20).
BANDS = (("CI-BAND-1", 0), ("CI-BAND-2", 100_000), ("CI-BAND-3", 200_000))
Rates = Mapping[str, Decimal]
# Lines of the catalogue that are a part of another's sum: they are not planned by themselves.
PART_OF = {
    **dict.fromkeys(("WORKSHOP-TIER-15", "WORKSHOP-TIER-30"), "WORKSHOP-PER-HEAD"),
    **dict.fromkeys(("CI-DEDUCT-HALF", "CI-CAP", *(code for code, _ in BANDS)), "CI-BAND-UP"),
    "AGE-100-STEP": "AGE-100",
    "LOAN-ZZ-TERM": "LOAN-ZZ-AMT",
}


def rates(day: datetime.date) -> Rates:
    """The figure of every standard that has one on the day, by code, and the poverty line of its year."""
    found = Policy.objects.standing(day).filter(valid_from__lte=day)
    known = {policy.code: policy.amount for policy in found if policy.amount is not None}
    try:
        known[extras.LINE] = Decimal(PovertyLine.objects.line(extras.LINE, day.year).value)
    except LineMissing:
        pass
    return known


def propose(
    policy: Policy,
    known: Rates,
    *,
    age: int | None = None,
    members: int = 0,
    months: int | None = None,
    said: Mapping[str, str] | None = None,
) -> Amount | None:
    """The amount for a year (or for so many months), None where the standard is no sum of its own.

    `said` are the further fields of the policy (measures.extras). Raises ValueError in Chinese when the facts do not
    fit the standard.
    """
    if policy.code == TEMPORARY:
        if SUBSISTENCE not in known:
            raise ValueError("政策目录里没有当前的农村低保标准")
        return temporary_aid(known[SUBSISTENCE], members, months or 1)
    if age is not None and policy.code in dict(OLD_AGE):
        steps = [(low, known[code]) for code, low in OLD_AGE if code in known]
        return old_age(age, steps, known.get(OLDER_STEP, Decimal(0)), months or MONTHS)
    for role, work_out in BY_ROLE.items():
        given = extras.figure(policy.code, role, said or {})
        if given is not None:
            return work_out(policy, known, given)
    if policy.amount is None or not policy.unit.startswith(("元", "度")) or policy.low is None:
        return None
    unit = "度" if policy.unit == "度" else "元"
    if policy.period == "每月":
        return monthly(policy.amount, months or MONTHS, unit)
    return fixed(policy.amount, unit)


def _heads(policy: Policy, known: Rates, people: Decimal) -> Amount:
    tiers = [(low, known[code]) for code, low in WORKSHOP_TIERS if code in known]
    return workshop_bonus(int(people), policy.amount, tiers)


def _illness(policy: Policy, known: Rates, cost: Decimal) -> Amount:
    """Of a year's cost that basic insurance left, at the rates of the poor (004 七章二节一)."""
    try:
        bands = [Band(Decimal(above), known[code]) for code, above in BANDS]
        deductible = known["CI-DEDUCT"] * known["CI-DEDUCT-HALF"] / 100
        return critical_illness(
            cost, bands, deductible=deductible, more=known["CI-BAND-UP"], cap=known["CI-CAP"]
        )
    except KeyError as error:
        raise ValueError("政策目录里大病保险的标准不全，不能计算") from error


def _cost(policy: Policy, known: Rates, cost: Decimal) -> Amount | None:
    return share_of(cost, policy.amount) if policy.amount is not None else None


def _times(policy: Policy, known: Rates, count: Decimal) -> Amount | None:
    return times(policy.amount, count, policy.unit.partition("/")[2]) if policy.amount is not None else None


def _invested(policy: Policy, known: Rates, invested: Decimal) -> Amount | None:
    """实际投资 below the standard is paid as it is (HOUSE-ACTUAL)."""
    if policy.amount is None or invested >= policy.amount:
        return fixed(policy.amount) if policy.amount is not None else None
    return Amount(invested, f"实际投资{invested:f}元，低于标准{policy.amount:f}元，按实际投资")


BY_ROLE: dict[str, Callable[[Policy, Rates, Decimal], Amount | None]] = {
    extras.HEADS: _heads,
    extras.ILLNESS: _illness,
    extras.COST: _cost,
    extras.TIMES: _times,
    extras.INVESTED: _invested,
}
