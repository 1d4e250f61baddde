"""委托办理: somebody acts for another person at the stages of that person's duty, between two days.

The deputy is a business user who sees the principal's area already; who stands in cannot pass it on, and both
count as having decided (four eyes).
"""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from accounts.models import User
from accounts.roles import BUSINESS
from areas.models import Area
from areas.scope import ScopedQuerySet
from office import clock, trail


class DelegationQuerySet(ScopedQuerySet):
    def valid_on(self, day: datetime.date) -> "DelegationQuerySet":
        return self.filter(start_on__lte=day, end_on__gte=day, ended_at__isnull=True)


class Delegation(models.Model):
    area_field = "area"

    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations", verbose_name="委托人"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="stands_in", verbose_name="受托人"
    )
    # Where the principal's duty lies: who sees the area sees who stands in there.
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区域")
    start_on = models.DateField("开始日期")
    end_on = models.DateField("结束日期")
    reason = models.CharField("委托原因", max_length=200)
    recorded_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("提前终止时间", null=True, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = "委托"
        ordering = ["-start_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__gte=F("start_on")), name="delegation_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(principal=F("deputy")), name="delegation_to_another"),
            models.CheckConstraint(condition=~Q(reason=""), name="delegation_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.principal}委托{self.deputy}（{self.start_on}—{self.end_on}）"

    @classmethod
    def give(
        cls,
        *,
        principal: User,
        deputy: User,
        start_on: datetime.date,
        end_on: datetime.date,
        reason: str,
        at: datetime.datetime | None = None,
    ) -> "Delegation":
        """By the principal; ValidationError for oneself, no reason, another area or a user without business."""
        duty = next((each for each in principal.valid_duties() if each.role in BUSINESS), None)
        if duty is None:
            raise ValidationError("委托人没有业务任职")
        if deputy.pk == principal.pk:
            raise ValidationError("不能委托给自己")
        if not deputy.area_scope().covers(duty.area):
            raise ValidationError("受托人的任职区域须包含委托人的区域")
        if not reason.strip():
            raise ValidationError("请写明委托的原因")
        if end_on < start_on:
            raise ValidationError("结束日期不能早于开始日期")
        with transaction.atomic():
            given = cls.objects.create(
                principal=principal,
                deputy=deputy,
                area=duty.area,
                start_on=start_on,
                end_on=end_on,
                reason=reason.strip(),
                recorded_at=at or clock.moment(),
            )
            trail.record(
                "委托办理",
                actor=principal,
                subject=given,
                area=duty.area,
                detail={"受托人": str(deputy), "起": start_on, "止": end_on},
            )
        return given

    def end(self, *, by: Any, at: datetime.datetime | None = None) -> bool:
        """At once; False when it has been ended already."""
        running = Delegation.objects.filter(pk=self.pk, ended_at__isnull=True)
        with transaction.atomic():
            done = bool(running.update(ended_at=at or clock.moment()))
            trail.record(
                "结束委托", actor=by, subject=self, area=self.area, detail={"受托人": str(self.deputy)}
            )
        return done
