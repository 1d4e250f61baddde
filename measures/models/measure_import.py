"""Workbooks of measures on their way: downloaded ones, uploaded ones, and what each row would do or did.

What a file holds is encrypted while it is here and deleted after seven days (quality S2); the upload itself stays.
"""

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from households.models import Household, ImportState, Person
from households.models.workbook import OwnQuerySet
from measures.models.measure import Measure
from measures.models.policy import Policy
from office.pii import EncryptedTextField
from office.stated import Stated


class MeasureWorkbook(models.Model):
    """A prefilled workbook of one policy and year; its id stands inside it, in a hidden sheet."""

    area_field = "area"

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="下载人"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+", verbose_name="政策")
    year = models.PositiveSmallIntegerField("年度")
    made_at = models.DateTimeField("生成时间", db_index=True)
    rows = models.PositiveIntegerField("行数", default=0)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "措施工作簿"
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"{self.area}{self.year}年{self.policy}"


class MeasureImport(Stated):
    """One uploaded file and what came of it."""

    area_field = "area"

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    template = models.ForeignKey(
        MeasureWorkbook, models.PROTECT, null=True, related_name="uploads", verbose_name="模板"
    )
    file_name = models.CharField("文件", max_length=120)
    checksum = models.CharField("文件校验码", max_length=64, db_index=True)
    state = models.CharField("状态", max_length=8, choices=ImportState.choices, default=ImportState.CHECKING)
    reason = models.CharField("原因", max_length=300, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    delivered = models.PositiveIntegerField("落实", default=0)
    planned = models.PositiveIntegerField("列入计划", default=0)
    unchanged = models.PositiveIntegerField("没有填写", default=0)
    faults = models.PositiveIntegerField("错误", default=0)
    total = models.DecimalField("合计", max_digits=14, decimal_places=2, default=0)
    uploaded_at = models.DateTimeField("上传时间", db_index=True)
    applied_at = models.DateTimeField("写入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "措施导入"
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["checksum"], condition=Q(state="applied"), name="measure_import_applied_once"
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def good(self) -> models.QuerySet["MeasureImportRow"]:
        return self.lines.filter(faults=[])

    @property
    def bad(self) -> models.QuerySet["MeasureImportRow"]:
        return self.lines.exclude(faults=[])


class MeasureImportRow(models.Model):
    """A row of the file: what it says (sealed JSON), or what is wrong: [column letter, title, message], no values.

    `measure` is what it made or delivered, `before` (sealed JSON) what of a planned one was changed by it.
    """

    area_field = "batch__area"

    batch = models.ForeignKey(MeasureImport, models.CASCADE, related_name="lines", verbose_name="导入")
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sheet = models.CharField("表", max_length=31)
    row = models.PositiveIntegerField("行")
    key = models.CharField("编号", max_length=20, blank=True)
    household = models.ForeignKey(
        Household, models.CASCADE, null=True, db_index=False, related_name="+", verbose_name="户"
    )
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, db_index=False, related_name="+", verbose_name="享受人"
    )
    content = EncryptedTextField("内容", blank=True)
    faults = models.JSONField("错误", default=list)
    measure = models.ForeignKey(
        Measure, models.SET_NULL, null=True, related_name="+", verbose_name="帮扶措施"
    )
    before = EncryptedTextField("写入前", blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "措施导入行"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "row"], name="measure_import_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.row}"

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found
