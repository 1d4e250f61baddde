"""Hostile workbooks (threats D1–D8): each is refused in seconds or read as stated, and this process is unhurt."""

import datetime
import io
import os
import resource
import time
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from office.workbook_read import FORM, MIB, ErrorCell, WorkbookRefused, rows

SECONDS = 8
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="户" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    ),
}


def sheet(inner: str, before: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{inner}</sheetData></worksheet>'


def text(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def packed(**more: str | bytes) -> bytes:
    """A workbook by its parts; a keyword "sheet" or "strings" is the usual part, others come by `parts`."""
    parts: dict[str, str | bytes] = {
        **PARTS,
        "xl/worksheets/sheet1.xml": sheet(f'<row r="1">{text("A1", "甲")}</row>'),
    }
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    parts.update({names.get(name, name): content for name, content in more.items()})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def refusal(data: bytes, **limits: int) -> str:
    """The message of the refusal, which came in time and left this process as it was."""
    before, at = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(WorkbookRefused) as refused:
        list(rows(data, limits=replace(FORM, **limits)))
    assert time.monotonic() - at < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024
    return str(refused.value)


def test_a_cell_in_the_last_corner_is_refused_and_aborts_nobody():
    far = sheet(
        f'<row r="1">{text("A1", "甲")}</row><row r="1048576">{text("XFD1048576", "乙")}</row>',
        '<dimension ref="A1:XFD1048576"/>',
    )
    pid = os.getpid()
    assert "分布太散" in refusal(packed(sheet=far))
    assert os.getpid() == pid


def test_a_claimed_size_is_ignored():
    data = packed(sheet=sheet(f'<row r="1">{text("A1", "甲")}</row>', '<dimension ref="A1:XFD1048576"/>'))
    assert list(rows(data)) == [("户", 1, ["甲"])]


def test_a_bomb_in_one_cell_is_refused_before_it_is_unpacked():
    bomb = sheet(f'<row r="1">{text("A1", "甲" * 3_000_000)}</row>')
    assert "压缩得异常紧" in refusal(packed(sheet=bomb))


def test_a_bomb_beside_an_honest_part_is_refused_too():
    data = packed(sheet=sheet(text("A1", "x" * 5_000_000)), **{"xl/media/noise.bin": os.urandom(200_000)})
    assert "压缩得异常紧" in refusal(data)


def test_millions_of_empty_shared_strings_are_refused():
    assert "压缩得异常紧" in refusal(packed(strings=f'<sst xmlns="{MAIN}">' + "<si/>" * 2_000_000 + "</sst>"))


def test_more_than_the_limit_unpacked_is_refused_one_byte_less_is_read():
    data = packed()
    size = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(data)).infolist())
    assert list(rows(data, limits=replace(FORM, unpacked=size)))
    assert "展开后太大" in refusal(data, unpacked=size - 1)


def test_one_entry_too_many_is_refused():
    data = packed(**{f"xl/custom/{n}.bin": b"x" for n in range(5)})
    count = len(zipfile.ZipFile(io.BytesIO(data)).infolist())
    assert list(rows(data, limits=replace(FORM, entries=count)))
    assert "个部件" in refusal(data, entries=count - 1)


def test_the_other_limits_hold_to_the_last_one():
    book = openpyxl.Workbook()
    book.active["A1"] = book.create_sheet("二")["A1"] = "甲"
    data, tight = saved(book), packed(sheet=sheet(f'<row r="1">{text("A1", "甲" * 30_000)}</row>'))
    part = zipfile.ZipFile(io.BytesIO(tight)).getinfo("xl/worksheets/sheet1.xml")
    most = -(-part.file_size // part.compress_size)
    assert list(rows(data, limits=replace(FORM, file=len(data), sheets=2)))
    assert list(rows(tight, limits=replace(FORM, ratio=most)))
    assert "MB" in refusal(data, file=len(data) - 1)
    assert "2张表" in refusal(data, sheets=1)
    assert "压缩得异常紧" in refusal(tight, ratio=most - 1)


def test_a_size_that_lies_is_found_by_counting():
    data = bytearray(packed(sheet=sheet(text("A1", "x" * 40_000))))
    for entry in zipfile.ZipFile(io.BytesIO(bytes(data))).infolist():
        if entry.filename.endswith("sheet1.xml"):
            true = entry.file_size.to_bytes(4, "little")
    at = data.rindex(true)
    data[at : at + 4] = (100).to_bytes(4, "little")
    assert "损坏" in refusal(bytes(data))


@pytest.mark.parametrize(
    "declared", ["<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!DOCTYPE a SYSTEM 'file:///etc/hostname'>"]
)
def test_entities_are_refused(declared):
    data = packed(strings=f'<?xml version="1.0"?>{declared}<sst xmlns="{MAIN}"><si><t>&b;</t></si></sst>')
    assert "实体" in refusal(data)


def test_macros_are_refused():
    assert "宏" in refusal(packed(**{"xl/vbaProject.bin": b"x"}))


def test_a_password_and_the_old_format_are_told_apart():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert "旧格式" in refusal(ole)
    assert "密码" in refusal(ole + "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空的"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "网页"),
        ("户编号,姓名\n1,演示甲".encode("gbk"), "csv"),
        ("\ufeff户编号,姓名".encode(), "csv"),
        (b"PK\x03\x04 and then nothing", "损坏"),
    ],
)
def test_what_is_no_workbook_is_named(data, word):
    assert word in refusal(data)


def test_a_truncated_file_and_a_zip_of_something_else_are_refused():
    assert "损坏" in refusal(packed()[:-300])
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "不是 .xlsx" in refusal(other.getvalue())


def test_a_file_over_the_limit_is_refused_unread():
    assert "MB" in refusal(b"PK\x03\x04" + bytes(MIB), file=MIB)


def test_three_hundred_sheets_are_refused():
    book = openpyxl.Workbook()
    for number in range(299):
        book.create_sheet(f"表{number}")
    assert "300张表" in refusal(saved(book))


def test_memory_and_time_are_bounded():
    wide = "".join(
        f'<row r="{row}">{text(f"A{row}", str(row))}{text(f"ZZ{row}", "x")}</row>' for row in range(1, 30_000)
    )
    data = packed(sheet=sheet(wide))
    assert refusal(data, memory=60 * MIB, columns=1000)
    assert "列" in refusal(data)


def test_cells_keep_their_types_and_their_rows():
    book = openpyxl.Workbook()
    page = book.active
    page.title = "人口"
    page["B3"], page["C4"], page["D5"] = "演示甲", 5, datetime.date(2018, 1, 2)
    page["E6"], page["F8"] = True, 530101197001011234
    page["A9"], page["B9"] = "#N/A", "后"
    page["A9"].data_type = "e"
    assert list(rows(saved(book))) == [
        ("人口", 3, [None, "演示甲"]),
        ("人口", 4, [None, None, 5.0]),
        ("人口", 5, [None, None, None, datetime.date(2018, 1, 2)]),
        ("人口", 6, [None, None, None, None, True]),
        ("人口", 8, [None, None, None, None, None, pytest.approx(5.3e17, rel=0.01)]),
        ("人口", 9, [ErrorCell("#N/A"), "后"]),
    ]


def test_only_wanted_sheets_are_read_hidden_ones_too():
    book = openpyxl.Workbook()
    book.active.title, book.active["A1"] = "说明", "x"
    hidden = book.create_sheet("人口")
    hidden["A1"], hidden.sheet_state = "甲", "hidden"
    assert list(rows(saved(book), wanted={"人口"})) == [("人口", 1, ["甲"])]
    with pytest.raises(WorkbookRefused, match="没有名为"):
        list(rows(saved(book), wanted={"户"}))


def test_formatted_blank_rows_are_ignored():
    blank = "".join(f'<row r="{row}"><c r="A{row}" s="0"/></row>' for row in range(2, 20_000))
    data = packed(sheet=sheet(f'<row r="1">{text("A1", "甲")}</row>{blank}'))
    assert list(rows(data)) == [("户", 1, ["甲"])]


def test_a_formula_is_read_by_its_value_and_never_kept():
    cells = (
        '<c r="A1" t="str"><f>HYPERLINK("http://127.0.0.1/")</f><v>演示甲</v></c>'
        '<c r="B1"><f>1+1</f><v>2</v></c><c r="C1"><f>NOW()</f></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    )
    ((_, _, (name, sum_, unknown, wrong)),) = rows(packed(sheet=sheet(f'<row r="1">{cells}</row>')))
    assert (name, sum_, unknown, wrong) == ("演示甲", 2.0, None, ErrorCell("#DIV/0!"))


def test_something_else_with_a_workbook_behind_it_is_refused():
    assert "不是 .xlsx" in refusal(b"%PDF-1.4\n" + packed())
    assert "网页" in refusal(b"\xef\xbb\xbf  <!doctype html>" + packed())


def test_a_number_of_eighteen_digits_stays_a_number_so_that_it_is_refused():
    ((_, _, (cell,)),) = rows(packed(sheet=sheet('<row r="1"><c r="A1"><v>990405195006150014</v></c></row>')))
    assert isinstance(cell, float)
