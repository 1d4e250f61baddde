"""Rows behind the tools on every desk: jobs, due work, the trail."""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F, Q

from areas.models import Area
from office.among import Among
from office.attachments import Attachment
from office.exported import Export
from office.findings import Finding, FindingState
from office.trail_archived import TrailArchive

__all__ = [
    "Attachment",
    "Finding",
    "FindingState",
    "Job",
    "JobState",
    "DuePeriod",
    "Export",
    "Outcome",
    "Pulse",
    "TrailArchive",
    "TrailRow",
]

models.CharField.register_lookup(Among)

# A job that was interrupted this often is not tried again: its input may be what kills the worker.
MAX_ATTEMPTS = 2


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "正在办理"
    DONE = "done", "已完成"
    FAILED = "failed", "未办成"
    INTERRUPTED = "interrupted", "已中断"
    CANCELLED = "cancelled", "已取消"


# Interrupted is not an end: the sweeper has the job taken up again, or ends it as failed.
WAITING = (JobState.QUEUED, JobState.INTERRUPTED)
OPEN = (JobState.QUEUED, JobState.RUNNING, JobState.INTERRUPTED)


class JobQuerySet(models.QuerySet["Job"]):
    def of(self, owner: Any) -> "JobQuerySet":
        """The jobs of one person: nobody sees another's."""
        return self.filter(owner=owner)

    def open(self) -> "JobQuerySet":
        return self.filter(state__in=OPEN)

    def waiting(self) -> "JobQuerySet":
        return self.filter(state__in=WAITING, cancel_requested=False)

    def lost(self, now: datetime.datetime) -> "JobQuerySet":
        """Running jobs whose worker has not renewed its lease."""
        return self.filter(state=JobState.RUNNING, lease_until__lt=now)

    @transaction.atomic
    def interrupt(self, now: datetime.datetime, *, counts: bool = True) -> int:
        """Takes these running jobs from their workers: 已中断, or ended when they were cancelled or tried enough.
        `counts`: whether the attempt was one.

        Every update repeats the state in its condition, so a worker that finished meanwhile keeps its result.
        """
        running = self.filter(state=JobState.RUNNING)
        ended: dict[str, Any] = {"lease_token": "", "lease_until": None, "message": ""}
        if not counts:
            running.update(attempts=F("attempts") - 1)
        count = running.filter(cancel_requested=True).update(
            state=JobState.CANCELLED, finished_at=now, **ended
        )
        count += running.filter(attempts__gte=MAX_ATTEMPTS).update(
            state=JobState.FAILED,
            finished_at=now,
            error=f"办理中断了{MAX_ATTEMPTS}次，不再自动重试；请联系系统管理员后重新发起",
            **ended,
        )
        ended["message"] = "办理中断，等待重新办理"
        count += running.update(state=JobState.INTERRUPTED, rung_at=None, **ended)
        return count


class Job(models.Model):
    """One piece of long work. The row is the queue; Celery's message only rings."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("种类", max_length=60)
    title = models.CharField("事项", max_length=120)
    params = models.JSONField("参数", default=dict, blank=True, encoder=DjangoJSONEncoder)
    key = models.CharField("请求标识", max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name="发起人",
    )
    queue = models.CharField("队列", max_length=30, default="office")
    state = models.CharField("状态", max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    done_count = models.PositiveIntegerField("已办", default=0)
    total_count = models.PositiveIntegerField("共计", null=True, blank=True)
    message = models.CharField("进展", max_length=200, blank=True)
    error = models.TextField("未办成原因", blank=True)
    result = models.JSONField("结果", default=dict, blank=True, encoder=DjangoJSONEncoder)
    attempts = models.PositiveSmallIntegerField("办理次数", default=0)
    queued_at = models.DateTimeField("发起时间")
    rung_at = models.DateTimeField("通知办理时间", null=True, blank=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    heartbeat_at = models.DateTimeField("最近心跳", null=True, blank=True)
    lease_until = models.DateTimeField("占用至", null=True, blank=True)
    lease_token = models.CharField("占用凭据", max_length=32, blank=True)
    worker = models.CharField("办理进程", max_length=120, blank=True)
    cancel_requested = models.BooleanField("要求取消", default=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "后台事项"
        ordering = ["-queued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state__in=OPEN), name="job_open_once_per_key"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-queued_at"], name="job_owner"),
            models.Index(fields=["state", "queued_at"], condition=Q(state__in=OPEN), name="job_open"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.get_state_display()}）"

    @property
    def is_over(self) -> bool:
        return self.state not in OPEN

    @property
    def percent(self) -> int | None:
        """Whole percent done; None while the total is not known. 100 is kept for what is done."""
        if self.state == JobState.DONE:
            return 100
        if not self.total_count:
            return None
        return min(99, self.done_count * 100 // self.total_count)

    @property
    def can_cancel(self) -> bool:
        return not self.is_over and not self.cancel_requested

    @property
    def can_retry(self) -> bool:
        return self.state in (JobState.FAILED, JobState.CANCELLED)


class JobPart(models.Model):
    """A part of a running job's work that any worker may do (office.parts); it goes when the attempt ends.

    `attempt` is the lease_token of the job's run that made it.
    """

    job = models.ForeignKey(Job, models.CASCADE, related_name="parts", verbose_name="后台事项")
    attempt = models.CharField("所属办理", max_length=32)
    kind = models.CharField("种类", max_length=60)
    place = models.PositiveIntegerField("序号")
    params = models.JSONField("参数", default=dict, encoder=DjangoJSONEncoder)
    done_count = models.PositiveIntegerField("已办", default=0)
    token = models.CharField("占用凭据", max_length=32, blank=True)
    lease_until = models.DateTimeField("占用至", null=True)
    result = models.JSONField("结果", null=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "事项的一部分"
        constraints = [models.UniqueConstraint(fields=["job", "attempt", "place"], name="job_part_once")]

    def __str__(self) -> str:
        return f"{self.job}　{self.place}"


class DuePeriod(models.Model):
    """A piece of periodic work that has been taken on for its period: the row exists once, so it is done once."""

    kind = models.CharField("种类", max_length=60)
    period = models.CharField("周期", max_length=20)
    claimed_at = models.DateTimeField("认领时间")

    class Meta:
        verbose_name = "定期事项"
        constraints = [models.UniqueConstraint(fields=["kind", "period"], name="due_period_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class Pulse(models.Model):
    """When a standing task last lived: `tick` (so a worker is there) and `trail` (so the sealer is)."""

    name = models.CharField("名称", max_length=20, primary_key=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "心跳"

    def __str__(self) -> str:
        return f"{self.name} {self.at}"


class Outcome(models.TextChoices):
    OK = "ok", "成功"
    REFUSED = "refused", "被拒绝"


class TrailQuerySet(models.QuerySet["TrailRow"]):
    """Read and append; what is written stays (quality S6)."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("操作日志只能追加")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("操作日志只能追加")

    def unsealed(self) -> "TrailQuerySet":
        return self.filter(seq__isnull=True)

    def seal(self, *, seq: int, prev: str, digest: str) -> int:
        """The one change a row ever sees, from unsealed to its place in the chain; call it on unsealed()."""
        return super().update(seq=seq, prev=prev, hash=digest)

    def leave(self, archive: TrailArchive) -> int:
        """Takes the rows of an archive out, whose `pruned_at` is set before; the database refuses any others."""
        rows = self.filter(seq__gte=archive.first_seq, seq__lte=archive.last_seq)
        return int(rows._raw_delete(self.db))


class TrailRow(models.Model):
    """Who did or saw what. Written with the action, in its transaction; chained later by the sealer."""

    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="操作人",
    )
    actor_name = models.CharField("操作人姓名", max_length=150, blank=True)
    role = models.CharField("角色", max_length=60, blank=True)
    ip = models.CharField("地址", max_length=45, blank=True)
    action = models.CharField("操作", max_length=60, db_index=True)
    subject_type = models.CharField("对象类型", max_length=60, blank=True)
    subject_id = models.CharField("对象编号", max_length=64, blank=True)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区划"
    )
    detail = models.JSONField("内容", default=dict, blank=True)
    outcome = models.CharField("结果", max_length=8, choices=Outcome.choices, default=Outcome.OK)
    seq = models.PositiveBigIntegerField("链上序号", null=True, blank=True, unique=True)
    prev = models.CharField("前条校验值", max_length=64, blank=True)
    hash = models.CharField("校验值", max_length=64, blank=True)

    objects = TrailQuerySet.as_manager()

    class Meta:
        verbose_name = "操作日志"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="trail_subject"),
            models.Index(fields=["id"], condition=Q(seq__isnull=True), name="trail_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("操作日志只能追加")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("操作日志只能追加")
