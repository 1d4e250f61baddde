"""Lists on their way, houses, money and projects, cooperation, deliveries by month and the assessment, counted again."""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from areas.models import Area
from audits import procedures
from audits.models import AuditList, Decision, Entry, HouseCase, Notice
from households.models import StatusEvent
from measures.models import (
    Enterprise,
    FundEntry,
    FundSource,
    Measure,
    Policy,
    Project,
    ProjectDecision,
    SocialHelp,
)
from measures.models.fund import SourceKind
from office.models import Finding
from tests.reporting.small_recount import plans, villages
from tests.reporting.small_recount.register import CHAPTERS, events, in_order
from tests.reporting.small_recount.rows import Asked, Counted, Day, Rows, by_then, share
from villages.models import Letter, PlanItem, Rectification, WorkEvent

STEPS = ("agreement", "started", "completed", "accepted", "paid")


def stood(rows: Rows, one: AuditList, on: Day) -> tuple[str, Day] | None:
    """Stage and since when, replayed from its opening; None when it was not there or over."""
    if one.opened_on > on or not by_then(one.opened_at, on):
        return None
    stages = [stage.key for stage in procedures.of(one.kind, one.procedure_version).stages]
    stage, rounds, since = stages[0], 1, one.opened_on
    for each in rows.by(Decision, "audit_list_id")[one.pk]:
        if each.decided_on > on or not by_then(each.recorded_at, on):
            break
        if each.verdict == "通过" and each.stage == stages[-1]:
            return None
        if each.verdict == "通过":
            stage = stages[stages.index(each.stage) + 1]
        else:
            stage, rounds = each.to_stage, rounds + 1
        since = each.decided_on
    for sheet in rows.by(Notice, "audit_list_id")[one.pk]:
        if (sheet.stage, sheet.round) == (stage, rounds) and by_then(sheet.recorded_at, on):
            since = sheet.ends_on
    return stage, since


def work_in_hand(asked: Asked) -> Counted:
    """Every open list in the one stage in which it stood, and whether it was there longer than the procedure allows."""
    found: Counter[str] = Counter()
    for one in asked.rows.of(AuditList):
        standing = stood(asked.rows, one, asked.until)
        if standing is None or not asked.here(one.area_id):
            continue
        stage, since = standing
        days = procedures.of(one.kind, one.procedure_version)[stage].within
        late = days is not None and (asked.until - since).days > days
        for key in (stage, "total", *(["late"] if late else [])):
            found[f"{one.kind}_{key}"] += 1
    keys = [f"{kind}_{key}" for kind, tables in procedures.TABLES.items()
            for key in ("total", "late", *(stage.key for table in tables for stage in table.stages))]  # fmt: skip
    return {key: found[key] for key in keys}


def listed(asked: Asked) -> list[HouseCase]:
    """Houses of the year's lists that were not struck off by the day."""
    found, rows = [], asked.rows
    for one in rows.of(HouseCase):
        entry = rows.one(Entry, one.entry_id)
        if rows.one(AuditList, entry.audit_list_id).year != asked.year or not asked.here(entry.area_id):
            continue
        struck = entry.outcome == "剔除" and by_then(entry.closed_at, asked.until)
        if not struck and by_then(entry.entered_at, asked.until):
            found.append(one)
    return found


def houses(asked: Asked) -> Counted:
    """Of those houses each step in the month and so far (R141)."""
    found: Counter[str] = Counter()
    for one in listed(asked):
        found["listed"] += 1
        for step in STEPS:
            done = getattr(one, f"{step}_on")
            if done is None or done > asked.until:
                continue
            for span in ("year", *(["month"] if asked.in_month(done) else [])):
                found[f"{step}_{span}"] += 1
                if step == "paid":
                    found[f"subsidy_{span}"] += one.subsidy or 0
    spans = [f"{step}_{span}" for step in (*STEPS, "subsidy") for span in ("month", "year")]
    return {key: found[key] for key in ("listed", *spans)}


STAGES = {"申报": "applied", "立项": "approved", "实施": "works", "竣工验收": "acceptance", "拨付": "paying",
          "后续管护": "after_care", "收益分配": "sharing"}  # fmt: skip
MONEY = {"预算": "budget", "分配": "allocated", "支付": "paid"}
SOURCES = {kind.value: kind.name.lower() for kind in SourceKind}


def funds(asked: Asked) -> Counted:
    """The ledger of the year's sources by its place; live projects of the year in the stage of the day (R233, R238)."""
    rows, found = asked.rows, Counter()
    for entry in rows.of(FundEntry):
        source = rows.one(FundSource, entry.source_id)
        known = entry.on <= asked.until and by_then(entry.recorded_at, asked.as_of)
        if source.year == asked.year and known and asked.here(entry.area_id):
            for key in ("all", SOURCES[source.kind]):
                found[f"{MONEY[entry.kind]}_{key}"] += entry.amount
    for one in rows.of(Project):
        stage = stage_of(rows, one, asked.until)
        if one.year == asked.year and asked.here(one.area_id) and stage not in (None, "取消"):
            found["projects"] += 1
            found[STAGES[stage]] += 1
    told: Counted = {f"{word}_{key}": found[f"{word}_{key}"] for word in MONEY.values()
                     for key in ("all", *SOURCES.values())}  # fmt: skip
    told["paid_rate"] = share(found["paid_all"], found["allocated_all"])
    return told | {key: found[key] for key in ("projects", *STAGES.values())}


def stage_of(rows: Rows, one: Project, on: Day) -> str | None:
    """Replayed from 申报, step by step."""
    if not by_then(one.entered_at, on):
        return None
    stage = "申报"
    for step in rows.by(ProjectDecision, "project_id")[one.pk]:
        if step.on <= on and by_then(step.recorded_at, on):
            stage = step.to_stage
    return stage


def cooperation(asked: Asked) -> Counted:
    """扶贫协作 of three years by the year in which it began, going on or done, where it was entered (R325)."""
    found: Counter[str] = Counter()
    years = [asked.year - 2, asked.year - 1, asked.year]
    for one in asked.rows.of(SocialHelp):
        live = one.kind == "扶贫协作" and one.state in ("进行中", "已完成")
        if live and asked.here(one.area_id) and one.start_on.year in years and one.start_on <= asked.until:
            for year in (one.start_on.year, "total"):
                found[f"projects_{year}"] += 1
                found[f"persons_{year}"] += one.people or 0
                found[f"money_{year}"] += one.amount or 0
    return {key: found[key] for key in (f"{word}_{year}" for word in ("projects", "persons", "money")
                                        for year in (*years, "total"))}  # fmt: skip


def lay(rows: Rows, household: int, on: Day) -> int:
    """The village in which a household lay at the end of the day: of its last event by then, else of its first."""
    mine = in_order(rows.by(StatusEvent, "household_id")[household])
    known = [one for one in mine if one.on <= on and by_then(one.recorded_at, on)]
    return (known[-1] if known else mine[0]).village_id


def place_of(rows: Rows, one: Measure, on: Day) -> int:
    if one.household_id:
        return lay(rows, one.household_id, on)
    return one.village_id or rows.one(Enterprise, one.enterprise_id).area_id


def monthly(asked: Asked) -> Counted:
    """What was delivered in the month and in the year up to the day, in pieces and in yuan, by chapter (R304, R314)."""
    found: Counter[str] = Counter()
    for one in asked.rows.of(Measure):
        if one.state != "落实" or not asked.in_year(one.delivered_on):
            continue
        if not asked.here(place_of(asked.rows, one, asked.until)):
            continue
        chapter = CHAPTERS[asked.rows.one(Policy, one.policy_id).chapter]
        for span in ("year", *(["month"] if asked.in_month(one.delivered_on) else [])):
            for key in ("total", chapter):
                found[f"{span}_{key}_items"] += 1
                found[f"{span}_{key}_yuan"] += (one.amount or 0) if one.unit == "元" else 0
    return {key: found[key] for key in (f"{span}_{chapter}_{unit}" for span in ("month", "year")
            for chapter in ("total", *CHAPTERS.values()) for unit in ("items", "yuan"))}  # fmt: skip


def by_month(asked: Asked) -> Counted:
    """Deliveries of each month of the year that has begun, four chapters and the others; steps of houses (R324)."""
    found: Counter[str] = Counter()
    rows, begun = asked.rows, [f"m{month:02d}" for month in range(1, asked.until.month + 1)]
    lines = {"危房改造": "c04", "转移就业": "c02", "教育": "c05", "健康": "c06"}
    for one in rows.of(Measure):
        if one.state != "落实" or not asked.in_year(one.delivered_on):
            continue
        if not asked.here(place_of(rows, one, asked.until)):
            continue
        chapter = lines.get(rows.one(Policy, one.policy_id).chapter, "rest")
        for line in ("total", chapter):
            for when in ("year", f"m{one.delivered_on.month:02d}"):
                found[f"{line}_{when}_items"] += 1
                found[f"{line}_{when}_yuan"] += (one.amount or 0) if one.unit == "元" else 0
    for one in listed(asked):
        for step in STEPS:
            done = getattr(one, f"{step}_on")
            if done is not None and done <= asked.until:
                found[f"{step}_year_households"] += 1
                if done.year == asked.year:
                    found[f"{step}_m{done.month:02d}_households"] += 1
    keys = [(line, unit) for line in ("total", *lines.values(), "rest") for unit in ("items", "yuan")]
    keys += [(step, "households") for step in STEPS]
    months = ["year", *(f"m{month:02d}" for month in range(1, 13))]
    return {f"{line}_{when}_{unit}": found[f"{line}_{when}_{unit}"] if when in ("year", *begun) else None
            for line, unit in keys for when in months}  # fmt: skip


WEIGHTS = {
    "exits": 30, "findings": 5, "teams": 5, "inspections": 10, "letters": 5, "plans": 5, "rectifications": 10,
    "funds": 10, "satisfaction": 10, "houses": 10,
}  # fmt: skip
OF_VILLAGES = ("exits", "findings", "teams", "inspections", "houses")


def assessment(asked: Asked) -> Counted:
    """Each item's whole, part and rate; the score by the weights of the items that have anything to count (R304–R315)."""
    facts, rates = _facts(asked), {}
    for key in ("teams", "inspections", "funds", "houses"):
        rates[key] = share(facts[f"{key}_part"], facts[f"{key}_whole"])
    for key in ("findings", "plans", "rectifications"):
        rates[key] = share(facts[f"{key}_whole"] - facts[f"{key}_part"], facts[f"{key}_whole"])
    signers, asked_people, satisfied = facts.pop("signers"), facts.pop("asked"), facts.pop("satisfied")
    rates["letters"] = share(signers - facts["letters_part"], signers)
    rates["satisfaction"] = share(satisfied, asked_people)
    printed = plans.leaving(asked, "省定", str(asked.year))
    rates["exits"] = share(facts["exits_part"], plans.meaning(asked, printed))
    facts["printed_exits"] = plans.text(printed)
    out = [*(OF_VILLAGES if asked.own else ()), *(["findings"] if asked.until < asked.as_of else [])]
    for key in out:
        rates[key] = None
        facts |= {name: None for name in facts if key in name.split("_")}
    counting = {key: value for key, value in rates.items() if value is not None}
    weights = sum(WEIGHTS[key] for key in counting)
    reached = sum(WEIGHTS[key] * min(value, Decimal(100)) for key, value in counting.items())
    score = (reached / weights).quantize(Decimal("0.1"), ROUND_HALF_UP) if weights else None
    return facts | {f"{key}_rate": value for key, value in rates.items()} | {"score_rate": score}


def _facts(asked: Asked) -> Counted:
    rows, until, year = asked.rows, asked.until, asked.year

    def here(model):
        return [
            one for one in rows.of(model) if asked.here(one.area_id) and not getattr(one, "struck_at", None)
        ]

    doubts, quarters = here(Finding), [part for part in (1, 2, 3, 4) if villages.last_of(year, part) <= until]
    chosen = villages.chosen(asked, until)
    manned = [villages.manned(rows, one, until) for one in chosen]
    signers = [one for one in rows.of(Area) if one.level in ("town", "village") and asked.here(one.pk)]
    due = [one for one in here(PlanItem) if one.year == year and one.due_on < until]
    mend = [one for one in here(Rectification) if one.due_on.year == year and one.due_on < until]
    surveys = [one for one in here(WorkEvent) if one.kind == "满意度调查" and asked.in_year(one.on)]
    money, built = funds(asked), houses(asked)
    return {
        "exits_part": -sum(one.persons for one in events(asked) if one.kind == "退出" and one.on.year == year),
        "findings_whole": len(doubts), "findings_part": sum(one.state == "待核" for one in doubts),
        "teams_whole": len(chosen), "teams_part": sum(first and people >= 3 for first, people in manned),
        "inspections_whole": len(chosen), "inspections_part": sum(
            all(villages.inspected(rows, one, year, part, until) for part in quarters) for one in chosen),
        "signers": len(signers), "letters_part": sum(_unsigned(asked, one) for one in signers),
        "plans_whole": len(due), "plans_part": sum(not one.done_on or one.done_on > until for one in due),
        "rectifications_whole": len(mend), "rectifications_part": sum(_late(one, until) for one in mend),
        "funds_whole": money["allocated_all"], "funds_part": money["paid_all"],
        "satisfaction_whole": len(surveys), "asked": sum(one.asked for one in surveys),
        "satisfied": sum(one.satisfied for one in surveys),
        "houses_whole": built["listed"], "houses_part": built["accepted_year"],
    }  # fmt: skip


def _late(one: Rectification, until: Day) -> bool:
    """Not reported by its day; of what is reported later than asked the day counts, not today's state."""
    return one.reported_on is None or one.reported_on > one.due_on


def _unsigned(asked: Asked, place: Area) -> bool:
    signed = {one.tier for one in asked.rows.by(Letter, "area_id")[place.pk] if one.year == asked.year
              and not one.struck_at and one.signed_on and one.signed_on <= asked.until}  # fmt: skip
    if place.level == "town":
        return "区—镇街" not in signed
    first, _ = villages.manned(asked.rows, place.pk, asked.until)
    return "镇街—村" not in signed or (first and "镇街—第一书记" not in signed)
