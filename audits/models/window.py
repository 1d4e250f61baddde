"""开放调整期: when the national system can be changed, as the district records it (R045, R063; 004 L1064–1068)."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from areas.models import Area
from areas.scope import ScopedQuerySet


class WindowQuerySet(ScopedQuerySet):
    def open_on(self, county: Area, day: datetime.date) -> "WindowQuerySet":
        """Both days count. Withdrawn ones were entered by mistake."""
        return self.filter(county=county, opens_on__lte=day, closes_on__gte=day, withdrawn_at__isnull=True)


class AdjustmentWindow(models.Model):
    area_field = "county"

    county = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区县")
    opens_on = models.DateField("开放日期")
    closes_on = models.DateField("关闭日期")
    source = models.CharField("依据", max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记人",
    )
    recorded_at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, editable=False)

    objects = WindowQuerySet.as_manager()

    class Meta:
        verbose_name = "开放调整期"
        ordering = ["-opens_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="window_closes_after_opening",
                violation_error_message="关闭日期不能早于开放日期",
            )
        ]

    def __str__(self) -> str:
        return f"{self.county} {self.opens_on}—{self.closes_on}"
