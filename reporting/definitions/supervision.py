"""督查情况统计表 (R314, 002 第三章第三节; R305, R306): inspections by kind, the problems that were found and how far they are
put right, and the monthly reports, by area.

Of a day counts what was written down by the as-of day and not struck out by it; the state of a problem is that of its
steps by the last day that counts.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from office.clock import SHANGHAI, end_of
from office.days import written
from reporting.definitions.monthly import LINES, MONTH, SPANS, YEAR, since
from reporting.definitions.places import Place, children_of, places, whole_of
from reporting.definitions.rows import FIRST
from reporting.lists import work_list
from reporting.report import (
    ITEMS,
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
from villages.models import EventKind, Grade, Inspection, InspectionKind, Rectification, WorkEvent
from villages.models.rectification import UNFINISHED, RectState, Source
from villages.models.work_record import known
from villages.work.rectifications import OTHERS, OVERDUE, UNCLOSED

TOTAL, FED = "total", "fed"
KINDS = {kind.name.lower(): str(kind) for kind in InspectionKind}
GRADES = {grade.name.lower(): str(grade) for grade in Grade}
EVENTS = {"report": EventKind.REPORT_MONTH, "dispatch": EventKind.MONTH}
SOURCES = {"inspection": str(Source.INSPECTION), "third": str(Source.THIRD), "other": OTHERS}
STATES = {state.name.lower(): state for state in RectState}
PROBLEMS, LATE, LEFT, LEFT_LATE = "problems", "late", "left", "left_late"
LOOKED, MENDED = "looked", "mended"
NOTES = {
    LOOKED: "按督查、报告和调度的日期统计，本月指统计截止日所在的月份，到截止日为止；已反馈的是截止日以前反馈的。统计截止以后才登记的不计，"
    "到那天已经作废的不计。本级是登记在本区域本身的。",
    MENDED: "问题按登记日期统计，含各种来源；状态是截止日的。逾期是过了期限没有报结果的，期限按现在的：截止日以后延长了的，看不出原来的期限。"
    "以前年度的是今年以前登记、到截止日没有销号的。统计截止以后才登记的不计，到那天已经作废的不计。",
}

# (child area or None, span or "", figure) → records
Counts = Counter[tuple[int | None, str, str]]


def before(request: Request) -> datetime.date:
    """The last day of the year before."""
    return datetime.date(request.until.year - 1, 12, 31)


def _dated(request: Request, rows: type[Inspection] | type[WorkEvent]) -> "list[tuple[int, str, list[str]]]":
    """(area, span, figures) of what lies in the year."""
    here = known(rows._default_manager.all(), request.as_of).in_area(request.area)
    here = here.filter(on__gte=since(request, YEAR), on__lte=request.until)
    found = []
    names = {word: key for key, word in (*KINDS.items(), *GRADES.items())}
    names |= {str(kind): key for key, kind in EVENTS.items()}
    for one in here if rows is Inspection else here.filter(kind__in=EVENTS.values()):
        figures = [names[one.kind]]
        if isinstance(one, Inspection):
            figures += [TOTAL, names[one.grade]]
            figures += [FED] if one.fed_on is not None and one.fed_on <= request.until else []
        for span in SPANS if one.on >= since(request, MONTH) else (YEAR,):
            found.append((one.area_id, span, figures))
    return found


def _problems(request: Request) -> "list[tuple[int, str, list[str]]]":
    here = known(Rectification.objects.all(), request.as_of).in_area(request.area)
    here = here.filter(recorded_at__lt=end_of(request.until)).stood(request.until)
    sources = {word: key for key, word in SOURCES.items()}
    found = []
    for one in here.order_by("pk"):
        late = one.state_then in UNFINISHED and one.due_on < request.until
        if one.recorded_at.astimezone(SHANGHAI).year == request.until.year:
            figures = [PROBLEMS, sources.get(one.source, "other"), RectState(one.state_then).name.lower()]
            found.append((one.area_id, "", figures + [LATE] * late))
        elif one.state_then != RectState.CLOSED:
            found.append((one.area_id, "", [LEFT] + [LEFT_LATE] * late))
    return found


def count(request: Request) -> Counts:
    rows = _dated(request, Inspection) + _dated(request, WorkEvent) + _problems(request)
    child = children_of(request, [area for area, *_ in rows])
    found: Counts = Counter()
    for area, span, names in rows:
        for place in whole_of(child[area]):
            for figure in names:
                found[place, span, figure] += 1
    return found


def check(request: Request) -> None:
    if request.year > request.as_of.year:
        raise ReportRefused(f"{request.year}年在统计截止（{written(request.as_of)}）以后，还没有数")
    if not count(request):
        raise ReportRefused(
            f"{request.area}{request.year}年到{written(request.until)}没有督查、月度报告和要整改的问题，没有可统计的数"
        )


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计督查和整改")
    counts = count(request)
    progress(1, 2, "写成文件")
    rows, found = places(request, [place for place, *_ in counts])
    cells: list[Cell] = []
    for place in found:
        for span in SPANS:
            for figure in (TOTAL, *KINDS, *GRADES, FED, *EVENTS):
                url = _dated_list(request, place, span, figure)
                cells.append(Cell(place.code, f"{span}_{figure}", counts[place.pk, span, figure], ITEMS, url))
        for figure in (PROBLEMS, *SOURCES, *STATES, LATE, LEFT, LEFT_LATE):
            url = _problem_list(request, place, figure)
            cells.append(Cell(place.code, figure, counts[place.pk, "", figure], ITEMS, url))
    return Figures(rows, cells, notes=NOTES)


def _dated_list(request: Request, place: Place, span: str, figure: str) -> str:
    asked = {"since": since(request, span), "until": request.until, "as_of": request.as_of}
    if figure in EVENTS:
        return work_list("works", place.area.code, own=place.own, kind=str(EVENTS[figure]), **asked)
    fed_by = request.until if figure == FED else ""
    kind, grade = KINDS.get(figure, ""), GRADES.get(figure, "")
    return work_list(
        "inspections", place.area.code, own=place.own, kind=kind, grade=grade, fed_by=fed_by, **asked
    )


def _problem_list(request: Request, place: Place, figure: str) -> str:
    older = figure in (LEFT, LEFT_LATE)
    state = {LATE: OVERDUE, LEFT: UNCLOSED, LEFT_LATE: OVERDUE}.get(figure) or STATES.get(figure, "")
    return work_list(
        "rectifications",
        place.area.code,
        own=place.own,
        source=SOURCES.get(figure, ""),
        state=str(state),
        since="" if older else since(request, YEAR),
        until=before(request) if older else request.until,
        on=request.until,
        as_of=request.as_of,
    )


def blocks(request: Request) -> Sequence[Block]:
    until, first = request.until, FIRST[request.area.level]
    name = f"{request.area.name}{until.year}年{until.month}月"
    looked = [Column(f"{MONTH}_{TOTAL}", ("督查（次）", "合计"), ITEMS)]
    looked += [Column(f"{MONTH}_{key}", ("督查（次）", word), ITEMS) for key, word in KINDS.items()]
    looked += [Column(f"{MONTH}_{key}", ("评价", word), ITEMS) for key, word in GRADES.items()]
    looked += [Column(f"{MONTH}_{FED}", ("已反馈",), ITEMS, edge=True)]
    looked += [Column(f"{MONTH}_{key}", (str(kind),), ITEMS) for key, kind in EVENTS.items()]
    mended = [Column(PROBLEMS, ("本年登记的问题", "合计"), ITEMS)]
    words = {**SOURCES, "other": "其他来源"}
    mended += [Column(key, ("本年登记的问题", word), ITEMS) for key, word in words.items()]
    mended += [Column(key, ("其中到截止日", str(state)), ITEMS) for key, state in STATES.items()]
    mended += [
        Column(LATE, ("其中到截止日", "逾期"), ITEMS, edge=True),
        Column(LEFT, ("以前年度的", "未销号"), ITEMS),
        Column(LEFT_LATE, ("以前年度的", "逾期"), ITEMS),
    ]
    return [
        Block(
            LOOKED,
            "督查和报告",
            f"{name}督查情况统计表",
            "次",
            tuple(looked),
            first,
            sheet="督查",
            lines=LINES,
        ),
        Block(MENDED, "问题整改", f"{name}问题整改统计表", "个", tuple(mended), first, sheet="整改"),
    ]


def rules(figures: Figures) -> Iterator[Rule]:
    for span in SPANS:
        for word, keys in (("各类督查相加＝合计", KINDS), ("各种评价相加＝合计", GRADES)):
            yield Rule(word, f"{span}_{TOTAL}", tuple(f"{span}_{key}" for key in keys))
        yield Rule("已反馈不大于合计", f"{span}_{FED}", (f"{span}_{TOTAL}",), most=True)
    for figure in (TOTAL, *KINDS, *GRADES, FED, *EVENTS):
        yield Rule("本月不大于本年累计", f"{MONTH}_{figure}", (f"{YEAR}_{figure}",), most=True)
    yield Rule("各种来源相加＝合计", PROBLEMS, tuple(SOURCES))
    yield Rule("各种状态相加＝合计", PROBLEMS, tuple(STATES))
    unfinished = tuple(key for key, state in STATES.items() if state in UNFINISHED)
    yield Rule("逾期不大于待整改＋整改中", LATE, unfinished, most=True)
    yield Rule("逾期不大于未销号", LEFT_LATE, (LEFT,), most=True)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = tuple((word, tuple(f"{span}_{key}" for key in KINDS)) for span, word in SPANS.items())
    yield Drawing("督查次数", "次", "类别", series, tuple(KINDS.values()), lying=True)
    stood = tuple((str(state), (key,)) for key, state in STATES.items())
    yield Drawing("本年登记的问题", "个", blocks[0].first, stood, stacked=True)


DEFINITION = ReportDefinition(
    kind="supervision",
    title="督查情况统计表",
    explanation="各类督查本月和本年多少次、评价和反馈，月度报告和调度，问题整改到哪一步、逾期多少。",
    check=check,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
