"""帮扶措施分月进度表 (R324): what departments send of 危改, 就业, 教育 and 健康, the months of the year beside each other.

A delivery counts as in the monthly form (monthly.py), so that 合计 is its year so far; the steps of houses count as in
the monthly form of houses (houses.py). Months that have not begun on the day are left empty.
"""

import calendar
import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db.models import Count, Q, Sum

from measures.measure_filter import OTHERS
from measures.models.policy import REPORTED_CHAPTERS
from office.days import written
from reporting.definitions import houses, monthly
from reporting.definitions.places import Place, children_of, places, whole_of
from reporting.definitions.rows import FIRST
from reporting.lists import house_list, measure_list
from reporting.report import (
    HOUSEHOLDS,
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
    Value,
    yuan,
)

MONTHS = range(1, 13)
YEAR = "year"
TOTAL, REST = "total", "rest"
KEYS = {chapter: key for key, chapter in monthly.CHAPTERS.items()}
CHAPTERS = {KEYS[chapter]: chapter for chapter in REPORTED_CHAPTERS} | {REST: OTHERS}
LINES = (("合计", f"{TOTAL}_"), *((word, f"{key}_") for key, word in CHAPTERS.items()))
STEPS = houses.STEPS
STEP_LINES = tuple((word, f"{step}_") for step, (_, word) in STEPS.items())
UNITS = {ITEMS: ("项数", "项"), YUAN: ("资金", "元")}
NOTE = (
    "合计是本年到统计截止日的，同“帮扶措施月调度”的本年累计；还没有到的月份空着，截止日所在的月份到截止日为止。"
    "按落实日期统计，户按截止日所在的村，资金只计以元支付的；截止日以后才补登的，按落实日期计。"
)
HOUSES_NOTE = "本年度名单上的户，剔除的不算；累计同“危房改造月报”的累计，还没有到的月份空着。截止日以后才补登或更正的，按它们自己的日期计。"

# (child area or None, chapter key, "total" or step; "year" or month; items, yuan or households) → number
Counts = Counter[tuple[int | None, str, str, str]]


def column(month: int) -> str:
    return f"m{month:02d}"


def begun(request: Request) -> range:
    """The months that have come by the day."""
    return range(1, request.until.month + 1)


def span(request: Request, month: int) -> tuple[datetime.date, datetime.date]:
    """First and last day of the month, as far as it counts."""
    year = request.until.year
    last = datetime.date(year, month, calendar.monthrange(year, month)[1])
    return last.replace(day=1), min(last, request.until)


def check(request: Request) -> None:
    if request.year > request.as_of.year:
        raise ReportRefused(f"{request.year}年在统计截止（{written(request.as_of)}）以后，还没有数")
    if not any(some.exists() for some in monthly.delivered(request)) and not houses.cases(request).exists():
        raise ReportRefused(
            f"{request.area}{request.year}年到{written(request.until)}没有落实过帮扶措施，也没有危房改造户，没有可统计的数"
        )


def count(request: Request) -> Counts:
    found: Counts = Counter()
    _help(request, found)
    _houses(request, found)
    return found


def _help(request: Request, found: Counts) -> None:
    rows = [
        row
        for some in monthly.delivered(request)
        for row in some.order_by()
        .values("lies_in", "policy__chapter", "delivered_on__month")
        .annotate(items=Count("pk"), yuan=Sum("amount", filter=Q(unit="元")))
    ]
    child = children_of(request, [row["lies_in"] for row in rows])
    for row in rows:
        key = KEYS[row["policy__chapter"]]
        line, month = key if key in CHAPTERS else REST, column(row["delivered_on__month"])
        for place in whole_of(child[row["lies_in"]]):
            for chapter in (line, TOTAL):
                for when in (month, YEAR):
                    for unit in UNITS:
                        found[place, chapter, when, unit] += row[unit] or 0


def _houses(request: Request, found: Counts) -> None:
    """What was done before the year stands in no month of it."""
    until = request.until
    sums = {
        f"{step}_{YEAR}": Count("pk", filter=Q(**{f"{name}__lte": until}))
        for step, (name, _) in STEPS.items()
    }
    for month in begun(request):
        days = span(request, month)
        sums |= {
            f"{step}_{column(month)}": Count("pk", filter=Q(**{f"{name}__range": days}))
            for step, (name, _) in STEPS.items()
        }
    rows = list(houses.cases(request).order_by().values("entry__area").annotate(**sums))
    child = children_of(request, [row["entry__area"] for row in rows])
    for row in rows:
        for place in whole_of(child[row["entry__area"]]):
            for name in sums:
                step, _, when = name.partition("_")
                found[place, step, when, HOUSEHOLDS] += row[name]


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计落实的措施")
    counts = count(request)
    progress(1, 2, "写成文件")
    rows, found = places(request, [place for place, *_ in counts])
    cells = [cell for place in found for cell in _cells(request, place, counts)]
    return Figures(rows, cells, notes={**dict.fromkeys(UNITS, NOTE), HOUSEHOLDS: HOUSES_NOTE})


def _cells(request: Request, place: Place, counts: Counts) -> Iterator[Cell]:
    for month in (None, *MONTHS):
        when = YEAR if month is None else column(month)
        come = month is None or month in begun(request)
        for chapter, word in {TOTAL: "", **CHAPTERS}.items():
            url = _measures(request, place, word, month) if come else None
            for unit in UNITS:
                number = counts[place.pk, chapter, when, unit]
                value: Value = yuan(Decimal(number)) if unit == YUAN else number
                yield Cell(place.code, f"{chapter}_{when}_{unit}", value if come else None, unit, url)
        for step in STEPS:
            done = counts[place.pk, step, when, HOUSEHOLDS] if come else None
            address = _done(request, place, step, month) if come else None
            yield Cell(place.code, f"{step}_{when}_{HOUSEHOLDS}", done, HOUSEHOLDS, address)


def _measures(request: Request, place: Place, chapter: str, month: int | None) -> str:
    first, last = span(request, month) if month else (monthly.since(request, monthly.YEAR), request.until)
    return measure_list(place.area.code, chapter, first, last, lay=request.until, own=place.own)


def _done(request: Request, place: Place, step: str, month: int | None) -> str | None:
    """At the area itself there are no houses."""
    if place.own:
        return None
    within = f"{request.until.year}-{month:02d}" if month else ""
    return house_list(place.area.code, request.year, request.until, what=STEPS[step][0], month=within)


def _columns(stem: str, unit: str, whole: str) -> tuple[Column, ...]:
    """The keys of the first line: those of the others have another beginning."""
    return (
        Column(f"{stem}_{YEAR}_{unit}", (whole,), unit, edge=True),
        *(Column(f"{stem}_{column(month)}_{unit}", (f"{month}月",), unit) for month in MONTHS),
    )


def blocks(request: Request) -> Sequence[Block]:
    year, first = f"{request.area.name}{request.until.year}年", FIRST[request.area.level]
    found = [
        Block(
            unit,
            word,
            f"{year}帮扶措施分月进度表（{word}）",
            said,
            _columns(TOTAL, unit, "合计"),
            first,
            sheet=word,
            lines=LINES,
        )
        for unit, (word, said) in UNITS.items()
    ]
    columns = _columns(next(iter(STEPS)), HOUSEHOLDS, "累计")
    title = f"{year}危房改造分月进度表"
    return [
        *found,
        Block(HOUSEHOLDS, "危房改造各环节", title, "户", columns, first, sheet="危房改造", lines=STEP_LINES),
    ]


def rules(figures: Figures) -> Iterator[Rule]:
    whole = figures.whole.code
    come = [month for month in MONTHS if figures.value(whole, f"{TOTAL}_{column(month)}_{ITEMS}") is not None]
    for unit in UNITS:
        for chapter in (TOTAL, *CHAPTERS):
            parts = tuple(f"{chapter}_{column(month)}_{unit}" for month in come)
            yield Rule("各月相加＝合计", f"{chapter}_{YEAR}_{unit}", parts)
        for when in (YEAR, *map(column, come)):
            lines = tuple(f"{chapter}_{when}_{unit}" for chapter in CHAPTERS)
            yield Rule("各类措施相加＝合计", f"{TOTAL}_{when}_{unit}", lines)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    months = tuple(f"{month}月" for month in MONTHS)
    series = tuple(
        (word, tuple(f"{chapter}_{column(month)}_{ITEMS}" for month in MONTHS))
        for chapter, word in CHAPTERS.items()
    )
    yield Drawing("各月落实的帮扶措施", "项", "月份", series, months, stacked=True)
    steps = tuple(
        (word, tuple(f"{step}_{column(month)}_{HOUSEHOLDS}" for month in MONTHS))
        for step, (_, word) in STEPS.items()
    )
    yield Drawing("各月危房改造", "户", "月份", steps, months)


DEFINITION = ReportDefinition(
    kind="by-month",
    title="帮扶措施分月进度表",
    explanation="危房改造、就业、教育、健康和其他各类措施一月到十二月各落实多少，以及危房改造各环节各月多少户。",
    check=check,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
