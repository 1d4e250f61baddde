"""Loads the demonstration county: all of it in one transaction, or nothing."""

import datetime
import random

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from demo import (
    accounts,
    consultations,
    duties,
    ground,
    officials,
    places,
    society,
    tasks,
    teams,
    unit_lists,
    village_exits,
    waiting_lists,
    world,
)
from demo.incomes import LINES
from demo.past_lists import Past
from demo.projects import Works
from demo.store import LAST_SEALED, Rows, at
from demo.waiting_lists import Waiting
from households import poverty
from households.models import ClosedYear, CountyStandard, Cpi, PovertyLine, SubsistenceStandard
from office import trail
from office.models import TrailRow

LOADED = "载入演示县"
# Published figures (domain §2); everything else is computed from the indexes.
PUBLISHED = (
    (poverty.NATIONAL, 2015, 2800),
    (poverty.PROVINCIAL, 2015, 3372),
    (poverty.PROVINCIAL, 2017, 3509),
)
SUBSISTENCE = (2017, 3900)
CPI_YEARS = (2016, 2017, 2018)
# Households without a helper (C085 finds them), whose helper changed, and whose visits are kept.
WITHOUT_HELPER, CHANGED_HELPER, VISITED = 0.003, 0.05, 0.15


def loaded() -> bool:
    return TrailRow.objects.filter(action=LOADED).exists()


def lines(county: Area) -> None:
    """Poverty lines, price indexes and the standard the county applies; keeps what is there."""
    for standard, year, amount in PUBLISHED:
        if not PovertyLine.objects.current().filter(standard=standard, year=year).exists():
            PovertyLine.publish(standard, year, amount, source="公布数", at=at(datetime.date(year, 3, 1)))
    for kind, _ in poverty.CPI_KINDS:
        for year in CPI_YEARS:
            Cpi.objects.get_or_create(kind=kind, year=year, defaults={"value": 102, "source": "演示"})
    CountyStandard.objects.get_or_create(
        county=county, from_year=2015, defaults={"standard": poverty.PROVINCIAL}
    )
    SubsistenceStandard.objects.get_or_create(
        county=county, year=SUBSISTENCE[0], defaults={"amount": SUBSISTENCE[1], "source": "公布数"}
    )


@transaction.atomic
def load(*, seed: int, households: int, today: datetime.date) -> str:
    """The county as of the day; returns the password of its accounts."""
    made = world.build(seed, households)
    rng = random.Random(seed)
    villages = places.write(rng, made.villages)
    county = Area.objects.by_code(ground.county().code)
    lines(county)
    password = accounts.make(county)
    district = User.objects.get(username=Role.DISTRICT)
    appointed = officials.appoint(random.Random(seed), county, villages.values())
    clerks = {town.pk: appointed.of(Role.TOWN, town) for town in county.children.all()}
    rows = Rows(villages, today, by=district, clerks=clerks)
    for life in made.lives:
        rows.take(life)
    for life in made.lives:
        rows.take_surveys(life)
        if life.cancelled_on is None and rng.random() >= WITHOUT_HELPER:
            visits = rng.randrange(1, 4) if rng.random() < VISITED else 0
            rows.pair(rng, life, change=rng.random() < CHANGED_HELPER, visits=visits)
    rows.write(made.county.events, history=True)
    past = Past(rows, appointed)
    past.take(made.county.events)
    past.write()
    waiting_lists.windows(county, district)
    village_exits.come_back(district)
    village_exits.plan(district)
    waiting_lists.targets(county, district)
    waiting = Waiting(county, appointed)
    waiting.help(random.Random(seed), past.households(), district, today)
    waiting.write(today)
    projects = Works(county, appointed, district, today).write()
    others = random.Random(seed)
    society.load(county, by=district, today=today, rng=others)
    consultations.load(county, by=district, today=today, rng=others)
    tasks.load(county, by=district, today=today, rng=random.Random(seed))
    teams.load(county, by=district, today=today, rng=others)
    duties.load(county, appointed, by=district, today=today, rng=others)
    sender = User.objects.get(username=Role.DEPARTMENT)
    unit_lists.load(county, by=district, sender=sender, today=today, rng=others)
    for year in range(min(LINES), LAST_SEALED + 1):
        closed = at(datetime.date(year + 1, 1, 15))
        ClosedYear.objects.create(county=county, year=year, closed_at=closed)
    trail.record(
        LOADED,
        area=county,
        detail={
            "户数": len(made.lives),
            "动态": len(made.county.events),
            "办结名单": len(past.lists),
            "办结条目": len(past.entries),
            "在办名单": len(waiting.lists),
            "项目": projects,
            "种子": seed,
        },
    )
    return password
