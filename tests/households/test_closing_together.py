"""A year closed while somebody writes into it (threats E): who comes second waits and is told; no event gets into a
closed year. On SQLite one writes at a time."""

import datetime
from collections.abc import Callable

import pytest
from django.db import transaction

from households.models import ClosedYear, Conflict, Household, StatusEvent, YearAct
from office import clock
from tests.aside import Aside

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
DAY = datetime.date(2018, 11, 20)
LAST_YEAR = datetime.date(2017, 12, 1)


@pytest.fixture
def household(make_household) -> Household:
    return make_household(on=datetime.date(2017, 3, 1))


def leave(household: Household, on: datetime.date) -> StatusEvent:
    return Household.objects.get(pk=household.pk).leave_poverty(on=on, recorded_at=clock.moment())


@pytest.fixture
def close(household, cast) -> Callable[[], YearAct]:
    return lambda: YearAct.close(household.county, 2017, by=cast["district"], on=DAY, at=clock.moment())


def test_a_writer_waits_for_a_closing_and_is_told(household, close):
    with transaction.atomic():
        close()
        writer = Aside(lambda: leave(household, LAST_YEAR))
        assert writer.held
    assert isinstance(writer.end(), Conflict)
    assert not StatusEvent.objects.filter(kind="退出").exists()


def test_a_closing_waits_for_writers(household, close):
    with transaction.atomic():
        leave(household, LAST_YEAR)
        closing = Aside(close)
        assert closing.held
    assert isinstance(closing.end(), YearAct)
    assert StatusEvent.objects.filter(kind="退出").exists()
    assert ClosedYear.objects.filter(year=2017).exists()


def test_a_writer_into_another_year_does_not_wait(household, close):
    with transaction.atomic():
        close()
        writer = Aside(lambda: leave(household, DAY))
        assert not writer.held
    assert writer.end().kind == "退出"
