"""Delivering a whole list at once (整单落实): every planned measure of a policy and year in an area.

What a form would refuse of one is held back and named (measures.held); the rest is delivered. The rows are closed by
one conditional UPDATE; each gets its row of history, the act one row of the trail with counts and checksum. Who
presses twice, or at the same time, finds nothing left to do.
"""

import datetime
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Sum

from measures import held
from measures.extras import DELIVERING
from measures.held import Held
from measures.models import Measure, Policy, State
from measures.models.measure import MeasureQuerySet
from measures.proposals import rates
from office.days import written

BATCH = 2000


class Sums(dict[str, Decimal]):
    """Amounts by unit: help in kind has its own."""

    def add(self, amount: Decimal, unit: str) -> None:
        self[unit] = self.get(unit, Decimal(0)) + amount

    def __str__(self) -> str:
        return "、".join(f"{amount:,.2f} {unit}".rstrip() for unit, amount in self.items())


@dataclass(frozen=True)
class Whole:
    count: int
    total: Sums
    checksum: str = ""
    held: int = 0


@dataclass(frozen=True)
class Waiting:
    """What of a list can be delivered together, by key, and what is held back."""

    keys: list[int]
    total: Sums
    held: list[Held] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.keys)


def waiting(measures: MeasureQuerySet, code: str, year: int) -> MeasureQuerySet:
    """What can be delivered together: planned, and with an amount of its own."""
    return measures.planned().of_policy(code).filter(year=year, amount__isnull=False)


def what_waits(rows: MeasureQuerySet, policy: Policy, today: datetime.date) -> Waiting:
    """The list as it stands: nothing is looked through where nothing can be held back."""
    amounts = {pk: amount for pk, *amount in rows.order_by("pk").values_list("pk", "amount", "unit")}
    keys, back = list(amounts), list[Held]()
    if held.may_be(policy):
        known, before = rates(today), set[held.Owner]()
        for start in range(0, len(keys), BATCH):
            some = Measure.objects.filter(pk__in=keys[start : start + BATCH]).order_by("pk")
            joined = some.select_related("policy", "person", "household", "enterprise", "village")
            back += held.back(list(joined), DELIVERING, known, before)
    for one in back:
        del amounts[one.measure.pk]
    total = Sums()
    for amount, unit in amounts.values():
        total.add(amount, unit)
    return Waiting(list(amounts), total, back)


def deliver_all(
    rows: MeasureQuerySet,
    policy: Policy,
    *,
    on: datetime.date,
    payer: str,
    voucher: str,
    by: Any,
    today: datetime.date,
    expected: int,
) -> Whole:
    """Each with its planned amount, the same day, payer and voucher; who is held back stays planned.

    Raises ValidationError when the day cannot be, or when more or fewer can be delivered than the page showed.
    """
    if on > today:
        raise ValidationError({"delivered_on": f"不能晚于今天（{written(today)}）"})
    if rows.filter(year__gt=on.year).exists():
        raise ValidationError({"delivered_on": "不能早于措施的年度"})
    with transaction.atomic():
        rows.must_be_open(on)
        facts = {"delivered_on": on, "payer": payer, "voucher": voucher, "closed_by": by}
        # The keys are taken first: once delivered, the rows answer to no planned filter any more.
        waits = what_waits(rows, policy, today)
        keys = waits.keys
        if len(keys) != expected:
            raise ValidationError(
                f"待落实的现在是 {len(keys)} 项，不是 {expected} 项，请核对后再办", code="taken"
            )
        done = 0
        digest, total = hashlib.sha256(), Sums()
        for start in range(0, len(keys), BATCH):
            some = Measure.objects.filter(pk__in=keys[start : start + BATCH])
            done += some.filter(state=State.PLANNED).update(state=State.DELIVERED, **facts)
            closed = list(some.order_by("pk"))
            Measure.history.bulk_history_create(  # type: ignore[attr-defined]
                closed, update=True, default_user=by, default_change_reason="整单落实"
            )
            for row in closed:
                total.add(row.amount, row.unit)
                digest.update(f"{row.uid} {row.amount}\n".encode())
        if done != expected:
            raise ValidationError("有几项刚刚由别人办理过，请刷新后再办", code="taken")
    return Whole(done, total, digest.hexdigest(), len(waits.held))


def by_policy(rows: MeasureQuerySet) -> list[dict[str, Any]]:
    """Planned measures that have an amount, grouped by policy and year: what a whole list may be made of."""
    grouped = rows.planned().filter(amount__isnull=False).order_by()
    counted = grouped.values("year", code=F("policy__code"), name=F("policy__name"), kind_unit=F("unit"))
    return list(counted.annotate(count=Count("pk"), total=Sum("amount")).order_by("-year", "code"))
