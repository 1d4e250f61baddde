"""年度减贫计划 of a village (004 十章一节二, R262): 任务书, 时间表 and 施工图 are its lines, each with a day it is due."""

import datetime

from django.db import models
from django.db.models import Q

from office.striking import StrikableQuerySet, struck_with_a_reason
from villages.models.work_record import WorkRecord


class Part(models.TextChoices):
    TASKS = "任务书", "任务书"
    TIMES = "时间表", "时间表"
    WORKS = "施工图", "施工图"


class PlanItem(WorkRecord):
    year = models.PositiveSmallIntegerField("年度")
    part = models.CharField("部分", max_length=3, choices=Part.choices)
    text = models.CharField("内容", max_length=300)
    holder = models.CharField("责任人", max_length=60)
    due_on = models.DateField("完成期限")
    done_on = models.DateField("完成日期", null=True, editable=False)
    done_note = models.CharField("完成情况", max_length=300, blank=True, editable=False)

    objects = StrikableQuerySet.as_manager()

    class Meta:
        verbose_name = "村年度减贫计划"
        ordering = ["-year", "area__code", "due_on", "pk"]
        indexes = [models.Index(fields=["year", "area"], name="plan_item_of_a_year")]
        constraints = [struck_with_a_reason("plan_item_struck_with_a_reason", "作废须写明原因")]

    def __str__(self) -> str:
        return f"{self.year}年{self.area.name}{self.part}：{self.text[:30]}"

    def is_late(self, day: datetime.date) -> bool:
        return self.done_on is None and self.due_on < day and self.struck_at is None

    def finish(self, *, on: datetime.date, note: str) -> None:
        self.step(Q(done_on__isnull=True), "已经完成", done_on=on, done_note=note)
