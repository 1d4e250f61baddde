"""The register counted again: 年度退出统计, 致贫原因, 四色, 返贫, 人口结构, 脱贫渠道, 水库移民 (domain §3, §4, §7)."""

import datetime
from collections import Counter, defaultdict

from households.codes import CODES
from households.models import ColourChange, Household, Person, StatusEvent
from measures.models import Measure, Policy
from measures.models.policy import MEASURE_CHAPTERS
from tests.reporting.small_recount import plans
from tests.reporting.small_recount.rows import Asked, Counted, Day, Rows, by_then, share

UNITS = ("households", "persons")
CAUSES = {entry.label: entry.code for entry in CODES["poverty_cause"].codes}
CHAPTERS = {chapter: f"c{place:02d}" for place, chapter in enumerate(MEASURE_CHAPTERS, 1)}
FLOWS = ("base", "new", "return", "other_in", "exit", "other_out", "now", "net")


def events(asked: Asked, until: Day | None = None) -> list[StatusEvent]:
    """As of D: effective by D and recorded by D; in the area that they froze."""
    return [one for one in asked.rows.of(StatusEvent) if asked.within(one.village_id)
            and one.on <= (until or asked.until) and by_then(one.recorded_at, asked.as_of)]  # fmt: skip


def in_order(some: list[StatusEvent]) -> list[StatusEvent]:
    return sorted(some, key=lambda one: (one.on, one.pk))


def exit_tally(asked: Asked) -> Counted:
    """Base + in − out = now, by what each event moved; 国标 is part of the whole."""
    found: Counter[str] = Counter()
    for event in events(asked):
        kinds = ["", *(["national_"] if event.standard == "国家标准" else [])]
        for unit in UNITS:
            moved = getattr(event, unit)
            if event.on.year < asked.year:
                flow = "base"
            elif moved > 0:
                flow = {"纳入": "new", "返贫": "return"}.get(event.kind, "other_in")
            else:
                flow = "exit" if event.kind == "退出" else "other_out"
            for national in kinds:
                found[f"{flow}_{national}{unit}"] += moved if flow == "base" else abs(moved)
                found[f"now_{national}{unit}"] += moved
                found[f"net_{national}{unit}"] += 0 if flow == "base" else moved
        if event.kind == "退出" and event.on.year == asked.year:
            found[f"exit_cause_{CAUSES[event.cause]}"] += abs(event.persons)
    told: Counted = {}
    for national, standard in (("", "省定"), ("national_", "国标")):
        told |= {key: found[key] for key in (f"{flow}_{national}{unit}" for flow in FLOWS for unit in UNITS)}
        printed = plans.leaving(asked, standard, str(asked.year))
        told[f"printed_exit_{national}persons"] = plans.text(printed)
        told[f"diff_exit_{national}persons"] = plans.less(asked, found[f"exit_{national}persons"], printed)
    return told | {key: found[key] for key in (f"exit_cause_{code}" for code in CAUSES.values())}


def last_events(asked: Asked, day: Day | None = None) -> list[StatusEvent]:
    """Of each household whose last event by the day lies in the area, that event, with `standing`."""
    until = day or asked.until
    last: dict[int, StatusEvent] = {}
    stock: Counter[int] = Counter()
    for event in in_order(asked.rows.of(StatusEvent)):
        if event.on <= until and by_then(event.recorded_at, asked.as_of):
            last[event.household_id] = event
            stock[event.household_id] += event.households
    found = [one for one in last.values() if asked.within(one.village_id)]
    for event in found:
        event.standing = stock[event.household_id] == 1
    return found


def causes(asked: Asked) -> Counted:
    """The main cause frozen with the last event of whoever stands on the register."""
    found: Counter[str] = Counter()
    for event in last_events(asked):
        if event.standing:
            for key in ("total", CAUSES[event.cause]):
                found[f"{key}_households"] += 1
                found[f"{key}_persons"] += event.members
    told = {f"{key}_{unit}": found[f"{key}_{unit}"] for key in ("total", *CAUSES.values()) for unit in UNITS}
    whole = found["total_households"]
    return told | {f"{code}_rate": share(found[f"{code}_households"], whole) for code in CAUSES.values()}


def colours(asked: Asked) -> Counted:
    """As last judged by the day; cancelled and gone ones have none (domain §4)."""
    keys = {"红": "red", "橙": "orange", "黄": "yellow", "绿": "green", "": "unjudged"}
    judged: dict[int, str] = {}
    for one in sorted(asked.rows.of(ColourChange), key=lambda each: (each.on, each.pk)):
        if one.on <= asked.until:
            judged[one.household_id] = one.colour
    found: Counter[str] = Counter()
    for event in last_events(asked):
        if event.kind != "注销":
            for key in ("total", keys[judged.get(event.household_id, "")]):
                found[f"{key}_households"] += 1
                found[f"{key}_persons"] += event.members
    return {f"{key}_{unit}": found[f"{key}_{unit}"] for key in ("total", *keys.values()) for unit in UNITS}


def returns(asked: Asked) -> Counted:
    """返贫率: of the year's returns to the exits of all years before; 因病返贫率: of those by illness to all (R278)."""
    found: Counter[str] = Counter()
    for event in events(asked):
        keys = []
        if event.kind == "退出" and event.on.year < asked.year:
            keys = ["left"]
        elif event.kind == "返贫" and event.on.year == asked.year:
            keys = ["returned", *(["ill"] if event.cause == "因病" else [])]
        for key in keys:
            for unit in UNITS:
                found[f"{key}_{unit}"] += abs(getattr(event, unit))
    told = {f"{key}_{unit}": found[f"{key}_{unit}"] for key in ("left", "returned", "ill") for unit in UNITS}
    told["return_rate"] = share(found["returned_households"], found["left_households"])
    told["ill_return_rate"] = share(found["ill_households"], found["returned_households"])
    return told


AGES = {"0-6": 6, "7-15": 15, "16-30": 30, "31-45": 45, "46-59": 59, "60-69": 69, "70-79": 79, "80+": 999}
HEALTH = {"健康": "c01", "长期慢性病": "c02", "患有大病": "c03", "残疾": "c04"}
LABOUR = {entry.label: f"c{entry.code}" for entry in CODES["labour_capacity"].codes}
STAGES = ("preschool", "primary", "junior", "senior", "vocational", "higher", "none", "unknown")
SIZES = ("1", "2", "3", "4", "5", "6+")


def stage(schooling: str) -> str:
    """The stage of 在校生状况 by how its word begins."""
    if schooling in ("", "非在校生"):
        return "none" if schooling else "unknown"
    if schooling.startswith("学"):
        return "preschool"
    if schooling == "小学":
        return "primary"
    if schooling.endswith("年级") and schooling[0] in "七八九":
        return "junior"
    return {"普通": "senior", "中职": "vocational"}.get(schooling[:2], "higher")


def age(born: Day, on: Day) -> int:
    """周岁."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def lived_in(asked: Asked, person: Person) -> int | None:
    """The household in which a person was on the day, by the events that name him or the household that was split off."""
    rows, happened = asked.rows, asked.rows.by(StatusEvent, "household_id")

    def known(event: StatusEvent) -> bool:
        return event.on <= asked.until and by_then(event.recorded_at, asked.as_of)

    home = rows.one(Household, person.household_id)
    while person.join_reason == "分户转入" and home.split_from and not known(happened[home.pk][0]):
        (home,) = rows.by(Household, "number")[home.split_from]
    named = [one for one in rows.by(StatusEvent, "person_id")[person.pk] if one.kind in ("增员", "减员")]
    came = [one for one in named if known(one)]
    away = came[-1].kind == "减员" if came else any(one.kind == "增员" for one in named[:1])
    return None if away else home.pk


def structure(asked: Asked) -> Counted:
    """Everybody in a household on the register, once in each way of telling apart; sizes as frozen."""
    members: dict[int | None, list[Person]] = defaultdict(list)
    for person in asked.rows.of(Person):
        members[lived_in(asked, person)].append(person)
    found: Counter[str] = Counter()
    for event in last_events(asked):
        if not event.standing:
            continue
        found["total_households"] += 1
        found[f"size_{event.members if event.members < 6 else '6+'}"] += 1
        for person in members[event.household_id]:
            years, ills = age(person.birth_date, asked.until), person.health
            found["total_persons"] += 1
            found[f"age_{next(name for name, last in AGES.items() if years <= last)}"] += 1
            found[f"health_{'several' if len(ills) > 1 else HEALTH[ills[0]] if ills else 'unknown'}"] += 1
            found[f"labour_{LABOUR.get(person.labour_capacity, 'unknown')}"] += 1
            found[f"schooling_{stage(person.schooling)}"] += 1
    keys = ["total_households", "total_persons", *(f"size_{size}" for size in SIZES)]
    keys += [f"age_{name}" for name in AGES]
    keys += [f"health_{name}" for name in (*HEALTH.values(), "several", "unknown")]
    keys += [f"labour_{name}" for name in (*LABOUR.values(), "unknown")]
    keys += [f"schooling_{name}" for name in STAGES]
    return {key: found[key] for key in keys}


def chapters_of(rows: Rows, event: StatusEvent) -> set[str]:
    """Of an exit the chapters delivered to the household in its year, up to the exit, or in the year before (R107)."""
    return {
        rows.one(Policy, one.policy_id).chapter
        for one in rows.by(Measure, "household_id")[event.household_id]
        if one.state == "落实" and one.delivered_on <= event.on and one.delivered_on.year >= event.on.year - 1
    }


ECOLOGY = {"台儿庄区": (500, Day(2018, 12, 31)), "山东省": (40000, Day(2020, 12, 31))}


PATHS = {
    "industry": "产业",
    "employment": "转移就业",
    "relocation": "易地搬迁",
    "ecology": "生态",
    "safety": "社保兜底",
}


def channels(asked: Asked) -> Counted:
    """The year's exits by chapter, each once in the total; the path of 生态补偿 by the plan's day (R107, R177)."""
    found: Counter[str] = Counter()
    for event in events(asked):
        if event.kind == "退出" and event.on.year == asked.year:
            reached = {CHAPTERS[one] for one in chapters_of(asked.rows, event)}
            for key in ("total", *(reached or {"none"})):
                found[f"{key}_households"] += 1
                found[f"{key}_persons"] += abs(event.persons)
    keys = ("total", *CHAPTERS.values(), "none")
    told: Counted = {f"{key}_{unit}": found[f"{key}_{unit}"] for key in keys for unit in UNITS}
    for path, chapter in PATHS.items():
        # The day of the plan of the area that was asked, of whichever row; of the five only one has a plan.
        _, last = ECOLOGY.get(asked.top.name, (0, asked.until)) if path == "ecology" else (0, asked.until)
        last = min(last, asked.until)
        told[f"since_{path}"] = sum(
            abs(event.persons)
            for event in events(asked, last)
            if event.kind == "退出"
            and event.on >= datetime.date(2016, 1, 1)
            and not _undone(asked, event, last)
            and chapter in chapters_of(asked.rows, event)
        )
        told |= {f"printed_{path}": None, f"diff_{path}": None, f"verdict_{path}": None}
    if asked.area.name in ECOLOGY:
        figure, day = ECOLOGY[asked.area.name]
        told["printed_ecology"], told["diff_ecology"] = figure, told["since_ecology"] - figure
        told["verdict_ecology"] = plans.verdict(told["since_ecology"] >= figure, day, asked.until)
    return told


def _undone(asked: Asked, event: StatusEvent, last: Day) -> bool:
    """The household left again later, came back or the exit was taken back."""
    after = asked.rows.by(StatusEvent, "household_id")[event.household_id]
    return any((one.on, one.pk) > (event.on, event.pk) and one.on <= last and one.kind in ("退出", "返贫", "回退")
               and by_then(one.recorded_at, asked.as_of) for one in after)  # fmt: skip


def resettlers(asked: Asked) -> Counted:
    """Flagged households in and out; 70 % by the end of 2016, all by the end of 2017 (001 九章一节五, R023)."""
    ends = {"now": asked.until, "2016": datetime.date(2016, 12, 31), "2017": datetime.date(2017, 12, 31)}
    told: Counted = {}
    for key, day in ends.items():
        found: Counter[str] = Counter()
        for event in last_events(asked, day):
            flagged = asked.rows.one(Household, event.household_id).reservoir_resettler
            if flagged and event.kind != "注销":
                for standing in ("all", "in" if event.standing else "out"):
                    found[f"{standing}_households"] += 1
                    found[f"{standing}_persons"] += event.members
        come = day <= asked.until
        for standing in ("all", "in", "out"):
            for unit in UNITS:
                told[f"{standing}_{key}_{unit}"] = found[f"{standing}_{unit}"] if come else None
        out, whole = found["out_households"], found["all_households"]
        told[f"out_{key}_rate"] = share(out, whole) if come else None
        if key != "now":
            goal = {"2016": 70, "2017": 100}[key]
            told[f"printed_{key}_rate"] = goal
            reached = plans.verdict(out * 100 >= goal * whole, day, asked.until)
            told[f"verdict_{key}_rate"] = reached if come and whole else None
    return told
