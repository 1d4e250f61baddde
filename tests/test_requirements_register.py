"""What serves each requirement of the register (issue B), and the test that shows it; see test_requirements.py.

`later` names what of a row is not the register's: audits (C), measures and departments (C), reports (D).
"""

import datetime
import importlib
from dataclasses import dataclass

import pytest

from households.codes import CODES
from households.entry.household_form import HouseholdForm
from households.entry.member_form import MemberForm
from households.models import Household, Person, Survey
from tests.households.entry_pages import errors_of
from tests.households.test_entry_save import NEW, typed  # noqa: F401
from villages.models import Village

ASKED = "R003-R016 R018-R021 R031 R078-R083 R252-R254 R258 R268 R273 R275 R277 R278 R280"  # of the list of requirements


@dataclass(frozen=True)
class Served:
    what: str
    tests: tuple[str, ...]
    later: str = ""


HERE = "test_requirements_register"
RULES = "households.test_checks::test_a_rule_finds_what_breaks_it_at_its_stages_and_nothing_else"
SERVED: dict[str, Served] = {
    "R003": Served(
        "入户调查: the year's survey on the sheet names who asked and when; visits; survey sheets among the papers",
        (
            f"{HERE}::test_a_survey_says_who_asked_and_when",
            "households.test_visits::test_those_who_go_there_record_visits",
        ),
    ),
    "R004": Served(
        "五核对一规范: six ticks a survey, on the sheet, the household's page and 一户一档",
        (
            "households.test_entry_sheet::test_the_six_ticks_are_in_sight_with_who_verified",
            "reporting.test_dossier::test_the_file_holds_every_part_with_numbers_masked",
        ),
    ),
    "R005": Served(
        "采集录入 and 动态调整: the entry sheet; dated status events; acts on households and persons",
        (
            "households.test_entry_save::test_a_whole_household_is_saved_at_once",
            "households.test_events::test_births_and_deaths_count_only_while_the_household_is_in",
            "households.test_events::test_events_are_never_changed_nor_deleted",
        ),
    ),
    "R006": Served(
        "number, degree and cause: Household.poverty_degree, poverty_cause; tally.Counts",
        (
            "households.test_tally::test_the_year_adds_up_in_households_and_persons",
            f"{HERE}::test_a_household_has_type_degree_cause_and_needs",
        ),
    ),
    "R007": Served(
        "贫困类型, 程度, 致贫原因, 帮扶需求 on the sheet and in the list",
        (f"{HERE}::test_a_household_has_type_degree_cause_and_needs",),
        later="they drive 分类扶持: measures",
    ),
    "R008": Served(
        "致贫原因: codes.csv; exits by cause; lists by cause",
        (
            f"{HERE}::test_the_causes_of_the_plans_are_in_the_list",
            "households.test_tally::test_exits_by_cause",
            "households.test_list_page::test_filters_of_standard_cause_state_and_name",
            "demo.test_world::test_illness_is_the_cause_of_57_5_percent",
        ),
        later="shares by cause as a report: D",
    ),
    "R009": Served(
        "attributes of a person, on the sheet",
        (f"{HERE}::test_a_person_has_every_attribute_on_the_sheet",),
    ),
    "R010": Served(
        "flags that open benefits, on the sheet and in 一户一档",
        (f"{HERE}::test_a_person_has_every_attribute_on_the_sheet",),
        later="lists of 民政 and 残联 beside them: C",
    ),
    "R011": Served(
        "低保 beside 建档立卡: rules C072–C077 hold attribute, persons and income against each other",
        (RULES, "households.test_night::test_findings_are_what_the_rules_say"),
        later="matching with the lists of 民政: C",
    ),
    "R012": Served(
        "有进有出: 纳入, 退出, 返贫 are events of any day in an open year",
        (
            "households.test_events::test_exit_return_and_exit_again",
            "households.test_tally::test_returned_new_and_transfers_stand_apart",
        ),
        later="the audits that lead to them: C",
    ),
    "R013": Served(
        "full re-check: every night all rules over all households; the yearly survey; check_register by hand",
        (
            "households.test_night::test_findings_are_what_the_rules_say",
            "households.test_night::test_a_night_is_due_once_and_leaves_one_row_in_the_trail",
            "households.test_night::test_the_command_prints_counts_by_rule_and_spares_the_night",
        ),
    ),
    "R014": Served(
        "数据准确、档案完整: numbered checks, findings with owners, invariants, 一户一档",
        (
            RULES,
            "households.test_tally::test_nothing_is_wrong_in_the_county",
            "reporting.test_dossier::test_the_file_holds_every_part_with_numbers_masked",
        ),
        later="程序公开, 结果公正: audits and notices, C",
    ),
    "R015": Served(
        "meeting evidence among the papers of the household: households.Paper",
        ("households.test_papers::test_meeting_minutes_are_kept_with_the_household",),
        later="minutes of a list's 民主评议: C",
    ),
    "R016": Served(
        "扶贫专干, 信息员, 扶贫理事会: villages.Village; villages without an officer are listed",
        (
            "villages.test_list::test_villages_without_an_officer_are_listed",
            f"{HERE}::test_a_village_names_officer_and_council",
        ),
    ),
    "R018": Served(
        "totals derive from records and are never typed",
        (
            "reporting.test_exit_tally::test_every_figure_of_area_and_parts_equals_a_count_by_hand",
            "households.test_entry_save::test_fields_that_are_not_on_the_sheet_change_nothing",
        ),
    ),
    "R019": Served(
        "特困 test: households.condition.to_be_examined, in 一户一档 and as a work list, /households/to-examine/",
        (
            "households.test_condition::test_the_list_of_who_is_to_be_examined_is_what_the_test_of_each_says",
            "households.test_condition::test_old_and_minor_without_support_are_to_be_examined",
            "households.test_condition::test_each_condition_is_needed",
        ),
        later="recognition is 民政's: their list, C",
    ),
    "R020": Served(
        "indicators of a household's condition: households.condition.indicators, in 一户一档; those that burden a "
        "household to be examined stand in its list",
        (
            "households.test_condition::test_indicators_say_what_burdens",
            "households.test_condition::test_the_list_of_who_is_to_be_examined_is_what_the_test_of_each_says",
        ),
    ),
    "R021": Served(
        "who left stays on file and is owed help for three years; key villages stay listed",
        (
            "households.test_pairing::test_the_oldest_exit_agrees_with_the_anniversary",
            "villages.test_key_village::test_a_village_off_the_list_keeps_its_level",
        ),
        later="measures that go on: C",
    ),
    "R031": Served(
        "两线合一: poverty.two_lines, on /lines/",
        (
            "households.test_lines::test_two_lines_are_one_when_subsistence_is_not_lower",
            "households.test_lines_page::test_county_standard_and_two_lines_of_the_own_area_only",
        ),
    ),
    **dict.fromkeys(
        ("R078", "R079", "R080", "R081"),
        Served(
            "红橙黄绿: households.colours, refreshed on every change and every night; margins set by the county on /colours/",
            (
                "households.test_colour_factors::test_the_district_sets_them_and_its_households_are_judged_anew",
                "households.test_colours::test_the_colour_follows_the_rule",
                "households.test_colours::test_every_event_refreshes_the_colour",
                "households.test_night::test_many_are_coloured_as_one_is",
            ),
        ),
    ),
    "R082": Served(
        "every change of colour with day, reason, person: households.ColourChange, in 一户一档",
        ("households.test_colours::test_every_change_is_kept_with_day_reason_and_person",),
    ),
    "R083": Served(
        "households and persons by colour of an area and its parts: /colours/ and the workbench, each figure opening its list",
        (
            "households.test_colour_factors::test_counts_by_colour_add_up_and_open_what_they_count",
            "reporting.test_workbench::test_colours_and_doubts_open_lists_that_count_to_their_figures",
            "households.test_findings_pages::test_the_register_is_listed_by_colour",
        ),
        later="四色分布 as a report: D",
    ),
    "R252": Served(
        "a helper with a plan: households.Helper, on the household's page, file and door card",
        (
            "households.test_pairing::test_town_and_district_arrange_helpers",
            "reporting.test_dossier::test_the_card_tells_who_why_by_whom_and_how_much",
        ),
    ),
    "R253": Served(
        "households without a helper: rule C085, work list",
        (
            RULES,
            "households.test_pairing::test_the_list_is_what_the_nightly_check_finds",
        ),
        later="单位帮村: teams and units of villages, C",
    ),
    "R254": Served(
        "no release before the task is done or the stint of two years is over, without a reason",
        (
            "households.test_pairing::test_a_helper_is_not_released_before_the_task_is_done_without_a_reason",
            "households.test_pairing::test_what_speaks_against_a_release",
        ),
        later="first secretaries and teams: C",
    ),
    "R258": Served(
        "visits with day, visitor, needs and follow-up; households not visited; the list of visits, report `visits`",
        (
            "households.test_visits::test_it_stands_on_the_page_with_needs_and_follow_up",
            "households.test_visits::test_households_not_visited_are_listed",
            "reporting.test_visits::test_visits_of_the_month_and_of_the_year",
        ),
    ),
    "R268": Served(
        "三落实: care.owed.three_settled, in 一户一档; the households without all three: /households/not-settled/",
        (
            "households.test_condition::test_help_is_settled_by_whom_it_is_for_what_and_by_whom",
            "households.test_condition::test_households_without_all_three_are_listed_with_what_is_missing",
        ),
        later="measures beyond the helper's plan: C",
    ),
    "R273": Served(
        "those who left are watched: shocks and their end, the watch list with its removal, colours",
        (
            "households.test_watch_list::test_a_shock_turns_green_to_yellow_and_its_end_turns_it_back",
            "households.test_watch_list::test_a_removal_says_when_how_and_with_what_income",
        ),
    ),
    "R275": Served(
        "返贫 is an event with a cause of its own; the household is poor again",
        (
            "households.test_events::test_exit_return_and_exit_again",
            "reporting.test_returns::test_the_figures_of_the_county_and_its_towns",
        ),
        later="the audit of entry: C",
    ),
    "R277": Served(
        "who is over the line and still poor, or on 低保 against the attribute: rules C070–C077, 橙 待退出",
        (RULES, "households.test_colours::test_the_colour_follows_the_rule"),
        later="低保渐退 by 民政: C",
    ),
    "R278": Served(
        "返贫率 and 因病返贫率: reporting.definitions.returns",
        (
            "reporting.test_returns::test_the_figures_of_the_county_and_its_towns",
            "reporting.test_returns::test_every_counted_figure_opens_a_list_that_counts_to_it",
        ),
    ),
    "R280": Served(
        "a line a year: published or computed; a missing one is an error, never last year's",
        (
            "households.test_lines::test_a_missing_line_is_an_error_and_never_last_years",
            "households.test_lines::test_another_published_figure_keeps_the_old_one",
        ),
    ),
}


def numbers(asked: str) -> set[str]:
    found = set()
    for part in asked.split():
        first, _, last = part.partition("-")
        found |= {f"R{number:03}" for number in range(int(first[1:]), int((last or first)[1:]) + 1)}
    return found


def test_every_requirement_of_the_register_has_its_row():
    assert set(SERVED) == numbers(ASKED)


@pytest.mark.parametrize("number", SERVED)
def test_each_names_tests_that_exist(number):
    row = SERVED[number]
    assert row.what and row.tests
    for name in row.tests:
        module, _, function = name.partition("::")
        assert callable(getattr(importlib.import_module(f"tests.{module}"), function)), name


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["surveyor", "surveyed_on"])
def test_a_survey_says_who_asked_and_when(signed_in, typed, missing):  # noqa: F811
    """R003: without them the sheet is not saved, and no survey is dated after today."""
    answer = signed_in("village").post(NEW, {**typed, missing: ""})
    assert answer.status_code == 422, errors_of(answer.content.decode())
    assert signed_in("village").post(NEW, {**typed, "surveyed_on": "2018-11-21"}).status_code == 422
    assert not Survey.objects.exists()


def test_a_household_has_type_degree_cause_and_needs():
    fields = set(HouseholdForm.base_fields)
    assert {"poverty_type", "poverty_degree", "poverty_cause", "assistance_need"} <= fields


def test_the_causes_of_the_plans_are_in_the_list():
    """R008; 自身发展力不足 is written as the national list has it."""
    words = CODES["poverty_cause"].words
    for cause in ("因病", "因残", "因灾", "因学", "缺技术", "缺资金"):
        assert cause in words
    assert any("劳" in word for word in words) and any("发展" in word for word in words)


@pytest.mark.parametrize(
    "name",
    [
        *("education", "labour_capacity", "health", "disability_grade", "schooling", "work_place"),
        *("subsistence_allowance", "extremely_poor_support", "orphan", "child_in_difficulty"),
        *("left_behind_child", "left_behind_woman", "left_behind_elder", "self_care"),
        *("employment_willingness", "training_willingness"),
    ],
)
def test_a_person_has_every_attribute_on_the_sheet(name):
    assert name in MemberForm.base_fields
    assert Person._meta.get_field(name)


@pytest.mark.django_db
def test_a_village_names_officer_and_council(ground, signed_in):
    village = Village.objects.create(area=ground.village)
    address = f"/villages/{ground.village.code}/staff/"
    sent = {
        "kind": "村",
        "village_officer": "秦演示",
        "village_officer_phone": "13900001234",
        "information_officer": "许演示",
        "village_council": "吕演示 2018—2020",
    }
    assert signed_in("town").post(address, sent).status_code in {302, 303}
    village.refresh_from_db()
    assert (village.village_officer, village.village_council) == ("秦演示", "吕演示 2018—2020")


@pytest.mark.django_db
def test_who_is_registered_twice_or_counted_by_hand_is_no_figure(make_household):
    """R018: member counts and marks follow the events, whatever is set by hand."""
    household = make_household(persons=2, on=datetime.date(2016, 1, 1))
    household.member_count, household.exit_mark = 9, "脱贫"
    household.save()
    kept = Household.objects.get()
    assert (kept.member_count, kept.exit_mark) == (2, "未脱贫")
