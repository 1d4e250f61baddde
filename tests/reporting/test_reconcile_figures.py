"""Reconciliation of single figures: whole numbers, what is no number, 全部脱贫, 合计 against the base."""

import pytest

from reporting.reconcile import reconcile
from tests.reporting.tables import cells, changed, errors, found, persons, villages


@pytest.mark.parametrize(
    ("value", "unit", "wrong"),
    [
        ("12", "人", False),
        ("12.0", "人", False),
        ("12.5", "人", True),
        ("-12", "人", True),
        ("1.2345", "万人", False),
        ("1.234500", "万人", False),
        ("1.23456", "万人", True),
        ("-1.2", "万人", True),
        ("0.5", "户", True),
    ],
)
def test_counts_are_whole(value, unit, wrong):
    rules = [rule for rule, _ in errors(cells(persons("甲", "省定", "2016", value, unit)))]
    assert rules == (["whole_number"] if wrong else [])


def test_villages_are_whole_numbers():
    assert errors(cells(villages("甲", "省定", "2016", "1.5"))) == [("whole_number", ["1.5"])]


@pytest.mark.parametrize("value", ["约5", "—", "若干", "5人", "12,34"])
def test_what_is_no_number_is_noticed_and_its_rules_are_not_judged(value):
    table = cells(
        persons("全县", "省定", "基期2015", "9"),
        persons("甲", "省定", "基期2015", "4"),
        persons("乙", "省定", "基期2015", value),
        persons("乙", "省定", "2016", "3"),
    )
    assert found(table) == [("not_a_number", [value])]


def test_long_numbers_are_compared_exactly():
    long = "9" * 60
    table = cells(persons("全县", "省定", "2016", long), persons("甲", "省定", "2016", long[:-1] + "8"))
    assert [rule for rule, _ in errors(table)] == ["parts_sum_to_top"]
    assert errors(changed(table, 1, long)) == []


# --- 全部脱贫


def test_the_whole_base_counts_as_its_base():
    table = cells(
        persons("全市", "国标", "基期2015", "0.7", "万人"),
        persons("全市", "国标", "2016", "0.7", "万人"),
        persons("甲", "国标", "基期2015", "0.4", "万人"),
        persons("甲", "国标", "2016", "全部脱贫", "万人"),
        persons("乙", "国标", "基期2015", "0.3", "万人"),
        persons("乙", "国标", "2016", " 全部脱贫", "万人"),
    )
    assert found(table) == []
    assert [rule for rule, _ in errors(changed(table, 1, "0.6"))] == ["parts_sum_to_top", "years_sum_to_base"]


def test_the_whole_base_with_years_beside_it_is_too_much():
    table = cells(
        persons("甲", "国标", "基期2015", "4"),
        persons("甲", "国标", "2016", "1"),
        persons("甲", "国标", "2017", "全部脱贫"),
    )
    assert errors(table) == [("years_sum_to_base", ["4", "1", "全部脱贫"])]


def test_the_whole_of_a_blank_base_is_nought_in_a_sum_and_not_compared():
    table = cells(
        persons("全市", "国标", "2016", "3"),
        persons("甲", "国标", "基期2015", ""),
        persons("甲", "国标", "2016", "全部脱贫"),
        persons("乙", "国标", "2016", "3"),
        persons("甲", "省定", "2016", "全部脱贫"),
    )
    assert found(table) == []


def test_the_whole_base_is_no_figure_for_a_base():
    assert found(cells(persons("甲", "国标", "基期2015", "全部脱贫"))) == [("not_a_number", ["全部脱贫"])]


# --- 合计 against base


@pytest.mark.parametrize("standard", ["省定", "国标"])
def test_a_total_below_its_base_is_noticed(standard):
    table = cells(persons("甲", standard, "基期2015", "9"), persons("甲", standard, "合计", "7"))
    assert found(table) == [("exits_below_base", ["7", "9"])]
    assert "2人没有排定年度" in reconcile(table)[0].message


def test_a_total_above_its_base_is_noticed():
    table = cells(persons("甲", "省定", "基期2015", "9"), persons("甲", "省定", "合计", "11"))
    assert found(table) == [("exits_above_base", ["11", "9"])]
    assert "多2人" in reconcile(table)[0].message
    assert found(table, "error") == []


def test_villages_below_their_base_are_left_alone():
    assert found(cells(villages("甲", "省定", "基期2015", "9"), villages("甲", "省定", "合计", "7"))) == []
