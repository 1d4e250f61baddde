"""A table is laid out as it was printed: 004 专栏2, 003 专栏2.1, or a plain grid."""

import dataclasses

from reporting.plan_layout import PLAIN, ROLLING, ROLLING_COLUMNS, TWO_ROWS, lay_out
from tests.reporting.tables import cells, persons, read, villages


def values(row):
    return [cell.value if cell else None for cell in row.cells]


def test_the_nineteen_columns_stand_in_their_order_however_the_file_has_them():
    table = read("county.csv")
    grid = lay_out(list(reversed(table)))
    assert grid.layout == ROLLING
    assert (len(grid.head), grid.figure_columns, len(ROLLING_COLUMNS)) == (4, 19, 19)
    row = next(row for row in grid.rows if row.area == "东河")
    assert values(row) == [cell.value for cell in table if cell.area == "东河"]


def test_the_headings_are_those_of_the_form():
    headings = lay_out(read("county.csv")).headings()
    assert headings[0] == "贫困基数 贫困人口（人） 合计"
    assert headings[6] == "贫困基数 扶贫工作重点村（个） 其中：省定 剩余"
    assert headings[8] == "脱贫滚动计划 贫困人口脱贫（人） 2016年 含国标"
    assert headings[18] == "脱贫滚动计划 贫困工作重点村退出（个） 合计 含省定"


def test_a_missing_cell_leaves_its_place_empty():
    table = [cell for cell in read("county.csv") if not (cell.area == "东河" and cell.year == "2018")]
    row = next(row for row in lay_out(table).rows if row.area == "东河")
    assert row.cells[10] is None


def test_a_province_has_two_rows_an_area():
    grid = lay_out(read("province.csv"))
    assert (grid.layout, grid.unit, grid.edges) == (TWO_ROWS, "万人、个", (1, 5))
    assert [(row.area, row.label, row.first, row.top) for row in grid.rows[:3]] == [
        ("全省", "脱贫人口（万人）", True, True),
        ("全省", "摘帽村（个）", False, True),
        ("东州", "脱贫人口（万人）", True, False),
    ]
    assert values(grid.rows[4]) == ["3.1205", "2.1205", "1", "", "0.8004", "全部脱贫", "", ""]
    assert grid.headings()[:2] == ["省定扶贫标准 基期数", "省定扶贫标准 2016年"]


def test_any_other_table_is_a_plain_grid():
    table = cells(
        persons("全县", "省定", "基期2014", "9"),
        persons("全县", "省定", "2019", "4"),
        persons("全县", "省定", "合计", "4"),
        villages("甲", "市定", "2019", "1"),
    )
    grid = lay_out(table)
    assert grid.layout == PLAIN
    assert grid.headings() == [
        "贫困基数 贫困人口（人） 省定基期2014年",
        "贫困人口脱贫 脱贫人口（人） 省定2019年",
        "贫困人口脱贫 脱贫人口（人） 省定合计",
        "重点村退出 退出村（个） 市定2019年",
    ]
    assert values(grid.rows[1]) == [None, None, None, "1"]


def test_two_cells_for_one_place_make_a_plain_grid():
    table = read("county.csv")
    twice = dataclasses.replace(table[0], measure="其中低保（人）")
    grid = lay_out([*table, twice])
    assert grid.layout == PLAIN
    assert sum(cell is not None for row in grid.rows for cell in row.cells) == len(table) + 1
