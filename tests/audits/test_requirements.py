"""What in the machine of the audits serves each requirement, and the test that shows it (as tests/test_requirements.py)."""

import importlib

import pytest

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
        "the household is the unit; income and the five, all needed: audits.criteria",
        (
            "test_criteria::test_each_of_the_five_is_needed",
            "test_verdicts::test_nobody_passes_who_does_not_meet_the_standard",
        ),
    ),
    "R034": (
        "年度预退出: ranking by ease, places by hand with a reason, yearly targets: ranking, models.proposing, targets",
        (
            "test_criteria::test_ranking_puts_the_easiest_first_and_says_why",
            "test_lists::test_a_list_is_ranked_by_ease_and_what_is_on_a_list_is_no_candidate",
            "test_lists::test_a_ranking_is_changed_by_hand_with_a_reason",
            "test_lists::test_targets_keep_their_history_and_their_kind",
        ),
    ),
    "R035": (
        "小组提报, then 民主评议: stages proposal and appraisal of procedures.household_exit",
        ("test_table::test_a_stage_passes_by_its_role_alone_on_its_day_alone",),
    ),
    "R036": (
        "both minutes, with their scans: Paper.COMMITTEE_MINUTES and DELEGATE_MINUTES of the appraisal",
        (
            "test_table::test_a_stage_does_not_pass_with_one_thing_missing",
            "test_papers::test_every_paper_is_printed_before_anything_was_decided",
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
        "the household agrees, or does not go on: Entry.agree",
        (
            "test_lists::test_a_household_that_does_not_agree_does_not_go_on",
            "test_papers::test_a_page_each_and_the_page_of_one",
        ),
    ),
    "R039": (
        "公示 of seven whole days in the village: Notice",
        ("test_notices::test_seven_days_are_seven_whole_days",),
    ),
    "R040": (
        "上报 after the notice: stage submission",
        ("test_table::test_a_stage_passes_by_its_role_alone_on_its_day_alone",),
    ),
    "R041": (
        "验收 by a named team, six items, a sample of homes: Acceptance, HomeVisit",
        (
            "test_table::test_a_stage_does_not_pass_with_one_thing_missing",
            "test_verdicts::test_every_concern_is_answered_by_the_acceptance",
            "test_papers::test_a_paper_rests_on_what_was_frozen_with_the_decision",
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
        "objections: held, investigated, answered, closed by another: Objection, AuditList.settle, split",
        (
            "test_objections::test_who_is_concerned_does_not_close_an_objection",
            "test_objections::test_a_held_entry_stops_the_list_and_a_remainder_lets_the_rest_go_on",
            "test_objection_pages::test_who_is_concerned_does_not_close_it_and_another_does",
            "test_public_notices::test_an_objection_holds_its_entry_at_once_and_says_by_when",
            "test_objection_pages::test_the_written_answer_is_printed_without_contact",
        ),
    ),
    "R050": (
        "one leaves, one is struck off: the exit event is that of one entry: Entry.event",
        (
            "test_whole_way::test_households_leave_on_the_day_of_the_strike_off",
            "test_invariants::test_an_exit_beside_the_lists_is_found",
        ),
    ),
    "R053": (
        "standard and procedure of the exit as data: audits.procedures, audits.criteria",
        ("test_table::test_every_stage_names_roles_of_business_and_a_place_to_go",),
    ),
    "R057": (
        "incidence by 省定 under 2 % and four factors: criteria.village",
        (
            "test_criteria::test_a_village_leaves_under_two_percent",
            "test_criteria::test_each_factor_of_a_village_is_needed",
            "test_verdicts::test_a_village_passes_under_two_percent_of_its_rural_population",
        ),
    ),
    "R058": (
        "the village applies, the town reviews: stages application and review of procedures.village_exit",
        ("test_lists::test_a_village_applies_for_itself",),
    ),
    "R059": (
        "公示 of seven days in the village: stage village-notice",
        ("test_table::test_the_days_that_stand_in_the_plan",),
    ),
    "R060": (
        "测评验收 with its report; incidence computed from the register: stage acceptance, facts.village_case",
        ("test_table::test_a_stage_does_not_pass_with_one_thing_missing",),
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
    "R132": (
        "registered, grade C or D, willing: renovation.applied",
        ("test_renovation::test_who_may_apply_and_how",),
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
        ("test_renovation::test_the_floor_holds_and_never_above_the_real_cost",),
    ),
    "R135": (
        "area limits by size of household: renovation.area_limits",
        ("test_renovation::test_area_limits_by_size_of_household",),
    ),
    "R136": (
        "floors, never above the real cost: renovation.paid",
        ("test_renovation::test_what_stands_against_a_payment",),
    ),
    "R137": (
        "中央省市, district, town: renovation.shares",
        ("test_renovation::test_the_gap_goes_from_above_to_the_district_to_the_town",),
    ),
    "R140": (
        "five departments accept, or it is not accepted: HouseCase.sign, renovation.accepted",
        (
            "test_renovation::test_all_five_departments_accept_or_none_does",
            "test_table::test_a_stage_does_not_pass_with_one_thing_missing",
        ),
    ),
    "R269": (
        "place, days, photo and the sheet of each notice: Notice",
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
}


@pytest.mark.parametrize("number", SERVED)
def test_each_requirement_names_tests_that_exist(number):
    what, tests = SERVED[number]
    assert what and tests
    for name in tests:
        module, _, function = name.partition("::")
        assert callable(getattr(importlib.import_module(f"tests.audits.{module}"), function)), name
