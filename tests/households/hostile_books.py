"""Workbooks that mean harm, or were saved wrongly (threats D1–D8), made from one honest national sheet.

HOSTILE names each of them with what must come of it: a word of the refusal, `fault(code)` for a bad row, or READ.
"""

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from households.workbook.outcome import letters
from tests.households.national_sheets import HEAD, HEADERS, SPOUSE, cells, workbook
from tests.office.test_workbook_read import MAIN, PARTS, packed, sheet

READ = "read"
MIB = 1 << 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTITIES = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10 if n else 'ha'}'>" for n in range(10))


@dataclass(frozen=True)
class Fault:
    """The file is read, and this rule names a cell of it."""

    code: str


def cell(place: str, value: object) -> str:
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def rows_of(*people: dict, more: str = "", changed: dict[str, str] | None = None) -> str:
    """Rows of the national sheet as XML; `changed` puts other cells (their XML) into the first person's row."""
    lines = []
    for line, values in enumerate(cells(*people), 1):
        parts = []
        for place, value in enumerate(values):
            name = f"{letters(place)}{line}"
            if line == 2 and changed and HEADERS[place] in changed:
                parts.append(changed[HEADERS[place]].replace("@", name))
            elif value is not None:
                parts.append(cell(name, value))
        lines.append(f'<row r="{line}">{"".join(parts)}</row>')
    return "".join(lines) + more


def honest(**parts: str | bytes) -> bytes:
    return packed(sheet=sheet(rows_of(HEAD, SPOUSE)), **parts)


def claims_everything() -> bytes:
    return packed(sheet=sheet(rows_of(HEAD, SPOUSE), '<dimension ref="A1:XFD1048576"/>'))


def last_corner() -> bytes:
    far = f'<row r="1048576">{cell("XFD1048576", "乙")}</row>'
    return packed(sheet=sheet(rows_of(HEAD, SPOUSE, more=far)))


def blank_tail() -> bytes:
    tail = "".join(f'<row r="{line}"><c r="A{line}" s="0"/></row>' for line in range(4, 200_000))
    return packed(sheet=sheet(rows_of(HEAD, SPOUSE, more=tail)))


def zip_bomb() -> bytes:
    """A quarter of a GiB in one cell."""
    file = io.BytesIO(honest())
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w") as bomb,
    ):
        for _ in range(256):
            bomb.write(b"x" * MIB)
    return file.getvalue()


def bomb_under_noise() -> bytes:
    """The whole looks honest by its ratio; one part of it is not."""
    return honest(**{"xl/media/a.bin": os.urandom(MIB), "xl/media/b.xml": b"x" * 40 * MIB})


def string_bomb() -> bytes:
    return honest(strings=f'<sst xmlns="{MAIN}">' + "<si/>" * 2_000_000 + "</sst>")


def entities(declared: str) -> bytes:
    text = f'<?xml version="1.0"?><!DOCTYPE a [{declared}]><sst xmlns="{MAIN}"><si><t>&a9;</t></si></sst>'
    return honest(strings=text)


def formula(value: str) -> bytes:
    name = '<c r="@" t="str"><f>HYPERLINK("http://127.0.0.1/","x")</f><v>演示张三</v></c>'
    return packed(sheet=sheet(rows_of(HEAD, SPOUSE, changed={"姓名": value or name})))


def numeric() -> bytes:
    number = '<c r="@"><v>990405195006150014</v></c>'
    return packed(sheet=sheet(rows_of(HEAD, SPOUSE, changed={"证件号码": number})))


def many_sheets() -> bytes:
    names = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, 301))
    book = PARTS["xl/workbook.xml"]
    start = book.index("<sheet ")
    end = book.index("</sheets>")
    return honest(**{"xl/workbook.xml": book[:start] + names + book[end:]})


def too_wide() -> bytes:
    return packed(sheet=sheet(f'<row r="1">{cell("A1", "甲")}{cell("ZZ1", "乙")}</row>'))


def csv(encoding: str) -> bytes:
    lines = [",".join("" if value is None else str(value) for value in row) for row in cells(HEAD, SPOUSE)]
    return "\n".join(lines).encode(encoding)


HOSTILE: dict[str, tuple[Callable[[], bytes], str | Fault]] = {
    "claims a million rows and 16384 columns": (claims_everything, READ),
    "200 000 formatted blank rows": (blank_tail, READ),
    "a cell at XFD1048576": (last_corner, "分布太散"),
    "zip bomb in one cell": (zip_bomb, "压缩得异常紧"),
    "zip bomb beside honest noise": (bomb_under_noise, "压缩得异常紧"),
    "two million shared strings": (string_bomb, "压缩得异常紧"),
    "billion laughs": (lambda: entities(ENTITIES), "实体"),
    "external entity": (lambda: entities("<!ENTITY a9 SYSTEM 'file:///etc/hostname'>"), "实体"),
    "a formula with its value": (lambda: formula(""), READ),
    "a formula in error": (lambda: formula('<c r="@" t="e"><f>1/0</f><v>#DIV/0!</v></c>'), Fault("I001")),
    "macros": (lambda: honest(**{"xl/vbaProject.bin": b"x" * 100}), "宏"),
    "a numeric identity number": (numeric, Fault("C014")),
    "300 sheets": (many_sheets, "300张表"),
    "702 columns": (too_wide, "列超过"),
    "a password": (lambda: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "密码"),
    ".xls or .et": (lambda: OLE + b"\0" * 2000, "旧格式"),
    "truncated": (lambda: workbook(HEAD, SPOUSE)[:-400], "损坏"),
    "csv in GBK": (lambda: csv("gbk"), "csv"),
    "csv in UTF-8 with BOM": (lambda: csv("utf-8-sig"), "csv"),
    "a web page called xlsx": (lambda: b"<html><table><tr><td>x</td></tr></table></html>", "网页"),
    "a PDF with a workbook behind it": (lambda: b"%PDF-1.4\n" + workbook(HEAD, SPOUSE), "不是 .xlsx"),
    "a zip of something else": (lambda: _other_zip(), "不是 .xlsx"),
}


def _other_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "x")
    return file.getvalue()
