"""What serves each requirement of the district's plans, and the test that shows it.

The numbers are those of the office's list of requirements (R001–R328); a row names the record, rule or page
and one test or more, as `folder.module::test`.
"""

import csv
import importlib
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from households import poverty

SERVED: dict[str, tuple[str, tuple[str, ...]]] = {
    "R001": (
        "coverage of towns, villages and households; a plan keeps its base year and years: areas.Area, reporting.PlanTable",
        (
            "demo.test_loaded::test_ground_has_211_villages_with_facts_and_three_key_towns",
            "reporting.test_reading::test_years_are_read",
            "reporting.test_plan_tables::test_cells_come_back_as_they_were_read",
        ),
    ),
    "R002": (
        "households with their persons, counted as 户 and 人: households.Household, Person, tally.Counts",
        (
            "households.test_tally::test_the_year_adds_up_in_households_and_persons",
            "demo.test_world::test_base_has_3317_households_shared_as_published",
            "households.test_list_page::test_parts_add_up_to_the_total",
        ),
    ),
    "R018": (
        "totals derive from records and are never typed: households.tally, reporting.definitions",
        (
            "reporting.test_exit_tally::test_every_figure_of_area_and_parts_equals_a_count_by_hand",
            "reporting.test_rolling_plan::test_the_nineteen_actual_figures_are_those_of_the_events",
            "households.test_events::test_events_are_never_changed_nor_deleted",
        ),
    ),
    "R022": (
        "省级扶贫重点镇: villages.Town, shown on list and page of its villages",
        (
            "villages.test_list::test_a_village_of_a_key_town_is_marked",
            "demo.test_loaded::test_ground_has_211_villages_with_facts_and_three_key_towns",
        ),
    ),
    "R025": (
        "several standards; each county says which it applies: households.CountyStandard",
        ("households.test_lines::test_each_county_says_which_standard_it_applies",),
    ),
    "R026": (
        "国家贫困标准 by the index of low-income rural consumers: households.poverty",
        (
            "households.test_lines::test_published_stands_beside_computed_and_wins",
            "test_requirements::test_the_national_line_moves_by_the_low_income_index",
        ),
    ),
    "R027": (
        "省定标准 = last year's line × this year's rural index: households.poverty",
        (
            "test_requirements::test_the_provincial_line_is_last_years_times_the_index",
            "households.test_lines::test_half_a_yuan_goes_up",
        ),
    ),
    "R028": (
        "lines by year and standard, old ones never overwritten: households.PovertyLine, /lines/",
        (
            "households.test_lines::test_another_published_figure_keeps_the_old_one",
            "households.test_lines_page::test_a_new_figure_keeps_the_old_one_and_is_in_the_trail",
        ),
    ),
    "R029": (
        "every count for 省定 and the part under 国标: tally.Counts.national_*, both blocks of the yearly tally",
        (
            "demo.test_world::test_base_by_town_is_the_published_one",
            "reporting.test_exit_tally::test_every_figure_of_area_and_parts_equals_a_count_by_hand",
        ),
    ),
    "R054": (
        "key villages with town and level: villages.KeyVillage, /villages/?key=",
        (
            "demo.test_loaded::test_key_villages_stand_as_in_the_plan",
            "villages.test_list::test_the_list_shows_the_villages_of_ones_area",
        ),
    ),
    "R055": (
        "一高一低一无: villages.selection",
        (
            "villages.test_selection::test_a_village_with_all_three_is_chosen_with_three_reasons",
            "villages.test_selection::test_each_bar_holds_at_its_edge_and_not_beyond",
        ),
    ),
    "R056": (
        "30 that reached the standard in 十二五, 10 left, by town: villages.KeyVillageEvent, villages.tally",
        (
            "demo.test_world::test_key_villages_left_as_published",
            "villages.test_tally::test_reached_and_left_to_go_are_the_base",
        ),
    ),
    "R318": (
        "滚动规划: reporting.definitions.rolling_plan, on screen, xlsx, csv, json",
        (
            "reporting.test_rolling_plan::test_the_head_has_four_rows_as_printed",
            "browser.test_demonstration_county::test_base_columns_from_the_register_equal_the_printed_ones_for_every_town",
            "reporting.test_report_command::test_the_official_form_has_merged_head_unit_notes_and_signatures",
        ),
    ),
    "R319": (
        "the table's sums are checked and mismatches shown: reporting.reconcile, page of the plan",
        (
            "test_requirements::test_the_printed_plan_breaks_in_its_four_columns_and_nowhere_else",
            "test_requirements::test_with_the_likely_readings_in_place_the_printed_plan_has_no_error",
            "reporting.test_plans_pages::test_the_page_shows_the_printed_figures_and_marks_the_impossible",
        ),
    ),
    "R322": (
        "planned against done by town and year: the yearly tally's printed, exit and diff columns, the workbench",
        (
            "reporting.test_rolling_plan::test_printed_figures_stay_as_printed_and_the_difference_stands_beside_them",
            "reporting.test_workbench::test_progress_has_a_line_a_part_and_the_whole",
        ),
    ),
    "R328": (
        "printed and computed stay apart, both shown: keys printed_*, actual_*, diff_*",
        (
            "reporting.test_rolling_plan::test_printed_figures_stay_as_printed_and_the_difference_stands_beside_them",
            "reporting.test_plan_tables::test_cells_come_back_as_they_were_read",
        ),
    ),
}


@pytest.mark.parametrize("number", SERVED)
def test_each_requirement_names_tests_that_exist(number):
    what, tests = SERVED[number]
    assert what and tests
    for name in tests:
        module, _, function = name.partition("::")
        assert callable(getattr(importlib.import_module(f"tests.{module}"), function)), name


PLAN = Path(__file__).resolve().parent.parent / "demo" / "data" / "rolling_plan_taierzhuang.csv"
NAME = "台儿庄区滚动规划"
BAD_COLUMNS = {("国标", "2016"), ("国标", "合计"), ("省定", "2017"), ("省定", "合计")}
LIKELY = {("国标", "2016"): "70", ("国标", "合计"): "70", ("省定", "2017"): "56", ("省定", "合计"): "173"}


def findings(path, capsys) -> list[dict]:
    call_command("import_plan", str(path), name=NAME)
    capsys.readouterr()
    call_command("reconcile", NAME)
    return json.loads(capsys.readouterr().out)


def test_the_printed_plan_breaks_in_its_four_columns_and_nowhere_else(db, capsys):
    """004 专栏2: what each error is about lies in four columns; the other side of a rule is named with it."""
    errors = [finding for finding in findings(PLAN, capsys) if finding["severity"] == "error"]
    blamed = {(one["cells"][0]["standard"], one["cells"][0]["year"]) for one in errors}
    assert blamed == BAD_COLUMNS
    assert {one["cells"][0]["group"] for one in errors} == {"贫困人口脱贫"}
    beside = {
        (cell["area"], cell["group"], cell["standard"], cell["year"])
        for one in errors
        for cell in one["cells"]
        if (cell["standard"], cell["year"]) not in BAD_COLUMNS
    }
    assert beside == {("运河", "贫困基数", "国标", "基期2015"), ("运河", "贫困人口脱贫", "省定", "2016")}


def test_with_the_likely_readings_in_place_the_printed_plan_has_no_error(db, capsys, tmp_path):
    with PLAN.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["area"] == "运河" and row["group"] == "贫困人口脱贫":
            row["value"] = LIKELY.get((row["standard"], row["year"]), row["value"])
    mended = tmp_path / "plan.csv"
    with mended.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert [one for one in findings(mended, capsys) if one["severity"] == "error"] == []


def test_the_national_line_moves_by_the_low_income_index():
    lines = poverty.Lines(
        {(poverty.NATIONAL, 2015): 2800},
        {(poverty.LOW_INCOME, 2016): Decimal("102.0"), (poverty.RURAL, 2016): Decimal("150.0")},
    )
    assert lines.line(poverty.NATIONAL, 2016).value == 2856


def test_the_provincial_line_is_last_years_times_the_index():
    rural = {(poverty.RURAL, year): Decimal("102.0") for year in (2016, 2017)}
    lines = poverty.Lines({(poverty.PROVINCIAL, 2015): 3372, (poverty.PROVINCIAL, 2017): 3509}, rural)
    assert lines.line(poverty.PROVINCIAL, 2016).computed == 3439
    assert (
        lines.line(poverty.PROVINCIAL, 2017).published,
        lines.line(poverty.PROVINCIAL, 2017).computed,
    ) == (3509, 3508)
