"""A house on its way: facts that were decided on stay, departments sign anew after a 退回 (R140)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.models import HouseCase
from audits.procedures import ListKind
from audits.refusals import NotNow
from households.models import ClosedYear
from office import clock
from tests.audits.driver import refused


@pytest.fixture
def house(opened, driver):
    """house(stage) is the case, its list at the stage, and the day."""

    def reach(stage):
        audit_list = opened(ListKind.RENOVATION)
        day = driver.reach(audit_list, stage)
        return HouseCase.objects.get(), audit_list, day

    return reach


def test_the_case_begins_with_what_the_register_knows(opened, driver):
    opened(ListKind.RENOVATION, living={"house_grade": "D级"})
    case = HouseCase.objects.get()
    assert (case.grade, case.target, case.persons, case.household_size) == ("D级", "建档立卡贫困户", 2, None)


def test_a_word_of_another_list_is_refused(house, cast):
    case, _, day = house("application")
    refused(ValidationError, lambda: case.fill(by=cast["village"], on=day, way="翻新"), "规定选项")
    refused(ValidationError, lambda: case.fill(by=cast["village"], on=day, household_size=9), "没有这一项")
    refused(
        PermissionDenied, lambda: case.fill(by=cast["other_village_user"], on=day, way="修缮加固"), "办理"
    )


def test_what_was_decided_on_is_changed_only_after_a_sending_back(house, cast, driver):
    case, audit_list, day = house("review")
    refused(ValidationError, lambda: case.fill(by=cast["approver"], on=day, grade="C级"), "不能改动")
    audit_list.send_back("review", "application", by=cast["approver"], on=day, reason="等级填错")
    HouseCase.objects.get().fill(by=cast["village"], on=day, grade="C级", way="修缮加固")
    driver.reach(audit_list, "first-notice", day)
    assert audit_list.round == 2


def test_a_house_found_unfit_is_not_paid_and_is_signed_for_anew(house, cast, driver):
    case, audit_list, day = house("acceptance")
    driver.paper(audit_list, "acceptance-sheet", day, cast["department"])
    driver.house(audit_list, day)
    driver.sign(audit_list.entries.get(), day, 财政=False)
    refused(
        ValidationError,
        lambda: audit_list.pass_stage("acceptance", by=cast["department"], on=day),
        "财政验收不合格",
    )
    refused(NotNow, lambda: driver.sign(audit_list.entries.get(), day), "已经签字")
    audit_list.refresh_from_db()
    audit_list.send_back("acceptance", "works", by=cast["department"], on=day, reason="屋面渗水")
    driver.reach(audit_list, None, day)
    assert HouseCase.objects.get().signatures.count() == 10


def test_only_the_department_signs_and_only_at_the_acceptance(house, cast):
    case, audit_list, day = house("works")

    def sign(name, **other):
        words = {"signed_by": "演示", "paper": "1号", "accepted": True, **other}
        case.sign("住建", by=cast[name], on=day, **words)

    refused(NotNow, lambda: sign("town"), "没有部门验收")
    refused(PermissionDenied, lambda: sign("department"), "办理")


def test_a_step_of_a_closed_year_is_not_entered_later(house, cast, ground, office_day):
    case, audit_list, day = house("works")
    ClosedYear.objects.create(county=ground.county, year=day.year, closed_at=clock.moment())
    later = datetime.date(day.year + 1, 2, 1)
    office_day(later)

    def fill(on):
        HouseCase.objects.get().fill(by=cast["town"], on=later, started_on=on)

    refused(ValidationError, lambda: fill(day), "已经封存")
    fill(later)
    assert HouseCase.objects.get().started_on == later
    refused(ValidationError, lambda: fill(day), "已经封存")
