"""Months, quarters and years, against the calendar."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.rhythm import MONTHS, Rhythm, over, period_of

DAYS = st.dates(datetime.date(2010, 1, 1), datetime.date(2030, 12, 31))
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("rhythm", "day", "key", "first", "last", "word"),
    [
        ("month", "2018-11-20", "2018-11", "2018-11-01", "2018-11-30", "2018年11月"),
        ("month", "2016-02-29", "2016-02", "2016-02-01", "2016-02-29", "2016年2月"),
        ("month", "2018-12-31", "2018-12", "2018-12-01", "2018-12-31", "2018年12月"),
        ("quarter", "2018-11-20", "2018-Q4", "2018-10-01", "2018-12-31", "2018年第4季度"),
        ("quarter", "2018-03-31", "2018-Q1", "2018-01-01", "2018-03-31", "2018年第1季度"),
        ("year", "2018-11-20", "2018", "2018-01-01", "2018-12-31", "2018年"),
    ],
)
def test_a_day_lies_in_its_period(rhythm, day, key, first, last, word):
    found = period_of(rhythm, datetime.date.fromisoformat(day))
    assert (found.key, f"{found.first}", f"{found.last}", found.word) == (key, first, last, word)


@given(st.sampled_from([*Rhythm]), DAYS, DAYS)
def test_periods_follow_each_other_without_gap_and_only_those_that_are_over_are_due(rhythm, one, other):
    since, today = sorted((one, other))
    found = list(over(rhythm, since, today))
    starts = [period.first for period in found] + [period_of(rhythm, today).first]
    assert starts[0] <= since and starts[-1] <= today
    assert [period.last + DAY for period in found] == starts[1:]
    assert len({period.key for period in found}) == len(found)
    assert all((period.last + DAY).day == 1 and period.first.day == 1 for period in found)
    months = (starts[-1].year - starts[0].year) * 12 + starts[-1].month - starts[0].month
    assert months == len(found) * MONTHS[rhythm]
