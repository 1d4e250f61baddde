"""What is given is not dated in a closed year: its figures stand for ever, by whichever way the delivery is entered."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from households.models import ClosedYear
from measures.models import Measure, State
from office import clock
from reporting.definitions import monthly
from reporting.report import Request
from tests.measures.test_measures import GOOD, plan
from tests.reporting.test_exit_tally import at

pytestmark = pytest.mark.django_db
DAY, LAST = datetime.date(2019, 2, 1), datetime.date(2018, 12, 31)
SAID = "2018年已经封存，日期要写在没有封存的年度"


@pytest.fixture
def closed(ground, office_day):
    """closed(county) closes its 2018; the day is one of the year after."""
    office_day(DAY)

    def close(county):
        return ClosedYear.objects.create(county=county, year=2018, closed_at=clock.moment())

    return close


@pytest.fixture
def planned(make_household):
    return plan("PV-INCOME", household=make_household(), amount=Decimal(3000))


def deliver(measure, on) -> None:
    measure.deliver(on=on, amount=Decimal(1), payer="演示", by=None, today=DAY)


def figures(county):
    return monthly.figures(Request(county, 2018, LAST, clock.shift()), lambda *_: None).checksum()


def test_a_delivery_dated_in_it_is_refused_with_its_reason_beside_the_day(planned, closed, ground, signed_in):
    before = figures(ground.county)
    closed(ground.county)
    answer = signed_in("village").post(f"/measures/{planned.pk}/deliver/", GOOD)
    assert answer.status_code == 422 and SAID in answer.content.decode()
    planned.refresh_from_db()
    assert planned.state == State.PLANNED and figures(ground.county) == before
    deliver(planned, DAY)
    assert planned.state == State.DELIVERED and figures(ground.county) == before


def test_where_another_county_closed_it_the_day_stands(planned, closed, ground):
    closed(ground.other_county)
    deliver(planned, LAST)
    assert planned.delivered_on == LAST


def test_who_has_moved_away_since_counts_where_they_lay(planned, closed, ground):
    planned.household.move_to(ground.foreign_village, **at("2019-01-10"))
    closed(ground.county)
    with pytest.raises(ValidationError, match=SAID):
        deliver(Measure.objects.get(), LAST)


def test_what_a_village_is_given_is_asked_of_its_county(closed, ground):
    closed(ground.county)
    for village, refused in ((ground.village, True), (ground.foreign_village, False)):
        measure = plan("TASK-PROCESS", village=village, amount=Decimal(0))
        try:
            deliver(measure, LAST)
        except ValidationError:
            assert refused
        else:
            assert not refused


def test_a_whole_list_is_refused_as_one(planned, closed, ground, signed_in):
    closed(ground.county)
    typed = {"delivered_on": "2018-12-01", "payer": "演示", "voucher": "1", "expected": 1}
    answer = signed_in("town").post("/measures/whole/PV-INCOME/2018/", typed)
    assert answer.status_code == 422 and SAID in answer.content.decode()
    assert not Measure.objects.delivered().exists()
