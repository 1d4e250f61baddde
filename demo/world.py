"""The demonstration county as it lived from 2014 to November 2018, pure: the same seed, the same world.

Its base at the end of 2015 is the published one by town (areas.csv); exits of 2016 and 2017 come near the
plan of 004 专栏2, and what it plans for 2018 (299 persons) is still poor and waits.
"""

import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass

from demo import ground, people, register, shares, surveys
from demo.happenings import Happenings
from demo.history import AUDITED_FROM, County, Life
from demo.incomes import survey_all, survey_leaving
from households.poverty import NATIONAL, PROVINCIAL

HOUSEHOLDS = 3317
TODAY = datetime.date(2018, 11, 20)
# 004 专栏2, persons leaving by town; 运河 2017 is 56, as reading B of the printed 256 has it.
PLAN: dict[str, dict[int, int]] = {
    "张山子镇": {2016: 1503, 2017: 375, 2018: 24},
    "涧头集镇": {2016: 2054, 2017: 459, 2018: 77},
    "运河街道": {2016: 109, 2017: 56, 2018: 8},
    "邳庄镇": {2016: 745, 2017: 230, 2018: 40},
    "马兰屯镇": {2016: 362, 2017: 0, 2018: 52},
    "泥沟镇": {2016: 1266, 2017: 302, 2018: 98},
}
# How near the plan a year comes: by chance between these.
NEAR = (0.988, 1.008)
# Lists are struck off in the last week but one of the year; a village's households leave together.
STRIKE_OFF_DAYS = (18, 19, 20, 21, 22, 25, 26)
WITHOUT_WATER = ("德胜庄村", "湖洼村")
# Persons planned for 2018 who came onto the register in that year itself.
NEW_IN_2018 = 0.3


@dataclass(frozen=True)
class Base:
    """What a town holds at the end of 2015."""

    households: int
    persons: int
    national_persons: int


@dataclass
class World:
    villages: list[ground.Village]
    county: County

    @property
    def lives(self) -> list[Life]:
        return self.county.lives


def bases(households: int = HOUSEHOLDS) -> dict[str, Base]:
    """Town code → base; at 3317 households the published one, else the same in proportion.

    Towns without a published number of households share the rest by their persons.
    """
    towns = ground.towns()
    known = {town.code: town.households for town in towns if town.households is not None}
    others = [town for town in towns if town.code not in known]
    rest = shares.share(HOUSEHOLDS - sum(known.values()), [float(town.persons or 0) for town in others])
    known.update({town.code: count for town, count in zip(others, rest, strict=True)})
    scaled = shares.share(households, [float(known[town.code]) for town in towns])
    found = {}
    for town, count in zip(towns, scaled, strict=True):
        persons = (town.persons or 0) * count // known[town.code]
        found[town.code] = Base(count, persons, (town.national_persons or 0) * count // known[town.code])
    return found


def planned(town: ground.Place, year: int, base: Base) -> int:
    """Persons of a town the plan wants out in a year, in proportion to the base."""
    return PLAN[town.name][year] * base.persons // (town.persons or 1)


def build(seed: int = 1, households: int = HOUSEHOLDS) -> World:
    """The whole county. Raises ValueError when a town would have no household."""
    rng = random.Random(seed)
    villages = ground.villages(rng)
    county = County(rng, villages)
    make = register.Register(rng, people.IdentityNumbers())
    base = bases(households)
    for town in ground.towns():
        _base(county, make, [village for village in villages if village.town == town.code], base[town.code])
    happenings = Happenings(county, make, villages, households / HOUSEHOLDS)
    for year in (2016, 2017, 2018):
        happenings.of(year)
        for town in ground.towns():
            _year_of_town(county, make, villages, town, base[town.code], year)
    for life in county.poor():
        life.planned_exit_year = TODAY.year
    happenings.shocks()
    survey_all(rng, county)
    survey_leaving(random.Random(seed), county, doubted(villages))
    return World(villages, county)


def doubted(villages: Sequence[ground.Village]) -> frozenset[str]:
    """Codes of the villages where some of those who are to leave have no safe water yet."""
    return frozenset(village.code for village in villages if village.name in WITHOUT_WATER)


def _base(county: County, make: register.Register, here: Sequence[ground.Village], base: Base) -> None:
    rng = make.rng
    sizes = shares.sizes(rng, base.households, base.persons)
    standards = shares.standards(rng, sizes, base.national_persons)
    causes = shares.causes(rng, sizes)
    wanted = list(zip(sizes, standards, causes, strict=True))
    for sheet in register.households(make, ground.spread(rng, here, base.households), wanted):
        _enter(county, sheet)


def _enter(county: County, sheet: register.Household) -> None:
    county.enter(Life(sheet, surveys.home(county.rng, len(sheet.members)), sheet.village))


def strike_off_day(village: str, year: int) -> datetime.date:
    """Of the village's list."""
    return datetime.date(year, 12, STRIKE_OFF_DAYS[int(village[-3:]) % len(STRIKE_OFF_DAYS)])


def _year_of_town(
    county: County,
    make: register.Register,
    villages: Sequence[ground.Village],
    town: ground.Place,
    base: Base,
    year: int,
) -> None:
    """Additions from June to September, then the exits of December (none in 2018: they wait)."""
    rng = county.rng
    end = datetime.date(year, 12, 31)
    left_for_2018 = planned(town, 2018, base)
    poor = county.stock(town.code, end)
    surplus = max(0, sum(planned(town, each, base) for each in PLAN[town.name]) - base.persons)
    if year == 2018:
        additions, exits = left_for_2018 - poor, 0
    else:
        exits = round(planned(town, year, base) * rng.uniform(*NEAR))
        if year == 2016:
            additions = surplus * 6 // 10
        else:
            additions = exits + left_for_2018 - int(left_for_2018 * NEW_IN_2018) - poor
    here = [village for village in villages if village.town == town.code]
    if additions > 0:
        _additions(county, make, here, additions, year)
    if exits:
        _exits(county, town, exits, year)


def _additions(
    county: County, make: register.Register, here: Sequence[ground.Village], persons: int, year: int
) -> None:
    """Newly identified households (新识别), nearly all under the provincial standard only."""
    rng = make.rng
    households = max(1, (persons + 1) * 10 // 21)
    sizes = shares.sizes(rng, households, persons)
    places = ground.spread(rng, here, households)
    for village, size, cause in zip(places, sizes, shares.causes(rng, sizes), strict=True):
        on = datetime.date(year, 6, 1) + datetime.timedelta(days=rng.randrange(110))
        standard = NATIONAL if year > 2016 and rng.random() < 0.03 else PROVINCIAL
        _enter(county, make.household(village, size, standard, cause, on))


def _exits(county: County, town: ground.Place, persons: int, year: int) -> None:
    """Whole households until the number is met: 国标 first (all of them in 2016), the others by chance."""
    rng = county.rng
    candidates = [life for life in county.poor(town.code) if life.registered_on.year < year or year > 2016]
    rng.shuffle(candidates)
    candidates.sort(key=lambda life: not life.sheet.national)
    left = persons
    for life in candidates:
        on = datetime.date(year, 12, rng.randrange(18, 27))
        if year >= AUDITED_FROM:
            on = strike_off_day(life.village, year)
        size = len(life.members(on))
        if size <= left:
            county.leave_poverty(life, on)
            left -= size
