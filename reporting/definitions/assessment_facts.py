"""What a town's assessment rests on (R304–R315): for each declared item of data/assessment.csv a part and a whole that are
counted, each with the list behind it, and how far the item was reached in percent.

The plans name what counts (exits against the task, the quarterly inspections, rectification in time, money spent,
satisfaction, 危房改造 …) and give no weights: those of the file are ours, and a county may edit them there. An item with
nothing to count (no key village, no survey) is left out and the others count for the whole.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Sum

from areas.models import Area
from households.models.event import Kind
from measures.models import EntryKind
from office.findings import Finding
from reporting.definitions import exit_tally, funds, houses
from reporting.definitions.places import Place, children_of, places, whole_of
from reporting.definitions.rows import share
from reporting.lists import event_list, finding_list, house_list, ledger_list, team_list, work_list
from reporting.plan_figures import PlanFigures
from reporting.report import PERSONS, Request, Row, Value, yuan
from villages import teams
from villages.missing import LOOKED_FOR, unsigned
from villages.models import EventKind, PlanItem, Rectification, WorkEvent
from villages.models.letter import LEVEL
from villages.work.letters import DUE, LATE

FILE = Path(__file__).resolve().parent.parent / "data" / "assessment.csv"


@dataclass(frozen=True)
class Item:
    """A line of the sheet: `whole` and `part` head what is counted ("" where nothing is), `weight` of 100."""

    key: str
    title: str
    weight: int
    whole: str
    part: str
    unit: str
    source: str


@cache
def items() -> tuple[Item, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Item(**{**row, "weight": int(row["weight"])}) for row in csv.DictReader(file))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Fact:
    """`rate` in percent to one decimal, unknown where nothing counts; the addresses open what is counted."""

    whole: Value
    part: Value
    rate: str | None
    whole_url: str | None = None
    part_url: str | None = None


@dataclass
class Sheet:
    """The rows with the facts of each, by (row code, item key)."""

    rows: list[Row]
    places: list[Place]
    facts: dict[tuple[str, str], Fact] = field(default_factory=dict)
    plan: str = ""

    def score(self, code: str) -> str | None:
        """The weighted rate of the items that count, none above 100; unknown where none does."""
        reached, weights = Decimal(0), 0
        for item in items():
            rate = self.facts[code, item.key].rate
            if rate is not None:
                reached += item.weight * min(Decimal(rate), Decimal(100))
                weights += item.weight
        return str((reached / weights).quantize(Decimal("0.1"), ROUND_HALF_UP)) if weights else None


NOTHING = Fact(None, None, None)
# Stand in villages alone: never at a town or a county itself.
OF_VILLAGES = ("exits", "findings", "teams", "inspections", "houses")
Counts = Counter[tuple[int | None, str]]
WHOLE, PART = "whole", "part"
Measure = Callable[[Request, Place, Counts], Fact]


def sheet(request: Request) -> Sheet:
    """All items of the area, its children and what stands at the area itself."""
    counted = {key: count(request) for key, count in COUNTED.items()}
    keys = {place for counts in counted.values() for place, _ in counts}
    rows, found = places(request, keys)
    plan = PlanFigures.of(request.area)
    made = Sheet(rows, found, plan=plan.name)
    for place in found:
        made.facts[place.code, "exits"] = _exits(request, place, counted["exits"], plan)
        for key, fact in FACTS.items():
            made.facts[place.code, key] = fact(request, place, counted[key])
        if place.own:
            made.facts.update({(place.code, key): NOTHING for key in OF_VILLAGES})
    return made


def _by_place(request: Request, rows: Iterable[tuple[int, str, Any]]) -> Counts:
    """(area, figure, amount) counted for the direct child each area lies in, and for the whole."""
    kept = list(rows)
    child, counts = children_of(request, [row[0] for row in kept]), Counts()
    for area, figure, amount in kept:
        for place in whole_of(child[area]):
            counts[place, figure] += amount
    return counts


def _exit_counts(request: Request) -> Counts:
    found = Counts()
    for (place, national, figure, unit), count in exit_tally.count(request).items():
        if figure == exit_tally.EXIT and unit == PERSONS and not national:
            found[place, PART] = count
    return found


def _exits(request: Request, place: Place, counts: Counts, plan: PlanFigures) -> Fact:
    printed = plan.exits(place.area, request.year, national=False)
    wanted, left = plan.amount(place.area, printed), counts[place.pk, PART]
    url = event_list(
        place.area.code,
        PERSONS,
        year=request.year,
        kinds=[str(Kind.EXIT)],
        direction="out",
        until=request.until,
        as_of=request.as_of,
        national=False,
    )
    return Fact(plan.value(printed), left, share(left, wanted or 0), None, url)


def _finding_counts(request: Request) -> Counts:
    here = Finding.objects.in_area(request.area).order_by()
    rows = [
        (area, figure, count)
        for figure, some in ((WHOLE, here.seen(request.until)), (PART, here.waiting_on(request.until)))
        for area, count in some.values_list("area").annotate(Count("pk"))
    ]
    return _by_place(request, rows)


def _findings(request: Request, place: Place, counts: Counts) -> Fact:
    """Of a year that is over they are no measure any more: what waits then is the next year's work."""
    if request.until < request.as_of:
        return NOTHING
    whole, waiting = counts[place.pk, WHOLE], counts[place.pk, PART]
    urls = (finding_list(place.area.code, request.until, all=each) for each in (True, False))
    return Fact(whole, waiting, share(whole - waiting, whole), *urls)


def _team_counts(state: str) -> Callable[[Request], Counts]:
    def count(request: Request) -> Counts:
        every = teams.key_villages(request.area, request.until)
        good = teams.in_state(every, state, request.until)
        rows = [(area, WHOLE, 1) for area in every.values_list("area_then", flat=True)]
        return _by_place(
            request, rows + [(area, PART, 1) for area in good.values_list("area_then", flat=True)]
        )

    return count


def _teams(state: str) -> Measure:
    def fact(request: Request, place: Place, counts: Counts) -> Fact:
        whole, good = counts[place.pk, WHOLE], counts[place.pk, PART]
        urls = (team_list(place.area.code, each, request.until) for each in ("", state))
        return Fact(whole, good, share(good, whole), *urls)

    return fact


def _letter_counts(request: Request) -> Counts:
    """Places that sign letters, and those that have not all signed."""
    levels = {LEVEL[tier] for tier in LOOKED_FOR}
    places = Area.objects.in_area(request.area).filter(level__in=levels).valid_on(request.until)
    missing = unsigned(places, request.year, request.until)
    rows = [(pk, WHOLE, 1) for pk in places.values_list("pk", flat=True)]
    return _by_place(request, rows + [(pk, PART, 1) for pk in missing.values_list("pk", flat=True)])


def _letters(request: Request, place: Place, counts: Counts) -> Fact:
    whole, missing = counts[place.pk, WHOLE], counts[place.pk, PART]
    url = work_list("letters-missing", place.area.code, year=request.year, on=request.until, own=place.own)
    return Fact(None, missing, share(whole - missing, whole), None, url)


def _plan_counts(request: Request) -> Counts:
    due = (
        PlanItem.objects.standing().in_area(request.area).filter(year=request.year, due_on__lt=request.until)
    )
    rows = []
    for area, done_on in due.values_list("area", "done_on"):
        rows.append((area, WHOLE, 1))
        if done_on is None or done_on > request.until:
            rows.append((area, PART, 1))
    return _by_place(request, rows)


def _plans(request: Request, place: Place, counts: Counts) -> Fact:
    whole, late = counts[place.pk, WHOLE], counts[place.pk, PART]
    asked = {"year": request.year, "on": request.until}
    urls = (
        work_list("yearly-plans", place.area.code, state=state, own=place.own, **asked)
        for state in (DUE, LATE)
    )
    return Fact(whole, late, share(whole - late, whole), *urls)


def _rectification_counts(request: Request) -> Counts:
    here = Rectification.objects.standing().in_area(request.area).filter(due_on__year=request.year)
    late = here.late_by(request.until).values_list("area", flat=True)
    due = here.filter(due_on__lt=request.until).values_list("area", flat=True)
    return _by_place(request, [(area, WHOLE, 1) for area in due] + [(area, PART, 1) for area in late])


def _rectifications(request: Request, place: Place, counts: Counts) -> Fact:
    whole, late = counts[place.pk, WHOLE], counts[place.pk, PART]
    urls = (
        work_list(
            "rectifications", place.area.code, own=place.own, year=request.year, **{name: request.until}
        )
        for name in ("due_by", "late_by")
    )
    return Fact(whole, late, share(whole - late, whole), *urls)


def _fund_counts(request: Request) -> Counts:
    found = Counts()
    for (place, figure, source), amount in funds.sums(request).items():
        if source == funds.ALL and figure in ("allocated", "paid"):
            found[place, WHOLE if figure == "allocated" else PART] = amount  # type: ignore[assignment]
    return found


def _funds(request: Request, place: Place, counts: Counts) -> Fact:
    allocated, paid = (Decimal(counts[place.pk, figure]) for figure in (WHOLE, PART))
    urls = (
        ledger_list(place.area.code, request.year, str(kind), request.until, request.as_of, own=place.own)
        for kind in (EntryKind.ALLOCATION, EntryKind.PAYMENT)
    )
    return Fact(yuan(allocated), yuan(paid), share(paid, allocated), *urls)


def _survey_counts(request: Request) -> Counts:
    asked = WorkEvent.objects.standing().in_area(request.area)
    asked = asked.filter(kind=EventKind.SURVEY, on__year=request.year, on__lte=request.until)
    rows = asked.order_by().values_list("area").annotate(Count("pk"), Sum("asked"), Sum("satisfied"))
    flat: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for area, *figures in rows:
        for figure, amount in zip((WHOLE, "asked", "satisfied"), figures, strict=True):
            flat[figure].append((area, figure, amount))
    return _by_place(request, [row for each in flat.values() for row in each])


def _satisfaction(request: Request, place: Place, counts: Counts) -> Fact:
    rate = share(counts[place.pk, "satisfied"], counts[place.pk, "asked"])
    asked = {"kind": str(EventKind.SURVEY), "year": request.year, "until": request.until}
    url = work_list("works", place.area.code, own=place.own, **asked)
    return Fact(counts[place.pk, WHOLE], None, rate, url)


def _house_counts(request: Request) -> Counts:
    found = Counts()
    for (place, step, span), count in houses.count(request).items():
        if span == houses.YEAR and step in (houses.LISTED, "accepted"):
            found[place, WHOLE if step == houses.LISTED else PART] = count
    return found


def _houses(request: Request, place: Place, counts: Counts) -> Fact:
    whole, accepted = counts[place.pk, WHOLE], counts[place.pk, PART]
    urls = (
        house_list(place.area.code, request.year, request.until, what=what) for what in ("", "accepted_on")
    )
    return Fact(whole, accepted, share(accepted, whole), *urls)


COUNTED: dict[str, Callable[[Request], Counts]] = {
    "exits": _exit_counts,
    "findings": _finding_counts,
    "teams": _team_counts(teams.COMPLETE),
    "inspections": _team_counts(teams.EVERY_QUARTER),
    "letters": _letter_counts,
    "plans": _plan_counts,
    "rectifications": _rectification_counts,
    "funds": _fund_counts,
    "satisfaction": _survey_counts,
    "houses": _house_counts,
}
FACTS: dict[str, Measure] = {
    "findings": _findings,
    "teams": _teams(teams.COMPLETE),
    "inspections": _teams(teams.EVERY_QUARTER),
    "letters": _letters,
    "plans": _plans,
    "rectifications": _rectifications,
    "funds": _funds,
    "satisfaction": _satisfaction,
    "houses": _houses,
}
