"""What serves each requirement about the facts of villages and about the platform itself (R017–R077, R282–R301), and
the tests that show it; held to be complete by test_requirements_help.py."""

import importlib

import pytest

HERE = "measures.test_requirements_figures"
FIGURES = f"{HERE}::test_a_figure_of_the_plan_is_the_catalogues"
FACTS = f"{HERE}::test_a_village_has_the_fact_by_year"
PROJECT = "measures.test_projects::test_a_project_lives_through_all_its_stages"
RECORD, KEY = "villages.test_record", "villages.test_key_village"
INDICATOR = "villages.test_indicators::test_the_named_source_enters_its_value_and_the_table_shows_it"

SERVED: dict[str, tuple[str, tuple[str, ...]]] = {
    "R017": (
        "needs and interests are told to the desk and answered: /desk/, /ask/",
        ("measures.test_desk::test_anybody_asks_and_looks_after_it",),
    ),
    "R023": (
        "水库移民 is a fact of the household's card; in and out at each year-end beside 70 % and the rest: report `resettlers`, "
        "/households/resettlers/",
        (
            f"{HERE}::test_a_reservoir_resettler_is_marked_on_the_card",
            "households.test_resettlers::test_each_stands_in_or_out_as_its_last_event_of_the_day_left_it",
            "reporting.test_goals::test_resettlers_are_held_against_the_deadline_of_each_year_end",
            "reporting.test_goals::test_a_goal_is_the_figure_that_the_plan_states",
        ),
    ),
    "R024": (
        "the base from which the year's plan is drawn: printed base of the adopted plan beside the register's, yearly "
        "targets shared out from the stock by rule, funds by year; what a year missed goes into the next version",
        (
            "reporting.test_rolling_plan::test_printed_figures_stay_as_printed_and_the_difference_stands_beside_them",
            "audits.test_lists::test_targets_keep_their_history_and_their_kind",
            "reporting.test_distribution::test_the_whole_is_the_plans_and_the_stock_divides_it",
            "reporting.test_plan_versions::test_what_was_missed_goes_into_the_next_year_of_a_new_version",
        ),
    ),
    "R065": (
        "五通十有 by village and year: VillageYear.five_connect, ten_have",
        (f"{RECORD}::test_five_connect_says_what_is_there_and_what_is_lacking", FACTS),
    ),
    "R066": (
        "road, bus, grid, water, cable by village and as indicators with base and target",
        (FACTS, INDICATOR),
    ),
    "R067": ("VillageYear.specialty_industries; 1—2 a village: INDUSTRY-PER-VILL", (FACTS, FIGURES)),
    "R068": (
        "VillageYear.cooperatives and cooperative_households; COOP-PER-VILL, COOP-PER-HH as measures",
        (FACTS, FIGURES),
    ),
    "R069": ("VillageYear.collective_income and collective_assets; DEEP-COLL", (FACTS, FIGURES)),
    "R070": (
        "Village.information officer; villages without one are listed",
        ("villages.test_list::test_villages_without_an_officer_are_listed", FIGURES),
    ),
    "R071": ("VillageYear.clinics, standard_clinic", (FACTS,)),
    "R072": ("VillageYear.care_room", (FACTS,)),
    "R073": (
        "villages to leave by name and year: /plans/villages/, its file and the history of a village's year; plan tables "
        "keep their versions",
        (
            "reporting.test_planned_villages::test_a_file_dates_every_village_it_names",
            "reporting.test_planned_villages::test_one_village_is_dated_by_hand_and_its_years_stay",
            "reporting.test_plan_versions::test_two_versions_stand_side_by_side",
            "audits.test_whole_way::test_a_village_takes_off_its_cap",
            "reporting.test_plan_tables::test_the_same_name_again_is_a_new_version_and_the_newest_is_read",
        ),
    ),
    "R074": (
        "incidence by village and day, the bar of 30 % in the catalogue; ledgers by office, village and household are "
        "the lists narrowed by area",
        ("villages.test_incidence::test_incidence_is_in_percent_to_two_places_half_up", FIGURES),
    ),
    "R075": (
        "省定 and 市定 are levels of KeyVillage, with their events",
        (f"{KEY}::test_a_change_of_level_is_an_event_with_the_new_level",),
    ),
    "R076": (
        "key villages are events by level and batch, listed and counted",
        (f"{KEY}::test_events_are_counted_by_year_day_level_and_kind",),
    ),
    "R077": (
        "企业结对 and units: SocialHelp of kind 企业结对 with the village it is for; 1—2 villages a unit: CIVIL-UNIT",
        ("measures.test_society::test_beneficiaries_are_villages_households_and_persons", FIGURES),
    ),
    "R282": (
        "the national person sheet: import, and agreement without importing; lists of exits as workbooks",
        ("households.test_agreement::test_each_kind_of_disagreement_is_listed_and_nothing_is_written",),
    ),
    "R289": (
        "duties and users by unit; what each did is in the trail",
        ("accounts.test_users::test_a_granted_duty_works_at_the_next_request_and_an_ended_one_no_more",),
    ),
    "R291": (
        "coverage of each policy by village, for deep-poverty villages like any other, as list and file",
        ("measures.test_coverage::test_a_list_shows_the_own_area_only",),
    ),
    "R292": (
        "the whole of it",
        ("browser.test_main_job::test_the_tally_equals_an_independent_count_on_screen_and_in_every_file",),
    ),
    "R293": (
        "policies published: /policies/",
        ("measures.test_policies::test_the_page_is_open_and_lists_all_unfiltered",),
    ),
    "R294": (
        "/villages/ and /households/ by area, name and condition",
        (
            "villages.test_list::test_a_name_finds_the_village",
            "households.test_list_page::test_filters_of_standard_cause_state_and_name",
        ),
    ),
    "R295": (
        "teams, first secretaries and helpers with dates",
        ("villages.test_teams::test_the_list_says_what_each_key_village_lacks",),
    ),
    "R298": (
        "each process of the office has its record, steps and trail",
        (PROJECT, "audits.test_whole_way::test_a_list_goes_through_every_stage_once_and_is_closed"),
    ),
    "R299": (
        "progress, funds and work by area: reports",
        ("reporting.test_office_forms::test_the_parts_add_up_and_every_figure_opens_what_it_counts",),
    ),
    "R300": (
        "the three 挂图 at /wall/ and the boards of each level at /dashboards/",
        (
            "reporting.test_boards::test_every_figure_of_a_board_is_the_one_of_the_report_with_its_list",
            "reporting.test_boards::test_the_campaign_has_targets_done_and_left_key_villages_and_who_answers",
            "reporting.test_boards::test_pairing_counts_as_its_lists_do_and_names_officials_alone",
        ),
    ),
    "R301": (
        "ten roles by level of area; the permission table",
        ("test_permissions::test_every_address_has_a_rule_and_every_rule_an_address",),
    ),
}
NOT_BUILT = {
    "R290": "no other county's system is there to share posts with; posts and matches stand in 送岗位, cooperation in 扶贫协作",
}


@pytest.mark.parametrize("number", SERVED)
def test_each_names_tests_that_exist(number):
    what, tests = SERVED[number]
    assert what and tests
    for name in tests:
        module, _, function = name.partition("::")
        assert callable(getattr(importlib.import_module(f"tests.{module}"), function)), name
