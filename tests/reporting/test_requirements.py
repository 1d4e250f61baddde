"""What serves each requirement of the reports, form and list, and the test that shows it (as tests/test_requirements.py).

A test is one of this folder, or of another as `folder.module::test`.
"""

import importlib

import pytest

from reporting.definitions import DEFINITIONS

ASKED = "R083 R107 R141 R258 R278 R300 R304 R314 R318-R328"  # of the list of requirements
PARTS = "test_forms::test_the_parts_add_up_to_the_whole"
OPENS = "test_forms::test_every_counted_figure_opens_a_list_that_counts_to_it"
OFFICE = "test_office_forms::test_the_parts_add_up_and_every_figure_opens_what_it_counts"
LOOKED_AT = "test_workbooks::test_every_form_is_laid_out_as_it_was_looked_at"
RECOUNT = "test_small_worlds::test_every_cell_equals_a_recount_and_every_file_says_it"
# number: (kind of report or "", what it is, tests)
SERVED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "R083": (
        "colours",
        "households and persons by colour for village, town and district, of any day",
        (
            PARTS,
            OPENS,
            "test_forms::test_colours_stay_those_of_the_day",
            "test_forms::test_colours_of_a_year_that_is_over_are_those_of_its_last_day",
            RECOUNT,
        ),
    ),
    "R107": (
        "channels",
        "the year's exits by the chapters of measures that had reached them, and since 2016 by the five paths beside what a plan prints of each",
        (
            "test_goals::test_a_household_counts_in_each_of_its_channels_and_once_in_the_total",
            "test_goals::test_the_path_of_a_plan_stands_beside_its_own_area_alone",
            "test_goals::test_each_path_has_who_left_by_it_and_stays_empty_where_no_plan_prints_it",
            "test_goals::test_a_path_that_a_plan_prints_is_held_against_it",
            "test_goals::test_every_counted_figure_opens_a_list_that_counts_to_it_and_parts_add_up",
            RECOUNT,
        ),
    ),
    "R141": (
        "houses",
        "house renovation by month: houses listed, and each step in the month and so far",
        (
            "test_office_forms::test_houses_by_step_in_the_month_and_so_far",
            "test_office_forms::test_a_step_is_of_the_month_of_its_day_and_money_of_the_month_it_was_paid_in",
            OFFICE,
            LOOKED_AT,
            RECOUNT,
        ),
    ),
    "R278": (
        "returns",
        "返贫 and 因病返贫 with their rates",
        (
            "test_returns::test_the_figures_of_the_county_and_its_towns",
            "test_returns::test_who_came_back_counts_in_that_year_alone",
            "test_returns::test_nothing_over_nothing_is_unknown",
            RECOUNT,
        ),
    ),
    "R300": (
        "",
        "the three 挂图 at /wall/, on A3 and A1, from the figures of the reports; boards of each level at /dashboards/",
        (
            "test_boards::test_every_figure_of_a_board_is_the_one_of_the_report_with_its_list",
            "test_boards::test_every_figure_of_the_table_opens_a_list_that_counts_to_it",
            "test_boards::test_the_campaign_has_targets_done_and_left_key_villages_and_who_answers",
            "test_boards::test_a_letter_signed_after_the_day_was_not_signed_on_it",
            "test_boards::test_pairing_counts_as_its_lists_do_and_names_officials_alone",
            "browser.test_walls::test_a_wall_fills_the_first_sheet_of_its_paper",
        ),
    ),
    "R304": (
        "quarterly",
        "月调度 is `monthly`, 季总结 this: the quarter and the year so far by town, by itself each quarter; 年底考核 `assessment`",
        (
            "test_office_forms::test_deliveries_of_the_month_and_of_the_year",
            "test_quarterly::test_the_quarter_begins_with_its_first_day_and_the_year_with_its_own",
            "test_quarterly::test_the_parts_add_up_and_every_figure_opens_what_it_counts",
            "test_quarterly::test_it_is_made_by_itself_each_quarter_with_the_quarters_last_day",
            "test_assessment::test_the_facts_of_a_town",
            "test_assessment::test_every_counted_figure_opens_a_list_that_counts_to_it",
            "test_settling::test_what_of_the_year_is_due_is_said_until_it_is_there",
            RECOUNT,
        ),
    ),
    "R258": (
        "visits",
        "who has a helper and was visited lately, of the households on the register; visits of the month and of the year by "
        "way, what the household said, needs found and followed up, as of any day",
        (
            "test_visits::test_households_on_the_register_by_helper_and_last_visit",
            "test_visits::test_visits_of_the_month_and_of_the_year",
            "test_visits::test_of_an_earlier_day_counts_what_was_known_and_stood_then",
            "test_visits::test_the_parts_add_up_and_every_figure_opens_what_it_counts",
            LOOKED_AT,
            RECOUNT,
        ),
    ),
    "R314": (
        "supervision",
        "月度督查 and the other inspections, 月度报告, problems put right or late, as of any day; `work-in-hand` has the lists "
        "in hand and late, by stage, as they stood",
        (
            "test_supervision::test_inspections_and_reports_of_the_month_and_of_the_year",
            "test_supervision::test_of_an_earlier_day_counts_what_was_known_and_stood_then",
            "test_supervision::test_problems_stand_where_their_steps_had_left_them",
            "test_supervision::test_the_parts_add_up_and_every_figure_opens_what_it_counts",
            "test_office_forms::test_lists_stand_where_they_stood_on_the_day",
            OFFICE,
            LOOKED_AT,
            RECOUNT,
        ),
    ),
    "R318": (
        "rolling-plan",
        "nineteen columns, printed, actual and compared",
        (
            "test_rolling_plan::test_the_nineteen_actual_figures_are_those_of_the_events",
            "test_rolling_plan::test_villages_that_were_out_by_the_base_and_those_left_are_told_apart",
            LOOKED_AT,
            RECOUNT,
        ),
    ),
    "R319": (
        "",
        "the printed table against its rules, and which figures are likely misprints: reporting.reconcile, misprints",
        (
            "test_reconcile::test_errors_come_first_and_every_rule_is_named",
            "test_misprints::test_the_four_figures_of_one_row_are_found_with_what_they_should_be",
        ),
    ),
    "R320": (
        "two-standards",
        "two standards × base and years, 万人 above 摘帽村, of province, city or county: actual, printed and difference; "
        "a printed table is imported, reconciled and printed in two rows an area",
        (
            "test_two_standards::test_people_in_ten_thousands_above_villages_of_the_province",
            "test_two_standards::test_every_figure_opens_a_list_of_as_many_persons_or_villages",
            "test_two_standards::test_page_and_workbook_have_two_lines_an_area_under_two_heads",
            "test_other_workbooks::test_a_plan_is_printed_in_the_layout_of_its_table",
            "test_misprints::test_one_figure_printed_wrong_is_mended_by_one_figure",
            RECOUNT,
        ),
    ),
    "R321": (
        "indicators",
        "base, target, now, kind, source and verdict; 专栏3 as printed",
        (
            "test_indicators_report::test_what_the_register_counts_stands_beside_what_the_plan_prints",
            "test_indicators_report::test_the_printed_form_has_a_line_an_indicator",
        ),
    ),
    "R322": (
        "exit-tally",
        "the year's exits beside what the plan printed for each town, and how many more",
        (
            "test_exit_tally::test_every_figure_of_area_and_parts_equals_a_count_by_hand",
            "test_exit_tally::test_what_each_town_was_to_do_stands_beside_what_it_did",
            "test_exit_tally::test_each_standard_stands_beside_its_own_printed_figure",
            "test_exit_tally::test_what_the_words_of_the_plan_say_of_a_year_stands_in_the_note",
            RECOUNT,
        ),
    ),
    "R323": (
        "key-villages",
        "key villages by town and level, and each by name",
        ("test_forms::test_key_villages_by_level_and_the_list_by_name", RECOUNT),
    ),
    "R324": (
        "by-month",
        "危改, 就业, 教育, 健康 with the months of the year beside each other; `monthly` has the month and the year so far",
        (
            "test_by_month::test_each_month_has_its_own_and_those_to_come_are_empty",
            "test_by_month::test_what_it_comes_to_is_what_the_monthly_forms_say",
            "test_by_month::test_every_figure_opens_what_it_counts_where_the_household_lay_on_the_day",
            "test_office_forms::test_deliveries_of_the_month_and_of_the_year",
            LOOKED_AT,
            RECOUNT,
        ),
    ),
    "R325": (
        "cooperation",
        "project × year × persons and money, by area and by name",
        ("test_office_forms::test_cooperation_of_three_years_by_area_and_by_name", RECOUNT),
    ),
    "R326": (
        "yearly-goals",
        "persons who left and villages that 摘帽 in each year beside what the plan prints of both, of any county",
        (
            "test_yearly_goals::test_persons_and_villages_of_each_year_are_those_of_the_events",
            "test_yearly_goals::test_villages_of_every_level_count_beside_what_the_plan_prints",
            "test_yearly_goals::test_every_counted_figure_opens_a_list_that_counts_to_it",
            RECOUNT,
        ),
    ),
    "R327": (
        "yearly-goals",
        "烟台 leaves in 2016 and 2017 and keeps from 2018 to 2020: each year's aim, and whether it is reached",
        (
            "test_yearly_goals::test_the_first_plan_says_two_years_of_leaving_and_three_of_keeping",
            "test_yearly_goals::test_who_came_back_misses_the_year_of_keeping_and_who_stays_out_has_time",
            "test_yearly_goals::test_what_is_said_of_a_year",
            RECOUNT,
        ),
    ),
    "R328": (
        "rolling-plan",
        "printed and computed figures stand apart, the printed ones as they are",
        (
            "test_rolling_plan::test_printed_figures_stay_as_printed_and_the_difference_stands_beside_them",
            "test_misprints::test_the_page_of_the_plan_says_them_and_keeps_the_printed_figures",
        ),
    ),
}
NOT_SERVED: dict[str, str] = {}


def numbers(text: str) -> set[str]:
    found = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found |= {f"R{number:03d}" for number in range(int(first[1:]), int((last or first)[1:]) + 1)}
    return found


def test_the_table_holds_the_numbers_that_are_asked_for():
    assert {*SERVED, *NOT_SERVED} == numbers(ASKED)


@pytest.mark.parametrize("number", SERVED)
def test_each_names_a_form_and_tests_that_exist(number):
    kind, what, tests = SERVED[number]
    assert what and tests and (not kind or kind in DEFINITIONS)
    for name in tests:
        module, _, test = name.partition("::")
        where = f"tests.{module}" if "." in module else f"tests.reporting.{module}"
        assert hasattr(importlib.import_module(where), test), name
