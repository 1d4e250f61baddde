"""An archive of the trail (操作日志归档): so many sealed rows in a row, in a file of their own."""

import datetime
from calendar import monthrange
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from areas.models import Area
from office import clock

LEAST_MONTHS = 6


def kept_since(now: datetime.datetime) -> datetime.datetime:
    """Rows from this moment on stay in the database: TRAIL_KEEP_MONTHS before now, and never less than six months
    (网络安全法第二十一条第三项)."""
    return _months_on(now.astimezone(clock.SHANGHAI), -max(LEAST_MONTHS, settings.TRAIL_KEEP_MONTHS))


def kept_until(at: datetime.datetime) -> datetime.date:
    """The day in whose course a row of that moment becomes old enough to leave the database."""
    day = _months_on(at.astimezone(clock.SHANGHAI), max(LEAST_MONTHS, settings.TRAIL_KEEP_MONTHS)).date()
    # The last days of a long month have none of their own in a shorter one.
    while kept_since(datetime.datetime.combine(day, datetime.time.max, clock.SHANGHAI)) <= at:
        day += datetime.timedelta(days=1)
    return day


def _months_on(here: datetime.datetime, months: int) -> datetime.datetime:
    months += here.year * 12 + here.month - 1
    year, month = months // 12, months % 12 + 1
    return here.replace(year=year, month=month, day=min(here.day, monthrange(year, month)[1]))


class TrailArchiveQuerySet(models.QuerySet["TrailArchive"]):
    def pruned(self) -> "TrailArchiveQuerySet":
        return self.filter(pruned_at__isnull=False)


class TrailArchive(models.Model):
    """Rows first_seq to last_seq; `prev` is the hash of the row before them, `head` that of the last. One stands on
    the other, and the database refuses to change it but for the moment at which its rows were taken out."""

    first_seq = models.PositiveBigIntegerField("起始序号", unique=True)
    last_seq = models.PositiveBigIntegerField("截止序号", unique=True)
    prev = models.CharField("前条校验值", max_length=64)
    head = models.CharField("末条校验值", max_length=64)
    last_at = models.DateTimeField("最晚一条的时间")
    checksum = models.CharField("校验码", max_length=64)
    # Whose ground all of its rows lie in: the area of whoever made it.
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    made_at = models.DateTimeField("归档时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="归档人"
    )
    pruned_at = models.DateTimeField("清除时间", null=True, blank=True)
    pruned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="清除人",
    )

    objects = TrailArchiveQuerySet.as_manager()

    class Meta:
        verbose_name = "操作日志归档"
        ordering = ["-first_seq"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_seq__gte=1, last_seq__gte=F("first_seq")), name="trail_archive_forward"
            )
        ]

    def __str__(self) -> str:
        return f"第 {self.first_seq} 至 {self.last_seq} 条"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("归档只能新增")
        super().save(*args, **kwargs)

    @property
    def count(self) -> int:
        return self.last_seq - self.first_seq + 1

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "trail" / self.file_name

    @property
    def file_name(self) -> str:
        return f"trail-{self.first_seq}-{self.last_seq}.jsonl.gz"

    def may_go(self, now: datetime.datetime) -> bool:
        """Its rows are still in the database and all old enough to leave it."""
        return self.pruned_at is None and self.last_at < kept_since(now)
