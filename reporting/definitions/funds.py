"""项目资金进度 (R233, R238, R296): by area what was budgeted, allocated and paid, by source; projects by stage.

Money is that of the year's sources, by the place of its project, from the entries of the ledger known on the day;
a project counts in the stage in which it stood then. Each project stands by name behind the figures.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from areas.models import Area
from measures import stages
from measures.models import EntryKind, FundEntry, Project, ProjectProgress, SourceKind
from office.clock import end_of
from office.days import written
from office.official_form import HeadCell, OfficialForm
from reporting.definitions.places import Place, children_of, places, whole_of
from reporting.definitions.rows import FIRST, share
from reporting.lists import ledger_list, project_list
from reporting.report import (
    ITEMS,
    PERCENT,
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

ALL = "all"
MONEY = {"budget": EntryKind.BUDGET, "allocated": EntryKind.ALLOCATION, "paid": EntryKind.PAYMENT}
WORDS = {"budget": "预算", "allocated": "分配", "paid": "支付"}
SOURCES = {kind.name.lower(): str(kind) for kind in SourceKind}
STAGES = dict(
    zip(
        ("applied", "approved", "works", "acceptance", "paying", "after_care", "sharing"),
        stages.STAGES,
        strict=True,
    )
)
PROJECTS = "projects"
NOTE = "资金按资金年度、项目所在地统计，预算在下达的区县；支付率＝支付÷分配。项目按截止日所在的环节，不含取消的。"

# (child area or None, "budget"…, key of the source or "all") → yuan
Sums = Counter[tuple[int | None, str, str]]
# (child area or None, key of the stage or "projects") → projects
Counts = Counter[tuple[int | None, str]]


def entries(request: Request) -> Any:
    """The ledger of the year's sources as it was known."""
    known = FundEntry.objects.in_area(request.area).filter(source__year=request.year, on__lte=request.until)
    return known.filter(recorded_at__lt=end_of(request.as_of))


def projects(request: Request) -> Any:
    """The year's projects that were known and not cancelled, with `stage_then`."""
    mine = Project.objects.in_area(request.area).filter(year=request.year).stood(request.until)
    return mine.exclude(stage_then=stages.CANCELLED)


def check(request: Request) -> None:
    if request.year > request.as_of.year:
        raise ReportRefused(f"{request.year}年在统计截止（{written(request.as_of)}）以后，还没有数")
    if not entries(request) and not projects(request):
        raise ReportRefused(f"{request.area}{request.year}年没有项目和资金，没有可统计的数")


def sums(request: Request) -> Sums:
    rows = list(
        entries(request).order_by().values_list("area", "kind", "source__kind").annotate(Sum("amount"))
    )
    child, kinds = children_of(request, [row[0] for row in rows]), {word: key for key, word in MONEY.items()}
    sources = {word: key for key, word in SOURCES.items()}
    found: Sums = Counter()
    for area, kind, source, amount in rows:
        for place in whole_of(child[area]):
            for key in (ALL, sources[source]):
                found[place, kinds[kind], key] += amount
    return found


def count(request: Request) -> Counts:
    rows = list(projects(request).order_by().values_list("area", "stage_then").annotate(Count("pk")))
    child, keys = children_of(request, [row[0] for row in rows]), {word: key for key, word in STAGES.items()}
    found: Counts = Counter()
    for area, stage, number in rows:
        for place in whole_of(child[area]):
            for key in (PROJECTS, keys[stage]):
                found[place, key] += number
    return found


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计资金和项目")
    money, counts = sums(request), count(request)
    progress(1, 2, "写成文件")
    rows, found = places(request, {key[0] for key in money} | {key[0] for key in counts})
    cells: list[Cell] = []
    for place in found:
        cells += _money(request, place, money)
        for key in (PROJECTS, *STAGES):
            stage = STAGES.get(key, stages.LIVE)
            url = project_list(place.area.code, request.year, stage, request.until, own=place.own)
            cells.append(Cell(place.code, key, counts[place.pk, key], ITEMS, url))
    return Figures(rows, cells, notes=dict.fromkeys((ALL, "sources", PROJECTS), NOTE))


def _money(request: Request, place: Place, money: Sums) -> list[Cell]:
    cells = []
    for key, kind in MONEY.items():
        for source, word in {ALL: "", **SOURCES}.items():
            url = ledger_list(
                place.area.code,
                request.year,
                str(kind),
                request.until,
                request.as_of,
                source=word,
                own=place.own,
            )
            amount = Decimal(money[place.pk, key, source])
            cells.append(Cell(place.code, f"{key}_{source}", yuan(amount), YUAN, url))
    paid, allocated = (Decimal(money[place.pk, key, ALL]) for key in ("paid", "allocated"))
    cells.append(Cell(place.code, "paid_rate", share(paid, allocated), PERCENT))
    return cells


def blocks(request: Request) -> Sequence[Block]:
    title = f"{request.area.name}{request.year}年扶贫项目资金进度统计表"
    first = FIRST[request.area.level]
    whole = [
        *(Column(f"{key}_{ALL}", (word, "元"), YUAN) for key, word in WORDS.items()),
        Column("paid_rate", ("支付率", "%"), PERCENT, edge=True),
        Column(PROJECTS, ("项目", "个"), ITEMS),
    ]
    by_source = [Column(f"budget_{key}", (word,), YUAN) for key, word in SOURCES.items()]
    by_stage = [Column(PROJECTS, ("合计",), ITEMS, edge=True)]
    by_stage += [Column(key, ("所在环节", word), ITEMS) for key, word in STAGES.items()]
    lines = tuple((word, f"{key}_") for key, word in WORDS.items())
    return [
        Block(ALL, "资金进度", title, "元、个", tuple(whole), first),
        Block("sources", "按来源", f"{title}（按来源）", "元", tuple(by_source), first, lines=lines),
        Block(PROJECTS, "项目环节", f"{title}（项目环节）", "个", tuple(by_stage), first),
    ]


def by_project(request: Request) -> Sequence[OfficialForm]:
    """A line a project: where it stood, what it was given and paid by the day, how far its works were."""
    given = Sum("amount", filter=Q(kind=EntryKind.ALLOCATION))
    paid = Sum("amount", filter=Q(kind=EntryKind.PAYMENT))
    known = FundEntry.objects.in_area(request.area).filter(
        on__lte=request.until, recorded_at__lt=end_of(request.as_of), project__isnull=False
    )
    money = {
        row["project"]: row for row in known.order_by().values("project").annotate(given=given, paid_out=paid)
    }
    reports = ProjectProgress.objects.in_area(request.area).filter(
        on__lte=request.until, recorded_at__lt=end_of(request.as_of)
    )
    works = dict(reports.order_by("on", "pk").values_list("project", "percent"))
    rows = []
    for one in projects(request).select_related("area__parent").order_by("area__code", "pk"):
        own = money.get(one.pk, {})
        rows.append(
            [
                one.name,
                _where(one.area),
                one.chapter,
                one.stage_then,
                Decimal(one.plan_money),
                own.get("given") or Decimal(0),
                own.get("paid_out") or Decimal(0),
                works.get(one.pk, 0),
            ]
        )
    if not rows:
        return []
    words = (
        "项目",
        "地点",
        "章节",
        "环节",
        "计划投资（元）",
        "已分配（元）",
        "已支付（元）",
        "工程进度（%）",
    )
    return [
        OfficialForm(
            title=f"{request.area.name}{request.year}年扶贫项目进度表",
            sheet="逐个项目",
            head=[[HeadCell(word) for word in words]],
            rows=rows,
            filler=request.area.name,
            as_of=written(request.as_of),
            formats=("", "", "", "", *["#,##0.00"] * 3, ""),
        )
    ]


def _where(area: Area) -> str:
    return f"{area.parent.name} {area.name}" if area.level == "village" and area.parent else area.name


def rules(figures: Figures) -> Iterator[Rule]:
    for key, word in WORDS.items():
        yield Rule(
            f"各来源{word}相加＝{word}", f"{key}_{ALL}", tuple(f"{key}_{source}" for source in SOURCES)
        )
    yield Rule("各环节相加＝项目", PROJECTS, tuple(STAGES))


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    by_source = tuple((word, tuple(f"{key}_{source}" for source in SOURCES)) for key, word in WORDS.items())
    yield Drawing("扶贫资金按来源：预算、分配和支付", "元", "来源", by_source, tuple(SOURCES.values()))
    by_area = tuple((WORDS[key], (f"{key}_{ALL}",)) for key in ("allocated", "paid"))
    yield Drawing("扶贫资金：分配和支付", "元", blocks[0].first, by_area)


DEFINITION = ReportDefinition(
    kind="funds",
    title="项目资金进度",
    explanation="资金的下达、分配和支付，按来源；项目按所在环节，并附逐个项目的进度。",
    check=check,
    figures=figures,
    blocks=blocks,
    sheets=by_project,
    rules=rules,
    drawings=drawings,
    nests=True,
)
