"""Fifty people at the same instant: one measure is paid once."""

import datetime
from decimal import Decimal

import pytest

from measures.models import Measure, Policy, Taken
from tests.households.test_together import office  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.date(2018, 11, 20)


def test_fifty_presses_at_once_deliver_once(make_household, office):  # noqa: F811
    policy = Policy.objects.get(code="PV-INCOME")
    facts = {"year": 2018, "on": DAY, "by": None, "amount": Decimal(3000)}
    measure = Measure.plan(policy, household=make_household(), **facts)
    doors = office()

    def press(place: int):
        def deliver() -> int:
            mine = Measure.objects.get(pk=measure.pk)
            mine.deliver(on=DAY, amount=Decimal(place), payer="演示局", by=None, today=DAY)
            return place

        return deliver

    answers = doors.at_once(*(press(place) for place in range(50)))
    done = [answer for answer in answers if isinstance(answer, int)]
    assert len(done) == 1 and sum(isinstance(answer, Taken) for answer in answers) == 49
    paid, versions = doors.see(lambda: (Measure.objects.get().amount, Measure.history.count()))
    assert (paid, versions) == (done[0], 2)


def test_two_who_plan_the_same_at_once_plan_it_once(make_household, office):  # noqa: F811
    home, policy = make_household(), Policy.objects.get(code="POWER-FREE")
    doors = office()

    def plan() -> Measure:
        return Measure.plan(policy, household=home, year=2018, on=DAY, by=None)

    answers = doors.at_once(plan, plan, plan)
    assert sum(isinstance(answer, Measure) for answer in answers) == 1
    assert sum(isinstance(answer, Taken) for answer in answers) == 2
