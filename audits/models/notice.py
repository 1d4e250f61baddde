"""公示公告: a sheet put up on a day in a place, for whole Shanghai days from that date (R039, R043, R269, R270).

The day of putting up does not count; the notice ends at 24:00 of its last day. What hung on the wall is kept
with it: 序号, 村民小组, 户主姓名, 家庭人口数 (villages: name and town; houses: 改造方式 too) and nothing else.
"""

import datetime
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from areas.models import Level
from areas.scope import ScopedQuerySet
from audits import checks
from audits.cases import NoticeCase

# Characters of a token: 192 random bits, so that nobody finds a page by trying (threats H4).
TOKEN = 32


def new_token() -> str:
    return secrets.token_urlsafe(24)


class NoticeQuerySet(ScopedQuerySet):
    def running(self, on: datetime.date) -> "NoticeQuerySet":
        """Hanging on the day, and not taken down because its list was sent back or closed."""
        return self.filter(
            posted_on__lte=on,
            ends_on__gte=on,
            audit_list__closed_at__isnull=True,
            audit_list__stage=F("stage"),
            audit_list__round=F("round"),
        )


class Notice(models.Model):
    area_field = "audit_list__area"

    audit_list = models.ForeignKey(
        "audits.AuditList", models.PROTECT, related_name="notices", verbose_name="名单"
    )
    stage = models.CharField("环节", max_length=20)
    round = models.PositiveSmallIntegerField("轮次")
    word = models.CharField("公示或公告", max_length=2)
    level = models.CharField("张贴级别", max_length=8, choices=Level.choices)
    place = models.CharField("张贴地点", max_length=100)
    # Of the office, for objections; stands on the sheet.
    telephone = models.CharField("监督电话", max_length=40, blank=True)
    posted_on = models.DateField("张贴日期")
    days = models.PositiveSmallIntegerField("天数")
    ends_on = models.DateField("最后一日")
    sheet = models.JSONField("张贴内容", default=list)
    # The entries of the sheet's rows, in their order; stand on no sheet.
    entry_keys = models.JSONField("条目编号", default=list)
    # The address of the public page.
    token = models.CharField("公开网页编号", max_length=TOKEN, unique=True, default=new_token, editable=False)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "公示公告"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["audit_list", "stage", "round", "level"],
                name="notice_once_a_place",
                violation_error_message="这一级的公示公告已经张贴",
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("posted_on")), name="notice_ends_after_posting"),
            models.CheckConstraint(condition=Q(days__gte=1), name="notice_of_a_day_at_least"),
        ]

    def __str__(self) -> str:
        return f"{self.word}（{self.place}，{self.posted_on}至{self.ends_on}）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("公示公告只能追加：张贴后不能改动日期和内容")
        super().save(*args, **kwargs)

    def over(self, on: datetime.date) -> bool:
        """Its last day has passed."""
        return on > self.ends_on

    def days_left(self, on: datetime.date) -> int:
        return max(0, (self.ends_on - on).days + 1)

    def short(self) -> bool:
        """C104, whatever wrote the row."""
        case = NoticeCase(posted_on=self.posted_on, ends_on=self.ends_on, days=self.days)
        return bool(checks.run(case))


def last_day(posted_on: datetime.date, days: int) -> datetime.date:
    return posted_on + datetime.timedelta(days=days)
