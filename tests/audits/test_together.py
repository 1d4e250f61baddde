"""At the same instant (quality F1, F2): one transition, one decision, everybody else is told; PostgreSQL and SQLite."""

import datetime
import itertools

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import Role
from audits.models import AuditList, Decision, Entry, FrozenFacts, Objection
from audits.refusals import NotNow
from office.models import TrailRow
from tests.conftest import make_user
from tests.households.test_together import office  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.date(2018, 10, 8)
CLICKS, LISTS = 50, 20


@pytest.fixture
def at_approval(driver, eligible):
    """at_approval(count) are lists that wait for 审核, with a household each."""

    def make(count):
        lists = [driver.open("household-exit", eligible()) for _ in range(count)]
        AuditList.objects.update(stage="approval")
        return [each.pk for each in lists]

    return make


def passing(pk, user):
    return AuditList.objects.get(pk=pk).pass_stage("approval", by=user, on=DAY)


def told(answers):
    return [each for each in answers if isinstance(each, Exception)]


def test_fifty_approvals_of_twenty_lists_are_twenty(at_approval, cast, ground, office):  # noqa: F811
    keys = at_approval(LISTS)
    approvers = itertools.cycle([cast["approver"], make_user("approver2", Role.APPROVER, ground.town)])

    def all_of_them(user, order):
        def click():
            done = []
            for pk in order:
                try:
                    done.append(passing(pk, user).pk)
                except NotNow as refusal:
                    done.append(refusal.messages[0])
            return done

        return click

    opened = office()
    answers = opened.at_once(
        *(all_of_them(next(approvers), keys if place % 2 else keys[::-1]) for place in range(CLICKS))
    )
    assert not told(answers)
    said = [each for answer in answers for each in answer]
    won = [each for each in said if isinstance(each, int)]
    assert len(won) == len(set(won)) == LISTS
    assert {each for each in said if isinstance(each, str)} <= {
        "已由演示approver办理",
        "已由演示approver2办理",
    }

    def left():
        return (
            set(AuditList.objects.values_list("stage", flat=True)),
            Decision.objects.filter(stage="approval").count(),
            FrozenFacts.objects.count(),
            TrailRow.objects.filter(action="通过环节").count(),
        )

    assert opened.see(left) == ({"announcement"}, LISTS, LISTS, LISTS)


def test_approve_against_send_back_leaves_one(at_approval, cast, ground, office):  # noqa: F811
    keys = at_approval(10)
    other = make_user("approver2", Role.APPROVER, ground.town)
    opened = office()
    for pk in keys:
        answers = opened.at_once(
            lambda pk=pk: passing(pk, cast["approver"]).verdict,
            lambda pk=pk: (
                AuditList.objects.get(pk=pk)
                .send_back("approval", "acceptance", by=other, on=DAY, reason="材料不全")
                .verdict
            ),
        )
        (refusal,) = told(answers)
        assert isinstance(refusal, NotNow)
        (verdict,) = [each for each in answers if each is not refusal]

        def left(pk=pk):
            audit_list = AuditList.objects.get(pk=pk)
            return audit_list.stage, [each.verdict for each in audit_list.decisions.all()]

        stage = "announcement" if verdict == "通过" else "acceptance"
        assert opened.see(left) == (stage, [verdict])


def test_an_objection_beside_an_approval_holds_it_or_comes_after(at_approval, cast, office):  # noqa: F811
    keys = at_approval(6)
    opened = office()

    def objecting(pk):
        audit_list = AuditList.objects.get(pk=pk)
        return audit_list.object_to("收入不实", by=cast["village"], on=DAY, entry=audit_list.entries.get())

    for pk in keys:
        opened.at_once(lambda pk=pk: passing(pk, cast["approver"]), lambda pk=pk: objecting(pk))

        def left(pk=pk):
            objection = Objection.objects.filter(audit_list=pk).first()
            return AuditList.objects.get(pk=pk).stage, objection.stage if objection else None

        assert opened.see(left) in {
            ("approval", "approval"),
            ("announcement", "announcement"),
            # Read before the approval, and told that the list had moved on.
            ("announcement", None),
        }


def test_a_household_on_two_lists_at_once_is_on_one(driver, eligible, cast, office):  # noqa: F811
    lists = [driver.open("household-exit").pk for _ in range(2)]
    households = [eligible() for _ in range(5)]
    opened = office()
    for household in households:
        answers = opened.at_once(
            *(
                lambda pk=pk, household=household: AuditList.objects.get(pk=pk).add(
                    household, by=cast["village"], on=DAY
                )
                for pk in lists
            )
        )
        (refusal,) = told(answers)
        assert isinstance(refusal, ValidationError) and "没有办结的名单" in refusal.messages[0]
    assert opened.see(lambda: Entry.objects.count()) == 5
