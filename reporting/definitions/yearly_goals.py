"""逐年脱贫目标 (R326, R327): for each year of the plans what it is for, who was to leave, who left and came back, who is
still on the register, key villages that 摘帽, and whether the year's aim is reached.

002 prints persons and villages by year; 001 says that 2016 and 2017 are for leaving and 2018 to 2020 for keeping.
A year after the one asked for is blank.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import F, Sum
from django.db.models.functions import ExtractYear

from areas.models import Area
from households.models import Kind, StatusEvent
from reporting.aims import LEAVE, YEARS, aims, verdict
from reporting.definitions import rolling_plan
from reporting.definitions.rows import BELOW, FIRST, child_areas, report_rows
from reporting.lists import event_list, key_village_event_list, register_list
from reporting.plan_figures import PlanFigures
from reporting.report import (
    ITEMS,
    PERSONS,
    PRINTED,
    VILLAGES,
    Block,
    Cell,
    Column,
    Drawing,
    Figures,
    Progress,
    ReportDefinition,
    ReportRefused,
    Request,
)
from villages import tally as key_villages

AIM, LEFT, BACK, STOCK, OFF, VERDICT = "aim_", "left_", "back_", "stock_", "off_", "verdict_"
PRINTED_OFF = PRINTED + OFF
LINES = (
    ("目标", AIM),
    ("计划脱贫（照印，人）", PRINTED),
    ("实际脱贫（人）", LEFT),
    ("返贫（人）", BACK),
    ("年末在册（人）", STOCK),
    ("计划摘帽（照印，个）", PRINTED_OFF),
    ("重点村摘帽（个）", OFF),
    ("实现", VERDICT),
)
BLOCK = "years"
NOTE = "脱贫年：退出人数达到计划算已实现，最后一个脱贫年以年末无人在册为准；巩固年：年内无人返贫、年末无人在册算已实现。"

# (child area or None, year, figure) → persons
Counts = Counter[tuple[int | None, int, str]]


def count(request: Request) -> Counts:
    """Who left and came back by year, and the stock at its end or on the last day."""
    below = BELOW.get(request.area.level)
    events = StatusEvent.objects.in_area(request.area).counted(
        until=request.until, as_of=request.as_of, counts="persons"
    )
    grouped = (
        events.annotate(event_year=ExtractYear("on"), place=F(below or "county_id"))
        .values("place", "kind", "event_year")
        .annotate(moved=Sum("persons"))
        .order_by()
    )
    found: Counts = Counter()
    for group in grouped:
        moved, year = group["moved"], group["event_year"]
        for place in {None, group["place"] if below else None}:
            if group["kind"] == Kind.EXIT:
                found[place, year, LEFT] -= moved
            if group["kind"] == Kind.RETURN:
                found[place, year, BACK] += moved
            for later in YEARS:
                found[place, later, STOCK] += moved if year <= later else 0
    return found


def check(request: Request) -> None:
    if request.year < YEARS[0]:
        raise ReportRefused(f"逐年目标从{YEARS[0]}年开始，没有{request.year}年")
    rolling_plan.check_by_year(request)


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计动态和重点村")
    counts = count(request)
    plan = PlanFigures.of(request.plan_area)
    children = plan.in_printed_order(child_areas(request, [place for place, *_ in counts]))
    areas = [request.area, *children]
    exits = key_villages.exits_by_area(areas, years=YEARS, as_of=request.as_of)
    progress(1, 2, "写成文件")
    aim, said = aims(request.plan_area, plan)
    cells: list[Cell] = []
    marked = []
    for area in areas:
        place = None if area == request.area else area.pk
        for year in YEARS:
            marked.append((area, f"{PRINTED}{year}", plan.exits(area, year, False)))
            marked.append((area, f"{PRINTED_OFF}{year}", plan.village_exits(area, year)))
            of = {key: counts[place, year, key] for key in (LEFT, BACK, STOCK)}
            cells += _cells(request, plan, area, year, aim, {**of, OFF: exits[area.pk, year].total})
    note = f"{NOTE}各年目标见{said}。" if said else f"没有采用的规划表说明各年目标。{NOTE}"
    return Figures(
        report_rows(request.area, children),
        cells,
        plan.marks(marked),
        {BLOCK: note},
        plan=plan.name,
        plan_id=plan.table_id,
    )


def _cells(
    request: Request, plan: PlanFigures, area: Area, year: int, aim: dict[int, str], of: dict[str, int]
) -> list[Cell]:
    printed = plan.exits(area, year, False)
    begun = year <= request.until.year
    told = None
    if begun and year in aim:
        told = verdict(
            aim[year],
            year=year,
            until=request.until,
            last=year == max((one for one, word in aim.items() if word == LEAVE), default=0),
            planned=plan.amount(area, printed),
            left=of[LEFT],
            back=of[BACK],
            stock=of[STOCK],
        )
    cells = [
        Cell(area.code, f"{AIM}{year}", aim.get(year), ITEMS),
        Cell(area.code, f"{PRINTED}{year}", plan.value(printed), PERSONS),
        Cell(area.code, f"{PRINTED_OFF}{year}", plan.value(plan.village_exits(area, year)), VILLAGES),
        Cell(area.code, f"{VERDICT}{year}", told, ITEMS),
    ]
    for key, url in addresses(request, area.code, year).items():
        unit = VILLAGES if key == OFF else PERSONS
        cells.append(
            Cell(area.code, f"{key}{year}", of[key] if begun else None, unit, url if begun else None)
        )
    return cells


def addresses(request: Request, area: str, year: int) -> dict[str, str]:
    """The list behind each counted figure of the year."""
    of_year = Request(request.area, year, request.as_of)
    until = min(of_year.until, request.until)

    def events(kind: Kind, direction: str) -> str:
        return event_list(
            area,
            PERSONS,
            kinds=[str(kind)],
            direction=direction,
            year=year,
            until=until,
            as_of=request.as_of,
            national=False,
        )

    return {
        LEFT: events(Kind.EXIT, "out"),
        BACK: events(Kind.RETURN, "in"),
        STOCK: register_list(area, until, request.as_of),
        OFF: key_village_event_list(area, level="", year=year, until=until, as_of=request.as_of),
    }


def blocks(request: Request) -> Sequence[Block]:
    columns = tuple(Column(f"{LEFT}{year}", (f"{year}年",), PERSONS) for year in YEARS)
    title = f"{request.area.name}逐年脱贫目标表"
    return [Block(BLOCK, "逐年", title, "人、个", columns, FIRST[request.area.level], lines=LINES)]


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = tuple(
        (word, tuple(f"{prefix}{year}" for year in YEARS))
        for word, prefix in (("计划脱贫（照印）", PRINTED), ("实际脱贫", LEFT), ("返贫", BACK))
    )
    yield Drawing("逐年脱贫和返贫", "人", "年度", series, tuple(f"{year}年" for year in YEARS))


DEFINITION = ReportDefinition(
    kind="yearly-goals",
    title="逐年脱贫目标",
    explanation="2016至2020各年是脱贫还是巩固，计划和实际脱贫、返贫、年末在册、计划和实际摘帽的重点村，是否实现。",
    check=check,
    figures=figures,
    blocks=blocks,
    drawings=drawings,
    nests=True,
)
