import datetime
from itertools import count

import pytest

from households import invariants, tally
from households.models import Household, Person, StatusEvent
from households.tally import Counts

D2015, D2016, D2017 = (datetime.date(year, 12, 31) for year in (2015, 2016, 2017))
ON = datetime.date(2018, 11, 20)
serial = count(1)


def at(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(10), tzinfo=datetime.UTC)


def baby() -> Person:
    return Person(
        name="演示新",
        sex="女",
        birth_date=datetime.date(2016, 5, 1),
        id_type="出生医学证明",
        id_number=f"K{next(serial):09d}",
        relation="之孙女",
        health=("健康",),
    )


@pytest.fixture
def county(ground, make_household):
    """Two years of two towns: an exit of each standard, a return, a birth, a move, a split, a correction."""
    day = datetime.date
    stays = make_household(persons=2)
    leaves = make_household(persons=3, poverty_cause="因残")
    provincial = make_household(persons=1, standard="省定标准", village=ground.other_village)
    comes_back = make_household(persons=2, village=ground.sibling_village)
    moves = make_household(persons=4)
    leaves.leave_poverty(on=day(2016, 12, 10), recorded_at=at(day(2016, 12, 12)))
    comes_back.leave_poverty(on=day(2016, 12, 15), recorded_at=at(day(2016, 12, 16)))
    stays.person_joins(baby(), on=day(2016, 5, 2), join_reason="新生儿", recorded_at=at(day(2016, 5, 3)))
    comes_back.return_to_poverty(on=day(2017, 3, 1), recorded_at=at(day(2017, 3, 2)))
    moves.move_to(ground.other_village, on=day(2017, 6, 1), recorded_at=at(day(2017, 6, 1)))
    spouse = moves.persons.get(relation="配偶")
    moves.split([spouse], head=spouse, on=day(2017, 7, 1), recorded_at=at(day(2017, 7, 1)))
    provincial.leave_poverty(on=day(2017, 12, 20), recorded_at=at(day(2018, 1, 15)))
    stays.correct_standard("省定标准", on=day(2018, 2, 1), reason="核查", recorded_at=at(day(2018, 2, 1)))
    make_household(persons=2, standard="省定标准", on=day(2017, 11, 1))
    return ground


def events(area=None):
    return StatusEvent.objects.in_area(area)


def test_the_year_adds_up_in_households_and_persons(county):
    account = tally.year_account(events(), 2016, ON)
    assert account.base == Counts(5, 12, 4, 11)
    assert account.left == Counts(2, 5, 2, 5)
    assert account.into == Counts(0, 1, 0, 1)
    assert account.now == tally.stock(events(), D2016, ON) == Counts(3, 8, 2, 7)


def test_returned_new_and_transfers_stand_apart(county):
    account = tally.year_account(events(), 2017, ON)
    assert account.returned == Counts(1, 2, 1, 2)
    assert account.new == Counts(1, 2, 0, 0)
    assert account.of("转入", "in") == Counts(2, 5, 2, 5)
    assert account.of("转出", "out") == Counts(1, 5, 1, 5)
    assert account.now == tally.stock(events(), D2017, ON)


def test_every_town_adds_up_with_what_moved_between_them(county):
    accounts = tally.by_area(events(), "town", 2017, ON)
    for town in (county.town, county.other_town):
        assert accounts[town.pk] == tally.year_account(events(town), 2017, ON)
        assert accounts[town.pk].now == tally.stock(events(town), D2017, ON)
    assert accounts[county.other_town.pk].of("转入", "in").persons == 5
    assert tally.stock_by_area(events(), "town", D2017, ON)[county.town.pk] == accounts[county.town.pk].now


def test_a_correction_moves_persons_between_the_standards_only(county):
    account = tally.year_account(events(), 2018, ON)
    assert account.of("更正", "out") == Counts(1, 3, 1, 3)
    assert account.of("更正", "in") == Counts(1, 3, 0, 0)
    assert account.net == Counts(0, 0, -1, -3)


def test_what_was_recorded_later_is_not_known_earlier(county):
    early, late = datetime.date(2017, 12, 31), datetime.date(2018, 1, 15)
    assert tally.year_account(events(), 2017, early).left == Counts()
    assert tally.year_account(events(), 2017, late).left == Counts(1, 1, 0, 0)


def test_a_recording_counts_by_its_shanghai_day(make_household):
    household = make_household(persons=2)
    before_midnight_utc = datetime.datetime(2018, 3, 1, 16, 30, tzinfo=datetime.UTC)
    household.leave_poverty(on=datetime.date(2018, 3, 1), recorded_at=before_midnight_utc)
    assert tally.year_account(events(), 2018, datetime.date(2018, 3, 1)).left.persons == 0
    assert tally.year_account(events(), 2018, datetime.date(2018, 3, 2)).left.persons == 2


def test_exits_by_cause(county):
    causes = tally.by_cause(events(), 2016, ON)
    assert causes == {(None, "因残"): Counts(1, 3, 1, 3), (None, "因病"): Counts(1, 2, 1, 2)}
    assert tally.by_cause(events(), 2016, ON, level="village")[county.village.pk, "因残"].persons == 3


@pytest.mark.parametrize("year", [2016, 2017, 2018])
@pytest.mark.parametrize("national", [False, True])
def test_the_list_behind_a_cell_counts_to_the_cell(county, year, national):
    prefix = "national_" if national else ""
    for area in (county.county, county.town, county.other_town, county.village):
        for (kind, direction), counts in tally.flows(events(area), year, ON).items():
            asked = {
                "year": year,
                "kinds": (kind,),
                "direction": direction,
                "as_of": ON,
                "national": national,
            }
            households = events(area).counted(counts="households", **asked)
            persons = events(area).counted(counts="persons", **asked)
            assert households.count() == getattr(counts, f"{prefix}households")
            assert abs(sum(event.persons for event in persons)) == getattr(counts, f"{prefix}persons")


@pytest.mark.parametrize("day", [D2015, D2016, D2017, ON])
def test_the_households_of_a_day_count_to_its_stock(county, day):
    for area in (county.county, county.town, county.other_village):
        for national in (False, True):
            counts = tally.stock(events(area), day, ON)
            found = list(Household.objects.on_register(on=day, as_of=ON, area=area, national=national))
            assert len(found) == (counts.national_households if national else counts.households)
            assert sum(each.counted_persons for each in found) == (
                counts.national_persons if national else counts.persons
            )


def test_a_list_shows_only_events_the_user_may_see(county, cast):
    mine = StatusEvent.objects.visible_to(cast["other_town_user"])
    found = Household.objects.on_register(on=D2017, as_of=ON, events=mine)
    assert found.count() == tally.stock(events(county.other_town), D2017, ON).households


def test_the_tally_asks_few_questions(county, django_assert_num_queries):
    with django_assert_num_queries(2):
        tally.by_area(events(), "town", 2017, ON)


def test_nothing_is_wrong_in_the_county(county):
    assert list(invariants.problems(ON)) == []


def test_the_invariants_find_what_does_not_add_up(county):
    household = Household.objects.in_register().first()
    Household.objects.filter(pk=household.pk).update(member_count=9)
    found = list(invariants.problems(ON))
    assert any(household.number in line and "家庭人口数9" in line for line in found)
    assert any("动态合计" in line for line in found)
