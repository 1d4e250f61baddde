"""A workbook as lines of text: sheets, paper, merged heads, formats, sides and values, to be kept and compared."""

import io
from pathlib import Path

import openpyxl

KEPT = Path(__file__).parent / "data" / "golden"
SIGNED = "负责人"


def described(content: bytes, leave: tuple[str, ...] = ("来源",)) -> list[str]:
    """Every sheet but those left out: how it is laid out, then each row with its values, sides and formats."""
    lines: list[str] = []
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        if sheet.title in leave:
            continue
        paper = {8: "A3", 9: "A4"}[int(sheet.page_setup.paperSize)]
        lines.append(
            f"## {sheet.title} {paper} {sheet.page_setup.orientation} 冻结 {sheet.freeze_panes}"
            f" 打印 {sheet.print_area} 重复 {sheet.print_title_rows}"
        )
        lines.append("合并 " + " ".join(sorted(str(box) for box in sheet.merged_cells.ranges)))
        for row in sheet.iter_rows():
            cells = [
                f"{cell.value}[{(cell.alignment.horizontal or '-')[0]}{_format(cell)}]"
                for cell in row
                if cell.value is not None
            ]
            if cells:
                lines.append(f"{row[0].row} " + " | ".join(cells).replace("\n", "/"))
    return lines


def _format(cell) -> str:
    return "" if cell.number_format in ("General", "0") else f" {cell.number_format}"
