"""Logic checks of a village's yearly facts (C106, C108; pure), numbered as in data/checks.csv.

C107 holds them against the register's poor households and stands with the register's rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from django.db.models import QuerySet

from office.rulebook import NIGHTLY, Breach, RuleBook, Spot
from villages.models import VillageYear

BOOK = RuleBook.read(Path(__file__).resolve().parent / "data" / "checks.csv")
RULES = BOOK.rules
BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class YearFacts:
    """A village and year as plain values; None is unknown, 0 is a value."""

    households: int | None = None
    subsistence_households: int | None = None
    unsafe_house_households: int | None = None
    unsafe_water_households: int | None = None
    natural_villages: int | None = None
    bus_service: bool | None = None
    primary_schools: int | None = None
    clinics: int | None = None
    doctors: int | None = None
    public_toilets: int | None = None
    refuse_points: int | None = None
    reading_rooms: int | None = None

    @classmethod
    def of(cls, year: VillageYear) -> "YearFacts":
        return cls(**{each.name: getattr(year, each.name) for each in fields(cls)})


def run(facts: YearFacts, stage: str) -> list[Breach]:
    return BOOK.run(facts, stage)


def of_years(queryset: QuerySet[VillageYear]) -> Iterator[tuple[VillageYear, list[Breach]]]:
    """The nightly check of these yearly facts, streamed, in one statement."""
    for year in queryset.iterator(chunk_size=BATCH):
        yield year, run(YearFacts.of(year), NIGHTLY)


@BOOK.rule("C106", of=YearFacts)
def no_households(facts: YearFacts) -> Iterator[Spot]:
    if (facts.households or 0) < BOOK["C106"].whole("min"):
        yield Spot()


@BOOK.rule("C108", of=YearFacts)
def facilities_missing(facts: YearFacts) -> Iterator[Spot]:
    missing = tuple(
        path for path in BOOK["C108"].fields if getattr(facts, path.removeprefix("village_year.")) is None
    )
    if missing:
        yield Spot(missing)
