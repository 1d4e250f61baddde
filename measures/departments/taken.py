"""Differences that the district took over: each is a 疑点 until the register says what the list says (D001)."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from households.doubts import FURTHER
from households.lists.findings import ELSEWHERE, Place
from households.models import Household
from measures.departments.comparing import NAME, house_grades
from measures.departments.kinds import KINDS, Facts
from measures.models import DifferenceKind, ListDifference, Settled
from office.findings import Finding, Found, Severity, Subject, reconcile

RULE = "D001"
SUBJECT = ListDifference._meta.label_lower
PART = 500
FURTHER[RULE] = "部门名单与系统不一致"


def take(difference: ListDifference, *, by: User, on: datetime.date) -> bool:
    """The difference becomes a finding where the household lies; False when it was settled already.

    Raises ValidationError for somebody the register does not know: there is no record to verify.
    """
    if difference.household is None:
        raise ValidationError("系统里没有这个人，不能转为疑点；需要纳入的，由村按申请户登记")
    with transaction.atomic():
        if not difference.settle(Settled.TAKEN, by=by, on=on):
            return False
        subject = _subject(difference)
        reconcile([subject], {subject: [_found(difference)]}, on)
    return True


def recheck(day: datetime.date) -> int:
    """Closes the findings of what has been put right since; how many were looked at."""
    waiting = Finding.objects.waiting().filter(subject_type=SUBJECT).values_list("subject_id", flat=True)
    keys = sorted(int(key) for key in waiting)
    for start in range(0, len(keys), PART):
        some = ListDifference.objects.filter(pk__in=keys[start : start + PART]).select_related(
            "department_list", "person", "household"
        )
        grades = house_grades(row.household_id for row in some)
        checked = {
            _subject(row): [] if _agrees(row, grades.get(row.household_id, "")) else [_found(row)]
            for row in some
        }
        reconcile(list(checked), checked, day)
    return len(keys)


def _subject(difference: ListDifference) -> Subject:
    household = difference.household
    assert household is not None
    return Subject(SUBJECT, str(difference.pk), household.village_id)


def _found(difference: ListDifference) -> Found:
    listed = difference.department_list
    name = difference.told[0].split("　")[0]
    message = f"{listed.unit}{listed.kind}名单：{difference.get_kind_display()}（{difference.title}，{name}）"
    return Found(RULE, str(Severity.WARNING), message[:200], difference.fingerprint_now)


def _agrees(difference: ListDifference, grade: str) -> bool:
    """Whether the register has come to say what the list says, or the person has left it."""
    person, kind = difference.person, KINDS[difference.department_list.kind]
    assert person is not None
    if not person.present:
        return True
    facts, theirs = Facts(person, grade), difference.told[1]
    if difference.title == NAME:
        return bool(person.name == theirs)
    if difference.kind == DifferenceKind.VALUE:
        return kind.value(facts) == theirs
    return kind.holds(facts) == (difference.kind == DifferenceKind.NOT_FLAGGED)


def _places(keys: set[int]) -> dict[int, Place]:
    """Where findings of differences lead: the household, and the person's name."""
    rows: Any = ListDifference.objects.filter(pk__in=keys).select_related("household", "person")
    found = {}
    for row in rows:
        home: Household = row.household
        url = reverse("households:detail", args=[home.number])
        found[row.pk] = Place(f"{row.person.name}　{home.number}", row.person.name, url)
    return found


ELSEWHERE[SUBJECT] = _places
