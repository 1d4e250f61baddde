"""Workbooks: text stays text, merged heads, marks, print set-up, equal bytes for equal input."""

import csv
import datetime
import io
from decimal import Decimal
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from office import form_with_lists, long_workbook, workbook_write
from office.form_with_lists import LongList, write_with_lists
from office.job_run import JobRefused
from office.official_form import FRAME, in_parts
from office.stamp import Stamp
from office.workbook_write import (
    FormCell,
    HeadCell,
    OfficialForm,
    guard,
    unguard,
    write_csv,
    write_form,
    write_long,
)

MADE = datetime.datetime(2018, 11, 20, 9, 30, tzinfo=datetime.UTC)
HEAD = [
    [HeadCell("镇（街）", rows=2), HeadCell("贫困人口（人）", cols=2), HeadCell("备注", rows=2)],
    [HeadCell("合计"), HeadCell("含国标")],
]
TRAPS = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "＝1", "http://x.invalid", "_x0041_", "#N/A", " 甲 "]


def form(**changes):
    plain = {
        "title": "贫困人口表",
        "head": HEAD,
        "rows": [["全县", 12, Decimal("3.50"), None], ["甲镇", 5, 0, "全部脱贫"]],
        "unit": "人",
        "filler": "演示县扶贫办",
        "as_of": "2018年11月20日",
        "total_rows": [0],
        "notes": ["注：演示"],
    }
    return OfficialForm(**{**plain, **changes})


def opened(data):
    return load_workbook(io.BytesIO(data))


def test_equal_input_gives_equal_bytes():
    first = write_form(form(), made_at=MADE)
    assert write_form(form(), made_at=MADE) == first
    assert write_form(form(notes=["注：别的"]), made_at=MADE) != first


def test_the_properties_have_the_given_time_and_title():
    properties = opened(write_form(form(), made_at=MADE)).properties
    assert (properties.created, properties.title) == (datetime.datetime(2018, 11, 20, 9, 30), "贫困人口表")


def test_head_is_merged_and_repeats_on_every_page():
    sheet = opened(write_form(form(), made_at=MADE)).active
    assert {"A3:A4", "B3:C3", "D3:D4"} <= {str(place) for place in sheet.merged_cells.ranges}
    assert [sheet["A3"].value, sheet["B3"].value, sheet["C4"].value] == [
        "镇（街）",
        "贫困人口（人）",
        "含国标",
    ]
    assert sheet.print_title_rows == "$3:$4"
    assert sheet.freeze_panes == "B5"
    assert sheet.print_area == "'贫困人口表'!$A$1:$D$8"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)


@pytest.mark.parametrize("rows, pages", [(2, 1), (24, 1), (28, 1), (60, 0)])
def test_a_form_a_little_longer_than_a_page_is_drawn_in_on_one(rows, pages):
    """Else its signatures stand alone under an empty head; a long one keeps its size and runs on."""
    lines = [[f"演示{number}镇", number, 0, None] for number in range(rows)]
    setup = opened(write_form(form(rows=lines), made_at=MADE)).active.page_setup
    assert setup.fitToHeight == pages


def test_title_unit_office_day_notes_and_signatures_stand_where_the_form_has_them():
    sheet = opened(write_form(form(), made_at=MADE)).active
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert texts[0] == "贫困人口表"
    for wanted in ("填报单位：演示县扶贫办", "统计截止时间：2018年11月20日", "单位：人"):
        assert any(wanted in text for text in texts)
    assert sheet["A7"].value == "注：演示"
    assert sheet["A8"].value.startswith("负责人：")
    assert "制表人：" in sheet["A8"].value
    assert "审核人：" in sheet["A8"].value


def test_counts_are_numbers_and_decimals_keep_their_places():
    sheet = opened(write_form(form(), made_at=MADE)).active
    assert (sheet["B5"].value, sheet["B5"].number_format) == (12, "0")
    assert (sheet["C5"].value, sheet["C5"].number_format) == (3.5, "0.00")
    assert sheet["D5"].value is None
    assert (sheet["D6"].value, sheet["D6"].data_type) == ("全部脱贫", "s")


def test_the_total_row_is_bold_where_it_stands():
    sheet = opened(write_form(form(), made_at=MADE)).active
    assert sheet["B5"].font.bold
    assert not sheet["B6"].font.bold


@pytest.mark.parametrize("trap", TRAPS)
def test_text_stays_text_in_forms(trap):
    data = write_form(form(rows=[[trap, 1, 2, trap]], total_rows=[]), made_at=MADE)
    cell = opened(data).active["A5"]
    # openpyxl leaves Excel's escape of _x0041_ in inline strings; Excel shows the text itself.
    assert (cell.value.replace("_x005F_", "_"), cell.data_type) == (trap, "s")
    xml = b"".join(ZipFile(io.BytesIO(data)).read(name) for name in ZipFile(io.BytesIO(data)).namelist())
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml


def test_control_characters_do_not_break_the_file():
    data = write_form(form(rows=[["甲\x00\x0b镇", 1, 2, "a\ud800b"]], total_rows=[]), made_at=MADE)
    sheet = opened(data).active
    assert (sheet["A5"].value, sheet["D5"].value) == ("甲镇", "ab")


def test_a_mark_is_a_fill_with_its_reason_as_comment():
    rows = [["甲镇", FormCell(870, "error", "大于同年合计 109"), FormCell(1, "notice", "合计多于基数"), None]]
    sheet = opened(write_form(form(rows=rows, total_rows=[]), made_at=MADE)).active
    assert sheet["B5"].comment.text == "大于同年合计 109"
    assert sheet["B5"].fill.start_color.rgb != sheet["C5"].fill.start_color.rgb
    assert sheet["A5"].comment is None


def test_a_body_cell_may_span_rows():
    rows = [[FormCell("甲市", rows=2), 1, 2, "人口"], [None, 3, 4, "村"]]
    sheet = opened(write_form(form(rows=rows, total_rows=[]), made_at=MADE)).active
    assert "A5:A6" in {str(place) for place in sheet.merged_cells.ranges}


def test_further_forms_come_behind():
    checks = OfficialForm(
        title="贫困人口核对表", sheet="核对", head=[[HeadCell("项目"), HeadCell("数")]], rows=[["=甲", 3]]
    )
    book = opened(write_form(form(), checks, made_at=MADE))
    assert book.sheetnames == ["贫困人口表", "核对"]
    assert [cell.value for cell in book["核对"][4]] == ["=甲", 3]
    assert book["核对"]["A4"].data_type == "s"


@pytest.mark.parametrize("value", [1.5, True])
def test_floats_and_truth_values_are_refused(value):
    with pytest.raises(TypeError):
        write_form(form(rows=[["甲镇", value, 0, None]]), made_at=MADE)


@pytest.mark.parametrize(
    "head",
    [
        [[HeadCell("甲", cols=2)], [HeadCell("乙")]],
        [[HeadCell("甲")], [HeadCell("乙", cols=2)]],
        [[HeadCell("甲", rows=2)]],
    ],
)
def test_a_head_with_gaps_is_refused(head):
    with pytest.raises(ValueError, match="表头"):
        OfficialForm("表", head, [])


def test_a_row_of_another_width_is_refused():
    with pytest.raises(ValueError, match="第1行有3格"):
        form(rows=[["甲", 1, 2]])


def test_a_title_that_is_no_sheet_name_is_cut():
    assert (
        opened(write_form(form(title="[甲]/乙:" + "长" * 40), made_at=MADE)).active.title
        == "甲乙" + "长" * 29
    )


@pytest.mark.parametrize("trap", TRAPS)
def test_text_stays_text_in_long_lists(tmp_path, trap):
    path = tmp_path / "long.xlsx"
    assert write_long(path, ["户主姓名", ("备注", 30)], [(trap, None), (3, trap)], made_at=MADE) == 2
    sheet = load_workbook(path).active
    assert (sheet["A2"].value.replace("_x005F_", "_"), sheet["A2"].data_type) == (trap, "s")
    assert sheet["A3"].value == 3
    xml = b"".join(ZipFile(path).read(name) for name in ZipFile(path).namelist())
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml


def test_long_lists_go_on_in_the_next_sheet_and_lose_no_row(tmp_path, monkeypatch):
    monkeypatch.setattr(long_workbook, "MAX_ROWS", 4)
    path = tmp_path / "long.xlsx"
    assert write_long(path, ["序号"], ((number,) for number in range(8)), made_at=MADE, title="户") == 8
    book = load_workbook(path)
    parts = [f"户（第{part}张共3张）" for part in (1, 2, 3)]
    assert book.sheetnames == [*parts, "来源"]
    assert [row[0] for name in parts for row in book[name].iter_rows(min_row=2, values_only=True)] == list(
        range(8)
    )


def test_each_sheet_of_a_long_list_says_what_goes_before_and_after_and_the_last_one_how_much_there_is(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(long_workbook, "MAX_ROWS", 4)
    path, title = tmp_path / "long.xlsx", "长" * 40
    rows = ((number,) for number in range(8))
    write_long(path, ["序号"], rows, made_at=MADE, title=title, footer="演示甲导出")
    book = load_workbook(path)
    feet = [sheet.oddFooter.center.text for sheet in book.worksheets[:3]]
    assert feet == ["下接第2张表", "上接第1张表　下接第3张表", "上接第2张表"]
    said = dict(row[:2] for row in book["来源"].iter_rows(min_row=2, values_only=True))
    assert said["行数"] == "8"
    assert said["工作表"] == "一张表放不下，分成3张：" + "、".join(book.sheetnames[:3])
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_a_list_of_one_sheet_says_nothing_of_others(tmp_path):
    path = tmp_path / "long.xlsx"
    write_long(path, ["序号"], [(1,)], made_at=MADE, title="户", footer="演示甲导出")
    book = load_workbook(path)
    assert book.active.oddFooter.left.text == "演示甲导出"
    assert book.sheetnames == ["户"] and not book.active.oddFooter.center.text


def test_equal_long_lists_have_equal_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_long(tmp_path / name, ["日期"], [(datetime.date(2016, 12, 1),)], made_at=MADE)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_csv_has_the_mark_and_no_formula():
    file = io.StringIO()
    assert write_csv(file, ["名称", "数"], [["=1+1", -5], ["＠甲", Decimal("1.50")], ["-5", None]]) == 3
    text = file.getvalue()
    assert text.startswith("\ufeff名称,数\r\n")
    assert list(csv.reader(text[1:].splitlines())) == [
        ["名称", "数"],
        ["'=1+1", "-5"],
        ["'＠甲", "1.50"],
        ["-5", ""],
    ]


@pytest.mark.parametrize("text", [*TRAPS, "'=1", "''=1", "'甲", "甲", "-5", "—", ""])
def test_a_round_trip_adds_no_escape(text):
    assert unguard(guard(text)) == text
    assert unguard(guard(unguard(guard(text)))) == text


def test_a_form_longer_than_a_sheet_goes_on_in_the_next_and_says_so(monkeypatch):
    monkeypatch.setattr(workbook_write, "MAX_ROWS", 16)
    rows = [[FormCell(f"{place}村", rows=2), place, 0, ""] if line == 0 else [None, place, 1, ""]
            for place in range(9) for line in range(2)]  # fmt: skip
    book = load_workbook(io.BytesIO(write_form(form(rows=rows, total_rows=[0]), made_at=MADE)))
    assert book.sheetnames == ["贫困人口表（1）", "贫困人口表（2）", "贫困人口表（3）"]
    texts = [[cell.value for line in sheet.iter_rows() for cell in line] for sheet in book]
    figures = [
        value
        for sheet in book
        for line in sheet.iter_rows(min_row=5, min_col=2, max_col=2)
        for value in [line[0].value]
    ]
    assert [value for value in figures if isinstance(value, int)] == [
        place for place in range(9) for _ in range(2)
    ]
    for number, values in enumerate(texts, 1):
        assert any(f"共18行，一张表放不下，分成3张，这是第{number}张" in str(value) for value in values)
    assert all(sheet.max_row <= 16 for sheet in book)
    assert all("A5:A6" in {str(box) for box in sheet.merged_cells.ranges} for sheet in book)


def test_each_part_of_a_long_form_marks_its_own_totals_and_subtotals():
    rows = [[f"{place}村", place, 0, ""] for place in range(9)]
    long = form(rows=rows, total_rows=[0, 7], part_rows=[4], inner_rows=[5, 8])
    room = 4
    parts = list(in_parts(long, room + len(long.head) + len(long.notes) + FRAME))
    assert [[row[1] for row in one.rows] for one in parts] == [[0, 1, 2, 3], [4, 5, 6, 7], [8]]
    for name in ("total_rows", "part_rows", "inner_rows"):
        marked = [one.rows[place][1] for one in parts for place in getattr(one, name)]
        assert marked == list(getattr(long, name)), name


def test_a_list_that_grew_while_it_was_written_is_refused_and_not_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(form_with_lists, "MAX_ROWS", 3)
    path = tmp_path / "grown.xlsx"

    def written(rows: int) -> int:
        grown = LongList("户", [("序号", 8)], 3, ([number] for number in range(rows)))
        with path.open("wb") as file:
            return write_with_lists(file, [form()], [grown], made_at=MADE, stamp=Stamp("演示", MADE, "1"))

    assert written(3) == 3
    # One more fits the second sheet, which holds two.
    assert written(4) == 4
    with pytest.raises(JobRefused, match="变长了"):
        written(5)
