"""水库移民: flagged households as they stood on a day (R023)."""

import datetime

import pytest

from households import resettlers, tally
from households.models import Household, StatusEvent
from tests.reporting.test_exit_tally import TODAY, at, removal_reason

pytestmark = pytest.mark.django_db
PAGE = "/households/resettlers/"


@pytest.fixture
def four(ground, make_household):
    """Flagged: one that left in 2016, one that is in, one that left and came back; and one without the flag."""
    homes = [make_household(village=ground.village, persons=size) for size in (1, 2, 3, 4)]
    Household.objects.filter(pk__in=[home.pk for home in homes[:3]]).update(reservoir_resettler=True)
    homes[0].leave_poverty(**at("2016-12-05"))
    homes[2].leave_poverty(**at("2016-12-05"))
    homes[2].return_to_poverty(**at("2018-03-01"))
    homes[3].leave_poverty(**at("2016-12-05"))
    return homes


def stood(day, standing="") -> set[int]:
    rows = resettlers.stood(StatusEvent.objects.all(), datetime.date.fromisoformat(day), standing=standing)
    return set(rows.values_list("household", flat=True))


def test_each_stands_in_or_out_as_its_last_event_of_the_day_left_it(four):
    one, two, three, _ = (home.pk for home in four)
    assert stood("2016-12-04", "in") == {one, two, three} and stood("2016-12-04", "out") == set()
    assert stood("2017-12-31", "in") == {two} and stood("2017-12-31", "out") == {one, three}
    assert stood("2018-11-20", "in") == {two, three} and stood("2018-11-20", "out") == {one}
    assert stood("2018-11-20") == {one, two, three} and stood("2015-01-01") == set()


def test_who_was_cancelled_or_moved_away_is_in_neither(four, ground):
    four[1].cancel(**at("2018-05-01"), removal_reason=removal_reason())
    assert four[1].pk not in stood("2018-11-20")
    four[2].move_to(ground.other_village, **at("2018-05-02"))
    here = StatusEvent.objects.in_area(ground.town)
    assert set(resettlers.stood(here, datetime.date(2018, 11, 20)).values_list("household", flat=True)) == {
        four[0].pk
    }
    assert four[2].pk in stood("2018-11-20", "in")


def test_the_page_counts_households_and_their_members(four, signed_in):
    district = signed_in("district")
    assert 'data-total="3" data-persons="6"' in district.get(PAGE).content.decode()
    page = district.get(f"{PAGE}?standing=out&on=2017-12-31").content.decode()
    assert 'data-total="2" data-persons="4"' in page and four[0].number in page
    assert 'data-total="0"' in signed_in("other_town_user").get(PAGE).content.decode()
    assert district.get(f"{PAGE}?standing=x").status_code == 422
    assert PAGE in district.get("/households/").content.decode()


def test_a_household_that_another_was_split_off_from_stays_in_its_colour_and_standing(make_household):
    """Its last event is 转出, and it has gone nowhere."""
    home = make_household(persons=3, reservoir_resettler=True)
    members = list(home.persons.exclude(relation="户主"))
    new = home.split(members, head=members[0], on=TODAY)
    kept = tally.coloured(StatusEvent.objects.all(), TODAY)
    assert set(kept.values_list("household", "members")) == {(home.pk, 1), (new.pk, 2)}
    assert stood("2018-11-20") == {home.pk, new.pk}
