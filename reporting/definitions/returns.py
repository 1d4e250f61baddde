"""返贫情况: who came back in the year, how many of them by illness, and the rates (R278, 004 专栏3).

返贫率 = 本年返贫户 ÷ 年初以前历年退出户; 因病返贫率 = 因病返贫户 ÷ 本年返贫户. A rate over nothing is unknown.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import BooleanField, Case, Q, Sum, When

from households.models import StatusEvent
from households.models.event import Kind
from office.days import written
from reporting.definitions import exit_tally
from reporting.definitions.rows import BELOW, FIRST, child_areas, report_rows, share
from reporting.lists import event_list
from reporting.report import (
    HOUSEHOLDS,
    PERCENT,
    PERSONS,
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

ILLNESS = "因病"
LEFT, RETURNED, ILL = "left", "returned", "ill"
WORDS = {LEFT: "历年退出", RETURNED: "本年返贫", ILL: "其中因病返贫"}
RATES = {"return_rate": ("返贫率", RETURNED, LEFT), "ill_return_rate": ("因病返贫率", ILL, RETURNED)}
UNITS = {HOUSEHOLDS: "户", PERSONS: "人"}

Counts = Counter[tuple[int | None, str, str]]


def count(request: Request) -> Counts:
    """(child area or None, figure, unit) → count, in one statement."""
    events = StatusEvent.objects.in_area(request.area).counted(until=request.until, as_of=request.as_of)
    wanted = Q(kind=Kind.EXIT, on__lte=request.base_day) | Q(kind=Kind.RETURN, on__gt=request.base_day)
    below = BELOW.get(request.area.level)
    ill = Case(When(cause=ILLNESS, then=True), default=False, output_field=BooleanField())
    groups = (
        events.filter(wanted)
        .annotate(ill=ill)
        .values(*([below] if below else []), "kind", "ill")
        .annotate(household_sum=Sum("households"), person_sum=Sum("persons"))
        .order_by()
    )
    counts: Counts = Counter()
    for group in groups:
        figures = (LEFT,) if group["kind"] == Kind.EXIT else (RETURNED, ILL) if group["ill"] else (RETURNED,)
        for place in {None, group.get(below)}:
            for figure in figures:
                counts[place, figure, HOUSEHOLDS] += abs(group["household_sum"])
                counts[place, figure, PERSONS] += abs(group["person_sum"])
    return counts


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计动态")
    counts = count(request)
    children = child_areas(request, [place for place, *_ in counts])
    progress(1, 2, "写成文件")
    cells: list[Cell] = []
    for area, place in [(request.area, None), *((child, child.pk) for child in children)]:
        for figure in WORDS:
            for unit in UNITS:
                url = _list(request, area.code, figure, unit)
                cells.append(Cell(area.code, f"{figure}_{unit}", counts[place, figure, unit], unit, url))
        for key, (_, part, whole) in RATES.items():
            value = share(counts[place, part, HOUSEHOLDS], counts[place, whole, HOUSEHOLDS])
            cells.append(Cell(area.code, key, value, PERCENT))
    note = f"历年退出截至{written(request.base_day)}；返贫率＝本年返贫户÷历年退出户，因病返贫率＝因病返贫户÷本年返贫户，没有分母的不填。"
    return Figures(report_rows(request.area, children), cells, notes={"all": note})


def _list(request: Request, area: str, figure: str, unit: str) -> str:
    left = figure == LEFT
    return event_list(
        area,
        unit,
        kinds=[str(Kind.EXIT if left else Kind.RETURN)],
        direction="out" if left else "in",
        since=None if left else request.base_day + datetime.timedelta(days=1),
        until=min(request.base_day, request.until) if left else request.until,
        as_of=request.as_of,
        national=False,
        cause=ILLNESS if figure == ILL else "",
    )


def blocks(request: Request) -> Sequence[Block]:
    columns = [
        Column(f"{figure}_{unit}", (word, unit_word), unit, edge=unit == PERSONS)
        for figure, word in WORDS.items()
        for unit, unit_word in UNITS.items()
    ]
    columns += [Column(key, (word, "%"), PERCENT) for key, (word, *_) in RATES.items()]
    title = f"{request.area.name}{request.year}年返贫情况统计表"
    return [Block("all", "返贫情况", title, "户、人、%", tuple(columns), FIRST[request.area.level])]


def rules(figures: Figures) -> Iterator[Rule]:
    for unit in UNITS:
        yield Rule("因病返贫不大于本年返贫", f"{ILL}_{unit}", (f"{RETURNED}_{unit}",), most=True)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = tuple((WORDS[figure], (f"{figure}_{HOUSEHOLDS}",)) for figure in (RETURNED, ILL))
    yield Drawing("返贫户", "户", blocks[0].first, series)


DEFINITION = ReportDefinition(
    kind="returns",
    title="返贫情况统计",
    explanation="历年退出、本年返贫和其中因病返贫，户和人，返贫率和因病返贫率。",
    check=exit_tally.registered,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
