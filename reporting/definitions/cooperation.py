"""扶贫协作情况 (R325, 004 第十章第二节三(一)): projects, persons helped and money, year by year, by area; each by name.

The record as it stands, of what began by the day; a record counts where it was entered, whoever else it helps.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import ExtractYear

from measures.models import HelpKind, SocialHelp
from office.days import written
from office.official_form import HeadCell, OfficialForm
from reporting.definitions.places import children_of, places, whole_of
from reporting.definitions.rows import FIRST
from reporting.lists import cooperation_list
from reporting.report import (
    ITEMS,
    PERSONS,
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

SHOWN = 3  # years
UNITS = {"projects": ("项目（个）", ITEMS), "persons": ("受益（人）", PERSONS), "money": ("资金（元）", YUAN)}
TOTAL = "total"
NOTE = (
    "按开始日期所在年度，进行中和已完成的；登记在哪里就统计在哪里。受益人数和资金照登记，没有登记的不计。"
    "按现在的登记：以后更正、取消的，再统计时按更正以后的。"
)

# (child area or None, year, "projects"…) → projects, persons or yuan
Counts = Counter[tuple[int | None, int, str]]


def years(request: Request) -> list[int]:
    return [request.year - back for back in reversed(range(SHOWN))]


def helps(request: Request) -> Any:
    rows = SocialHelp.objects.live().recorded_in(request.area).filter(kind=HelpKind.COOPERATION)
    return rows.filter(start_on__year__gte=years(request)[0], start_on__lte=request.until)


def check(request: Request) -> None:
    if request.year > request.as_of.year:
        raise ReportRefused(f"{request.year}年在统计截止（{written(request.as_of)}）以后，还没有数")
    if not helps(request):
        first, last = years(request)[0], request.year
        raise ReportRefused(f"{request.area}{first}—{last}年没有登记扶贫协作，没有可统计的数")


def count(request: Request) -> Counts:
    grouped = helps(request).order_by().annotate(begun=ExtractYear("start_on")).values("area", "begun")
    rows = list(grouped.annotate(projects=Count("pk"), persons=Sum("people"), money=Sum("amount")))
    child = children_of(request, [row["area"] for row in rows])
    found: Counts = Counter()
    for row in rows:
        for place in whole_of(child[row["area"]]):
            for key in UNITS:
                found[place, row["begun"], key] += row[key] or 0
    return found


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计扶贫协作")
    counts = count(request)
    progress(1, 2, "写成文件")
    rows, found = places(request, [place for place, *_ in counts])
    first = datetime.date(years(request)[0], 1, 1)
    cells: list[Cell] = []
    for place in found:
        for year in years(request):
            url = cooperation_list(place.area.code, first, request.until, year=year, own=place.own)
            for key, (_, unit) in UNITS.items():
                value = counts[place.pk, year, key]
                shown = yuan(Decimal(value)) if unit == YUAN else value
                cells.append(Cell(place.code, f"{key}_{year}", shown, unit, url))
        url = cooperation_list(place.area.code, first, request.until, own=place.own)
        for key, (_, unit) in UNITS.items():
            total = sum(counts[place.pk, year, key] for year in years(request))
            shown = yuan(Decimal(total)) if unit == YUAN else total
            cells.append(Cell(place.code, f"{key}_{TOTAL}", shown, unit, url))
    return Figures(rows, cells, notes={"all": NOTE})


def blocks(request: Request) -> Sequence[Block]:
    first, last = years(request)[0], request.year
    title = f"{request.area.name}{first}—{last}年扶贫协作情况统计表"
    columns = [
        Column(f"{key}_{year}", (f"{year}年", word), unit, edge=key == "money")
        for year in years(request)
        for key, (word, unit) in UNITS.items()
    ]
    columns += [Column(f"{key}_{TOTAL}", ("三年合计", word), unit) for key, (word, unit) in UNITS.items()]
    return [Block("all", "扶贫协作", title, "个、人、元", tuple(columns), FIRST[request.area.level])]


def by_project(request: Request) -> Sequence[OfficialForm]:
    """A line a project, with persons and money of each year (the table of 004: project × year)."""
    lines: dict[tuple[str, str], dict[int, list[Decimal | int]]] = {}
    for one in helps(request).order_by("start_on", "pk"):
        line = lines.setdefault((one.title, one.giver), {})
        sums = line.setdefault(one.start_on.year, [0, Decimal(0)])
        sums[0] += one.people or 0
        sums[1] += one.amount or Decimal(0)
    spans = years(request)
    rows = []
    for (title, giver), by_year in lines.items():
        figures = [by_year.get(year, [0, Decimal(0)]) for year in spans]
        rows.append([title, giver, *(figure for pair in figures for figure in pair)])
    head = [
        [HeadCell("协作项目", 2), HeadCell("帮扶方", 2), *(HeadCell(f"{year}年", cols=2) for year in spans)],
        [HeadCell("受益（人）"), HeadCell("资金（元）")] * len(spans),
    ]
    return [
        OfficialForm(
            title=f"{request.area.name}{spans[0]}—{spans[-1]}年扶贫协作项目表",
            sheet="逐个项目",
            head=head,
            rows=rows,
            filler=request.area.name,
            as_of=written(request.as_of),
            formats=("", "", *["", "#,##0.00"] * len(spans)),
            fixed_columns=2,
        )
    ]


def rules(figures: Figures) -> Iterator[Rule]:
    """Of the years that the kept figures have."""
    for key in UNITS:
        columns = dict.fromkeys(cell.column for cell in figures.cells if cell.column.startswith(f"{key}_"))
        parts = tuple(column for column in columns if column != f"{key}_{TOTAL}")
        yield Rule("各年相加＝三年合计", f"{key}_{TOTAL}", parts)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    """Of the years of the block: persons and money have each a scale of their own."""
    for unit, (word, _) in UNITS.items():
        columns = [
            column
            for column in blocks[0].columns
            if column.key.startswith(f"{unit}_") and TOTAL not in column.key
        ]
        series = ((word, tuple(column.key for column in columns)),)
        years = tuple(column.path[0] for column in columns)
        yield Drawing(f"扶贫协作各年{word}", word.partition("（")[2].rstrip("）"), "年度", series, years)


DEFINITION = ReportDefinition(
    kind="cooperation",
    title="扶贫协作情况",
    explanation="三年来的协作项目、受益人数和资金，按登记的区域，并附逐个项目。",
    check=check,
    figures=figures,
    blocks=blocks,
    sheets=by_project,
    rules=rules,
    drawings=drawings,
    nests=True,
)
