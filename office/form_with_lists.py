"""Official forms and, behind them, the lists they count, in one workbook.

The forms and the heads of the lists are drawn by openpyxl, in memory; the rows go past one by one while the file is
packed, however many there are. A list longer than a sheet goes on in the next one, as both say.
"""

import datetime
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from office.job_run import JobRefused
from office.long_workbook import (
    MAX_ROWS,
    ROWS_A_WRITE,
    ZIP_DAY,
    Stream,
    beside,
    letters_of,
    part_names,
    row_xml,
)
from office.official_form import OfficialForm, Value
from office.stamp import Stamp, on_paper, on_sheet
from office.text_cells import text_width
from office.workbook_write import FACE, GREY, form_book, pack, put

Row = Sequence[Value]


@dataclass(frozen=True)
class LongList:
    """`columns` are (label, width in characters); `count`: how many rows there are to be."""

    name: str
    columns: Sequence[tuple[str, float]]
    count: int
    rows: Iterator[Row]

    @property
    def sheets(self) -> int:
        return max(1, -(-self.count // (MAX_ROWS - 1)))

    @property
    def names(self) -> list[str]:
        return part_names(self.name, self.sheets)


def write_with_lists(
    file: Stream,
    forms: Sequence[OfficialForm],
    lists: Sequence[LongList],
    *,
    made_at: datetime.datetime,
    stamp: Stamp,
) -> int:
    """Writes the workbook; how many rows its lists have. Names of lists must differ from those of the forms."""
    book = form_book(*forms)
    day = _day_format(book)
    parts: dict[str, tuple[LongList, bool]] = {}
    for one in lists:
        for place, name in enumerate(one.names, start=1):
            _draw_head(book.create_sheet(name), one, place)
            parts[f"xl/worksheets/sheet{len(book.worksheets)}.xml"] = (one, place == one.sheets)
    drawn, count = io.BytesIO(pack(book, title=forms[0].title, made_at=made_at)), 0
    with ZipFile(drawn) as source, ZipFile(file, "w", ZIP_DEFLATED) as packed:  # type: ignore[call-overload]
        for name in source.namelist():
            content = source.read(name)
            entry = ZipInfo(name, ZIP_DAY)
            entry.compress_type = ZIP_DEFLATED
            with packed.open(entry, "w", force_zip64=True) as part:
                if name in parts:
                    count += _fill(part, on_paper(content.decode(), stamp), *parts[name], day)
                elif name.startswith("xl/worksheets/sheet"):
                    part.write(on_sheet(content.decode(), stamp).encode())
                else:
                    part.write(content)
    return count


def _day_format(book: Workbook) -> int:
    """The number of the format of a date, as the rows name it."""
    sheet = book.worksheets[0]
    place = (sheet.max_row + 1, 1)
    cell = sheet.cell(*place)
    cell.number_format, cell.alignment = "yyyy-mm-dd", Alignment(horizontal="left")
    number: int = cell.style_id
    del sheet._cells[place]
    return number


def _draw_head(sheet: Worksheet, one: LongList, part: int) -> None:
    for place, (label, width) in enumerate(one.columns, start=1):
        here = put(sheet, 1, place, label)
        here.font, here.fill = Font(name=FACE, size=11, bold=True), GREY
        sheet.column_dimensions[get_column_letter(place)].width = max(width, text_width(label) + 2)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = beside(part, more=part < one.sheets) or None
        sheet.oddFooter.right.text = "第 &P 页　共 &N 页"


def _fill(part: Stream, xml: str, one: LongList, last: bool, day: int) -> int:
    """The rows of the list as far as they fit between the head and the end of the sheet."""
    place = xml.index("</sheetData>")
    part.write(xml[:place].encode())
    letters, line, block = [letters_of(at) for at in range(len(one.columns))], 1, []
    for row in islice(one.rows, MAX_ROWS - 1):
        line += 1
        block.append(row_xml(line, letters, row, day))
        if len(block) == ROWS_A_WRITE:
            part.write("".join(block).encode())
            block.clear()
    if last and next(one.rows, None) is not None:
        raise JobRefused(f"“{one.name}”在写的时候变长了，请重新生成")
    part.write("".join(block).encode())
    part.write(xml[place:].encode())
    return line - 1
