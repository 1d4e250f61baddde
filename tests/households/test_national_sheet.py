"""The national person sheet read by the rule of each column (national_person_sheet.csv): no database, no file."""

import datetime
import random
import time

import pytest

from households.workbook.columns import heading
from households.workbook.national_columns import national_columns, recognises
from households.workbook.national_places import range_of
from households.workbook.national_sheet import NationalSheet
from office.workbook_read import ErrorCell, WorkbookRefused
from tests.households.national_sheets import FAMILY, HEAD, HEADERS, SPOUSE, cells

DAY = datetime.date(2018, 11, 20)


def read(*rows, headers=HEADERS):
    head, *lines = cells(*rows, headers=headers)
    sheet = NationalSheet.of("表1", 1, head, DAY)
    sheet.take(list(enumerate(lines, 2)))
    sheet.finish()
    return sheet


def values(**more):
    """The head's values as the register's, after a change of cells."""
    sheet = read({**HEAD, **more}, SPOUSE)
    assert sheet.faults == []
    (household,) = sheet.households.values()
    return dict(household.rows[0].person_values())


def faults(*rows, headers=HEADERS):
    return [(fault.line, fault.title, fault.code) for fault in read(*rows, headers=headers).faults]


def test_the_list_has_47_columns_in_order():
    assert [column.place for column in national_columns()] == list(range(47))


def test_a_family_is_read_as_the_register_says_it():
    sheet = read(HEAD, SPOUSE)
    assert sheet.faults == [] and sheet.year == 2018 and sheet.rows == 2
    (household,) = sheet.households.values()
    assert household.number == FAMILY
    assert household.areas == ("演示省", "演示市", "演示区", "东演示镇", "演示东村")
    assert household.said("household.phone") == "13800001234"
    head = dict(household.head.person_values())
    assert head["birth_date"] == datetime.date(1950, 6, 15) and head["health"] == ("长期慢性病",)
    assert head["schooling"] == "非在校生", "blank with an education"
    assert "head_name" not in head and "work_months" not in head, "copied and blank cells are not values"


def test_columns_stand_in_any_order_with_any_brackets():
    turned = list(reversed(HEADERS))
    straight, other = read(HEAD, SPOUSE), read(HEAD, SPOUSE, headers=turned)
    assert straight.households == other.households
    wide = [title.replace("(", "（").replace(")", "）") for title in HEADERS]
    row = {wide[place]: HEAD.get(title) for place, title in enumerate(HEADERS)}
    row["务工时间（月）"] = "6"
    (household,) = read(row, headers=wide).households.values()
    assert household.rows[0].get("person.work_months") == 6


def test_later_names_of_columns_are_known():
    headers = ["义务教育阶段未上学原因" if title == "失学或辍学原因" else title for title in HEADERS]
    row = {**HEAD, "义务教育阶段未上学原因": "厌学"}
    (household,) = read(row, headers=headers).households.values()
    assert household.rows[0].get("person.dropout_reason") == "厌学"


def test_it_is_told_by_its_headers_from_our_own_workbook():
    titles = [heading(title) for title in HEADERS]
    assert recognises(titles) and not recognises([*titles, "数据版本"])
    assert not recognises(["户编号", "人口编号", "姓名", "证件号码", "与户主关系"])


@pytest.mark.parametrize(("title", "word"), [("与户主关系", "没有"), ("村", "没有"), ("年度", "没有")])
def test_a_sheet_without_a_key_is_refused_whole(title, word):
    with pytest.raises(WorkbookRefused, match=word):
        read(HEAD, headers=[one for one in HEADERS if one != title])


def test_a_column_that_stands_twice_is_refused_and_a_strange_one_named():
    with pytest.raises(WorkbookRefused, match="两列"):
        read(HEAD, headers=[*HEADERS, "姓名"])
    assert faults(HEAD, headers=["序号", *HEADERS, "备忘"]) == [(1, "备忘", "I002")]


@pytest.mark.parametrize(
    ("title", "cell", "name", "value"),
    [
        ("姓名", "　买买提•吐尔逊 ", "name", "买买提·吐尔逊"),
        ("姓名", "𠮷田 ", "name", "𠮷田"),
        ("出生日期", datetime.date(1950, 6, 15), "birth_date", datetime.date(1950, 6, 15)),
        ("出生日期", "19500615", "birth_date", datetime.date(1950, 6, 15)),
        ("出生日期", 19500615.0, "birth_date", datetime.date(1950, 6, 15)),
        ("出生日期", "1950/6/15", "birth_date", datetime.date(1950, 6, 15)),
        ("证件号码", " ９９0405195006150014", "id_number", "990405195006150014"),
        ("健康状况", "长期慢性病及残疾", "health", ("长期慢性病", "残疾")),
        ("健康状况", "大病残疾", "health", ("患有大病", "残疾")),
        ("健康状况", "残疾、大病", "health", ("患有大病", "残疾")),
        ("务工时间(月)", 6.0, "work_months", 6),
        ("务工时间(月)", "0", "work_months", 0),
        ("务工所在地", "省外", "work_place", "省外务工"),
        ("务工所在地", "乡(镇)内务工", "work_place", "乡（镇）内务工"),
        ("务工所在地", "江苏省南京市", "work_place", "省外务工"),
        ("务工所在地", "江苏省南京市", "work_place_detail", "江苏省南京市"),
        ("就业渠道", "外出务工;帮扶车间", "employment_channel", ("外出务工", "扶贫车间")),
        ("产业分类", "林下经济", "industry_class", "林下经济"),
        ("产业分类", "一产", "industry_class", "第一产业"),
        ("是否享受低保", "是", "subsistence_allowance", True),
        ("是否参加大病保险", "否", "critical_illness_insurance", False),
        ("政治面貌", "群众", "political_status", "群众"),
        ("成员联系电话", "138 0000-5678", "phone", "13800005678"),
        ("残疾证办证年度", "2016", "disability_certificate_year", 2016),
    ],
)
def test_a_cell_is_read_by_the_rule_of_its_column(title, cell, name, value):
    more = {"户主姓名": None} if title == "姓名" else {}
    rows = read({**HEAD, title: cell, **more}, {**SPOUSE, **more})
    assert rows.faults == []
    assert dict(rows.households[FAMILY].rows[0].person_values())[name] == value


def test_a_range_word_is_no_place():
    assert "work_place_detail" not in values(务工所在地="县外省内")


@pytest.mark.parametrize(
    ("title", "cell", "code"),
    [
        ("证件号码", 990405195006150014, "C014"),
        ("证件号码", 9.90405195006150e17, "C014"),
        ("证件号码", "9.90405E+17", "C014"),
        ("户主证件号码", 9.9e17, "C014"),
        ("证件号码", "990405195006150015", "C005"),
        ("证件号码", "99040519500615001", "C003"),
        ("证件号码", "99040519500615001442", "C003"),
        ("户编号", 370405000001.0, "I021"),
        ("人口编号", 12345.0, "I021"),
        ("性别", "雄", "C002"),
        ("性别", "1", "C002"),
        ("健康状况", "健康吗", "C002"),
        ("民族", "火星族", "C002"),
        ("政治面貌", "民盟盟员", "C002"),
        ("是否享受低保", "也许", "C002"),
        ("务工时间(月)", "13", "C059"),
        ("务工时间(月)", 2.5, "C059"),
        ("公益性岗位(月数)", "半年", "C059"),
        ("出生日期", "1951-02-29", "I009"),
        ("出生日期", "五十年代", "I009"),
        ("年度", "18", "I008"),
        ("年度", "2031", "I008"),
        ("残疾证办证年度", "二〇一六", "I008"),
        ("务工企业名称", "长" * 101, "I004"),
        ("户联系电话", 1.38e30, "I005"),
        ("文化程度", ErrorCell("#N/A"), "I001"),
        ("村", None, "C001"),
        ("与户主关系", None, "C001"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(title, cell, code):
    blank = {"户主证件号码": None} if title == "证件号码" else {}
    found = read({**HEAD, title: cell, **blank})
    named = [fault for fault in found.faults if fault.title == title and fault.code == code]
    assert [(fault.line, fault.column) for fault in named] == [(2, column_of(title))]
    value = "" if cell is None else str(getattr(cell, "text", cell))
    assert isinstance(cell, ErrorCell) or len(value) < 4 or all(value not in one.message for one in named)


def column_of(title):
    place = HEADERS.index(title)
    return chr(65 + place) if place < 26 else chr(64 + place // 26) + chr(65 + place % 26)


def test_twenty_digits_are_a_disability_certificate():
    number = "99040519500615001442"
    row = {**HEAD, "证件类型": "残疾人证", "证件号码": number, "户主证件号码": number}
    assert faults(row) == []


def test_a_masked_number_is_kept_as_a_mask():
    row = {**HEAD, "证件号码": "9904**********0014", "户主证件号码": "9904**********0014"}
    assert faults(row) == []
    assert faults({**row, "人口编号": None, "证件号码": None, "户主证件号码": None}) == [
        (2, "证件号码", "C001")
    ]


def test_a_file_has_one_year():
    other = {**SPOUSE, "户编号": "2", "与户主关系": "户主", "户主姓名": None, "户主证件号码": None}
    assert faults(HEAD, {**other, "年度": "2017"}) == [(3, "年度", "I022")]


def test_what_belongs_to_the_household_is_equal_in_all_its_rows():
    assert faults(HEAD, {**SPOUSE, "户联系电话": "13900001234"}) == [(3, "户联系电话", "I023")]
    assert faults(HEAD, {**SPOUSE, "户联系电话": None}) == []
    assert faults(HEAD, {**SPOUSE, "村": "演示南村"}) == [(3, "村", "I023")]
    assert faults(HEAD, {**SPOUSE, "识别标准": "省定标准"}) == [(3, "识别标准", "I023")]


def test_a_household_has_one_head():
    assert faults({**HEAD, "与户主关系": "其他"}) == [(2, "与户主关系", "C017")]
    assert (3, "与户主关系", "C018") in faults(HEAD, {**SPOUSE, "与户主关系": "户主"})


def test_copied_columns_are_compared_with_the_heads_own_row():
    assert faults(HEAD, {**SPOUSE, "户主姓名": "演示王五"}) == [(3, "户主姓名", "I024")]
    wrong = {**SPOUSE, "户主证件号码": "990405195206150027"}
    assert faults(HEAD, wrong) == [(3, "户主证件号码", "I024")]
    assert faults(HEAD, {**SPOUSE, "户主证件号码": "9904**********0014"}) == []


def test_nobody_stands_in_the_file_twice():
    twin = {**SPOUSE, "证件号码": HEAD["证件号码"], "性别": "男"}
    assert faults(HEAD, twin) == [(2, "证件号码", "C013"), (3, "证件号码", "C013")]
    same = {**SPOUSE, "人口编号": HEAD["人口编号"]}
    assert faults(HEAD, same) == [(2, "人口编号", "I012"), (3, "人口编号", "I012")]


def test_rows_of_a_household_need_not_stand_together():
    other = {
        **HEAD,
        "户编号": "007",
        "人口编号": "009",
        "证件号码": "99040519700615003X",
        "户主证件号码": None,
    }
    sheet = read(HEAD, other, SPOUSE)
    assert sheet.faults == [] and [len(one.rows) for one in sheet.households.values()] == [2, 1]
    assert list(sheet.households) == [FAMILY, "007"], "noughts in front are kept"


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("东演示镇政府", "乡（镇）内务工"),
        ("演示区人民路", "乡（镇）外县内务工"),
        ("演示市", "县外省内务工"),
        ("上海", "省外务工"),
        ("工地", None),
    ],
)
def test_a_place_gives_its_range(place, found):
    assert range_of(place, ["山东省", "演示市", "演示区", "东演示镇", "演示东村"]) == found


def test_many_rows_are_read_quickly():
    """12 000 rows in a small part of the ten seconds that 120 000 may take."""
    head, row = cells(HEAD)
    number = HEADERS.index("证件号码")
    sheet = NationalSheet.of("表1", 1, head, DAY)
    digits = random.Random(1)
    lines = []
    for line in range(12_000):
        one = list(row)
        one[5], one[6], one[7] = f"H{line // 2}", f"P{line}", f"演示{line}"
        one[number] = f"E{digits.randrange(10**12)}"
        one[10] = "护照"
        one[44] = one[45] = None
        one[16] = "户主" if line % 2 == 0 else "配偶"
        lines.append(one)
    at = time.process_time()
    sheet.take(list(enumerate(lines, 2)))
    sheet.finish()
    assert time.process_time() - at < 1.0
    assert sheet.faults == [] and len(sheet.households) == 6_000
