"""年度目标: what each year of a plan is for (R327): 脱贫, so many leave; 巩固, who left stays out. A figure that is to be
reached by a day is a goal (goals.py).

001 says it of 烟台 in words (data/yearly_goals.csv). Elsewhere the adopted table says it: its years with people who leave,
and after the last of them those that keep.
"""

import csv
import datetime
from functools import cache
from pathlib import Path

from areas.models import Area
from reporting.goals import MISSED, REACHED, TO_COME
from reporting.plan_figures import PlanFigures
from reporting.plan_layout import ColumnKey
from reporting.reading import PERSONS_LEAVING, PROVINCIAL
from reporting.report import PERSONS

FILE = Path(__file__).resolve().parent / "data" / "yearly_goals.csv"
LEAVE, KEEP = "脱贫", "巩固"
YEARS = tuple(range(2016, 2021))


@cache
def stated() -> tuple[dict[str, str], ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def aims(area: Area, plan: PlanFigures) -> tuple[dict[int, str], str]:
    """Year → 脱贫 or 巩固, and where it is said; empty where no plan says it."""
    names = {above.name for above in upwards(area)}
    rows = [row for row in stated() if row["of"] in names]
    if rows:
        return {int(row["year"]): row["aim"] for row in rows}, f"{rows[0]['document']}{rows[0]['place']}"
    keys = {year: ColumnKey(PERSONS_LEAVING, PERSONS, PROVINCIAL, str(year)) for year in YEARS}
    planned = [year for year, key in keys.items() if any(found == key for _, found in plan.cells)]
    if not planned:
        return {}, ""
    return {year: LEAVE if year in planned else KEEP for year in YEARS if year >= planned[0]}, plan.name


def upwards(area: Area) -> list[Area]:
    """The area and what it lies in."""
    return [area, *(upwards(area.parent) if area.parent else [])]


def verdict(
    aim: str,
    *,
    year: int,
    until: datetime.date,
    last: bool,
    planned: int | None,
    left: int,
    back: int,
    stock: int,
) -> str | None:
    """Of a year that has begun by `until`.

    脱贫 is reached when as many left as were planned; in the last such year, when nobody is left. Without a figure for the
    year nobody can say. 巩固 is reached when the year is over, nobody came back in it and nobody is on the register.
    """
    over = until >= datetime.date(year, 12, 31)
    if aim == LEAVE:
        if planned is None and not last:
            return None
        reached = stock == 0 if last else left >= (planned or 0)
        return REACHED if reached else MISSED if over else TO_COME
    if back or stock:
        return MISSED
    return REACHED if over else TO_COME
