"""What serves each requirement of the audits, rule and screen, and the test that shows it (as tests/test_requirements.py).

A test is one of this folder, or of another as `folder.module::test`.
"""

import importlib

import pytest

ASKED = "R030 R032 R033-R053 R057-R064 R131-R145 R269-R272 R274"  # of the list of requirements
SERVED: dict[str, tuple[str, tuple[str, ...]]] = {
    "R030": (
        "income of the exit year above the line; 稳定 is a number of years the county sets: checks C095, AuditSetting",
        (
            "test_criteria::test_the_reason_names_the_income_and_the_line",
            "test_checks::test_stable_income_asks_for_every_year_it_is_set_to",
        ),
    ),
    "R032": (
        "a margin above the line for deep-poverty villages: cases.Rules.deep_margin",
        ("test_checks::test_a_deep_poverty_village_may_ask_for_a_margin",),
    ),
    "R033": (
        "the household is the unit; income and the five, all needed: audits.criteria; entitled measures beside it: audits.entitled; shown line by line on the page of an entry",
        (
            "test_criteria::test_each_of_the_five_is_needed",
            "test_verdicts::test_nobody_passes_who_does_not_meet_the_standard",
            "test_entitled::test_it_says_what_the_coverage_list_counts",
        ),
    ),
    "R034": (
        "年度预退出: ranking by ease, places by hand with a reason, yearly targets by hand or shared out by rule: ranking, models.proposing, targets, reporting.apportioning; the pages /audits/candidates/, add and move, /plans/distribution/",
        (
            "reporting.test_apportioning::test_the_parts_come_to_the_whole_and_stay_within_their_bounds",
            "reporting.test_distribution::test_a_town_shares_its_own_out_to_its_villages",
            "test_criteria::test_ranking_puts_the_easiest_first_and_says_why",
            "test_lists::test_a_list_is_ranked_by_ease_and_what_is_on_a_list_is_no_candidate",
            "test_lists::test_a_ranking_is_changed_by_hand_with_a_reason",
            "test_lists::test_targets_keep_their_history_and_their_kind",
            "test_opening_pages::test_candidates_come_easiest_first_with_reasons_and_the_plan",
            "test_opening_pages::test_ticked_candidates_go_onto_one_list_in_their_order",
            "test_entry_acts::test_a_place_is_changed_by_hand_with_a_reason",
            "test_opening_pages::test_a_town_sees_its_villages_and_may_not_list_another_towns",
        ),
    ),
    "R035": (
        "小组提报, then 民主评议: stages proposal and appraisal of procedures.household_exit; put on the list by search or by ease",
        (
            "test_table::test_a_stage_passes_by_its_role_alone_on_its_day_alone",
            "test_opening_pages::test_households_are_found_by_name_and_number_and_put_on",
        ),
    ),
    "R036": (
        "both minutes, with their scans: Paper.COMMITTEE_MINUTES and DELEGATE_MINUTES of the appraisal; kept and given out on the page of the list",
        (
            "test_table::test_a_stage_does_not_pass_with_one_thing_missing",
            "test_papers::test_every_paper_is_printed_before_anything_was_decided",
            "test_evidence_pages::test_what_is_missing_is_said_until_its_scan_is_there",
            "test_evidence_pages::test_a_scan_is_a_download_for_who_sees_the_list_and_reading_it_is_in_the_trail",
        ),
    ),
    "R037": (
        "核实 by the resident team, its sheet with it: stage verification",
        (
            "test_table::test_a_stage_passes_by_its_role_alone_on_its_day_alone",
            "test_papers::test_every_paper_is_printed_before_anything_was_decided",
        ),
    ),
    "R038": (
        "the household agrees, or does not go on: Entry.agree; recorded one by one or ticked together",
        (
            "test_lists::test_a_household_that_does_not_agree_does_not_go_on",
            "test_papers::test_a_page_each_and_the_page_of_one",
            "test_entry_acts::test_consent_is_recorded_by_the_village_one_and_all",
        ),
    ),
    "R039": (
        "公示 of seven whole days in the village: Notice; put up on its page, read by everybody",
        (
            "test_notices::test_seven_days_are_seven_whole_days",
            "test_notice_pages::test_a_sheet_is_put_up_with_its_photos_and_the_page_shows_its_clock",
        ),
    ),
    "R040": (
        "上报 after the notice: stage submission",
        ("test_table::test_a_stage_passes_by_its_role_alone_on_its_day_alone",),
    ),
    "R041": (
        "验收 by a named team, six items, a sample of homes: Acceptance, HomeVisit; homes drawn by the program: Drawn; the page /audits/<list>/acceptance/",
        (
            "test_table::test_a_stage_does_not_pass_with_one_thing_missing",
            "test_verdicts::test_every_concern_is_answered_by_the_acceptance",
            "test_papers::test_a_paper_rests_on_what_was_frozen_with_the_decision",
            "test_acceptance_page::test_one_home_in_ten_is_drawn_and_never_fewer_than_one",
            "test_acceptance_page::test_homes_are_drawn_when_the_list_arrives_and_not_again",
            "test_acceptance_page::test_the_list_waits_for_every_home_that_was_drawn",
            "test_acceptance_page::test_a_record_that_is_not_whole_is_refused_with_what_was_typed",
        ),
    ),
    "R042": (
        "审核 by the town, by somebody else than who accepted: stage approval",
        ("test_four_eyes::test_who_accepted_does_not_approve_even_in_another_office",),
    ),
    "R043": (
        "公告 of five days: stage announcement",
        ("test_table::test_the_days_that_stand_in_the_plan",),
    ),
    "R044": (
        "审查备案 after an announcement free of objection: stage filing",
        ("test_objections::test_an_open_objection_holds_the_list_until_it_is_answered",),
    ),
    "R045": (
        "退出销号 by the town, the whole list, inside the window: AdjustmentWindow, audits.leaving",
        (
            "test_verdicts::test_the_window_is_the_districts_and_a_withdrawn_one_is_none",
            "test_verdicts::test_a_strike_off_is_whole_or_not_at_all",
        ),
    ),
    "R046": (
        "all papers of a list as one sealed zip with its index: audits.archive, jobs",
        (
            "test_archive::test_the_archive_of_an_exit_holds_everything_and_its_index_names_every_file",
            "test_archive::test_it_is_the_askers_alone_while_it_is_kept_and_sealed_on_disk",
        ),
    ),
    "R047": (
        "objections: held, investigated, answered, closed by another: Objection, AuditList.settle, split; ticked entries are split off on the page of the list",
        (
            "test_objections::test_who_is_concerned_does_not_close_an_objection",
            "test_objections::test_a_held_entry_stops_the_list_and_a_remainder_lets_the_rest_go_on",
            "test_objection_pages::test_who_is_concerned_does_not_close_it_and_another_does",
            "test_public_notices::test_an_objection_holds_its_entry_at_once_and_says_by_when",
            "test_objection_pages::test_the_written_answer_is_printed_without_contact",
            "test_entry_acts::test_several_ticked_ones_are_split_off_with_a_reason",
        ),
    ),
    "R048": (
        "the year's plan beside what is listed and has left, shown and stopping nobody: targets, opening.standings",
        (
            "test_opening_pages::test_candidates_come_easiest_first_with_reasons_and_the_plan",
            "test_lists::test_targets_keep_their_history_and_their_kind",
        ),
    ),
    "R049": (
        "villagers judge: 民主评议 with both minutes, then the notice and whoever objects",
        (
            "test_table::test_a_stage_does_not_pass_with_one_thing_missing",
            "test_public_notices::test_an_objection_holds_its_entry_at_once_and_says_by_when",
        ),
    ),
    "R050": (
        "one leaves, one is struck off: the exit event is that of one entry: Entry.event",
        (
            "test_whole_way::test_households_leave_on_the_day_of_the_strike_off",
            "test_invariants::test_an_exit_beside_the_lists_is_found",
        ),
    ),
    "R051": (
        "policies stay three years after an exit, 低保 some months, both settings; what stopped earlier is reported: audits.continued, watched, /audits/watch/",
        (
            "test_continued::test_each_of_three_years_after_the_exit_has_to_have_it",
            "test_continued::test_subsistence_allowance_is_kept_three_months",
            "test_policy_watch::test_what_was_given_in_the_year_of_leaving_and_not_since_is_listed",
            "test_policy_watch::test_the_district_settles_how_long",
        ),
    ),
    "R052": (
        "strict exit: nobody passes below the standard, overruled only upward, 认定 frozen with its grounds",
        (
            "test_verdicts::test_nobody_passes_who_does_not_meet_the_standard",
            "test_entry_acts::test_a_verdict_is_overruled_upward_alone",
        ),
    ),
    "R053": (
        "standard and procedure of the exit as data: audits.procedures, audits.criteria",
        ("test_table::test_every_stage_names_roles_of_business_and_a_place_to_go",),
    ),
    "R057": (
        "incidence by 省定 under 2 % and four factors: criteria.village; each factor with its facts on the page of the village",
        (
            "test_criteria::test_a_village_leaves_under_two_percent",
            "test_criteria::test_each_factor_of_a_village_is_needed",
            "test_verdicts::test_a_village_passes_under_two_percent_of_its_rural_population",
            "test_village_pages::test_the_incidence_is_shown_exactly_and_stops_at_two",
            "test_village_pages::test_each_factor_shows_its_facts_and_leads_to_them",
            "test_village_pages::test_the_list_the_incidence_opens_counts_to_it",
        ),
    ),
    "R058": (
        "the village applies, by itself before the town has a list: audits.applying; the town reviews: stages application and review of procedures.village_exit",
        (
            "test_applying::test_it_opens_its_towns_list_and_sees_it_from_then_on",
            "test_applying::test_nobody_else_applies_for_it",
            "test_lists::test_a_village_applies_for_itself",
            "test_opening_pages::test_key_villages_are_put_on_their_towns_list",
            "test_entry_acts::test_a_village_applies_for_itself_on_its_towns_list",
        ),
    ),
    "R059": (
        "公示 of seven days in the village: stage village-notice",
        ("test_table::test_the_days_that_stand_in_the_plan",),
    ),
    "R060": (
        "测评验收 with its report; incidence computed from the register: stage acceptance, facts.village_case; a third party's report is kept with the village",
        (
            "test_table::test_a_stage_does_not_pass_with_one_thing_missing",
            "test_village_pages::test_the_third_partys_report_stands_with_the_village",
        ),
    ),
    "R061": (
        "审定 by the leading group: stage decision",
        ("test_table::test_the_decisions_of_four_eyes_are_those_of_the_office",),
    ),
    "R062": (
        "公告 of five days at district and town: stage announcement",
        ("test_notices::test_the_announcement_of_a_village_hangs_at_district_and_town",),
    ),
    "R063": (
        "备案 and 销号 in the window, the cap comes off: stages filing and strike-off",
        ("test_whole_way::test_a_village_takes_off_its_cap",),
    ),
    "R064": (
        "key villages by town and year, held against the plan's numbers; their lists wait in the demonstration, exits are dated events",
        (
            "reporting.test_planned_villages::test_names_that_do_not_come_to_the_plan_are_listed",
            "test_whole_way::test_a_village_takes_off_its_cap",
            "demo.test_loaded::test_key_villages_stand_as_in_the_plan",
        ),
    ),
    "R131": (
        "一户一档: HouseCase, its page, photos and report as evidence of the house",
        (
            "test_house_pages::test_an_application_is_filled_in_and_shown",
            "test_house_pages::test_what_was_decided_on_is_not_asked_again",
            "test_houses::test_the_case_begins_with_what_the_register_knows",
        ),
    ),
    "R132": (
        "registered, grade C or D, willing: renovation.applied; unsafe houses are suggested, refusals beside the fields",
        (
            "test_renovation::test_who_may_apply_and_how",
            "test_opening_pages::test_unsafe_houses_are_suggested_for_renovation",
            "test_house_pages::test_what_breaks_a_rule_is_said_beside_its_field_and_nothing_is_kept",
        ),
    ),
    "R133": (
        "三级审核、三榜公示 to the payment: procedures.renovation",
        (
            "test_whole_way::test_a_list_goes_through_every_stage_once_and_is_closed",
            "test_whole_way::test_houses_go_on_singly_after_the_third_notice",
            "test_papers::test_the_agreement_and_the_acceptance_of_a_house_say_what_the_record_knows",
        ),
    ),
    "R134": (
        "C repair only, a rebuilt C gets nothing: renovation.subsidy_bounds",
        (
            "test_renovation::test_the_floor_holds_and_never_above_the_real_cost",
            "test_house_pages::test_what_breaks_a_rule_is_said_beside_its_field_and_nothing_is_kept",
        ),
    ),
    "R135": (
        "area limits by size of household: renovation.area_limits; the limits stand beside the form",
        (
            "test_renovation::test_area_limits_by_size_of_household",
            "test_house_pages::test_an_application_is_filled_in_and_shown",
        ),
    ),
    "R136": (
        "floors, never above the real cost: renovation.paid",
        (
            "test_renovation::test_what_stands_against_a_payment",
            "test_house_pages::test_a_subsidy_out_of_bounds_is_refused",
        ),
    ),
    "R137": (
        "中央省市, district, town: renovation.shares; the town's share is worked out and its working shown",
        (
            "test_renovation::test_the_gap_goes_from_above_to_the_district_to_the_town",
            "test_house_pages::test_the_gap_goes_to_the_town_and_the_working_is_shown",
        ),
    ),
    "R138": (
        "payment by the district to the 一卡通 on file; bank and last four digits kept with it: HouseCase.paid_to",
        (
            "test_house_pages::test_a_subsidy_goes_to_the_account_on_file_and_shows_four_digits",
            "test_house_pages::test_nothing_is_paid_without_an_account",
        ),
    ),
    "R139": (
        "papers first, then 归档 with the number of the national system: stage archive, the archive of a list",
        (
            "test_archive::test_the_archive_of_an_exit_holds_everything_and_its_index_names_every_file",
            "test_whole_way::test_a_list_goes_through_every_stage_once_and_is_closed",
        ),
    ),
    "R140": (
        "five departments accept, or it is not accepted: HouseCase.sign, renovation.accepted; item by item, by name and paper, over the page of the house",
        (
            "test_renovation::test_all_five_departments_accept_or_none_does",
            "test_table::test_a_stage_does_not_pass_with_one_thing_missing",
            "test_house_pages::test_departments_sign_once_each_with_name_and_paper",
        ),
    ),
    "R141": (
        "progress by month and house by house, with export: /audits/houses/",
        (
            "test_house_pages::test_progress_counts_each_month_and_every_count_opens_its_list",
            "test_house_pages::test_a_house_that_waits_too_long_is_late",
        ),
    ),
    "R142": (
        "五统一 and barrier-free, ticked while it is built: HouseCase.five_unities, barrier_free, plate",
        ("test_house_pages::test_what_was_decided_on_is_not_asked_again",),
    ),
    "R143": (
        "质量巡查 as dated lines with name: HouseCase.patrol",
        ("test_house_pages::test_patrols_are_lines_with_day_and_name",),
    ),
    "R144": (
        "ways for special hardship in the list of ways; the plan gives them no floor: codes renovation_way",
        ("test_renovation::test_ways_for_special_hardship_have_no_floor",),
    ),
    "R145": (
        "yearly 危改 figures: houses by year and month, /audits/houses/?year=",
        ("test_house_pages::test_progress_counts_each_month_and_every_count_opens_its_list",),
    ),
    "R269": (
        "place, days, photo and the sheet of each notice: Notice; its page, print and workbook",
        (
            "test_notices::test_a_notice_without_its_photo_does_not_pass",
            "test_notices::test_a_sheet_shows_four_columns_and_is_never_changed",
            "test_notice_pages::test_a_sheet_is_put_up_with_its_photos_and_the_page_shows_its_clock",
            "test_notice_pages::test_page_print_and_workbook_show_the_allowed_columns_and_nothing_else",
            "test_notice_pages::test_the_list_of_notices_is_narrowed_by_how_they_stand",
        ),
    ),
    "R270": (
        "no step before the notice is over, none with an open objection: wanting.check",
        (
            "test_notices::test_seven_days_are_seven_whole_days",
            "test_objections::test_an_open_objection_holds_the_list_until_it_is_answered",
        ),
    ),
    "R271": (
        "三榜公示: a notice at village, town and district, each put up and photographed by itself",
        (
            "test_notice_pages::test_each_level_is_put_up_by_itself",
            "test_whole_way::test_a_list_goes_through_every_stage_once_and_is_closed",
        ),
    ),
    "R272": (
        "policy publicity: the public catalogue of policies in plain words; public notices",
        (
            "measures.test_policies::test_the_page_is_open_and_lists_all_unfiltered",
            "measures.test_policies::test_a_line_is_said_in_plain_words_with_its_source",
            "test_public_notices::test_everybody_reads_it_and_no_search_engine_keeps_it",
        ),
    ),
    "R274": (
        "回头看: samples of who left, drawn at random and kept with their seed, homes visited again: Lookback, audits.sampling, /audits/lookback/",
        (
            "test_sampling::test_everybody_is_drawn_about_as_often",
            "test_lookback::test_a_town_draws_half_of_its_own_exits",
            "test_lookback::test_a_changed_sample_no_longer_repeats",
            "test_lookback::test_a_visit_is_recorded_once",
        ),
    ),
}


@pytest.mark.parametrize("number", SERVED)
def test_each_requirement_names_tests_that_exist(number):
    what, tests = SERVED[number]
    assert what and tests
    for name in tests:
        module, _, function = name.partition("::")
        path = f"tests.{module}" if "." in module else f"tests.audits.{module}"
        assert callable(getattr(importlib.import_module(path), function)), name


def test_every_requirement_of_the_audits_has_its_row():
    assert set(SERVED) == wanted(ASKED)


def wanted(asked: str) -> set[str]:
    """R033-R035 R041 is four numbers."""
    found: set[str] = set()
    for part in asked.split():
        first, _, last = part.partition("-")
        numbers = range(int(first[1:]), int((last or first)[1:]) + 1)
        found |= {f"R{number:03d}" for number in numbers}
    return found
