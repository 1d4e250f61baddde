"""The rows of an upload given to the reader of their sheet: the own workbook's, or the national person sheet's."""

import datetime
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from households.models import RegisterWorkbook
from households.workbook import national
from households.workbook.columns import (
    IDENTITY_LABEL,
    IDENTITY_SHEET,
    MADE_AT_LABEL,
    SHEETS,
    heading,
    text_of,
)
from households.workbook.comparing import Book, Sheet
from households.workbook.outcome import Head, Outcome
from office.workbook_read import Cell, Row, WorkbookRefused

BATCH = 1000
# A head may stand below a title and a note, not deeper.
HEAD_WITHIN = 10
NOTHING = "工作簿里没有可导入的表，请用本系统下载的工作簿填写，或用全国系统导出的人口明细表"
Cells = list[Cell]


class Reader(Protocol):
    """Reads the rows below one head. `finish` comes when the file has been read whole."""

    head: Head

    def take(self, rows: Sequence[Row]) -> None: ...

    def finish(self) -> None: ...


class Reading:
    """One pass over a file; `readers` by sheet."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.book = Book(outcome)
        self.readers: dict[str, Sheet | Reader] = {}
        self._tried: dict[str, int] = {}

    def read(self, rows: Iterable[Row], progress: Callable[[int], None]) -> None:
        """Raises WorkbookRefused when a sheet cannot be read by its head, or when there is none."""
        waiting: list[Row] = []
        for row in rows:
            sheet, line, cells = row
            if sheet not in self.readers:
                self._head(sheet, line, cells)
                continue
            if waiting and (waiting[0][0] != sheet or len(waiting) >= BATCH):
                self._take(waiting, progress)
                waiting = []
            waiting.append(row)
        if waiting:
            self._take(waiting, progress)
        if not self.readers:
            raise WorkbookRefused(NOTHING)
        self.book.finish()
        for reader in self.readers.values():
            if not isinstance(reader, Sheet):
                reader.finish()

    def _take(self, rows: list[Row], progress: Callable[[int], None]) -> None:
        self.readers[rows[0][0]].take(rows)
        progress(self.outcome.rows)

    def _head(self, sheet: str, line: int, cells: Cells) -> None:
        """The row that may be the head of a sheet; other sheets are passed over."""
        tried = self._tried.get(sheet, 0)
        self._tried[sheet] = tried + 1
        if sheet == IDENTITY_SHEET:
            self._identify(cells)
        elif tried < HEAD_WITHIN and national.recognises([heading(text_of(cell)) for cell in cells]):
            # By its head whatever the sheet is called: 人口 may be the national one too.
            self.readers[sheet] = national.NationalReader(self.outcome, sheet, line, cells)
        elif sheet in SHEETS:
            self.readers[sheet] = Sheet(self.book, sheet, line, cells)

    def _identify(self, cells: Cells) -> None:
        """Which download this is, and of when. It stands in front of the other sheets."""
        if len(cells) < 2:
            return
        label, text = text_of(cells[0]), text_of(cells[1])
        try:
            if label == IDENTITY_LABEL:
                self.outcome.template = uuid.UUID(text)
            elif label == MADE_AT_LABEL:
                self.outcome.made_at = datetime.datetime.fromisoformat(text)
        except ValueError:
            raise WorkbookRefused("工作簿的模板编号被改动过，请重新下载") from None
        if self.outcome.made_at is None and self.outcome.template is not None:
            made = RegisterWorkbook.objects.filter(pk=self.outcome.template).first()
            self.outcome.made_at = made.made_at if made else None
