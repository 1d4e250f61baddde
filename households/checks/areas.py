"""Rules of a village, a town or a county (C107, C109, C110): pure, and where the register gives their figures."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from households import tally
from households.checks.book import BOOK
from households.models import Household, StatusEvent
from office.rulebook import NIGHTLY, Breach, Spot
from villages.checks import YearFacts
from villages.models import VillageYear

PARTS = (
    "unsafe_water_households",
    "unsafe_house_households",
    "subsistence_households",
    "poor_households",
)
UNSAFE = PARTS[:2]
BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class PoorVillage:
    """A village's facts of a year beside its 建档立卡 households of the day."""

    facts: YearFacts
    poor_households: int | None = None


@dataclass(frozen=True, kw_only=True)
class StatedSum:
    """A figure stated for a town or county and for each of its parts, of one date; `figure` as in fields.csv."""

    figure: str
    stated: int | None
    parts: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Stock:
    households: int = 0
    persons: int = 0


@dataclass(frozen=True, kw_only=True)
class Account:
    """An area and year: what it began with, what came, what went, and what there is."""

    base: Stock
    into: Stock
    out: Stock
    now: Stock


@BOOK.rule("C107", of=PoorVillage)
def more_than_there_are(village: PoorVillage) -> Iterator[Spot]:
    """The two kinds of unsafe households together, and each part alone, are not above all households."""
    all_of_them = village.facts.households
    if all_of_them is None:
        return
    found = {name: getattr(village.facts, name, None) for name in PARTS[:3]}
    found["poor_households"] = village.poor_households
    wrong = {name for name, value in found.items() if (value or 0) > all_of_them}
    if sum(found[name] or 0 for name in UNSAFE) > all_of_them:
        wrong.update(UNSAFE)
    if wrong:
        yield Spot((*(f"village_year.{name}" for name in PARTS if name in wrong), "village_year.households"))


@BOOK.rule("C109", of=StatedSum)
def parts_do_not_add_up(sum_of: StatedSum) -> Iterator[Spot]:
    """Asked only where the figure is stated for the whole and for every part."""
    known = [part for part in sum_of.parts if part is not None]
    if sum_of.stated is None or not known or len(known) < len(sum_of.parts):
        return
    if sum(known) != sum_of.stated:
        yield Spot((f"village_year.{sum_of.figure}",))


@BOOK.rule("C110", of=Account)
def account_does_not_balance(account: Account) -> Iterator[Spot]:
    for name in ("households", "persons"):
        base, into, out, now = (
            getattr(part, name) for part in (account.base, account.into, account.out, account.now)
        )
        if base + into - out != now:
            yield Spot((f"status_event.{name}",))


def run(case: PoorVillage | StatedSum | Account, stage: str) -> list[Breach]:
    return BOOK.run(case, stage)


def of_village_years(
    queryset: QuerySet[VillageYear], day: datetime.date
) -> Iterator[tuple[VillageYear, list[Breach]]]:
    """C107 for each village and year: poor households at the end of the year, or on the day in the running one."""
    events = StatusEvent.objects.all()
    stocks: dict[int, dict[int, tally.Counts]] = {}
    for row in queryset.select_related("village").iterator(chunk_size=BATCH):
        if row.year not in stocks:
            on = min(datetime.date(row.year, 12, 31), day)
            stocks[row.year] = tally.stock_by_area(events, "village", on, day)
        poor = stocks[row.year].get(row.village.area_id, tally.Counts())
        yield row, run(PoorVillage(facts=YearFacts.of(row), poor_households=poor.households), NIGHTLY)


def of_accounts(level: str, year: int, day: datetime.date) -> Iterator[tuple[int, list[Breach]]]:
    """C110 for every area of the level ("village", "town", "county"); in the running year against the households."""
    events = StatusEvent.objects.all()
    accounts = tally.by_area(events, level, year, day)
    if year == day.year:
        column = f"{level}_id"
        counted = Household.objects.in_register().order_by().values(column)
        rows = counted.annotate(n=Count("pk"), people=Sum("member_count"))
        now = {row[column]: Stock(row["n"], row["people"]) for row in rows}
    else:
        closing = tally.stock_by_area(events, level, datetime.date(year, 12, 31), day)
        now = {area: _stock(counts) for area, counts in closing.items()}
    for area in sorted(accounts.keys() | now.keys()):
        account = accounts.get(area, tally.YearAccount())
        yield (
            area,
            run(
                Account(
                    base=_stock(account.base),
                    into=_stock(account.into),
                    out=_stock(account.out),
                    now=now.get(area, Stock()),
                ),
                NIGHTLY,
            ),
        )


def _stock(counts: tally.Counts) -> Stock:
    return Stock(counts.households, counts.persons)
