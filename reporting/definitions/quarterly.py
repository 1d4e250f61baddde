"""季总结 (R304: 月调度、季总结、年底考核): what the quarter came to for each town, and how far the year's plan is done.

The quarter is the one of the last day, up to that day: who left and came back, key villages that 摘帽, help delivered.
Everything counts where the household lay at the end of the day, as its list does.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When

from households.models import Kind, StatusEvent
from reporting.definitions import exit_tally, monthly
from reporting.definitions.places import Place, children_of, places, whole_of
from reporting.definitions.rows import BELOW, FIRST, share
from reporting.lists import event_list, key_village_event_list, measure_list
from reporting.plan_figures import PlanFigures
from reporting.report import (
    HOUSEHOLDS,
    ITEMS,
    PERCENT,
    PERSONS,
    PRINTED,
    VILLAGES,
    YUAN,
    Block,
    Cell,
    Column,
    Drawing,
    Figures,
    Progress,
    ReportDefinition,
    Request,
    Rule,
    yuan,
)
from reporting.rhythm import Rhythm, period_of, worded
from villages.models import KeyVillageEvent, KeyVillageEventKind

QUARTER, YEAR = "quarter", "year"
LINES = (("本季", f"{QUARTER}_"), ("本年累计", f"{YEAR}_"))
LEFT, BACK, OFF, HELP = "left", "back", "off", "help"
FLOWS = {LEFT: (Kind.EXIT, "out"), BACK: (Kind.RETURN, "in")}
COLUMNS = (
    (f"{LEFT}_{HOUSEHOLDS}", ("脱贫", "户"), HOUSEHOLDS),
    (f"{LEFT}_{PERSONS}", ("脱贫", "人"), PERSONS),
    (f"{BACK}_{HOUSEHOLDS}", ("返贫", "户"), HOUSEHOLDS),
    (f"{BACK}_{PERSONS}", ("返贫", "人"), PERSONS),
    (f"{OFF}_{VILLAGES}", ("重点村摘帽", "个"), VILLAGES),
    (f"{HELP}_{ITEMS}", ("落实措施", "项"), ITEMS),
    (f"{HELP}_{YUAN}", ("落实措施", "元"), YUAN),
)
SUMMARY, PLANNED = "summary", "planned"
PLAN, DONE, RATE = f"{PRINTED}left", f"{YEAR}_{LEFT}_{PERSONS}", "done_rate"
NOTE = "本季指统计截止日所在的季度，到截止日为止；脱贫、返贫按动态统计，措施按落实日期统计，户按截止日所在的村，资金只计以元支付的。"

# (child area or None, span, figure with its unit) → count or yuan
Counts = Counter[tuple[int | None, str, str]]


def since(request: Request, span: str) -> datetime.date:
    if span == QUARTER:
        return period_of(Rhythm.QUARTER, request.until).first
    return datetime.date(request.until.year, 1, 1)


def count(request: Request) -> Counts:
    found: Counts = Counter()
    _events(request, found)
    _villages(request, found)
    _help(request, found)
    return found


def _spans(request: Request, day: datetime.date) -> tuple[str, ...]:
    return (QUARTER, YEAR) if day >= since(request, QUARTER) else (YEAR,)


def _events(request: Request, found: Counts) -> None:
    below = BELOW.get(request.area.level)
    events = StatusEvent.objects.in_area(request.area).counted(
        until=request.until, as_of=request.as_of, counts="persons"
    )
    recent = Case(
        When(on__gte=since(request, QUARTER), then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    grouped = (
        events.filter(on__gte=since(request, YEAR), kind__in=[kind for kind, _ in FLOWS.values()])
        .annotate(recent=recent, place=F(below or "county_id"))
        .values("place", "kind", "recent")
        .annotate(household_sum=Sum("households"), person_sum=Sum("persons"))
        .order_by()
    )
    words = {kind: word for word, (kind, _) in FLOWS.items()}
    for group in grouped:
        word = words[group["kind"]]
        for place in {None, group["place"] if below else None}:
            for span in (QUARTER, YEAR) if group["recent"] else (YEAR,):
                found[place, span, f"{word}_{HOUSEHOLDS}"] += abs(group["household_sum"])
                found[place, span, f"{word}_{PERSONS}"] += abs(group["person_sum"])


def _villages(request: Request, found: Counts) -> None:
    events = KeyVillageEvent.objects.in_area(request.area).counted(
        since=since(request, YEAR),
        until=request.until,
        as_of=request.as_of,
        kind=KeyVillageEventKind.CAP_REMOVED,
    )
    rows = list(events.values_list("on", "area"))
    child = children_of(request, [village for _, village in rows])
    for day, village in rows:
        for place in {None, child[village]} - {request.area.pk}:
            for span in _spans(request, day):
                found[place, span, f"{OFF}_{VILLAGES}"] += 1


def _help(request: Request, found: Counts) -> None:
    recent, in_yuan = Q(delivered_on__gte=since(request, QUARTER)), Q(unit="元")
    sums = {
        "items_year": Count("pk"),
        "items_quarter": Count("pk", filter=recent),
        "yuan_year": Sum("amount", filter=in_yuan),
        "yuan_quarter": Sum("amount", filter=in_yuan & recent),
    }
    rows = [
        row
        for some in monthly.delivered(request)
        for row in some.order_by().values("lies_in").annotate(**sums)
    ]
    child = children_of(request, [row["lies_in"] for row in rows])
    for row in rows:
        for place in whole_of(child[row["lies_in"]]):
            for span in (QUARTER, YEAR):
                for unit in (ITEMS, YUAN):
                    found[place, span, f"{HELP}_{unit}"] += row[f"{unit}_{span}"] or 0


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计本季和本年")
    counts = count(request)
    progress(1, 2, "对照规划")
    rows, found = places(request, [place for place, *_ in counts])
    plan = PlanFigures.of(request.plan_area)
    cells: list[Cell] = []
    marked = []
    for place in found:
        for span in (QUARTER, YEAR):
            for key, _, unit in COLUMNS:
                number = counts[place.pk, span, key]
                value = yuan(Decimal(number)) if unit == YUAN else number
                cells.append(
                    Cell(place.code, f"{span}_{key}", value, unit, address(request, place, span, key))
                )
        printed = None if place.own else plan.exits(place.area, request.year, False)
        planned = plan.amount(place.area, printed)
        done = None if planned is None else share(counts[place.pk, YEAR, f"{LEFT}_{PERSONS}"], planned)
        cells += [
            Cell(place.code, PLAN, plan.value(printed), PERSONS),
            Cell(place.code, RATE, done, PERCENT),
        ]
        if not place.own:
            marked.append((place.area, PLAN, printed))
    return Figures(
        rows, cells, plan.marks(marked), {SUMMARY: NOTE, PLANNED: NOTE}, plan=plan.name, plan_id=plan.table_id
    )


def address(request: Request, place: Place, span: str, key: str) -> str | None:
    """The list of a figure; at the area itself there is help alone."""
    figure, _, unit = key.partition("_")
    first, until, as_of = since(request, span), request.until, request.as_of
    if figure == HELP:
        return measure_list(place.area.code, "", first, until, own=place.own)
    if place.own:
        return None
    if figure == OFF:
        return key_village_event_list(place.area.code, level="", since=first, until=until, as_of=as_of)
    kind, direction = FLOWS[figure]
    return event_list(
        place.area.code,
        unit,
        kinds=[str(kind)],
        direction=direction,
        since=first,
        until=until,
        as_of=as_of,
        national=False,
    )


def blocks(request: Request) -> Sequence[Block]:
    quarter = worded(period_of(Rhythm.QUARTER, request.until).key)
    title, first = f"{request.area.name}{quarter}脱贫攻坚总结表", FIRST[request.area.level]
    summary = tuple(
        Column(f"{QUARTER}_{key}", head, unit, edge=unit in (PERSONS, VILLAGES))
        for key, head, unit in COLUMNS
    )
    planned = (
        Column(PLAN, ("本年计划脱贫（照印）", "人"), PERSONS),
        Column(DONE, ("本年累计脱贫", "人"), PERSONS),
        Column(RATE, ("完成", "%"), PERCENT),
    )
    return [
        Block(SUMMARY, "本季和本年", title, "见表头", summary, first, sheet="季总结", lines=LINES),
        Block(PLANNED, "完成计划", f"{title}（完成计划）", "人、%", planned, first, sheet="完成计划"),
    ]


def rules(figures: Figures) -> Iterator[Rule]:
    for key, *_ in COLUMNS:
        yield Rule("本季不大于本年累计", f"{QUARTER}_{key}", (f"{YEAR}_{key}",), most=True)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = (("本年计划脱贫（照印）", (PLAN,)), ("本年累计脱贫", (DONE,)))
    yield Drawing("脱贫人口：计划和完成", "人", blocks[0].first, series)


DEFINITION = ReportDefinition(
    kind="quarterly",
    title="季总结",
    explanation="本季和本年累计的脱贫、返贫、重点村摘帽、落实措施和资金，以及年度计划完成多少。",
    check=exit_tally.registered,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
