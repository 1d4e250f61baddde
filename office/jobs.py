"""The one door to long work: register, enqueue, run, sweep.

A job is a row first; Celery's message carries only its id and is a bell that may ring late, twice or never.
A page enqueues and goes on; a worker (Celery's, or the embedded thread) claims the row and works; the sweeper
rings again for rows that nobody took and takes rows from workers that died. Functions are registered in each
app's `jobs` module:

    @job("exit-tally-run", title="年度退出统计")
    def exit_tally_run(run: JobRun, *, year: int, area: str) -> dict: ...

A function may run twice: see office.job_run for how its effect happens once.
"""

import datetime
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from celery import current_app, shared_task
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import Q
from django.utils.module_loading import autodiscover_modules
from kombu.exceptions import KombuError
from kombu.pools import producers
from redis.exceptions import RedisError

from office import clock, trail
from office.job_run import (
    JobCancelled,
    JobFunction,
    JobLost,
    JobRefused,
    JobRun,
    JobStopped,
    cancel,
    claim,
    work_on,
    worker_name,
)
from office.models import DuePeriod, Job, JobState, Pulse
from office.parts import Share, help_with, part, shared

__all__ = [
    "Job",
    "JobCancelled",
    "JobLost",
    "JobRefused",
    "JobRun",
    "JobState",
    "JobStopped",
    "Share",
    "cancel",
    "enqueue",
    "in_parts",
    "job",
    "part",
    "periodic",
    "retry",
    "run_now",
    "sweep",
    "tick",
    "worker_seen_at",
]

log = logging.getLogger(__name__)

# A waiting row is rung for again after this time; a message too many finds the row taken and does nothing.
RING_AGAIN = datetime.timedelta(seconds=30)
RINGS_A_SWEEP = 100
OPEN_TRIES = 3
# So many others are asked to help with a job in parts; who comes when nothing is left goes away again.
HELPERS = 8
# After a failed ring this process leaves the broker alone for so many seconds: pages do not pay for it in turn.
BROKER_REST = 10.0
# Celery's own connection would try for six seconds where the port is closed; a bell is not worth that.
QUICK = {"max_retries": 0, "socket_connect_timeout": 0.7, "socket_timeout": 0.7}
BROKER_ERRORS = (KombuError, RedisError, OSError)


@dataclass(frozen=True)
class JobKind:
    name: str
    title: str
    queue: str
    function: JobFunction


_kinds: dict[str, JobKind] = {}
_periodic: dict[str, str] = {}
PERIODS: dict[str, Callable[[datetime.datetime], str]] = {
    "day": lambda moment: moment.date().isoformat(),
    "hour": lambda moment: moment.strftime("%Y-%m-%dT%H"),
}


def job(kind: str, *, title: str, queue: str = "office") -> Callable[[JobFunction], JobFunction]:
    """Registers `f(run: JobRun, **params) -> dict | None`. The title is Chinese, for the job's page.

    Queues: "office" for what people wait for, "bulk" for imports and other work of many minutes.
    """

    def register(function: JobFunction) -> JobFunction:
        known = _kinds.get(kind)
        if known and known.function.__module__ != function.__module__:
            raise ValueError(f"job kind {kind} is registered by {known.function.__module__} already")
        _kinds[kind] = JobKind(kind, title, queue, function)
        return function

    return register


def periodic(kind: str, *, every: str = "day") -> Callable[[JobFunction], JobFunction]:
    """Makes the registered kind due once a period of the office's clock ("day" or "hour"); its function takes
    `period`, "2018-11-20" or "2018-11-20T13". A period that nobody was there for is not made up.
    """
    if every not in PERIODS:
        raise ValueError(f"no such period: {every}")

    def register(function: JobFunction) -> JobFunction:
        _periodic[kind] = every
        return function

    return register


def kind_named(kind: str) -> JobKind:
    """Raises LookupError when no app registers it."""
    if kind not in _kinds:
        autodiscover_modules("jobs")
    try:
        return _kinds[kind]
    except KeyError:
        raise LookupError(f"no app registers the job kind {kind}") from None


def enqueue(kind: str, *, params: dict[str, Any], owner: Any = None, key: str = "", title: str = "") -> Job:
    """The job's row, and a ring once the transaction commits; never raises for the broker.

    An equal request (same key) that is not over yet returns the job that is there. Without a key, equal
    means: same kind, parameters and owner. Parameters are ids and choices, never personal data: rows are kept.
    `title` tells a job from others of its kind; without one it has that of the kind.
    """
    row, made = _open_row(kind_named(kind), params, owner, key, title)
    if made:
        transaction.on_commit(partial(ring, row), robust=True)
    return row


def run_now(kind: str, *, params: dict[str, Any], owner: Any = None, key: str = "") -> Job:
    """The same row and states, worked on in this process: for management commands. See `state` and `error`.

    Raises JobRefused when an equal job is under way elsewhere. Seals the trail before it returns.
    """
    registered = kind_named(kind)
    row, _ = _open_row(registered, params, owner, key)
    run = claim(row.pk, worker_name("command"))
    if run is None:
        raise JobRefused(f"“{row.title}”正在别处办理，请稍候")
    try:
        work_on(run, registered.function)
    except KeyboardInterrupt:
        # Whoever stopped the command does not expect a worker to go on with it.
        with suppress(JobRefused):
            cancel(run.job)
        raise
    if not connection.in_atomic_block:
        trail.seal()
    return run.job


def retry(old: Job) -> Job:
    """A new job like one that ended without result; raises JobRefused for any other."""
    if not old.can_retry:
        raise JobRefused(f"这一事项{old.get_state_display()}，不需要重新办理")
    return enqueue(old.kind, params=old.params, owner=old.owner, key=old.key, title=old.title)


def _open_row(
    registered: JobKind, params: dict[str, Any], owner: Any, key: str, title: str = ""
) -> tuple[Job, bool]:
    text = json.dumps(params, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    if not key:
        who = owner.pk if owner else ""
        key = f"{registered.name}:{hashlib.sha256(f'{text}:{who}'.encode()).hexdigest()}"
    for _ in range(OPEN_TRIES):
        now = clock.now()
        try:
            with transaction.atomic():
                row = Job.objects.create(
                    kind=registered.name,
                    title=title or registered.title,
                    params=json.loads(text),
                    key=key,
                    owner=owner,
                    queue=registered.queue,
                    queued_at=now,
                    rung_at=now,
                )
            return row, True
        except IntegrityError:
            there = Job.objects.open().filter(key=key).first()
            if there is not None:
                return there, False
            # The equal job ended between the two statements: try again.
    raise JobRefused("同样的事项正在变动，请再试一次")


_broker_rests_until = 0.0


def ring(row: Job) -> bool:
    """Tells a worker about the row. False, and a log line, when the broker is not there: the sweeper rings later."""
    if _send(run_job, row):
        return True
    Job.objects.filter(pk=row.pk).update(rung_at=None)
    return False


def in_parts(run: JobRun, kind: str, asked: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results of the parts asked for, each done by this run or by a worker that was free (office.parts)."""

    def ring_helpers() -> None:
        for _ in asked[1 : HELPERS + 1]:
            if not _send(help_job, run.job):
                break

    return shared(run, kind, asked, ring_helpers)


def _send(task: Any, row: Job) -> bool:
    global _broker_rests_until
    if time.monotonic() < _broker_rests_until:
        return False
    try:
        bell = current_app.connection_for_write(transport_options=QUICK)
        with producers[bell].acquire(block=True) as producer:
            task.apply_async((str(row.pk),), queue=row.queue, producer=producer, retry=False)
        return True
    except BROKER_ERRORS as silent:
        _broker_rests_until = time.monotonic() + BROKER_REST
        log.warning("消息服务不可用，事项 %s 已登记，稍后再通知：%s", row.pk, silent)
        return False


def sweep() -> None:
    """Takes jobs from workers whose lease ran out, and rings for waiting rows that nobody took."""
    now = clock.now()
    with transaction.atomic():
        lost = Job.objects.lost(now)
        if connection.features.has_select_for_update_skip_locked:
            # A row locked by its worker's own transaction is not lost; waiting for it would stop the sweeper.
            lost = lost.select_for_update(skip_locked=True)
        Job.objects.lost(now).filter(pk__in=[row.pk for row in lost]).interrupt(now)
    unheard = Job.objects.waiting().filter(Q(rung_at__isnull=True) | Q(rung_at__lt=now - RING_AGAIN))
    for row in unheard.order_by("queued_at")[:RINGS_A_SWEEP]:
        # Two sweepers ring once: the second finds the time changed.
        if unheard.filter(pk=row.pk).update(rung_at=now) and not ring(row):
            break


def tick() -> None:
    """Every standing duty; each fails alone. Any number of ticks at a time do no harm."""
    for duty in (_beat, sweep, enqueue_due, trail.seal):
        try:
            duty()
        except Exception:
            log.exception("例行工作 %s 没有完成", getattr(duty, "__name__", duty))


def enqueue_due() -> None:
    """Takes on the periodic work of the current period: the unique row decides who does."""
    autodiscover_modules("jobs")
    moment = clock.moment()
    for kind, every in _periodic.items():
        period = PERIODS[every](moment)
        with transaction.atomic():
            _, claimed = DuePeriod.objects.get_or_create(
                kind=kind, period=period, defaults={"claimed_at": clock.now()}
            )
            if claimed:
                enqueue(kind, params={"period": period}, key=f"{kind}:{period}")


def worker_seen_at() -> datetime.datetime | None:
    """When a worker last did its standing duties; /readyz compares it with the real clock."""
    pulse = Pulse.objects.filter(name="tick").first()
    return pulse.at if pulse else None


def _beat() -> None:
    Pulse.objects.update_or_create(name="tick", defaults={"at": clock.now()})


@contextmanager
def _fresh_connections() -> Iterator[None]:
    """A task starts and ends without connections that died or grew old; a caller's transaction is left alone."""
    apart = not connection.in_atomic_block
    if apart:
        close_old_connections()
    try:
        yield
    finally:
        if apart:
            close_old_connections()


@shared_task(name="office.run_job", ignore_result=True)
def run_job(job_id: str) -> None:
    """What a worker does when it is rung. Acknowledged early: the row, not the message, survives a kill."""
    with _fresh_connections():
        run = claim(job_id, worker_name("embedded" if settings.EMBEDDED else "worker"))
        if run is not None:
            work_on(run, kind_named(run.job.kind).function)


@shared_task(name="office.help_job", ignore_result=True)
def help_job(job_id: str) -> None:
    """What a worker does when a job in parts calls for help."""
    with _fresh_connections():
        autodiscover_modules("jobs")
        help_with(job_id)


@shared_task(name="office.tick", ignore_result=True)
def tick_task() -> None:
    with _fresh_connections():
        tick()
