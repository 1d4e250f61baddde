"""滚动规划表: the nineteen columns of 004 专栏2, printed, actual from events, and the difference.

The base is the stock of 2015-12-31, the years are those the form prints. Whatever year is asked for, the
actual figures run to the as-of day. Printed figures stay as printed; a doubtful one is marked, never changed.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import F, Q, Sum
from django.db.models.functions import ExtractYear

from areas.models import Area, Level
from households.models import CountyStandard, Kind, StatusEvent
from households.poverty import LineMissing
from office.days import written
from office.official_form import head_places
from reporting import reading
from reporting.definitions.rows import BELOW, FIRST, child_areas, report_rows
from reporting.lists import event_list, key_village_event_list, key_village_list, register_list
from reporting.models.plan import PlanTable
from reporting.plan_figures import PlanFigures
from reporting.plan_layout import ROLLING_COLUMNS, ROLLING_EDGES, ROLLING_HEAD, ColumnKey
from reporting.report import (
    ACTUAL,
    DIFFERENCE,
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
    Rule,
    ordinal,
)
from villages import tally as key_villages
from villages.models import KeyVillageEvent

FIRST_YEAR, LAST_YEAR = 2015, 2020
BASE_DAY = datetime.date(2015, 12, 31)
YEARS = (2016, 2017, 2018)
SINCE, LAST_DAY = datetime.date(YEARS[0], 1, 1), datetime.date(YEARS[-1], 12, 31)


def _columns(prefix: str) -> tuple[Column, ...]:
    """The nineteen columns with the heads of the form."""
    paths: list[list[str]] = [[] for _ in range(len(ROLLING_COLUMNS) + 1)]
    for _, place, head in head_places(ROLLING_HEAD):
        for covered in range(place, place + head.cols):
            paths[covered].append(head.text)
    return tuple(
        Column(f"{prefix}{number}", tuple(paths[number]), key.kind, edge=number in ROLLING_EDGES)
        for number, key in enumerate(ROLLING_COLUMNS, start=1)
    )


def check(request: Request) -> None:
    """Of all years of the plan, whichever is asked for."""
    _check(request, request.as_of)


def check_by_year(request: Request) -> None:
    """Of a form that ends with the year asked for."""
    _check(request, request.until)


def _check(request: Request, until: datetime.date) -> None:
    if not FIRST_YEAR <= request.year <= LAST_YEAR:
        raise ReportRefused(f"滚动规划表的规划期是{FIRST_YEAR}年至{LAST_YEAR}年，没有{request.year}年")
    if PlanTable.adopted_for(request.area) is None and not any(
        events.known(on=until, as_of=request.as_of).in_area(request.area).exists()
        for events in (StatusEvent.objects, KeyVillageEvent.objects)
    ):
        raise ReportRefused(
            f"{request.area}没有采用的规划表，到{written(until)}也没有登记过贫困户和重点村，没有可统计的数"
        )


class Actual:
    """The counted figures of the area (place None) and its children, in three statements."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.until = min(LAST_DAY, request.as_of)
        # (place, national, year; 0 is the base) → persons
        self.persons: Counter[tuple[int | None, bool, int]] = Counter()
        self._count_persons()
        self.children = child_areas(request, [place for place, *_ in self.persons])
        areas = [request.area, *self.children]
        self.base = key_villages.base_by_area(areas, BASE_DAY, request.as_of)
        self.exits = key_villages.exits_by_area(areas, years=YEARS, as_of=request.as_of)

    def _count_persons(self) -> None:
        events = StatusEvent.objects.in_area(self.request.area).counted(
            until=self.until, as_of=self.request.as_of, counts="persons"
        )
        below = BELOW.get(self.request.area.level)
        grouped = (
            events.filter(Q(on__lte=BASE_DAY) | Q(kind=Kind.EXIT))
            .annotate(event_year=ExtractYear("on"), place=F(below or "county_id"))
            .values("place", "national", "event_year")
            .annotate(moved=Sum("persons"))
            .order_by()
        )
        for group in grouped:
            year = 0 if group["event_year"] < YEARS[0] else group["event_year"]
            for place in {None, group["place"] if below else None}:
                for national in (False, True) if group["national"] else (False,):
                    self.persons[place, national, year] += group["moved"] if year == 0 else -group["moved"]

    def value(self, area: Area, place: int | None, column: ColumnKey) -> int:
        years = (int(column.year),) if column.year.isdigit() else YEARS
        if column.kind == PERSONS:
            national = column.standard == reading.NATIONAL
            if column.group == reading.BASE:
                return self.persons[place, national, 0]
            return sum(self.persons[place, national, year] for year in years)
        if column.group == reading.BASE:
            base = self.base[area.pk]
            if column.part:
                return base.provincial_reached if column.part == reading.REACHED else base.provincial_to_go
            by_standard = {
                reading.ALL: base.total,
                reading.MUNICIPAL: base.city,
                reading.PROVINCIAL: base.provincial,
            }
            return by_standard[column.standard]
        exits = [self.exits[area.pk, year] for year in years]
        return sum(one.provincial if column.standard == reading.PROVINCIAL else one.total for one in exits)

    def list_url(self, area: Area, column: ColumnKey) -> str:
        as_of = self.request.as_of
        national = column.standard == reading.NATIONAL
        level = column.standard if column.standard in (reading.PROVINCIAL, reading.MUNICIPAL) else ""
        if column.group == reading.BASE and column.kind == PERSONS:
            return register_list(area.code, BASE_DAY, as_of, national=national)
        if column.group == reading.BASE:
            key = {reading.REACHED: "reached", reading.LEFT: "left-to-go"}.get(column.part, "designated")
            return key_village_list(area.code, key, level, BASE_DAY, as_of)
        year = int(column.year) if column.year.isdigit() else None
        since = None if year else SINCE
        if column.kind == VILLAGES:
            return key_village_event_list(
                area.code, level=level, year=year, since=since, until=self.until, as_of=as_of
            )
        return event_list(
            area.code,
            PERSONS,
            kinds=[str(Kind.EXIT)],
            direction="out",
            year=year,
            since=since,
            until=self.until,
            as_of=as_of,
            national=national,
        )


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 3, "统计动态和重点村")
    actual = Actual(request)
    progress(1, 3, "对照规划")
    plan = PlanFigures.of(request.area)
    children = plan.in_printed_order(actual.children)
    cells: list[Cell] = []
    places: list[tuple[Area, int | None]] = [(request.area, None), *((child, child.pk) for child in children)]
    marked = []
    for area, place in places:
        for number, column in enumerate(ROLLING_COLUMNS, start=1):
            printed = plan.cell(area, column)
            value = actual.value(area, place, column)
            marked.append((area, f"{PRINTED}{number}", printed))
            cells += [
                Cell(area.code, f"{PRINTED}{number}", plan.value(printed), column.kind),
                Cell(area.code, f"{ACTUAL}{number}", value, column.kind, actual.list_url(area, column)),
                Cell(area.code, f"{DIFFERENCE}{number}", plan.difference(area, value, printed), column.kind),
            ]
    progress(2, 3, "写成文件")
    rows = report_rows(request.area, children)
    found = Figures(rows, cells, plan.marks(marked), plan=plan.name, plan_id=plan.table_id)
    found.notes = _notes(request, found)
    return found


def _notes(request: Request, found: Figures) -> dict[str, str]:
    """The note under 004 专栏2, with the figures of the block above it."""
    county = request.area.at(Level.COUNTY)
    try:
        standard = CountyStandard.applied(county, request.year) if county else ""
    except LineMissing:
        standard = ""
    notes = {}
    for block, prefix in (("printed", PRINTED), ("actual", ACTUAL), ("compared", ACTUAL)):
        chosen, reached, left = (found.value(request.area.code, f"{prefix}{number}") for number in (5, 6, 7))
        if chosen is None:
            continue
        notes[block] = (
            f"省定扶贫工作重点村 {chosen} 个，十二五期间 {reached} 个已达到退出标准，剩余 {left} 个"
        )
        notes[block] += f"；本区执行{standard}。" if standard else "。"
    return notes


def blocks(request: Request) -> Sequence[Block]:
    title, first = f"{request.area.name}脱贫攻坚滚动规划", FIRST[request.area.level]

    def block(key: str, word: str, sheet: str, prefix: str, lines: tuple[tuple[str, str], ...] = ()) -> Block:
        said = title if key == "printed" else f"{title}（{word}）"
        return Block(
            key, word, said, "人、个", _columns(prefix), first, sheet=sheet, ordinals=True, lines=lines
        )

    return [
        block("printed", "计划（照印）", "照印", PRINTED),
        block("actual", "实际", "实际", ACTUAL),
        block(
            "compared",
            "计划对实际",
            "计划对实际",
            DIFFERENCE,
            (("照印", PRINTED), ("实际", ACTUAL), ("差", DIFFERENCE)),
        ),
    ]


# Of the nineteen columns: which is the sum of which, and which is part of which. 2018 has no column of villages.
SUMS = {3: (4, 5), 5: (6, 7), 12: (8, 10, 11)}
PARTS = {2: 1, 9: 8, 13: 12, 15: 14, 17: 16, 19: 18}


def rules(figures: Figures) -> Iterator[Rule]:
    for left, parts in SUMS.items():
        said = "＋".join(ordinal(part - 1) for part in parts)
        yield Rule(
            f"实际：{ordinal(left - 1)}＝{said}",
            f"{ACTUAL}{left}",
            tuple(f"{ACTUAL}{part}" for part in parts),
        )
    for part, whole in PARTS.items():
        word = f"实际：{ordinal(part - 1)}不大于{ordinal(whole - 1)}"
        yield Rule(word, f"{ACTUAL}{part}", (f"{ACTUAL}{whole}",), most=True)
    for number in range(1, len(ROLLING_COLUMNS) + 1):
        yield Rule("差＝实际−照印", f"{DIFFERENCE}{number}", (f"{ACTUAL}{number}",), (f"{PRINTED}{number}",))


# By what is drawn the columns of each year, and their unit.
BY_YEAR = {"脱贫人口": ((8, 10, 11), "人"), "重点村退出": ((14, 16), "个")}


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    for word, (numbers, unit) in BY_YEAR.items():
        series = tuple(
            (name, tuple(f"{prefix}{number}" for number in numbers))
            for name, prefix in (("计划（照印）", PRINTED), ("实际", ACTUAL))
        )
        years = tuple(f"{year}年" for year, _ in zip(YEARS, numbers, strict=False))
        yield Drawing(f"各年{word}：计划和实际", unit, "年度", series, years)


DEFINITION = ReportDefinition(
    kind="rolling-plan",
    title="滚动规划表",
    explanation="台儿庄区规划专栏2的十九栏：采用的规划照印、从动态算出的实际、两者之差。",
    check=check,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
)
