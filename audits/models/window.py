"""开放调整期: when the national system can be changed, as the district records it (R045, R063; 004 L1064–1068)."""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from office import trail


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

    @classmethod
    def record(
        cls,
        *,
        county: Area,
        opens_on: datetime.date,
        closes_on: datetime.date,
        source: str,
        by: Any,
        at: datetime.datetime,
    ) -> "AdjustmentWindow":
        """As the province announced it; ValidationError when it closes before it opens or overlaps another."""
        window = cls(
            county=county,
            opens_on=opens_on,
            closes_on=closes_on,
            source=source.strip(),
            recorded_by=by,
            recorded_at=at,
        )
        window.full_clean()
        standing = cls.objects.filter(county=county, withdrawn_at__isnull=True)
        if standing.filter(opens_on__lte=closes_on, closes_on__gte=opens_on).exists():
            raise ValidationError("和已登记的调整期重叠：有误的先撤回")
        with transaction.atomic():
            window.save()
            detail = {"起": opens_on, "止": closes_on, "依据": window.source}
            trail.record("登记开放调整期", actor=by, subject=window, area=county, detail=detail)
        return window

    def withdraw(self, *, by: Any, at: datetime.datetime) -> bool:
        """Entered by mistake; False when it has been withdrawn already."""
        with transaction.atomic():
            standing = AdjustmentWindow.objects.filter(pk=self.pk, withdrawn_at__isnull=True)
            done = bool(standing.update(withdrawn_at=at))
            if done:
                trail.record("撤回开放调整期", actor=by, subject=self, area=self.county)
        return done
