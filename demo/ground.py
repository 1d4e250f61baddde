"""The ground of the demonstration county: real areas and 46 real key villages (004 专栏1), the rest invented.

Invented villages carry 演示 in their names. Rural population adds to 230 095 ± 20 every year (004: 7294
poor persons are 3.17 %).
"""

import csv
import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from demo import people
from demo.shares import share

DATA = Path(__file__).parent / "data"
YEARS = (2015, 2016, 2017, 2018)
# Rural population of the county by year: 230 095 at the base, a small drift within 20.
RURAL = {2015: 230_095, 2016: 230_107, 2017: 230_089, 2018: 230_101}
# Villages and communities of each town (211 in all, 004) and its part of the rural population: both invented.
TOWN_SIZES = {
    "运河街道": (25, 22_095),
    "邳庄镇": (26, 27_000),
    "张山子镇": (44, 45_000),
    "泥沟镇": (40, 46_000),
    "涧头集镇": (46, 52_000),
    "马兰屯镇": (30, 38_000),
}
COMMUNITIES = {"运河街道": 14}
SIDES = "东西南北中前后上下新老大小"
PLACES = "河桥湾庄楼店沟崖坡林洼渡塘井屯"
# Exits of the 30 villages of 十二五 (年末) and of the ten of 2016; 004 专栏1 and 专栏2.
EXITS_BEFORE = tuple(datetime.date(year, 12, 20) for year in (2012, 2013, 2014, 2015))
EXIT_2016 = datetime.date(2016, 12, 22)
CHOSEN_ON = datetime.date(2012, 3, 15)
KEY_WEIGHT = 4


@dataclass(frozen=True)
class Place:
    """A row of areas.csv."""

    code: str
    name: str
    level: str
    parent: str
    households: int | None
    persons: int | None
    national_persons: int | None
    provincial_key_town: bool

    @property
    def prefix(self) -> str:
        return self.code[:9]


@dataclass
class Village:
    code: str
    name: str
    town: str
    kind: str
    key_level: str = ""
    key_exit: datetime.date | None = None
    rural: dict[int, int] = field(default_factory=dict)
    population: dict[int, int] = field(default_factory=dict)
    households: dict[int, int] = field(default_factory=dict)


def _number(text: str) -> int | None:
    return int(text) if text else None


@cache
def places() -> tuple[Place, ...]:
    """Province, city, county and the six towns, top down."""
    with (DATA / "areas.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Place(
                code=row["code"],
                name=row["name"],
                level=row["level"],
                parent=row["parent"],
                households=_number(row["base_households"]),
                persons=_number(row["base_persons"]),
                national_persons=_number(row["base_persons_national"]),
                provincial_key_town="省级扶贫重点镇" in row["note"],
            )
            for row in csv.DictReader(file)
        )


def county() -> Place:
    return next(place for place in places() if place.level == "county")


def towns() -> list[Place]:
    return [place for place in places() if place.level == "town"]


def _key_villages() -> dict[str, list[tuple[str, str, datetime.date | None]]]:
    """Town name → (village, level, day of 摘帽)."""
    found: dict[str, list[tuple[str, str, datetime.date | None]]] = {}
    with (DATA / "key_villages_taierzhuang.csv").open(encoding="utf-8", newline="") as file:
        for place, row in enumerate(csv.DictReader(file)):
            left: datetime.date | None = None
            if row["status_from_table"].startswith("reached exit standard in 十二五"):
                left = EXITS_BEFORE[place % len(EXITS_BEFORE)]
            elif "exit planned 2016" in row["status_from_table"]:
                left = EXIT_2016
            found.setdefault(row["town"].removesuffix("办事处"), []).append(
                (row["village"], row["level"], left)
            )
    return found


def invented_names() -> Iterator[str]:
    """演示东村, 演示西村, …, then 演示东河村 and so on: each once."""
    for side in SIDES:
        yield people.MARK + side
    for place in PLACES:
        for side in SIDES:
            yield f"{people.MARK}{side}{place}"


def villages(rng: random.Random) -> list[Village]:
    """The 211, town by town, with their people by year."""
    key = _key_villages()
    found: list[Village] = []
    for town in towns():
        count, rural = TOWN_SIZES[town.name]
        names = [(name, "村", level, left) for name, level, left in key.get(town.name, [])]
        communities = COMMUNITIES.get(town.name, 1)
        invented = invented_names()
        while len(names) < count:
            kind = "社区" if count - len(names) <= communities else "村"
            names.append((next(invented) + kind, kind, "", None))
        people_of = share(rural, [rng.uniform(0.6, 1.6) for _ in names])
        for serial, ((name, kind, level, left), persons) in enumerate(zip(names, people_of, strict=True), 1):
            village = Village(f"{town.prefix}{serial:03d}", name, town.code, kind, level, left)
            village.rural[YEARS[0]] = persons
            found.append(village)
    _later_years(rng, found)
    return found


def _later_years(rng: random.Random, found: list[Village]) -> None:
    """Every village loses or gains a few people a year; the county keeps its published size."""
    for before, year in zip(YEARS, YEARS[1:], strict=False):
        for village in found:
            village.rural[year] = village.rural[before] + rng.randrange(-6, 7)
        wrong = RURAL[year] - sum(village.rural[year] for village in found)
        for village, more in zip(found, share(abs(wrong), [1.0] * len(found)), strict=True):
            village.rural[year] += more if wrong > 0 else -more
    for village in found:
        living_here = rng.uniform(1.15, 1.6) if village.kind == "社区" else rng.uniform(1.01, 1.04)
        for year in YEARS:
            village.population[year] = int(village.rural[year] * living_here)
            village.households[year] = village.population[year] * 10 // 33


def spread(rng: random.Random, found: Sequence[Village], count: int) -> list[str]:
    """Village codes for so many poor households of one town: every village some, key villages more."""
    weights = [
        village.rural[YEARS[0]] * (KEY_WEIGHT if village.key_level else 1) * rng.uniform(0.7, 1.3)
        for village in found
    ]
    codes = [
        village.code
        for village, households in zip(found, share(count, weights), strict=True)
        for _ in range(households)
    ]
    rng.shuffle(codes)
    return codes
