"""责任书 (R257, R264): the yearly letters of the chain district – town – village (– household, 000) and between a town
and its first secretaries (001). One a year, tier and place; a letter of a first secretary names the post."""

import datetime

from django.db import models
from django.db.models import Q

from areas.models import Level
from office.striking import StrikableQuerySet, struck_with_a_reason
from villages.models.post import Post
from villages.models.work_record import WorkRecord


class Tier(models.TextChoices):
    TOWN = "区—镇街", "区—镇街"
    VILLAGE = "镇街—村", "镇街—村"
    SECRETARY = "镇街—第一书记", "镇街—第一书记"
    HOUSEHOLD = "村—户", "村—户"


# The level of the place that the second party answers for.
LEVEL: dict[str, str] = {
    Tier.TOWN: Level.TOWN,
    Tier.VILLAGE: Level.VILLAGE,
    Tier.SECRETARY: Level.VILLAGE,
    Tier.HOUSEHOLD: Level.VILLAGE,
}


class LetterState(models.TextChoices):
    DRAWN = "待签订", "待签订"
    SIGNED = "已签订", "已签订"


class Letter(WorkRecord):
    year = models.PositiveSmallIntegerField("年度")
    tier = models.CharField("层级", max_length=8, choices=Tier.choices)
    giver = models.CharField("甲方", max_length=60)
    taker = models.CharField("乙方", max_length=60)
    post = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name="第一书记",
        editable=False,
    )
    target_households = models.PositiveIntegerField("计划退出户", null=True, blank=True)
    target_persons = models.PositiveIntegerField("计划退出人", null=True, blank=True)
    tasks = models.CharField("任务", max_length=1000)
    state = models.CharField(
        "状态", max_length=3, choices=LetterState.choices, default=LetterState.DRAWN, editable=False
    )
    signed_on = models.DateField("签订日期", null=True, editable=False)

    objects = StrikableQuerySet.as_manager()

    class Meta:
        verbose_name = "责任书"
        ordering = ["-year", "area__code", "pk"]
        constraints = [
            struck_with_a_reason("letter_struck_with_a_reason", "作废须写明原因"),
            models.UniqueConstraint(
                fields=["year", "tier", "area"],
                condition=Q(struck_at__isnull=True) & ~Q(tier=Tier.HOUSEHOLD),
                name="letter_once_a_year",
                violation_error_message="这一年这一级的责任书已经有了，写错的先作废",
            ),
            models.CheckConstraint(
                condition=Q(state=LetterState.DRAWN, signed_on__isnull=True)
                | Q(state=LetterState.SIGNED, signed_on__isnull=False),
                name="letter_signed_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.tier}责任书（{self.taker}）"

    def sign(self, *, on: datetime.date) -> None:
        self.step(Q(state=LetterState.DRAWN), "已经签订", state=LetterState.SIGNED, signed_on=on)
