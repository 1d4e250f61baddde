"""What a version of a plan table carries over from a year that was missed into the next (滚动: 004 第二章第三节二)."""

from django.db import models
from django.db.models import F, Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from reporting.models.plan import PlanTable


class PlanCarry(models.Model):
    """`planned` and `actual` of the missed `year`, as they stood when `carried` was added to the year after it.

    A later version keeps the rows of the one it was made of. Persons, households or villages, never 万.
    """

    table = models.ForeignKey(PlanTable, models.CASCADE, related_name="carries", verbose_name="规划表")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    group = models.CharField("组别", max_length=40)
    measure = models.CharField("项目", max_length=120)
    standard = models.CharField("标准", max_length=20)
    year = models.PositiveSmallIntegerField("未完成年度")
    planned = models.PositiveIntegerField("年度计划")
    actual = models.PositiveIntegerField("实际完成")
    carried = models.PositiveIntegerField("结转到下一年")

    area_field = "table__area"
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "规划结转"
        ordering = ["table", "year", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(carried__gt=0), name="plan_carries_something"),
            models.CheckConstraint(condition=Q(planned__gt=F("actual")), name="plan_carries_what_was_missed"),
        ]

    def __str__(self) -> str:
        return f"{self.area}{self.year}年{self.standard}结转{self.carried}"

    @property
    def missed(self) -> int:
        return self.planned - self.actual
