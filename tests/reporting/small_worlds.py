"""Small worlds drawn at random, and the naive recount of their reports: plain loops over plain rows.

No aggregation and no query method of the program is asked; only the rows themselves and what the words mean.
"""

import datetime
import random
from collections import Counter
from decimal import Decimal

from django.core.exceptions import ValidationError

from areas.models import Area
from households.codes import CODES
from households.models import ColourChange, Household, Person, StatusEvent
from measures.models import FundEntry, FundSource, Measure, Policy, Project, SocialHelp
from measures.models.policy import MEASURE_CHAPTERS
from office.clock import SHANGHAI
from tests.reporting import office_world, small_office, small_recount
from tests.reporting.small_recount import within
from tests.reporting.test_exit_tally import removal_reason
from villages.models import KeyVillage

TODAY = office_world.TODAY
CAUSES = CODES["poverty_cause"].words[:4]
COLOURS = ["红", "橙", "黄", "绿", ""]
FIRST = datetime.date(2016, 1, 4)


def evening(on: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(on, datetime.time(18), SHANGHAI)


def build(rng: random.Random, ground, make_household, by) -> None:
    """A dozen households and what happens to them, money, help, deliveries and key villages."""
    villages = [ground.village, ground.sibling_village, ground.other_village, ground.foreign_village]
    homes = [
        make_household(
            village=rng.choice(villages),
            persons=rng.randrange(1, 8),
            standard=rng.choice(["国家标准", "省定标准"]),
            poverty_cause=rng.choice(CAUSES),
            on=datetime.date(2015, rng.randrange(1, 13), rng.randrange(1, 28)),
        )
        for _ in range(rng.randrange(5, 13))
    ]
    for person in Person.objects.all():
        born = TODAY - datetime.timedelta(days=rng.randrange(1, 95 * 365))
        health = rng.choice([("健康",), ("残疾",), ("长期慢性病", "残疾"), ("患有大病",)])
        Person.objects.filter(pk=person.pk).update(
            birth_date=born,
            health=health,
            labour_capacity=rng.choice(["", *CODES["labour_capacity"].words]),
            schooling=rng.choice(["", "非在校生", "小学", "八年级", "本科一年级", "中职二年级"]),
        )
    # Facts of the register as a load without versions leaves them.
    Person.history.all().delete()
    type(homes[0]).history.all().delete()
    on = FIRST
    while on < TODAY:
        _happens(rng, rng.choice(homes), villages[:3], on)
        on += datetime.timedelta(days=rng.randrange(10, 90))
    Person.history.all().delete()
    type(homes[0]).history.all().delete()
    for home in homes:
        ColourChange.objects.filter(household=home).delete()
        for _ in range(rng.randrange(3)):
            when = FIRST + datetime.timedelta(days=rng.randrange(1000))
            ColourChange.objects.create(household=home, on=when, colour=rng.choice(COLOURS))
    _money(rng, ground, villages)
    _help(rng, ground, homes, villages)
    for village in rng.sample(villages, 3):
        since = rng.choice([FIRST, datetime.date(2012, 3, 1)])
        chosen = KeyVillage.designate(
            area=village, level=rng.choice(["省定", "市定"]), batch="十二五", on=since, by=None,
            recorded_at=evening(since),
        )  # fmt: skip
        if rng.random() < 0.5:
            left = datetime.date(
                rng.choice([2014, 2016, 2017, 2018] if since < FIRST else [2016, 2017, 2018]), 10, 1
            )
            chosen.remove_cap(on=left, by=None, recorded_at=evening(left))
    small_office.build(rng, ground, homes, by)


def _happens(rng: random.Random, home, villages, on: datetime.date) -> None:
    """Something that may happen to a household; what cannot does not."""
    home.refresh_from_db()
    act = {"on": on, "by": None, "origin": "历史导入", "recorded_at": evening(on)}
    try:
        match rng.randrange(6):
            case 0 | 1:
                home.leave_poverty(**act)
            case 2:
                home.return_to_poverty(**act)
            case 3:
                home.move_to(rng.choice([one for one in villages if one.pk != home.village_id]), **act)
            case 4:
                home.correct_standard(standard=rng.choice(["国家标准", "省定标准"]), reason="演示", **act)
            case 5:
                if rng.random() < 0.3:
                    home.cancel(removal_reason=removal_reason(), **act)
    except ValidationError:
        return


def _money(rng: random.Random, ground, villages) -> None:
    source = FundSource.open(
        area=ground.county, year=2018, kind="省", name="演示", budget=Decimal(100000), document="演示", by=None,
        on=office_world.SPRING, at=evening(office_world.SPRING), once=office_world.uuid.uuid4(),
    )  # fmt: skip
    places = [*villages[:3], ground.town, ground.county]
    for number in range(rng.randrange(1, 5)):
        one = office_world.project(rng.choice(places), f"演示{number}")
        office_world.step(one, "submit", "2018-03-05", chosen_on=office_world.SPRING)
        if rng.random() < 0.7:
            office_world.step(one, "approve", "2018-04-02", document="演示")
            office_world.step(one, "start", "2018-05-02", contractor="演示")
            office_world.money(
                "分配", source, f"{rng.randrange(1, 900)}.{rng.randrange(10, 99)}", "2018-06-01", one
            )


def _help(rng: random.Random, ground, homes, villages) -> None:
    policies = list(Policy.objects.filter(chapter__in=("教育", "健康", "产业")).order_by("pk")[:30])
    for _ in range(rng.randrange(9)):
        on = datetime.date(2018, rng.randrange(1, 12), rng.randrange(1, 20))
        Measure.objects.create(
            policy=rng.choice(policies), household=rng.choice(homes), year=2018, state="落实", planned_on=on,
            delivered_on=on, payer="演示", amount=rng.randrange(500), unit=rng.choice(["元", "只"]),
        )  # fmt: skip
    for place in rng.sample([*villages[:3], ground.town, ground.county], 3):
        code = {"village": rng.choice(["TASK-ECOM", "TASK-PROCESS"]), "town": "TASK-ECOM-TOWN"}
        on = datetime.date(2017, rng.randrange(1, 12), rng.randrange(1, 20))
        Measure.objects.create(
            policy=Policy.objects.get(code=code.get(place.level, "TASK-ECOM-COUNTY")), village=place, year=2017,
            state="落实", planned_on=on, delivered_on=on, payer="演示", amount=0,
        )  # fmt: skip
    for home in homes:
        for _ in range(rng.randrange(3)):
            on = FIRST + datetime.timedelta(days=rng.randrange(-200, 1000))
            Measure.objects.create(
                policy=rng.choice(policies), household=home, year=on.year, state="落实", planned_on=on,
                delivered_on=on, payer="演示", amount=1, unit="只",
            )  # fmt: skip
        type(home).objects.filter(pk=home.pk).update(reservoir_resettler=rng.choice([True, False, None]))
    for _ in range(rng.randrange(1, 6)):
        SocialHelp.objects.create(
            kind="扶贫协作", title="演示", giver="演示", state="进行中",
            area=rng.choice([*villages, ground.town, ground.county]),
            start_on=datetime.date(rng.choice([2015, 2016, 2017, 2018]), rng.randrange(1, 11), 3),
            people=rng.choice([None, rng.randrange(90)]), amount=rng.choice([None, Decimal(rng.randrange(900))]),
        )  # fmt: skip


def last_events(area, on: datetime.date) -> list[StatusEvent]:
    """Of each household whose last event by the day lies in the area, that event."""
    last: dict[int, StatusEvent] = {}
    stock: Counter[int] = Counter()
    for event in StatusEvent.objects.order_by("on", "pk"):
        if event.on <= on and event.recorded_at.astimezone(SHANGHAI).date() <= on:
            last[event.household_id] = event
            stock[event.household_id] += event.households
    found = [one for one in last.values() if area.pk in (one.village_id, one.town_id, one.county_id)]
    for event in found:
        event.standing = stock[event.household_id] == 1
    return found


def _causes(area, own, on):
    codes = {entry.label: entry.code for entry in CODES["poverty_cause"].codes}
    found = Counter()
    for event in last_events(area, on):
        if event.standing:
            for key in ("total", codes[event.cause]):
                found[f"{key}_households"] += 1
                found[f"{key}_persons"] += event.members
    return found


def _colours(area, own, on):
    keys = {"红": "red", "橙": "orange", "黄": "yellow", "绿": "green", "": "unjudged"}
    found = Counter()
    for event in last_events(area, on):
        if event.kind in ("注销", "转出"):
            continue
        judged = [one for one in ColourChange.objects.order_by("on", "pk")
                  if one.household_id == event.household_id and one.on <= on]  # fmt: skip
        for key in ("total", keys[judged[-1].colour if judged else ""]):
            found[f"{key}_households"] += 1
            found[f"{key}_persons"] += event.members
    return found


def _returns(area, own, on):
    found = Counter()
    for event in StatusEvent.objects.all():
        if area.pk not in (event.village_id, event.town_id, event.county_id) or event.on > on:
            continue
        keys = []
        if event.kind == "退出" and event.on.year < on.year:
            keys = ["left"]
        elif event.kind == "返贫" and event.on.year == on.year:
            keys = ["returned", *(["ill"] if event.cause == "因病" else [])]
        for key in keys:
            found[f"{key}_households"] += abs(event.households)
            found[f"{key}_persons"] += abs(event.persons)
    return found


def _structure(area, own, on):
    bands = (
        (6, "0-6"),
        (15, "7-15"),
        (30, "16-30"),
        (45, "31-45"),
        (59, "46-59"),
        (69, "60-69"),
        (79, "70-79"),
    )
    health = {"健康": "c01", "长期慢性病": "c02", "患有大病": "c03", "残疾": "c04"}
    labour = {entry.label: f"c{entry.code}" for entry in CODES["labour_capacity"].codes}
    school = {
        "": "unknown",
        "非在校生": "none",
        "小学": "primary",
        "八年级": "junior",
        "本科一年级": "higher",
        "中职一年级": "vocational",
        "中职二年级": "vocational",
        "学前教育": "preschool",
        "高职高专一年级": "higher",
    }
    found = Counter()
    for event in last_events(area, on):
        if not event.standing:
            continue
        found["total_households"] += 1
        found[f"size_{event.members if event.members < 6 else '6+'}"] += 1
        for person in Person.objects.filter(household=event.household_id):
            found["total_persons"] += 1
            age = person.age(on)
            found[f"age_{next((name for last, name in bands if age <= last), '80+')}"] += 1
            ills = person.health
            found[f"health_{'several' if len(ills) > 1 else health[ills[0]]}"] += 1
            found[f"labour_{labour.get(person.labour_capacity, 'unknown')}"] += 1
            found[f"schooling_{school[person.schooling]}"] += 1
    return found


def _funds(area, own, on):
    def here(place) -> bool:
        return place.pk == area.pk if own else within(area, place)

    kinds = {"预算": "budget", "分配": "allocated", "支付": "paid"}
    found = Counter()
    for entry in FundEntry.objects.select_related("area", "source"):
        if here(entry.area) and entry.on <= on:
            for source in ("all", "province"):
                found[f"{kinds[entry.kind]}_{source}"] += entry.amount
    for one in Project.objects.select_related("area"):
        if here(one.area):
            found["projects"] += 1
            found[{"申报": "applied", "实施": "works"}[one.stage]] += 1
    return found


def _cooperation(area, own, on):
    found = Counter()
    for one in SocialHelp.objects.select_related("area"):
        inside = one.area_id == area.pk if own else within(area, one.area)
        if inside and one.start_on.year >= 2016 and one.start_on <= on:
            for year in (one.start_on.year, "total"):
                found[f"projects_{year}"] += 1
                found[f"persons_{year}"] += one.people or 0
                found[f"money_{year}"] += one.amount or 0
    return found


def _monthly(area, own, on):
    chapters = {chapter: f"c{place:02d}" for place, chapter in enumerate(MEASURE_CHAPTERS, 1)}
    found = Counter()
    for one in Measure.objects.select_related("household__village", "policy"):
        if one.household is None or not within(area, one.household.village):
            continue  # What is a place's own here is of the year before.
        if one.delivered_on > on or one.delivered_on.year != on.year:
            continue
        spans = ["year", *(["month"] if one.delivered_on.month == on.month else [])]
        for span in spans:
            for chapter in ("total", chapters[one.policy.chapter]):
                found[f"{span}_{chapter}_items"] += 1
                found[f"{span}_{chapter}_yuan"] += one.amount if one.unit == "元" else 0
    return found


def _channels(area, own, on):
    chapters = {chapter: f"c{place:02d}" for place, chapter in enumerate(MEASURE_CHAPTERS, 1)}
    found = Counter()
    for event in StatusEvent.objects.filter(kind="退出"):
        if area.pk not in (event.village_id, event.town_id, event.county_id) or event.on > on:
            continue
        if event.on.year != on.year:
            continue
        reached = {
            chapters[one.policy.chapter]
            for one in Measure.objects.filter(household=event.household_id).select_related("policy")
            if one.delivered_on <= event.on and one.delivered_on.year in (event.on.year - 1, event.on.year)
        }
        for key in ("total", *(reached or {"none"})):
            found[f"{key}_households"] += 1
            found[f"{key}_persons"] += abs(event.persons)
    return found


def _points(area, own, on):
    found = Counter()
    poor = {event.village_id for event in last_events(area, on) if event.standing}
    there = {(one.village_id, one.policy.code) for one in Measure.objects.select_related("policy")
             if one.village_id and one.delivered_on <= on}  # fmt: skip
    keys = {
        "village": ("villages", "points", "TASK-ECOM"),
        "town": ("towns", "stations", "TASK-ECOM-TOWN"),
        "county": ("counties", "centres", "TASK-ECOM-COUNTY"),
    }
    for place in Area.objects.all():
        if place.level not in keys or not within(area, place):
            continue
        whole, part, code = keys[place.level]
        found[whole] += 1
        found[part] += (place.pk, code) in there
        if place.pk in poor:
            found["poor"] += 1
            found["process" if (place.pk, "TASK-PROCESS") in there else "noprocess"] += 1
    return found


def _resettlers(area, own, on):
    found = Counter()
    ends = {"2016": datetime.date(2016, 12, 31), "2017": datetime.date(2017, 12, 31), "now": on}
    flagged = set(Household.objects.filter(reservoir_resettler=True).values_list("pk", flat=True))
    for key, day in ends.items():
        for event in last_events(area, day):
            if event.household_id not in flagged or event.kind in ("注销", "转出"):
                continue
            for standing in ("all", "in" if event.standing else "out"):
                found[f"{standing}_{key}_households"] += 1
                found[f"{standing}_{key}_persons"] += event.members
    return found


def _key_villages(area, own, on):
    found = Counter()
    levels = {"省定": "provincial", "市定": "city"}
    for village in KeyVillage.objects.select_related("area"):
        if not within(area, village.area):
            continue
        left = [one.on for one in village.events.all() if one.kind == "摘帽" and one.on <= on]
        for level in ("total", levels[village.level]):
            found[f"designated_{level}"] += 1
            found[f"standing_{level}"] += not left
            found[f"cap_removed_{level}"] += any(one.year == on.year for one in left)
    return found


COUNTS = {
    "causes": _causes,
    "colours": _colours,
    "returns": _returns,
    "structure": _structure,
    "funds": _funds,
    "cooperation": _cooperation,
    "monthly": _monthly,
    "channels": _channels,
    "points": _points,
    "resettlers": _resettlers,
    "key-villages": _key_villages,
    **small_recount.COUNTS,
}
