"""The row of a list that was asked for as a file (导出); how it is made stands in exports.py."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models

LONGEST_QUERY = 2000


class Format(models.TextChoices):
    XLSX = "xlsx", "Excel"
    CSV = "csv", "csv"


class Export(models.Model):
    """A list asked for as a file. The file is sealed under MEDIA_ROOT/exports and goes after EXPORT_DAYS."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导出人"
    )
    # Comes with the page that asked: the same click sent again is the same export.
    once = models.CharField("请求标识", max_length=32)
    list_key = models.CharField("清单", max_length=60)
    title = models.CharField("名称", max_length=60)
    query = models.CharField("条件", max_length=LONGEST_QUERY, blank=True)
    format = models.CharField("格式", max_length=4, choices=Format.choices)
    job = models.ForeignKey(
        "office.Job", models.SET_NULL, null=True, related_name="+", verbose_name="办理事项"
    )
    asked_at = models.DateTimeField("发起时间", db_index=True)
    made_at = models.DateTimeField("生成时间", null=True, blank=True)
    day = models.DateField("办公日期", null=True, blank=True)
    # The areas that the owner held when the file was made; who has lost one of them gets it no more.
    scope = models.JSONField("所辖区域", default=list, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    size = models.PositiveBigIntegerField("字节数", default=0)
    checksum = models.CharField("校验码", max_length=64, blank=True)

    class Meta:
        app_label = "office"
        verbose_name = "导出"
        constraints = [models.UniqueConstraint(fields=["owner", "once"], name="export_once")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def path(self) -> Path:
        return folder() / f"{self.pk}.sealed"

    @property
    def file_name(self) -> str:
        """A csv has no place for who took it but its name: the first signs of the number that the trail has."""
        number = f"_{self.pk.hex[:8]}" if self.format == Format.CSV else ""
        return f"{self.title}{self.day:%Y%m%d}{number}.{self.format}" if self.day else self.title


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"
