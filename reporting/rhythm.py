"""Months, quarters and years as periods of a schedule: pure, nothing here reads a clock or the database."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

DAY = datetime.timedelta(days=1)


class Rhythm(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


WORDS = {Rhythm.MONTH: "每月", Rhythm.QUARTER: "每季", Rhythm.YEAR: "每年"}
MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.YEAR: 12}


@dataclass(frozen=True)
class Period:
    """`key` is what is unique of a schedule's periods: 2018-11, 2018-Q4, 2018. Both days belong to it."""

    key: str
    first: datetime.date
    last: datetime.date

    @property
    def due(self) -> datetime.date:
        """The day on which it is over, and its report is made."""
        return self.last + DAY

    @property
    def word(self) -> str:
        return worded(self.key)


def worded(key: str) -> str:
    """2018年11月, 2018年第4季度, 2018年."""
    year, _, part = key.partition("-")
    if not part:
        return f"{year}年"
    return f"{year}年第{part[1:]}季度" if part.startswith("Q") else f"{year}年{int(part)}月"


def period_of(rhythm: str, day: datetime.date) -> Period:
    """The period that the day lies in."""
    months = MONTHS[Rhythm(rhythm)]
    start = (day.month - 1) // months * months + 1
    over = start + months
    end = datetime.date(day.year + (over > 12), (over - 1) % 12 + 1, 1) - DAY
    key = {1: f"{day.year}-{start:02d}", 3: f"{day.year}-Q{(start + 2) // 3}", 12: f"{day.year}"}[months]
    return Period(key, datetime.date(day.year, start, 1), end)


def over(rhythm: str, since: datetime.date, today: datetime.date) -> Iterator[Period]:
    """Periods from that of `since` that are over today, oldest first."""
    period = period_of(rhythm, since)
    while period.due <= today:
        yield period
        period = period_of(rhythm, period.due)
