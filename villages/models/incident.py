"""前哨 (P5.13; R279, R317): an incident that touches poor people is found, reported, handled and closed, with its times.

What happened is sealed: it names people and their troubles. The plans leave the days open; they are settings.
"""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from office.days import moment, written
from office.pii import EncryptedTextField

LONGEST = 500


class OutOfTurn(Exception):
    """Somebody else was first, or the incident does not stand there (409); the message is for the screen."""


class IncidentKind(models.TextChoices):
    OPINION = "涉贫舆情", "涉贫舆情"
    PETITION = "信访", "信访"
    MONEY = "资金问题", "资金问题"
    HARDSHIP = "突发困难", "突发困难"
    DISASTER = "灾害事故", "灾害事故"
    WORKS = "项目质量", "项目质量"
    CONDUCT = "作风问题", "作风问题"
    OTHER = "其他", "其他"


class IncidentLevel(models.TextChoices):
    USUAL = "一般", "一般"
    MAJOR = "重大", "重大"


class FoundBy(models.TextChoices):
    ROUNDS = "走访巡查", "走访巡查"
    PEOPLE = "群众反映", "群众反映"
    LETTERS = "来信来访", "来信来访"
    PRESS = "媒体网络", "媒体网络"
    HIGHER = "上级交办", "上级交办"


class IncidentState(models.TextChoices):
    FOUND = "已发现", "已发现"
    REPORTED = "已上报", "已上报"
    HANDLED = "处置中", "处置中"
    CLOSED = "已办结", "已办结"


S = IncidentState


class IncidentQuerySet(ScopedQuerySet):
    def overdue(self, day: datetime.date) -> "IncidentQuerySet":
        """Not reported, or not closed, by the day it had to be."""
        report = Q(state=S.FOUND, report_by__lt=day)
        return self.filter(report | Q(state__in=(S.REPORTED, S.HANDLED), close_by__lt=day))


class Incident(models.Model):
    area_field = "area"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="发生地")
    kind = models.CharField("类别", max_length=4, choices=IncidentKind.choices)
    level = models.CharField("程度", max_length=2, choices=IncidentLevel.choices)
    found_by = models.CharField("发现途径", max_length=4, choices=FoundBy.choices)
    found_on = models.DateField("发现日期")
    what = EncryptedTextField("情况", max_length=LONGEST)
    state = models.CharField("状态", max_length=3, choices=S.choices, default=S.FOUND)
    report_by = models.DateField("上报期限")
    reported_at = models.DateTimeField("上报时间", null=True)
    handler = models.CharField("处置单位", max_length=60, blank=True)
    close_by = models.DateField("处置期限", null=True)
    result = EncryptedTextField("处置结果", blank=True, max_length=LONGEST)
    closed_at = models.DateTimeField("办结时间", null=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = "涉贫事件"
        ordering = ["-found_on", "-pk"]
        indexes = [models.Index(fields=["state", "found_on"], name="incident_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=S.CLOSED) | (Q(closed_at__isnull=False) & ~Q(result="")),
                name="incident_closed_with_result",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(S.HANDLED, S.CLOSED)) | (~Q(handler="") & Q(close_by__isnull=False)),
                name="incident_handled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}{self.kind} {written(self.found_on)}"

    def is_late(self, day: datetime.date) -> bool:
        if self.state == S.FOUND:
            return self.report_by < day
        return self.state != S.CLOSED and self.close_by is not None and self.close_by < day

    @classmethod
    def find(cls, *, by: Any, at: datetime.datetime, days: int, **facts: Any) -> "Incident":
        """发现; to be reported within so many days of the day it was found."""
        with transaction.atomic():
            due = facts["found_on"] + datetime.timedelta(days=days)
            made = cls.objects.create(report_by=due, **facts)
            made.steps.create(action="发现", by=by, at=at)
        return made

    def report(self, *, by: Any, at: datetime.datetime, days: int, note: str = "") -> None:
        """上报 to the town and the district, who have so many days for it."""
        due = at.date() + datetime.timedelta(days=days)
        self._move((S.FOUND,), S.REPORTED, "上报", by, at, note, reported_at=at, close_by=due)

    def handle(
        self, *, by: Any, at: datetime.datetime, handler: str, close_by: datetime.date, note: str
    ) -> None:
        """处置: who does it, what is done first, by when; again when another takes it over."""
        facts = {"handler": handler, "close_by": close_by}
        self._move((S.REPORTED, S.HANDLED), S.HANDLED, f"{handler}处置"[:30], by, at, note, **facts)

    def close(self, *, by: Any, at: datetime.datetime, result: str) -> None:
        sealed = Incident(uid=self.uid, result=result)
        field: Any = Incident._meta.get_field("result")
        self._move((S.HANDLED,), S.CLOSED, "办结", by, at, "", result=field.token_for(sealed), closed_at=at)

    def _move(
        self,
        before: tuple[str, ...],
        after: str,
        action: str,
        by: Any,
        at: datetime.datetime,
        note: str,
        **facts: Any,
    ) -> None:
        with transaction.atomic():
            mine = Incident.objects.filter(pk=self.pk, state__in=before)
            if not mine.update(state=after, **facts):
                self.refresh_from_db()
                raise OutOfTurn(f"这件事现在是“{self.state}”，不能再{action}")
            self.refresh_from_db()
            self.steps.create(action=action, by=by, at=at, note=note)


class IncidentStep(models.Model):
    """What was done, by whom and when; only added to."""

    area_field = "incident__area"

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="steps", verbose_name="涉贫事件")
    action = models.CharField("办理", max_length=30)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    at = models.DateTimeField("时间")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "事件办理过程"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.action} {moment(self.at)}"
