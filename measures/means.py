"""Conditions on what a village and a household live on: collective income, land, what its members earn.

Each reads the last year that says anything; what no year says is unknown and fulfils no condition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import LessThanOrEqual

from measures.conditions import OF_PERSON, Member, Works
from measures.facts import Case, When, collective, earned, land, newest

ZERO = Decimal(0)


@dataclass(frozen=True)
class NoCollectiveIncome:
    sentence: str = "所在村没有村集体经济收入"

    def holds(self, case: Case, when: When) -> bool:
        return _none(case.home.collective)

    def q(self, when: When, of: str) -> Q:
        village = "household__village" if of == OF_PERSON else "village"
        return none(collective(OuterRef(village), when.day))


@dataclass(frozen=True)
class NoResources:
    sentence: str = "没有耕地、林地、林果、牧草地和水面"

    def holds(self, case: Case, when: When) -> bool:
        return _none(case.home.land)

    def q(self, when: When, of: str) -> Q:
        return none(land(_household(of)))


@dataclass(frozen=True)
class NoStableIncome:
    """Nothing earned by the last survey and nobody at work now; transfers are no income of one's own."""

    sentence: str = "没有工资和生产经营收入，也没有人务工"

    def holds(self, case: Case, when: When) -> bool:
        return _none(case.home.earned) and not Member(Works()).holds(case, when)

    def q(self, when: When, of: str) -> Q:
        return none(earned(_household(of))) & ~Member(Works()).q(when, of)


def none(sources: Sequence[QuerySet]) -> Q:
    """The last value is known and nought."""
    value = ExpressionWrapper(newest(sources, "value"), DecimalField(max_digits=14, decimal_places=2))
    return Q(LessThanOrEqual(value, Value(ZERO)))


def _none(value: Decimal | None) -> bool:
    return value is not None and value <= 0


def _household(of: str) -> OuterRef:
    return OuterRef("household_id" if of == OF_PERSON else "pk")
