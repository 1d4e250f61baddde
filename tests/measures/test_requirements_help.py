"""What serves each requirement of measures (R084–R230, R276), and the tests that show it.

Projects and money are in test_requirements_projects.py, society, departments and the desk in
test_requirements_society.py, villages' facts and the
platform in test_requirements_platform.py, people in the villages' own table. The figures that the RULE rows state are
data of test_requirements_figures.py. What is deliberately not built says why.
"""

import importlib

import pytest

from tests.measures import test_requirements_platform as platform
from tests.measures import test_requirements_projects as projects
from tests.measures import test_requirements_society as society
from tests.villages import test_requirements_people as people

HERE = "measures.test_requirements_figures"
RECORDED = "measures.test_tasks::test_each_is_recorded_from_plan_to_delivery"
FIGURES = f"{HERE}::test_a_figure_of_the_plan_is_the_catalogues"
BOUNDS = f"{HERE}::test_a_bound_of_the_plan_is_declared_and_holds"
FACTS = f"{HERE}::test_a_village_has_the_fact_by_year"
LEDGER = "measures.test_extras::test_the_ledger_of_one_kind_shows_its_fields_and_what_ends"
BOTH_WAYS = "measures.test_conditions::test_both_ways_find_the_same_for_every_rule_and_condition"
RECOUNT = "measures.test_coverage::test_ten_policies_are_counted_as_a_recount_counts_them"
SUMS = "measures.test_extras::test_a_sum_that_rests_on_what_was_said_shows_its_working"
POINTS, CHANNELS, GOALS = "measures.test_points", "measures.test_channels", "reporting.test_goals"
GOAL = f"{GOALS}::test_a_goal_is_the_figure_that_the_plan_states"
FIRM, HIRING, SKILLS = "measures.test_enterprises", "measures.test_hiring", "measures.test_skills"
PROJECT = "measures.test_projects::test_a_project_lives_through_all_its_stages"
CATEGORIES = "measures.test_requirements_projects::test_every_category_of_the_county_store_can_be_applied_for"
INDICATOR = "villages.test_indicators::test_the_named_source_enters_its_value_and_the_table_shows_it"
SCHOOLS = "reporting.test_indicators_report"

SERVED: dict[str, tuple[str, tuple[str, ...]]] = {
    "R084": ("one project for every able household: coverage of PROJECT-PER-HH", (BOTH_WAYS, FIGURES)),
    "R085": (
        "measures by chapter and policy, with filters: measures.Measure, /measures/",
        ("measures.test_measures::test_the_list_narrows_and_says_its_total",),
    ),
    "R088": (
        "来料加工 of villages with poor people: TASK-PROCESS or a running workshop; /measures/points/, report `points` "
        "with the share beside 100 % by 2020",
        (
            f"{POINTS}::test_a_village_has_contract_work_by_its_point_or_a_running_workshop",
            f"{POINTS}::test_villages_with_poor_people_are_those_with_somebody_on_the_register_that_day",
            f"{GOALS}::test_coverage_of_contract_work_and_of_three_levels_of_ecommerce",
            GOAL,
        ),
    ),
    "R089": ("TASK-ADVISER: one adviser for each", (RECORDED,)),
    "R090": ("TASK-SUBSIDY: area and sum by household", (RECORDED,)),
    "R091": ("TASK-FARM-INS: crop, area, premium, payout; INS-* shares", (RECORDED, SUMS)),
    "R092": ("TASK-ORDER: partner, product, day, quantity, for household or enterprise", (RECORDED,)),
    "R093": (
        "who carries a farm project takes on the poor: measures.hiring at application, report and approval; "
        "Enterprise.poor_employed and lifted, TASK-ORDER.labour",
        (
            f"{HIRING}::test_a_firm_of_province_or_city_and_any_cooperative_must_take_on_the_poor",
            f"{HIRING}::test_a_cooperative_that_takes_on_none_cannot_apply_until_it_does",
            f"{HIRING}::test_another_firm_that_employs_the_poor_is_no_way_round",
            f"{HIRING}::test_no_step_goes_by_who_has_let_them_go",
            f"{HIRING}::test_the_page_of_approval_says_why_not_and_the_lists_show_it",
            RECORDED,
        ),
    ),
    "R094": (
        "TOUR-VILLAGE as a measure of the village, 10—40万; operators by TASK-TOUR",
        (RECORDED, FIGURES),
    ),
    "R095": ("TASK-TOUR: 一村一策, 一户一案, 一人一路径, each with mode and path", (RECORDED,)),
    "R096": (
        "TASK-ECOM of a village, -TOWN of a town, -COUNTY of the district; report `points` with district and towns beside "
        "100 % by 2018",
        (
            RECORDED,
            f"{POINTS}::test_each_level_of_ecommerce_is_its_own_record",
            f"{POINTS}::test_a_station_is_recorded_of_the_town_itself_and_nothing_else_is",
            f"{GOALS}::test_a_station_that_came_after_the_plans_day_is_counted_and_the_goal_missed",
            f"{GOALS}::test_coverage_of_contract_work_and_of_three_levels_of_ecommerce",
            GOAL,
        ),
    ),
    "R097": ("TASK-ECOM.traced", (RECORDED,)),
    "R098": ("TASK-ECOM-TRAIN by person", (RECORDED,)),
    "R105": (
        "TASK-LAND: form, area, partner, term, rent and shares; what ends is listed",
        (RECORDED, LEDGER),
    ),
    "R106": ("TASK-FARM-TECH: technician, sessions, people, leaflets by village and year", (RECORDED,)),
    "R107": (
        "exits by the chapters that had reached them: report `channels`, /measures/exits/",
        (
            f"{CHANNELS}::test_help_of_the_exits_year_up_to_its_day_and_of_the_year_before_counts",
            f"{CHANNELS}::test_several_chapters_are_several_channels_and_a_members_help_is_its_familys",
            f"{GOALS}::test_a_household_counts_in_each_of_its_channels_and_once_in_the_total",
        ),
    ),
    "R108": ("TASK-TOUR-TRAIN by person", (RECORDED,)),
    "R109": (
        "TRAIN-FREE and TRAIN-*: course, days, organiser, finished, by person and as a ledger",
        (RECORDED, LEDGER),
    ),
    "R110": (
        "/measures/skills/: households with labour and nobody trained, the unwilling apart (TASK-SKILL), workers without "
        "a course, one press plans it",
        (
            f"{SKILLS}::test_one_trained_member_is_enough_and_only_a_wholly_unwilling_house_is_told_apart",
            f"{SKILLS}::test_every_figure_is_the_length_of_its_list_and_pure_and_database_agree",
            f"{SKILLS}::test_one_press_plans_the_course_for_who_is_willing",
            RECORDED,
            FIGURES,
        ),
    ),
    "R111": (
        "雨露计划: participants, amounts, coverage and C090",
        ("measures.test_checks::test_a_rule_finds_what_breaks_it_and_nothing_else", RECOUNT),
    ),
    "R112": ("training subsidies by level; 80 % of the fee is worked out", (FIGURES, SUMS)),
    "R113": (
        "bonus by heads and tiers, with agreement, twelve months, pay over the line",
        (
            SUMS,
            BOUNDS,
            FIGURES,
            f"{FIRM}::test_the_bonus_needs_pay_over_the_line_within_twelve_months",
        ),
    ),
    "R114": ("POST-CREATE: posts, first registration, running, contract, insurance", (SUMS, BOUNDS, FIGURES)),
    "R115": (
        "STARTUP-ONEOFF excludes any other start-up subsidy; twelve months running",
        ("measures.test_overlaps::test_a_start_up_subsidy_excludes_any_other_of_its_name", BOUNDS, FIGURES),
    ),
    "R116": (
        "guaranteed loans of persons and employers: terms, guarantee, subsidised interest, ceiling a loan",
        ("measures.test_overlaps::test_a_ceiling_and_a_one_off_sum_hold_to_the_cent", FIGURES, LEDGER),
    ),
    "R117": ("TASK-WELFARE-POST, POST-ZB-AGE: post, employer, dates, ground", (RECORDED, FIGURES)),
    "R118": ("TASK-JOB-MATCH: wish, the four 定 with their days", (RECORDED,)),
    "R119": ("TASK-JOB-AID: state, wishes, help given, by person", (RECORDED,)),
    "R120": ("TASK-JOB-AID: 拟创业 or 拟就业, and which of the eight services", (RECORDED,)),
    "R121": (
        "workshops as enterprises and assets with their project",
        (f"{FIRM}::test_a_workshop_gets_its_bonus_by_heads_with_agreement_and_pay",),
    ),
    "R122": ("TASK-MIGRANT: land, homestead, collective income are kept", (RECORDED,)),
    "R124": ("TASK-RENT, for a person or an enterprise, with its end", (RECORDED,)),
    "R125": ("TASK-TRAVEL", (RECORDED,)),
    "R126": ("TASK-GRADUATE", (RECORDED,)),
    "R127": ("the indicator relocated of the plan's table, 0 → 0", (INDICATOR,)),
    "R128": ("MOVE-*: site, area, people, day; kind by the policy", (RECORDED,)),
    "R129": ("at most 25 m² a head: bound of MOVE-*.per_head", (BOUNDS, FIGURES)),
    "R130": (
        "7000 and 18000 a head, 9000 for 同步; not both",
        (FIGURES, "measures.test_overlaps::test_two_meet_in_either_order_within_the_span"),
    ),
    "R146": ("stage, school, grade, term of every aid of education, by pupil and year", (RECORDED, LEDGER)),
    "R147": (
        "aid by stage and year: catalogue, proposals, conditions of the stages",
        ("measures.test_measures::test_every_policy_with_a_sum_proposes_it_from_the_catalogue", FIGURES),
    ),
    "R148": ("DIS-STU-*, DIS-CHILD once each", (FIGURES, RECORDED)),
    "R149": ("EDU-FREE-*: whole", (FIGURES, BOTH_WAYS)),
    "R150": (
        "30 % of boarders in the catalogue; every registered one is entitled: EDU-BOARD-*",
        (FIGURES, BOTH_WAYS),
    ),
    "R151": ("TASK-TUTOR: school, major, tutor, job", (RECORDED,)),
    "R152": ("TASK-VOC-WISH: wish and where the pupil went", (RECORDED,)),
    "R153": ("TASK-LEFT-CHILD: guardian, parents' place, card, day of the survey", (RECORDED,)),
    "R154": (
        "TASK-SCHOOL-PAIR by village and term: at least one, one to three, at least two",
        (RECORDED, BOUNDS),
    ),
    "R155": (
        "kindergartens are projects of chapter 教育 with year, amount of work and money",
        (PROJECT, CATEGORIES),
    ),
    "R156": (
        "巩固率 95, 毛入园率 80, 高中毛入学率 80 beside what the education office enters: block 教育指标 of report `indicators`",
        (
            f"{SCHOOLS}::test_the_rates_of_schools_are_entered_by_the_education_office_and_stand_beside_their_targets",
            f"{SCHOOLS}::test_another_office_does_not_enter_the_rates_of_schools",
        ),
    ),
    "R157": (
        "TASK-SICK: class of treatment, doctor, hospital; the illness itself is sealed with the person",
        (RECORDED,),
    ),
    "R158": ("TASK-EIGHT: eight ticks", ("measures.test_tasks::test_eight_items_are_eight", RECORDED)),
    "R159": ("MED-REG-FREE, MED-HALF, MED-INPAT of what the patient bears", (SUMS, FIGURES)),
    "R160": (
        "大病保险 of the poor: CI-BAND-UP works it out of the year's cost",
        ("measures.test_amounts::test_critical_illness_pays_band_by_band_up_to_the_cap", SUMS, FIGURES),
    ),
    "R161": ("MED-SUPPL: self-pay at most 10 % of the whole", (BOUNDS, FIGURES)),
    "R162": ("TASK-SETTLE: whole cost, four payers, self-pay", (RECORDED,)),
    "R163": ("TASK-SICK of class 大病集中救治; TASK-FEE-CUT by illness that the plan names", (RECORDED,)),
    "R165": (
        "projects and money of chapter 健康 are published with all others; policies at /policies/?chapter=健康",
        ("measures.test_projects::test_the_public_page_shows_what_the_district_has_published",),
    ),
    "R166": ("AID-70-*: at least 70 % of what the patient bears, in one of four forms", (SUMS, FIGURES)),
    "R167": ("VillageYear.doctors, clinics; CLINIC-GP, CLINIC-VDOC, CLINIC-ROOM", (FACTS, FIGURES)),
    "R170": ("TASK-SICK: family doctor and day of the agreement", (RECORDED,)),
    "R171": ("TASK-FOLLOW: follow-ups by person, without the name of an illness", (RECORDED,)),
    "R172": ("TASK-FEE-CUT: item and hospital", (RECORDED,)),
    "R173": ("TASK-CHECK: item and day; 0—6 years: DIS-REHAB-AGE", (RECORDED, FIGURES)),
    "R175": ("TASK-RANGER: post, employer, dates, area; 500 mu a head: RANGER-RATIO", (RECORDED, FIGURES)),
    "R176": ("AFFOREST-*: from one mu on, by kind of tree", (SUMS, BOUNDS, FIGURES)),
    "R177": (
        "生态补偿 is a channel of its own, since 2016 beside the printed 0.05万 of its county",
        (
            f"{CHANNELS}::test_the_plans_word_for_ecology_is_compensation",
            f"{GOALS}::test_the_path_of_a_plan_stands_beside_its_own_area_alone",
            f"{GOALS}::test_who_left_twice_is_lifted_once_and_whose_exit_was_undone_not_at_all",
            f"{GOALS}::test_who_leaves_after_the_plans_day_does_not_fulfil_it",
            GOAL,
        ),
    ),
    "R178": ("TASK-TEAM-WORK: team, days, pay", (RECORDED,)),
    "R180": ("TASK-FOREST: area, owner, share of the compensation", (RECORDED,)),
    "R181": (
        "低保 standard of the year, held against the line on /lines/; families by list of 民政",
        (
            "households.test_lines_page::test_county_standard_and_two_lines_of_the_own_area_only",
            "measures.test_departments::test_differences_are_found_both_ways",
            FIGURES,
        ),
    ),
    "R182": (
        "DIBAO-GRACE: three months, no more; the watch after an exit knows it",
        ("audits.test_policy_watch::test_subsistence_is_kept_three_months_and_no_longer", BOUNDS, FIGURES),
    ),
    "R183": ("WUBAO-IN, WUBAO-OUT by way of support, not both without a reason", (FIGURES, BOTH_WAYS)),
    "R184": (
        "allowances by age: old_age and coverage; CARE-* by grade, one a year",
        (
            f"{HERE}::test_allowances_by_age_are_those_of_the_plan",
            "measures.test_overlaps::test_two_meet_in_either_order_within_the_span",
            FIGURES,
        ),
    ),
    "R185": ("ORPHAN-OUT, ORPHAN-IN by way of support, CHILD-HARD", (FIGURES, BOTH_WAYS)),
    "R186": (
        "80 a month: coverage of DIS-LIVE and DIS-CARE",
        ("measures.test_coverage::test_so_they_are_in_the_demonstration_county", FIGURES),
    ),
    "R187": ("DIS-PENSION-EARLY: five years; premiums by PENSION-PAID and MED-PREMIUM", (FIGURES,)),
    "R188": (
        "monthly 低保 standard × size × months: measures.amounts.temporary_aid",
        (f"{HERE}::test_temporary_aid_is_the_formula_of_the_plan",),
    ),
    "R189": ("TASK-URGENT: found, answered, cause; 临时救助 beside it", (RECORDED,)),
    "R190": ("premium paid for the poor: coverage of PENSION-PAID", (RECOUNT, FIGURES)),
    "R191": ("PENSION-BASE, PENSION-300, PENSION-500, FUNERAL", (FIGURES, BOTH_WAYS)),
    "R194": ("TASK-LEFT-BEHIND: which of the three, contact, last visit", (RECORDED,)),
    "R196": ("TASK-BARRIER by person or household", (RECORDED,)),
    "R197": ("TASK-DAY-CARE by village: places, day of opening", (RECORDED,)),
    "R198": ("YINLING-AGE: policy and its end; from 60", (RECORDED, FIGURES)),
    "R199": (
        "TASK-DIBAO-MORE: of the aged, minors, severely disabled; the sum is entered, the plan gives none",
        (RECORDED,),
    ),
    "R200": ("TASK-OIL; the sum is entered, the plan gives none", (RECORDED,)),
    "R201": ("TASK-CHILD-ROOM for a child or a village", (RECORDED,)),
    "R202": (
        "four forms of 医疗救助 are AID-70.form; consultations are 协作会议 with what was agreed",
        (RECORDED, "measures.test_society::test_every_kind_is_entered_and_found_again"),
    ),
    "R214": (
        "loan register: /measures/?policy=LOAN-…, with lender, rate, dates, subsidy, mode; what ends is listed",
        (LEDGER, "measures.test_extras::test_a_loan_asks_its_terms_and_keeps_them"),
    ),
    "R215": (
        "the five modes are LOAN-*.mode; of 分贷统还 the household has TASK-SUBSIDISED",
        (RECORDED, f"{HERE}::test_the_five_modes_of_loans"),
    ),
    "R216": (
        "at most 50000 a loan, three years",
        (
            "measures.test_extras::test_a_term_is_held_against_the_catalogue",
            "measures.test_overlaps::test_a_ceiling_and_a_one_off_sum_hold_to_the_cent",
            FIGURES,
        ),
    ),
    "R217": (
        "TASK-SUBSIDISED: no duty to repay can be said but none; its share of profit is the amount",
        (f"{HERE}::test_of_a_loan_repaid_by_the_firm_a_household_has_no_duty", RECORDED),
    ),
    "R218": (
        "LOAN-*.guarantee: which fund stands for it; 10万 of guarantee: LOAN-GUAR-FUND",
        (RECORDED, FIGURES),
    ),
    "R219": ("TASK-MUTUAL by village: fund, members, lent, overdue", (RECORDED,)),
    "R220": (
        "50, 30 and 20 % of the premium",
        (SUMS, "measures.test_extras::test_the_three_parts_of_a_premium_are_the_whole", FIGURES),
    ),
    "R221": (
        "VillageYear.hardened_road, bus_service, unpaved_km; ROAD-THROUGH, ROAD-3 as measures of a village",
        (FACTS, FIGURES),
    ),
    "R222": (
        "power works are projects of a village with year, money and amount of work",
        (PROJECT, CATEGORIES),
    ),
    "R223": (
        "15 kWh a month free: POWER-FREE in kind",
        ("measures.test_measures::test_the_same_plan_twice_is_one", RECOUNT, FIGURES),
    ),
    "R224": (
        "VillageYear.tap_water_rate and who has no safe water; WATER-FREE, WATER-COVER, WATER-SURE",
        (FACTS, FIGURES),
    ),
    "R225": ("五通 has broadband; works are projects", (FACTS, CATEGORIES)),
    "R227": ("TASK-RUN-FUND by village and year: not below the local mean", (BOUNDS, RECORDED)),
    "R228": (
        "projects by category and department, with filters",
        (CATEGORIES, "measures.test_projects::test_a_department_sees_its_own_projects_alone"),
    ),
    "R230": (
        "TASK-FARM-SERVICE: what a poor household pays is not above the market's price",
        (BOUNDS, RECORDED),
    ),
    "R276": (
        "sudden hardship: 临时救助 for a household with an open shock; TASK-URGENT keeps the times",
        (RECOUNT, RECORDED),
    ),
}
NOT_BUILT = {
    "R123": "staff of 三支一扶 are not helped people: their terms stand in the catalogue (SANZHI-TERM, SANZHI-STAY), their "
    "files are kept by 人社",
    "R168": "the electronic health file is the hospitals' own system; that a patient has one is a tick of 八个一",
    "R169": "the share of treatment within the district is the hospitals' statistics over all patients",
    "R174": "remote medicine is equipment of hospitals; its works are projects",
    "R179": "the province evaluates and publishes ecology; a county has no part in it",
}
# Every requirement about help, money and people, of the list of requirements.
ASKED = "R017 R023 R024 R065-R077 R084-R130 R146-R251 R255-R257 R259-R267 R276 R279 R281-R317"
SERVING = (SERVED, platform.SERVED, projects.SERVED, society.SERVED, people.SERVED)
LEFT_OUT = (NOT_BUILT, platform.NOT_BUILT, society.NOT_BUILT)


def numbers(spans: str) -> set[str]:
    found: set[str] = set()
    for span in spans.split():
        first, _, last = span.partition("-")
        low, high = int(first[1:]), int((last or first)[1:])
        found |= {f"R{number:03}" for number in range(low, high + 1)}
    return found


@pytest.mark.parametrize("number", SERVED)
def test_each_names_tests_that_exist(number):
    what, tests = SERVED[number]
    assert what and tests
    for name in tests:
        module, _, function = name.partition("::")
        assert callable(getattr(importlib.import_module(f"tests.{module}"), function)), name


def test_every_requirement_is_served_or_says_why_not():
    served, left_out = ({number for table in tables for number in table} for tables in (SERVING, LEFT_OUT))
    assert numbers(ASKED) <= served | left_out, sorted(numbers(ASKED) - served - left_out)
    assert not served & left_out and all(all(table.values()) for table in LEFT_OUT)
