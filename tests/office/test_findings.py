"""The work list of 疑点数据: opened, kept, closed, confirmed until the data change; whatever the rules are."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from office.findings import Finding, Found, Subject, reconcile

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
NEXT = datetime.date(2018, 11, 21)


@pytest.fixture
def subject(ground) -> Subject:
    return Subject("any.record", "1", ground.village.pk)


def found(fingerprint: str = "a", rule: str = "X001", severity: str = "warning", **more) -> Found:
    return Found(rule, severity, "演示问题", fingerprint, **more)


def see(subject: Subject, *finds: Found, on: datetime.date = DAY) -> dict[str, int]:
    return dict(+reconcile([subject], {subject: finds}, on))


def only() -> Finding:
    return Finding.objects.get()


def test_a_new_breach_opens_a_finding(subject, ground):
    assert see(subject, found(fields=("a.b",))) == {"opened": 1}
    row = only()
    assert (row.state, row.area, row.first_seen, row.last_seen) == ("待核", ground.village, DAY, DAY)
    assert (row.rule, row.fields, row.owner, row.due_on) == ("X001", ["a.b"], None, None)


def test_the_same_again_is_kept_as_it_is(subject, cast):
    see(subject, found())
    only().assign(owner=cast["village"], due_on=NEXT)
    before = Finding.objects.values().get()
    assert see(subject, found()) == {"kept": 1}
    assert Finding.objects.values().get() == before
    see(subject, found(), on=NEXT)
    assert (only().first_seen, only().last_seen) == (DAY, NEXT)


def test_what_is_gone_is_closed_and_what_comes_back_opens_the_same_row(subject):
    see(subject, found())
    first = only()
    assert see(subject, on=NEXT) == {"closed": 1}
    assert (only().state, only().last_seen) == ("已消除", NEXT)
    assert see(subject, on=NEXT) == {}
    assert see(subject, found(), on=NEXT) == {"reopened": 1}
    assert (only().pk, only().state, only().first_seen) == (first.pk, "待核", NEXT)


def test_a_confirmed_one_stays_quiet_until_the_data_change(subject, cast):
    see(subject, found("a"))
    assert only().confirm(by=cast["village"], on=DAY, reason="已入户核实")
    assert see(subject, found("a"), on=NEXT) == {"kept": 1}
    assert (only().state, only().reason) == ("核实保留", "已入户核实")
    assert see(subject, found("b"), on=NEXT) == {"reopened": 1}
    assert (only().state, only().first_seen, only().reason) == ("待核", NEXT, "已入户核实")


def test_a_record_that_moved_takes_its_confirmed_finding_along(subject, ground, cast):
    see(subject, found())
    only().confirm(by=cast["village"], on=DAY, reason="属实")
    moved = Subject(subject.type, subject.id, ground.other_village.pk)
    assert see(moved, found()) == {"kept": 1}
    assert (only().area, only().state) == (ground.other_village, "核实保留")


def test_errors_are_never_confirmed_and_warnings_only_with_a_reason(subject, cast):
    see(subject, found(), found(rule="X002", severity="error"))
    warning, error = Finding.objects.order_by("rule")
    with pytest.raises(ValidationError, match="原因"):
        warning.confirm(by=cast["village"], on=DAY, reason="  ")
    with pytest.raises(ValidationError, match="须改正"):
        error.confirm(by=cast["village"], on=DAY, reason="属实")
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(state="核实保留")
    assert set(Finding.objects.values_list("state", flat=True)) == {"待核"}


def test_a_confirmation_of_data_that_changed_meanwhile_does_nothing(subject, cast):
    see(subject, found("a"))
    shown = only()
    see(subject, found("b"))
    assert not shown.confirm(by=cast["village"], on=DAY, reason="属实")
    assert only().state == "待核"


def test_only_the_subjects_looked_at_are_touched(subject, ground):
    other = Subject("any.record", "2", ground.village.pk)
    kindred = Subject("another.record", "1", ground.village.pk)
    reconcile([other, kindred], {other: [found()], kindred: [found()]}, DAY)
    see(subject, found())
    assert see(subject) == {"closed": 1}
    assert Finding.objects.waiting().count() == 2


def test_parts_of_a_record_are_findings_of_their_own(subject):
    see(subject, found(part="P1"), found(part="P2"))
    assert see(subject, found(part="P2")) == {"kept": 1, "closed": 1}


def test_statements_are_constant_for_any_number_of_records(ground):
    def statements(count: int) -> int:
        subjects = [Subject("any.record", str(number), ground.village.pk) for number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            reconcile(subjects, {each: [found(), found(rule="X002")] for each in subjects}, DAY)
            reconcile(subjects, {each: [found("b")] for each in subjects}, NEXT)
        Finding.objects.all().delete()
        return len(queries)

    assert statements(3) == statements(20)


def test_findings_are_seen_in_the_own_area_alone(ground, cast):
    for number, area in enumerate((ground.village, ground.other_village, ground.county)):
        see(Subject("any.record", str(number), area.pk), found())
    seen = {name: Finding.objects.visible_to(cast[name]).count() for name in ("village", "town", "district")}
    assert seen == {"village": 1, "town": 1, "district": 3}
