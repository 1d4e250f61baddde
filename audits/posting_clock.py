"""The posting clock: which of its whole days a notice is in, one tick a day (look §7; pure).

Drawn at each view from dates in the database; nothing counts down. `day` is 0 on the day of putting up, which does
not count, 1 … `days` while it hangs, and one more when it is over.
"""

import datetime
from dataclasses import dataclass

# In pixels, of the ticks' drawing.
STEP, HIGH = 11, 12


@dataclass(frozen=True)
class Tick:
    x: str
    look: str


@dataclass(frozen=True)
class Clock:
    word: str
    posted_on: datetime.date
    ends_on: datetime.date
    days: int
    day: int

    @property
    def over(self) -> bool:
        return self.day > self.days

    @property
    def first_on(self) -> datetime.date:
        """The first day that counts."""
        return self.posted_on + datetime.timedelta(days=1)

    @property
    def free_on(self) -> datetime.date:
        """From when on the list may go on."""
        return self.ends_on + datetime.timedelta(days=1)

    @property
    def said(self) -> str:
        if self.over:
            return f"{self.word}满 {self.days} 天"
        if self.day == 0:
            return f"{self.word}今天张贴，当日不计"
        return f"{self.word}第 {self.day}/{self.days} 天"

    @property
    def last_day(self) -> bool:
        return self.day == self.days

    @property
    def ticks(self) -> tuple[Tick, ...]:
        return tuple(Tick(f"{place * STEP}.5", self._look(place + 1)) for place in range(self.days))

    @property
    def width(self) -> int:
        return self.days * STEP

    def _look(self, number: int) -> str:
        if number < self.day:
            return "t-done"
        return "t-now" if number == self.day else "t-next"


def clock(word: str, posted_on: datetime.date, ends_on: datetime.date, days: int, on: datetime.date) -> Clock:
    """How a notice stands on the day; ValueError before it was put up."""
    if on < posted_on:
        raise ValueError(f"not put up before {posted_on}")
    day = days + 1 if on > ends_on else min((on - posted_on).days, days)
    return Clock(word, posted_on, ends_on, days, day)
