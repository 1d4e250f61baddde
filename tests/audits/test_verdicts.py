"""Criteria on the way, the strike-off in the window, and the reversal of a filed exit."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from audits.criteria import Result
from audits.models import (
    AdjustmentWindow,
    Entry,
)
from audits.procedures import ListKind
from audits.refusals import NotNow
from households.models import ClosedYear, Household, Survey
from office.findings import Finding
from tests.audits.driver import evening, refused
from tests.conftest import make_user
from villages.models import VillageYear

EXIT = ListKind.HOUSEHOLD_EXIT
DAY = datetime.date(2018, 10, 8)
A_DAY = datetime.timedelta(days=1)


def test_nobody_passes_who_does_not_meet_the_standard(opened, driver, cast):
    audit_list = opened(EXIT, income=3579)
    with pytest.raises(ValidationError, match="人均纯收入没有超过当年标准"):
        driver.reach(audit_list, "consent")
    assert audit_list.stage == "verification"


def test_what_changed_since_the_filing_stops_the_strike_off(opened, driver):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "strike-off")
    Survey.objects.update(net_income_per_capita=3000)
    refused(ValidationError, lambda: driver.step(audit_list, day), "人均纯收入没有超过")
    assert Household.objects.get().in_register


def test_every_concern_is_answered_by_the_acceptance(opened, driver, cast, ground):
    audit_list = opened(EXIT, survey={"water_safe": False})
    household = Household.objects.get()
    Finding.objects.create(
        rule="C040",
        severity="warning",
        message="联系电话不是11位",
        area=ground.village,
        subject_type="households.household",
        subject_id=str(household.pk),
        fingerprint="x",
        first_seen=DAY,
        last_seen=DAY,
    )
    day = driver.reach(audit_list, "acceptance")
    driver.bring(audit_list, day, without="answers")

    def accepting():
        audit_list.pass_stage("acceptance", by=cast["town"], on=day)

    refused(ValidationError, accepting, "饮水不安全或有困难.*没有写明结论")
    refused(ValidationError, accepting, "联系电话不是11位.*没有写明结论")
    driver.answer(audit_list, day)
    accepting()
    frozen = audit_list.decisions.get(stage="acceptance").facts.get()
    assert frozen.result == Result.DOUBTFUL and len(frozen.reasons) == 2
    assert frozen.facts["income"] == "5000.00" and frozen.facts["line"] == 3579
    Finding.objects.update(message="联系电话与他户相同")
    refused(
        ValidationError,
        lambda: audit_list.pass_stage("approval", by=cast["approver"], on=day),
        "与他户相同.*没有写明结论",
    )


def test_a_verdict_is_overruled_upward_and_lifted_only_from_above(opened, driver, cast):
    audit_list = opened(EXIT, 2)
    entry = audit_list.entries.first()
    day = driver.reach(audit_list, "verification")
    driver.bring(audit_list, day)
    refused(ValidationError, lambda: entry.overrule(Result.UNMET, " ", by=cast["helper"], on=day), "原因")
    entry.overrule(Result.UNMET, "收入不稳定", by=cast["helper"], on=day)
    audit_list.refresh_from_db()
    refused(
        ValidationError,
        lambda: audit_list.pass_stage("verification", by=cast["helper"], on=day),
        "改判不达标：收入不稳定",
    )
    refused(PermissionDenied, lambda: entry.overrule(None, "算了", by=cast["helper"], on=day), "只能从严")
    rest = audit_list.split([entry.pk], by=cast["helper"], on=day, reason="改判")
    rest.entries.update(overruled=Result.DOUBTFUL)
    driver.reach(rest, "acceptance", day)
    entry = rest.entries.get()
    entry.overrule(None, "验收组核实收入稳定", by=cast["town"], on=rest.stage_since)
    assert entry.overruling is None


def test_a_verdict_made_stricter_meanwhile_is_not_made_milder(opened, driver, cast):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "acceptance")
    first, second = audit_list.entries.get(), audit_list.entries.get()
    first.overrule(Result.UNMET, "收入不稳定", by=cast["town"], on=day)
    refused(
        PermissionDenied,
        lambda: second.overrule(Result.DOUBTFUL, "收入待核", by=cast["town"], on=day),
        "只能从严",
    )
    second.refresh_from_db()
    assert second.overruling is Result.UNMET


def test_a_doubt_somebody_entered_is_answered_like_the_others(opened, driver, cast):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "acceptance")
    driver.bring(audit_list, day)
    entry = audit_list.entries.get()
    entry.overrule(Result.DOUBTFUL, "收入依赖一次性补助", by=cast["town"], on=day)
    audit_list.refresh_from_db()
    refused(
        ValidationError,
        lambda: audit_list.pass_stage("acceptance", by=cast["town"], on=day),
        "改判存疑：收入依赖一次性补助",
    )
    driver.answer(audit_list, day)
    audit_list.pass_stage("acceptance", by=cast["town"], on=day)


def test_nobody_overrules_what_the_criteria_say_to_the_better(opened, driver, cast):
    audit_list = opened(EXIT, survey={"medical_guaranteed": False})
    day = driver.reach(audit_list, "verification")
    driver.bring(audit_list, day)
    audit_list.entries.get().overrule(Result.MET, "领导同意", by=cast["helper"], on=day)
    audit_list.refresh_from_db()
    refused(
        ValidationError,
        lambda: audit_list.pass_stage("verification", by=cast["helper"], on=day),
        "两不愁三保障没有全部达到",
    )


@pytest.mark.parametrize(("poor", "passes"), [(199, True), (200, False), (201, False)])
def test_a_village_passes_under_two_percent_of_its_rural_population(
    poor, passes, opened, driver, make_household, key_village
):
    """199, 200 and 201 poor of 10 000: 1.99 %, 2.00 % and 2.01 %."""
    make_household(persons=1).events.update(persons=poor)
    VillageYear.objects.update(rural_population=10000)
    audit_list = opened(ListKind.VILLAGE_EXIT)
    driver.reach(audit_list, "review")
    if passes:
        driver.reach(audit_list, "submission")
    else:
        refused(ValidationError, lambda: driver.step(audit_list, DAY), "贫困发生率")


def test_the_window_is_the_districts_and_a_withdrawn_one_is_none(opened, driver, county):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "strike-off")
    AdjustmentWindow.objects.update(withdrawn_at=evening(DAY))
    refused(NotNow, lambda: driver.step(audit_list, day), "不在开放调整期")


def test_a_list_is_struck_off_in_its_own_year_whatever_window_is_open(opened, driver, cast):
    audit_list = opened(EXIT)
    driver.reach(audit_list, "strike-off")
    late = datetime.date(2019, 1, 10)
    AdjustmentWindow.objects.update(closes_on=late + 30 * A_DAY)
    refused(
        NotNow,
        lambda: audit_list.pass_stage("strike-off", by=cast["town"], on=late, at=evening(late)),
        "2018年度的名单，不能在2019年销号",
    )
    assert Household.objects.get().in_register


def test_a_strike_off_is_whole_or_not_at_all(opened, driver, county):
    audit_list = opened(EXIT, 3)
    day = driver.reach(audit_list, "strike-off")
    last = audit_list.entries.last().household
    last.cancel(on=datetime.date(2018, 10, 20), removal_reason="全户迁出")
    refused(ValidationError, lambda: driver.step(audit_list, day), f"{last.number}：.*不能退出")
    assert Household.objects.filter(exit_mark="脱贫").count() == 0
    audit_list.refresh_from_db()
    assert audit_list.stage == "strike-off"


def test_no_exit_is_written_in_a_closed_year(opened, driver, county):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "strike-off")
    ClosedYear.objects.create(county=county, year=2018, closed_at=evening(DAY))
    refused(ValidationError, lambda: driver.step(audit_list, day), "已经封存")


def test_a_filed_exit_is_undone_by_a_reversal_alone(opened, driver, cast):
    audit_list = opened(EXIT)
    day = driver.step(audit_list, driver.reach(audit_list, "strike-off"))
    assert audit_list.stage == "archive"
    refused(
        NotNow,
        lambda: audit_list.send_back("archive", "filing", by=cast["town"], on=day, reason="弄错"),
        "回退",
    )
    refused(NotNow, lambda: audit_list.object_to("收入不实", by=cast["town"], on=day), "回退")
    back = driver.open(ListKind.REVERSAL, Household.objects.get(), on=day)
    driver.reach(back, None, day)
    assert Household.objects.get().in_register


def test_a_reversal_wants_its_reason_and_another_person(driver, make_household, cast, ground, county):
    household = make_household()
    household.leave_poverty(on=datetime.date(2018, 3, 1))
    audit_list = driver.open(ListKind.REVERSAL, household, by=cast["district"], reason="")
    driver.bring(audit_list, DAY)
    refused(
        ValidationError, lambda: audit_list.pass_stage("proposal", by=cast["district"], on=DAY), "没有写事由"
    )
    Entry.objects.update(reason="收入核算有误")
    audit_list.pass_stage("proposal", by=cast["district"], on=DAY)
    refused(
        PermissionDenied, lambda: audit_list.pass_stage("approval", by=cast["district"], on=DAY), "自己录入"
    )
    audit_list.pass_stage("approval", by=make_user("d2", Role.DISTRICT, ground.county), on=DAY)
