"""The only writer of workbooks and csv files: official forms, long lists (long_workbook.py), plain csv.

Text stays text: a name beginning with "=" is no formula, an address no link, a control character no
broken file. Equal input gives equal bytes (times come from the caller), so checksums can be compared.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import Outline
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from office.form_chart import CHART_ROWS, WIDE, draw_chart
from office.form_print import set_print
from office.long_workbook import AUTHOR, MAX_ROWS, ZIP_DAY, write_long
from office.official_form import FormCell, HeadCell, OfficialForm, Value, in_parts
from office.text_cells import ESCAPE_LIKE, clean, sheet_name, text_width

__all__ = [
    "AUTHOR",
    "MAX_ROWS",
    "FormCell",
    "HeadCell",
    "OfficialForm",
    "Value",
    "clean",
    "guard",
    "sheet_name",
    "text_width",
    "unguard",
    "write_csv",
    "write_form",
    "write_long",
]

# Signs that make Excel (or its Chinese editions: full width) read the text of a csv cell as a formula.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")

THIN = Side(style="thin", color="808080")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
FACE = "宋体"
TITLE_SIZE = 16
GREY = PatternFill("solid", start_color="E7EBEF")
PALE = PatternFill("solid", start_color="F3F5F7")
FILLS = {
    "error": PatternFill("solid", start_color="FBD5D2"),
    "notice": PatternFill("solid", start_color="FCEBC8"),
}


def write_form(*forms: OfficialForm, made_at: datetime.datetime) -> bytes:
    """The forms as one xlsx file, a sheet each; `made_at` (aware) is the time written into its properties."""
    return pack(form_book(*forms), title=forms[0].title, made_at=made_at)


def form_book(*forms: OfficialForm) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for form in (part for whole in forms for part in in_parts(whole, MAX_ROWS)):
        sheet = book.create_sheet(sheet_name(form.sheet or form.title))
        head_row = _write_top(sheet, form)
        body_row = _write_head(sheet, form, head_row)
        notes_row = _write_body(sheet, form, body_row)
        last_row = _write_foot(sheet, form, notes_row)
        if form.chart is not None:
            draw_chart(sheet, form, head_row, body_row)
            last_row = max(last_row, head_row + CHART_ROWS)
            sheet.row_dimensions[
                last_row
            ].height = 15  # a row that is there: what is written below begins below it
        _set_widths(sheet, form)
        set_print(sheet, form, _natural_widths(form), (head_row, body_row, last_row))
    return book


def _write_top(sheet: Worksheet, form: OfficialForm) -> int:
    """Title and the line of 填报单位, 统计截止时间, 单位; the row on which the head starts."""
    _line(
        sheet,
        1,
        1,
        form.breadth,
        form.title,
        "center",
        Font(name=FACE, size=form.points(TITLE_SIZE), bold=True),
    )
    lines = _lines(form, form.title, TITLE_SIZE) if form.wall else 1
    sheet.row_dimensions[1].height = form.points(32) * lines
    parts = [
        (form.filler and f"填报单位：{form.filler}", "left"),
        (form.as_of and f"统计截止时间：{form.as_of}", "center"),
        (form.unit and f"单位：{form.unit}", "right"),
    ]
    _thirds(sheet, 2, form.breadth, [(text, side) for text, side in parts if text])
    sheet.row_dimensions[2].height = 20
    return 3


def _write_head(sheet: Worksheet, form: OfficialForm, top: int) -> int:
    font = Font(name=FACE, size=form.points(10), bold=True)
    centred = Alignment(horizontal="center", vertical="center", wrap_text=True)
    lines, widths = [1] * len(form.head), _natural_widths(form)
    for row, column, cell in form.places:
        put(sheet, top + row, column + 1, cell.text)
        box = (top + row, column + 1, top + row + cell.rows - 1, column + cell.cols)
        for line in range(box[0], box[2] + 1):
            for place in range(box[1], box[3] + 1):
                here = sheet.cell(line, place)
                here.border, here.font, here.alignment, here.fill = BOX, font, centred, GREY
        if cell.rows > 1 or cell.cols > 1:
            sheet.merge_cells(start_row=box[0], start_column=box[1], end_row=box[2], end_column=box[3])
        if cell.rows == 1:
            # Letters of ten points in columns measured in figures of eleven.
            room = sum(widths[column : column + cell.cols]) * 1.1
            needed = sum(max(1, -(-int(text_width(text)) // int(room))) for text in cell.text.split("\n"))
            lines[row] = max(lines[row], needed)
    for row, count in enumerate(lines):
        sheet.row_dimensions[top + row].height = form.points(6 + 14 * count)
    return top + len(form.head)


def _write_body(sheet: Worksheet, form: OfficialForm, top: int) -> int:
    fonts = {bold: Font(name=FACE, size=form.points(11), bold=bold) for bold in (False, True)}
    tall: list[tuple[int, int, int]] = []
    counted, widths = _figure_columns(form), _natural_widths(form)
    levels = [set(rows) for rows in (form.total_rows, form.part_rows, form.inner_rows)]
    # The subtotal stands above what it adds up, and so does the sign that folds it away.
    sheet.sheet_properties.outlinePr = Outline(summaryBelow=not form.inner_rows, summaryRight=True)
    for number, row in enumerate(form.rows):
        total, part, inner = (number in rows for rows in levels)
        sheet.row_dimensions[top + number].outlineLevel = int(inner)
        sheet.row_dimensions[top + number].height = form.points(6 + 14 * _lines_of(row, widths))
        for place, given in enumerate(row):
            cell = given if isinstance(given, FormCell) else FormCell(given)
            here = put(sheet, top + number, place + 1, cell.value)
            here.border, here.font = BOX, fonts[total or part]
            words = place not in counted or isinstance(cell.value, datetime.date)
            here.alignment = Alignment(
                horizontal="left" if words else "right",
                vertical="center",
                wrap_text=isinstance(cell.value, str),
                # Words beside a figure do not touch it.
                indent=int((inner and place == 0) or (words and place - 1 in counted)),
            )
            if not isinstance(cell.value, str):
                column_format = form.formats[place] if place < len(form.formats) else ""
                here.number_format = cell.number_format or column_format or _own_format(cell.value)
            if total or part:
                here.fill = GREY if total else PALE
            if cell.mark:
                here.fill = FILLS[cell.mark]
            if cell.comment:
                here.comment = Comment(clean(cell.comment), AUTHOR, height=110, width=280)
            if cell.rows > 1:
                tall.append((top + number, place + 1, cell.rows))
    for line, column, rows in tall:
        sheet.merge_cells(start_row=line, start_column=column, end_row=line + rows - 1, end_column=column)
    return top + len(form.rows)


def _lines_of(row: Sequence[Value | FormCell], widths: Sequence[float]) -> int:
    """How many lines the longest text of a row takes in its column; a cell over several rows has room enough."""
    cells = [given if isinstance(given, FormCell) else FormCell(given) for given in row]
    texts = [
        (cell.value, width)
        for cell, width in zip(cells, widths, strict=True)
        if isinstance(cell.value, str) and cell.rows == 1
    ]
    return max((max(1, -(-int(text_width(text)) // int(width))) for text, width in texts), default=1)


def _figure_columns(form: OfficialForm) -> set[int]:
    """Columns that hold a number anywhere: set flush right, with what they say in words; the others read as text.
    Where an area has several lines they mean the same in every column: all or none."""
    found = {
        place
        for row in form.rows
        for place, given in enumerate(row)
        if place >= form.fixed_columns
        and isinstance(given.value if isinstance(given, FormCell) else given, int | Decimal)
    }
    lined = any(isinstance(row[0], FormCell) and row[0].rows > 1 for row in form.rows)
    return set(range(form.fixed_columns, form.width)) if found and lined else found


def _write_foot(sheet: Worksheet, form: OfficialForm, top: int) -> int:
    """Notes, one a row, then the line of signatures; the last row written."""
    font = Font(name=FACE, size=form.points(10))
    row = top - 1
    for note in form.notes:
        row += 1
        _line(sheet, row, 1, form.width, note, "left", font)
        sheet.row_dimensions[row].height = form.points(16) * _lines(form, note, 10)
    if form.signatures:
        row += 1
        _thirds(sheet, row, form.width, [(text, "left") for text in form.signatures])
        sheet.row_dimensions[row].height = 28
    return row


def _lines(form: OfficialForm, text: str, size: float) -> int:
    """How many lines a text of these points takes over the whole width; a column's unit is a figure of eleven."""
    room = sum(_natural_widths(form)) * 11 / form.points(size)
    return max(1, -(-int(text_width(text)) // max(1, int(room))))


def _thirds(sheet: Worksheet, row: int, width: int, parts: Sequence[tuple[str, str]]) -> None:
    """Several texts on one row, each over its share of the columns; all in one where they are too few."""
    font = Font(name=FACE, size=10)
    if not parts:
        return
    if width < 2 * len(parts):
        _line(sheet, row, 1, width, "　　".join(text for text, _side in parts), "left", font)
        return
    for number, (text, side) in enumerate(parts):
        first, last = width * number // len(parts) + 1, width * (number + 1) // len(parts)
        _line(sheet, row, first, last, text, side, font)


def _line(sheet: Worksheet, row: int, first: int, last: int, text: str, side: str, font: Font) -> None:
    here = put(sheet, row, first, text)
    here.font = font
    here.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    if last > first:
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)


def _natural_widths(form: OfficialForm) -> list[float]:
    """Characters a column needs (a Chinese one counts two), between 7 and 36, unless the form says.

    A narrow table is drawn out until its title and its line of signatures fit on it.
    """
    widths = list(form.widths)
    for place in range(len(widths), form.width):
        column_format = form.formats[place] if place < len(form.formats) else ""
        given = [row[place] for row in form.rows]
        texts = [_shown(one, column_format) for one in given]
        texts += [
            line
            for _row, column, cell in form.places
            if column == place and cell.cols == 1
            for line in cell.text.split("\n")
        ]
        room = 5.5 if place == 0 and form.inner_rows else 2.5
        widths.append(min(36.0, max(7.0, max((text_width(text) for text in texts), default=0) + room)))
    wanted = max(
        text_width(form.title) * TITLE_SIZE / 10.5,
        len(form.signatures) * max((text_width(text) for text in form.signatures), default=0),
    )
    drawn = sum(widths)
    if form.widths or form.chart or not drawn or drawn >= wanted:
        return widths
    return [width * wanted / drawn for width in widths]


def _shown(given: Value | FormCell, column_format: str) -> str:
    """What a cell looks like, for its width."""
    cell = given if isinstance(given, FormCell) else FormCell(given)
    if isinstance(cell.value, Decimal) and "," in (cell.number_format or column_format):
        return f"{cell.value:,.2f}"
    return str(cell.value)


def _set_widths(sheet: Worksheet, form: OfficialForm) -> None:
    for place, width in enumerate(_natural_widths(form), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for place in range(form.width + 1, form.breadth + 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDE


def put(sheet: Worksheet, row: int, column: int, value: Value) -> Any:
    """Writes a value; text as text whatever it begins with. Floats and truth values are refused."""
    here = sheet.cell(row, column)
    if isinstance(value, bool | float):
        raise TypeError(f"表格里只写文字、整数、定点数和日期，不写 {value!r}")
    if isinstance(value, str):
        text = ESCAPE_LIKE.sub("_x005F_", clean(value))
        here.value = text
        here.data_type = "s"
        here.quotePrefix = FORMULA.match(text) is not None
    else:
        here.value = value
    return here


def _own_format(value: Value) -> str:
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        return "0." + "0" * places if places else "0"
    if isinstance(value, datetime.date):
        return "yyyy-mm-dd"
    return "0" if isinstance(value, int) else "General"


def pack(book: Workbook, *, title: str, made_at: datetime.datetime) -> bytes:
    """The workbook's file, byte for byte the same for the same content and time."""
    moment = made_at.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)
    properties = book.properties
    properties.title, properties.creator, properties.lastModifiedBy = clean(title), AUTHOR, AUTHOR
    properties.created = properties.modified = moment
    drawn = io.BytesIO()
    with ZipFile(drawn, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).write_data()
    packed = io.BytesIO()
    with ZipFile(drawn) as source, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name in source.namelist():
            entry = ZipInfo(name, ZIP_DAY)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, source.read(name))
    return packed.getvalue()


class TextFile(Protocol):
    """A file opened for text without newline translation, or an HttpResponse."""

    def write(self, text: Any, /) -> Any: ...


def write_csv(file: TextFile, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """UTF-8 csv with the mark Excel needs to see it; how many rows it has."""
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow([guard(column) for column in columns])
    count = 0
    for row in rows:
        writer.writerow(["" if value is None else guard(str(value)) for value in row])
        count += 1
    return count


def guard(text: str) -> str:
    """Text that no spreadsheet takes for a formula; numbers such as -5 stay as they are."""
    if FORMULA.match(text) and not PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """What `guard` was given: one apostrophe less, so that no round trip adds another."""
    return text[1:] if GUARDED.match(text) else text
