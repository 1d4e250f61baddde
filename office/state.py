"""How the installation is doing, in figures without a person in them: for the page 系统状态 and for collectors.

Each figure has an English name for machines (Prometheus' way), a Chinese one for the administrator, and says
itself whether it needs looking at.
"""

import datetime
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Min

from office import clock
from office.models import OPEN, Job, JobState, Pulse, TrailRow

QUEUES = ("office", "bulk")
# Beyond these somebody should look: see docs/administrator.md.
WAITS_LONG, SILENT, UNSEALED = 600, 60, 120  # seconds
BACKUP_OLD = 26 * 3600
DISK_LOW = 5 * 10**9  # bytes
FAILED_MANY = 5


@dataclass(frozen=True)
class Figure:
    """`value` None: unknown, as before the first backup. `advice` stands beside a figure that is `bad`."""

    name: str
    label: str
    value: int | None
    unit: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    bad: bool = False
    advice: str = ""

    @property
    def line(self) -> str:
        """Prometheus' text format; an unknown one is NaN."""
        labels = ",".join(f'{key}="{value}"' for key, value in self.labels)
        return f"tuopin_{self.name}{'{' + labels + '}' if labels else ''} {'NaN' if self.value is None else self.value}"

    @property
    def shown(self) -> str:
        """For people: durations in the largest fitting unit, bytes in GB."""
        if self.value is None:
            return "还没有"
        if self.unit == "秒":
            for size, word in ((86400, "天"), (3600, "小时"), (60, "分钟")):
                if self.value >= 2 * size:
                    return f"{self.value // size} {word}"
        if self.unit == "字节":
            return f"{self.value / 10**9:.1f} GB"
        return f"{self.value} {self.unit}".strip()


def figures() -> list[Figure]:
    """Eight statements, however large the register."""
    now = clock.now()
    return [*_jobs(now), _worker(now), *_trail(now), _sessions(now), _backup(now), _disk()]


def _since(moment: datetime.datetime | None, now: datetime.datetime) -> int | None:
    return None if moment is None else max(0, int((now - moment).total_seconds()))


def _jobs(now: datetime.datetime) -> list[Figure]:
    found: Counter[tuple[str, str]] = Counter(Job.objects.open().values_list("queue", "state"))
    oldest = dict(Job.objects.waiting().values_list("queue").annotate(Min("queued_at")))
    made = []
    for queue, word in zip(QUEUES, ("日常", "大批"), strict=True):
        for state in OPEN:
            labels = (("queue", queue), ("state", state.value))
            count = found[queue, state.value]
            made.append(Figure("jobs", f"{word}任务{state.label}", count, "件", labels))
        waits = _since(oldest.get(queue), now) or 0
        made.append(
            Figure(
                "job_waiting_seconds",
                f"{word}任务等得最久的",
                waits,
                "秒",
                (("queue", queue),),
                bad=waits > WAITS_LONG,
                advice=f"看任务进程 tuopin-worker@{queue} 在不在",
            )
        )
    yesterday = now - datetime.timedelta(days=1)
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gte=yesterday).count()
    advice = "看任务进程的日志；发起人在“任务”页看得到原因"
    return [
        *made,
        Figure(
            "jobs_failed_day", "一天内未办成的任务", failed, "件", bad=failed >= FAILED_MANY, advice=advice
        ),
    ]


def _worker(now: datetime.datetime) -> Figure:
    seen = Pulse.objects.filter(name="tick").values_list("at", flat=True).first()
    silent = _since(seen, now)
    return Figure(
        "worker_silent_seconds",
        "任务进程多久没有例行工作",
        silent,
        "秒",
        bad=silent is None or silent > SILENT,
        advice="看 tuopin-worker 和 tuopin-beat 在不在",
    )


def _trail(now: datetime.datetime) -> list[Figure]:
    waiting = TrailRow.objects.unsealed().aggregate(first=Min("at"))["first"]
    waits = _since(waiting, now) or 0
    advice = "例行工作没有做完，看任务进程的日志"
    return [
        Figure("trail_unsealed_rows", "等待封存的日志", TrailRow.objects.unsealed().count(), "条"),
        Figure(
            "trail_unsealed_seconds", "日志等待封存最久的", waits, "秒", bad=waits > UNSEALED, advice=advice
        ),
    ]


def _sessions(now: datetime.datetime) -> Figure:
    return Figure("sessions", "没有到期的登录", Session.objects.filter(expire_date__gt=now).count(), "个")


def _backup(now: datetime.datetime) -> Figure:
    last = TrailRow.objects.filter(action="备份").order_by("-id").values_list("at", flat=True).first()
    age = _since(last, now)
    bad = age is None or age > BACKUP_OLD
    advice = "看 tuopin-backup.timer；备份见管理员手册四"
    return Figure("backup_age_seconds", "上次备份距今", age, "秒", bad=bad, advice=advice)


def _disk() -> Figure:
    places = [path for path in (Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)) if path.exists()]
    free = min(shutil.disk_usage(path).free for path in places)
    advice = "清理或扩大数据目录所在的磁盘"
    return Figure("disk_free_bytes", "数据目录的磁盘余量", free, "字节", bad=free < DISK_LOW, advice=advice)
