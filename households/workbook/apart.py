"""The rows of an upload apart, each kind a workbook that can be uploaded again by itself: the wrong ones with the
reasons and what belongs to their households, or all the others (quality F6).

What stood in them is read out of the sealed upload again; it is kept nowhere else.
"""

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from households.workbook.changes import Place
from households.workbook.columns import HOUSEHOLD_NUMBER, IDENTITY_SHEET, SHEETS, heading, number_of, text_of
from households.workbook.comparing import TAKEN_ALONG
from office.long_workbook import Stream
from office.sealed_workbook import SealedRows, SealedWorkbook
from office.workbook_read import Cell, Row
from office.workbook_write import MAX_ROWS, sheet_name

Faults = list[list[str]]
TOGETHER = "同户有错误的行"
NONE_BAD = "这次导入没有留下有错误的行"


class Apart:
    """Writes the bad rows (`bad`) or the good ones of a file; `keys` are the households that have a bad row."""

    def __init__(self, folder: Path, faults: dict[Place, Faults], keys: set[str], *, bad: bool) -> None:
        self.faults, self.keys, self.bad = faults, keys, bad
        self.sealed = SealedWorkbook(folder)
        self.book = self.sealed.book
        self.head = self.book.add_format({"bold": True, "bg_color": "#E7EBEF"})
        self.text = self.book.add_format({"num_format": "@"})
        self.pages: dict[str, Any] = {}
        self.rows: dict[str, SealedRows] = {}
        self.lines: dict[str, int] = {}
        self.places: dict[str, int] = {}

    def write(self, rows: Iterable[Row], file: Stream) -> int:
        """Every row that is of this kind; how many there were."""
        with self.sealed:
            count = self._sort(rows)
            self.sealed.pack(file)
        return count

    def _sort(self, rows: Iterable[Row]) -> int:
        count = 0
        for sheet, line, cells in rows:
            if sheet == IDENTITY_SHEET:
                self._line(sheet, [text_of(cell) for cell in cells], self.text)
            elif sheet not in self.places:
                self._look_for_head(sheet, line, cells)
            elif self._is_bad(sheet, line, cells) == self.bad:
                count += 1
                self._line(sheet, [*self._said(sheet, line), *map(text_of, cells)], self.text)
        visible = next((page for sheet, page in self.pages.items() if sheet != IDENTITY_SHEET), None)
        if visible is None:
            visible = self._page(SHEETS[0])
        visible.activate()
        visible.set_first_sheet()
        return count

    def _look_for_head(self, sheet: str, line: int, cells: list[Cell]) -> None:
        titles = [heading(text_of(cell)) for cell in cells]
        if HOUSEHOLD_NUMBER in titles:
            self.places[sheet] = titles.index(HOUSEHOLD_NUMBER)
            self._line(sheet, [*(TAKEN_ALONG if self.bad else ()), *map(text_of, cells)], self.head)
        if self.bad and (sheet, line) in self.faults:
            self._line(sheet, self._said(sheet, line), self.text)

    def _is_bad(self, sheet: str, line: int, cells: list[Cell]) -> bool:
        place = self.places[sheet]
        key = number_of(cells[place], HOUSEHOLD_NUMBER) if place < len(cells) else ""
        return (sheet, line) in self.faults or (bool(key) and key in self.keys)

    def _said(self, sheet: str, line: int) -> list[str]:
        if not self.bad:
            return []
        told = self.faults.get((sheet, line))
        said = "；".join(f"{column}列 {title}：{message}" for column, title, _, message in told or ())
        return [str(line), said or TOGETHER]

    def _page(self, sheet: str) -> Any:
        if sheet not in self.pages:
            self.pages[sheet], self.lines[sheet] = self.book.add_worksheet(sheet_name(sheet)), 0
            self.rows[sheet] = self.sealed.rows(self.pages[sheet])
            if sheet == IDENTITY_SHEET:
                self.pages[sheet].very_hidden()
            else:
                self._lay_out(self.pages[sheet])
        return self.pages[sheet]

    def _lay_out(self, page: Any) -> None:
        """Readable on the screen and on one page's width of paper."""
        page.set_column(0, 200, 12)
        if self.bad:
            page.set_column(0, 0, 8)
            page.set_column(1, 1, 60)
        page.freeze_panes(1, 2)
        page.repeat_rows(0)
        page.set_landscape()
        page.set_paper(8)
        page.fit_to_pages(1, 0)

    def _line(self, sheet: str, cells: Iterable[str], style: Any) -> None:
        self._page(sheet)
        if self.lines[sheet] < MAX_ROWS:
            self.lines[sheet] += 1
            written = [(xl_col_to_name(place), text, style) for place, text in enumerate(cells) if text]
            self.rows[sheet].write(self.lines[sheet], written)


def file_name(bad: bool, at: datetime.datetime) -> str:
    return f"{'有错误的行' if bad else '正确的行'}{at:%m%d%H%M}.xlsx"
