"""What holds a list and sets it free: objections, holds, remainder lists, sending back (R047)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.roles import Role
from audits.models import (
    Entry,
    Evidence,
    Notice,
    Objection,
)
from audits.procedures import ListKind
from audits.refusals import NotNow
from tests.audits.driver import evening, refused
from tests.conftest import make_user

EXIT = ListKind.HOUSEHOLD_EXIT
DAY = datetime.date(2018, 10, 8)
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def at_notice(opened, driver, cast):
    """A list of two whose notice hangs: list, first entry, the day after its end."""
    audit_list = opened(EXIT, 2)
    day = driver.reach(audit_list, "village-notice")
    driver.post(audit_list, day)
    return audit_list, audit_list.entries.first(), day + 8 * A_DAY


def objected(audit_list, entry, by, on=DAY + 10 * A_DAY):
    return audit_list.object_to(
        "家有小汽车，收入不实", by=by, on=on, entry=entry, raised_by="演示村民", contact="13800000000"
    )


def settled(audit_list, objection, by, on, upheld=False, **other):
    words = {"investigation": "入户调查属实", "answer": "经查不属实，已书面答复", **other}
    audit_list.settle(objection, upheld=upheld, by=by, on=on, **words)


def test_an_open_objection_holds_the_list_until_it_is_answered(at_notice, cast, eligible):
    audit_list, entry, day = at_notice
    objection = objected(audit_list, entry, cast["village"], day - A_DAY)

    def passing():
        audit_list.pass_stage("village-notice", by=cast["village"], on=day)

    refused(NotNow, passing, "有异议没有办结")
    refused(
        ValidationError, lambda: settled(audit_list, objection, cast["town"], day, answer=" "), "书面答复"
    )
    settled(audit_list, objection, cast["town"], day)
    passing()
    assert audit_list.stage == "submission" and audit_list.entries.standing().count() == 2


def test_who_is_concerned_does_not_close_an_objection(at_notice, cast, ground, driver):
    audit_list, entry, day = at_notice
    objection = objected(audit_list, entry, cast["town"], day)
    refused(PermissionDenied, lambda: settled(audit_list, objection, cast["village"], day), "办理")
    refused(PermissionDenied, lambda: settled(audit_list, objection, cast["town"], day), "不能办结")
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.update(
            closed_by=cast["town"], closed_at=evening(day), answer="x", investigation="x", upheld=False
        )
    settled(audit_list, objection, make_user("town2", Role.TOWN, ground.town), day)


def test_who_decided_on_the_list_does_not_close_an_objection_to_it(opened, driver, cast):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "announcement")
    objection = objected(audit_list, audit_list.entries.get(), cast["village"], day)
    for name in ("town", "approver"):
        refused(
            PermissionDenied, lambda name=name: settled(audit_list, objection, cast[name], day), "不能办结"
        )
    settled(audit_list, objection, cast["district"], day)


def test_an_upheld_objection_strikes_off(at_notice, cast):
    audit_list, entry, day = at_notice
    objection = objected(audit_list, entry, cast["village"], day)
    settled(audit_list, objection, cast["town"], day, upheld=True)
    entry.refresh_from_db()
    assert entry.outcome == "剔除" and entry.outcome_reason.startswith("异议成立")
    refused(NotNow, lambda: settled(audit_list, objection, cast["town"], day), "已经办结")


@pytest.mark.parametrize("of_whole_list", [False, True])
def test_striking_off_does_not_shake_off_an_open_objection(at_notice, opened, cast, of_whole_list):
    audit_list, entry, day = at_notice
    objection = objected(audit_list, None if of_whole_list else entry, cast["village"], day - A_DAY)
    audit_list.strike_off(entry, by=cast["village"], on=day, reason="再核实")
    anew = opened(EXIT, 0)

    def listed():
        return anew.add(entry.household, by=cast["village"], on=day)

    refused(ValidationError, listed, "异议还没有办结")
    settled(audit_list, objection, cast["town"], day)
    assert listed().household == entry.household


def test_an_objection_to_the_list_holds_it_whole(at_notice, cast):
    audit_list, _, day = at_notice
    objected(audit_list, None, cast["village"], day)
    refused(
        NotNow, lambda: audit_list.pass_stage("village-notice", by=cast["village"], on=day), "对名单的异议"
    )


def test_who_objects_is_encrypted_at_rest(at_notice, cast):
    audit_list, entry, day = at_notice
    objection = objected(audit_list, entry, cast["village"], day)
    stored = Objection.objects.values_list("raised_by", "contact").get()
    assert "演示村民" not in str(stored) and "13800000000" not in str(stored)
    assert Objection.objects.get(pk=objection.pk).contact == "13800000000"


def test_a_held_entry_stops_the_list_and_a_remainder_lets_the_rest_go_on(at_notice, cast, driver):
    audit_list, entry, day = at_notice
    objection = objected(audit_list, entry, cast["village"], day)
    remainder = audit_list.split([entry.pk], by=cast["village"], on=day, reason="异议未办结")
    audit_list.pass_stage("village-notice", by=cast["village"], on=day)
    assert (remainder.stage, remainder.part, remainder.split_from) == ("village-notice", 1, audit_list)
    assert remainder.procedure_version == audit_list.procedure_version
    objection.refresh_from_db()
    assert objection.audit_list == remainder
    # A notice of its own: that of the first list does not count for it.
    settled(remainder, objection, cast["town"], day)
    refused(
        NotNow,
        lambda: remainder.pass_stage("village-notice", by=cast["village"], on=day + A_DAY),
        "还没有在村居张贴",
    )
    driver.reach(remainder, None, day)
    driver.reach(audit_list, None, day)
    assert set(Entry.objects.values_list("outcome", flat=True)) == {"退出"}


def test_a_split_leaves_something_and_takes_what_is_there(at_notice, cast):
    audit_list, entry, day = at_notice
    everyone = list(audit_list.entries.values_list("pk", flat=True))

    def split(entries, reason="补充材料", by=cast["village"], **other):
        return audit_list.split(entries, by=by, on=day, reason=reason, **other)

    refused(ValidationError, lambda: split(everyone), "不用拆单")
    refused(ValidationError, lambda: split([]), "选择")
    refused(ValidationError, lambda: split([entry.pk], reason=""), "原因")
    refused(PermissionDenied, lambda: split([entry.pk], by=cast["town"]), "办理")
    refused(NotNow, lambda: split([entry.pk], version=audit_list.version - 1), "改动")
    split([entry.pk])
    refused(NotNow, lambda: split([entry.pk]), "不在这份名单上")


def test_papers_of_before_the_split_count_for_the_remainder_and_later_ones_do_not(driver, eligible, cast):
    audit_list = driver.open(EXIT, eligible(), eligible())
    day = driver.reach(audit_list, "verification")
    first = audit_list.split([audit_list.entries.last().pk], by=cast["helper"], on=day, reason="外出")
    driver.bring(audit_list, day)
    assert Evidence.objects.filter(audit_list=audit_list, stage="verification").exists()
    refused(ValidationError, lambda: first.pass_stage("verification", by=cast["helper"], on=day), "缺核实表")


def test_more_evidence_may_be_wanted_of_one(at_notice, cast):
    audit_list, entry, day = at_notice
    refused(ValidationError, lambda: entry.hold(" ", by=cast["village"], on=day), "原因")
    entry.hold("补收入证明", by=cast["village"], on=day)
    refused(NotNow, lambda: audit_list.pass_stage("village-notice", by=cast["village"], on=day), "暂缓办理")
    entry.release(by=cast["village"], on=day)
    audit_list.refresh_from_db()
    audit_list.pass_stage("village-notice", by=cast["village"], on=day)


def test_what_was_sent_back_is_made_anew(opened, driver, cast):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "acceptance")
    audit_list.send_back("acceptance", "appraisal", by=cast["town"], on=day, reason="会议人数不足")
    assert (audit_list.stage, audit_list.round) == ("appraisal", 2)
    refused(
        ValidationError,
        lambda: audit_list.pass_stage("appraisal", by=cast["village"], on=day),
        "缺村两委会议记录",
    )
    day = driver.reach(audit_list, "village-notice", day)
    refused(
        NotNow,
        lambda: audit_list.pass_stage("village-notice", by=cast["village"], on=day + 20 * A_DAY),
        "还没有",
    )
    driver.reach(audit_list, None, day)
    assert Notice.objects.filter(stage="village-notice").count() == 2
