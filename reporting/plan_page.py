"""A plan table as its page and its workbook show it: as printed, with marks, sums beside it and reasons below."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from areas.models import Level
from office.official_form import FormCell, HeadCell, OfficialForm, Value, head_places
from reporting.misprints import Proposal, propose
from reporting.models import PlanTable
from reporting.plan_layout import ROLLING, GridRow, PlanGrid, lay_out
from reporting.plan_rules import ERROR, Finding, plain
from reporting.reading import TidyCell
from reporting.reconcile import RULES, part_sums
from reporting.report import ordinal

SEVERITIES = {"error": "错误", "notice": "提示"}
NOTICE_SIGN = "△"
NOTICE_MEANINGS = {
    "exits_above_base": "规划期内新增、返贫的人也要退出，不算错误。",
    "exits_below_base": "这些人没有排定年度。",
}
COUNTS = "零一二三四五六七八九十"
SIGNATURES = ("填报单位（盖章）：", "负责人：", "制表人：", "填报日期：　　　年　　月　　日")


@dataclass(frozen=True)
class HeadPlace:
    cell: HeadCell
    edge: bool
    first: bool
    top: bool

    @property
    def lines(self) -> list[str]:
        return self.cell.text.split("\n")


@dataclass(frozen=True)
class Figure:
    """`target` is the row of reasons that a marked figure leads to."""

    text: str
    classes: str
    sign: str = ""
    target: str = ""


@dataclass(frozen=True)
class Line:
    row: GridRow
    figures: list[Figure]


@dataclass(frozen=True)
class Reason:
    target: str
    sign: str
    severity: str
    place: str
    printed: str
    texts: list[str]


@dataclass
class PlanPage:
    """`extra`: the lines that are on screen only, 六镇相加 and 比全区多."""

    grid: PlanGrid
    head: list[list[HeadPlace]]
    lines: list[Line]
    extra: list[tuple[str, list[Figure]]]
    reasons: list[Reason]
    note: str
    marked: int
    cells: dict[TidyCell, Reason] = field(default_factory=dict)

    @classmethod
    def of(cls, table: PlanTable) -> "PlanPage":
        grid = lay_out(table.tidy)
        reasons, marks = _reasons(grid, table.findings)
        errors = sum(reason.severity == SEVERITIES[ERROR] for reason in reasons)
        lines = [Line(row, _figures(grid, row, marks)) for row in grid.rows]
        return cls(grid, _head(grid), lines, _extra(grid, table), reasons, _note(grid), errors, marks)


def _head(grid: PlanGrid) -> list[list[HeadPlace]]:
    rows: list[list[HeadPlace]] = [[] for _ in grid.head]
    for row, column, cell in head_places(grid.head):
        last = column + cell.cols - 1
        rows[row].append(HeadPlace(cell, last in grid.edges, column == 0, row == 0))
    return rows


def _reasons(grid: PlanGrid, findings: Sequence[Finding]) -> tuple[list[Reason], dict[TidyCell, Reason]]:
    """Impossible figures one by one in reading order, ① ② …; notices of one rule and column together, △."""
    headings = grid.headings()
    places = {
        cell: (row.area, headings[place])
        for row in grid.rows
        for place, cell in enumerate(row.cells)
        if cell is not None
    }
    wrong: dict[TidyCell, list[str]] = defaultdict(list)
    noticed: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        first = finding.cells[0]
        if finding.severity == ERROR:
            wrong[first].append(finding.message)
        elif finding.rule == "unlinked_area":
            noticed[finding.rule, ""].append(finding)
        else:
            noticed[finding.rule, places[first][1]].append(finding)
    reasons: list[Reason] = []
    marks: dict[TidyCell, Reason] = {}
    for cell in places:
        if cell in wrong:
            area, heading = places[cell]
            reason = Reason(
                f"r{len(reasons) + 1}",
                ordinal(len(reasons)),
                SEVERITIES[ERROR],
                f"{area}　{_short(heading)}",
                cell.value.strip(),
                wrong[cell],
            )
            reasons.append(reason)
            marks[cell] = reason
    for (rule, heading), together in noticed.items():
        one = together[0].cells[0] if len(together) == 1 and heading else None
        place = places[one][0] if one else f"{len(together)}处"
        reason = Reason(
            f"r{len(reasons) + 1}",
            NOTICE_SIGN if heading else "",
            SEVERITIES["notice"],
            f"{place}　{_short(heading) if heading else RULES[rule]}",
            one.value.strip() if one else "",
            [_notice(rule, together)],
        )
        reasons.append(reason)
        if heading:
            for finding in together:
                marks.setdefault(finding.cells[0], reason)
    return reasons, marks


def _notice(rule: str, together: Sequence[Finding]) -> str:
    """One sentence for the findings of one notice: what, where and how much."""
    if rule == "not_a_number":
        return "照印保留，不参与校验：" + "、".join(
            f"{one.cells[0].area}“{one.cells[0].value.strip()}”" for one in together
        )
    if rule == "unlinked_area":
        return "照印保留，不影响校验：" + "、".join(one.cells[0].area for one in together)
    gaps = "、".join(f"{one.cells[0].area} {one.gap}" for one in together)
    return f"{RULES[rule]}：{gaps}。{NOTICE_MEANINGS[rule]}"


def _short(heading: str) -> str:
    """The words of a head without its topmost row, which only says base or plan."""
    words = heading.split(" ")
    return " ".join(words[1:]) if len(words) > 2 else heading


def _classes(grid: PlanGrid, place: int, *more: str) -> str:
    edge = "edge" if place + grid.lead in grid.edges else ""
    return " ".join(word for word in ("n", edge, *more) if word)


def _figures(grid: PlanGrid, row: GridRow, marks: dict[TidyCell, Reason]) -> list[Figure]:
    figures = []
    for place, cell in enumerate(row.cells):
        if cell is None:
            figures.append(Figure("", _classes(grid, place)))
            continue
        text = cell.value.strip()
        reason = marks.get(cell)
        if reason is not None:
            word = "bad" if reason.severity == SEVERITIES[ERROR] else "odd"
            figures.append(Figure(text, _classes(grid, place, word), reason.sign, reason.target))
        else:
            figures.append(Figure(text, _classes(grid, place, "zero" if cell.number == 0 else "")))
    return figures


def _extra(grid: PlanGrid, table: PlanTable) -> list[tuple[str, list[Figure]]]:
    """What the parts add to and how much more that is than the printed top, for every column that has both."""
    sums = part_sums(table.tidy)
    tops = [row for row in grid.rows if row.top]
    if not sums or not tops:
        return []
    extra = []
    for row in tops:
        added, more = [], []
        for place, cell in enumerate(row.cells):
            total, gap = sums.get(cell, (None, None)) if cell is not None else (None, None)
            added.append(Figure("" if total is None else plain(total), _classes(grid, place)))
            tone = "diff" if gap else "quiet"
            more.append(Figure("" if gap is None else _signed(gap), _classes(grid, place, tone)))
        label = f"　{row.label}" if row.label else ""
        extra += [(f"{_parts_word(table)}相加{label}", added), (f"比{row.area}多{label}", more)]
    return extra


def _signed(gap: Decimal) -> str:
    return "0" if not gap else f"{'＋' if gap > 0 else '−'}{plain(abs(gap))}"


def _parts_word(table: PlanTable) -> str:
    """六镇 where every part is a linked town, otherwise 各地."""
    names = list(dict.fromkeys(cell.area_word for cell in table.tidy if not cell.is_top))
    towns = {row.area_id for row in table.rows if row.area_id is not None and row.area_id != table.area_id}
    if table.area is not None and table.area.level == Level.COUNTY and len(towns) == len(names) < len(COUNTS):
        return f"{COUNTS[len(names)]}镇"
    return "各地"


def _note(grid: PlanGrid) -> str:
    """The note under 004 专栏2, from its own figures."""
    top = next((row for row in grid.rows if row.top), None)
    if grid.layout != ROLLING or top is None:
        return ""
    printed = [cell.value.strip() if cell is not None else "" for cell in top.cells[4:7]]
    if not all(printed):
        return ""
    return "省定扶贫工作重点村 {} 个，十二五期间 {} 个已达到退出标准，剩余 {} 个。".format(*printed)


def official_forms(table: PlanTable, page: PlanPage) -> list[OfficialForm]:
    """The plan as printed, as a workbook: marked figures carry their reason, a second sheet lists the findings, a
    third, where a rule is broken, the likely misprints."""
    grid = page.grid
    rows: list[list[Value | FormCell]] = []
    for row in grid.rows:
        lead: list[Value | FormCell] = [FormCell(row.area, rows=row.height) if row.first else None]
        if grid.labelled:
            lead.append(row.label)
        rows.append([*lead, *(_form_cell(page, cell) for cell in row.cells)])
    notes = [f"注：{page.note}"] if page.note else []
    if table.based_on is not None:
        notes.append(f"第{table.version}版，由第{table.based_on.version}版改成：{table.reason}。")
    if page.reasons:
        kept = "" if table.based_on is not None else "数字照印，一个未改；"
        notes.append(f"{kept}标出的数见“核对”。")
    plan = OfficialForm(
        title=table.name,
        head=grid.head,
        rows=rows,
        unit=grid.unit,
        total_rows=[number for number, row in enumerate(grid.rows) if row.top],
        notes=notes,
        signatures=SIGNATURES,
        fixed_columns=grid.lead,
    )
    checks = OfficialForm(
        title=f"{table.name}核对表",
        sheet="核对",
        head=[[HeadCell(word) for word in ("标记", "轻重", "位置", "照印", "原因")]],
        rows=_check_rows(page.reasons),
        notes=[] if page.reasons else ["没有不能成立的数。"],
        signatures=(),
        widths=(7, 8, 34, 14, 70),
    )
    proposal = propose(table.tidy) if table.error_count else None
    return [plan, checks, *([_misprints(table, proposal)] if proposal else [])]


def _misprints(table: PlanTable, proposal: Proposal) -> OfficialForm:
    """As the page says them; without any, the reason why."""
    found = proposal.misprints
    needed = [printed_value(replace(one.cell, value=one.needed)) for one in found]
    return OfficialForm(
        title=f"{table.name}可能印错的数",
        sheet="可能印错",
        head=[[HeadCell(word) for word in ("位置", "项目", "照印", "应为")]],
        rows=[
            [one.place, one.cell.measure, printed_value(one.cell), other]
            for one, other in zip(found, needed, strict=True)
        ],
        notes=[f"{proposal.words}；只是推算，照印数不改。" if found else proposal.words],
        signatures=(),
        widths=(34, 22, 14, 14),
    )


def _form_cell(page: PlanPage, cell: TidyCell | None) -> FormCell:
    if cell is None:
        return FormCell(None)
    reason = page.cells.get(cell)
    if reason is None:
        return FormCell(printed_value(cell))
    mark = ERROR if reason.severity == SEVERITIES[ERROR] else "notice"
    return FormCell(printed_value(cell), mark, f"{reason.sign}{reason.severity}：{'；'.join(reason.texts)}")


def printed_value(cell: TidyCell) -> Value:
    """A number where the workbook shows it just as printed, otherwise the printed text."""
    text = cell.value.strip()
    if not text:
        return None
    number = cell.number
    if number is None or str(number) != text or len(text) > 15:
        return text
    return int(text) if text.isdigit() else number


def _check_rows(reasons: Iterable[Reason]) -> list[list[Value | FormCell]]:
    return [
        [reason.sign, reason.severity, reason.place, reason.printed, text]
        for reason in reasons
        for text in reason.texts
    ]
