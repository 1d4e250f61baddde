"""A workbook as lines of text: sheets, paper, widths, heights, merged heads, formats, sides, fills, comments, values and charts,
to be kept and compared.

Who took a copy, when, and the numbers drawn by lot are no part of how it is laid out.
"""

import io
import os
import re
from pathlib import Path
from uuid import UUID

import openpyxl

KEPT = Path(__file__).parent / "data" / "golden"
# What a fill says: a head or a 合计, a subtotal, a figure that is wrong, one that is noticed.
FILLS = {"E7EBEF": "灰", "F3F5F7": "浅", "FBD5D2": "错", "FCEBC8": "疑"}
TAKEN = "下载人："
DRAWN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"(\d{4}-\d\d-\d\d) \d\d:\d\d")


def compared(name: str, content: bytes) -> None:
    """The workbook is the one kept under the name."""
    path, lines = KEPT / f"{name}.txt", described(content)
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
    assert lines == path.read_text().splitlines(), name


def described(content: bytes) -> list[str]:
    """Every sheet: how it is laid out, then each row with its values, sides, formats and fills."""
    lines: list[str] = []
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        paper = {8: "A3", 9: "A4"}[int(sheet.page_setup.paperSize)]
        lines.append(
            f"## {sheet.title} {paper} {sheet.page_setup.orientation} 冻结 {sheet.freeze_panes}"
            f" 打印 {sheet.print_area} 重复 {sheet.print_title_rows}"
        )
        widths = {letter: one.width for letter, one in sorted(sheet.column_dimensions.items())}
        lines.append("列宽 " + " ".join(f"{letter}{width:g}" for letter, width in widths.items()))
        heights = sheet.row_dimensions.items()
        lines.append(
            "行高 " + " ".join(f"{row}:{one.height:g}" for row, one in sorted(heights) if one.height)
        )
        lines.append("合并 " + " ".join(sorted(str(box) for box in sheet.merged_cells.ranges)))
        for row in sheet.iter_rows():
            cells = [_cell(cell) for cell in row if cell.value is not None or getattr(cell, "comment", None)]
            if cells and not cells[0].startswith(TAKEN):
                lines.append(f"{row[0].row} " + " | ".join(cells).replace("\n", "/"))
        lines += [_chart(chart) for chart in sheet._charts]
    return lines


def _chart(chart) -> str:
    """What it draws: its sort, its axes and where its figures stand."""
    series = "；".join(f"{one.tx.strRef.f}：{one.cat.strRef.f} {one.val.numRef.f}" for one in chart.series)
    axes = "，".join(axis.title.tx.rich.p[0].r[0].t for axis in (chart.x_axis, chart.y_axis))
    return f"图 {chart.type} {chart.grouping} 轴 {axes} 数 {series}"


def _cell(cell) -> str:
    said = f" 批注：{cell.comment.text}" if cell.comment else ""
    return f"{_steady(cell.value)}[{(cell.alignment.horizontal or '-')[0]}{_set_in(cell)}{_format(cell)}{_fill(cell)}]{said}"


def _steady(value: object) -> object:
    """A text with every number drawn by lot as the first one and every time as midnight."""
    if not isinstance(value, str):
        return value
    return TIME.sub(r"\1 00:00", DRAWN.sub(str(UUID(int=1)), value))


def _set_in(cell) -> str:
    return "缩" if cell.alignment.indent else ""


def _fill(cell) -> str:
    return FILLS[cell.fill.fgColor.rgb[2:]] if cell.fill.fill_type else ""


def _format(cell) -> str:
    return "" if cell.number_format in ("General", "0") else f" {cell.number_format}"
