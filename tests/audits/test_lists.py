"""Lists and who is on them: opening, entries, deadlines, versions, scope, targets."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.roles import Role
from audits import procedures
from audits.cases import Rules
from audits.models import (
    AuditList,
    Entry,
    YearlyTarget,
)
from audits.models.proposing import candidates
from audits.procedures import ListKind
from audits.procedures.household_exit import VERSION_1
from audits.refusals import NotNow
from tests.audits.driver import evening, refused
from tests.conftest import make_user

EXIT = ListKind.HOUSEHOLD_EXIT
DAY = datetime.date(2018, 10, 8)
A_DAY = datetime.timedelta(days=1)


def test_a_list_is_opened_in_the_own_village_by_who_enters_there(cast, ground, county):
    def opening(name, area=ground.village, kind=EXIT):
        return AuditList.open_list(kind=kind, area=area, year=2018, by=cast[name], on=DAY)

    assert [opening("village").batch, opening("town").batch] == [1, 2]
    for name in ("helper", "approver", "district", "leader", "auditor", "outsider", "other_town_user"):
        refused(PermissionDenied, lambda name=name: opening(name), "办理")
    refused(PermissionDenied, lambda: opening("village", ground.sibling_village), "办理")
    refused(ValidationError, lambda: opening("town", ground.town), "按村居开")
    refused(ValidationError, lambda: opening("town", kind=ListKind.VILLAGE_EXIT), "按镇街开")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda world: world.make_household(on=None), "不是在册贫困户"),
        (lambda world: world.make_household(village=world.ground.sibling_village), "不在演示东村"),
        (lambda world: world.left(), "不是在册贫困户"),
        (lambda world: world.cancelled(), "已经注销"),
    ],
)
def test_who_may_not_be_on_an_exit_list(make, why, driver, make_household, ground):
    class World:
        def __init__(self):
            self.make_household, self.ground = make_household, ground

        def left(self):
            household = make_household()
            household.leave_poverty(on=datetime.date(2018, 3, 1))
            return household

        def cancelled(self):
            household = make_household()
            household.cancel(on=datetime.date(2018, 3, 1), removal_reason="全户迁出")
            return household

    try:
        subject = make(World())
    except PermissionDenied:
        raise
    audit_list = driver.open(EXIT)
    with pytest.raises((ValidationError, PermissionDenied), match=f"{why}|办理"):
        audit_list.add(subject, by=driver.cast["village"], on=DAY)
    with pytest.raises(ValidationError, match=why):
        audit_list.add(subject, by=driver.cast["town"], on=DAY)


def test_a_household_is_on_one_open_list_of_a_kind(driver, eligible):
    household = eligible()
    driver.open(EXIT, household)
    refused(ValidationError, lambda: driver.open(EXIT, household), "另一份没有办结的名单")
    row = Entry.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_entries_come_only_while_the_list_is_gathered(opened, driver, eligible, cast):
    audit_list = opened(EXIT)
    driver.reach(audit_list, "appraisal")
    refused(NotNow, lambda: audit_list.add(eligible(), by=cast["village"], on=DAY), "不能再提报")


def test_struck_off_with_a_reason_at_any_stage_and_the_plan_stands_as_before(driver, eligible, cast):
    household = eligible(planned_exit_year=2017)
    audit_list = driver.open(EXIT, household, eligible())
    entry = audit_list.entries.get(household=household)
    day = driver.reach(audit_list, "approval")
    refused(
        ValidationError, lambda: audit_list.strike_off(entry, by=cast["approver"], on=day, reason=" "), "原因"
    )
    refused(
        PermissionDenied, lambda: audit_list.strike_off(entry, by=cast["town"], on=day, reason="x"), "办理"
    )
    audit_list.strike_off(entry, by=cast["approver"], on=day, reason="户主去世，收入无来源")
    household.refresh_from_db()
    assert (entry.outcome, household.planned_exit_year) == ("剔除", 2017)
    refused(
        NotNow, lambda: audit_list.strike_off(entry, by=cast["approver"], on=day, reason="再"), "已经办结"
    )
    driver.open(EXIT, household)


def test_a_list_whose_last_entry_is_struck_off_is_closed(opened, cast):
    audit_list = opened(EXIT)
    audit_list.strike_off(audit_list.entries.get(), by=cast["village"], on=DAY, reason="不愿退出")
    assert not audit_list.is_open


def test_a_procedure_changed_mid_year_leaves_running_lists_on_their_version(
    opened, driver, eligible, monkeypatch
):
    before = opened(EXIT, 2)
    second = procedures.Procedure(
        EXIT,
        2,
        DAY + A_DAY,
        VERSION_1.unit,
        tuple(stage for stage in VERSION_1.stages if stage.key != "consent"),
    )
    monkeypatch.setitem(procedures.TABLES, EXIT, (VERSION_1, second))
    after = driver.open(EXIT, eligible(), on=DAY + A_DAY)
    day = driver.reach(before, "village-notice")
    rest = before.split([before.entries.last().pk], by=driver.cast["village"], on=day, reason="补充")
    assert [each.procedure_version for each in (before, rest, after)] == [1, 1, 2]
    driver.reach(before, None, day)
    driver.reach(after, None, DAY + A_DAY)
    passed = [set(each.decisions.values_list("stage", flat=True)) for each in (before, after)]
    assert passed[0] - passed[1] == {"consent"}


def test_deadlines_are_dates_and_a_notice_is_due_after_its_end(opened, driver):
    audit_list = opened(EXIT)
    assert audit_list.due_on == DAY + 30 * A_DAY
    day = driver.reach(audit_list, "village-notice")
    assert audit_list.due_on == day + 3 * A_DAY
    assert AuditList.objects.overdue(day + 4 * A_DAY).get() == audit_list
    driver.post(audit_list, day)
    audit_list.refresh_from_db()
    assert audit_list.due_on == day + 10 * A_DAY
    assert not AuditList.objects.overdue(day + 10 * A_DAY).exists()
    driver.reach(audit_list, "strike-off", day + 8 * A_DAY)
    assert audit_list.due_on is None


def test_lists_are_seen_where_they_lie_and_a_village_sees_the_towns_list_it_is_on(opened, cast, ground):
    opened(EXIT)
    opened(ListKind.VILLAGE_EXIT)

    def seen(name):
        return sorted(AuditList.objects.visible_to(cast[name]).values_list("kind", flat=True))

    both = ["household-exit", "village-exit"]
    assert seen("town") == seen("district") == seen("leader") == seen("village") == both
    assert seen("other_town_user") == seen("other_village_user") == seen("outsider") == seen("admin") == []
    neighbour = make_user("neighbour", Role.VILLAGE, ground.sibling_village)
    assert not AuditList.objects.visible_to(neighbour).exists()
    assert not Entry.objects.visible_to(cast["other_town_user"]).exists()


def test_a_village_applies_for_itself(driver, key_village, cast, ground):
    audit_list = driver.open(ListKind.VILLAGE_EXIT, key_village.area)
    entry = audit_list.entries.get()
    assert entry.entered_by == cast["village"]
    refused(PermissionDenied, lambda: entry.agree(True, by=cast["town"], on=DAY), "村级采集员")
    refused(
        ValidationError,
        lambda: audit_list.add(ground.sibling_village, by=cast["town"], on=DAY),
        "不是没有摘帽的重点村",
    )


def test_a_household_that_does_not_agree_does_not_go_on(opened, driver, cast):
    audit_list = opened(EXIT, 2)
    day = driver.reach(audit_list, "consent")
    driver.bring(audit_list, day)
    entry = audit_list.entries.first()
    entry.agree(False, by=cast["village"], on=day)
    audit_list.refresh_from_db()
    refused(ValidationError, lambda: audit_list.pass_stage("consent", by=cast["village"], on=day), "没有认可")
    audit_list.strike_off(entry, by=cast["village"], on=day, reason="户主不同意退出")
    audit_list.pass_stage("consent", by=cast["village"], on=day)
    refused(
        NotNow,
        lambda: audit_list.entries.standing().get().agree(False, by=cast["village"], on=day),
        "已经办过",
    )


def test_a_ranking_is_changed_by_hand_with_a_reason(driver, eligible, cast):
    audit_list = driver.open(EXIT, eligible(), eligible(), eligible())
    last = audit_list.entries.last()
    refused(ValidationError, lambda: last.move_to(1, "", by=cast["village"], on=DAY), "原因")
    last.move_to(1, "家中新增务工收入", by=cast["village"], on=DAY)
    assert [entry.pk for entry in audit_list.entries.all()][0] == last.pk
    assert list(audit_list.entries.values_list("place", flat=True)) == [1, 2, 3]


def test_targets_keep_their_history_and_their_kind(ground, cast):
    def target(households, persons, kind=EXIT, **other):
        return YearlyTarget.set(
            area=ground.town,
            year=2018,
            kind=kind,
            by=cast["district"],
            at=evening(DAY),
            households=households,
            persons=persons,
            **other,
        )

    target(10, 25)
    target(12, 30)
    assert YearlyTarget.objects.count() == 2
    assert YearlyTarget.objects.current().get().persons == 30
    refused(ValidationError, lambda: target(12, 3), "人数不能少于户数")
    refused(ValidationError, lambda: target(1, 1, ListKind.VILLAGE_EXIT), "只填村数")
    target(0, 0, ListKind.VILLAGE_EXIT, villages=1)


def test_a_list_is_ranked_by_ease_and_what_is_on_a_list_is_no_candidate(driver, eligible, cast, ground):
    hard, easy, middling = eligible(income=3000), eligible(income=9000), eligible(income=3600)
    elsewhere = eligible(village=ground.sibling_village)
    found = candidates(ground.village, 2018, DAY, Rules())
    assert [(each, ease.word) for each, ease in found] == [(easy, "易"), (middling, "中"), (hard, "难")]
    audit_list = driver.open(EXIT, hard, easy, middling)
    assert [each for each, _ in candidates(ground.town, 2018, DAY, Rules())] == [elsewhere]
    audit_list.rank(by=cast["village"], on=DAY)
    ranked = audit_list.entries.values_list("household", "place", "ease")
    assert list(ranked) == [(easy.pk, 1, "易"), (middling.pk, 2, "中"), (hard.pk, 3, "难")]
    refused(PermissionDenied, lambda: audit_list.rank(by=cast["helper"], on=DAY), "办理")
