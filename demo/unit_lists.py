"""What departments sent to the demonstration county: a list of 民政 with its differences, and values of indicators."""

import datetime
import random
from decimal import Decimal
from typing import Any

from areas.models import Area
from demo.store import at
from households.models import Household, Person
from measures.departments.comparing import Comparing
from measures.departments.kinds import KINDS
from measures.departments.reading import Line
from measures.models import DepartmentList, ListState
from villages.indicators import load_goals
from villages.models import Indicator

KIND = "特困供养"
# Value of 2016 and 2017 by code; the plan prints the base and the target, these between are invented.
VALUES: dict[str, tuple[int | str, int | str]] = {
    "relocated": (0, 0),
    "transferred-jobs": ("0.031", "0.047"),
    "income-growth": ("11.2", "12.6"),
    "houses-renovated": (46, 83),
    "pension": (71, 94),
    "medical": ("98.5", "99.6"),
    "road": (100, 100),
    "bus": (89, 96),
    "power": (100, 100),
    "water": ("98.6", "99.4"),
    "cable": (100, 100),
}


def load(county: Area, *, by: Any, sender: Any, today: datetime.date, rng: random.Random) -> None:
    _list(county, sender, today, rng)
    load_goals(county)
    for one in Indicator.objects.filter(code__in=VALUES):
        for year, value in zip((2016, 2017), VALUES[one.code], strict=True):
            unit = one.sources[0] if one.sources else ""
            day = at(datetime.date(year + 1, 2, 10))
            one.enter(county, year=year, value=Decimal(value), unit=unit, by=by, at=day, note="演示")


def _list(county: Area, sender: Any, today: datetime.date, rng: random.Random) -> None:
    """Whom the register marks, less a few, and a few whom it does not mark or spells otherwise."""
    homes = Household.objects.in_area(county).filter(registered_on__isnull=False, removed_on__isnull=True)
    people = Person.objects.filter(present=True, household__in=homes).order_by("number")
    marked = list(people.filter(extremely_poor_support=True)[:400])
    others = list(people.exclude(extremely_poor_support=True)[:200])
    listed = rng.sample(marked, max(0, len(marked) - 6)) + rng.sample(others, min(8, len(others)))
    rng.shuffle(listed)
    lines = [
        Line(
            row=place,
            name=f"{person.name}（误）" if place in (5, 9) else person.name,
            shown=person.id_number,
            number=person.id_number,
            village="",
        )
        for place, person in enumerate(listed, start=2)
    ]
    lines.append(Line(len(lines) + 2, "演示缺", "", fault="没有证件号码"))
    made = DepartmentList.objects.create(
        owner=sender,
        unit="民政",
        kind=KIND,
        area=county,
        as_on=today.replace(day=1),
        file_name="特困供养人员名册（演示）.xlsx",
        checksum="0" * 64,
        uploaded_at=at(today - datetime.timedelta(days=1)),
    )
    comparing = Comparing(made, KINDS[KIND])
    comparing.keep(lines, lambda *_: None)
    made.move(
        ListState.RUNNING,
        ListState.DONE,
        rows=comparing.rows,
        faulty=comparing.faulty,
        matched=comparing.matched,
        agreeing=comparing.agreeing,
    )
