"""The days of small worlds: every third lies at an edge, where a count that begins or ends a day wrong shows, and every
third is recorded later than it happened.
"""

import datetime
import random
from bisect import bisect

from office.clock import SHANGHAI

DAY = datetime.timedelta(days=1)
TODAY = datetime.date(2018, 11, 20)
# The days that reports are asked for.
ASKED = (TODAY, datetime.date(2018, 6, 30), datetime.date(2018, 10, 31), datetime.date(2017, 9, 20))
_FIRSTS = [datetime.date(year, month, 1) for year in range(2012, 2020) for month in range(1, 13)]
# First and last day of each month, and so of each quarter and year.
MONTHS = sorted({*_FIRSTS, *(first - DAY for first in _FIRSTS)})
_BEGIN = {day.replace(day=1) for day in ASKED} | {
    day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1) for day in ASKED
}
# First and last day of each year, the days asked for and those after, where their months and quarters begin.
GREAT = sorted({*(day for day in MONTHS if (day.month, day.day) in ((1, 1), (12, 31))),
                *ASKED, *(day + DAY for day in ASKED), *_BEGIN, *(day - DAY for day in _BEGIN)})  # fmt: skip
# The last of a period, after which something is recorded that belongs to it.
LAST = (*ASKED[1:], datetime.date(2017, 12, 31))
OFTEN = 1 / 3
LATE = (1, 2, 5, 20, 60)


def evening(on: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(on, datetime.time(18), SHANGHAI)


def edged(
    rng: random.Random,
    on: datetime.date,
    since: datetime.date = datetime.date.min,
    until: datetime.date = TODAY,
) -> datetime.date:
    """The day itself or, every third time, one of the edges beside it from `since` to `until`."""
    if rng.random() > OFTEN:
        return on
    edges = rng.choice((GREAT, MONTHS))
    at = bisect(edges, on)
    near = [edge for edge in edges[max(at - 2, 0) : at + 2] if since <= edge <= until]
    return rng.choice(near) if near else on


def recorded(rng: random.Random, on: datetime.date, until: datetime.date = TODAY) -> datetime.datetime:
    """The evening of the day or, every third time and of a last day mostly, one some days later: by `until`, and before
    the year is closed, which is done here at the end of January.
    """
    if rng.random() > (1 - OFTEN if on in LAST else OFTEN):
        return evening(on)
    late = on + DAY * rng.choice(LATE)
    return evening(max(on, min(late, until, datetime.date(on.year + 1, 1, 31))))


class Course:
    """One thing after the other, as the models ask of a household, a village, a project or a list: neither dated nor
    recorded before the last. `on` and `at` are the day and the moment of recording of the newest.
    """

    def __init__(self, rng: random.Random, on: datetime.date, at: datetime.datetime, until=TODAY) -> None:
        self.rng, self.on, self.at, self.until = rng, on, at, until

    def go(self, on: datetime.date) -> dict[str, object]:
        """The next is about that day: what acts call `on` and `recorded_at`."""
        self.on = edged(self.rng, max(on, self.on), self.on, self.until)
        self.at = max(self.at, recorded(self.rng, self.on, self.until))
        return {"on": self.on, "recorded_at": self.at}
