"""Two settle one year's assessment at the same instant (threats E): one does, the other is told."""

import pytest
from django.db import transaction

from office import clock
from reporting.models import TownAssessment
from reporting.models.assessment import Settled
from tests.aside import Aside
from tests.reporting.test_settling import assessed, kept  # noqa: F401
from villages.models import Rectification

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def test_who_settles_second_waits_and_is_told(assessed, ground, cast):  # noqa: F811
    assessed(ground.town, left=3, planned=9, missed=True)

    def settle(by):
        rows = TownAssessment.objects.in_area(ground.county).filter(year=2017)
        return TownAssessment.settle(rows, document="演示〔2018〕1号", by=cast[by], at=clock.moment())

    with transaction.atomic():
        assert settle("leader") == 1
        second = Aside(lambda: settle("admin"))
        assert second.held
    assert isinstance(second.end(), Settled)
    assert TownAssessment.objects.get().settled_by == cast["leader"]
    assert Rectification.objects.count() == 1
