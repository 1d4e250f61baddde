"""Delivering to those ticked on a list of the entitled: one day, payer and voucher, the amount that each comes to."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from measures import extras, held
from measures.conditions import OF_PERSON
from measures.eligibility import Rule
from measures.models import Measure, Policy
from measures.proposals import propose, rates
from measures.whole import Sums, Whole

MOST = 500


def asks_each(policy: Policy) -> list[str]:
    """What is needed of each one beside, so that ticking is not enough: the labels."""
    return [one.label for one in extras.of(policy.code) if one.needed_at(extras.DELIVERING)]


def deliver(
    rule: Rule,
    policy: Policy,
    rows: Sequence[Any],
    *,
    on: datetime.date,
    payer: str,
    voucher: str,
    by: Any,
    today: datetime.date,
) -> Whole:
    """All of them or none; what is planned already is delivered, the others are planned and delivered.

    Raises ValidationError that names whom it does not fit, Taken when somebody else was first.
    """
    known, total = rates(today), Sums()
    with transaction.atomic():
        for row in rows:
            measure = _planned(rule, policy, row, today, by, known)
            if measure.amount is None:
                raise ValidationError(f"{row}的数额算不出来，请单独登记")
            if said := held.why(measure, measure.beside(), extras.DELIVERING, known):
                raise ValidationError(f"{row}：{said}")
            measure.deliver(on=on, amount=measure.amount, payer=payer, voucher=voucher, by=by, today=today)
            total.add(measure.amount, measure.unit)
    return Whole(len(rows), total)


def _planned(rule: Rule, policy: Policy, row: Any, today: datetime.date, by: Any, known: Any) -> Measure:
    """What is planned for the row in the year, or a plan made now with the amount of the standard."""
    waiting = Measure.objects.planned().of_policy(policy.code).filter(year=today.year, **{rule.of: row})
    standing: Measure | None = waiting.select_related("policy").first()
    if standing is not None:
        return standing
    person = rule.of == OF_PERSON
    try:
        worked = propose(
            policy,
            known,
            age=row.age(today) if person else None,
            members=0 if person else row.member_count,
        )
    except ValueError as error:
        raise ValidationError(f"{row}：{error}") from error
    facts: dict[str, Any] = (
        {"amount": worked.value, "unit": worked.unit, "working": worked.working} if worked else {}
    )
    of: dict[str, Any] = {rule.of: row}
    return Measure.plan(policy, year=today.year, on=today, by=by, **of, **facts)
