"""The stamp of a downloaded workbook: there for everybody who opens or prints it, and nothing else is touched."""

import datetime
import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from office import stamp as stamps
from office import workbook_write
from office.clock import SHANGHAI
from office.form_with_lists import write_with_lists
from office.official_form import HeadCell, OfficialForm
from office.stamp import USE, Stamp, stamped
from office.workbook_write import write_form

AT = datetime.datetime(2018, 11, 20, 9, 5, tzinfo=SHANGHAI)
FORM = OfficialForm(
    title="演示表", head=[[HeadCell("镇街"), HeadCell("人数")]], rows=[["东演示镇", 3], ["西演示镇", 4]],
)  # fmt: skip
CHECKS = OfficialForm(title="演示核对表", sheet="核对", head=[[HeadCell("项目")]], rows=[["演示"]])
KEPT = write_form(FORM, CHECKS, made_at=AT)


def stamp(who="演示甲（区扶贫办）", number="ABCDEFGHJK"):
    return Stamp(who, AT, number)


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_every_sheet_says_who_when_which_and_for_what_on_screen_and_on_paper():
    book = openpyxl.load_workbook(io.BytesIO(stamped(KEPT, stamp())))
    assert book.sheetnames == ["演示表", "核对"]
    for sheet in book:
        last = sheet.cell(sheet.max_row, 1).value
        assert (
            last
            == f"下载人：演示甲（区扶贫办）　下载时间：2018-11-20 09:05　下载编号：ABCDEFGHJK　用途：{USE}"
        )
        assert sheet.oddFooter.left.text == "演示甲（区扶贫办） 2018-11-20 09:05 下载　ABCDEFGHJK"
    assert "第 &P 页" in book["演示表"].oddFooter.center.text


def test_what_was_written_is_as_it_was():
    before, after = (openpyxl.load_workbook(io.BytesIO(one)) for one in (KEPT, stamped(KEPT, stamp())))
    for sheet in before:
        for row in sheet.iter_rows():
            for cell in row:
                assert after[sheet.title][cell.coordinate].value == cell.value
        assert after[sheet.title].print_area == sheet.print_area
        assert after[sheet.title].freeze_panes == sheet.freeze_panes


def test_copies_of_two_differ_in_the_stamp_alone():
    one, other = stamp(), stamp("演示乙（领导小组）", "MNPQRSTUVW")
    first, second = parts(stamped(KEPT, one)), parts(stamped(KEPT, other))
    assert first.keys() == second.keys() == parts(KEPT).keys()
    for name, text in first.items():
        assert text.replace(one.line, other.line).replace(one.foot, other.foot) == second[name]
    assert {name for name in first if first[name] != second[name]} == {
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    }
    assert stamped(KEPT, one) == stamped(KEPT, one)


LONG = replace(FORM, rows=[[f"演示{place}村", place] for place in range(30)], notes=["演示注"])


def test_a_full_sheet_has_room_for_who_took_it(monkeypatch):
    for module in (workbook_write, stamps):
        monkeypatch.setattr(module, "MAX_ROWS", 20)
    with_lists = io.BytesIO()
    write_with_lists(with_lists, [LONG], [], made_at=AT, stamp=stamp())
    for content in (stamped(write_form(LONG, made_at=AT), stamp()), with_lists.getvalue()):
        sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        assert [sheet.max_row for sheet in sheets][:2] == [20, 20]
        for sheet in sheets:
            assert sheet.max_row <= 20 and sheet.cell(sheet.max_row, 1).value == stamp().line


def test_a_sheet_kept_without_a_row_to_spare_is_stamped_at_the_foot_of_its_pages_alone(monkeypatch):
    kept = write_form(LONG, made_at=AT)
    rows = openpyxl.load_workbook(io.BytesIO(kept)).active.max_row
    monkeypatch.setattr(stamps, "MAX_ROWS", rows + 1)
    sheet = openpyxl.load_workbook(io.BytesIO(stamped(kept, stamp()))).active
    assert sheet.max_row == rows and stamp().number not in str(sheet.cell(rows, 1).value)
    assert sheet.oddFooter.left.text == stamp().foot


@pytest.mark.parametrize("trap", ["<b>&\"'", "=1+1", "甲\x00\x0b乙", "&P&L&8", "_x0041_", "]]>"])
def test_a_name_is_text_whatever_it_is(trap):
    book = openpyxl.load_workbook(io.BytesIO(stamped(KEPT, stamp(trap))))
    sheet = book["演示表"]
    cell = sheet.cell(sheet.max_row, 1)
    # Excel reads the escape back, openpyxl does not.
    shown = cell.value.replace("_x005F_", "_")
    assert cell.data_type == "s" and shown.startswith(f"下载人：{trap.translate({0: None, 11: None})}　")
    assert sheet.oddFooter.center.text == "第 &P 页　共 &N 页"
