"""Why help that was to go on after an exit did not, when that is as it should be (audits/continued.py)."""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from accounts.roles import Role
from areas.scope import AreaScope, ScopedQuerySet
from audits import acting
from audits.refusals import NotNow
from measures.models import Measure
from office import clock, trail

NOTERS = (Role.TOWN, Role.DISTRICT)


class StopReasonQuerySet(ScopedQuerySet):
    def in_scope(self, scope: AreaScope) -> "StopReasonQuerySet":
        return self.filter(measure__in=Measure.objects.in_scope(scope))


class StopReason(models.Model):
    """Of the last measure of its kind in the year of the exit."""

    measure = models.OneToOneField(
        Measure, models.PROTECT, related_name="stop_reason", verbose_name="帮扶措施"
    )
    reason = models.CharField("停止原因", max_length=200)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    noted_on = models.DateField("登记日期")
    recorded_at = models.DateTimeField("登记时间")

    objects = StopReasonQuerySet.as_manager()

    class Meta:
        app_label = "audits"
        verbose_name = "政策停止说明"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="stop_reason_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.measure}：{self.reason}"

    @classmethod
    def note(
        cls,
        measure: Measure,
        reason: str,
        *,
        by: Any,
        on: datetime.date,
        at: datetime.datetime | None = None,
    ) -> "StopReason":
        """Once; NotNow when somebody has noted it already."""
        acting.require(by, NOTERS, measure.place, on, "说明政策停止的原因")
        if not reason.strip():
            raise ValidationError("请写明停止的原因")
        noted = cls(
            measure=measure,
            reason=reason.strip()[:200],
            noted_by=by,
            noted_on=on,
            recorded_at=at or clock.moment(),
        )
        try:
            with transaction.atomic():
                noted.save()
        except IntegrityError as twice:
            other = cls.objects.select_related("noted_by").get(measure=measure)
            raise NotNow(f"已由{other.noted_by}说明：{other.reason}") from twice
        detail = {"政策": str(measure.policy), "原因": noted.reason}
        trail.record("说明政策停止", actor=by, subject=noted, area=measure.place, detail=detail)
        return noted
