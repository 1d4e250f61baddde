"""A line of the policy catalogue: what somebody can get or must keep, as the plans print it, and since when.

A correction changes the line in place (its history keeps the old words); another standard from a later day is a
line of its own with the same code, and the one before it ends the day before. No line is ever deleted.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from simple_history.models import HistoricalRecords

# The eleven chapters of measures (domain §6); the others hold lines that are no help to anybody by themselves.
MEASURE_CHAPTERS = (
    "产业",
    "转移就业",
    "易地搬迁",
    "危房改造",
    "教育",
    "健康",
    "生态",
    "社保兜底",
    "社会帮扶",
    "金融",
    "基础设施",
)
# Whose progress goes up every month (004 第二章第一节二(三), 第五章第四节二; R324).
REPORTED_CHAPTERS = ("危房改造", "转移就业", "教育", "健康")
OTHER_CHAPTERS = (
    "贫困标准",
    "贫困退出",
    "反贫困机制",
    "重点村",
    "驻村帮扶",
    "组织保障",
    "财政",
    "土地",
    "考核",
)
TAKEN = "这条政策刚刚由别人修改过，请核对现在的内容后再保存"


class PolicyKind(models.TextChoices):
    POLICY = "政策", "政策"
    STANDARD = "标准", "标准"
    PROCEDURE = "程序", "程序"
    INDICATOR = "指标", "指标"
    # Help that a plan asks for without a standard of its own (data/tasks.csv): recorded, not published.
    TASK = "事项", "事项"


PLANNED_KINDS = (PolicyKind.POLICY, PolicyKind.INDICATOR, PolicyKind.TASK)


class PolicyQuerySet(models.QuerySet["Policy"]):
    def public(self) -> "PolicyQuerySet":
        """What the public reads: the lines of the plans and of the district."""
        return self.exclude(kind=PolicyKind.TASK)

    def standing(self, day: datetime.date) -> "PolicyQuerySet":
        """One line a code: the last one that has begun by the day, or else the first that will."""
        same = Policy.objects.filter(code=OuterRef("code"))
        later = same.filter(valid_from__gt=OuterRef("valid_from"), valid_from__lte=day)
        earlier = same.filter(valid_from__lt=OuterRef("valid_from"))
        return self.exclude(Exists(later)).exclude(Q(valid_from__gt=day) & Exists(earlier))

    def in_force(self, day: datetime.date) -> "PolicyQuerySet":
        """Begun and not ended on the day."""
        open_end = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        return self.standing(day).filter(open_end, valid_from__lte=day)


class Policy(models.Model):
    code = models.CharField("编号", max_length=30)
    kind = models.CharField("类别", max_length=4, choices=PolicyKind.choices)
    chapter = models.CharField(
        "章节",
        max_length=10,
        choices=[(word, word) for word in (*MEASURE_CHAPTERS, *OTHER_CHAPTERS)],
    )
    name = models.CharField("名称", max_length=80)
    target = models.CharField("对象", max_length=40)
    condition = models.CharField("条件", max_length=300)
    standard = models.CharField("标准", max_length=100)
    # What the standard says in figures, for sums; the words above are what is shown.
    low = models.DecimalField("金额下限", max_digits=14, decimal_places=2, null=True, blank=True)
    high = models.DecimalField("金额上限", max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    period = models.CharField("周期", max_length=20, blank=True)
    valid_from = models.DateField("执行日期")
    valid_to = models.DateField("截止日期", null=True, blank=True)
    source = models.CharField("依据", max_length=200)
    place = models.CharField("章节位置", max_length=60, blank=True)
    lines = models.CharField("原文行", max_length=40, blank=True)
    as_printed = models.CharField("原文", max_length=200, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    # Who the next row of history is by.
    _history_user: Any

    objects = PolicyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "政策"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="policy_once_a_day",
                violation_error_message="这条政策在这一天已经有一个标准",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="policy_ends_after_beginning",
                violation_error_message="截止日期不能早于执行日期",
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(high__gte=F("low")),
                name="policy_low_up_to_high",
                violation_error_message="金额上限不能小于下限",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def plain(self) -> str:
        """In one plain sentence: who, and what."""
        return f"{self.condition}：{self.period}{self.standard}。"

    @property
    def amount(self) -> Any:
        """Yuan, or what the unit says, for one person, household or case; None where no figure stands."""
        return self.low if self.low is not None else self.high

    def ended(self, day: datetime.date) -> bool:
        return self.valid_to is not None and self.valid_to < day

    def revise(self, *, by: Any, version: int) -> "Policy":
        """Saves the typed fields: in place, or as a further line when the day of beginning is a later one.

        Raises ValidationError when somebody else was first (compared by version), or when the new day is
        earlier than the old one: what was in force then is a matter of record.
        """
        with transaction.atomic():
            before = Policy.objects.get(pk=self.pk)
            if not Policy.objects.filter(pk=self.pk, version=version).update(version=F("version") + 1):
                raise ValidationError(TAKEN, code="taken")
            if self.valid_from < before.valid_from:
                raise ValidationError({"valid_from": f"不能早于原来的执行日期（{before.valid_from}）"})
            if self.valid_from > before.valid_from:
                day_before = self.valid_from - datetime.timedelta(days=1)
                if before.valid_to is None or before.valid_to > day_before:
                    before.valid_to = day_before
                before.version = version + 1
                before._history_user = by
                before.save(update_fields=["valid_to", "version"])
                self.pk, self._state.adding, self.version = None, True, 1
            else:
                self.version = version + 1
            self._history_user = by
            self.save()
        return self
