"""Key villages, their teams and inspections, and what villages, towns and counties have, counted again."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.conf import settings

from areas.models import Area
from measures.models import Enterprise, Measure, Policy
from tests.reporting.small_recount import plans, register
from tests.reporting.small_recount.rows import Asked, Counted, Day, Rows, by_then, share
from villages.models import Inspection, KeyVillage, KeyVillageEvent, Post
from villages.models.post import StayMonth

LEVELS = {"total": None, "provincial": "省定", "city": "市定"}
TEAM = ("驻村工作队长", "驻村工作队员")


@dataclass(frozen=True)
class Stood:
    """The last 确定, 返回 or 摘帽 of a key village by a day, and its level."""

    state: str
    level: str


def events(rows: Rows, village: KeyVillage, until: Day, as_of: Day) -> list[KeyVillageEvent]:
    known = [one for one in rows.by(KeyVillageEvent, "key_village_id")[village.pk]
             if one.on <= until and by_then(one.recorded_at, as_of)]  # fmt: skip
    return sorted(known, key=lambda one: (one.on, one.pk))


def stood(rows: Rows, village: KeyVillage, day: Day, as_of: Day) -> Stood | None:
    """None before it was chosen."""
    known = events(rows, village, day, as_of)
    turns = [one.kind for one in known if one.kind in ("确定", "返回", "摘帽")]
    return Stood(turns[-1], known[-1].level) if turns else None


def key_villages(asked: Asked) -> Counted:
    """Ever chosen, 摘帽 or not by the end of 十二五, 摘帽 this year, on the list now (专栏1, note under 专栏2)."""
    found: Counter[str] = Counter()
    for village in asked.rows.of(KeyVillage):
        if not asked.within(village.area_id):
            continue
        now = stood(asked.rows, village, asked.until, asked.as_of)
        then = stood(asked.rows, village, datetime.date(2015, 12, 31), asked.as_of)
        off = [one for one in events(asked.rows, village, asked.until, asked.as_of)
               if one.kind == "摘帽" and one.on.year == asked.year]  # fmt: skip
        for key, level in LEVELS.items():
            found[f"designated_{key}"] += now is not None and level in (None, now.level)
            found[f"standing_{key}"] += bool(now and now.state != "摘帽" and level in (None, now.level))
            found[f"reached_{key}"] += bool(then and then.state == "摘帽" and level in (None, then.level))
            found[f"left_to_go_{key}"] += bool(then and then.state != "摘帽" and level in (None, then.level))
            found[f"cap_removed_{key}"] += sum(level in (None, one.level) for one in off)
    figures = ("designated", "standing", "reached", "left_to_go", "cap_removed")
    return {key: found[key] for key in (f"{figure}_{level}" for figure in figures for level in LEVELS)}


def chosen(asked: Asked, on: Day) -> list[int]:
    """Key villages by the day, on the list or off it: 摘帽不摘帮扶."""
    return [one.area_id for one in asked.rows.of(KeyVillage)
            if asked.within(one.area_id) and stood(asked.rows, one, on, on)]  # fmt: skip


def posts(rows: Rows, village: int, on: Day) -> list[Post]:
    return [one for one in rows.by(Post, "area_id")[village] if one.start_on <= on and not one.struck_at
            and (one.end_on is None or one.end_on >= on)]  # fmt: skip


def manned(rows: Rows, village: int, on: Day) -> tuple[bool, int]:
    """Whether there is a first secretary, and how many the team is without him."""
    held = posts(rows, village, on)
    return any(one.kind == "第一书记" for one in held), sum(one.kind in TEAM for one in held)


def quarter(day: Day) -> int:
    return (day.month + 2) // 3


def last_of(year: int, part: int) -> Day:
    return datetime.date(year, part * 3, 30 if part in (2, 3) else 31)


def inspected(rows: Rows, village: int, year: int, part: int, until: Day) -> bool:
    return any(one.kind == "驻村督查" and not one.struck_at and one.on.year == year and quarter(one.on) == part
               and one.on <= until for one in rows.by(Inspection, "area_id")[village])  # fmt: skip


def stayed_little(rows: Rows, village: int, on: Day) -> bool:
    """Somebody who held a post through a month of the quarter that is over stayed fewer days than are asked."""
    for month in range(quarter(on) * 3 - 2, on.month + 1):
        first = datetime.date(on.year, month, 1)
        last = (first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
        if last > on:
            continue
        for post in posts(rows, village, last):
            if post.start_on > first or post.kind not in ("第一书记", *TEAM):
                continue
            days = [one.days for one in rows.by(StayMonth, "post_id")[post.pk]
                    if (one.year, one.month) == (on.year, month) and not one.struck_at]  # fmt: skip
            if sum(days) < settings.STAY_DAYS_A_MONTH:
                return True
    return False


def teams(asked: Asked) -> Counted:
    """第一书记, a team of three (setting), days stayed where they are asked, and inspections each quarter (R251, R256)."""
    rows, found = asked.rows, Counter()
    for village in chosen(asked, asked.until):
        secretary, people = manned(rows, village, asked.until)
        found["villages"] += 1
        found["secretary" if secretary else "no_secretary"] += 1
        found["team" if people >= 3 else "team_short"] += 1
        found["stay_short"] += stayed_little(rows, village, asked.until)
    told: Counted = {
        key: found[key] for key in ("villages", "secretary", "no_secretary", "team", "team_short")
    }
    told["stay_short"] = found["stay_short"] if settings.STAY_DAYS_A_MONTH else None
    for key in ("secretary", "team"):
        told[f"{key}_rate"] = share(found[key], found["villages"])
    for part in (1, 2, 3, 4):
        until = min(last_of(asked.year, part), asked.until)
        seen = [inspected(rows, one, asked.year, part, until) for one in chosen(asked, until)]
        told[f"q{part}"] = sum(seen) if part <= quarter(asked.until) else None
    return told


STANDS = {"village": 0, "town": 1, "county": 2, "city": 3, "province": 4}
# Level → the word of all places, the word of those that have it, and what is recorded there (004 三章四节一).
SERVED = {
    "village": ("villages", "points", "TASK-ECOM"),
    "town": ("towns", "stations", "TASK-ECOM-TOWN"),
    "county": ("counties", "centres", "TASK-ECOM-COUNTY"),
}
# Asked of every area: all villages with poor people by 2020, all towns and counties by 2018 (004 三章一节, 三章四节一).
GOALS = {"process": datetime.date(2020, 12, 31), "stations": datetime.date(2018, 12, 31),
         "centres": datetime.date(2018, 12, 31)}  # fmt: skip


def points(asked: Asked) -> Counted:
    """A level above the row's own is not the row's. The goals lie after every day that is asked about here."""
    rows, found = asked.rows, Counter()
    poor = {event.village_id for event in register.last_events(asked) if event.standing}
    there = {
        (one.village_id, rows.one(Policy, one.policy_id).code)
        for one in rows.of(Measure)
        if one.village_id and one.state == "落实" and one.delivered_on <= asked.until
        and not ("closed" in one.extras and one.extras["closed"] <= asked.until.isoformat())
    }  # fmt: skip
    workshops = {one.area_id for one in rows.of(Enterprise) if one.kind == "扶贫车间" and not one.closed}
    for place in rows.of(Area):
        if place.level not in SERVED or not asked.within(place.pk):
            continue
        whole, part, code = SERVED[place.level]
        found[whole] += 1
        found[part] += (place.pk, code) in there
        if place.pk in poor:
            found["poor"] += 1
            works = (place.pk, "TASK-PROCESS") in there or place.pk in workshops
            found["process" if works else "noprocess"] += 1
    told: Counted = {key: found[key] for key in ("poor", "process", "noprocess")}
    for level, (whole, part, _) in SERVED.items():
        mine = STANDS[level] <= STANDS[asked.area.level]
        told[whole], told[part] = (found[whole], found[part]) if mine else (None, None)
        told[f"{part}_rate"] = share(found[part], found[whole]) if mine else None
        if part in GOALS:
            _goal(told, part, found[part], found[whole], mine, asked.until)
    told["process_rate"] = share(found["process"], found["poor"])
    _goal(told, "process", found["process"], found["poor"], True, asked.until)
    return told


def _goal(told: Counted, key: str, part: int, whole: int, mine: bool, until: Day) -> None:
    told[f"printed_{key}_rate"] = 100 if mine else None
    told[f"verdict_{key}_rate"] = plans.verdict(part == whole, GOALS[key], until) if mine and whole else None
