"""A run's block as the page draws it: lines of cells with their classes, links and marks (look.md §5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reporting.nesting import places
from reporting.report import DIFFERENCE, PERCENT, YUAN, Block, Cell, Column, Figures, Row, Value, amount_of


@dataclass(frozen=True)
class PageCell:
    text: str
    classes: str
    list_url: str | None = None
    sign: str = ""
    reason: str = ""


@dataclass(frozen=True)
class PageLine:
    """`name` stands on the first line of an area and reaches over `height` of them; `level`: 0 of the whole, 1 of a part,
    2 of a part of a part, which `stands` over those beneath it."""

    name: str
    height: int
    word: str
    level: int
    stands: bool
    cells: list[PageCell]


def lines(figures: Figures, block: Block) -> Iterator[PageLine]:
    flush, over = _figure_columns(figures, block), {row.under for row in figures.rows}
    for row in figures.rows:
        for number, (word, keys) in enumerate(block.line_keys()):
            yield PageLine(
                name=row.name if number == 0 else "",
                height=len(block.lines) or 1,
                word=word,
                level=row.level,
                stands=row.code in over,
                cells=[
                    _cell(figures, row, key, column, flush=column.key in flush)
                    for key, column in zip(keys, block.columns, strict=True)
                ],
            )


def has_money(block: Block) -> bool:
    """Sums of money are of any length: their columns are as wide as they need."""
    return any(column.unit == YUAN for column in block.columns)


def has_long_words(block: Block) -> bool:
    """Lines said in more than 本年累计 need a wider column."""
    return any(len(word) > 5 for word, _ in block.lines)


def _figure_columns(figures: Figures, block: Block) -> set[str]:
    """Columns with a number in any line: what such a column says in words (全部脱贫) stands with its figures. Where an
    area has several lines they mean the same in every column: all or none."""
    found = {
        column.key
        for row in figures.rows
        for _, keys in block.line_keys()
        for key, column in zip(keys, block.columns, strict=True)
        if amount_of((cell := figures.cell(row.code, key)).value, cell.unit) is not None
    }
    return {column.key for column in block.columns} if found and block.lines else found


def sums(figures: Figures, block: Block) -> list[tuple[str, list[PageCell]]]:
    """相加 of the parts and how much it is more than the whole, so that the eye finds a gap; empty without parts."""
    whole_row = figures.whole
    parts = figures.parts(whole_row)
    if not parts or block.lines:
        return []
    added: list[PageCell] = []
    more: list[PageCell] = []
    for column in block.columns:
        cells = [figures.cell(row.code, column.key) for row in parts]
        numbers = [amount_of(cell.value, cell.unit) for cell in cells]
        edge = " edge" if column.edge else ""
        words = any(found is None and cell.value for found, cell in zip(numbers, cells, strict=True))
        if column.key.startswith(DIFFERENCE) or column.unit == PERCENT or words:
            added.append(PageCell("", f"n{edge}"))
            more.append(PageCell("", f"n{edge}"))
            continue
        known = [found for found in numbers if found is not None]
        total, whole = sum(known), amount_of(figures.value(whole_row.code, column.key), column.unit)
        added.append(PageCell(written(total) if known else "", f"n{edge}"))
        if known and whole is not None:
            gap = total - whole
            more.append(
                PageCell(
                    ("＋" if gap > 0 else "") + written(gap), f"n{edge} diff" if gap else f"n{edge} quiet"
                )
            )
        else:
            more.append(PageCell("", f"n{edge}"))
    return [(f"{counted(len(parts))}相加", added), (f"比{whole_row.name}多", more)]


@dataclass(frozen=True)
class MarkLine:
    sign: str
    place: str
    value: str
    reason: str


def marked(figures: Figures, headings: dict[str, str], block: Block) -> list[MarkLine]:
    """The reasons under the table, one line a cell that the block marks."""
    shown = {key for _, keys in block.line_keys() for key in keys}
    names = places(figures.rows)
    return [
        MarkLine(
            mark.sign,
            f"{names[mark.row]}　{headings[mark.column]}",
            plain(figures.value(mark.row, mark.column)),
            "；".join(mark.messages),
        )
        for mark in figures.marks
        if mark.column in shown
    ]


def _cell(figures: Figures, row: Row, key: str, column: Column, *, flush: bool) -> PageCell:
    cell, mark = figures.cell(row.code, key), figures.mark(row.code, key)
    found = amount_of(cell.value, cell.unit)
    classes = ["n"] if flush else []
    classes += ["edge"] if column.edge else []
    classes += ["bad"] if mark else []
    classes += ["zero"] if found == 0 else []
    text = signed(cell.value) if key.startswith(DIFFERENCE) else shown(cell)
    if mark is None:
        return PageCell(text, " ".join(classes), cell.list_url)
    return PageCell(text, " ".join(classes), cell.list_url, mark.sign, "；".join(mark.messages))


def shown(cell: Cell) -> str:
    """Money with its thousands set apart."""
    found = amount_of(cell.value, cell.unit)
    return written(found) if cell.unit == YUAN and found is not None else plain(cell.value)


def written(figure: int | Decimal) -> str:
    """Whole numbers as they are, decimals with commas; the sign as one reads it."""
    return plain(figure) if isinstance(figure, int) else f"{figure:,.2f}".replace("-", "−")


def plain(value: Value) -> str:
    if value is None:
        return ""
    return str(value).replace("-", "−") if isinstance(value, int) else value


def signed(value: Value) -> str:
    """＋800, −12, 0: a difference shows its side."""
    if isinstance(value, int) and value > 0:
        return f"＋{value}"
    return plain(value)


def counted(parts: int) -> str:
    """六处: how many areas were added up, in words up to ten."""
    words = "零一二三四五六七八九十"
    return f"{words[parts] if parts < len(words) else parts}处"
