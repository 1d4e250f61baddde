"""期限目标: what a plan asks for by a day and no table of it holds (data/goals.csv): a figure as printed, beside what is
counted. What a whole year is for, leaving or keeping, is its aim (aims.py).

`of` names the area whose plan it is where the figure is a number of people; a share in percent is asked of every area.
004 prints 生态补偿 as 0.05万人 by 2018, 003 as 4万人 without a day: the end of its period is taken (R177); 来料加工 100 % (R088), 电商 of district and towns 100 % (R096),
水库移民 70 % and the rest a year later (001, R023). Of the other paths (产业, 就业, 搬迁, 兜底; R107) no figure is kept: 003 and
001 speak of them in 二章三节一, and a row for each here is all that a printed one takes.
"""

import csv
import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "data" / "goals.csv"
REACHED, MISSED, TO_COME = "已实现", "未实现", "未到期限"


@dataclass(frozen=True)
class Goal:
    key: str
    of: str
    figure: int
    until: datetime.date
    document: str
    place: str

    @property
    def said(self) -> str:
        """For the note under a form: the day and the source."""
        return f"{self.until.year}年底前，{self.document}{self.place}"

    def verdict(self, number: int, day: datetime.date) -> str:
        """Of a number counted on the day. What has its last day behind it and is short of it is missed."""
        return self._said(number >= self.figure, day)

    def verdict_of_share(self, part: int, whole: int, day: datetime.date) -> str | None:
        """By the counts, not by the share as printed, which may be rounded up to the goal; none over nothing."""
        return self._said(part * 100 >= self.figure * whole, day) if whole else None

    def _said(self, reached: bool, day: datetime.date) -> str:
        if reached:
            return REACHED
        return MISSED if day >= self.until else TO_COME


@cache
def goals() -> tuple[Goal, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Goal(
                row["key"],
                row["of"],
                int(row["figure"]),
                datetime.date.fromisoformat(row["until"]),
                row["document"],
                row["place"],
            )
            for row in csv.DictReader(file)
        )


def goal(key: str, area: str = "") -> Goal | None:
    """The figure of this key that is asked of the area of this name."""
    return next((one for one in goals() if one.key == key and one.of in ("", area)), None)


def share_asked(key: str) -> Goal:
    """A share, which is asked of every area."""
    found = goal(key)
    assert found is not None, key
    return found
