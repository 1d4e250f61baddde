"""验收记录 of a town team: who they were, six check items, a sample of home visits, and answers to concerns.

The six items are those of 004 L1050–1058 (R041); how many homes are visited is not in the plan: one in ten of
the list, at least one. Which ones is drawn by the program when the list comes to the acceptance, kept, and never
drawn anew: nobody chooses the homes that are looked at.
"""

import secrets
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from areas.scope import ScopedQuerySet

ITEMS = {
    "minutes": "会议记录",
    "appraisal": "评议程序",
    "publicity": "公示情况",
    "income": "收入增长",
    "guarantees": "三保障措施",
    "archive": "档案和脱贫方案",
}
SMALLEST_TEAM = 2


def sample_size(entries: int) -> int:
    """One in ten, rounded up, at least one."""
    return max(1, -(-entries // 10))


class Drawn(models.Model):
    """抽查户: an entry that the draw of a round has picked."""

    area_field = "entry__area"

    entry = models.ForeignKey("audits.Entry", models.PROTECT, related_name="drawn", verbose_name="条目")
    round = models.PositiveSmallIntegerField("轮次")
    drawn_at = models.DateTimeField("抽取时间")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "抽查户"
        ordering = ["entry__place", "pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "round"], name="drawn_once_a_round")]

    def __str__(self) -> str:
        return f"{self.entry_id} 第{self.round}轮"


def draw(entries: Collection[int], already: Collection[int]) -> list[int]:
    """Ids picked at random so that with those drawn already the sample is as large as it must be."""
    rest = sorted(set(entries) - set(already))
    short = sample_size(len(entries)) - len(set(entries) & set(already))
    return secrets.SystemRandom().sample(rest, max(0, min(short, len(rest))))


class Acceptance(models.Model):
    area_field = "audit_list__area"

    audit_list = models.ForeignKey(
        "audits.AuditList", models.PROTECT, related_name="acceptances", verbose_name="名单"
    )
    round = models.PositiveSmallIntegerField("轮次")
    team = models.JSONField("验收组成员", default=list)
    minutes = models.BooleanField("会议记录", null=True)
    appraisal = models.BooleanField("评议程序", null=True)
    publicity = models.BooleanField("公示情况", null=True)
    income = models.BooleanField("收入增长", null=True)
    guarantees = models.BooleanField("三保障措施", null=True)
    archive = models.BooleanField("档案和脱贫方案", null=True)
    note = models.CharField("说明", max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "验收记录"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["audit_list", "round"], name="acceptance_once_a_round")
        ]

    def __str__(self) -> str:
        return f"{self.audit_list_id}验收"

    @property
    def failed(self) -> list[str]:
        """Items that are not in order, or were not checked."""
        return [word for name, word in ITEMS.items() if getattr(self, name) is not True]


class HomeVisit(models.Model):
    """入户抽查 of one household of the sample."""

    area_field = "entry__area"

    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="visits", verbose_name="验收记录")
    entry = models.ForeignKey("audits.Entry", models.PROTECT, related_name="visits", verbose_name="条目")
    visited_on = models.DateField("入户日期")
    confirmed = models.BooleanField("情况是否属实")
    finding = models.CharField("入户情况", max_length=500)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "入户抽查"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["acceptance", "entry"], name="home_visit_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.visited_on}"


class AnswerQuerySet(ScopedQuerySet):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("验收结论只能追加")


class Answer(models.Model):
    """The acceptance's word on a concern of an entry (water, measures, a finding): the newest of a key counts."""

    area_field = "entry__area"

    entry = models.ForeignKey("audits.Entry", models.PROTECT, related_name="answers", verbose_name="条目")
    key = models.CharField("事项", max_length=60)
    concern = models.CharField("问题", max_length=300)
    answer = models.CharField("验收结论", max_length=500)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填写人"
    )
    answered_on = models.DateField("填写日期")
    recorded_at = models.DateTimeField("登记时间")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "验收结论"
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(answer=""), name="answer_says_something")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.key}"
