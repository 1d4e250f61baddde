"""账账相符: a national person sheet held against the register, and every disagreement found.

Nothing of it is written to the register. What a disagreement says is sealed, and deleted after seven days like the
uploads themselves (quality S2).
"""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from areas.models import Area
from areas.scope import ScopedQuerySet
from households.models.workbook import OwnQuerySet
from office.pii import EncryptedTextField


class AgreementState(models.TextChoices):
    RUNNING = "running", "正在核对"
    DONE = "done", "已核对"
    REFUSED = "refused", "不能读取"


class Agreement(models.Model):
    """One sheet, and how it agrees. `area` is the ground whose households must stand in the sheet."""

    area_field = "area"

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="核对人"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="核对范围")
    file_name = models.CharField("文件", max_length=120)
    checksum = models.CharField("文件校验码", max_length=64)
    state = models.CharField(
        "状态", max_length=8, choices=AgreementState.choices, default=AgreementState.RUNNING
    )
    reason = models.CharField("原因", max_length=300, blank=True)
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    households = models.PositiveIntegerField("表内户数", default=0)
    agreeing = models.PositiveIntegerField("完全一致的户", default=0)
    lines_found = models.PositiveIntegerField("不一致", default=0)
    uploaded_at = models.DateTimeField("上传时间", db_index=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "账账相符核对"
        ordering = ["-uploaded_at", "-id"]

    def __str__(self) -> str:
        return self.file_name

    def move(self, before: str, after: str, **facts: Any) -> bool:
        """The state passes on once; False when another was first."""
        moved = Agreement.objects.filter(pk=self.pk, state=before).update(state=after, **facts)
        if moved:
            self.state = after
            for name, value in facts.items():
                setattr(self, name, value)
        return bool(moved)


class DisagreementKind(models.TextChoices):
    FIELD = "field", "内容不一致"
    HOUSEHOLD_IN_SHEET = "h_sheet", "系统里没有的户"
    PERSON_IN_SHEET = "p_sheet", "系统里没有的人"
    HOUSEHOLD_IN_REGISTER = "h_reg", "表里没有的户"
    PERSON_IN_REGISTER = "p_reg", "表里没有的人"
    FAULT = "fault", "表里有错"


class Disagreement(models.Model):
    """One disagreement. `content` is JSON, sealed: who, what the sheet says, what the register says, masked."""

    area_field = "agreement__area"

    agreement = models.ForeignKey(
        Agreement, models.CASCADE, db_index=False, related_name="lines", verbose_name="核对"
    )
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField("类别", max_length=8, choices=DisagreementKind.choices)
    village = models.ForeignKey(
        Area, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name="村(社区)"
    )
    household = models.ForeignKey(
        "households.Household",
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name="户",
    )
    row = models.PositiveIntegerField("行", null=True)
    title = models.CharField("项目", max_length=60, blank=True)
    content = EncryptedTextField("内容")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "不一致"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["agreement", "id"], name="disagreement_of"),
            models.Index(fields=["agreement", "kind", "id"], name="disagreement_kind"),
            models.Index(fields=["agreement", "village", "id"], name="disagreement_village"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.kind} {self.row or ''}"
