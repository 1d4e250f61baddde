"""脱贫渠道 (R107, R177): the year's exits by the chapters of help that had reached them, persons and households.

A household that several chapters reached counts in each of them and once in the total; who was reached by none has a
column. Beside it the paths of the plans, against the exits since 2016: of the five only 生态补偿 has printed persons here
(004 八章: 0.05万人 by 2018; 003), the others stay empty until reporting/data/goals.csv has a row for them.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Sum

from areas.models import Area
from households.models import StatusEvent
from measures import channels
from measures.channel_lists import HOLDS
from office.days import written
from reporting.definitions import exit_tally
from reporting.definitions.rows import BELOW, FIRST, child_areas, report_rows
from reporting.goals import Goal, goal
from reporting.lists import exit_list
from reporting.report import (
    DIFFERENCE,
    HOUSEHOLDS,
    PERSONS,
    PRINTED,
    Block,
    Cell,
    Column,
    Drawing,
    Figures,
    Progress,
    ReportDefinition,
    Request,
    Rule,
)

TOTAL, NONE = "total", "none"
# Key of the column → what its list asks for, and its head.
COLUMNS = {
    TOTAL: ("", "退出合计"),
    **{f"c{place:02d}": pair for place, pair in enumerate(channels.CHANNELS.items(), 1)},
    NONE: (channels.NONE, channels.NONE),
}
UNITS = {PERSONS: "人", HOUSEHOLDS: "户"}
# The paths that the plans speak of: key of the goal → chapter. What is printed of them is in data/goals.csv.
PATHS = {
    "industry": "产业",
    "employment": "转移就业",
    "relocation": "易地搬迁",
    "ecology": "生态",
    "safety": "社保兜底",
}
LEFT = "since_"
VERDICT = "verdict_"
SINCE = datetime.date(2016, 1, 1)  # the first day of the plans
PATH = "path"
LINES = (
    ("规划", PRINTED),
    ("已退出", LEFT),
    ("比规划", DIFFERENCE),
    ("实现", VERDICT),
)
NOTE = (
    "按退出动态统计，和年度退出统计的“退出”一致。退出当年（到退出那天）和上一年落实到户或到人的措施算渠道；"
    "一户有几个渠道的，在每个渠道各计一次，合计只计一次，所以各渠道之和可以大于合计。给村和企业的措施不计。"
    "措施按现在的登记。"
)

# (child area or None, column, unit) → count
Counts = Counter[tuple[int | None, str, str]]


def exits(request: Request) -> Any:
    """Of the year up to the day."""
    events = StatusEvent.objects.in_area(request.area)
    since = request.base_day + datetime.timedelta(days=1)
    return events.counted(since=since, until=request.until, as_of=request.as_of)


def lifted(request: Request, path: str) -> Any:
    """Since the first day of the plans up to the last of this one, a household once and only where its exit holds."""
    events, until = StatusEvent.objects.in_area(request.area), last_day(request, path)
    since = events.counted(since=SINCE, until=until, as_of=request.as_of)
    return channels.lasting(since, until, request.as_of)


def last_day(request: Request, path: str) -> datetime.date:
    """Who leaves after the plan's day is no fulfilment of it."""
    asked = goal(path, request.plan_area.name)
    return min(request.until, asked.until) if asked else request.until


def count(request: Request, found: Any, wanted: Sequence[str] = tuple(COLUMNS)) -> Counts:
    """One statement a column: the exits by the area in which the household stood."""
    below = BELOW.get(request.area.level)
    counts: Counts = Counter()
    for key in wanted:
        events = channels.by_channel(found, COLUMNS[key][0]).order_by()
        groups = events.values(*([below] if below else ["kind"]))
        for group in groups.annotate(homes=Count("pk"), people=Sum("persons")):
            for place in {None, group.get(below)}:
                counts[place, key, HOUSEHOLDS] += group["homes"]
                counts[place, key, PERSONS] += abs(group["people"])
    return counts


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 3, "统计退出和措施")
    first = request.base_day + datetime.timedelta(days=1)
    counts = count(request, exits(request))
    progress(1, 3, "对照规划")
    so_far = {path: _persons(count(request, lifted(request, path), (_column(path),))) for path in PATHS}
    with_any = {place for found in so_far.values() for place in found}
    children = child_areas(request, [place for place, *_ in counts] + [*with_any])
    progress(2, 3, "写成文件")
    cells: list[Cell] = []
    for area, place in [(request.area, None), *((child, child.pk) for child in children)]:
        for key, (channel, _) in COLUMNS.items():
            url = exit_list(area.code, channel, first, request.until, request.as_of)
            for unit in UNITS:
                cells.append(Cell(area.code, f"{key}_{unit}", counts[place, key, unit], unit, url))
        for path in PATHS:
            cells += _path(request, area, path, so_far[path].get(place, 0))
    return Figures(
        report_rows(request.area, children),
        cells,
        notes={PERSONS: NOTE, HOUSEHOLDS: NOTE, PATH: _path_note(request)},
        plan="、".join(dict.fromkeys(one.document for one in _printed(request).values())),
    )


def _column(path: str) -> str:
    return next(key for key, (channel, _) in COLUMNS.items() if channel == PATHS[path])


def _head(path: str) -> str:
    return COLUMNS[_column(path)][1]


def _persons(counts: Counts) -> dict[int | None, int]:
    return {place: number for (place, _, unit), number in counts.items() if unit == PERSONS}


def _printed(request: Request) -> dict[str, Goal]:
    """By path what is printed of the area whose plan the form is held against."""
    found = {path: goal(path, request.plan_area.name) for path in PATHS}
    return {path: asked for path, asked in found.items() if asked}


def _path(request: Request, area: Area, path: str, persons: int) -> list[Cell]:
    """What is printed of the area, who left that way since 2016, and the difference."""
    asked = goal(path, area.name)
    url = exit_list(area.code, PATHS[path], SINCE, last_day(request, path), request.as_of, holds=HOLDS)
    difference, verdict = (
        (persons - asked.figure, asked.verdict(persons, request.until)) if asked else (None, None)
    )
    return [
        Cell(area.code, f"{PRINTED}{path}", asked.figure if asked else None, PERSONS),
        Cell(area.code, f"{LEFT}{path}", persons, PERSONS, url),
        Cell(area.code, f"{DIFFERENCE}{path}", difference, PERSONS),
        Cell(area.code, f"{VERDICT}{path}", verdict, PERSONS),
    ]


def _path_note(request: Request) -> str:
    printed = _printed(request)
    said = "；".join(f"{_head(path)}{asked.figure}人，{asked.said}" for path, asked in printed.items())
    empty = "、".join(_head(path) for path in PATHS if path not in printed)
    words = f"规划人数照印：{said}。" if said else "没有这个区域的规划人数。"
    words += f"{empty}没有录入规划人数，空着。" if said and empty else ""
    ends = "；".join(f"{_head(path)}到{written(asked.until)}为止" for path, asked in printed.items())
    until = f"{ends}，" if ends else ""
    return (
        f"{words}已退出从{SINCE.year}年起累计，{until}一户只计最后一次，返贫和回退的不计，其余同前。"
        "易地搬迁、转移就业的规划指标在“主要指标”里。"
    )


def blocks(request: Request) -> Sequence[Block]:
    title, first = f"{request.area.name}{request.year}年脱贫渠道统计表", FIRST[request.area.level]
    found = []
    for unit, word in UNITS.items():
        columns = tuple(
            Column(f"{key}_{unit}", (head,) if key == TOTAL else ("渠道", head), unit, edge=key == TOTAL)
            for key, (_, head) in COLUMNS.items()
        )
        found.append(Block(unit, word, f"{title}（{word}）", word, columns, first, sheet=word))
    paths = tuple(Column(f"{PRINTED}{path}", ("渠道", _head(path)), PERSONS) for path in PATHS)
    path_title = f"{title}（对照规划路径）"
    return [*found, Block(PATH, "对照规划路径", path_title, "人", paths, first, lines=LINES)]


def rules(figures: Figures) -> Iterator[Rule]:
    """Channels overlap, so that they may come to more than who left; each alone may not."""
    for unit in UNITS:
        for key in COLUMNS:
            if key != TOTAL:
                yield Rule("各渠道不大于退出合计", f"{key}_{unit}", (f"{TOTAL}_{unit}",), most=True)
    for path in PATHS:
        yield Rule("已退出−规划＝比规划", f"{DIFFERENCE}{path}", (f"{LEFT}{path}",), (f"{PRINTED}{path}",))


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    shown = {key: head for key, (_, head) in COLUMNS.items() if key != TOTAL}
    series = (("退出人口", tuple(f"{key}_{PERSONS}" for key in shown)),)
    yield Drawing("脱贫渠道", "人", "渠道", series, tuple(shown.values()), lying=True)


DEFINITION = ReportDefinition(
    kind="channels",
    title="脱贫渠道",
    explanation="本年退出的户和人，按退出以前得到的帮扶（产业、转移就业、易地搬迁、生态补偿、社保兜底等）；对照规划路径。",
    check=exit_tally.registered,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
