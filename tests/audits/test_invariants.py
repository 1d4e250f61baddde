"""verify_invariants on the audits: clean after a whole way, and every breach is found."""

import datetime

import pytest

from audits import invariants
from audits.models import AdjustmentWindow, AuditList, Entry, Notice
from households import invariants as register_invariants
from office import trail
from tests.audits.driver import evening

DAY = datetime.date(2018, 10, 8)


@pytest.fixture
def done(opened, driver):
    audit_list = opened("household-exit", 2)
    driver.reach(audit_list, None)
    return audit_list


def test_a_whole_way_leaves_nothing_to_find(done, opened, driver, cast):
    sent = opened("household-exit", 2)
    day = driver.reach(sent, "acceptance")
    sent.send_back("acceptance", "appraisal", by=cast["town"], on=day, reason="会议人数不足")
    day = driver.reach(sent, "village-notice", day)
    rest = sent.split([sent.entries.last().pk], by=cast["village"], on=day, reason="补充")
    driver.reach(sent, "strike-off", day)
    driver.reach(rest, "submission", day)
    assert list(invariants.problems()) == []
    assert list(register_invariants.problems(datetime.date(2018, 11, 20))) == []
    assert trail.verify() == []


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        (lambda cast: Notice.objects.update(days=3), "不足7天"),
        (lambda cast: Notice.objects.update(entry_keys=[1]), "行数与名单不一致"),
        (lambda cast: Notice.objects.update(ends_on=datetime.date(2018, 12, 1)), "没有满期就通过了"),
        (
            lambda cast: AdjustmentWindow.objects.update(closes_on=datetime.date(2018, 11, 2)),
            "不在开放调整期",
        ),
        (lambda cast: Entry.objects.update(closed_on=DAY), "日期与名单办结日期不一致"),
        (lambda cast: AuditList.objects.update(year=2017), "年度与名单年度不一致"),
        (lambda cast: Entry.objects.update(event=None), "没有名单"),
        (lambda cast: Entry.objects.update(closed_at=None, outcome=""), "还有没有办结的"),
        (lambda cast: Entry.objects.update(entered_by=cast["town"]), "录入人自己作了决定"),
        (lambda cast: AuditList.objects.update(stage="filing", closed_at=None), "最后一次办理不一致"),
    ],
)
def test_each_breach_is_found(done, cast, breach, said):
    breach(cast)
    found = list(invariants.problems())
    assert any(said in each for each in found)


def test_an_exit_beside_the_lists_is_found(done, make_household):
    make_household().leave_poverty(on=DAY, recorded_at=evening(DAY))
    assert any("没有名单" in each for each in invariants.problems())


def test_an_objection_beside_its_entry_is_found(opened, cast):
    one, other = opened("household-exit"), opened("household-exit")
    one.object_to("不实", by=cast["village"], on=DAY, entry=one.entries.get())
    assert not list(invariants.objections())
    Entry.objects.filter(audit_list=one).update(audit_list=other)
    assert any("异议不在" in each for each in invariants.objections())
