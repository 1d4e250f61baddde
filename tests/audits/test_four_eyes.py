"""Four eyes: who entered or decided, with delegation, over sending back and remainder lists (C105)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Duty
from accounts.roles import Role
from audits.models import Decision, Delegation, Entry, Seat
from audits.refusals import NotNow
from tests.conftest import FOUNDED, make_user

EXIT = "household-exit"
DAY = datetime.date(2018, 10, 8)


def again(user):
    """The same person on the next request."""
    return type(user).objects.get(pk=user.pk)


def moved_to(user, role, area):
    """The person changes office: one role at a time."""
    Duty.objects.filter(user=user).update(withdrawn_at=datetime.datetime(2018, 10, 1, tzinfo=datetime.UTC))
    Duty.objects.create(user=user, role=role, area=area, start_on=FOUNDED)
    return again(user)


def test_who_accepted_does_not_approve_even_in_another_office(opened, driver, cast, ground):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "approval")
    accepter = moved_to(cast["town"], Role.APPROVER, ground.town)
    with pytest.raises(PermissionDenied, match="不能在一份名单上作两次决定"):
        audit_list.pass_stage("approval", by=accepter, on=day)
    with pytest.raises(PermissionDenied):
        audit_list.send_back("approval", "acceptance", by=accepter, on=day, reason="重新验收")
    audit_list.pass_stage("approval", by=cast["approver"], on=day)


def test_who_accepted_may_do_the_clerical_steps(opened, driver, cast):
    audit_list = opened(EXIT)
    driver.reach(audit_list, "strike-off")
    assert Decision.objects.filter(stage="announcement", by=cast["town"], binding=False).exists()


def test_who_entered_a_household_does_not_accept_the_list(driver, eligible, cast, ground):
    audit_list = driver.open(EXIT, eligible())
    audit_list.add(eligible(), by=cast["town"], on=DAY)
    day = driver.reach(audit_list, "acceptance")
    driver.bring(audit_list, day)
    with pytest.raises(PermissionDenied, match="自己录入"):
        audit_list.pass_stage("acceptance", by=cast["town"], on=day)
    colleague = make_user("town2", Role.TOWN, ground.town)
    audit_list.pass_stage("acceptance", by=colleague, on=day)


def test_the_village_decides_at_the_appraisal_what_it_entered(opened, driver, cast):
    audit_list = opened(EXIT)
    driver.reach(audit_list, "verification")
    assert Seat.objects.get(audit_list=audit_list).person == cast["village"]


def test_a_decision_that_came_back_is_made_anew_by_the_same_person_and_no_other_stage(opened, driver, cast):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "approval")
    audit_list.send_back("approval", "acceptance", by=cast["approver"], on=day, reason="入户材料不全")
    day = driver.reach(audit_list, "filing", day)
    assert list(
        Decision.objects.filter(audit_list=audit_list, binding=True).values_list("stage", "round", "verdict")
    ) == [
        ("appraisal", 1, "通过"),
        ("acceptance", 1, "通过"),
        ("approval", 1, "退回"),
        ("acceptance", 2, "通过"),
        ("approval", 2, "通过"),
    ]


def test_the_database_keeps_one_seat_a_person_and_one_pass_a_stage(opened, driver, cast):
    audit_list = opened(EXIT)
    driver.reach(audit_list, "approval")
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(audit_list=audit_list, person=cast["town"], stage="approval")
    for stage in ("acceptance", "filing"):
        decision = Decision.objects.get(stage="acceptance")
        decision.pk, decision._state.adding, decision.stage = None, True, stage
        with pytest.raises(IntegrityError), transaction.atomic():
            decision.save()


def test_decisions_and_their_facts_are_never_changed(opened, driver):
    driver.reach(opened(EXIT), "verification")
    decision = Decision.objects.filter(binding=True).get()
    for act in (
        decision.save,
        decision.delete,
        Decision.objects.all().delete,
        lambda: Decision.objects.update(opinion="同意"),
        decision.facts.get().save,
        decision.facts.get().delete,
        decision.facts.all().delete,
        lambda: decision.facts.update(facts={}),
    ):
        with pytest.raises(TypeError):
            act()


@pytest.fixture
def stands_in(cast):
    """stands_in("approver", "town") lets the second act for the first in October and November."""

    def give(principal, deputy, **other):
        dates = {"start_on": DAY, "end_on": datetime.date(2018, 11, 30), "reason": "外出培训", **other}
        return Delegation.give(principal=cast[principal], deputy=cast[deputy], **dates)

    return give


def test_a_deputy_acts_for_the_principal_and_both_have_decided(opened, driver, cast, stands_in, ground):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "approval")
    deputy = make_user("town2", Role.TOWN, ground.town)
    cast["town2"] = deputy
    with pytest.raises(PermissionDenied):
        audit_list.pass_stage("approval", by=deputy, on=day)
    stands_in("approver", "town2")
    decision = audit_list.pass_stage("approval", by=deputy, on=day)
    assert (decision.by, decision.on_behalf_of, decision.role) == (deputy, cast["approver"], "approver")
    seats = Seat.objects.filter(audit_list=audit_list, stage="approval")
    assert {seat.person for seat in seats} == {deputy, cast["approver"]}


def test_a_deputy_who_accepted_does_not_approve_for_another(opened, driver, cast, stands_in):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "approval")
    stands_in("approver", "town")
    with pytest.raises(PermissionDenied, match="两次决定"):
        audit_list.pass_stage("approval", by=cast["town"], on=day)


def test_a_deputy_does_not_decide_for_a_principal_who_has_decided(opened, driver, cast, stands_in, ground):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "approval")
    cast["town"] = moved_to(cast["town"], Role.APPROVER, ground.town)
    cast["town2"] = make_user("town2", Role.TOWN, ground.town)
    stands_in("town", "town2")
    with pytest.raises(PermissionDenied, match="两次决定"):
        audit_list.pass_stage("approval", by=cast["town2"], on=day)


def test_a_delegation_holds_between_its_days_and_until_it_is_ended(opened, driver, cast, stands_in, ground):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "approval")
    cast["town2"] = make_user("town2", Role.TOWN, ground.town)
    given = stands_in("approver", "town2", end_on=day)
    with pytest.raises(PermissionDenied):
        audit_list.pass_stage("approval", by=cast["town2"], on=day + datetime.timedelta(days=1))
    assert given.end(by=cast["approver"]) and not given.end(by=cast["approver"])
    with pytest.raises(PermissionDenied):
        audit_list.pass_stage("approval", by=cast["town2"], on=day)


def test_a_deputy_cannot_pass_it_on(opened, driver, cast, stands_in, ground):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "approval")
    for name in ("town2", "town3"):
        cast[name] = make_user(name, Role.TOWN, ground.town)
    stands_in("approver", "town2")
    stands_in("town2", "town3")
    with pytest.raises(PermissionDenied):
        audit_list.pass_stage("approval", by=cast["town3"], on=day)


@pytest.mark.parametrize(
    ("deputy", "other", "why"),
    [
        ("approver", {}, "自己"),
        ("other_town_user", {}, "任职区域"),
        ("auditor", {}, "任职区域"),
        ("town", {"reason": " "}, "原因"),
        ("town", {"end_on": datetime.date(2018, 1, 1)}, "结束日期"),
    ],
)
def test_a_delegation_that_may_not_be(stands_in, deputy, other, why):
    with pytest.raises(ValidationError, match=why):
        stands_in("approver", deputy, **other)


def test_the_principal_who_lost_the_office_has_nothing_to_delegate(opened, driver, cast, stands_in, ground):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "approval")
    cast["town2"] = make_user("town2", Role.TOWN, ground.town)
    stands_in("approver", "town2")
    Duty.objects.filter(user=cast["approver"]).update(withdrawn_at=datetime.datetime.now(datetime.UTC))
    with pytest.raises(PermissionDenied):
        audit_list.pass_stage("approval", by=again(cast["town2"]), on=day)


def test_a_remainder_list_knows_who_decided_before_the_split(driver, eligible, cast, ground):
    audit_list = driver.open(EXIT, eligible(), eligible())
    day = driver.reach(audit_list, "approval")
    remainder = audit_list.split([Entry.objects.last().pk], by=cast["approver"], on=day, reason="补充材料")
    accepter = moved_to(cast["town"], Role.APPROVER, ground.town)
    with pytest.raises(PermissionDenied, match="两次决定"):
        remainder.pass_stage("approval", by=accepter, on=day)


def test_a_page_that_is_old_says_who_was_first(opened, driver, cast, ground):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "approval")
    second = make_user("approver2", Role.APPROVER, ground.town)
    old = type(audit_list).objects.get(pk=audit_list.pk)
    audit_list.pass_stage("approval", by=cast["approver"], on=day)
    with pytest.raises(NotNow, match="已由演示approver办理"):
        old.pass_stage("approval", by=second, on=day)
    with pytest.raises(NotNow, match="已由演示approver办理"):
        old.send_back("approval", "acceptance", by=second, on=day, reason="晚了")


def test_after_a_sending_back_the_old_page_is_told_so(opened, driver, cast, ground):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "approval")
    second = make_user("approver2", Role.APPROVER, ground.town)
    audit_list.send_back("approval", "acceptance", by=cast["approver"], on=day, reason="材料不全")
    with pytest.raises(NotNow, match="退回：材料不全"):
        audit_list.pass_stage("approval", by=second, on=day)
