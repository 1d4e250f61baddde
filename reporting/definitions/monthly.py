"""帮扶措施月调度 (R304, R314, R324): by chapter what was delivered in the month and in the year to the day.

A delivery counts where its household lay at the end of the day, as its list does; money is what was paid in yuan.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from areas.scope import AreaScope
from households.looking_back import Back
from measures.models import Measure
from measures.models.policy import MEASURE_CHAPTERS
from office.days import written
from reporting.definitions.places import children_of, places, whole_of
from reporting.definitions.rows import FIRST
from reporting.lists import measure_list
from reporting.report import (
    ITEMS,
    YUAN,
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
    yuan,
)

MONTH, YEAR = "month", "year"
SPANS = {MONTH: "本月", YEAR: "本年累计"}
LINES = tuple((word, f"{span}_") for span, word in SPANS.items())
CHAPTERS = {f"c{place:02d}": chapter for place, chapter in enumerate(MEASURE_CHAPTERS, 1)}
TOTAL = "total"
NOTE = (
    "按落实日期统计，本月指统计截止日所在的月份，到截止日为止；户按截止日所在的村；资金只计以元支付的。"
    "截止日以后才补登的落实，按落实日期计。"
)

# (child area or None, chapter key or "total", span, "items" or "yuan") → deliveries or yuan
Counts = Counter[tuple[int | None, str, str, str]]


def since(request: Request, span: str) -> datetime.date:
    return request.until.replace(day=1) if span == MONTH else datetime.date(request.until.year, 1, 1)


def delivered(request: Request) -> list[Any]:
    """What was delivered in the year to the day, with `lies_in`, in two parts."""
    given = Measure.objects.delivered()
    given = given.filter(delivered_on__gte=since(request, YEAR), delivered_on__lte=request.until)
    return given.lay(Back(request.until, request.shift), request.area, AreaScope.whole())


def check(request: Request) -> None:
    if request.year > request.as_of.year:
        raise ReportRefused(f"{request.year}年在统计截止（{written(request.as_of)}）以后，还没有数")
    if not any(some.exists() for some in delivered(request)):
        raise ReportRefused(
            f"{request.area}{request.year}年到{written(request.until)}没有落实过帮扶措施，没有可统计的数"
        )


def count(request: Request) -> Counts:
    recent = Q(delivered_on__gte=since(request, MONTH))
    in_yuan = Q(unit="元")
    sums: dict[str, Any] = {
        "items_year": Count("pk"),
        "items_month": Count("pk", filter=recent),
        "yuan_year": Sum("amount", filter=in_yuan),
        "yuan_month": Sum("amount", filter=in_yuan & recent),
    }
    rows = [
        row
        for some in delivered(request)
        for row in some.order_by().values("lies_in", "policy__chapter").annotate(**sums)
    ]
    keys = {chapter: key for key, chapter in CHAPTERS.items()}
    child = children_of(request, [row["lies_in"] for row in rows])
    found: Counts = Counter()
    for row in rows:
        for place in whole_of(child[row["lies_in"]]):
            for chapter in (keys[row["policy__chapter"]], TOTAL):
                for span in SPANS:
                    for unit in (ITEMS, YUAN):
                        found[place, chapter, span, unit] += row[f"{unit}_{span}"] or 0
    return found


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计落实的措施")
    counts = count(request)
    progress(1, 2, "写成文件")
    rows, found = places(request, [place for place, *_ in counts])
    cells: list[Cell] = []
    for place in found:
        for chapter, word in {TOTAL: "", **CHAPTERS}.items():
            for span in SPANS:
                url = measure_list(place.area.code, word, since(request, span), request.until, own=place.own)
                items = counts[place.pk, chapter, span, ITEMS]
                cells.append(Cell(place.code, f"{span}_{chapter}_{ITEMS}", items, ITEMS, url))
                amount = yuan(Decimal(counts[place.pk, chapter, span, YUAN]))
                cells.append(Cell(place.code, f"{span}_{chapter}_{YUAN}", amount, YUAN, url))
    return Figures(rows, cells, notes=dict.fromkeys((ITEMS, YUAN), NOTE))


def blocks(request: Request) -> Sequence[Block]:
    until, first = request.until, FIRST[request.area.level]
    title = f"{request.area.name}{until.year}年{until.month}月帮扶措施调度表"
    found = []
    for unit, word, said in ((ITEMS, "项数", "项"), (YUAN, "资金", "元")):
        columns = [
            Column(f"{MONTH}_{chapter}_{unit}", (name,), unit, edge=chapter == TOTAL)
            for chapter, name in {TOTAL: "合计", **CHAPTERS}.items()
        ]
        found.append(
            Block(unit, word, f"{title}（{word}）", said, tuple(columns), first, sheet=word, lines=LINES)
        )
    return found


def rules(figures: Figures) -> Iterator[Rule]:
    for unit in (ITEMS, YUAN):
        for span in SPANS:
            parts = tuple(f"{span}_{chapter}_{unit}" for chapter in CHAPTERS)
            yield Rule("各类措施相加＝合计", f"{span}_{TOTAL}_{unit}", parts)
        for chapter in (TOTAL, *CHAPTERS):
            month, year = (f"{span}_{chapter}_{unit}" for span in (MONTH, YEAR))
            yield Rule("本月不大于本年累计", month, (year,), most=True)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = tuple(
        (word, tuple(f"{span}_{chapter}_{ITEMS}" for chapter in CHAPTERS)) for span, word in SPANS.items()
    )
    words = tuple(CHAPTERS.values())
    yield Drawing("落实的帮扶措施", "项", "类别", series, words, lying=True)


DEFINITION = ReportDefinition(
    kind="monthly",
    title="帮扶措施月调度",
    explanation="各类措施（危房改造、就业、教育、健康等）本月和本年累计落实的项数和资金。",
    check=check,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
