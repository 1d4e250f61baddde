"""水库移民脱贫 (R023, 001 九章一节五): flagged households in and out on the day and at the two year-ends by which the plan
wants them out: at least 70 % by the end of 2016, the rest by the end of 2017.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import Count, Sum

from households import resettlers
from households.models import StatusEvent
from households.resettlers import IN, OUT
from office.days import written
from reporting.definitions import exit_tally
from reporting.definitions.rows import BELOW, FIRST, child_areas, report_rows, share
from reporting.goals import Goal, share_asked
from reporting.lists import resettler_list
from reporting.report import (
    HOUSEHOLDS,
    PERCENT,
    PERSONS,
    PRINTED,
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

ALL, NOW = "all", "now"
STANDINGS = {ALL: ("登记户", ""), OUT: ("已脱贫", OUT), IN: ("未脱贫", IN)}
UNITS = {HOUSEHOLDS: "户", PERSONS: "人"}
# The year-ends with a deadline.
DEADLINES = ("2016", "2017")

# (child area or None, day's key, standing, unit) → count
Counts = Counter[tuple[int | None, str, str, str]]


def asked(year: str) -> Goal:
    return share_asked(f"resettlers-{year}")


def days(request: Request) -> dict[str, datetime.date]:
    """The days that are counted; a year-end to come is none of them."""
    ends = {year: asked(year).until for year in DEADLINES}
    return {NOW: request.until, **{year: day for year, day in ends.items() if day <= request.until}}


def check(request: Request) -> None:
    exit_tally.registered(request)
    events = StatusEvent.objects.in_area(request.area)
    if not resettlers.stood(events, request.until, request.as_of).exists():
        raise ReportRefused(f"{request.area}到{written(request.until)}没有标为水库移民的户，没有可统计的数")


def count(request: Request) -> Counts:
    """Two statements a day; who is out is the rest."""
    events = StatusEvent.objects.in_area(request.area)
    below = BELOW.get(request.area.level)
    counts: Counts = Counter()
    for key, day in days(request).items():
        for standing in (ALL, IN):
            rows = resettlers.stood(events, day, request.as_of, STANDINGS[standing][1]).order_by()
            groups = rows.values(*([below] if below else ["household__reservoir_resettler"]))
            for group in groups.annotate(homes=Count("pk"), people=Sum("members")):
                for place in {None, group.get(below)}:
                    counts[place, key, standing, HOUSEHOLDS] += group["homes"]
                    counts[place, key, standing, PERSONS] += group["people"]
    for place, key, standing, unit in list(counts):
        if standing == ALL:
            counts[place, key, OUT, unit] = counts[place, key, ALL, unit] - counts[place, key, IN, unit]
    return counts


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计水库移民")
    counts, known = count(request), days(request)
    children = child_areas(request, [place for place, *_ in counts])
    progress(1, 2, "写成文件")
    cells: list[Cell] = []
    for area, place in [(request.area, None), *((child, child.pk) for child in children)]:
        for key in (NOW, *DEADLINES):
            day = known.get(key)
            for standing, (_, listed) in STANDINGS.items():
                url = resettler_list(area.code, listed, day, request.as_of) if day else None
                for unit in UNITS:
                    value = counts[place, key, standing, unit] if day else None
                    cells.append(Cell(area.code, f"{standing}_{key}_{unit}", value, unit, url))
            out, whole = (counts[place, key, one, HOUSEHOLDS] if day else 0 for one in (OUT, ALL))
            cells.append(Cell(area.code, f"out_{key}_rate", share(out, whole), PERCENT))
            if key != NOW:
                goal = asked(key)
                cells.append(Cell(area.code, f"{PRINTED}{key}_rate", str(goal.figure), PERCENT))
                verdict = goal.verdict_of_share(out, whole, request.until)
                cells.append(Cell(area.code, f"verdict_{key}_rate", verdict, PERCENT))
    first, last = (asked(year) for year in DEADLINES)
    note = (
        f"脱贫率＝已脱贫户÷登记户；注销的户不计，迁走的户计在迁入的地方，没有到的年底不填。目标照印：{first.said}脱贫{first.figure}%以上，"
        f"{last.until.year}年底前其余全部脱贫。是否水库移民按现在的登记，在册和人口按当日的动态。"
    )
    return Figures(
        report_rows(request.area, children),
        cells,
        notes=dict.fromkeys((NOW, *DEADLINES), note),
        plan=first.document,
    )


def blocks(request: Request) -> Sequence[Block]:
    title, first = f"{request.area.name}{request.year}年水库移民脱贫情况表", FIRST[request.area.level]
    found = []
    for key in (NOW, *DEADLINES):
        word = "现在" if key == NOW else f"{key}年底"
        columns = [
            Column(f"{standing}_{key}_{unit}", (head, unit_word), unit, edge=unit == PERSONS)
            for standing, (head, _) in STANDINGS.items()
            for unit, unit_word in UNITS.items()
        ]
        columns.append(Column(f"out_{key}_rate", ("脱贫率（%）",), PERCENT))
        if key != NOW:
            columns += [
                Column(f"{PRINTED}{key}_rate", ("目标（照印，%）",), PERCENT),
                Column(f"verdict_{key}_rate", ("实现",), PERCENT),
            ]
        found.append(Block(key, word, f"{title}（{word}）", "户、人、%", tuple(columns), first))
    return found


def rules(figures: Figures) -> Iterator[Rule]:
    for key in (NOW, *DEADLINES):
        for unit in UNITS:
            parts = tuple(f"{standing}_{key}_{unit}" for standing in (OUT, IN))
            yield Rule("已脱贫＋未脱贫＝登记户", f"{ALL}_{key}_{unit}", parts)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    days = {**{year: f"{year}年底" for year in DEADLINES}, NOW: "现在"}
    series = tuple(
        (STANDINGS[standing][0], tuple(f"{standing}_{day}_{HOUSEHOLDS}" for day in days))
        for standing in (OUT, IN)
    )
    yield Drawing("水库移民户脱贫情况", "户", "时间", series, tuple(days.values()), stacked=True)


DEFINITION = ReportDefinition(
    kind="resettlers",
    title="水库移民脱贫",
    explanation="标为水库移民的户和人，已脱贫和未脱贫，2016、2017年底的脱贫率对照规划期限。",
    check=check,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
