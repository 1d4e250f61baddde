"""致贫原因构成: the register of the day by main cause of poverty, households and persons (004 第一章第二节二).

The cause is the one frozen with a household's last event by the day, so that a closed year keeps its figures.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import Count, Sum

from households.codes import CODES
from households.models import StatusEvent
from office.days import written
from reporting.definitions import exit_tally
from reporting.definitions.rows import BELOW, FIRST, child_areas, report_rows, share
from reporting.lists import register_list
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

TOTAL = "total"
UNITS = {HOUSEHOLDS: "户", PERSONS: "人"}
CAUSES = {entry.code: entry.label for entry in CODES["poverty_cause"].codes}

# (child area or None, code of the cause or "total", unit) → count
Counts = Counter[tuple[int | None, str, str]]


def count(request: Request) -> Counts:
    """One statement: the last event of every household on the register, grouped."""
    events = StatusEvent.objects.in_area(request.area)
    last = events.last_of_each(request.until, request.as_of, standing=True)
    below = BELOW.get(request.area.level)
    codes = {label: code for code, label in CAUSES.items()}
    counts: Counts = Counter()
    for group in (
        last.order_by()
        .values(*([below] if below else []), "cause")
        .annotate(homes=Count("pk"), people=Sum("members"))
    ):
        for place in {None, group.get(below)}:
            for figure in (TOTAL, codes[group["cause"]]):
                counts[place, figure, HOUSEHOLDS] += group["homes"]
                counts[place, figure, PERSONS] += group["people"]
    return counts


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计名册")
    counts = count(request)
    children = child_areas(request, [place for place, *_ in counts])
    progress(1, 2, "写成文件")
    cells: list[Cell] = []
    for area, place in [(request.area, None), *((child, child.pk) for child in children)]:
        for figure, word in {TOTAL: "", **CAUSES}.items():
            for unit in UNITS:
                url = register_list(area.code, request.until, request.as_of, cause=word)
                cells.append(Cell(area.code, f"{figure}_{unit}", counts[place, figure, unit], unit, url))
            if figure != TOTAL:
                part, whole = counts[place, figure, HOUSEHOLDS], counts[place, TOTAL, HOUSEHOLDS]
                cells.append(Cell(area.code, f"{figure}_rate", share(part, whole), PERCENT))
    note = "按每户最近一次动态记下的主要致贫原因统计；占比＝该原因的户÷在册户。"
    return Figures(report_rows(request.area, children), cells, notes=dict.fromkeys(("count", "rate"), note))


def blocks(request: Request) -> Sequence[Block]:
    title, first = (
        f"{request.area.name}{written(request.until)}建档立卡贫困户致贫原因统计表",
        FIRST[request.area.level],
    )
    counted = [
        Column(f"{figure}_{unit}", (word, unit_word), unit, edge=unit == PERSONS)
        for figure, word in {TOTAL: "合计", **CAUSES}.items()
        for unit, unit_word in UNITS.items()
    ]
    rates = [Column(f"{code}_rate", (label,), PERCENT) for code, label in CAUSES.items()]
    return [
        Block("count", "户和人", title, "户、人", tuple(counted), first),
        Block("rate", "户的占比", f"{title}（占比）", "%", tuple(rates), first, sheet="占比"),
    ]


def rules(figures: Figures) -> Iterator[Rule]:
    for unit in UNITS:
        yield Rule("各致贫原因相加＝合计", f"{TOTAL}_{unit}", tuple(f"{code}_{unit}" for code in CAUSES))


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = tuple((f"{word}数", tuple(f"{code}_{unit}" for code in CAUSES)) for unit, word in UNITS.items())
    yield Drawing("主要致贫原因", "户、人", "致贫原因", series, tuple(CAUSES.values()), lying=True)


DEFINITION = ReportDefinition(
    kind="causes",
    title="致贫原因统计",
    explanation="统计截止日在册的户和人，按主要致贫原因，以及各原因的占比。",
    check=exit_tally.standing,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
