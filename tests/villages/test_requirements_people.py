"""What serves each requirement about people, duties, inspection and assessment (R246–R251, R254–R257, R259–R267,
R289, R295, R304–R316), and the tests that show it; numbers of rules are kept as data below.
"""

import csv
import importlib

import pytest
from django.conf import settings

from measures.catalogue import FILE as POLICIES
from reporting.models.assessment import MISSED_TO_ESCALATE, MISSED_TO_TALK
from villages.models import EventKind, InspectionKind, PlanItem, PostKind, Tier
from villages.models.inspection import PER_QUARTER
from villages.models.post import GROUPS, TERM_YEARS, TIERS
from villages.models.rectification import DEPARTMENTS

ASKED = "R246-R251 R254-R257 R259-R267 R289 R295 R304-R316"  # of the list of requirements
TEAMS, WORK = "villages.test_teams", "villages.test_work_records"
SHEET, SETTLING = "reporting.test_assessment", "reporting.test_settling"
PROJECTS = "measures.test_requirements_projects"
SERVED: dict[str, tuple[str, tuple[str, ...]]] = {
    "R246": (
        "misuse of money: papers 问题追责 and 质量责任 of a project, work of kind 责任追究; counted beside 一票否决",
        (
            f"{PROJECTS}::test_the_papers_that_are_asked_for_have_a_kind",
            f"{SETTLING}::test_cases_of_misuse_stand_beside_the_veto",
        ),
    ),
    "R247": (
        "income of land quotas, all of it: FundSource.verdict",
        (
            "measures.test_funds::test_a_part_of_a_pot_is_held_against_the_catalogue",
            f"{PROJECTS}::test_a_part_is_held_against_its_bar_to_the_cent",
        ),
    ),
    "R248": (
        "purchase of services: tender and review are papers of the project",
        (f"{PROJECTS}::test_the_papers_that_are_asked_for_have_a_kind",),
    ),
    "R249": (
        "lottery money: a source of basis 彩票公益金 with its share",
        ("measures.test_funds::test_a_part_of_a_pot_is_held_against_the_catalogue",),
    ),
    "R250": (
        "assets of projects: owner, income and who owes",
        ("measures.test_sharing::test_what_is_agreed_and_did_not_come_is_owed",),
    ),
    "R251": (
        "Post: who, unit, from and to, role; /villages/teams/ says what each key village lacks; report `teams`",
        (
            f"{TEAMS}::test_a_person_is_posted_stays_links_and_leaves",
            f"{TEAMS}::test_a_team_is_full_by_the_number_the_county_sets",
            f"{TEAMS}::test_the_list_says_what_each_key_village_lacks",
            f"{SHEET}::test_teams_and_quarters_are_counted_by_town",
        ),
    ),
    "R254": (
        "two years; leaving needs a reason, before its time it is listed as 任期未满离岗; teams stay after 摘帽",
        (
            f"{TEAMS}::test_a_term_is_two_years",
            f"{TEAMS}::test_who_was_taken_away_early_is_listed",
            f"{TEAMS}::test_a_village_that_left_the_list_keeps_its_team",
        ),
    ),
    "R255": (
        "posts, days stayed, inspections and what lacks on one list, as of any day; helpers under /households/helpers/",
        (
            f"{TEAMS}::test_a_village_is_short_of_days_where_one_through_a_month_stayed_less",
            "reporting.test_goals::test_villages_short_of_days_are_counted_where_the_county_asks_for_days",
            f"{TEAMS}::test_the_list_says_what_each_key_village_lacks",
            f"{TEAMS}::test_who_ended_before_the_day_does_not_count",
        ),
    ),
    "R256": (
        "Inspection of kind 驻村督查: fed back, published in part at /villages/public/; quarters without one are marked",
        (
            f"{WORK}::test_an_inspection_is_fed_back_and_published_in_part",
            f"{TEAMS}::test_the_list_says_what_each_key_village_lacks",
            f"{SHEET}::test_a_quarter_to_come_is_unknown",
        ),
    ),
    "R257": (
        "yearly letter of a town and its first secretary, missing ones listed; party link moved on the post",
        (
            f"{WORK}::test_a_first_secretary_signs_with_the_town",
            f"{WORK}::test_what_was_not_signed_is_listed_until_it_is",
            f"{TEAMS}::test_a_person_is_posted_stays_links_and_leaves",
        ),
    ),
    "R259": (
        "扶贫工作日, meetings, field checks and visits of each level: WorkEvent",
        (f"{WORK}::test_work_of_every_kind_is_logged_and_models_are_published",),
    ),
    "R260": (
        "常委包村, 部门联村, 科级干部包户: three kinds of post, the filter 三级包联",
        ("villages.test_requirements_people::test_the_tiers_and_the_groups_are_kinds_of_post",),
    ),
    "R261": (
        "spring visits and goods: help by society of kind 春节慰问, work of kind 走访慰问",
        (
            "measures.test_society::test_a_need_waits_is_met_and_done",
            f"{WORK}::test_work_of_every_kind_is_logged_and_models_are_published",
        ),
    ),
    "R262": (
        "PlanItem: 任务书, 时间表, 施工图 of a village and year, each line due on a day, with papers",
        (f"{WORK}::test_a_village_plans_its_year_line_by_line",),
    ),
    "R263": (
        "place and equipment of a town's office, its full-time staff against 5",
        (f"{WORK}::test_a_town_has_an_office_and_enough_staff",),
    ),
    "R264": (
        "Letter: 区—镇街, 镇街—村, 镇街—第一书记, 村—户; tasks, signing, scan, print",
        (
            f"{WORK}::test_a_letter_is_drawn_signed_and_printed_once_a_year",
            f"{WORK}::test_what_was_not_signed_is_listed_until_it_is",
            "villages.test_requirements_people::test_the_chain_of_letters_reaches_the_household",
        ),
    ),
    "R265": (
        "典型人物 and 典型案例 as work, published at /villages/public/models/",
        (f"{WORK}::test_work_of_every_kind_is_logged_and_models_are_published",),
    ),
    "R266": (
        "责任组, 档卡填写咨询小组, 督导组: three kinds of post, the filter 工作小组",
        ("villages.test_requirements_people::test_the_tiers_and_the_groups_are_kinds_of_post",),
    ),
    "R267": (
        "区委常委会 and 区政府常务会议 as work of the county",
        (f"{WORK}::test_work_of_every_kind_is_logged_and_models_are_published",),
    ),
    "R289": (
        "统计员 as posts, 业务培训 as work",
        ("villages.test_requirements_people::test_what_is_asked_for_has_a_kind",),
    ),
    "R295": (
        "teams, first secretaries and helpers on the platform: /villages/teams/, /villages/posts/, /households/helpers/",
        (f"{TEAMS}::test_the_list_says_what_each_key_village_lacks",),
    ),
    "R304": (
        "report `assessment` as of any day; what of 月调度, 季总结, 年底考核 is due is said on /assessments/",
        (
            f"{SHEET}::test_every_counted_figure_opens_a_list_that_counts_to_it",
            f"{SETTLING}::test_what_of_the_year_is_due_is_said_until_it_is_there",
        ),
    ),
    "R305": (
        "逐级报告 as work of kind 年度报告; inspections of the leading group, their problems with a limit",
        (
            f"{WORK}::test_a_limit_that_passed_is_late_until_something_is_reported",
            "villages.test_requirements_people::test_what_is_asked_for_has_a_kind",
        ),
    ),
    "R306": (
        "Rectification: problem, unit, limit, measures, result; verified by somebody else",
        (
            f"{WORK}::test_a_problem_is_mended_by_its_unit_and_verified_by_another",
            f"{WORK}::test_of_two_who_verify_at_once_one_is_told",
        ),
    ),
    "R307": (
        "Responsibility: a line of a department's or town's 责任清单; a department sees its own",
        (f"{WORK}::test_a_department_sees_and_finishes_its_own_lines_alone",),
    ),
    "R308": (
        "一票否决: a grade of 差 whatever the score, with its reason",
        (f"{SETTLING}::test_one_veto_makes_it_poor_and_needs_a_reason",),
    ),
    "R309": (
        "a missed year opens a 整改 with a limit and asks for 约谈, two running for 提请调整, on the workbench until each is recorded",
        (
            f"{SETTLING}::test_a_missed_year_asks_for_a_talk_and_two_running_for_a_change",
            f"{SETTLING}::test_settling_a_missed_year_opens_a_problem_with_a_limit",
            f"{SETTLING}::test_the_workbench_counts_towns_until_the_talk_and_the_change_are_recorded",
        ),
    ),
    "R310": (
        "early finishers keep money and policies for a number of years that the county sets, and are praised",
        (f"{SETTLING}::test_an_early_finisher_keeps_its_policies_for_a_time_and_is_praised",),
    ),
    "R311": (
        "满意度调查 as work with numbers and the change of policy after it; the desk's own survey in measures",
        (
            f"{WORK}::test_a_survey_counts_people",
            f"{WORK}::test_satisfaction_is_a_percentage",
            "measures.test_desk::test_the_results_count_and_average",
        ),
    ),
    "R312": (
        "第三方监测: an inspection whose independence is stated",
        (f"{WORK}::test_a_third_party_is_independent",),
    ),
    "R313": (
        "yearly acceptance as an inspection; flags 红, 蓝, 黑 beside the grade, by setting",
        (
            f"{SETTLING}::test_flags_are_shown_where_the_county_sets_them",
            "villages.test_requirements_people::test_what_is_asked_for_has_a_kind",
        ),
    ),
    "R314": (
        "月度报告 as work, 月度督查 as an inspection; report `supervision`",
        ("villages.test_requirements_people::test_what_is_asked_for_has_a_kind",),
    ),
    "R315": (
        "危房改造 is an item of the sheet",
        (f"{SHEET}::test_the_declared_items_weigh_a_hundred_and_name_their_source",),
    ),
    "R316": (
        "false claims, interception, diversion: 责任追究 and 问题追责, a reason for 一票否决",
        (
            f"{SETTLING}::test_cases_of_misuse_stand_beside_the_veto",
            f"{SETTLING}::test_one_veto_makes_it_poor_and_needs_a_reason",
        ),
    ),
}
# Requirement, what the program has, code of the policy whose number it is.
NUMBERS = [
    ("R251", settings.TEAM_SIZE, "TEAM-PROV"),
    ("R254", TERM_YEARS, "SECRETARY-TERM"),
    ("R256", PER_QUARTER, "INSPECT-QUARTER"),
    ("R263", settings.TOWN_STAFF, "TOWN-STAFF"),
]


def numbers(text: str) -> list[str]:
    found = []
    for word in text.split():
        first, _, last = word.partition("-")
        until = int((last or first)[1:])
        found += [f"R{number}" for number in range(int(first[1:]), until + 1)]
    return found


def test_every_requirement_asked_for_is_in_the_table():
    assert sorted(SERVED) == numbers(ASKED)


@pytest.mark.parametrize("number", SERVED)
def test_each_names_tests_that_exist(number):
    what, tests = SERVED[number]
    assert what and tests
    for name in tests:
        module, _, function = name.partition("::")
        assert callable(getattr(importlib.import_module(f"tests.{module}"), function)), name


@pytest.mark.parametrize(("number", "has", "code"), NUMBERS)
def test_a_number_is_the_one_the_plan_states(number, has, code):
    with POLICIES.open(encoding="utf-8", newline="") as file:
        lines = {row["code"]: row for row in csv.DictReader(file)}
    assert lines[code]["low"] == str(has), number


def test_a_team_of_five_is_the_other_plans():
    with POLICIES.open(encoding="utf-8", newline="") as file:
        lines = {row["code"]: row for row in csv.DictReader(file)}
    assert lines["TEAM-YT"]["low"] == "5"


def test_one_year_and_two_years_are_what_the_plan_says():
    with POLICIES.open(encoding="utf-8", newline="") as file:
        lines = {row["code"]: row for row in csv.DictReader(file)}
    assert lines["ASSESS-MISS"]["standard"] == "一年约谈，连续两年调整"
    assert (MISSED_TO_TALK, MISSED_TO_ESCALATE) == (1, 2)


def test_the_tiers_and_the_groups_are_kinds_of_post():
    """002 二章八节1: three tiers (R260), three groups (R266)."""
    assert [str(kind) for kind in TIERS] == ["常委包村", "部门联村", "科级干部包户"]
    assert [str(kind) for kind in GROUPS] == ["责任组", "档卡填写咨询小组", "督导组"]


def test_the_chain_of_letters_reaches_the_household():
    """区–镇–村 (004), to the household (000), town and first secretary (001)."""
    assert Tier.values == ["区—镇街", "镇街—村", "镇街—第一书记", "村—户"]


def test_departments_with_a_list_are_twenty_five():
    """004 一章二节一(三) (R307)."""
    assert DEPARTMENTS == 25


def test_what_is_asked_for_has_a_kind():
    assert {"年度报告", "月度报告", "月调度", "季总结", "业务培训", "约谈", "责任追究"} <= set(
        EventKind.values
    )
    assert {"领导小组督查", "月度督查", "第三方监测", "年度验收"} <= set(InspectionKind.values)
    assert "统计员" in PostKind.values
    assert dict(PlanItem._meta.get_field("part").choices) == {
        word: word for word in ("任务书", "时间表", "施工图")
    }
