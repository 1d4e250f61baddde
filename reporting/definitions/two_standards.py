"""滚动规划表 in the shape of 003 专栏2.1 (R320): two lines an area, 脱贫人口 in 万人 above 摘帽村, under each standard the
base and the years.

Printed as the adopted plan has it, actual from the same events as the nineteen columns of `rolling-plan`, and the
difference. The base of 摘帽村 is what was still on the list at the end of 2015, counted and printed: its years add up
to it (layouts).
A year after the one asked for is blank.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from areas.models import Area
from reporting import reading
from reporting.definitions import rolling_plan
from reporting.definitions.rolling_plan import YEARS, Actual
from reporting.definitions.rows import FIRST, report_rows
from reporting.plan_figures import PlanFigures
from reporting.plan_layout import BASE_YEAR, ColumnKey
from reporting.reading import TidyCell
from reporting.report import (
    ACTUAL,
    DIFFERENCE,
    PERSONS,
    PRINTED,
    TEN_THOUSAND,
    VILLAGES,
    Block,
    Cell,
    Column,
    Drawing,
    Figures,
    Progress,
    ReportDefinition,
    Request,
    Rule,
    Value,
    ten_thousands,
)

STANDARDS = {"p": (reading.PROVINCIAL, "省定扶贫标准"), "n": (reading.NATIONAL, "国家扶贫标准")}
PERSONS_LINE, VILLAGES_LINE = "persons_", "villages_"
KINDS = {PERSONS_LINE: (PERSONS, "脱贫人口（万人）"), VILLAGES_LINE: (VILLAGES, "摘帽村（个）")}
NOTE = (
    "脱贫人口的基期是2015年底在册人数，摘帽村的基期是2015年底还没有摘帽的省定重点村"
    "（规划表分预退出和剩余的，照印剩余）；统计年度以后的年份留空。"
)


class Place(NamedTuple):
    """A figure of an area: `stem` ends the key of its cells, `year` is 0 of the base."""

    line: str
    stem: str
    standard: str
    year: int

    @property
    def kind(self) -> str:
        return KINDS[self.line][0]

    @property
    def counted(self) -> bool:
        """摘帽村 are those of the province alone."""
        return self.kind == PERSONS or self.standard == reading.PROVINCIAL

    @property
    def column(self) -> ColumnKey:
        if not self.year:
            part = reading.LEFT if self.kind == VILLAGES else ""
            return ColumnKey(reading.BASE, self.kind, self.standard, BASE_YEAR, part)
        group = reading.PERSONS_LEAVING if self.kind == PERSONS else reading.VILLAGES_LEAVING
        return ColumnKey(group, self.kind, self.standard, str(self.year))

    def printed(self, plan: PlanFigures, area: Area) -> TidyCell | None:
        if not self.counted:
            return None
        return plan.villages_to_go(area) if self.column.part else plan.cell(area, self.column)


def places() -> Iterator[Place]:
    for line in KINDS:
        for key, (standard, _) in STANDARDS.items():
            for year in (0, *YEARS):
                yield Place(line, f"{key}{year or 'base'}", standard, year)


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 3, "统计动态和重点村")
    actual = Actual(request)
    progress(1, 3, "对照规划")
    plan = PlanFigures.of(request.area)
    children = plan.in_printed_order(actual.children)
    cells: list[Cell] = []
    marked = []
    for area, pk in [(request.area, None), *((child, child.pk) for child in children)]:
        for place in places():
            printed = place.printed(plan, area)
            marked.append((area, f"{PRINTED}{place.line}{place.stem}", printed))
            cells += _cells(request, plan, actual, area, pk, place, printed)
    progress(2, 3, "写成文件")
    return Figures(
        report_rows(request.area, children),
        cells,
        plan.marks(marked),
        dict.fromkeys(("printed", "actual", "compared"), NOTE),
        plan=plan.name,
        plan_id=plan.table_id,
    )


def _cells(
    request: Request,
    plan: PlanFigures,
    actual: Actual,
    area: Area,
    pk: int | None,
    place: Place,
    printed: TidyCell | None,
) -> list[Cell]:
    unit = TEN_THOUSAND if place.kind == PERSONS else VILLAGES
    key = f"{place.line}{place.stem}"
    told, found, gap, url = _as_printed(plan, area, printed), None, None, None
    if place.counted and place.year <= request.until.year:
        counted = actual.value(area, pk, place.column)
        difference = plan.difference(area, counted, printed)
        found = _in_unit(place, counted)
        gap = None if difference is None else _in_unit(place, difference)
        url = actual.list_url(area, place.column)
    return [
        Cell(area.code, f"{PRINTED}{key}", told, unit),
        Cell(area.code, f"{ACTUAL}{key}", found, unit, url),
        Cell(area.code, f"{DIFFERENCE}{key}", gap, unit),
    ]


def _in_unit(place: Place, count: int) -> Value:
    return ten_thousands(count) if place.kind == PERSONS else count


def _as_printed(plan: PlanFigures, area: Area, printed: TidyCell | None) -> Value:
    """In 万人 the printed digits as they are; a table in 人 is brought to 万人, words stay words."""
    if printed is None or printed.is_blank:
        return None
    if printed.kind == PERSONS and not printed.in_ten_thousands and printed.number is not None:
        amount = plan.amount(area, printed)
        return printed.value.strip() if amount is None else ten_thousands(amount)
    return printed.value.strip() if printed.kind == PERSONS else plan.value(printed)


def blocks(request: Request) -> Sequence[Block]:
    title, first = f"{request.area.name}脱贫攻坚滚动规划（两种标准", FIRST[request.area.level]

    def block(key: str, word: str, prefixes: tuple[tuple[str, str], ...]) -> Block:
        columns = tuple(
            Column(
                f"{prefixes[0][1]}{standard}{year or 'base'}",
                (head, f"{year}年" if year else "基期数"),
                TEN_THOUSAND,
                edge=year == YEARS[-1],
            )
            for standard, (_, head) in STANDARDS.items()
            for year in (0, *YEARS)
        )
        lines = tuple(
            (f"{said}{unit_word}", f"{prefix}{line}")
            for line, (_, unit_word) in KINDS.items()
            for said, prefix in prefixes
        )
        said = f"{title}）" if key == "printed" else f"{title}，{word}）"
        return Block(key, word, said, "万人、个", columns, first, sheet=word.partition("（")[0], lines=lines)

    return [
        block("printed", "计划（照印）", (("", PRINTED),)),
        block("actual", "实际", (("实际", ACTUAL),)),
        block("compared", "计划对实际", (("照印", PRINTED), ("实际", ACTUAL), ("差", DIFFERENCE))),
    ]


def rules(figures: Figures) -> Iterator[Rule]:
    for place in places():
        key = f"{place.line}{place.stem}"
        yield Rule("差＝实际−照印", f"{DIFFERENCE}{key}", (f"{ACTUAL}{key}",), (f"{PRINTED}{key}",))
        if place.kind == PERSONS and place.standard == reading.NATIONAL:
            whole = f"{ACTUAL}{place.line}p{place.year or 'base'}"
            yield Rule("实际：国家标准不大于省定标准", f"{ACTUAL}{key}", (whole,), most=True)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    series = tuple(
        (word, tuple(f"{prefix}{PERSONS_LINE}p{year}" for year in YEARS))
        for word, prefix in (("计划（照印）", PRINTED), ("实际", ACTUAL))
    )
    yield Drawing("各年脱贫人口：计划和实际", "万人", "年度", series, tuple(f"{year}年" for year in YEARS))


DEFINITION = ReportDefinition(
    kind="two-standards",
    title="滚动规划表（两种标准）",
    explanation="山东省规划专栏2.1的样式：省定和国家两种标准，基期和各年，脱贫人口（万人）和摘帽村；照印、实际和两者之差。",
    check=rolling_plan.check_by_year,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
)
