"""Reconciliation: each rule of the layouts, what it leaves alone, and that nothing else is an error."""

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.reading import TidyCell
from reporting.reconcile import RULES, part_sums, reconcile
from tests.reporting.tables import cells, changed, errors, found, persons, read, villages


def where(table, area, measure, standard, year):
    return next(
        place
        for place, cell in enumerate(table)
        if (cell.area, cell.standard, cell.year) == (area, standard, year) and measure in cell.measure
    )


@pytest.fixture
def county():
    return read("county.csv")


@pytest.fixture
def province():
    return read("province.csv")


def test_a_county_table_that_adds_up_has_no_error(county):
    assert errors(county) == []


def test_a_province_table_with_ten_thousands_blanks_and_the_whole_base_has_no_error(province):
    assert errors(province) == []
    assert {rule for rule, _values in found(province)} <= {"not_a_number"}


def test_every_changed_count_is_named_by_an_error(county):
    for place, cell in enumerate(county):
        table = changed(county, place, str(int(cell.value) + 1))
        assert any(
            table[place] in finding.cells for finding in reconcile(table) if finding.severity == "error"
        ), cell


def test_the_four_misread_cells_of_a_town_are_found(county):
    """The shape of the misprint in 004 专栏2: a national figure over all others, a year and its total."""
    table = county
    table = changed(table, where(table, "西湾", "脱贫", "国标", "2016"), "880")
    table = changed(table, where(table, "西湾", "脱贫", "国标", "合计"), "880")
    table = changed(table, where(table, "西湾", "脱贫", "省定", "2017"), "230")
    table = changed(table, where(table, "西湾", "脱贫", "省定", "合计"), "400")
    rules = [rule for rule, _values in errors(table)]
    assert (
        rules
        == ["parts_sum_to_top"] * 4 + ["national_within_provincial"] * 2 + ["national_exits_within_base"] * 2
    )
    looked_at = {
        (finding.cells[0].area, finding.cells[0].standard, finding.cells[0].year)
        for finding in reconcile(table)
        if finding.severity == "error"
    }
    assert looked_at == {
        ("全县", "国标", "2016"),
        ("全县", "国标", "合计"),
        ("全县", "省定", "2017"),
        ("全县", "省定", "合计"),
        ("西湾", "国标", "2016"),
        ("西湾", "国标", "合计"),
    }


def test_a_finding_has_the_strings_of_the_file():
    table = cells(persons("全县", "省标", "2016年", " 1,234 "), persons("甲", "省标", "2016年", "1,233"))
    (finding,) = [one for one in reconcile(table) if one.rule == "parts_sum_to_top"]
    assert finding.as_json()["cells"][0] == {
        "area": "全县",
        "group": "贫困人口脱贫",
        "measure": "脱贫人口（人）",
        "standard": "省标",
        "year": "2016年",
        "value": " 1,234 ",
    }
    assert "1个地区相加是1233" in finding.message
    assert finding.message.endswith("少1")


# --- parts and top


@pytest.mark.parametrize("top", ["全区", "全县", "全市", "全省", "全国", "全 省", "全旗"])
def test_parts_sum_to_a_top_of_any_name(top):
    table = cells(
        persons(top, "省定", "2016", "5"),
        persons("甲", "省定", "2016", "2"),
        persons("乙", "省定", "2016", "2"),
    )
    assert errors(table) == [("parts_sum_to_top", ["5", "2", "2"])]


def test_without_a_top_there_is_nothing_to_add_up_to():
    assert errors(cells(persons("甲", "省定", "2016", "5"), persons("全新镇", "省定", "2016", "2"))) == []


def test_a_table_may_have_one_area_only():
    assert errors(cells(persons("全县", "省定", "2016", "5"))) == []


def test_a_blank_or_missing_part_is_nought():
    table = cells(
        persons("全县", "省定", "2016", "2"),
        persons("甲", "省定", "2016", "2"),
        persons("乙", "省定", "2016", ""),
        persons("丙", "省定", "2017", ""),
    )
    assert errors(table) == []


def test_a_column_of_the_top_alone_is_not_judged():
    assert errors(cells(persons("全县", "省定", "2016", "2"), persons("甲", "省定", "2017", "0"))) == []


def test_a_blank_top_is_not_judged():
    assert errors(cells(persons("全县", "省定", "2016", ""), persons("甲", "省定", "2016", "2"))) == []


def test_columns_of_one_standard_and_year_are_told_apart_by_measure():
    table = cells(
        villages("全县", "省定", "基期2015", "5", "其中省定"),
        villages("全县", "省定", "基期2015", "2", "省定 剩余"),
        villages("甲", "省定", "基期2015", "5", "其中省定"),
        villages("甲", "省定", "基期2015", "1", "省定 剩余"),
    )
    assert errors(table) == [("parts_sum_to_top", ["2", "1"])]


def test_a_measure_may_be_worded_otherwise_for_the_top():
    top = ("全县", "贫困人口脱贫", "脱贫人口（万人）", "省定", "2016", "0.0005")
    assert errors(cells(top, persons("甲", "省定", "2016", "5"))) == []
    assert [rule for rule, _ in errors(cells(top, persons("甲", "省定", "2016", "4")))] == [
        "parts_sum_to_top"
    ]


# --- years


def test_years_sum_to_the_total():
    table = cells(
        persons("甲", "省定", "2016", "5"),
        persons("甲", "省定", "2017", ""),
        persons("甲", "省定", "合计", "6"),
    )
    assert errors(table) == [("years_sum_to_total", ["6", "5", ""])]


def test_without_a_total_years_sum_to_the_base():
    table = cells(
        persons("甲", "省定", "基期2015", "7"),
        persons("甲", "省定", "2016", "5"),
        persons("甲", "省定", "2017", "1"),
    )
    assert errors(table) == [("years_sum_to_base", ["7", "5", "1"])]


def test_a_blank_total_is_no_total():
    table = cells(
        persons("甲", "省定", "基期2015", "6"),
        persons("甲", "省定", "2016", "5"),
        persons("甲", "省定", "合计", ""),
    )
    assert errors(table) == [("years_sum_to_base", ["6", "5"])]


@pytest.mark.parametrize("base", ["", "约7"])
def test_a_base_that_is_blank_or_no_number_takes_no_part(base):
    table = cells(persons("甲", "省定", "基期2015", base), persons("甲", "省定", "2016", "5"))
    assert errors(table) == []


def test_years_that_are_all_blank_are_not_planned():
    table = cells(
        persons("甲", "国标", "基期2015", "7"),
        persons("甲", "国标", "2016", " "),
        persons("甲", "国标", "2017", ""),
    )
    assert found(table) == []


def test_villages_sum_to_those_that_were_left():
    table = cells(
        villages("甲", "省定", "基期2015", "9", "其中省定"),
        villages("甲", "省定", "十二五", "6", "省定 预退出"),
        villages("甲", "省定", "基期2015", "3", "省定 剩余"),
        villages("甲", "省定", "2016", "3"),
    )
    assert errors(table) == []
    assert [rule for rule, _ in errors(changed(table, 3, "2"))] == ["years_sum_to_base"]


def test_a_period_is_no_year_of_the_sum():
    table = cells(
        persons("甲", "省定", "十二五", "50"),
        persons("甲", "省定", "2016", "5"),
        persons("甲", "省定", "合计", "5"),
    )
    assert errors(table) == []


# --- national and provincial


@pytest.mark.parametrize("year", ["2016", "合计", "基期2015"])
def test_national_is_within_provincial(year):
    table = cells(persons("甲", "省定", year, "5"), persons("甲", "国标", year, "6"))
    assert errors(table) == [("national_within_provincial", ["6", "5"])]
    assert errors(changed(table, 1, "5")) == []


def test_national_is_compared_in_persons():
    table = cells(persons("甲", "省定", "2016", "5"), persons("甲", "国标", "2016", "0.0006", "万人"))
    assert [rule for rule, _ in errors(table)] == ["national_within_provincial"]


def test_national_exits_are_within_the_national_base():
    table = cells(
        persons("甲", "国标", "基期2015", "5"),
        persons("甲", "国标", "2016", "6"),
        persons("甲", "国标", "合计", "6"),
    )
    assert errors(table) == [("national_exits_within_base", ["6", "5"])] * 2
    assert found(table, "notice") == []


# --- villages


def test_levels_of_villages_sum():
    table = cells(
        villages("甲", "合计", "基期2015", "9"),
        villages("甲", "省定", "基期2015", "6"),
        villages("甲", "市定", "基期2015", "2"),
    )
    assert errors(table) == [("village_levels_sum", ["9", "6", "2"])]


def test_a_table_without_a_column_of_city_level_is_not_judged_by_levels():
    assert errors(cells(villages("甲", "合计", "2016", "9"), villages("甲", "省定", "2016", "6"))) == []


def test_reached_and_left_sum():
    table = cells(
        villages("甲", "省定", "基期2015", "9", "其中省定"),
        villages("甲", "省定", "十二五", "6", "省定 预退出"),
        villages("甲", "省定", "基期2015", "2", "省定 剩余"),
    )
    assert errors(table) == [("reached_and_left_sum", ["9", "6", "2"])]


@pytest.mark.parametrize("standard", ["省定", "市定", "合计"])
@pytest.mark.parametrize("year", ["2016", "合计"])
def test_no_more_villages_leave_than_there_are(standard, year):
    table = cells(villages("甲", standard, "基期2015", "3"), villages("甲", standard, year, "4"))
    assert ("village_exits_within_stock", ["4", "3"]) in errors(table)


def test_errors_come_first_and_every_rule_is_named():
    table = cells(
        persons("甲", "省定", "2016", "约1"),
        persons("甲", "省定", "2017", "1.5"),
        persons("乙", "国标", "2017", "-1"),
    )
    assert [finding.severity for finding in reconcile(table)] == ["error", "error", "notice"]
    assert {finding.rule for finding in reconcile(table)} <= set(RULES)


def test_sums_beside_the_table(county):
    sums = part_sums(changed(county, 0, "1000"))
    assert [(cell.area, total, more) for cell, (total, more) in sums.items()][0] == (
        "全县",
        Decimal(1030),
        Decimal(30),
    )
    assert len(sums) == 19


# --- any consistent table


@st.composite
def consistent(draw):
    """A table of the 004 shape whose figures agree, for any number of towns."""
    towns = []
    for number in range(draw(st.integers(2, 4))):
        count = st.integers(1, 400)
        national, local = draw(count), draw(count)
        later, added = draw(count), draw(st.integers(0, 50))
        city, reached, left = draw(st.integers(0, 9)), draw(st.integers(0, 9)), draw(st.integers(0, 9))
        leave = draw(st.integers(0, left))
        base = national + local + later
        years = [national + local, later, added]
        towns.append(
            (
                f"{'甲乙丙丁'[number]}镇",
                [
                    *(base, national, city + reached + left, city, reached + left, reached, left),
                    *(years[0], national, years[1], years[2], sum(years), national),
                    *(leave, leave, 0, 0, leave, leave),
                ],
            )
        )
    whole = [sum(column) for column in zip(*(figures for _name, figures in towns), strict=True)]
    shape = read("county.csv")[:19]
    return [
        dataclasses.replace(cell, area=area, value=str(figure), line=0)
        for area, figures in [("全区", whole), *towns]
        for cell, figure in zip(shape, figures, strict=True)
    ]


@settings(max_examples=15, deadline=None)
@given(consistent(), st.data())
def test_a_consistent_table_has_no_error_and_any_changed_count_is_named(table: list[TidyCell], data):
    assert errors(table) == []
    place = data.draw(st.integers(0, len(table) - 1))
    value = int(table[place].value) + data.draw(st.integers(1, 99))
    wrong = changed(table, place, str(value))
    named = [
        finding
        for finding in reconcile(wrong)
        if finding.severity == "error" and wrong[place] in finding.cells
    ]
    assert named
