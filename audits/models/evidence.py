"""Evidence (佐证材料): the papers a stage asks for, with their scans (office.attachments), a round each.

A paper that was kept by mistake is struck out (作废) while its stage is not passed: it counts no more and stays.
"""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from areas.scope import ScopedQuerySet
from audits.procedures import Paper
from office.attachments import Attachment


class EvidenceQuerySet(ScopedQuerySet):
    def standing(self) -> "EvidenceQuerySet":
        return self.filter(struck_at__isnull=True)


class Evidence(models.Model):
    area_field = "audit_list__area"

    audit_list = models.ForeignKey(
        "audits.AuditList", models.PROTECT, related_name="evidence", verbose_name="名单"
    )
    entry = models.ForeignKey(
        "audits.Entry", models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name="条目"
    )
    stage = models.CharField("环节", max_length=20)
    round = models.PositiveSmallIntegerField("轮次")
    kind = models.CharField("材料", max_length=20, choices=Paper.choices)
    note = models.CharField("说明", max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_on = models.DateField("登记日期")
    recorded_at = models.DateTimeField("登记时间")
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="作废人"
    )
    struck_at = models.DateTimeField("作废时间", null=True)
    struck_reason = models.CharField("作废原因", max_length=200, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "佐证材料"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True) | ~Q(struck_reason=""),
                name="evidence_struck_with_a_reason",
            )
        ]
        indexes = [models.Index(fields=["audit_list", "stage", "round"], name="evidence_of_a_stage")]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("佐证材料只能追加")
        super().save(*args, **kwargs)

    def strike(self, reason: str, *, by: Any, at: datetime.datetime) -> bool:
        """False when somebody else has struck it out already."""
        struck = {"struck_by": by, "struck_at": at, "struck_reason": reason}
        return bool(Evidence.objects.standing().filter(pk=self.pk).update(**struck))

    @property
    def files(self) -> QuerySet[Attachment]:
        return Attachment.objects.of(self)
