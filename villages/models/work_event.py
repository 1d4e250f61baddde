"""工作纪实: one general record of what was met about, looked at, reported, said and praised (R259, R261, R265, R267,
R289, R304, R305, R309–R311, R314, R316)."""

import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.db.models import F, Q

from office.striking import StrikableQuerySet, struck_with_a_reason
from villages.models.work_record import WorkRecord


class EventKind(models.TextChoices):
    COMMITTEE = "区委常委会", "区委常委会"
    GOVERNMENT = "区政府常务会议", "区政府常务会议"
    LEADING = "领导小组会议", "领导小组会议"
    WORK_DAY = "扶贫工作日", "扶贫工作日"
    MEETING = "工作会议", "工作会议"
    FIELD = "实地调研", "实地调研"
    VISIT = "走访慰问", "走访慰问"
    MONTH = "月调度", "月调度"
    QUARTER = "季总结", "季总结"
    REPORT_MONTH = "月度报告", "月度报告"
    REPORT_YEAR = "年度报告", "年度报告"
    SURVEY = "满意度调查", "满意度调查"
    TALK = "约谈", "约谈"
    ESCALATION = "提请调整", "提请调整"
    PRAISE = "通报表扬", "通报表扬"
    BLAME = "责任追究", "责任追究"
    PERSON = "典型人物", "典型人物"
    CASE = "典型案例", "典型案例"
    TRAINING = "业务培训", "业务培训"


E = EventKind
MODELS = (E.PERSON, E.CASE)
# Held again and again (004 二章一节二(四), 002 三章三节): the period each is looked for in.
MONTHLY = (E.MONTH, E.REPORT_MONTH)


class WorkEvent(WorkRecord):
    kind = models.CharField("事项", max_length=8, choices=EventKind.choices)
    on = models.DateField("日期")
    title = models.CharField("题目", max_length=80)
    host = models.CharField("主办或报送单位", max_length=60)
    people = models.CharField("参加或涉及的人", max_length=200, blank=True)
    content = models.CharField("内容", max_length=1000)
    outcome = models.CharField("结果、议定事项或政策调整", max_length=500, blank=True)
    document = models.CharField("文号", max_length=60, blank=True)
    asked = models.PositiveIntegerField("调查人数", null=True, blank=True, help_text="满意度调查填")
    satisfied = models.PositiveIntegerField("满意人数", null=True, blank=True, help_text="满意度调查填")
    published_at = models.DateTimeField("公开时间", null=True, editable=False)

    objects = StrikableQuerySet.as_manager()

    class Meta:
        verbose_name = "工作纪实"
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["kind", "area", "on"], name="work_event_of_an_area")]
        constraints = [
            struck_with_a_reason("work_event_struck_with_a_reason", "作废须写明原因"),
            models.CheckConstraint(
                condition=(
                    Q(kind=E.SURVEY, asked__gt=0, satisfied__isnull=False, satisfied__lte=F("asked"))
                    | (~Q(kind=E.SURVEY) & Q(asked__isnull=True, satisfied__isnull=True))
                ),
                name="survey_counts_people",
                violation_error_message="满意度调查要填调查人数和满意人数，满意的不多于调查的；其他事项不填",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(kind__in=MODELS),
                name="only_models_are_published",
                violation_error_message="只有典型人物和典型案例放上公开页",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}　{self.title}"

    @property
    def satisfaction(self) -> Decimal | None:
        """Percent to one decimal, half up."""
        if not self.asked or self.satisfied is None:
            return None
        return (Decimal(self.satisfied) * 100 / self.asked).quantize(Decimal("0.1"), ROUND_HALF_UP)

    def publish(self, *, at: datetime.datetime) -> None:
        self.step(Q(published_at__isnull=True), "已经公开", published_at=at)

    def withdraw(self) -> None:
        self.step(Q(published_at__isnull=False), "没有公开", published_at=None)
