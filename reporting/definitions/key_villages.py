"""重点村名单 (004 专栏1): how many key villages there are and were, by level, and the list of them by name.

A village's level is the one it had on the day; whoever 摘帽 in 十二五 had reached the standard before the plan
began (note under 004 专栏2).
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from areas.models import Area
from office.days import written
from office.official_form import HeadCell, OfficialForm, Value
from reporting.definitions import exit_tally
from reporting.definitions.rows import FIRST, child_areas, report_rows, whole_name
from reporting.lists import key_village_event_list, key_village_list
from reporting.report import (
    VILLAGES,
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
from villages import tally
from villages.filters import DESIGNATED, REACHED, STANDING, TO_GO
from villages.models import KeyVillage, KeyVillageEvent, KeyVillageEventKind
from villages.models.key_village import TWELFTH_PERIOD_ENDS, WAY_THEN, KeyVillageQuerySet
from villages.tally import UPWARDS

# Level ("" is all) → what its columns' keys end in.
LEVELS = {"": "total", tally.PROVINCIAL: "provincial", tally.CITY: "city"}
CAP_REMOVED = "cap_removed"
WORDS = {
    DESIGNATED: "历次确定",
    REACHED: "十二五\n已达标",
    TO_GO: "十二五末\n剩余",
    CAP_REMOVED: "本年摘帽",
    STANDING: "现有",
}
NAMES_HEAD = ("序号", "镇（街）", "村（社区）", "级别", "批次", "确定日期", "摘帽日期", "结对帮扶单位")
NAMES_WIDTHS = (6, 14, 18, 8, 12, 14, 14, 30)

# (area, figure, level; "" is all) → villages
Counts = Counter[tuple[int, str, str]]


def check(request: Request) -> None:
    exit_tally.check(request)
    if not tally.designated(request.area, request.until, request.as_of).exists():
        raise ReportRefused(f"{request.area}没有重点村，没有可统计的数")


def count(request: Request) -> Counts:
    """Five statements, whatever the number of areas; an area counts what lies below it."""
    until, as_of, area = request.until, request.as_of, request.area
    found: dict[str, KeyVillageQuerySet] = {
        DESIGNATED: tally.designated(area, until, as_of),
        REACHED: tally.reached(area, as_of),
        TO_GO: tally.left_to_go(area, as_of),
        STANDING: KeyVillage.objects.standing(until, as_of).placed(area),
    }
    rows = [
        (figure, level, places)
        for figure, villages in found.items()
        for level, *places in villages.values_list("level_then", *WAY_THEN)
    ]
    exits = tally.exits(area, year=request.year, as_of=as_of, until=until)
    rows += [(CAP_REMOVED, level, places) for level, *places in exits.values_list("level", *UPWARDS)]
    counts: Counts = Counter()
    for figure, level, places in rows:
        for place in {*places}:
            counts[place, figure, ""] += 1
            counts[place, figure, level] += 1
    return counts


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计重点村")
    counts = count(request)
    children = child_areas(request, [])
    progress(1, 2, "写成文件")
    cells = [
        Cell(
            area.code,
            _key(figure, level),
            counts[area.pk, figure, level],
            VILLAGES,
            _list(request, area.code, figure, level),
        )
        for area in (request.area, *children)
        for figure in WORDS
        for level in LEVELS
    ]
    note = f"十二五已达标和剩余按{written(TWELFTH_PERIOD_ENDS)}；级别是当日的级别。"
    return Figures(report_rows(request.area, children), cells, notes={"all": note})


def _key(figure: str, level: str) -> str:
    return f"{figure.replace('-', '_')}_{LEVELS[level]}"


def _list(request: Request, area: str, figure: str, level: str) -> str:
    if figure == CAP_REMOVED:
        return key_village_event_list(
            area, level=level, year=request.year, until=request.until, as_of=request.as_of
        )
    on = TWELFTH_PERIOD_ENDS if figure in (REACHED, TO_GO) else request.until
    return key_village_list(area, figure, level, on, request.as_of)


def blocks(request: Request) -> Sequence[Block]:
    columns = tuple(
        Column(_key(figure, level), (word, level or "合计"), VILLAGES, edge=level == tally.CITY)
        for figure, word in WORDS.items()
        for level in LEVELS
    )
    title = f"{request.area.name}{request.year}年扶贫工作重点村统计表"
    return [Block("all", "重点村", title, "个", columns, FIRST[request.area.level], sheet="统计")]


def names(request: Request) -> Sequence[OfficialForm]:
    """专栏1 itself: every village ever chosen by the day, with its dates."""
    chosen = tally.designated(request.area, request.until, request.as_of)
    villages = list(chosen.select_related("area__parent").order_by("area__code"))
    dates = event_days(request, [village.pk for village in villages])
    rows: list[list[Value]] = [
        [
            place,
            _town(village.area),
            village.area.name,
            village.level_then,
            village.batch,
            dates.get((village.pk, KeyVillageEventKind.DESIGNATED)),
            dates.get((village.pk, KeyVillageEventKind.CAP_REMOVED)) if _out(village) else None,
            village.paired_unit,
        ]
        for place, village in enumerate(villages, 1)
    ]
    return [
        OfficialForm(
            title=f"{request.area.name}扶贫工作重点村名单",
            sheet="名单",
            head=[[HeadCell(word) for word in NAMES_HEAD]],
            rows=rows,
            unit="个",
            filler=request.area.name,
            as_of=written(request.as_of),
            notes=[f"共{len(rows)}个村。"],
            widths=NAMES_WIDTHS,
            fixed_columns=3,
        )
    ]


def _town(area: Area) -> str:
    return area.parent.name if area.parent else whole_name(area)


def _out(village: KeyVillage) -> bool:
    return getattr(village, "kind_then", "") == KeyVillageEventKind.CAP_REMOVED


def event_days(request: Request, villages: list[int]) -> dict[tuple[int, str], Value]:
    """The newest day of each kind of event, by (village, kind)."""
    events = KeyVillageEvent.objects.known(on=request.until, as_of=request.as_of)
    rows = events.filter(key_village__in=villages).order_by("on", "pk")
    return {(pk, kind): on for pk, kind, on in rows.values_list("key_village", "kind", "on")}


def rules(figures: Figures) -> Iterator[Rule]:
    for figure in WORDS:
        levels = tuple(_key(figure, level) for level in LEVELS if level)
        yield Rule("省定＋市定＝合计", _key(figure, ""), levels)
    yield Rule("现有不大于历次确定", _key(STANDING, ""), (_key(DESIGNATED, ""),), most=True)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    shown = (CAP_REMOVED, STANDING)
    series = tuple((WORDS[figure], (_key(figure, ""),)) for figure in shown)
    yield Drawing("重点村：本年摘帽和现有", "个", blocks[0].first, series)


DEFINITION = ReportDefinition(
    kind="key-villages",
    title="重点村名单",
    explanation="历次确定、十二五已达标、剩余、本年摘帽和现有的重点村，按级别；工作簿里附名单。",
    check=check,
    figures=figures,
    blocks=blocks,
    sheets=names,
    rules=rules,
    drawings=drawings,
    nests=True,
)
