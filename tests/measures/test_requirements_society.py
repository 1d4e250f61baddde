"""What serves each requirement about departments, society, the consultation desk and incidents, and its test.

The numbers are those of the office's list of requirements (R001–R328); a row names the record, rule or page and one
test or more as `module::test`. What is deliberately not built says why.
"""

import importlib

import pytest

SOCIETY, FUND = (
    "measures.test_society::test_every_kind_is_entered_and_found_again",
    "measures.test_charity_fund",
)
LISTS, SECRET, DESK = "measures.test_departments", "measures.test_department_secrecy", "measures.test_desk"
INCIDENTS, INDICATORS = "villages.test_incidents", "villages.test_indicators"

SERVED: dict[str, tuple[str, tuple[str, ...]]] = {
    "R164": (
        "慈善转介 is help by society for a household or a person; a need waits until a charity meets it",
        (SOCIETY, "measures.test_society::test_a_need_waits_is_met_and_done"),
    ),
    "R192": ("孝善基金 by village: who pays, how much, for how many: measures.SocialHelp", (SOCIETY,)),
    "R193": ("邻里互助: helper, helped household or person, what it costs: measures.SocialHelp", (SOCIETY,)),
    "R195": (
        "残联's lists of certificates, matched by number, grade against grade: measures.departments",
        (f"{LISTS}::test_a_grade_that_differs_is_told_with_both_values",),
    ),
    "R203": (
        "扶贫专户: gifts in, uses by purpose, the share of training, health and lonely people against 50 %",
        (
            f"{FUND}::test_a_gift_comes_in_when_it_is_done_and_goes_with_its_cancelling",
            f"{FUND}::test_the_share_of_the_three_purposes_is_shown_against_the_half",
            f"{FUND}::test_it_is_never_spent_below_nought",
        ),
    ),
    "R204": (
        "企业结对 with both parties, dates, money, result, the village it is for",
        (SOCIETY, "measures.test_society::test_beneficiaries_are_villages_households_and_persons"),
    ),
    "R205": ("国企分红 as a kind of its own; no plan gives a rate, so none is computed", (SOCIETY,)),
    "R206": (
        "donor, amount, target village or household; 慈心一日捐 and gifts may go into the 扶贫专户",
        (SOCIETY, f"{FUND}::test_a_gift_that_is_spent_cannot_be_taken_back"),
    ),
    "R207": (
        "扶贫协作 by project and year with head counts and money, summed by kind and year",
        ("measures.test_society::test_sums_by_kind_and_year_open_the_list_they_count",),
    ),
    "R208": ("协作会议 with date, parties and what was agreed", (SOCIETY,)),
    "R209": ("志愿服务: the team, what it did, how many it reached", (SOCIETY,)),
    "R210": ("社会组织项目, summed by year for the assessment", (SOCIETY,)),
    "R211": (
        "企业扶贫光荣榜 at /honours/, open to everybody, firms alone",
        ("measures.test_society::test_an_honoured_firm_is_public_and_nobody_else",),
    ),
    "R212": ("法律援助 and 矛盾调解 with the household concerned", (SOCIETY,)),
    "R213": (
        "needs wait as 待对接 and are met by a giver in the same record",
        ("measures.test_society::test_a_need_waits_is_met_and_done",),
    ),
    "R261": ("春节慰问: who visited, what was given, to whom, by year", (SOCIETY,)),
    "R279": (
        "前哨: found, reported within set days, handled, closed; what is late stands at the top",
        (
            f"{INCIDENTS}::test_the_whole_way",
            f"{INCIDENTS}::test_a_major_one_is_to_be_reported_within_a_day",
            f"{INCIDENTS}::test_what_is_late_is_counted_and_listed",
        ),
    ),
    "R281": (
        "departments upload lists and see their own; the district sees the differences with the households",
        (
            f"{LISTS}::test_differences_are_found_both_ways",
            f"{SECRET}::test_the_department_gets_its_own_lists_and_no_other",
            f"{SECRET}::test_the_department_reads_the_same_of_registered_people_and_of_strangers",
        ),
    ),
    "R284": (
        "the source that the plan names enters the value of each year; earlier values stay: villages.Indicator",
        (
            f"{INDICATORS}::test_the_named_source_enters_its_value_and_the_table_shows_it",
            f"{INDICATORS}::test_another_department_does_not_enter_it",
            f"{INDICATORS}::test_the_fifteen_lines_of_the_box_and_three_of_schools_are_there_after_every_migrate",
        ),
    ),
    "R286": (
        "民政's lists of 低保 and 特困供养 against the register, both ways",
        (
            f"{LISTS}::test_differences_are_found_both_ways",
            f"{LISTS}::test_one_taken_over_is_a_finding_until_the_register_agrees",
        ),
    ),
    "R287": (
        "lists of 残联, 教育, 人社, 住建 and 医保, eight kinds",
        (f"{LISTS}::test_every_kind_reads_a_list_of_everybody",),
    ),
    "R288": (
        "needs and gifts in one record, policies and honours public, questions open to everybody",
        (
            "measures.test_society::test_a_need_waits_is_met_and_done",
            f"{DESK}::test_anybody_asks_and_looks_after_it",
        ),
    ),
    "R297": (
        "一键式呼叫、政策咨询: call, visit or public page, answer with policies cited, hand-over, times, what is late",
        (
            f"{DESK}::test_anybody_asks_and_looks_after_it",
            f"{DESK}::test_a_request_is_handed_to_a_unit_and_only_that_one_sees_it",
            f"{DESK}::test_what_is_late_is_counted_and_listed",
        ),
    ),
    "R302": (
        "慈善转介 of patients: the need, the charity that meets it, the household",
        ("measures.test_society::test_a_need_waits_is_met_and_done", SOCIETY),
    ),
    "R311": (
        "a short survey, one to five and a word, with every answer; results by desk",
        (f"{DESK}::test_the_results_count_and_average", f"{DESK}::test_a_score_is_one_to_five"),
    ),
    "R317": ("重大涉贫事件 with its way from finding to result", (f"{INCIDENTS}::test_the_whole_way",)),
}
NOT_BUILT = {
    "R283": "the national archive of 危改 has no file that could be read here; 住建's list of houses is compared",
    "R285": "settlement at the hospital's window is the platform of 医保; its payments are measures of chapter 健康",
    "R303": "rural information stations are buildings and lines: facts of a village's year (五通十有)",
}


@pytest.mark.parametrize("number", SERVED)
def test_each_names_tests_that_exist(number):
    what, tests = SERVED[number]
    assert what and tests
    for name in tests:
        module, _, function = name.partition("::")
        assert callable(getattr(importlib.import_module(f"tests.{module}"), function)), name


def test_what_is_not_built_says_why_and_is_not_served():
    assert all(NOT_BUILT.values()) and not set(NOT_BUILT) & set(SERVED)
