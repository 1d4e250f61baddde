"""A kept run of a report: who asked what, as of which day, the figures, their checksum and its files.

The same run again, over the same data, gives the same figures and so the same checksum (domain §7).
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from areas.models import Area
from areas.scope import ScopedQuerySet
from office.models import Job
from reporting.report import Figures, Request


class ReportRun(models.Model):
    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("报表", max_length=30)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    year = models.PositiveSmallIntegerField("年度")
    as_of = models.DateField("统计截止")
    nested = models.BooleanField("再列下一级", default=False, db_default=False)
    plan_table = models.ForeignKey(
        "reporting.PlanTable", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="规划表"
    )
    figures_stored = models.JSONField("数字")
    checksum = models.CharField("数字校验码", max_length=64)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    job = models.OneToOneField(
        Job, models.SET_NULL, null=True, blank=True, related_name="report_run", verbose_name="任务"
    )
    created_at = models.DateTimeField("生成时间", db_default=Now())

    objects = ScopedQuerySet.as_manager()
    area_field = "area"

    class Meta:
        verbose_name = "报表记录"
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["kind", "area", "year", "-created_at"], name="report_run_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.area} {self.year}年（截至{self.as_of}）"

    @property
    def figures(self) -> Figures:
        return Figures.from_stored(self.figures_stored)

    @property
    def request(self) -> Request:
        return Request(area=self.area, year=self.year, as_of=self.as_of, nested=self.nested)

    def intact(self) -> bool:
        """The stored figures still have the checksum they were kept with."""
        return self.figures.checksum() == self.checksum


class ReportFileQuerySet(ScopedQuerySet):
    """Files are seen by whoever sees the area of their run."""


class ReportFile(models.Model):
    """One file of a run under DATA_DIR/files; its random id is its name on disk and in its address."""

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel 工作簿"
        CSV = "csv", "csv"
        JSON = "json", "json"

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(ReportRun, models.CASCADE, related_name="files", verbose_name="报表记录")
    format = models.CharField("格式", max_length=4, choices=Format.choices)
    size = models.PositiveIntegerField("字节")
    checksum = models.CharField("文件校验码", max_length=64)

    objects = ReportFileQuerySet.as_manager()
    area_field = "run__area"

    class Meta:
        verbose_name = "报表文件"
        ordering = ["format"]
        constraints = [models.UniqueConstraint(fields=["run", "format"], name="report_file_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Relative to MEDIA_ROOT."""
        return f"reports/{self.run_id}/{self.pk}.{self.format}"
