"""走访情况统计表 (R258, R252): of the households on the register who has a helper and who was visited lately, and the visits of
the month and of the year by their way, with what the household said and what became of the needs that were found.

Of a day counts what was written down by the as-of day and not struck out by it; a household and its visits stand where it
lay on the last day that counts, as its events have it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, CharField, Exists, Q, Value, When

from households import forms
from households.care import then
from households.codes import CODES
from households.lists.visits import CONTENT, DISCONTENT, NEEDS, UNASKED
from households.models import StatusEvent
from households.spans import WHOLE, Span
from office.days import written
from reporting.definitions import exit_tally
from reporting.definitions.monthly import LINES, MONTH, SPANS, YEAR, since
from reporting.definitions.rows import BELOW, FIRST, child_areas, report_rows, share
from reporting.lists import register_list, visit_list
from reporting.report import (
    HOUSEHOLDS,
    ITEMS,
    PERCENT,
    Block,
    Cell,
    Column,
    Count,
    Counts,
    Drawing,
    Figures,
    Progress,
    ReportDefinition,
    ReportRefused,
    Request,
    Rule,
)

HOMES, TOTAL, FOUND = "homes", "total", "found"
PAIRED, UNPAIRED, PAIRED_RATE = "paired", "unpaired", "paired_rate"
LATELY, MISSED, LATELY_RATE = "lately", "missed", "lately_rate"
THIS_YEAR, WITH_NEEDS = "this_year", "with_needs"
STOOD = (HOMES, PAIRED, UNPAIRED, LATELY, MISSED, THIS_YEAR, WITH_NEEDS)
WAYS = {f"way{entry.code}": entry.label for entry in CODES["visit_way"].codes}
ANSWERS = {"content": CONTENT, "discontent": DISCONTENT, "unasked": UNASKED}
FOLLOWED = {"done": then.DONE, "going": then.GOING, "none": then.NONE}
SAID = {True: "content", False: "discontent", None: "unasked"}
FIGURES = (TOTAL, *WAYS, *ANSWERS, FOUND, *FOLLOWED)
LAST = "visits"


def check(request: Request) -> None:
    exit_tally.registered(request)
    events = StatusEvent.objects.in_area(request.area)
    stock = events.last_of_each(request.until, request.as_of, standing=True)
    if not stock.exists() and not _visits(request).exists():
        raise ReportRefused(
            f"{request.area}{written(request.until)}没有在册的户，{request.until.year}年也没有走访，没有可统计的数"
        )


def _lately(request: Request) -> Any:
    """The first of the days in which a household should have been visited."""
    return then.first_of(settings.VISIT_DAYS, request.until)


def _visits(request: Request) -> Any:
    """Those of the year to whoever lay in the area, whether still on the register or not."""
    found = then.visits_of(StatusEvent.objects.in_area(request.area), request.until, request.as_of)
    return found.filter(visited_on__gte=since(request, YEAR))


def count(request: Request, span: Span = WHOLE) -> dict[int, Counter[str]]:
    """By the direct child in which a household's last event lies (of a village: by itself): "homes", "month_total" … →
    households or, with a span of time before it, visits."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    place = BELOW.get(request.area.level, "village_id")
    _stood(request, span, place, found)
    _visited(request, span, place, found)
    return found


def _stood(request: Request, span: Span, place: str, found: dict[int, Counter[str]]) -> None:
    """One statement: the last event of every household on the register, by how it is looked after."""
    events = StatusEvent.objects.in_area(request.area).filter(span.q("household_id"))
    home, until, as_of = "household", request.until, request.as_of
    year = since(request, YEAR)
    flags: dict[str, Any] = {
        PAIRED: then.paired(home, until, as_of, request.shift),
        LATELY: then.visited(home, _lately(request), until, as_of),
        THIS_YEAR: then.visited(home, year, until, as_of),
        WITH_NEEDS: then.visited(home, year, until, as_of, needs=True),
    }
    last = events.last_of_each(until, as_of, standing=True).order_by()
    rows = last.annotate(**{name: _flag(flag) for name, flag in flags.items()})
    for row in rows.values(place, *flags).annotate(many=models.Count("pk")):
        keys = [HOMES, *(name for name in flags if row[name])]
        keys += [other for name, other in ((PAIRED, UNPAIRED), (LATELY, MISSED)) if not row[name]]
        for key in keys:
            found[row[place]][key] += row["many"]


def _flag(condition: Q | Exists) -> Case:
    return Case(When(condition, then=True), default=False)


def _visited(request: Request, span: Span, place: str, found: dict[int, Counter[str]]) -> None:
    """One statement: the visits of the year by where, when, how and with what."""
    until = request.until
    rows = _visits(request).filter(span.q("household_id")).order_by()
    follow = [When(then.followed(word, until), then=Value(key)) for key, word in FOLLOWED.items()]
    rows = rows.annotate(
        lay=then.place_of(place, until, request.as_of),
        recent=_flag(Q(visited_on__gte=since(request, MONTH))),
        followed=Case(
            When(needs_found="", then=Value("")), *follow, default=Value(""), output_field=CharField()
        ),
    )
    ways = {label: key for key, label in WAYS.items()}
    groups = rows.values("lay", "way", "satisfied", "recent", "followed")
    for row in groups.annotate(many=models.Count("pk")):
        keys = [TOTAL, ways[row["way"]], SAID[row["satisfied"]]]
        keys += [FOUND, row["followed"]] if row["followed"] else []
        for time in SPANS if row["recent"] else (YEAR,):
            for key in keys:
                found[row["lay"]][f"{time}_{key}"] += row["many"]


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计结对和走访")
    counts = count(request)
    progress(1, 2, "写成文件")
    return figures_of(request, counts)


def figures_of(request: Request, counts: Counts) -> Figures:
    children = child_areas(request, counts.keys())
    # A household's last event lies in one child alone: the whole is their sum.
    whole = sum(counts.values(), Counter())
    cells = _row(request, request.area.code, whole)
    for child in children:
        cells += _row(request, child.code, counts.get(child.pk, Counter()))
    return Figures(report_rows(request.area, children), cells, notes=_notes())


def _row(request: Request, area: str, counts: Counter[str]) -> list[Cell]:
    cells = [Cell(area, key, counts[key], HOUSEHOLDS, _home_list(request, area, key)) for key in STOOD]
    for rate, part in ((PAIRED_RATE, PAIRED), (LATELY_RATE, LATELY)):
        cells.append(Cell(area, rate, share(counts[part], counts[HOMES]), PERCENT))
    for span in SPANS:
        for key in FIGURES:
            url = _visit_list(request, area, span, key)
            cells.append(Cell(area, f"{span}_{key}", counts[f"{span}_{key}"], ITEMS, url))
    return cells


def _home_list(request: Request, area: str, key: str) -> str:
    asked: dict[str, Any] = {
        PAIRED: {"helper": forms.PAIRED},
        UNPAIRED: {"helper": forms.UNPAIRED},
        LATELY: {"visits": forms.VISITED, "visits_since": _lately(request)},
        MISSED: {"visits": forms.UNVISITED, "visits_since": _lately(request)},
        THIS_YEAR: {"visits": forms.VISITED, "visits_since": since(request, YEAR)},
        WITH_NEEDS: {"visits": forms.NEEDS, "visits_since": since(request, YEAR)},
    }.get(key, {})
    return register_list(area, request.until, request.as_of, **asked)


def _visit_list(request: Request, area: str, span: str, key: str) -> str:
    return visit_list(
        area,
        since(request, span),
        request.until,
        request.as_of,
        way=WAYS.get(key, ""),
        satisfied=ANSWERS.get(key, ""),
        needs=NEEDS if key == FOUND else FOLLOWED.get(key, ""),
    )


def _notes() -> dict[str, str]:
    known = "统计截止以后才登记的不计，到那天已经作废的不计；没有登记时间的（从别处导入的）按走访日期计。户按截止日所在的村。"
    return {
        HOMES: f"只算截止日在册的户。有责任人的，是那天有一位帮扶责任人在帮扶期内；走访过的，是到截止日为止的{settings.VISIT_DAYS}天里"
        f"（截止日也算一天）至少走访过一次，不分方式。{known}率＝户数÷在册户。",
        LAST: f"按走访日期统计，到截止日为止，本月指截止日所在的月份；走访已退出的户也计，没有纳入过的户不计。需求和跟进只看发现了需求的走访：走访登记"
        f"以后不能改，登记时没有写完成日期的，算没有完成。{known}",
    }


def blocks(request: Request) -> Sequence[Block]:
    until, first, days = request.until, FIRST[request.area.level], f"近{settings.VISIT_DAYS}天"
    stood = (
        Column(HOMES, ("在册户",), HOUSEHOLDS, edge=True),
        Column(PAIRED, ("帮扶责任人", "有"), HOUSEHOLDS),
        Column(UNPAIRED, ("帮扶责任人", "没有"), HOUSEHOLDS),
        Column(PAIRED_RATE, ("帮扶责任人", "结对率%"), PERCENT, edge=True),
        Column(LATELY, (days, "走访过"), HOUSEHOLDS),
        Column(MISSED, (days, "没有走访"), HOUSEHOLDS),
        Column(LATELY_RATE, (days, "走访率%"), PERCENT, edge=True),
        Column(THIS_YEAR, ("本年", "走访过"), HOUSEHOLDS),
        Column(WITH_NEEDS, ("本年", "发现需求"), HOUSEHOLDS),
    )
    counted = [Column(f"{MONTH}_{TOTAL}", ("走访", "合计"), ITEMS)]
    counted += [
        Column(f"{MONTH}_{key}", ("走访", word), ITEMS, edge=key == [*WAYS][-1]) for key, word in WAYS.items()
    ]
    counted += [
        Column(f"{MONTH}_{key}", ("户主是否满意", word), ITEMS, edge=key == "unasked")
        for key, word in ANSWERS.items()
    ]
    counted += [Column(f"{MONTH}_{FOUND}", ("发现需求的走访", "合计"), ITEMS)]
    counted += [Column(f"{MONTH}_{key}", ("发现需求的走访", word), ITEMS) for key, word in FOLLOWED.items()]
    return [
        Block(
            HOMES,
            "结对和走访",
            f"{request.area.name}{written(until)}在册户结对和走访统计表",
            "户",
            stood,
            first,
            sheet="结对和走访",
        ),
        Block(
            LAST,
            "走访次数",
            f"{request.area.name}{until.year}年{until.month}月走访情况统计表",
            "次",
            tuple(counted),
            first,
            sheet="走访次数",
            lines=LINES,
        ),
    ]


def rules(figures: Figures) -> Iterator[Rule]:
    yield Rule("有和没有责任人相加＝在册户", HOMES, (PAIRED, UNPAIRED))
    yield Rule("走访过和没有走访相加＝在册户", HOMES, (LATELY, MISSED))
    yield Rule("本年走访过不大于在册户", THIS_YEAR, (HOMES,), most=True)
    yield Rule("发现需求不大于本年走访过", WITH_NEEDS, (THIS_YEAR,), most=True)
    for span in SPANS:
        yield Rule("各种方式相加＝合计", f"{span}_{TOTAL}", tuple(f"{span}_{key}" for key in WAYS))
        yield Rule(
            "满意、不满意、没有填相加＝合计", f"{span}_{TOTAL}", tuple(f"{span}_{key}" for key in ANSWERS)
        )
        yield Rule("各种跟进相加＝发现需求", f"{span}_{FOUND}", tuple(f"{span}_{key}" for key in FOLLOWED))
        yield Rule("发现需求不大于合计", f"{span}_{FOUND}", (f"{span}_{TOTAL}",), most=True)
    for key in FIGURES:
        yield Rule("本月不大于本年累计", f"{MONTH}_{key}", (f"{YEAR}_{key}",), most=True)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    days = blocks[0].columns[4].path[0]
    stood = ((f"{days}走访过", (LATELY,)), ("没有走访", (MISSED,)))
    yield Drawing("在册户走访", "户", blocks[0].first, stood, stacked=True)
    series = tuple((word, tuple(f"{span}_{key}" for key in WAYS)) for span, word in SPANS.items())
    yield Drawing("走访次数", "次", "方式", series, tuple(WAYS.values()), lying=True)


DEFINITION = ReportDefinition(
    kind="visits",
    title="走访情况统计表",
    explanation="在册户有没有帮扶责任人、近期有没有走访，本月和本年各种方式走访多少次、户主是否满意、发现的需求有没有跟进。",
    check=check,
    figures=figures,
    count=Count(count, figures_of, least=30_000),
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
