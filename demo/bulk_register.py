"""A synthetic register of any size for one county, in batches of constant memory (`manage.py seed`)."""

import datetime
import random
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice

from django.db import transaction

from areas.models import Area, Level
from demo import ground, people, places, register, shares, surveys
from demo.happenings import Happenings
from demo.history import County, Life
from demo.incomes import first_survey
from demo.load import lines
from demo.store import Rows
from demo.world import HOUSEHOLDS, strike_off_day
from households.models import ClosedYear, Person
from office import trail
from office.pii import versions

SEEDED = "载入模拟贫困户"
BATCH = 2000
PERSONS_A_HOUSEHOLD = 2
# Poor households of a village of an invented county; the demonstration county has 3317 in 211.
A_VILLAGE = 16
MOST_VILLAGES = 18_000
LOOKED_UP_AT_ONCE = 500
NATIONAL_SHARE = 0.58
BEGINNING = datetime.date(2014, 4, 1)
# With `lived`: years of which chance takes its part, and the one in which so many of the poor leave, all of them
# events of the old records.
LIVED, LEAVING_YEAR, LEAVING_SHARE = (2016, 2017), 2016, 0.4


class NoVillages(Exception):
    """The county is known but has no village that stands."""


class YearsClosed(Exception):
    """The years that were to be lived through are closed."""


def villages_of(rng: random.Random, code: str, households: int) -> dict[str, Area]:
    """Villages of the county by code; a county nobody knows is made, with as many as its households need."""
    county = Area.objects.filter(code=code, level=Level.COUNTY, valid_to__isnull=True).first()
    if county is None and code == ground.county().code:
        return places.write(rng, ground.villages(rng))
    if county is None:
        return places.write_invented(rng, code, max(3, min(households // A_VILLAGE, MOST_VILLAGES)))
    found = places.known_villages(county)
    if not found:
        raise NoVillages(f"{county}还没有村（居），请先载入区划")
    return found


def first_day(county: Area) -> datetime.date:
    """The first day on which a household may be registered: after the closed years."""
    closed = ClosedYear.objects.filter(county=county).order_by("-year").first()
    return datetime.date(closed.year + 1, 1, 4) if closed else BEGINNING


def fill(
    *, code: str, households: int, seed: int, today: datetime.date, lived: bool = False
) -> Iterator[int]:
    """Adds so many households; yields how many are there after each batch, each a transaction of its own.

    `lived`: they leave, come back, die, are born, marry, move and split in 2016 and 2017, as in the demonstration.
    """
    rng = random.Random(seed)
    with transaction.atomic():
        villages = villages_of(rng, code, households)
        county = Area.objects.by_code(code)
        lines(county)
    make = register.Register(rng, people.IdentityNumbers(_start(code)))
    begin = first_day(county)
    if lived and begin != BEGINNING:
        raise YearsClosed(f"{county}已有封存的年度，不能再补以前年度的动态")
    days = (min(today, begin + datetime.timedelta(days=600)) - begin).days
    codes = list(villages)
    done = 0
    while done < households:
        count = min(BATCH, households - done)
        lives = [_life(make, rng.choice(codes), begin, days, plan) for plan in _plans(rng, count)]
        batch = _entered(rng, villages, lives)
        if lived:
            _live(batch, make, villages, count)
        _renumber(make, batch.lives)
        with transaction.atomic():
            _write(batch, villages, today)
            done += count
            if done == households:
                trail.record(SEEDED, area=county, detail={"户数": done, "种子": seed})
        yield done


def _start(code: str) -> int:
    """Where the serials of identity numbers begin: another place for every county and size of register."""
    return (
        zlib.crc32(f"{code} {Person.objects.order_by('-pk').values_list('pk', flat=True).first()}".encode())
        % 500
    )


def _plans(rng: random.Random, count: int) -> list[tuple[int, str, str]]:
    sizes = shares.sizes(rng, count, count * PERSONS_A_HOUSEHOLD)
    standards = shares.standards(rng, sizes, int(sum(sizes) * NATIONAL_SHARE))
    return list(zip(sizes, standards, shares.causes(rng, sizes), strict=True))


def _life(
    make: register.Register, village: str, begin: datetime.date, days: int, plan: tuple[int, str, str]
) -> Life:
    size, standard, cause = plan
    on = begin + datetime.timedelta(days=make.rng.randrange(max(1, days)))
    sheet = make.household(village, size, standard, cause, on)
    return Life(sheet, surveys.home(make.rng, size), village)


def _renumber(make: register.Register, lives: Sequence[Life]) -> None:
    """Gives new identity numbers to persons whose number somebody in the register holds already."""
    waiting = [person for life in lives for person in life.sheet.members]
    index = Person._meta.get_field("id_number_key").of  # type: ignore[union-attr]
    while waiting:
        keys = {index(person.id_number) or "": person for person in waiting}
        waiting = []
        asked = {form: person for key, person in keys.items() for form in versions(key)}
        rest = iter(keys)
        while some := list(islice(rest, LOOKED_UP_AT_ONCE)):
            held = Person.objects.filter(id_number_key__in=some).values_list("id_number_key", flat=True)
            waiting += [asked[form] for form in held]
        for person in waiting:
            make.number(person)


def _entered(rng: random.Random, villages: dict[str, Area], lives: Sequence[Life]) -> County:
    county = County(rng, [])
    county.towns = {code: village.parent.code for code, village in villages.items() if village.parent}
    surveyor = people.person_name(rng, "女")
    for life in lives:
        county.enter(life)
        first_survey(rng, life, surveyor)
    return county


def _live(county: County, make: register.Register, villages: dict[str, Area], count: int) -> None:
    here = [
        ground.Village(code, villages[code].name, town, villages[code].level)
        for code, town in county.towns.items()
    ]
    happenings = Happenings(county, make, here, count / HOUSEHOLDS)
    for year in LIVED:
        happenings.of(year)
        if year == LEAVING_YEAR:
            for life in county.poor():
                if county.rng.random() < LEAVING_SHARE:
                    county.leave_poverty(life, strike_off_day(life.village, year))


def _write(county: County, villages: dict[str, Area], today: datetime.date) -> None:
    rows = Rows(villages, today)
    for life in county.lives:
        rows.take(life)
    for life in county.lives:
        rows.take_surveys(life, years=False)
    rows.write(county.events, history=False)
