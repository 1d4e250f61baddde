"""来料加工和电商服务覆盖 (R088, R096): villages with poor people that have contract work; villages, towns and counties that
have their level of the 电商三级服务体系; the shares beside what 004 asks for (100 % by 2020 and by 2018).
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from areas.models import Area, Level
from measures import points
from measures.point_lists import POOR
from measures.points import ECOM, NO_PROCESS, PROCESS
from reporting.definitions import exit_tally
from reporting.definitions.rows import FIRST, child_areas, report_rows, share
from reporting.goals import share_asked
from reporting.lists import point_list
from reporting.report import (
    ITEMS,
    PERCENT,
    PRINTED,
    VILLAGES,
    Block,
    Cell,
    Column,
    Figures,
    Progress,
    ReportDefinition,
    Request,
    Rule,
    Value,
)

UPWARDS = ("pk", "parent", "parent__parent", "parent__parent__parent", "parent__parent__parent__parent")
# Key → level, state and whether only villages with poor people count.
COUNTED: dict[str, tuple[Level, str, bool]] = {
    "poor": (Level.VILLAGE, "", True),
    "process": (Level.VILLAGE, PROCESS, True),
    "noprocess": (Level.VILLAGE, NO_PROCESS, True),
    "villages": (Level.VILLAGE, "", False),
    "points": (Level.VILLAGE, ECOM, False),
    "towns": (Level.TOWN, "", False),
    "stations": (Level.TOWN, ECOM, False),
    "counties": (Level.COUNTY, "", False),
    "centres": (Level.COUNTY, ECOM, False),
}
# Rate → part, whole, the goal held against it.
RATES = {
    "process": ("process", "poor", "processing"),
    "points": ("points", "villages", ""),
    "stations": ("stations", "towns", "ecommerce"),
    "centres": ("centres", "counties", "ecommerce"),
}
BELOW = {Level.VILLAGE: 0, Level.TOWN: 1, Level.COUNTY: 2, Level.CITY: 3, Level.PROVINCE: 4}

# (area, key) → places
Counts = Counter[tuple[int, str]]


def count(request: Request, day: datetime.date, wanted: Collection[str] = tuple(COUNTED)) -> Counts:
    """A statement a key; an area counts itself and what lies below it."""
    counts: Counts = Counter()
    for key in wanted:
        level, state, poor = COUNTED[key]
        rows = points.places(request.area, level, day)
        rows = points.with_poor(rows, day, request.as_of) if poor else rows
        for places in points.in_state(rows, state, level, day).values_list(*UPWARDS):
            for place in {*places} - {None}:
                counts[place, key] += 1
    return counts


def judged(request: Request, counts: Counts) -> dict[str, Counts]:
    """By the rate with a goal what it is judged by: the counts of the day, or of the goal's own once that is past."""
    found = {}
    for key, (part, whole, named) in RATES.items():
        if named:
            last = share_asked(named).until
            found[key] = count(request, last, (part, whole)) if last < request.until else counts
    return found


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计来料加工和电商服务")
    counts = count(request, request.until)
    then = judged(request, counts)
    children = child_areas(request, [])
    progress(1, 2, "写成文件")
    cells: list[Cell] = []
    for area in (request.area, *children):
        cells += _row(request, area, counts, then)
    asked = {key: share_asked(key) for key in ("processing", "ecommerce")}
    note = (
        "来料加工只看截至当日有在册贫困人口的村：登记有来料加工点、或者村里有在营的扶贫车间的算有，企业按现在的登记。"
        f"电商是区级服务中心、镇街服务站和村服务点三级。目标照印：来料加工{asked['processing'].said}；"
        f"电商区、镇两级{asked['ecommerce'].said}；村级没有写期限。过了期限的，按期限那天看是否实现。"
    )
    return Figures(
        report_rows(request.area, children),
        cells,
        notes=dict.fromkeys(("process", "ecom"), note),
        plan=asked["processing"].document,
    )


def _row(request: Request, area: Area, counts: Counts, then: dict[str, Counts]) -> list[Cell]:
    """A level above the row's own is not the row's: a town has no district centre."""
    cells: list[Cell] = []

    def has(key: str) -> bool:
        return BELOW[COUNTED[key][0]] <= BELOW[Level(area.level)]

    for key, (level, state, poor) in COUNTED.items():
        asked = "" if level == Level.VILLAGE else str(level)
        url = point_list(area.code, asked, state, request.until, request.as_of, poor=POOR if poor else "")
        value = counts[area.pk, key] if has(key) else None
        unit = VILLAGES if level == Level.VILLAGE else ITEMS
        cells.append(Cell(area.code, key, value, unit, url if has(key) else None))
    for key, (part, whole, named) in RATES.items():
        rate: Value = share(counts[area.pk, part], counts[area.pk, whole]) if has(part) else None
        cells.append(Cell(area.code, f"{key}_rate", rate, PERCENT))
        if named:
            goal = share_asked(named)
            served, places = (then[key][area.pk, one] if has(part) else 0 for one in (part, whole))
            cells += [
                Cell(area.code, f"{PRINTED}{key}_rate", str(goal.figure) if has(part) else None, PERCENT),
                Cell(
                    area.code,
                    f"verdict_{key}_rate",
                    goal.verdict_of_share(served, places, request.until),
                    PERCENT,
                ),
            ]
    return cells


def _columns(key: str, head: str, words: dict[str, str]) -> list[Column]:
    """The counts under one head, then the share and, where there is one, its goal."""
    part, _, named = RATES[key]
    found = [
        Column(one, (head, word), VILLAGES if COUNTED[one][0] == Level.VILLAGE else ITEMS)
        for one, word in words.items()
    ]
    found.append(Column(f"{key}_rate", (head, "覆盖率（%）"), PERCENT, edge=not named))
    if named:
        found += [
            Column(f"{PRINTED}{key}_rate", (head, "目标（照印，%）"), PERCENT),
            Column(f"verdict_{key}_rate", (head, "实现"), PERCENT, edge=True),
        ]
    return found


def blocks(request: Request) -> Sequence[Block]:
    title, first = f"{request.area.name}{request.year}年", FIRST[request.area.level]
    processing = _columns(
        "process",
        "来料加工",
        {"poor": "有贫困人口的村", "process": "有来料加工", "noprocess": "没有来料加工"},
    )
    ecommerce = [
        *_columns("centres", "区级服务中心", {"counties": "区县", "centres": "有中心"}),
        *_columns("stations", "镇街服务站", {"towns": "镇街", "stations": "有服务站"}),
        *_columns("points", "村服务点", {"villages": "村", "points": "有服务点"}),
    ]
    return [
        Block("process", "来料加工", f"{title}来料加工覆盖情况表", "个、%", tuple(processing), first),
        Block("ecom", "电商服务", f"{title}电商三级服务体系情况表", "个、%", tuple(ecommerce), first),
    ]


def rules(figures: Figures) -> Iterator[Rule]:
    yield Rule("有来料加工＋没有来料加工＝有贫困人口的村", "poor", ("process", "noprocess"))
    for part, whole, _ in RATES.values():
        yield Rule("有的不大于全部", part, (whole,), most=True)


def apart(cell: Cell) -> bool:
    """Centres and stations stand at the place itself: a town has no district centre to add."""
    return cell.column in COUNTED and COUNTED[cell.column][0] != Level.VILLAGE


DEFINITION = ReportDefinition(
    kind="points",
    title="来料加工和电商服务",
    explanation="有贫困人口的村开展来料加工的覆盖率，电商区、镇、村三级服务体系的覆盖率，对照规划目标。",
    check=exit_tally.registered,
    figures=figures,
    blocks=blocks,
    rules=rules,
    apart=apart,
    nests=True,
)
