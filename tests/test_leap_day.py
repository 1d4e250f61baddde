"""29 February (threats G6): who is born then is a year older on 1 March of other years, wherever an age is asked; and
on the day itself everything that looks years back finds a day."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from households.care.examined import born_by as born_by_of_care
from households.checks.case import full_years
from households.colours import anniversary
from households.models import Person
from households.structure import AGES, aged
from measures.conditions import born_by
from measures.models import DeskRequest
from office.clock import SHANGHAI
from tests.conftest import identity_number

BORN = datetime.date(2004, 2, 29)
ASKERS = [born_by, born_by_of_care]
DAYS = [
    (datetime.date(2019, 2, 28), 14),
    (datetime.date(2019, 3, 1), 15),
    (datetime.date(2020, 2, 28), 15),
    (datetime.date(2020, 2, 29), 16),
]
ASKED = [
    datetime.date(2019, 2, 28),
    datetime.date(2019, 3, 1),
    datetime.date(2020, 2, 28),
    datetime.date(2020, 2, 29),
    datetime.date(2020, 3, 1),
]


@pytest.mark.parametrize(("on", "years"), DAYS)
def test_who_is_born_on_it_is_older_on_the_first_of_march_of_other_years(on, years):
    assert Person(birth_date=BORN).age(on) == full_years(BORN, on) == years
    for latest in ASKERS:
        assert latest(on, years + 1) < BORN <= latest(on, years), latest


def test_a_number_with_it_is_valid_and_one_of_a_year_without_it_is_not():
    person = Person(name="演示", id_type="居民身份证", id_number=identity_number(7, BORN))
    person.check_number(DAYS[0][0])
    assert person.birth_date == BORN
    wrong = identity_number(7, BORN).replace("20040229", "20030229")
    with pytest.raises(ValidationError):
        Person(name="演示", id_type="居民身份证", id_number=wrong).check_number(DAYS[0][0])


@pytest.mark.parametrize("on", ASKED)
@pytest.mark.parametrize("born", [datetime.date(2014, 2, 28), BORN, datetime.date(2004, 3, 1)])
def test_the_database_counts_ages_as_the_program_does(on, born, make_household):
    """In the report of structure, and for whoever asks who is born by a day."""
    person = make_household(persons=1).persons.get()
    Person.objects.filter(pk=person.pk).update(birth_date=born)
    years = full_years(born, on)
    found = [name for name in AGES if Person.objects.filter(aged(name, on), pk=person.pk).exists()]
    low, high = AGES[found[0]]
    assert len(found) == 1 and (low or 0) <= years and (high is None or years <= high)
    for latest in ASKERS:
        for least in (years, years + 1):
            here = Person.objects.filter(pk=person.pk, birth_date__lte=latest(on, least))
            assert here.exists() == (years >= least)


def test_years_after_it_end_on_the_twenty_eighth():
    assert anniversary(datetime.date(2020, 2, 29), 3) == datetime.date(2023, 2, 28)
    assert anniversary(datetime.date(2020, 2, 29), 4) == datetime.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("year", "due_on"), [(2020, datetime.date(2020, 3, 3)), (2019, datetime.date(2019, 3, 4))]
)
@pytest.mark.parametrize("time", [datetime.time(0, 0, 1), datetime.time(23, 59, 59)])
def test_a_question_is_due_five_days_on_by_the_day_of_shanghai(year, due_on, time, ground):
    at = datetime.datetime.combine(datetime.date(year, 2, 27), time, SHANGHAI)
    made, _ = DeskRequest.ask(at=at, days=5, area=ground.village)
    assert made.due_on == due_on
    assert [made.is_late(day) for day in (due_on, due_on + datetime.timedelta(days=1))] == [False, True]
