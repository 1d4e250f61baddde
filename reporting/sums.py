"""核对: the sums that the figures of our own tables must come to, each with its two values, as a sheet of the workbook.

Two sorts: what a definition says of each row (年初＋纳入−退出＝现在册), and of every counted column that its rows come to
the row of the whole. Where the parts of a part stand beneath it, that they come to its row, and that its own form says
what its row does. Beside them what the reconciliation found of printed figures. Pure: figures in, checks out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from office.official_form import FormCell, HeadCell, OfficialForm, Value
from reporting.nesting import places
from reporting.report import (
    DIFFERENCE,
    PERCENT,
    PRINTED,
    Block,
    Cell,
    Figures,
    Mark,
    ReportDefinition,
    Row,
    Rule,
    amount_of,
    headings,
    ordinal,
)

if TYPE_CHECKING:
    from reporting.models import ReportRun

SHEET = "核对"
HOLDS, BROKEN = "相符", "不符"
EQUAL, MOST = "＝", "不大于"
ROWS_SUM = "各行相加＝合计行"
BELOW_SUM, ALONE = "下级各行相加＝本行", "单独统计＝表上的数"
PRINTED_RULE = "规划表勾稽（照印不改）"
HEAD = ("校验关系", "项目", "区划", "表上的数", "关系", "另算的数", "结果", "说明")
WIDTHS = (40, 40, 14, 15, 8, 15, 8, 40)


@dataclass(frozen=True)
class Check:
    """One comparison: of `item` in `place` the form has `shown`, the sum comes to `other`; `at`: row and column of the
    figure.
    """

    at: tuple[str, str]
    word: str
    item: str
    place: str
    shown: Value
    sign: str
    other: Value
    holds: bool
    said: str = ""


def checks_of(definition: ReportDefinition, figures: Figures, blocks: Sequence[Block]) -> list[Check]:
    """Every rule on the row of the whole, and on each other row where it is broken; then the marked printed figures."""
    words = headings(blocks)
    found: list[Check] = []
    for rule in definition.rules(figures):
        found += _by_row(rule, figures, words)
    found += _of_rows(definition, figures, words)
    found += _of_alone(figures, words)
    names = places(figures.rows)
    for mark in figures.marks:
        printed = figures.cell(mark.row, mark.column)
        shown, said = amount_of(printed.value, printed.unit), "；".join(mark.messages)
        item = f"{mark.sign} {words[mark.column]}"
        found.append(
            Check((mark.row, mark.column), PRINTED_RULE, item, names[mark.row], shown, "", None, False, said)
        )
    return found


def _by_row(rule: Rule, figures: Figures, words: dict[str, str]) -> Iterator[Check]:
    """Unknown figures are not judged. Of the rows where the rule holds only how many they are is said."""
    names = places(figures.rows)
    yield from _told(
        [_judged(rule, figures, row, names[row.code], words.get(rule.left, "")) for row in figures.rows]
    )


def _told(checks: Iterable[Check | None]) -> Iterator[Check]:
    """The first, saying of how many it is one, and whichever other does not hold."""
    judged = [check for check in checks if check is not None]
    if not judged:
        return
    fine = sum(check.holds for check in judged)
    for place, check in enumerate(judged):
        if place == 0:
            said = f"{len(judged)}行中{fine}行相符" if len(judged) > 1 else ""
            yield replace(check, said=said)
        elif not check.holds:
            yield check


def _judged(rule: Rule, figures: Figures, row: Row, name: str, item: str) -> Check | None:
    shown = _amount(figures, row, rule.left)
    plus = [_amount(figures, row, key) for key in rule.plus]
    minus = [_amount(figures, row, key) for key in rule.minus]
    if shown is None or None in plus or None in minus:
        return None
    other = sum(one for one in plus if one is not None) - sum(one for one in minus if one is not None)
    holds = shown <= other if rule.most else shown == other
    return Check(
        (row.code, rule.left), rule.word, item, name, shown, MOST if rule.most else EQUAL, other, holds
    )


def _amount(figures: Figures, row: Row, key: str) -> int | Decimal | None:
    cell = figures.find(row.code, key)
    return None if cell is None else amount_of(cell.value, cell.unit)


def _of_rows(definition: ReportDefinition, figures: Figures, words: dict[str, str]) -> Iterator[Check]:
    """A column a check, of the whole and of the rows with parts beneath them; ratios, printed figures and what a definition
    sets apart need not add up."""
    lots = [(row, parts) for row in figures.rows if row.level < 2 and (parts := figures.parts(row))]
    for key, item in words.items():
        added = [_added(definition, figures, row, parts, key, item) for row, parts in lots]
        yield from _told(added[:1])
        yield from _told(added[1:])


def _added(
    definition: ReportDefinition, figures: Figures, row: Row, parts: Sequence[Row], key: str, item: str
) -> Check | None:
    cell = figures.cell(row.code, key)
    shown = amount_of(cell.value, cell.unit)
    if shown is None or not _adds_up(definition, cell):
        return None
    amounts = [_amount(figures, part, key) for part in parts]
    other = sum((one for one in amounts if one is not None), 0 if isinstance(shown, int) else Decimal("0.00"))
    word = ROWS_SUM if row.top else BELOW_SUM
    return Check((row.code, key), word, item, row.name, shown, EQUAL, other, shown == other)


def _of_alone(figures: Figures, words: dict[str, str]) -> Iterator[Check]:
    """A column a check: every part in its own form, in words too (全部脱贫)."""
    names = places(figures.rows)
    for key, item in words.items():
        own = [cell for cell in figures.alone if cell.column == key]
        yield from _told(
            Check(
                (cell.row, key), ALONE, item, names[cell.row], shown, EQUAL, cell.value, shown == cell.value
            )
            for cell in own
            if (shown := figures.value(cell.row, key)) is not None or cell.value is not None
        )


def _adds_up(definition: ReportDefinition, cell: Cell) -> bool:
    entered = cell.unit == PERCENT or cell.column.startswith((PRINTED, DIFFERENCE))
    return not entered and not definition.apart(cell)


def broken(checks: Iterable[Check]) -> list[Check]:
    """What does not come out of our own figures: a printed one stays as it is, and is marked in its place."""
    return [check for check in checks if not check.holds and check.word != PRINTED_RULE]


def with_marks(figures: Figures, checks: Iterable[Check]) -> Figures:
    """The figures with a mark on each of our own that does not come out, behind those of printed ones."""
    messages: dict[tuple[str, str], list[str]] = {}
    for check in broken(checks):
        messages.setdefault(check.at, []).append(f"{check.word}：另算的数是{check.other}")
    first = len(figures.marks)
    marks = [
        Mark(row, column, ordinal(number), tuple(said))
        for number, ((row, column), said) in enumerate(messages.items(), start=first)
    ]
    return replace(figures, marks=[*figures.marks, *marks]) if marks else figures


def told(checks: Sequence[Check]) -> str:
    """How many there are and how many of them do not come out, marked printed figures among them; "" of none."""
    if not checks:
        return ""
    wrong = sum(not check.holds for check in checks)
    return f"共{len(checks)}条，" + (f"{wrong}条不符" if wrong else "全部相符")


def sheet(run: ReportRun, title: str, as_of: str, checks: Sequence[Check]) -> OfficialForm:
    """The checks as a sheet of values, what is broken on top."""
    ordered = sorted(checks, key=lambda check: check.holds)
    return OfficialForm(
        title=f"{title}核对表",
        sheet=SHEET,
        head=[[HeadCell(word) for word in HEAD]],
        rows=[_line(check) for check in ordered],
        filler=run.area.name,
        as_of=as_of,
        notes=[
            f"{told(checks)}，不符的排在前面。两个数都是生成报表时算出的值，不是公式。一个校验关系各行都查，相符的只列合计行，不符的逐行列出；"
            "没有数的、比率和照印的数不相加。"
        ],
        signatures=(),
        widths=WIDTHS,
        fixed_columns=3,
    )


def _line(check: Check) -> list[Value | FormCell]:
    mark = FormCell(HOLDS) if check.holds else FormCell(BROKEN, mark="error")
    # 0.001 and 0.0010 are the same amount, and are written alike.
    other = check.shown if check.other == check.shown else check.other
    return [check.word, check.item, check.place, check.shown, check.sign, other, mark, check.said]
