"""脱贫不脱政策, pure: what may not stop in the three years after an exit, and 低保 not in three months."""

import datetime
from dataclasses import replace

import pytest

from audits.continued import Help, Stop, Term, stopped

LEFT = datetime.date(2016, 12, 20)
GIVEN = Help(
    code="AGE-80", period="每月", left_on=LEFT, given={2016, 2017, 2018}, last_on=datetime.date(2018, 6, 1)
)


@pytest.mark.parametrize(
    ("given", "day", "found"),
    [
        ({2016, 2017, 2018}, datetime.date(2018, 11, 20), None),
        ({2016, 2017}, datetime.date(2018, 11, 20), Stop(2018, sure=False)),
        ({2016, 2018}, datetime.date(2018, 11, 20), Stop(2017, sure=True)),
        ({2016}, datetime.date(2016, 12, 31), None),
        ({2016, 2017, 2018, 2019}, datetime.date(2021, 3, 1), None),
        ({2016, 2017, 2018}, datetime.date(2021, 3, 1), Stop(2019, sure=True)),
        ({2017}, datetime.date(2018, 11, 20), None),
    ],
)
def test_each_of_three_years_after_the_exit_has_to_have_it(given, day, found):
    assert stopped(replace(GIVEN, given=given), day) == found


def test_what_is_given_once_does_not_stop():
    assert stopped(replace(GIVEN, period="一次性", given={2016}), datetime.date(2018, 11, 20)) is None


def test_a_policy_that_has_ended_is_not_missed():
    ended = replace(GIVEN, given={2016}, ends=datetime.date(2016, 12, 31))
    assert stopped(ended, datetime.date(2018, 11, 20)) is None


def test_the_county_may_settle_fewer_years():
    assert stopped(replace(GIVEN, given={2016, 2017}), datetime.date(2018, 11, 20), Term(years=1)) is None


@pytest.mark.parametrize(
    ("last_on", "day", "early"),
    [
        (datetime.date(2017, 3, 1), datetime.date(2017, 6, 1), False),
        (datetime.date(2017, 2, 28), datetime.date(2017, 6, 1), True),
        (datetime.date(2017, 2, 28), datetime.date(2017, 2, 28), False),
    ],
)
def test_subsistence_allowance_is_kept_three_months(last_on, day, early):
    case = replace(GIVEN, code="DIBAO-GRACE", period="一次", last_on=last_on)
    assert (stopped(case, day) is not None) == early
