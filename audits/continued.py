"""脱贫不脱政策: after the exit what was given goes on for three years (R274; 004 第十二章第二节五 L3922–3924; pure).

What was delivered in the year of leaving is looked for in each of the years that follow. Only what comes again by
itself (每年, 每月, 每期, 每季度) can stop; a house that was repaired is not repaired every year. 低保 is kept for
three months (001 第七章第一节一 L207): its last payment comes no earlier than that after the exit.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

REPEATED = ("每年", "每月", "每期", "每季度")
SUBSISTENCE = "DIBAO"  # the codes of 低保 begin so
YEARS, MONTHS = 3, 3


@dataclass(frozen=True)
class Term:
    """What the county has settled: whole years after that of the exit, and months for 低保."""

    years: int = YEARS
    months: int = MONTHS


@dataclass(frozen=True, kw_only=True)
class Help:
    """One thing that was given to one household or person, and since when it was not.

    `given`: years with a delivery. `last_on`: the last delivery of all. `ends`: the policy itself runs to here.
    """

    code: str
    period: str
    left_on: datetime.date
    given: Collection[int]
    last_on: datetime.date
    ends: datetime.date | None = None

    @property
    def subsistence(self) -> bool:
        return self.code.startswith(SUBSISTENCE)


@dataclass(frozen=True)
class Stop:
    """`year`: the first one without it; `sure`: that year is over, else it may still come."""

    year: int
    sure: bool


def stopped(help_given: Help, day: datetime.date, term: Term = Term()) -> Stop | None:
    """Whether it stopped before its time, as far as the day can tell."""
    if help_given.subsistence:
        return _subsistence(help_given, day, term)
    if help_given.period not in REPEATED or help_given.left_on.year not in help_given.given:
        return None
    first = help_given.left_on.year + 1
    for year in range(first, min(day.year, help_given.left_on.year + term.years) + 1):
        if help_given.ends is not None and help_given.ends.year < year:
            return None
        if year not in help_given.given:
            return Stop(year, sure=year < day.year)
    return None


def _months(day: datetime.date) -> int:
    return day.year * 12 + day.month


def _subsistence(help_given: Help, day: datetime.date, term: Term) -> Stop | None:
    due = _months(help_given.left_on) + term.months
    if _months(help_given.last_on) >= due or _months(day) < due:
        return None
    return Stop(help_given.last_on.year, sure=True)
