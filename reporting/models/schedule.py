"""Reports made by themselves (定期报表): which kind, for which area, every month, quarter or year; and what became of
each period.

A period that is over is a row, and the row exists once: two beats, a restart or a clock set back find it there. What
was missed while nothing ran is made up, each period once. The report is counted with the rights of whoever set the
schedule up; when these end it stops, until somebody who holds them takes it over.
"""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.roles import Capability
from areas.models import Area
from areas.scope import ScopedQuerySet
from office.models import Job
from reporting.models.run import ReportRun
from reporting.rhythm import WORDS, Period, over, period_of, worded

# A clock that is far ahead must not fill the queue in one go.
AT_A_TIME = 24
BY_HAND, NO_RIGHT = "", "排定人的任职已结束"


class ScheduleMoved(Exception):
    """Somebody else was first (409); the message is for the screen."""


class ReportSchedule(models.Model):
    """`since`: a day of the first period that counts. `owner`: whose rights the reports are made with."""

    area_field = "area"

    kind = models.CharField("报表", max_length=30)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    rhythm = models.CharField(
        "多久一次", max_length=7, choices=[(key.value, word) for key, word in WORDS.items()]
    )
    since = models.DateField("从哪天所在的一期起")
    nested = models.BooleanField("再列下一级", default=False, db_default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="排定人"
    )
    set_at = models.DateTimeField("排定时间")
    paused_at = models.DateTimeField("暂停时间", null=True, blank=True)
    # Why it stands still where nobody pressed 暂停.
    paused_for = models.CharField("暂停原因", max_length=60, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "定期报表"
        ordering = ["kind", "area__code", "rhythm"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "area", "rhythm", "nested"],
                name="schedule_once",
                violation_error_message="这张表在这个区划已经按这个周期排定",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=False) | Q(paused_for=""), name="schedule_reason_of_a_pause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area.name} {self.get_rhythm_display()} {self.kind}"

    def owed(self, today: datetime.date) -> list[Period]:
        """Periods that are over and have no row, oldest first; none while paused."""
        if self.paused_at is not None:
            return []
        there = {one.key for one in self.periods.all()}
        return [one for one in over(self.rhythm, self.since, today) if one.key not in there][:AT_A_TIME]

    def may_go_on(self) -> bool:
        """Whoever set it up still holds the right to, here."""
        return self.owner.is_active and self.owner.scope_of(Capability.REPORT_SCHEDULE).covers(self.area)

    def next_due(self, today: datetime.date) -> datetime.date | None:
        """The day on which the next report is made; None while paused."""
        if self.paused_at is not None:
            return None
        owed = self.owed(today)
        return owed[0].due if owed else period_of(self.rhythm, max(self.since, today)).due

    def take_up(self, period: Period, at: datetime.datetime) -> "SchedulePeriod | None":
        """The row of the period, for whoever comes first; None for all others, and while paused.

        Call it in a transaction: the update keeps a pause pressed at the same moment from being overtaken.
        """
        if not ReportSchedule.objects.filter(pk=self.pk, paused_at__isnull=True).update(since=F("since")):
            return None
        row, made = SchedulePeriod.objects.get_or_create(
            schedule=self, key=period.key, defaults={"as_of": period.last, "taken_at": at}
        )
        return row if made else None

    def pause(self, *, at: datetime.datetime, reason: str = BY_HAND) -> None:
        running = ReportSchedule.objects.filter(pk=self.pk, paused_at__isnull=True)
        if not running.update(paused_at=at, paused_for=reason):
            raise ScheduleMoved("已经暂停")
        self.refresh_from_db()

    def resume(self, *, by: Any, today: datetime.date, make_up: bool) -> None:
        """Goes on with the rights of `by`; the periods of the pause are made up, or left out."""
        facts: dict[str, Any] = {"paused_at": None, "paused_for": "", "owner": by}
        if not make_up:
            facts["since"] = max(self.since, today)
        if not ReportSchedule.objects.filter(pk=self.pk, paused_at__isnull=False).update(**facts):
            raise ScheduleMoved("没有暂停，不用恢复")
        self.refresh_from_db()


class SchedulePeriod(models.Model):
    """A period that was taken up: its job (the last one, when it was tried again), and its report once there is one."""

    area_field = "schedule__area"

    schedule = models.ForeignKey(
        ReportSchedule, models.PROTECT, related_name="periods", verbose_name="定期报表"
    )
    key = models.CharField("期", max_length=7)
    as_of = models.DateField("统计截止")
    taken_at = models.DateTimeField("到期办理时间")
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="任务"
    )
    run = models.OneToOneField(
        ReportRun, models.PROTECT, null=True, blank=True, related_name="period", verbose_name="报表记录"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "定期报表的一期"
        ordering = ["-as_of", "pk"]
        constraints = [models.UniqueConstraint(fields=["schedule", "key"], name="schedule_period_once")]

    def __str__(self) -> str:
        return f"{self.schedule} {self.word}"

    @property
    def word(self) -> str:
        return worded(self.key)

    @property
    def can_retry(self) -> bool:
        """No report came of it, and nothing that could make one is under way."""
        return self.run_id is None and (self.job is None or self.job.can_retry)

    def take_over(self, job: Job) -> None:
        """The job that tries again; ScheduleMoved where it has another by now, or its report. Call it in a transaction."""
        mine = SchedulePeriod.objects.filter(pk=self.pk, run=None, job=self.job)
        if not self.can_retry or not mine.update(job=job):
            raise ScheduleMoved(f"{self.word}已经生成或正在办理，不用重新生成")
