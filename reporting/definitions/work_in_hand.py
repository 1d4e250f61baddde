"""审核在办情况: open lists of every audit by stage and area, and those that were late (R304, R314)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import Count

from audits import procedures, stood
from audits.models import AuditList
from audits.procedures import ListKind
from office.days import written
from reporting.definitions.places import children_of, places, whole_of
from reporting.definitions.rows import FIRST
from reporting.lists import audit_list
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

TOTAL, LATE = "total", "late"
NOTE = "按名单统计，一份名单只在它截止日所在的一个环节；超期指在这个环节上超过规定的天数。本级是名单直接开在本区域的。"

# (child area or None, kind, stage or "total" or "late") → lists
Counts = Counter[tuple[int | None, str, str]]


def check(request: Request) -> None:
    if request.year != request.as_of.year:
        raise ReportRefused(f"在办情况是一个时点的数：{request.year}年的请把统计截止写成那一年的日期")
    if not AuditList.objects.in_area(request.area).filter(opened_on__lte=request.until).exists():
        raise ReportRefused(f"{request.area}到{written(request.until)}还没有开过名单，没有可统计的数")


def stages(kind: ListKind) -> dict[str, str]:
    """The words of its stages, of all versions of its procedure, in their order."""
    return {stage.key: stage.label for one in procedures.TABLES[kind] for stage in one.stages}


def count(request: Request) -> Counts:
    here = stood.open_on(request.until).in_area(request.area).order_by()
    standing = list(here.values_list("area", "kind", "stage_then").annotate(Count("pk")))
    late = stood.overdue(here, request.until)
    overdue = [
        (area, kind, LATE, number)
        for area, kind, number in late.values_list("area", "kind").annotate(Count("pk"))
    ]
    child = children_of(request, [row[0] for row in standing])
    found: Counts = Counter()
    for area, kind, stage, number in (*standing, *overdue):
        for place in whole_of(child[area]):
            for key in (stage,) if stage == LATE else (stage, TOTAL):
                found[place, kind, key] += number
    return found


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计名单")
    counts = count(request)
    progress(1, 2, "写成文件")
    rows, found = places(request, [place for place, *_ in counts])
    cells: list[Cell] = []
    for place in found:
        for kind in ListKind:
            for stage in (TOTAL, LATE, *stages(kind)):
                url = audit_list(
                    place.area.code,
                    request.until,
                    kind=str(kind),
                    stage="" if stage in (TOTAL, LATE) else stage,
                    late=stage == LATE,
                    own=place.own,
                )
                cells.append(Cell(place.code, f"{kind}_{stage}", counts[place.pk, kind, stage], ITEMS, url))
    notes = dict.fromkeys(("all", *(str(kind) for kind in ListKind)), NOTE)
    return Figures(rows, cells, notes=notes)


def blocks(request: Request) -> Sequence[Block]:
    title = f"{request.area.name}{written(request.until)}审核在办情况统计表"
    first = FIRST[request.area.level]
    sums = [
        Column(f"{kind}_{key}", (str(kind.label), word), ITEMS, edge=key == LATE)
        for kind in ListKind
        for key, word in ((TOTAL, "在办"), (LATE, "超期"))
    ]
    found = [Block("all", "各项合计", title, "份", tuple(sums), first)]
    for kind in ListKind:
        columns = [
            Column(f"{kind}_{TOTAL}", ("在办",), ITEMS),
            Column(f"{kind}_{LATE}", ("超期",), ITEMS, edge=True),
            *(Column(f"{kind}_{key}", ("所在环节", word), ITEMS) for key, word in stages(kind).items()),
        ]
        word = str(kind.label)
        found.append(Block(str(kind), word, f"{title}（{word}）", "份", tuple(columns), first))
    return found


def rules(figures: Figures) -> Iterator[Rule]:
    for kind in ListKind:
        parts = tuple(f"{kind}_{key}" for key in stages(kind))
        yield Rule("各环节相加＝在办", f"{kind}_{TOTAL}", parts)
        yield Rule("超期不大于在办", f"{kind}_{LATE}", (f"{kind}_{TOTAL}",), most=True)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = tuple(
        (word, tuple(f"{kind}_{key}" for kind in ListKind)) for key, word in ((TOTAL, "在办"), (LATE, "超期"))
    )
    yield Drawing("审核在办和超期的名单", "份", "事项", series, tuple(str(kind.label) for kind in ListKind))


DEFINITION = ReportDefinition(
    kind="work-in-hand",
    title="审核在办情况",
    explanation="统计截止日在办的审核名单，按事项和环节，其中超期的。",
    check=check,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
