"""Reconciliation (勾稽校验) of a printed plan: its cells against each other, nothing else.

Pure: cells in, findings out. The rules are those of the layouts of the rolling plan tables and no other.
A figure is never changed; amounts in 万人 are compared as persons. A rule that holds a cell which is no
number is not judged; 全部脱贫 stands for the base of its area and standard.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, localcontext
from functools import partial

from reporting.plan_rules import ERROR, NOTICE, Finding, NotJudged, Sum, Table, Within, name, show
from reporting.reading import (
    ALL,
    BASE,
    LEFT,
    MUNICIPAL,
    NATIONAL,
    PERSONS,
    PROVINCIAL,
    REACHED,
    TOTAL,
    VILLAGES,
    TidyCell,
)

EXACT = 420  # digits, so that sums of the longest values that are read stay exact
RULES = {
    "parts_sum_to_top": "各地相加等于总计",
    "years_sum_to_total": "各年相加等于合计",
    "years_sum_to_base": "没有合计时，各年相加等于基数",
    "national_within_provincial": "国标不大于省定",
    "national_exits_within_base": "国标脱贫不大于国标基数",
    "village_levels_sum": "省定村加市定村等于合计",
    "reached_and_left_sum": "预退出加剩余等于省定",
    "village_exits_within_stock": "退出村不多于现有村",
    "whole_number": "个数是整数",
    "exits_above_base": "脱贫合计多于基数",
    "exits_below_base": "脱贫合计少于基数",
    "not_a_number": "不是数",
    "unlinked_area": "地区没有对上",
}


def relations(cells: Sequence[TidyCell]) -> tuple[Table, list[Sum | Within]]:
    """The table and every sum and limit that its printed figures are held against, kept or broken."""
    table = Table(cells)
    found = [rule for check in CHECKS for rule in check(table)]
    return table, [rule for rule in found if isinstance(rule, Sum | Within)]


def reconcile(cells: Sequence[TidyCell]) -> list[Finding]:
    """Every broken rule of a table: errors first, each kind in the order of the file."""
    with localcontext(prec=EXACT):
        table = Table(cells)
        found = [finding for check in CHECKS for finding in _judged(check(table))]
    place = {id(cell): number for number, cell in enumerate(cells)}
    rules = list(RULES)
    return sorted(
        found, key=lambda one: (one.severity != ERROR, rules.index(one.rule), place[id(one.cells[0])])
    )


def _judged(rules: Iterable[Callable[[], Finding | None]]) -> Iterator[Finding]:
    for rule in rules:
        try:
            finding = rule()
        except NotJudged:
            continue
        if finding is not None:
            yield finding


def _split(cells: Iterable[TidyCell], once: Callable[[TidyCell], object]) -> list[list[TidyCell]]:
    """Cells that belong together; told apart by measure only where two claim the same place."""
    kept = list(cells)
    if len({once(cell) for cell in kept}) == len(kept):
        return [kept]
    parts: dict[str, list[TidyCell]] = defaultdict(list)
    for cell in kept:
        parts[cell.measure_word].append(cell)
    return list(parts.values())


def _grouped(cells: Iterable[TidyCell], key: Callable[[TidyCell], object]) -> list[list[TidyCell]]:
    groups: dict[object, list[TidyCell]] = defaultdict(list)
    for cell in cells:
        groups[key(cell)].append(cell)
    return list(groups.values())


def _column(cell: TidyCell) -> object:
    return (cell.group_word, cell.counted, cell.standard_word, cell.year_word, cell.part)


def _series(cell: TidyCell) -> object:
    return (cell.area_word, cell.group_word, cell.counted, cell.standard_word)


def _leaving(table: Table) -> Iterator[TidyCell]:
    """Cells of persons or villages leaving in a year or in all."""
    return (
        cell for cell in table.cells if cell.group_word != BASE and (cell.is_year or cell.year_word == TOTAL)
    )


def _part_columns(table: Table) -> Iterator[tuple[TidyCell, list[TidyCell]]]:
    """The printed top and its parts, column by column, where there is something to compare."""
    if table.top is None:
        return
    for together in _grouped(table.cells, _column):
        for column in _split(together, lambda cell: cell.area_word):
            tops = [cell for cell in column if cell.area_word == table.top]
            parts = [cell for cell in column if cell.area_word != table.top]
            if tops and parts and not table.unknown(tops[0]):
                yield tops[0], parts


def _parts_sum_to_top(table: Table) -> Iterator[Callable[[], Finding | None]]:
    words = f"{len(table.areas) - 1}个地区相加"
    for top, parts in _part_columns(table):
        yield Sum(table, "parts_sum_to_top", top, parts, words)


def part_sums(cells: Sequence[TidyCell]) -> dict[TidyCell, tuple[Decimal, Decimal]]:
    """By printed top cell: what its parts add to, and by how much that is more (in the top's unit)."""
    found: dict[TidyCell, tuple[Decimal, Decimal]] = {}
    with localcontext(prec=EXACT):
        table = Table(cells)
        for top, parts in _part_columns(table):
            try:
                amount, wanted = sum((table.amount(cell) for cell in parts), Decimal(0)), table.amount(top)
            except NotJudged:
                continue
            scale = 10_000 if top.in_ten_thousands else 1
            found[top] = amount / scale, (amount - wanted) / scale
    return found


def _years_sum(table: Table) -> Iterator[Callable[[], Finding | None]]:
    for together in _grouped(_leaving(table), _series):
        for series in _split(together, lambda cell: cell.year_word):
            years = [cell for cell in series if cell.is_year]
            total = next((cell for cell in series if cell.year_word == TOTAL and not cell.is_blank), None)
            if not years:
                continue
            if total is not None:
                if not table.unknown(total):
                    yield Sum(table, "years_sum_to_total", total, years, "各年相加")
            elif (base := table.base(years[0])) and not all(table.unknown(cell) for cell in years):
                yield _years_to_base(table, base, years)


def _years_to_base(table: Table, base: TidyCell, years: Sequence[TidyCell]) -> Sum:
    """Of villages, those that reached the standard before the plan have left already: 剩余 will do as well."""
    left = table.left.get((base.area_word, base.standard_word)) if base.kind == VILLAGES else None
    return Sum(table, "years_sum_to_base", base, years, "各年相加", left)


def _national_within_provincial(table: Table) -> Iterator[Callable[[], Finding | None]]:
    people = [cell for cell in table.cells if cell.kind == PERSONS and not table.unknown(cell)]
    for together in _grouped(
        people, lambda cell: (cell.area_word, cell.group_word, cell.counted, cell.year_word)
    ):
        for pair in _split(together, lambda cell: cell.standard_word):
            by = {cell.standard_word: cell for cell in pair}
            if NATIONAL in by and PROVINCIAL in by:
                yield Within(
                    table,
                    "national_within_provincial",
                    by[NATIONAL],
                    by[PROVINCIAL],
                    "国标不能大于省定",
                )


def _exits_within_base(table: Table) -> Iterator[Callable[[], Finding | None]]:
    for cell in _leaving(table):
        base = table.base(cell)
        if base is None or table.unknown(cell):
            continue
        if cell.kind == VILLAGES:
            yield Within(table, "village_exits_within_stock", cell, base, "退出村不能多于现有村")
        elif cell.standard_word == NATIONAL:
            yield Within(table, "national_exits_within_base", cell, base, "国标脱贫不能大于国标基数")


def _village_sums(table: Table) -> Iterator[Callable[[], Finding | None]]:
    """省定 + 市定 = 合计 where the table has all three columns; 预退出 + 剩余 = 省定 likewise."""
    villages = [cell for cell in table.cells if cell.kind == VILLAGES]
    for together in _grouped(
        (cell for cell in villages if not cell.part), lambda cell: (cell.group_word, cell.year_word)
    ):
        yield from _of_parts(
            table,
            "village_levels_sum",
            together,
            lambda cell: cell.standard_word,
            ALL,
            (PROVINCIAL, MUNICIPAL),
        )
    stock = [cell for cell in villages if cell.standard_word == PROVINCIAL and (cell.part or cell.is_base)]
    yield from _of_parts(table, "reached_and_left_sum", stock, lambda cell: cell.part, "", (REACHED, LEFT))


def _of_parts(
    table: Table,
    rule: str,
    cells: Sequence[TidyCell],
    role: Callable[[TidyCell], str],
    whole: str,
    parts: tuple[str, str],
) -> Iterator[Callable[[], Finding | None]]:
    if not {whole, *parts} <= {role(cell) for cell in cells}:
        return
    for here in _grouped(cells, lambda cell: cell.area_word):
        by = {role(cell): cell for cell in reversed(here)}
        total = by.get(whole)
        shares = [by[part] for part in parts if part in by]
        if total is not None and shares and not table.unknown(total):
            words = f"{parts[0]}加{parts[1]}"
            yield Sum(table, rule, total, shares, words)


def _whole_numbers(table: Table) -> Iterator[Callable[[], Finding | None]]:
    for cell in table.cells:
        number = cell.number
        if number is None:
            continue
        if number < 0:
            yield partial(
                Finding, "whole_number", ERROR, (cell,), f"{name(cell)} {cell.value.strip()}：个数不能是负数"
            )
        elif cell.in_ten_thousands:
            if (number * 10_000) % 1:
                yield partial(
                    Finding,
                    "whole_number",
                    ERROR,
                    (cell,),
                    f"{name(cell)} {cell.value.strip()}：{cell.unit}最多四位小数",
                )
        elif number % 1:
            yield partial(
                Finding, "whole_number", ERROR, (cell,), f"{name(cell)} {cell.value.strip()}：个数应是整数"
            )


def _total_against_base(table: Table) -> Iterator[Callable[[], Finding | None]]:
    """Later additions and returns leave too, so a 合计 of persons above the base is no error."""
    for cell in _leaving(table):
        base = table.base(cell)
        if cell.kind == PERSONS and cell.year_word == TOTAL and base is not None and not table.unknown(cell):
            yield partial(_compared, table, cell, base)


def _compared(table: Table, total: TidyCell, base: TidyCell) -> Finding | None:
    more = table.amount(total) - table.amount(base)
    start = f"{name(total)} {total.value.strip()} 比基数 {base.value.strip()} "
    gap = f"{show(abs(more), base)}{base.unit or '人'}"
    if more > 0 and total.standard_word != NATIONAL:
        message = f"{start}多{gap}：规划期内新增、返贫的也要退出，不算错误"
        return Finding("exits_above_base", NOTICE, (total, base), message, gap)
    if more < 0:
        message = f"{start}少：{gap}没有排定年度"
        return Finding("exits_below_base", NOTICE, (total, base), message, gap)
    return None


def _not_numbers(table: Table) -> Iterator[Callable[[], Finding | None]]:
    for cell in table.cells:
        if cell.number is None and not cell.is_blank and not cell.is_whole_base:
            yield partial(
                Finding,
                "not_a_number",
                NOTICE,
                (cell,),
                f"{name(cell)}“{cell.value.strip()}”不是数，照印保留，不参与校验",
            )


CHECKS: tuple[Callable[[Table], Iterator[Callable[[], Finding | None]]], ...] = (
    _parts_sum_to_top,
    _years_sum,
    _national_within_provincial,
    _exits_within_base,
    _village_sums,
    _whole_numbers,
    _total_against_base,
    _not_numbers,
)
