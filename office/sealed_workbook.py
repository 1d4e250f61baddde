"""A workbook drawn by XlsxWriter whose rows are never in the clear on disk.

XlsxWriter keeps long sheets, and every part of the file while it is packed, in temporary files in the clear. Here
it draws in memory only what is short (heads, widths, rules, empty rows); the rows go into sealed files as they come
and are put into their sheets while the workbook is packed into the stream it is meant for.
"""

import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter

from office.long_workbook import ZIP_DAY, Stream
from office.sealed_file import SealedFile, pieces
from office.text_cells import ESCAPE_LIKE, clean

DIMENSION = re.compile(r"<dimension [^>]*/>")
ROWS_A_WRITE = 500


class SealedRows:
    """The rows of one sheet, below what is drawn of its head. Lines count from 1."""

    def __init__(self, path: Path) -> None:
        self.path, self.uid = path, uuid4()
        self._file = SealedFile(path, self.uid).__enter__()
        self._block: list[str] = []

    def write(self, line: int, cells: Iterable[tuple[str, str, Any]]) -> None:
        """(letters of the column, text, format) of each cell that holds something; lines only grow."""
        written = [
            f'<c r="{letters}{line}" s="{style._get_xf_index()}" t="inlineStr"><is><t xml:space="preserve">'
            f"{escape(ESCAPE_LIKE.sub('_x005F_', clean(text)))}</t></is></c>"
            for letters, text, style in cells
        ]
        self._block.append(f'<row r="{line}">{"".join(written)}</row>')
        if len(self._block) == ROWS_A_WRITE:
            self._put()

    def close(self) -> None:
        self._put()
        self._file.__exit__(None, None, None)

    def drop(self) -> None:
        self._file.__exit__(GeneratorExit, GeneratorExit(), None)

    def _put(self) -> None:
        self._file.write("".join(self._block).encode())
        self._block.clear()


class SealedWorkbook:
    """As a context manager; `book` is XlsxWriter's own, for all that is short. `folder` is where sealed files lie."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._drawn = BytesIO()
        plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self.book = xlsxwriter.Workbook(self._drawn, {"in_memory": True, **plain})
        self._rows: dict[str, SealedRows] = {}

    def __enter__(self) -> "SealedWorkbook":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for rows in self._rows.values():
            rows.drop()

    def rows(self, page: Any) -> SealedRows:
        """Where the rows of the worksheet go."""
        made = SealedRows(self.folder / f"{uuid4()}.part")
        self._rows[f"xl/worksheets/sheet{page.index + 1}.xml"] = made
        return made

    def pack(self, file: Stream) -> None:
        """Writes the workbook; nothing can be added to it any more."""
        self.book.close()
        with (
            ZipFile(self._drawn) as drawn,
            ZipFile(file, "w", ZIP_DEFLATED) as packed,  # type: ignore[call-overload]
        ):
            for name in drawn.namelist():
                entry = ZipInfo(name, ZIP_DAY)
                entry.compress_type = ZIP_DEFLATED
                with packed.open(entry, "w", force_zip64=True) as part:
                    if name not in self._rows:
                        part.write(drawn.read(name))
                        continue
                    top, bottom = _apart(drawn.read(name).decode())
                    rows = self._rows[name]
                    rows.close()
                    part.write(top.encode())
                    for piece in pieces(rows.path, rows.uid):
                        part.write(piece)
                    part.write(bottom.encode())


def _apart(sheet: str) -> tuple[str, str]:
    """What stands before the rows and what behind them: below the first row that is drawn, if there is one."""
    sheet = DIMENSION.sub("", sheet).replace("<sheetData/>", "<sheetData></sheetData>")
    mark = "</row>" if "</row>" in sheet else "<sheetData>"
    place = sheet.index(mark) + len(mark)
    return sheet[:place], sheet[place:]
