"""The rows of an upload that are wrong, as a workbook: what stood in them, and why each was not taken."""

from collections.abc import Iterable
from typing import IO

import xlsxwriter

from office.workbook_write import clean, sheet_name

REASON = "原因"
Row = tuple[str, int | None, list[list[str]], list[str]]


def write_bad_rows(file: IO[bytes], rows: Iterable[Row]) -> None:
    """Rows as (sheet, row number, faults, cells); a sheet each, reasons and row number in front of the cells."""
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold, text = book.add_format({"bold": True, "bg_color": "#E7EBEF"}), book.add_format({"num_format": "@"})
    lines: dict[str, int] = {}
    pages = {}
    for sheet, row, faults, cells in rows:
        if sheet not in pages:
            pages[sheet], lines[sheet] = book.add_worksheet(sheet_name(sheet)), 0
            pages[sheet].set_column(0, 0, 8)
            pages[sheet].set_column(1, 1, 60)
            for place, title in enumerate(("原行号", REASON)):
                pages[sheet].write_string(0, place, title, bold)
        lines[sheet] += 1
        said = "；".join(f"{column}列 {title}：{message}" for column, title, _, message in faults)
        for place, value in enumerate([str(row or ""), said, *cells]):
            if value:
                pages[sheet].write_string(lines[sheet], place, clean(value), text)
    book.close()
