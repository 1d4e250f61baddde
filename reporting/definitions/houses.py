"""危房改造月报: what towns report every month to 区住建局 and 区扶贫办 (R141, 004 第五章第四节二).

Of the year's lists: houses on them, and by step how many in the month and from the year's first list to the day.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Q, Sum

from audits import house_list as rules
from audits.models import HouseCase
from office.days import written
from reporting.definitions.places import children_of, places, whole_of
from reporting.definitions.rows import FIRST
from reporting.lists import house_list
from reporting.report import (
    HOUSEHOLDS,
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

LISTED, SUBSIDY = "listed", "subsidy"
MONTH, YEAR = "month", "year"
SPANS = {MONTH: "本月", YEAR: "累计"}
STEPS = {name.removesuffix("_on"): (name, word) for name, word in rules.EVENTS.items()}
PAID = "paid"
NOTE = (
    "本年度名单上的户，剔除的不算；本月指统计截止日所在的月份，到截止日为止；补助资金是已拨付户的补助金额。"
    "截止日以后才补登或更正的，按它们自己的日期计。"
)

# (child area or None, "listed" or step, "month" or "year") → houses or, of "subsidy", yuan
Counts = Counter[tuple[int | None, str, str]]


def cases(request: Request) -> Any:
    known = rules.known(HouseCase.objects.in_area(request.area), request.until)
    return known.filter(entry__audit_list__year=request.year)


def check(request: Request) -> None:
    if request.year > request.as_of.year:
        raise ReportRefused(f"{request.year}年在统计截止（{written(request.as_of)}）以后，还没有数")
    if not cases(request):
        raise ReportRefused(f"{request.area}{request.year}年没有危房改造户，没有可统计的数")


def count(request: Request) -> Counts:
    """One statement, a row a village."""
    until = request.until
    first = until.replace(day=1)
    sums: dict[str, Any] = {LISTED: Count("pk")}
    for step, (name, _) in STEPS.items():
        for span in SPANS:
            done = Q(**{f"{name}__lte": until})
            done &= Q(**{f"{name}__gte": first}) if span == MONTH else Q()
            sums[f"{step}_{span}"] = Count("pk", filter=done)
            if step == PAID:
                sums[f"{SUBSIDY}_{span}"] = Sum("subsidy", filter=done)
    rows = list(cases(request).order_by().values("entry__area").annotate(**sums))
    child = children_of(request, [row["entry__area"] for row in rows])
    found: Counts = Counter()
    for row in rows:
        for place in whole_of(child[row["entry__area"]]):
            found[place, LISTED, YEAR] += row[LISTED]
            for key in (*STEPS, SUBSIDY):
                for span in SPANS:
                    found[place, key, span] += row[f"{key}_{span}"] or 0
    return found


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计危房改造")
    counts = count(request)
    progress(1, 2, "写成文件")
    rows, found = places(request, [place for place, *_ in counts])
    cells: list[Cell] = []
    for place in found:
        url = house_list(place.area.code, request.year, request.until)
        cells.append(Cell(place.code, LISTED, counts[place.pk, LISTED, YEAR], HOUSEHOLDS, url))
        for span in SPANS:
            month = f"{request.until:%Y-%m}" if span == MONTH else ""
            for step, (name, _) in STEPS.items():
                url = house_list(place.area.code, request.year, request.until, what=name, month=month)
                cells.append(
                    Cell(place.code, f"{step}_{span}", counts[place.pk, step, span], HOUSEHOLDS, url)
                )
            url = house_list(place.area.code, request.year, request.until, what="paid_on", month=month)
            amount = yuan(counts[place.pk, SUBSIDY, span])  # type: ignore[arg-type]
            cells.append(Cell(place.code, f"{SUBSIDY}_{span}", amount, YUAN, url))
    return Figures(rows, cells, notes={"all": NOTE})


def blocks(request: Request) -> Sequence[Block]:
    until: datetime.date = request.until
    title = f"{request.area.name}{until.year}年{until.month}月危房改造进度月报表"
    columns = [Column(LISTED, ("名单户数", "户"), HOUSEHOLDS, edge=True)]
    for step, (_, word) in STEPS.items():
        columns += [
            Column(f"{step}_{span}", (f"{word}（户）", said), HOUSEHOLDS, edge=span == YEAR)
            for span, said in SPANS.items()
        ]
    columns += [Column(f"{SUBSIDY}_{span}", ("补助资金（元）", said), YUAN) for span, said in SPANS.items()]
    return [Block("all", "危房改造进度", title, "户、元", tuple(columns), FIRST[request.area.level])]


def sums_of(figures: Figures) -> Iterator[Rule]:
    for step in (*STEPS, SUBSIDY):
        yield Rule("本月不大于累计", f"{step}_{MONTH}", (f"{step}_{YEAR}",), most=True)
    for step in STEPS:
        yield Rule("各步不大于名单户数", f"{step}_{YEAR}", (LISTED,), most=True)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = tuple((word, tuple(f"{step}_{span}" for step in STEPS)) for span, word in SPANS.items())
    words = tuple(word for _, word in STEPS.values())
    yield Drawing("危房改造进度", "户", "环节", series, words)


DEFINITION = ReportDefinition(
    kind="houses",
    title="危房改造月报",
    explanation="本年度名单上的户，本月和累计的签订协议、开工、竣工、验收和拨付，以及补助资金。",
    check=check,
    figures=figures,
    blocks=blocks,
    rules=sums_of,
    drawings=drawings,
    nests=True,
)
