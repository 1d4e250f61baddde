"""The demonstration county as built, without a database."""

import datetime
from collections import Counter, defaultdict

import pytest

from demo import ground, people, world
from demo.history import EXIT
from demo.incomes import LINES
from households.poverty import NATIONAL

BASE_DAY = datetime.date(2015, 12, 31)
# areas.csv and rolling_plan_checks.md, typed again: persons, of these 国标.
PUBLISHED = {
    "张山子镇": (1853, 551),
    "涧头集镇": (2456, 1857),
    "运河街道": (125, 70),
    "邳庄镇": (953, 567),
    "马兰屯镇": (362, 192),
    "泥沟镇": (1545, 984),
}
HOUSEHOLDS = {"张山子镇": 913, "涧头集镇": 1014, "泥沟镇": 688}
PLANNED = {
    2016: {
        "张山子镇": 1503,
        "涧头集镇": 2054,
        "运河街道": 109,
        "邳庄镇": 745,
        "马兰屯镇": 362,
        "泥沟镇": 1266,
    },
    2017: {"张山子镇": 375, "涧头集镇": 459, "运河街道": 56, "邳庄镇": 230, "马兰屯镇": 0, "泥沟镇": 302},
}
WAITING = {"张山子镇": 24, "涧头集镇": 77, "运河街道": 8, "邳庄镇": 40, "马兰屯镇": 52, "泥沟镇": 98}


@pytest.fixture(scope="module")
def town_of(made):
    names = {town.code: town.name for town in ground.towns()}
    return {village.code: names[village.town] for village in made.villages}


def stock(made, town_of, on, *, figure="persons", national=False):
    """Town → sum of the events until the day."""
    found: Counter = Counter()
    for event in made.county.events:
        if event.on <= on and (not national or event.standard == NATIONAL):
            found[town_of[event.village]] += getattr(event, figure)
    return found


def test_base_by_town_is_the_published_one(made, town_of):
    persons = stock(made, town_of, BASE_DAY)
    national = stock(made, town_of, BASE_DAY, national=True)
    assert {town: (persons[town], national[town]) for town in PUBLISHED} == PUBLISHED


def test_base_has_3317_households_shared_as_published(made, town_of):
    households = stock(made, town_of, BASE_DAY, figure="households")
    assert sum(households.values()) == 3317
    assert {town: households[town] for town in HOUSEHOLDS} == HOUSEHOLDS


def test_another_seed_has_the_same_base_but_other_people(town_of):
    first, other = world.build(1, 150), world.build(2, 150)
    assert stock(other, town_of, BASE_DAY) == stock(first, town_of, BASE_DAY)
    assert other.lives[0].sheet.members[0].name != first.lives[0].sheet.members[0].name


def test_the_same_seed_gives_the_same_county():
    first, second = world.build(1, 150).county.events, world.build(1, 150).county.events
    assert [(e.kind, e.on, e.persons) for e in first] == [(e.kind, e.on, e.persons) for e in second]


@pytest.mark.parametrize("year", [2016, 2017])
def test_exits_come_near_the_plan(made, town_of, year):
    left: Counter = Counter()
    for event in made.county.events:
        if event.kind == EXIT and event.on.year == year:
            left[town_of[event.village]] -= event.persons
            assert event.origin == ("历史导入" if year == 2016 else "审核")
            assert event.on >= datetime.date(year, 12, 18)
            assert 0 <= (event.recorded_on - event.on).days <= 4
    for town, planned in PLANNED[year].items():
        assert abs(left[town] - planned) <= max(2, planned * 2 // 100)


def test_the_households_of_a_village_leave_on_one_day_of_2017_and_are_recorded_on_it(made):
    days = defaultdict(set)
    for event in made.county.events:
        if event.kind == EXIT and event.on.year == 2017:
            days[event.village].add(event.on)
            assert event.recorded_on == event.on
    assert len(days) > 100
    assert all(len(found) == 1 for found in days.values())


def test_no_more_leave_under_the_national_standard_than_its_base(made, town_of):
    left: Counter = Counter()
    for event in made.county.events:
        if event.kind == EXIT and event.on.year == 2016 and event.standard == NATIONAL:
            left[town_of[event.village]] -= event.persons
    for town, (_, base) in PUBLISHED.items():
        assert base * 96 // 100 <= left[town] <= base


def test_those_planned_for_2018_are_still_poor(made, town_of):
    assert stock(made, town_of, world.TODAY) == WAITING
    assert all(life.planned_exit_year == 2018 for life in made.county.poor())


def test_every_kind_of_event_happens(made):
    kinds = {event.kind for event in made.county.events}
    assert kinds == {"纳入", "退出", "返贫", "注销", "增员", "减员", "回退", "转出", "转入", "更正"}


def test_illness_is_the_cause_of_57_5_percent(made):
    founding = [
        life.sheet for life in made.lives if life.registered_on <= BASE_DAY and life.split_from is None
    ]
    ill = sum(sheet.poverty_cause == "因病" for sheet in founding)
    assert abs(ill / len(founding) - 0.575) < 0.005


def test_most_households_are_one_or_two_old_people(made):
    founding = [life.sheet for life in made.lives if life.registered_on <= BASE_DAY]
    small = [sheet for sheet in founding if len(sheet.present(sheet.registered_on)) <= 2]
    assert len(small) > len(founding) * 0.65
    members = [person for sheet in small for person in sheet.members]
    assert sum(person.age(BASE_DAY) >= 60 for person in members) > len(members) * 0.7


def test_every_person_is_marked_and_names_vary(made):
    names = [person.name for life in made.lives for person in life.sheet.members]
    assert all(people.MARK in name[1:3] for name in names)
    assert len({name[3:] for name in names}) > 1000


def test_villages_are_211_with_46_real_ones_and_the_published_rural_population(made):
    assert len(made.villages) == 211
    real = [village for village in made.villages if people.MARK not in village.name]
    assert len(real) == 46
    assert Counter(village.key_level for village in real) == {"省定": 40, "市定": 6}
    for year in ground.YEARS:
        assert abs(sum(village.rural[year] for village in made.villages) - 230_095) <= 20


def test_village_names_are_unique_in_their_town(made):
    names = defaultdict(set)
    for village in made.villages:
        assert village.name not in names[village.town]
        names[village.town].add(village.name)


def test_key_villages_left_as_published(made):
    left = Counter(village.key_exit.year <= 2015 for village in made.villages if village.key_exit)
    assert left == {True: 30, False: 10}
    assert all(not village.key_exit for village in made.villages if village.key_level == "市定")


def test_who_leaves_is_above_the_line_with_five_yes(made):
    for life in made.lives:
        for event in life.events:
            if event.kind == EXIT:
                survey = next(each for each in life.surveys if each.year == event.on.year)
                assert survey.net_income_per_capita > LINES[survey.year]
                assert survey.all_five


def test_all_four_colours_and_the_reason_to_stay(made):
    above = [
        life
        for life in made.county.poor()
        if life.surveys and life.surveys[-1].net_income_per_capita > LINES[life.surveys[-1].year]
    ]
    leaving = [life for life in above if life.surveys[-1].year == 2018]
    assert len(leaving) > 80
    assert not any(life.no_exit_reason for life in leaving)
    assert all(life.no_exit_reason for life in above if life not in leaving)
    assert any(life.shock for life in made.lives)


def test_a_small_county_keeps_the_proportions(town_of):
    small = world.build(households=120)
    households = stock(small, town_of, BASE_DAY, figure="households")
    assert sum(households.values()) == 120
    assert households["涧头集镇"] > households["马兰屯镇"] > 0
