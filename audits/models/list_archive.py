"""The whole archive of a list as one file (归档, R046): who had it made, how it stood then, until when it is kept."""

import datetime
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models

from areas.scope import ScopedQuerySet
from audits.models.audit_list import AuditList


class ListArchiveQuerySet(ScopedQuerySet):
    def own(self, user: Any) -> "ListArchiveQuerySet":
        """The user's own, as far as the list is still the user's to see."""
        return self.filter(owner=user, audit_list__in=AuditList.objects.visible_to(user))


class ListArchive(models.Model):
    """The file is sealed under MEDIA_ROOT/list-archives and goes after EXPORT_DAYS; the row goes with it."""

    area_field = "audit_list__area"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    audit_list = models.ForeignKey(AuditList, models.PROTECT, related_name="archives", verbose_name="名单")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="制作人"
    )
    job = models.ForeignKey(
        "office.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="办理事项"
    )
    # Of the list when it was asked for: the same state asked for again is the same archive.
    list_version = models.PositiveIntegerField("名单版本")
    asked_at = models.DateTimeField("发起时间", db_index=True)
    made_at = models.DateTimeField("生成时间", null=True, blank=True)
    files = models.PositiveIntegerField("文件数", default=0)
    size = models.PositiveBigIntegerField("字节数", default=0)
    checksum = models.CharField("校验码", max_length=64, blank=True)

    objects = ListArchiveQuerySet.as_manager()

    class Meta:
        verbose_name = "名单档案"
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.audit_list}档案"

    @property
    def path(self) -> Path:
        return folder() / f"{self.pk}.sealed"

    @property
    def file_name(self) -> str:
        return f"{self}.zip"

    def over(self, now: datetime.datetime) -> bool:
        return self.asked_at <= now - kept_for()


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "list-archives"


def kept_for() -> datetime.timedelta:
    return datetime.timedelta(days=settings.EXPORT_DAYS)
