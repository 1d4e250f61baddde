"""A tidy plan table is read as printed, or refused whole with every line and its reason."""

import pytest

from reporting.reading import PERSONS, VILLAGES, PlanRefused, TidyCell, read_number, read_plan, read_year
from tests.reporting.tables import as_csv, persons, read, villages

HEADER = "area,group,measure,standard,year,value"
ROW = "全县,贫困基数,贫困人口（人）,省定,基期2015,120"
GOOD = f"{HEADER}\n{ROW}\n"


def refusal(data):
    with pytest.raises(PlanRefused) as refused:
        read_plan(data if isinstance(data, bytes) else data.encode())
    return [(problem.line, problem.reason) for problem in refused.value.problems]


def test_cells_come_in_the_order_of_the_file_with_its_own_strings():
    cells = read("county.csv")
    assert len(cells) == 4 * 19
    assert cells[0] == TidyCell("全县", "贫困基数", "贫困人口（人）", "省定", "基期2015", "1030", line=2)
    assert cells[-1].area == "西湾"


def test_columns_may_stand_in_any_order_and_others_are_ignored():
    text = "place,value,year,standard,measure,group,area\nx,120,基期2015,省定,贫困人口（人）,贫困基数,全县\n"
    assert read_plan(text.encode())[0].printed() == read_plan(GOOD.encode())[0].printed()


def test_header_names_may_have_blanks_and_capitals():
    assert len(read_plan(GOOD.replace("area", " Area ").encode())) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding, newline):
    assert read_plan(GOOD.replace("\n", newline).encode(encoding))[0].area == "全县"


def test_keys_lose_blanks_at_their_ends_and_values_stay_as_printed():
    cell = read_plan(as_csv([("　全县 ", "贫困基数", " 贫困人口（人）", "省定 ", "基期2015", " 1,234 ")]))[0]
    assert (cell.area, cell.measure, cell.standard, cell.value) == (
        "全县",
        "贫困人口（人）",
        "省定",
        " 1,234 ",
    )
    assert cell.number == 1234


def test_empty_lines_are_no_rows_and_lines_are_counted_with_them():
    assert refusal(f"{HEADER}\n\n,,,,,\n{ROW.replace('省定', '县定')}\n")[0][0] == 4


@pytest.mark.parametrize("data", [b"", b"\n\n", b"  ", b"\xef\xbb\xbf", "\ufeff\n".encode()])
def test_an_empty_file_is_refused(data):
    assert refusal(data) == [(1, "文件是空的")]


def test_a_file_with_a_head_only_is_refused():
    assert refusal(HEADER) == [(1, "只有表头，没有一格数")]


@pytest.mark.parametrize("column", HEADER.split(","))
def test_a_missing_column_is_refused(column):
    ((line, reason),) = refusal(GOOD.replace(column, "x", 1))
    assert line == 1
    assert reason.startswith(f"表头缺少 {column}")


def test_a_column_named_twice_is_refused():
    assert refusal(f"{HEADER},value\n{ROW},120\n") == [(1, "表头有2个 value 列")]


def test_a_file_without_head_is_refused():
    assert len(refusal(f"{ROW}\n{ROW}\n")) == 6


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("全县", "", "地区是空的"),
        ("全县", "　", "地区是空的"),
        ("贫困基数", "其他", "组别“其他”认不出"),
        ("贫困基数", "", "组别是空的"),
        ("贫困人口（人）", "", "项目是空的"),
        ("省定", "县定", "标准“县定”认不出"),
        ("省定", "", "标准是空的"),
        ("基期2015", "", "年度是空的"),
        ("基期2015", "2O16", "年度“2O16”认不出"),
        ("基期2015", "20166", "年度“20166”认不出"),
        ("基期2015", "3016", "年度“3016”认不出"),
        ("基期2015", "216", "年度“216”认不出"),
        ("基期2015", "基期", "年度“基期”认不出"),
        ("基期2015", "二〇一六", "年度“二〇一六”认不出"),
        ("基期2015", "2016.5", "年度“2016.5”认不出"),
        ("全县", "县" * 61, "地区超过60字"),
        (",120", ",120,1", "应有6列，这一行有7列"),
        (",120", "", "应有6列，这一行有5列"),
        ("全县", '"全\n县"', "地区里有换行"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_reason(old, new, reason):
    problems = refusal(f"{HEADER}\n{ROW}\n{ROW.replace(old, new, 1)}\n")
    assert [line for line, _reason in problems] == [3]
    assert reason in problems[0][1]


def test_every_bad_line_is_named():
    bad = [
        ("", "其他", "项目", "县定", "x", ""),
        persons("甲", "省定", "2016", "1"),
        persons("乙", "省定", "某年", ""),
    ]
    assert [line for line, _reason in refusal(as_csv(bad))] == [2, 2, 2, 2, 4]


def test_the_same_cell_twice_is_refused():
    twice = [persons("甲", "省定", "2016", "1"), persons("甲 ", "省定标准", "2016年", "2")]
    assert refusal(as_csv(twice)) == [(3, "与第2行是同一格（甲、脱贫人口（人）、省定标准、2016年）")]


def test_cells_told_apart_by_measure_are_not_the_same():
    rows = [
        villages("甲", "省定", "基期2015", "4", "其中省定"),
        villages("甲", "省定", "基期2015", "1", "省定 剩余"),
    ]
    assert [cell.part for cell in read_plan(as_csv(rows))] == ["", "剩余"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (GOOD.encode() + b"\xff\xff\xff\n", "文字编码认不出"),
        (GOOD.encode("utf-16"), "空字符"),
        (GOOD.encode() + b"a\x00b\n", "空字符"),
        (GOOD.encode() + b"a\x07b\n", "控制字符"),
        (b"PK\x03\x04rest", "不是 csv"),
        (f'{HEADER}\n"全县,贫困基数\n{ROW}\n'.encode(), "引号没有配对"),
        (f'{HEADER}\n"全县"x,贫困基数,贫困人口,省定,2016,1\n'.encode(), "引号没有配对"),
        (HEADER.replace(",", ";").encode(), "表头缺少"),
        (f"{HEADER}\n{'长' * 200_000},贫困基数\n".encode(), "引号没有配对"),
    ],
)
def test_what_is_no_csv_is_refused(data, reason):
    assert reason in refusal(data)[0][1]


def test_the_line_of_broken_text_is_named():
    assert refusal(GOOD.encode() + b"\n\xff\xff\xff\n")[0][0] == 4


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("0", 0),
        ("7294", 7294),
        ("７２９４", 7294),
        ("1,234,567", 1234567),
        ("１，２３４", 1234),
        (" 12 ", 12),
        ("-3", -3),
        ("−3", -3),
        ("+3", 3),
    ],
)
def test_numbers_are_read(printed, number):
    assert read_number(printed) == number


@pytest.mark.parametrize(
    "printed", ["", "12,34", "1,2345", "1e3", "约100", "12人", "—", "1.", ".5", "0x10", "१२", "NaN", "²"]
)
def test_what_is_no_number(printed):
    assert read_number(printed) is None


@pytest.mark.parametrize(
    ("printed", "year"),
    [
        ("2016", "2016"),
        ("2016年", "2016"),
        ("２０１６", "2016"),
        ("基期2015", "基期2015"),
        ("基期2015年", "基期2015"),
        ("十二五", "十二五"),
        ("“十三五”", "十三五"),
        ("合计", "合计"),
        ("合 计", "合计"),
    ],
)
def test_years_are_read(printed, year):
    assert read_year(printed) == year


@pytest.mark.parametrize(
    ("measure", "kind", "unit"),
    [
        ("脱贫人口（人）", PERSONS, "人"),
        ("脱贫人口(万人)", PERSONS, "万人"),
        ("贫困人口（省定贫困标准）（万人）", PERSONS, "万人"),
        ("脱贫人口（单位：万人）", PERSONS, "万人"),
        ("退出村（个）", VILLAGES, "个"),
        ("扶贫工作重点村（个）省定 剩余", VILLAGES, "个"),
        ("脱贫人口", PERSONS, ""),
    ],
)
def test_the_measure_says_what_is_counted(measure, kind, unit):
    cell = TidyCell("甲", "贫困人口脱贫", measure, "省定", "2016", "1")
    assert (cell.kind, cell.unit) == (kind, unit)


@pytest.mark.parametrize(
    ("printed", "word"),
    [
        ("国家", "国标"),
        ("国家标准", "国标"),
        ("省标", "省定"),
        ("省定标准", "省定"),
        ("市定", "市定"),
        ("合计", "合计"),
    ],
)
def test_standards_have_other_names(printed, word):
    cell = read_plan(as_csv([("甲", "贫困基数", "贫困人口（人）", printed, "基期2015", "1")]))[0]
    assert (cell.standard, cell.standard_word) == (printed, word)


def test_an_exported_value_comes_back_without_its_guard():
    assert (
        read_plan(as_csv([("甲", "贫困基数", "贫困人口（人）", "省定", "基期2015", "'=1+1")]))[0].value
        == "=1+1"
    )
