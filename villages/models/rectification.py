"""整改 (R305, R306): a problem with its unit, its time limit, what was done and the result, which somebody else verifies;
and the 责任清单 of departments and towns (R307)."""

import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q

from accounts.models import User
from accounts.roles import Capability
from accounts.units import Unit
from areas.scope import ScopedQuerySet
from office.clock import end_of
from office.days import moment, written
from office.striking import StrikableQuerySet, struck_with_a_reason
from villages.models.inspection import Inspection
from villages.models.work_record import WorkRecord, by_whom

DEPARTMENTS = 25  # 004 一章二节一(三): departments that have a list


class OfUnitsQuerySet(StrikableQuerySet):
    def visible_to(self, user: Any) -> Any:
        """In one's area; a department sees those of its own unit alone."""
        if isinstance(user, AnonymousUser):
            return self.none()
        found = super().visible_to(user)
        if isinstance(user, User) and Capability.DUTY_VIEW in user.capabilities():
            return found.filter(user.unit_q(Capability.DUTY_VIEW))
        return found


class Source(models.TextChoices):
    INSPECTION = "督查", "督查"
    THIRD = "第三方监测", "第三方监测"
    AUDIT = "审计", "审计"
    ASSESSMENT = "考核", "考核"
    PATROL = "巡视巡察", "巡视巡察"
    PEOPLE = "群众反映", "群众反映"
    SELF = "自查", "自查"


class RectState(models.TextChoices):
    OPEN = "待整改", "待整改"
    UNDER_WAY = "整改中", "整改中"
    REPORTED = "待验收", "待验收"
    CLOSED = "已销号", "已销号"


S = RectState
UNFINISHED = (S.OPEN, S.UNDER_WAY)
PLANNED, REPORTED, SENT_BACK, VERIFIED = "定整改措施", "报整改结果", "退回再整改", "验收销号"
# The state that a step leaves it in; one that only moves the limit leaves it where it is.
AFTER = {PLANNED: S.UNDER_WAY, REPORTED: S.REPORTED, SENT_BACK: S.UNDER_WAY, VERIFIED: S.CLOSED}


class RectificationQuerySet(OfUnitsQuerySet):
    def late_by(self, day: datetime.date) -> "RectificationQuerySet":
        """Those whose limit passed before anything was reported: what an assessment as of the day counts."""
        never = Q(reported_on__isnull=True) | Q(reported_on__gt=models.F("due_on"))
        return self.standing().filter(never, due_on__lt=day)  # type: ignore[return-value]

    def stood(self, day: datetime.date) -> "RectificationQuerySet":
        """With `state_then`: the state at the end of the day, as the steps until then had left it."""
        steps = RectificationStep.objects.filter(rectification=models.OuterRef("pk"), at__lt=end_of(day))
        last = steps.filter(action__in=AFTER).order_by("-pk").values("action")[:1]
        states = [models.When(turn=action, then=models.Value(state)) for action, state in AFTER.items()]
        then = models.Case(*states, default=models.Value(S.OPEN), output_field=models.CharField())
        return self.annotate(turn=models.Subquery(last), state_then=then)  # type: ignore[return-value]


class Rectification(WorkRecord):
    source = models.CharField("来源", max_length=5, choices=Source.choices)
    inspection = models.ForeignKey(
        Inspection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rectifications",
        verbose_name="督查",
        editable=False,
    )
    problem = models.CharField("问题", max_length=500)
    unit = models.CharField("责任部门", max_length=8, choices=Unit.choices, blank=True)
    holder = models.CharField("责任单位和责任人", max_length=80)
    due_on = models.DateField("整改期限")
    state = models.CharField("状态", max_length=3, choices=S.choices, default=S.OPEN, editable=False)
    measures = models.CharField("整改措施", max_length=500, blank=True, editable=False)
    result = models.CharField("整改结果", max_length=500, blank=True, editable=False)
    reported_by = by_whom("报结果的人")
    reported_on = models.DateField("报结果日期", null=True, editable=False)
    closed_by = by_whom("验收人")
    closed_on = models.DateField("销号日期", null=True, editable=False)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = "整改"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["state", "due_on"], name="rectification_due")]
        constraints = [
            struck_with_a_reason("rectification_struck_with_a_reason", "作废须写明原因"),
            models.CheckConstraint(
                condition=~Q(state=S.CLOSED)
                | (Q(closed_on__isnull=False, closed_by__isnull=False) & ~Q(result="")),
                name="rectification_closed_with_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area.name}　{self.problem[:30]}"

    def is_late(self, day: datetime.date) -> bool:
        return self.state in UNFINISHED and self.due_on < day and self.struck_at is None

    @property
    def turns(self) -> models.QuerySet:
        """What was done, for the page of the record."""
        return self.steps.select_related("by")

    def plan(self, *, measures: str, by: Any, at: datetime.datetime) -> None:
        """整改措施 of whom it concerns; again while it is under way."""
        facts = {"state": S.UNDER_WAY, "measures": measures}
        self._turn(Q(state__in=UNFINISHED), PLANNED, by, at, measures, **facts)

    def report(self, *, result: str, by: Any, at: datetime.datetime) -> None:
        facts = {"state": S.REPORTED, "result": result, "reported_by": by, "reported_on": at.date()}
        self._turn(Q(state=S.UNDER_WAY), REPORTED, by, at, result, **facts)

    def verify(self, *, note: str, by: Any, at: datetime.datetime) -> None:
        """销号 by somebody who did not report it; PermissionDenied for who did."""
        self._other_eyes(by)
        facts = {"state": S.CLOSED, "closed_by": by, "closed_on": at.date()}
        self._turn(Q(state=S.REPORTED) & ~Q(reported_by=by), VERIFIED, by, at, note, **facts)

    def send_back(self, *, note: str, by: Any, at: datetime.datetime) -> None:
        self._other_eyes(by)
        facts = {"state": S.UNDER_WAY, "reported_on": None}
        self._turn(Q(state=S.REPORTED), SENT_BACK, by, at, note, **facts)

    def extend(self, *, due_on: datetime.date, note: str, by: Any, at: datetime.datetime) -> None:
        guard = Q(state__in=UNFINISHED, due_on__lt=due_on)
        self._turn(guard, f"延期到{written(due_on)}", by, at, note, due_on=due_on)

    def _other_eyes(self, by: Any) -> None:
        if self.reported_by_id == by.pk:
            raise PermissionDenied("结果由另一人验收：报结果的人不能自己销号")

    def _turn(self, guard: Q, action: str, by: Any, at: datetime.datetime, note: str, **facts: Any) -> None:
        with transaction.atomic():
            self.step(guard, f"现在是“{self.state}”，不能{action}", **facts)
            self.steps.create(action=action, by=by, at=at, note=note)


class RectificationStep(models.Model):
    """What was done, by whom and when; only added to."""

    area_field = "rectification__area"

    rectification = models.ForeignKey(
        Rectification, models.CASCADE, related_name="steps", verbose_name="整改"
    )
    action = models.CharField("办理", max_length=20)
    by = by_whom("办理人")
    at = models.DateTimeField("时间")
    note = models.CharField("说明", max_length=500, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "整改过程"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.action} {moment(self.at)}"


class Responsibility(WorkRecord):
    """A line of a 责任清单: what a department or a town answers for in a year."""

    year = models.PositiveSmallIntegerField("年度")
    unit = models.CharField("部门", max_length=8, choices=Unit.choices, blank=True)
    holder = models.CharField("责任单位和责任人", max_length=80)
    text = models.CharField("责任事项", max_length=300)
    lead = models.BooleanField("牵头", default=True)
    due_on = models.DateField("完成期限")
    basis = models.CharField("依据", max_length=100, blank=True)
    done_on = models.DateField("完成日期", null=True, editable=False)
    done_note = models.CharField("完成情况", max_length=300, blank=True, editable=False)

    objects = OfUnitsQuerySet.as_manager()

    class Meta:
        verbose_name = "责任清单"
        ordering = ["-year", "due_on", "pk"]
        constraints = [struck_with_a_reason("responsibility_struck_with_a_reason", "作废须写明原因")]

    def __str__(self) -> str:
        return f"{self.year}年　{self.text[:30]}"

    def is_late(self, day: datetime.date) -> bool:
        return self.done_on is None and self.due_on < day and self.struck_at is None

    def finish(self, *, on: datetime.date, note: str) -> None:
        self.step(Q(done_on__isnull=True), "已经完成", done_on=on, done_note=note)
