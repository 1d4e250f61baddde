"""脱贫渠道 (R107, R177): the year's exits by the chapters of help that had reached them, persons and households.

A household that several chapters reached counts in each of them and once in the total; who was reached by none has a
column. Beside it the path that a plan prints (004 八章: 生态补偿 0.05万人 by 2018), against the exits since 2016.
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
from reporting.goals import goal
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
ECOLOGY, CHAPTER = "ecology", "生态"
SINCE = datetime.date(2016, 1, 1)  # the first day of the plans
PATH, SO_FAR = "path", "since"
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


def lifted(request: Request) -> Any:
    """Since the first day of the plans up to the last of this one, a household once and only where its exit holds."""
    events, until = StatusEvent.objects.in_area(request.area), last_day(request)
    since = events.counted(since=SINCE, until=until, as_of=request.as_of)
    return channels.lasting(since, until, request.as_of)


def last_day(request: Request) -> datetime.date:
    """Who leaves after the plan's day is no fulfilment of it."""
    asked = goal(ECOLOGY, request.plan_area.name)
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
    so_far = count(request, lifted(request), (_ecology(),))
    children = child_areas(request, [place for place, *_ in (*counts, *so_far)])
    progress(2, 3, "写成文件")
    cells: list[Cell] = []
    for area, place in [(request.area, None), *((child, child.pk) for child in children)]:
        for key, (channel, _) in COLUMNS.items():
            url = exit_list(area.code, channel, first, request.until, request.as_of)
            for unit in UNITS:
                cells.append(Cell(area.code, f"{key}_{unit}", counts[place, key, unit], unit, url))
        cells += _path(request, area, so_far[place, _ecology(), PERSONS])
    return Figures(
        report_rows(request.area, children),
        cells,
        notes={PERSONS: NOTE, HOUSEHOLDS: NOTE, PATH: _path_note(request)},
        plan=printed.document if (printed := goal(ECOLOGY, request.plan_area.name)) else "",
    )


def _ecology() -> str:
    return next(key for key, (channel, _) in COLUMNS.items() if channel == CHAPTER)


def _path(request: Request, area: Area, persons: int) -> list[Cell]:
    """What is printed of the area, who left that way since 2016, and the difference."""
    asked = goal(ECOLOGY, area.name)
    url = exit_list(area.code, CHAPTER, SINCE, last_day(request), request.as_of, holds=HOLDS)
    return [
        Cell(area.code, f"{PRINTED}{ECOLOGY}", asked.figure if asked else None, PERSONS),
        Cell(area.code, f"{SO_FAR}_{ECOLOGY}", persons, PERSONS, url),
        Cell(area.code, f"{DIFFERENCE}{ECOLOGY}", persons - asked.figure if asked else None, PERSONS),
        Cell(
            area.code, f"verdict_{ECOLOGY}", asked.verdict(persons, request.until) if asked else None, PERSONS
        ),
    ]


def _path_note(request: Request) -> str:
    asked = goal(ECOLOGY, request.plan_area.name)
    printed = f"规划人数照印：{asked.said}。" if asked else "没有这个区域的规划人数。"
    until = f"到{written(asked.until)}为止，" if asked else ""
    return f"{printed}已退出从{SINCE.year}年起累计，{until}一户只计最后一次，返贫和回退的不计，其余同前。"


def blocks(request: Request) -> Sequence[Block]:
    title, first = f"{request.area.name}{request.year}年脱贫渠道统计表", FIRST[request.area.level]
    found = []
    for unit, word in UNITS.items():
        columns = tuple(
            Column(f"{key}_{unit}", (head,) if key == TOTAL else ("渠道", head), unit, edge=key == TOTAL)
            for key, (_, head) in COLUMNS.items()
        )
        found.append(Block(unit, word, f"{title}（{word}）", word, columns, first, sheet=word))
    path = (
        Column(f"{PRINTED}{ECOLOGY}", ("生态补偿脱贫", "规划（照印）"), PERSONS),
        Column(f"{SO_FAR}_{ECOLOGY}", ("生态补偿脱贫", f"{SINCE.year}年以来已退出"), PERSONS),
        Column(f"{DIFFERENCE}{ECOLOGY}", ("生态补偿脱贫", "比规划"), PERSONS),
        Column(f"verdict_{ECOLOGY}", ("生态补偿脱贫", "实现"), PERSONS),
    )
    return [*found, Block(PATH, "对照规划路径", f"{title}（对照规划路径）", "人", path, first)]


def rules(figures: Figures) -> Iterator[Rule]:
    """Channels overlap, so that they may come to more than who left; each alone may not."""
    for unit in UNITS:
        for key in COLUMNS:
            if key != TOTAL:
                yield Rule("各渠道不大于退出合计", f"{key}_{unit}", (f"{TOTAL}_{unit}",), most=True)
    path = tuple(f"{prefix}{ECOLOGY}" for prefix in (DIFFERENCE, f"{SO_FAR}_", PRINTED))
    yield Rule("已退出−规划＝比规划", path[0], path[1:2], path[2:])


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
