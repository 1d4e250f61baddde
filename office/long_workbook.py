"""Long lists as xlsx, written row by row into a stream that need not be a file on disk.

XlsxWriter in constant_memory keeps its rows in a temporary file in the clear and takes four times as long
(tests/bench/exports.py has both); a list with full numbers must not lie about like that. Inline strings, no
formula, no link; a new sheet every 1 048 575 rows, each saying which it is of how many, so that nobody takes a part for
the whole; equal input gives equal bytes.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from office.official_form import Value
from office.text_cells import ESCAPE_LIKE, clean, sheet_name, text_width

AUTHOR = "扶贫办"
SOURCE = "来源"
MAX_ROWS = 1_048_576  # rows in a sheet, Excel's limit
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
ROWS_A_WRITE = 500
NAME_LENGTH = 19  # of a sheet's 31 signs; the rest says which part of a list it is
DAY_ZERO = datetime.date(1899, 12, 30).toordinal()
# Text that is not written as it is: marked-up signs, control signs, what reads as an escape, blank ends.
UNUSUAL = re.compile(r"[&<>\x00-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\s|\s$")
SURELY_SHORT = 1000
HEAD, DAY = 1, 2  # cell formats of STYLES

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Sheets are the rule for .xml, so that their number need not be known before the first is written.
TYPES = (
    f'{XML}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
ROOT = (
    f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '</numFmts><fonts count="2"><font><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
    '</fill><fill><patternFill patternType="solid"><fgColor rgb="FFE7EBEF"/></patternFill></fill></fills>'
    '<borders count="2"><border/><border><left/><right/><top/><bottom style="thin"/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf fontId="1" fillId="2" borderId="1" applyFont="1" applyFill="1" applyBorder="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="left"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Stream(Protocol):
    """Where the bytes go; it need not seek."""

    def write(self, data: bytes, /) -> Any: ...


def write_long(
    file: Path | str | Stream,
    columns: Sequence[str | tuple[str, float]],
    rows: Iterable[Sequence[Value]],
    *,
    made_at: datetime.datetime,
    title: str = "清单",
    footer: str = "",
    origin: Sequence[tuple[str, str]] = (),
) -> int:
    """Writes the list; how many rows it has. `columns` are labels or (label, width in characters).

    `footer` is printed at the foot of each page. `origin` says what and who it comes from, on a last sheet of their
    own, since below the rows a program would read them as a record; a list of several sheets has that sheet in any
    case. Which part of how many a sheet is says its name, and the foot of its pages what goes before and after. Raises TypeError for a value that is no text, whole
    number, decimal or date.
    """
    labelled = [(column, 14.0) if isinstance(column, str) else column for column in columns]
    letters = [letters_of(place) for place in range(len(labelled))]
    source, count = iter(rows), 0
    parts = 0
    with ZipFile(file, "w", ZIP_DEFLATED) as book:  # type: ignore[call-overload]
        _part(book, "[Content_Types].xml", TYPES)
        _part(book, "_rels/.rels", ROOT)
        held: Sequence[Value] | None = next(source, None)
        while held is not None or not parts:
            parts += 1
            with book.open(_entry(f"xl/worksheets/sheet{parts}.xml"), "w", force_zip64=True) as sheet:
                sheet.write(_sheet_top(labelled, letters).encode())
                line, block = 1, []
                while held is not None and line < MAX_ROWS:
                    line, count = line + 1, count + 1
                    block.append(row_xml(line, letters, held))
                    if len(block) == ROWS_A_WRITE:
                        sheet.write("".join(block).encode())
                        block.clear()
                    held = next(source, None)
                sheet.write("".join(block).encode())
                sheet.write(_sheet_foot(footer, beside(parts, more=held is not None)).encode())
        names = part_names(title, parts)
        if parts > 1:
            origin = [*origin, ("工作表", f"一张表放不下，分成{parts}张：{'、'.join(names)}")]
        if origin:
            names.append(SOURCE)
            _part(
                book,
                f"xl/worksheets/sheet{len(names)}.xml",
                _source_sheet([*origin, ("行数", f"{count}")], footer),
            )
        _part(book, "xl/workbook.xml", _workbook(names))
        _part(book, "xl/_rels/workbook.xml.rels", _relations(len(names)))
        _part(book, "xl/styles.xml", STYLES)
        _part(book, "docProps/core.xml", _properties(title, made_at))
    return count


def row_xml(line: int, letters: Sequence[str], values: Sequence[Value], day: int = DAY) -> str:
    """`day` is the format of a date among those of the workbook."""
    cells = [f'<row r="{line}">']
    for letter, value in zip(letters, values, strict=True):
        kind = type(value)
        if isinstance(value, str):
            if not value:
                continue
            if len(value) > SURELY_SHORT or UNUSUAL.search(value):
                value = escape(ESCAPE_LIKE.sub("_x005F_", clean(value)))
                cells.append(
                    f'<c r="{letter}{line}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
                )
            else:
                cells.append(f'<c r="{letter}{line}" t="inlineStr"><is><t>{value}</t></is></c>')
        elif value is None:
            continue
        elif kind is int or kind is Decimal:
            cells.append(f'<c r="{letter}{line}"><v>{value}</v></c>')
        elif isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            cells.append(f'<c r="{letter}{line}" s="{day}"><v>{value.toordinal() - DAY_ZERO}</v></c>')
        else:
            raise TypeError(f"表格里只写文字、整数、定点数和日期，不写 {value!r}")
    cells.append("</row>")
    return "".join(cells)


def _sheet_top(labelled: Sequence[tuple[str, float]], letters: Sequence[str]) -> str:
    """Everything before the first row of data: fitted to the width of the page, heads frozen and repeated."""
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{max(width, text_width(label) + 2):g}" customWidth="1"/>'
        for place, (label, width) in enumerate(labelled, start=1)
    )
    heads = "".join(
        f'<c r="{letter}1" s="{HEAD}" t="inlineStr"><is><t>{escape(clean(label))}</t></is></c>'
        for letter, (label, _) in zip(letters, labelled, strict=True)
    )
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" '
        'activePane="bottomRight" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f'<cols>{widths}</cols><sheetData><row r="1">{heads}</row>'
    )


def _source_sheet(origin: Sequence[tuple[str, str]], footer: str) -> str:
    rows = "".join(row_xml(line, "AB", pair) for line, pair in enumerate(origin, start=2))
    return _sheet_top([("项目", 16.0), ("内容", 80.0)], "AB") + rows + _sheet_foot(footer)


def part_names(title: str, parts: int) -> list[str]:
    """The names of the sheets of one list; of several each says which it is of how many. At most 31 signs."""
    if parts == 1:
        return [sheet_name(title)[:27]]
    return [f"{sheet_name(title)[:NAME_LENGTH]}（第{part}张共{parts}张）" for part in range(1, parts + 1)]


def beside(part: int, *, more: bool) -> str:
    """What goes before a sheet of a list and after it; nothing where it is the only one."""
    before = [f"上接第{part - 1}张表"] if part > 1 else []
    return "　".join([*before, *([f"下接第{part + 1}张表"] if more else [])])


def _sheet_foot(footer: str, said_beside: str = "") -> str:
    said = escape(clean(footer).replace("&", "&&"))
    middle = f"&amp;C{said_beside}" if said_beside else ""
    return (
        '</sheetData><pageMargins left="0.5" right="0.5" top="0.6" bottom="0.7" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        f"<headerFooter><oddFooter>&amp;L{said}{middle}&amp;R第 &amp;P 页　共 &amp;N 页</oddFooter></headerFooter></worksheet>"
    )


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{place}" r:id="rId{place}"/>'
        for place, name in enumerate(names, start=1)
    )
    repeated = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">\'{escape(name)}\'!$1:$1</definedName>'
        for place, name in enumerate(names)
    )
    return (
        f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{sheets}</sheets><definedNames>{repeated}</definedNames></workbook>"
    )


def _relations(sheets: int) -> str:
    parts = [("worksheet", f"worksheets/sheet{place}.xml") for place in range(1, sheets + 1)]
    lines = "".join(
        f'<Relationship Id="rId{place}" Type="{RELATED}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate([*parts, ("styles", "styles.xml")], start=1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def _properties(title: str, made_at: datetime.datetime) -> str:
    moment = f"{made_at.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
    return (
        f'{XML}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(clean(title))}</dc:title><dc:creator>{AUTHOR}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created></cp:coreProperties>'
    )


def _part(book: ZipFile, name: str, text: str) -> None:
    book.writestr(_entry(name), text)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, ZIP_DAY)
    entry.compress_type = ZIP_DEFLATED
    return entry


def letters_of(place: int) -> str:
    """A, B, …, Z, AA for the columns from 0."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
