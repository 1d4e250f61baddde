"""应享未享 beside the standard (C102): what the record entitles to, and the coverage list counts, shows as a concern."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from areas.scope import AreaScope
from audits import criteria, entitled, facts
from audits.cases import RULES as DEFAULT
from audits.criteria import Result
from measures import coverage
from measures.eligibility import RULES
from measures.models import Measure, Policy
from tests.measures.conftest import mixed  # noqa: F401

DAY = datetime.date(2018, 11, 20)


def verdict(household):
    return criteria.household(facts.household_cases([household], 2018, DAY, DEFAULT)[household.pk])


def give(policy, **whom):
    made = Measure.plan(Policy.objects.get(code=policy), year=2018, on=DAY, by=None, **whom)
    made.deliver(on=DAY, amount=Decimal(100), payer="演示局", by=None, today=DAY)


def test_what_was_not_given_is_a_concern_and_no_longer_once_it_was(eligible):
    household = eligible()
    head = household.persons.get(relation="户主")
    type(head).objects.filter(pk=head.pk).update(birth_date=datetime.date(1935, 1, 1))
    found = verdict(household)
    assert found.result is Result.DOUBTFUL
    (concern,) = found.concerns
    assert concern.key == "C102"
    assert concern.text.endswith(f"（{head.name}：{Policy.objects.get(code='AGE-80').name}）")
    give("AGE-80", person=head)
    assert verdict(household).result is Result.MET


def test_what_was_given_to_another_member_or_year_does_not_count(eligible):
    household = eligible()
    head, spouse = household.persons.order_by("pk")
    type(head).objects.filter(pk=head.pk).update(birth_date=datetime.date(1935, 1, 1))
    give("AGE-80", person=spouse)
    assert verdict(household).result is Result.DOUBTFUL


@pytest.mark.django_db
def test_it_says_what_the_coverage_list_counts(mixed):  # noqa: F811
    """Policy by policy over sixty households drawn at random: the same households, the same persons."""
    households = list(mixed)
    give("POWER-FREE", household=next(one for one in households if one.removed_on is None))
    owed = entitled.undelivered([one.pk for one in households], 2018, DAY)
    said = [name for names in owed.values() for name in names]
    ground = coverage.Ground(AreaScope(everything=True), None, DAY)
    for policy in Policy.objects.in_force(DAY).filter(code__in=RULES):
        counted = coverage.unmet(RULES[policy.code], ground).count()
        ours = sum(name.rpartition("：")[2] == policy.name for name in said)
        assert ours == counted, policy.code
    assert len(said) > 100


def test_statements_do_not_grow_with_the_households(eligible):
    def taken(count):
        ids = [eligible().pk for _ in range(count)]
        with CaptureQueriesContext(connection) as seen:
            entitled.undelivered(ids, 2018, DAY)
        return len(seen)

    assert taken(2) == taken(6) <= 5
