"""驻村情况 (R251, R256): key villages with a first secretary and a full team, those short of days
stayed, and how many were inspected each quarter."""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from django.conf import settings

from office.days import written
from reporting.definitions import exit_tally
from reporting.definitions.rows import FIRST, child_areas, report_rows, share
from reporting.lists import team_list
from reporting.report import (
    PERCENT,
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
)
from villages import teams
from villages.models.key_village import WAY_THEN
from villages.models.work_record import quarter_end, quarter_of

ALL = "villages"
STANDING = {
    ALL: ("重点村", ""),
    "secretary": ("有第一书记", teams.SECRETARY),
    "no_secretary": ("没有第一书记", teams.NO_SECRETARY),
    "team": ("工作队足额", teams.TEAM_FULL),
    "team_short": ("工作队不足", teams.TEAM_SHORT),
    "stay_short": ("本季驻村天数不足", teams.STAY_SHORT),
}
QUARTERS = {f"q{quarter}": quarter for quarter in (1, 2, 3, 4)}

# (area, figure) → villages
Counts = Counter[tuple[int, str]]


def _days(request: Request) -> dict[str, datetime.date]:
    """The day that each quarter's inspections count up to; one that has not begun has none."""
    found: dict[str, datetime.date] = {}
    for key, quarter in QUARTERS.items():
        last = quarter_end(request.year, quarter)
        if quarter_of(last)[0] <= request.until:
            found[key] = min(last, request.until)
    return found


def check(request: Request) -> None:
    exit_tally.check(request)
    if not teams.key_villages(request.area, request.until).exists():
        raise ReportRefused(f"{request.area}{written(request.until)}没有在列的重点村，没有可统计的数")


def count(request: Request) -> Counts:
    """A statement a figure, whatever the number of areas; an area counts what lies below it."""
    asked = {key: (state, request.until) for key, (_, state) in STANDING.items()}
    asked |= {key: (teams.INSPECTED, day) for key, day in _days(request).items()}
    counts: Counts = Counter()
    for key, (state, day) in asked.items():
        rows = teams.key_villages(request.area, day)
        rows = teams.in_state(rows, state, day) if state else rows
        for places in rows.values_list(*WAY_THEN):
            for place in {*places}:
                counts[place, key] += 1
    return counts


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计驻村队伍和督查")
    counts, days = count(request), _days(request)
    children = child_areas(request, [])
    progress(1, 2, "写成文件")
    cells: list[Cell] = []
    for area in (request.area, *children):
        for key, (_, state) in STANDING.items():
            # Without a number that is asked for nobody is short of days, and nought would look like a count.
            asked = key != "stay_short" or settings.STAY_DAYS_A_MONTH
            url = team_list(area.code, state, request.until) if asked else None
            cells.append(Cell(area.code, key, counts[area.pk, key] if asked else None, VILLAGES, url))
        for key in ("secretary", "team"):
            part, whole = counts[area.pk, key], counts[area.pk, ALL]
            cells.append(Cell(area.code, f"{key}_rate", share(part, whole), PERCENT))
        for key in QUARTERS:
            day = days.get(key)
            value = counts[area.pk, key] if day else None
            opened = team_list(area.code, teams.INSPECTED, day) if day else None
            cells.append(Cell(area.code, key, value, VILLAGES, opened))
    least = settings.STAY_DAYS_A_MONTH
    days_asked = (
        f"驻村天数每人每月不少于 {least} 天，看本季已经过完的月" if least else "没有规定驻村天数，不填"
    )
    note = f"重点村含已摘帽的；工作队不含第一书记，足额是 {settings.TEAM_SIZE} 人；{days_asked}；没有到的季度不填。"
    note += "截止日以后才补登的按它们自己的日期计，作废的不计。"
    return Figures(report_rows(request.area, children), cells, notes={"all": note})


def blocks(request: Request) -> Sequence[Block]:
    columns = [Column(key, ("驻村队伍", word), VILLAGES) for key, (word, _) in STANDING.items()]
    columns += [
        Column("secretary_rate", ("到位率", "第一书记"), PERCENT),
        Column("team_rate", ("到位率", "工作队"), PERCENT, edge=True),
    ]
    columns += [Column(key, ("督查过的村", f"{quarter}季度"), VILLAGES) for key, quarter in QUARTERS.items()]
    title = f"{request.area.name}{request.year}年驻村情况统计表"
    return [Block("all", "驻村情况", title, "个、%", tuple(columns), FIRST[request.area.level])]


def rules(figures: Figures) -> Iterator[Rule]:
    yield Rule("有第一书记＋没有第一书记＝重点村", ALL, ("secretary", "no_secretary"))
    yield Rule("工作队足额＋工作队不足＝重点村", ALL, ("team", "team_short"))


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = tuple((STANDING[key][0], (key,)) for key in (ALL, "secretary", "team"))
    yield Drawing("驻村队伍到位", "个", blocks[0].first, series)


DEFINITION = ReportDefinition(
    kind="teams",
    title="驻村情况",
    explanation="重点村的第一书记、驻村工作队到位、驻村天数和各季度督查，按镇村。",
    check=check,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
