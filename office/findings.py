"""疑点数据: what numbered checks found wrong, kept until the data are right or somebody has confirmed them.

Which rules there are, and what they read, is their app's matter. An app turns what it found into `Found`,
says which records it looked at, and `reconcile` brings the work list in line: opens what is new, keeps what
is known, closes what is gone. A warning confirmed with a reason (核实保留) stays quiet until the data change,
which the fingerprint tells. Running it twice has the effect of running it once.
"""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from office.pii import is_same
from office.prints import PrintField
from office.rulebook import ERROR, WARNING

OPENED, KEPT, CLOSED, REOPENED = "opened", "kept", "closed", "reopened"
# What the check says of a finding; the rest is what people did with it.
SAID = ("severity", "message", "area", "fields", "fingerprint")


class FindingState(models.TextChoices):
    OPEN = "待核", "待核"
    CONFIRMED = "核实保留", "核实保留"
    GONE = "已消除", "已消除"


class Severity(models.TextChoices):
    ERROR = ERROR, "错误"
    WARNING = WARNING, "提醒"


@dataclass(frozen=True)
class Subject:
    """A record that was checked; `type` is its model's label_lower, `area` the id of the area it lies in."""

    type: str
    id: str
    area: int


@dataclass(frozen=True)
class Found:
    """One broken rule of one subject. `part` tells findings of one rule apart: a person's number, a year."""

    rule: str
    severity: str
    message: str
    fingerprint: str
    part: str = ""
    fields: tuple[str, ...] = ()


class FindingQuerySet(ScopedQuerySet):
    def waiting(self) -> "FindingQuerySet":
        return self.filter(state=FindingState.OPEN)

    def seen(self, day: datetime.date) -> "FindingQuerySet":
        """Those that there were by the end of the day. One that went and came back began anew."""
        return self.filter(first_seen__lte=day)

    def waiting_on(self, day: datetime.date) -> "FindingQuerySet":
        """Of those the ones that had not gone by then, nor been confirmed."""
        gone = Q(state=FindingState.GONE, last_seen__lte=day)
        confirmed = Q(confirmed_on__gte=F("first_seen"), confirmed_on__lte=day) & ~Q(state=FindingState.OPEN)
        return self.seen(day).exclude(gone).exclude(confirmed)

    def of(self, subject: models.Model) -> "FindingQuerySet":
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))


class Finding(models.Model):
    """One row a rule, record and part, for good: what comes back opens the same row again."""

    area_field = "area"

    rule = models.CharField("规则", max_length=10)
    severity = models.CharField("程度", max_length=8, choices=Severity.choices)
    message = models.CharField("问题", max_length=200)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    subject_type = models.CharField("对象类型", max_length=60)
    subject_id = models.CharField("对象编号", max_length=64)
    part = models.CharField("对象部分", max_length=40, blank=True)
    fields = models.JSONField("字段", default=list)
    fingerprint = PrintField("数据指纹", max_length=100)
    state = models.CharField("状态", max_length=8, choices=FindingState.choices, default=FindingState.OPEN)
    first_seen = models.DateField("发现日期")
    last_seen = models.DateField("最近核查日期")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核实人",
    )
    due_on = models.DateField("核实期限", null=True, blank=True)
    reason = models.CharField("核实保留原因", max_length=200, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核实保留人",
    )
    confirmed_on = models.DateField("核实保留日期", null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "疑点数据"
        ordering = ["severity", "area", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "rule", "part"], name="finding_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=FindingState.CONFIRMED) | ~Q(reason=""),
                name="finding_confirmed_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "area", "rule"], name="finding_state_area"),
            models.Index(fields=["owner", "state"], name="finding_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.message}"

    @property
    def is_open(self) -> bool:
        return self.state == FindingState.OPEN

    @property
    def may_be_confirmed(self) -> bool:
        """Errors are mended, never confirmed."""
        return self.is_open and self.severity == WARNING

    def confirm(self, *, by: Any, on: datetime.date, reason: str) -> bool:
        """核实保留; False when the finding or its data have changed since this object was read.

        Raises ValidationError without a reason, or for an error.
        """
        reason = reason.strip()
        if not reason:
            raise ValidationError("请写明核实保留的原因")
        if self.severity == ERROR:
            raise ValidationError("这是错误，须改正数据，不能核实保留")
        same = Finding.objects.waiting().filter(
            pk=self.pk, fingerprint=self.fingerprint, severity=self.severity
        )
        changed = {
            "state": FindingState.CONFIRMED,
            "reason": reason,
            "confirmed_by": by,
            "confirmed_on": on,
        }
        return bool(same.update(**changed))

    def assign(self, *, owner: Any, due_on: datetime.date | None) -> bool:
        """Who verifies it and by when; False when it is not waiting any more."""
        return bool(Finding.objects.waiting().filter(pk=self.pk).update(owner=owner, due_on=due_on))


def reconcile(
    subjects: Sequence[Subject], breaches: Mapping[Subject, Sequence[Found]], day: datetime.date
) -> Counter[str]:
    """Brings the findings of these subjects in line with what was found of them on the day.

    Everything that is known of the subjects and not among `breaches` is closed, so all rules of a subject
    come in one call. A constant number of statements for any number of subjects of one type.
    """
    tally: Counter[str] = Counter()
    with transaction.atomic():
        known = _known(subjects)
        new, changed, moved, kept = [], [], [], []
        for subject, finds in breaches.items():
            for found in finds:
                row = known.pop((subject.type, subject.id, found.rule, found.part), None)
                if row is None:
                    new.append(_row(subject, found, day))
                    continue
                before = [_value(row, name) for name in SAID]
                _say(row, subject, found)
                if row.state == FindingState.GONE or not is_same(str(before[-1]), row.fingerprint):
                    tally[KEPT if row.is_open else REOPENED] += 1
                    changed.append(_reopened(row, day))
                    continue
                tally[KEPT] += 1
                kept.append(row.pk)
                if before != [_value(row, name) for name in SAID]:
                    moved.append(row)
        gone = [row.pk for row in known.values() if row.state != FindingState.GONE]
        tally[OPENED] += len(Finding.objects.bulk_create(new, ignore_conflicts=True))
        if changed:
            columns = [*SAID, "state", "first_seen", "last_seen", "due_on"]
            Finding.objects.bulk_update(changed, columns, batch_size=500)
        if moved:
            Finding.objects.bulk_update(moved, SAID, batch_size=500)
        if kept:
            Finding.objects.filter(pk__in=kept).update(last_seen=day)
        if gone:
            tally[CLOSED] += Finding.objects.filter(pk__in=gone).update(
                state=FindingState.GONE, last_seen=day
            )
    return tally


def _known(subjects: Sequence[Subject]) -> dict[tuple[str, str, str, str], Finding]:
    ids: dict[str, set[str]] = {}
    for subject in subjects:
        ids.setdefault(subject.type, set()).add(subject.id)
    return {
        (row.subject_type, row.subject_id, row.rule, row.part): row
        for kind, those in sorted(ids.items())
        for row in Finding.objects.filter(subject_type=kind, subject_id__in=those)
    }


def _row(subject: Subject, found: Found, day: datetime.date) -> Finding:
    row = Finding(
        rule=found.rule,
        part=found.part,
        subject_type=subject.type,
        subject_id=subject.id,
        first_seen=day,
        last_seen=day,
    )
    _say(row, subject, found)
    return row


def _say(row: Finding, subject: Subject, found: Found) -> None:
    row.severity, row.message, row.fields = found.severity, found.message, list(found.fields)
    row.area_id, row.fingerprint = subject.area, found.fingerprint


def _value(row: Finding, name: str) -> Any:
    return row.area_id if name == "area" else getattr(row, name)


def _reopened(row: Finding, day: datetime.date) -> Finding:
    """An open one stays as it is with its new data; any other begins anew, its old reason still in sight."""
    if not row.is_open:
        row.state, row.first_seen, row.due_on = FindingState.OPEN, day, None
    row.last_seen = day
    return row
