"""Shocks: illness, accident, disaster, job loss; an open one colours an exited household 黄 (domain §4)."""

import datetime

from django.db import models
from django.db.models import F, Q

from areas.scope import ScopedQuerySet
from households.codes import CODES
from households.models.belonging import OfHousehold, money
from office.codes import CodeField
from office.days import written


class ShockQuerySet(ScopedQuerySet):
    def open(self, on: datetime.date) -> "ShockQuerySet":
        """Those that had happened by the end of the day and were not settled by it."""
        return self.filter(Q(settled_on__isnull=True) | Q(settled_on__gt=on), happened_on__lte=on)


class Shock(OfHousehold):
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="shocks", verbose_name="户"
    )
    kind = CodeField(CODES, "shock_kind", verbose_name="变故类型")
    happened_on = models.DateField("发生日期")
    settled_on = models.DateField("消除日期", null=True, blank=True)
    amount = money("造成支出或损失")

    objects = ShockQuerySet.as_manager()

    class Meta:
        verbose_name = "变故"
        ordering = ["-happened_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True) | Q(settled_on__gte=F("happened_on")),
                name="shock_settled_after_it_happened",
                violation_error_message="消除日期不能早于发生日期",
            )
        ]

    def __str__(self) -> str:
        return f"{written(self.happened_on)} {self.kind}"
