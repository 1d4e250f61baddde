"""The naive recount of the reports that count lists, houses, teams, coverage, plans, indicators and assessments.

Plain loops over plain rows; of the program only the models, the stage tables (data) and the ten policies told again in
tests/measures/recount.py are read.
"""

import datetime
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from areas.models import Area
from audits import procedures
from audits.models import AuditList, Decision, HouseCase, Notice
from households.models import Household, Person, StatusEvent
from measures.models import FundEntry, Measure
from office.clock import SHANGHAI
from office.models import Finding
from reporting.models import PlanCell
from tests.measures.recount import OF_HOME, County, export
from villages.models import (
    Indicator,
    IndicatorValue,
    Inspection,
    KeyVillage,
    Letter,
    PlanItem,
    Post,
    Rectification,
    WorkEvent,
)

NAMED = (
    "AGE-80", "DB-AGE-90", "YULU", "EDU-PRE", "DIS-LIVE", "PENSION-PAID", "HOUSE-REBUILD", "TEMP-AID", "PV-INCOME",
    "POWER-FREE",
)  # fmt: skip
STEPS = ("agreement", "started", "completed", "accepted", "paid")
WEIGHTS = {
    "exits": 30, "findings": 5, "teams": 5, "inspections": 10, "letters": 5, "plans": 5, "rectifications": 10,
    "funds": 10, "satisfaction": 10, "houses": 10,
}  # fmt: skip
OF_VILLAGES = ("exits", "findings", "teams", "inspections", "houses")


def by_then(moment: datetime.datetime | None, on: datetime.date) -> bool:
    return moment is not None and moment.astimezone(SHANGHAI).date() <= on


def within(area, place) -> bool:
    """The place is the area or lies under it."""
    while place is not None:
        if place.pk == area.pk:
            return True
        place = place.parent
    return False


def share(part, whole) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def stood(audit_list, on: datetime.date) -> tuple[str, int, datetime.date] | None:
    """Stage, round and since when, replayed from its opening; None when it was not there or over."""
    if audit_list.opened_on > on or not by_then(audit_list.opened_at, on):
        return None
    table = procedures.of(audit_list.kind, audit_list.procedure_version)
    stages = [stage.key for stage in table.stages]
    stage, rounds, since = stages[0], 1, audit_list.opened_on
    for one in Decision.objects.filter(audit_list=audit_list).order_by("pk"):
        if one.decided_on > on:
            break
        if one.verdict == "通过" and one.stage == stages[-1]:
            return None
        if one.verdict == "通过":
            stage = stages[stages.index(one.stage) + 1]
        else:
            stage, rounds = one.to_stage, rounds + 1
        since = one.decided_on
    for sheet in Notice.objects.filter(audit_list=audit_list, stage=stage, round=rounds):
        if by_then(sheet.recorded_at, on):
            since = sheet.ends_on
    return stage, rounds, since


def work_in_hand(area, own, on):
    found = Counter()
    for one in AuditList.objects.select_related("area__parent__parent"):
        standing = stood(one, on)
        if standing is None or not (one.area_id == area.pk if own else within(area, one.area)):
            continue
        stage, _, since = standing
        days = procedures.of(one.kind, one.procedure_version)[stage].within
        for key in (stage, "total", *(["late"] if days is not None and (on - since).days > days else [])):
            found[f"{one.kind}_{key}"] += 1
    return found


def houses(area, own, on):
    found = Counter()
    for one in HouseCase.objects.select_related("entry__area__parent__parent", "entry__audit_list"):
        entry = one.entry
        if own or entry.audit_list.year != on.year or not within(area, entry.area):
            continue
        if not by_then(entry.entered_at, on) or (entry.outcome == "剔除" and by_then(entry.closed_at, on)):
            continue
        found["listed"] += 1
        for step in STEPS:
            done = getattr(one, f"{step}_on")
            if done is None or done > on:
                continue
            for span in ("year", *(["month"] if (done.year, done.month) == (on.year, on.month) else [])):
                found[f"{step}_{span}"] += 1
                if step == "paid":
                    found[f"subsidy_{span}"] += one.subsidy or 0
    return found


def chosen(area, on) -> list[Area]:
    """Key villages, on the list or off it."""
    rows = KeyVillage.objects.select_related("area__parent__parent__parent__parent")
    return [one.area for one in rows if within(area, one.area)
            and any(each.kind == "确定" and each.on <= on for each in one.events.all())]  # fmt: skip


def manned(village, on) -> tuple[bool, int]:
    """Whether there is a first secretary, and how many the team is."""
    posts = [one for one in Post.objects.filter(area=village) if one.start_on <= on and not one.struck_at
             and (one.end_on is None or one.end_on >= on)]  # fmt: skip
    team = [one for one in posts if one.kind.startswith("驻村工作队")]
    return any(one.kind == "第一书记" for one in posts), len(team)


def quarter(day) -> int:
    return (day.month + 2) // 3


def inspected(village, year, part, until) -> bool:
    return any(
        one.kind == "驻村督查"
        and not one.struck_at
        and one.on.year == year
        and quarter(one.on) == part
        and one.on <= until
        for one in Inspection.objects.filter(area=village)
    )


def last_of(year, part) -> datetime.date:
    return datetime.date(year, part * 3, 30 if part in (2, 3) else 31)


def teams(area, own, on):
    found = Counter()
    for village in chosen(area, on):
        secretary, people = manned(village, on)
        found["villages"] += 1
        found["secretary" if secretary else "no_secretary"] += 1
        found["team" if people >= 3 else "team_short"] += 1
    for part in range(1, quarter(on) + 1):
        until = min(last_of(on.year, part), on)
        for village in chosen(area, until):
            found[f"q{part}"] += inspected(village, on.year, part, until)
    for key in ("secretary", "team"):
        found[f"{key}_rate"] = share(found[key], found["villages"])
    return found


def coverage(folder: Path):
    def count(area, own, on):
        county, new_year = County(export(folder), on), County(folder, datetime.date(on.year, 1, 1))
        here = {
            one.pk
            for one in Household.objects.select_related("village__parent__parent")
            if within(area, one.village)
        }
        home_of = dict(Person.objects.values_list("pk", "household_id"))
        given = [one for one in Measure.objects.select_related("policy") if one.state == "落实" and one.year == on.year
                 and one.delivered_on <= on and one.household_id in here]  # fmt: skip
        found = Counter()
        for code in NAMED:
            entitled, ever = county.entitled(code), county.entitled(code) | new_year.entitled(code)
            mine = {key for key in entitled if (key if code in OF_HOME else home_of[key]) in here}
            got = [
                one.household_id if code in OF_HOME else one.person_id
                for one in given
                if one.policy.code == code
            ]
            found[f"entitled_{code}"] = len(mine)
            found[f"met_{code}"] = len(mine & set(got))
            found[f"unmet_{code}"] = len(mine - set(got))
            found[f"undue_{code}"] = sum(key not in ever for key in got)
        return found

    return count


def stock(area, until, national, unit="persons") -> int:
    return sum(getattr(one, unit) for one in StatusEvent.objects.all()
               if area.pk in (one.village_id, one.town_id, one.county_id) and one.on <= until
               and (not national or one.standard == "国家标准"))  # fmt: skip


def left(area, year, until, national=False) -> int:
    return -sum(one.persons for one in StatusEvent.objects.all()
                if area.pk in (one.village_id, one.town_id, one.county_id) and one.kind == "退出"
                and one.on.year == year and one.on <= until and (not national or one.standard == "国家标准"))  # fmt: skip


def rolling_plan(area, own, on):
    """The nineteen columns of the form by their heads."""
    base, found = datetime.date(2015, 12, 31), Counter()
    found["actual_1"], found["actual_2"] = stock(area, base, False), stock(area, base, True)
    for one in KeyVillage.objects.select_related("area__parent__parent__parent__parent"):
        if not within(area, one.area):
            continue
        events = [each for each in one.events.all() if each.on <= on]
        off = [each.on for each in events if each.kind == "摘帽"]
        if any(each.kind == "确定" and each.on <= base for each in events):
            found["actual_3"] += 1
            found["actual_4" if one.level == "市定" else "actual_5"] += 1
            if one.level == "省定":
                found["actual_6" if any(day <= base for day in off) else "actual_7"] += 1
        for day in off:
            places = {2016: (14, 15), 2017: (16, 17)}.get(day.year, ()) + (
                (18, 19) if 2016 <= day.year <= 2018 else ()
            )
            for place in places:
                found[f"actual_{place}"] += place % 2 == 0 or one.level == "省定"
    gone = {year: left(area, year, on) for year in (2016, 2017, 2018)}
    found["actual_8"], found["actual_9"] = gone[2016], left(area, 2016, on, national=True)
    found["actual_10"], found["actual_11"], found["actual_12"] = gone[2017], gone[2018], sum(gone.values())
    found["actual_13"] = sum(left(area, year, on, national=True) for year in gone)
    return found


def main_indicators(area, own, on):
    found = {"now_poor-national": stock(area, on, True), "now_poor-provincial": stock(area, on, False)}
    rows = KeyVillage.objects.select_related("area__parent__parent__parent__parent")
    found["now_key-villages"] = sum(
        within(area, one.area) and any(each.on <= on for each in one.events.all())
        and not any(each.kind == "摘帽" and each.on <= on for each in one.events.all())
        for one in rows
    )  # fmt: skip
    back = [one for one in StatusEvent.objects.filter(kind="返贫") if one.on.year == on.year and one.on <= on
            and area.pk in (one.village_id, one.town_id, one.county_id)]  # fmt: skip
    found["now_ill-return_rate"] = share(sum(one.cause == "因病" for one in back), len(back))
    for one in Indicator.objects.filter(registered=False):
        known = [each for each in IndicatorValue.objects.filter(indicator=one, area=area)
                 if each.year <= on.year and by_then(each.entered_at, on) and not by_then(each.replaced_at, on)]  # fmt: skip
        if known:
            value = max(known, key=lambda each: each.year).value
            value = int(value * 10_000) if one.unit == "万人" else value
            found[f"now_{one.code}{'_rate' if one.unit == '％' else ''}"] = value
    return found


def assessment(area, own, on):
    def here(place) -> bool:
        return place.pk == area.pk if own else within(area, place)

    def counted(model):
        return [one for one in model.objects.select_related("area__parent__parent") if here(one.area)
                and not getattr(one, "struck_at", None)]  # fmt: skip

    villages, facts, rates = chosen(area, on), Counter(), {}
    facts["exits_part"] = left(area, on.year, on)
    doubts = counted(Finding)
    facts["findings_whole"], facts["findings_part"] = len(doubts), sum(one.state == "待核" for one in doubts)
    quarters = [part for part in (1, 2, 3, 4) if last_of(on.year, part) <= on]
    for village in villages:
        secretary, people = manned(village, on)
        facts["teams_part"] += secretary and people >= 3
        facts["inspections_part"] += all(inspected(village, on.year, part, on) for part in quarters)
    facts["teams_whole"] = facts["inspections_whole"] = len(villages)
    signers = [
        one
        for one in Area.objects.select_related("parent__parent")
        if one.level in ("town", "village") and here(one)
    ]
    facts["letters_part"] = sum(_unsigned(one, on) for one in signers)
    due = [one for one in counted(PlanItem) if one.year == on.year and one.due_on < on]
    facts["plans_whole"] = len(due)
    facts["plans_part"] = sum(one.done_on is None or one.done_on > on for one in due)
    due = [one for one in counted(Rectification) if one.due_on.year == on.year and one.due_on < on]
    facts["rectifications_whole"] = len(due)
    facts["rectifications_part"] = sum(one.reported_on is None or one.reported_on > one.due_on for one in due)
    for entry in FundEntry.objects.select_related("area__parent__parent"):
        if here(entry.area) and entry.on <= on and entry.kind in ("分配", "支付"):
            facts["funds_whole" if entry.kind == "分配" else "funds_part"] += entry.amount
    surveys = [one for one in counted(WorkEvent) if one.on <= on]
    facts["satisfaction_whole"] = len(surveys)
    built = houses(area, own, on)
    facts["houses_whole"], facts["houses_part"] = built["listed"], built["accepted_year"]
    for key in ("teams", "inspections", "funds", "houses"):
        rates[key] = share(facts[f"{key}_part"], facts[f"{key}_whole"])
    for key in ("findings", "plans", "rectifications"):
        rates[key] = share(facts[f"{key}_whole"] - facts[f"{key}_part"], facts[f"{key}_whole"])
    rates["letters"] = share(len(signers) - facts["letters_part"], len(signers))
    rates["satisfaction"] = share(sum(one.satisfied for one in surveys), sum(one.asked for one in surveys))
    planned = PlanCell.objects.filter(
        area=area, year=str(on.year), standard="省定", measure__startswith="脱贫人口"
    ).first()
    rates["exits"] = share(facts["exits_part"], int(planned.value)) if planned else None
    if own:
        facts = Counter({key: value for key, value in facts.items() if not key.startswith(OF_VILLAGES)})
        rates = {key: value for key, value in rates.items() if key not in OF_VILLAGES}
    counting = {key: value for key, value in rates.items() if value is not None}
    weights = sum(WEIGHTS[key] for key in counting)
    reached = sum(WEIGHTS[key] * min(value, Decimal(100)) for key, value in counting.items())
    score = (reached / weights).quantize(Decimal("0.1"), ROUND_HALF_UP) if weights else None
    return {**facts, **{f"{key}_rate": value for key, value in rates.items()}, "score_rate": score}


def _unsigned(place, on) -> bool:
    signed = {one.tier for one in Letter.objects.filter(area=place, year=on.year) if not one.struck_at
              and one.signed_on and one.signed_on <= on}  # fmt: skip
    if place.level == "town":
        return "区—镇街" not in signed
    return "镇街—村" not in signed or (manned(place, on)[0] and "镇街—第一书记" not in signed)


COUNTS = {
    "work-in-hand": work_in_hand,
    "houses": houses,
    "teams": teams,
    "rolling-plan": rolling_plan,
    "indicators": main_indicators,
    "assessment": assessment,
}
# Of these every rate is counted again too.
WITH_RATES = ("teams", "indicators", "assessment")
