"""Every step of a list, decisions and clerical ones: who, when, for whom, on what (append only)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from areas.scope import ScopedQuerySet


class Verdict(models.TextChoices):
    PASSED = "通过", "通过"
    SENT_BACK = "退回", "退回"
    SPLIT = "拆单", "拆单"


class DecisionQuerySet(ScopedQuerySet):
    """Read and append; bulk ways around save and delete are closed too."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("审核决定只能追加")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("审核决定只能追加")


class Decision(models.Model):
    area_field = "audit_list__area"

    audit_list = models.ForeignKey(
        "audits.AuditList", models.PROTECT, related_name="decisions", verbose_name="名单"
    )
    stage = models.CharField("环节", max_length=20)
    stage_label = models.CharField("环节名称", max_length=20)
    round = models.PositiveSmallIntegerField("轮次")
    verdict = models.CharField("结论", max_length=2, choices=Verdict.choices)
    # Whether four eyes bind; the rest are clerical steps.
    binding = models.BooleanField("决定")
    to_stage = models.CharField("转至环节", max_length=20, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="受谁委托"
    )
    role = models.CharField("以何任职", max_length=12, blank=True)
    decided_on = models.DateField("办理日期")
    recorded_at = models.DateTimeField("登记时间")
    opinion = models.CharField("意见", max_length=500, blank=True)
    entries = models.PositiveIntegerField("条数", default=0)
    list_version = models.PositiveIntegerField("名单版本")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "审核决定"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["audit_list", "stage", "round"],
                condition=Q(verdict=Verdict.PASSED),
                name="decision_passes_a_stage_once",
            ),
            models.UniqueConstraint(
                fields=["audit_list", "by", "round"],
                condition=Q(binding=True),
                name="decision_once_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.SENT_BACK) | (~Q(opinion="") & ~Q(to_stage="")),
                name="decision_sent_back_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_label}{self.verdict}（{self.by}，{self.decided_on}）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("审核决定只能追加")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("审核决定只能追加")
