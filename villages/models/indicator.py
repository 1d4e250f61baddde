"""主要指标 (004 专栏3; R284, R321): what a plan promises of a county, and the values its named sources enter.

What is printed (base, target) is kept as words, since a plan writes 基本完成 as readily as 100. Values are figures by
year; an entered one is never changed: a later one takes its place and the earlier stays in sight. Report `indicators`
reads `Indicator.values_of`.
"""

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.units import Unit
from areas.models import Area
from areas.scope import ScopedQuerySet

FIRST_YEAR = 2015


class ValueTaken(Exception):
    """Somebody else entered the same year first (409); the message is for the screen."""


class Binding(models.TextChoices):
    BINDING = "约束性", "约束性"
    EXPECTED = "预期性", "预期性"


class Indicator(models.Model):
    """A line of the table. `units` names who enters it; where `registered` the register itself counts it."""

    code = models.SlugField("编号", max_length=30, unique=True)
    order = models.PositiveSmallIntegerField("次序")
    category = models.CharField("类别", max_length=10)
    name = models.CharField("指标", max_length=60)
    unit = models.CharField("单位", max_length=10)
    attribute = models.CharField("属性", max_length=3, choices=Binding.choices)
    source = models.CharField("数据来源", max_length=40)
    units = models.CharField("填报部门", max_length=60, blank=True)
    registered = models.BooleanField("由登记计算", default=False)

    objects = models.Manager()

    class Meta:
        verbose_name = "主要指标"
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name

    @property
    def sources(self) -> list[str]:
        """The units that enter it."""
        return [unit for unit in self.units.split("、") if unit in Unit.values]

    @staticmethod
    def values_of(area: Area, until: int) -> dict[tuple[str, int], Decimal]:
        """(code, year) → value that stands, of exactly this area."""
        rows = IndicatorValue.objects.standing().filter(area=area, year__lte=until)
        return {(row.indicator.code, row.year): row.value for row in rows.select_related("indicator")}

    def enter(
        self,
        area: Area,
        *,
        year: int,
        value: Decimal,
        unit: str,
        by: Any,
        at: datetime.datetime,
        note: str = "",
        instead_of: int | None = None,
    ) -> "IndicatorValue":
        """The value of a year. `instead_of` is the one that the page showed: ValueTaken when another stands by now."""
        with transaction.atomic():
            standing = IndicatorValue.objects.standing().filter(indicator=self, area=area, year=year)
            if instead_of is not None and not standing.filter(pk=instead_of).update(replaced_at=at):
                raise ValueTaken("打开本页以后，这一年的数已由别人填报，请刷新后再填")
            try:
                with transaction.atomic():
                    return IndicatorValue.objects.create(
                        indicator=self,
                        area=area,
                        year=year,
                        value=value,
                        entered_unit=unit,
                        entered_by=by,
                        entered_at=at,
                        note=note,
                    )
            except IntegrityError as error:
                raise ValueTaken(f"{year}年的数已经有人填报，请刷新后再填") from error


class IndicatorGoal(models.Model):
    """What the plan prints of an area: base and target, as words."""

    area_field = "area"

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="goals", verbose_name="指标")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    base_year = models.PositiveSmallIntegerField("基期年")
    base = models.CharField("基期", max_length=30)
    target_year = models.PositiveSmallIntegerField("目标年")
    target = models.CharField("目标", max_length=30)
    document = models.CharField("依据", max_length=100)
    place = models.CharField("章节位置", max_length=60, blank=True)
    note = models.CharField("说明", max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "指标目标"
        ordering = ["indicator"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "area"], name="indicator_goal_once"),
            models.CheckConstraint(
                condition=Q(target_year__gte=models.F("base_year")),
                name="indicator_target_after_base",
                violation_error_message="目标年不能早于基期年",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.target}"


class IndicatorValueQuerySet(ScopedQuerySet):
    def standing(self) -> "IndicatorValueQuerySet":
        return self.filter(replaced_at__isnull=True)


class IndicatorValue(models.Model):
    area_field = "area"

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="values", verbose_name="指标")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    year = models.PositiveSmallIntegerField("年度")
    value = models.DecimalField("数值", max_digits=14, decimal_places=4)
    note = models.CharField("说明", max_length=100, blank=True)
    entered_unit = models.CharField("填报部门", max_length=8, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="填报人"
    )
    entered_at = models.DateTimeField("填报时间")
    replaced_at = models.DateTimeField("替换时间", null=True)

    objects = IndicatorValueQuerySet.as_manager()

    class Meta:
        verbose_name = "指标数值"
        ordering = ["year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "area", "year"],
                condition=Q(replaced_at__isnull=True),
                name="indicator_value_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.year} {self.value}"

    @property
    def shown(self) -> str:
        """Without the noughts behind the point that nobody typed."""
        return f"{self.value.normalize():f}"
