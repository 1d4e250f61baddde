"""四色分布: households by colour on a day, with their persons (domain §4, R080–R082)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import Count, Sum

from households import tally
from households.colours import GREEN, ORANGE, RED, YELLOW
from households.forms import UNJUDGED
from households.models import StatusEvent
from office.days import written
from reporting.definitions import exit_tally
from reporting.definitions.rows import BELOW, FIRST, child_areas, report_rows
from reporting.lists import colour_list
from reporting.report import (
    HOUSEHOLDS,
    PERSONS,
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

UNITS = {HOUSEHOLDS: "户", PERSONS: "人"}
COLOURS = {"red": RED, "orange": ORANGE, "yellow": YELLOW, "green": GREEN, "unjudged": UNJUDGED}
TOTAL = "total"

# (child area or None, key of the colour or "total", unit) → count
Counts = Counter[tuple[int | None, str, str]]


def check(request: Request) -> None:
    """Refused where nobody was judged by the day, as without a poverty line nobody can be."""
    exit_tally.registered(request)
    last = tally.coloured(StatusEvent.objects.in_area(request.area), request.until, request.as_of)
    if not last.exclude(colour="").exists():
        raise ReportRefused(
            f"{request.area}到{written(request.until)}没有一户评定过四色，没有可统计的数："
            f"没有{request.until.year}年的扶贫标准就评定不了，请到“扶贫标准”公布以后再生成"
        )


def count(request: Request) -> Counts:
    """One statement: the last event of every household, grouped by the colour it had on the day."""
    last = tally.coloured(StatusEvent.objects.in_area(request.area), request.until, request.as_of)
    below = BELOW.get(request.area.level)
    keys = {colour: key for key, colour in COLOURS.items()}
    counts: Counts = Counter()
    for group in (
        last.order_by()
        .values(*([below] if below else []), "colour")
        .annotate(homes=Count("pk"), people=Sum("members"))
    ):
        for place in {None, group.get(below)}:
            for figure in (TOTAL, keys[group["colour"] or UNJUDGED]):
                counts[place, figure, HOUSEHOLDS] += group["homes"]
                counts[place, figure, PERSONS] += group["people"]
    return counts


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计四色")
    counts = count(request)
    children = child_areas(request, [place for place, *_ in counts])
    progress(1, 2, "写成文件")
    cells: list[Cell] = []
    for area, place in [(request.area, None), *((child, child.pk) for child in children)]:
        for unit in UNITS:
            for key, colour in {TOTAL: "", **COLOURS}.items():
                url = colour_list(area.code, colour, request.until, request.as_of)
                cells.append(Cell(area.code, f"{key}_{unit}", counts[place, key, unit], unit, url))
    note = "红：在册，收入不过线；橙：在册，收入过线；黄：已退出，有返贫风险；绿：已退出，稳定。未评定：当日还没有评定过，或者缺当年的标准。注销和未纳入的不在内。"
    return Figures(report_rows(request.area, children), cells, notes={"all": note})


def blocks(request: Request) -> Sequence[Block]:
    columns = tuple(
        Column(f"{key}_{unit}", (word, unit_word), unit, edge=unit == PERSONS)
        for key, word in {TOTAL: "合计", **COLOURS}.items()
        for unit, unit_word in UNITS.items()
    )
    title = f"{request.area.name}{written(request.until)}四色管理分布表"
    return [Block("all", "四色分布", title, "户、人", columns, FIRST[request.area.level])]


def rules(figures: Figures) -> Iterator[Rule]:
    for unit in UNITS:
        yield Rule("四色加未评定＝合计", f"{TOTAL}_{unit}", tuple(f"{key}_{unit}" for key in COLOURS))


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = tuple((word, (f"{key}_{HOUSEHOLDS}",)) for key, word in COLOURS.items())
    yield Drawing("四色分布", "户", blocks[0].first, series, stacked=True)


DEFINITION = ReportDefinition(
    kind="colours",
    title="四色分布",
    explanation="统计截止日红、橙、黄、绿各有多少户、多少人。",
    check=check,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
