"""Enterprises and tasks of the demonstration, loaded onto a small county: lawful, and something at every step."""

import datetime
import random

import pytest

from demo import tasks
from measures import extras, overlaps
from measures.extras import DELIVERING, PLANNING
from measures.models import Enterprise, Measure, State
from measures.proposals import rates
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)


@pytest.fixture
def entered(ground, make_household):
    for village in (ground.village, ground.sibling_village, ground.other_village):
        for _ in range(3):
            make_household(village=village)
    by = make_user("one", "district", ground.county)
    return tasks.load(ground.county, by=by, today=DAY, rng=random.Random(1))


def test_what_is_entered_says_all_that_is_asked_within_its_bounds(entered):
    known, rows = rates(DAY), list(Measure.objects.select_related("policy", "enterprise"))
    assert len(rows) == entered >= 40 and Enterprise.objects.count() == len(tasks.FIRMS)
    for row in rows:
        step = DELIVERING if row.state == State.DELIVERED else PLANNING
        assert not extras.missing(row.policy.code, row.extras, step), row
        assert not extras.out_of_bounds(row.policy.code, row.extras, known), row
        assert not overlaps.clashes(row, row.beside()), row
    assert {row.state for row in rows} == {State.PLANNED, State.DELIVERED}


def test_some_of_it_ends_soon_and_some_has_ended(entered, signed_in):
    client = signed_in("district")
    for word in ("三十天内到期", "已到期"):
        assert 'data-total="0"' not in client.get(f"/measures/?due={word}").content.decode()
