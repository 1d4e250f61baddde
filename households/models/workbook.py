"""Workbooks of the register on their way: downloaded ones, uploaded ones, and what an upload would change.

What a file holds is encrypted while it is here and deleted after seven days (quality S2).
"""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from office.pii import EncryptedTextField
from office.stated import Stated


class OwnQuerySet(ScopedQuerySet):
    def own(self, user: Any) -> "OwnQuerySet":
        """The user's own, as far as the area is still the user's: nobody sees another's."""
        return self.visible_to(user).filter(owner=user)


class RegisterWorkbook(models.Model):
    """A prefilled workbook; its id stands inside it, in a hidden sheet."""

    area_field = "area"

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="下载人"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    year = models.PositiveSmallIntegerField("年度")
    made_at = models.DateTimeField("生成时间", db_index=True)
    households = models.PositiveIntegerField("户数", default=0)
    persons = models.PositiveIntegerField("人数", default=0)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "下载的工作簿"
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"{self.area}{self.year}年"


class ImportState(models.TextChoices):
    CHECKING = "checking", "正在核对"
    FAULTY = "faulty", "有错误"
    REFUSED = "refused", "不能读取"
    READY = "ready", "待确认"
    APPLYING = "applying", "正在写入"
    APPLIED = "applied", "已写入"
    UNDOING = "undoing", "正在撤销"
    UNDONE = "undone", "已撤销"


class ImportBatch(Stated):
    """One uploaded file and what came of it."""

    area_field = "area"

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    file_name = models.CharField("文件", max_length=120)
    checksum = models.CharField("文件校验码", max_length=64, db_index=True)
    template = models.UUIDField("模板编号", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=ImportState.choices, default=ImportState.CHECKING)
    reason = models.CharField("原因", max_length=300, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("修改", default=0)
    unchanged = models.PositiveIntegerField("没有变化", default=0)
    faults = models.PositiveIntegerField("错误", default=0)
    warnings = models.PositiveIntegerField("提醒", default=0)
    # Bad rows stay out and the rest is written, as the user decided; else all or nothing.
    good_only = models.BooleanField("只写入正确的行", default=False)
    uploaded_at = models.DateTimeField("上传时间", db_index=True)
    applied_at = models.DateTimeField("写入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "导入"
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                # The file holds its template's id, so that the checksum covers it.
                fields=["owner", "checksum"],
                condition=Q(state="applied"),
                name="import_applied_once",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def bad_rows(self) -> models.QuerySet["ImportRow"]:
        return self.told.filter(blocks=True)

    @property
    def warned_rows(self) -> models.QuerySet["ImportRow"]:
        return self.told.filter(blocks=False)

    @property
    def conflicts(self) -> models.QuerySet["ImportChange"]:
        return self.changes.filter(kind=ChangeKind.CONFLICT)

    @property
    def undecided(self) -> int:
        return self.conflicts.filter(decision=Decision.OPEN).count()


class ChangeKind(models.TextChoices):
    CONFLICT = "conflict", "冲突"
    NEW = "new", "新户"
    CHANGED = "changed", "修改"


class Decision(models.TextChoices):
    OPEN = "", "未定"
    FILE = "file", "用文件的值"
    REGISTER = "register", "保留系统的值"


class ImportChange(models.Model):
    """What the file makes of one household: content is JSON of households.workbook.changes, sealed.

    A new one has no household until it is written. A conflict (the household changed after the download) waits
    for a decision.
    """

    area_field = "batch__area"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="changes", verbose_name="导入")
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField("类别", max_length=8, choices=ChangeKind.choices, default=ChangeKind.CHANGED)
    key = models.CharField("文件里的编号", max_length=40, blank=True)
    household = models.ForeignKey(
        "households.Household",
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name="户",
    )
    # Of the household when the file was checked, and after the import was written.
    version = models.PositiveIntegerField("核对时版本")
    written_version = models.PositiveIntegerField("写入后版本", null=True, blank=True)
    decision = models.CharField(
        "冲突的处理", max_length=8, choices=Decision.choices, default=Decision.OPEN, blank=True
    )
    content = EncryptedTextField("修改内容")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "导入的修改"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["household", "batch"], name="import_change_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.key}"


class ImportRow(models.Model):
    """A row of the file with faults (errors), or with something to look at (warnings).

    `faults` are [column letter, title, rule, message], without values: what stood in the row is in the sealed
    upload alone. `key` is its household's number in the file.
    """

    area_field = "batch__area"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="told", verbose_name="导入")
    blocks = models.BooleanField("错误", default=True)
    sheet = models.CharField("表", max_length=31)
    row = models.PositiveIntegerField("行", null=True)
    key = models.CharField("文件里的编号", max_length=40, blank=True)
    faults = models.JSONField("说明")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "有错误或提醒的行"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.sheet} {self.row}"
