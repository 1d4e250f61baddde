"""督查 (R256, R305, R312–R314): who looked at what, when, what they found, to whom it was told, and what is published.

The first secretary and the team of a village are looked at in every quarter (004 十章一节三); the result is fed back
and published in part. Of third parties the independence is recorded (004 十二章四节一).
"""

import datetime

from django.db import models
from django.db.models import Q

from office.days import written
from office.striking import StrikableQuerySet, struck_with_a_reason
from villages.models.work_record import WorkRecord

PER_QUARTER = 1


class InspectionKind(models.TextChoices):
    RESIDENT = "驻村督查", "驻村督查"  # of first secretary and team, each quarter (R256)
    LEADING = "领导小组督查", "领导小组督查"  # of chosen departments and areas (R305)
    MONTHLY = "月度督查", "月度督查"  # by 纪委 and 督查室 (002, R314)
    THIRD = "第三方监测", "第三方监测"  # R312
    YEARLY = "年度验收", "年度验收"  # early in December (002, R313)


class Grade(models.TextChoices):
    GOOD = "好", "好"
    FAIR = "一般", "一般"
    POOR = "差", "差"


class Inspection(WorkRecord):
    kind = models.CharField("类别", max_length=6, choices=InspectionKind.choices)
    on = models.DateField("督查日期")
    body = models.CharField("督查单位", max_length=60)
    inspectors = models.CharField("督查人员", max_length=100)
    inspected = models.CharField("被督查的单位或人员", max_length=100)
    grade = models.CharField("评价", max_length=2, choices=Grade.choices)
    findings = models.CharField("发现的情况", max_length=1000)
    independent = models.BooleanField(
        "与被查单位没有隶属和利益关系", default=False, help_text="第三方监测必须勾选"
    )
    fed_on = models.DateField("反馈日期", null=True, editable=False)
    fed_to = models.CharField("反馈对象", max_length=100, blank=True, editable=False)
    published_text = models.CharField("公开内容", max_length=500, blank=True, editable=False)
    published_at = models.DateTimeField("公开时间", null=True, editable=False)

    objects = StrikableQuerySet.as_manager()

    class Meta:
        verbose_name = "督查"
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["kind", "area", "on"], name="inspection_of_an_area")]
        constraints = [
            struck_with_a_reason("inspection_struck_with_a_reason", "作废须写明原因"),
            models.CheckConstraint(
                condition=~Q(kind=InspectionKind.THIRD) | Q(independent=True),
                name="third_party_is_independent",
                violation_error_message="第三方与被查单位有隶属或利益关系的，不能作第三方监测",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | (Q(fed_on__isnull=False) & ~Q(published_text="")),
                name="inspection_fed_back_before_published",
                violation_error_message="反馈以后才公开，公开的内容要写明",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.area.name} {written(self.on)}"

    def feed_back(self, *, on: datetime.date, to: str) -> None:
        self.step(Q(fed_on__isnull=True), "已经反馈", fed_on=on, fed_to=to)

    def publish(self, *, text: str, at: datetime.datetime) -> None:
        """The part that everybody may read."""
        told = Q(fed_on__isnull=False, published_at__isnull=True)
        self.step(told, "反馈以后才能公开，公开过的先撤下", published_text=text, published_at=at)

    def withdraw(self) -> None:
        self.step(Q(published_at__isnull=False), "没有公开", published_at=None)
