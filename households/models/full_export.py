"""A file with full numbers that somebody asked for (完整号码导出, quality S2): why, who agreed, until when.

Above FULL_EXPORT_ALONE persons a second person agrees before anything is produced. Rows stay as the record of
what was given out; the file goes after a day.
"""

import datetime
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q, Sum

from accounts.roles import Capability
from areas.models import Area
from areas.scope import ScopedQuerySet

LASTS = datetime.timedelta(hours=24)


class FullExportState(models.TextChoices):
    WAITING = "waiting", "待另一人同意"
    MAKING = "making", "正在生成"
    MADE = "made", "已生成"
    DECLINED = "declined", "未同意"


class FullExportQuerySet(ScopedQuerySet):
    def own(self, user: Any) -> "FullExportQuerySet":
        """The user's own, as far as the area is still the user's."""
        return self.visible_to(user).filter(owner=user)

    def waiting_for(self, user: Any, now: datetime.datetime) -> "FullExportQuerySet":
        """Those that the user may agree to or decline now: others', where the user may see full numbers."""
        standing = self.filter(state=FullExportState.WAITING, expires_at__gt=now).exclude(owner=user)
        return standing.in_scope(user.scope_of(Capability.REVEAL))

    def alone(self, user: Any, since: datetime.datetime) -> int:
        """Persons whose numbers the user has taken in files without a second person."""
        taken = self.filter(owner=user, needs_second=False, asked_at__gt=since)
        return taken.aggregate(persons=Sum("persons"))["persons"] or 0


class FullExport(models.Model):
    area_field = "area"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人"
    )
    # Comes with the page that asked: the same click sent again is the same request.
    once = models.CharField("请求标识", max_length=32)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    query = models.CharField("条件", max_length=2000, blank=True)
    numbers = models.JSONField("号码", default=list)
    reason = models.CharField("原因", max_length=200)
    households = models.PositiveIntegerField("户数")
    persons = models.PositiveIntegerField("人数")
    needs_second = models.BooleanField("须另一人同意")
    state = models.CharField("状态", max_length=8, choices=FullExportState.choices)
    asked_at = models.DateTimeField("申请时间", db_index=True)
    # Of the request while it waits, of the file once it is made.
    expires_at = models.DateTimeField("有效至")
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="复核人",
    )
    decided_at = models.DateTimeField("复核时间", null=True, blank=True)
    answer = models.CharField("复核意见", max_length=200, blank=True)
    job = models.ForeignKey(
        "office.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="办理事项"
    )
    rows = models.PositiveIntegerField("行数", default=0)
    size = models.PositiveBigIntegerField("字节数", default=0)
    checksum = models.CharField("校验码", max_length=64, blank=True)

    objects = FullExportQuerySet.as_manager()

    class Meta:
        verbose_name = "完整号码导出"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "once"], name="full_export_once"),
            models.CheckConstraint(
                condition=Q(second__isnull=True) | ~Q(second=F("owner")), name="full_export_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(needs_second=False) | Q(second__isnull=False) | Q(state=FullExportState.WAITING),
                name="full_export_agreed_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}完整号码"

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "full-exports" / f"{self.pk}.sealed"

    def over(self, now: datetime.datetime) -> bool:
        return self.expires_at <= now

    def decide(self, state: FullExportState, *, by: Any, at: datetime.datetime, answer: str = "") -> bool:
        """Agreed (MAKING) or DECLINED by a second person; False when it is too late or was decided already."""
        if by.pk == self.owner_id:
            raise PermissionDenied("本人的申请要由另一人复核")
        decided = FullExport.objects.filter(
            pk=self.pk, state=FullExportState.WAITING, expires_at__gt=at
        ).update(state=state, second=by, decided_at=at, answer=answer)
        if decided:
            self.refresh_from_db()
        return bool(decided)
