"""One attempt at a job: claim, lease, progress, and an end that counts only for the holder of the lease.

Whatever happens to messages and processes, a row is worked on by one lease holder at a time: claiming and
finishing are conditional UPDATEs. What must happen exactly once is written in one transaction with
`run.finish(result)`; what may safely happen again needs at most `run.still_mine()`.
"""

from __future__ import annotations

import datetime
import logging
import os
import socket
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections, transaction
from django.db.models import F, Q

from office import clock
from office.digit_runs import mask_digit_runs
from office.models import MAX_ATTEMPTS, WAITING, Job, JobState

log = logging.getLogger(__name__)

JobFunction = Callable[..., dict[str, Any] | None]
# Seconds between writes of progress: twice a second at most.
PROGRESS_EVERY = 0.5
FINISH_TRIES = 5
# What PostgreSQL says when a lock was waited for as long as it may be.
LOCK_NOT_AVAILABLE = "55P03"
WENT_WRONG = "办理时出错，已记录，可以重试"


class JobRefused(Exception):
    """A job (or an act on one) that cannot be done; the message is plain Chinese for the user."""


class JobStopped(Exception):
    """Ends a job function from inside `progress`; job functions let it pass."""


class JobCancelled(JobStopped):
    """The user asked to cancel."""


class JobLost(JobStopped):
    """The lease went to somebody else: nothing may be written any more."""


def lease() -> datetime.timedelta:
    """How long a silent worker keeps a job: JOB_LEASE_SECONDS, 60 unless set; renewed four times in it."""
    return datetime.timedelta(seconds=getattr(settings, "JOB_LEASE_SECONDS", 60))


def others_see() -> bool:
    """A second connection sees what this one writes: not inside a transaction, nor of a database in memory."""
    in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]
    return not (connection.in_atomic_block or in_memory)


def worker_name(place: str) -> str:
    """Who works on a job: place (embedded, worker, command), host, process."""
    return f"{place}:{socket.gethostname()}:{os.getpid()}"[:120]


def claim(job_id: uuid.UUID | str, worker: str) -> JobRun | None:
    """Takes the job if it waits or its lease ran out; None when it is another's, over, or gone."""
    now, token = clock.now(), uuid.uuid4().hex
    free = Q(state__in=WAITING) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=job_id, cancel_requested=False, attempts__lt=MAX_ATTEMPTS).update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        heartbeat_at=now,
        lease_until=now + lease(),
        lease_token=token,
        worker=worker,
        done_count=0,
        total_count=None,
        message="",
        error="",
    )
    return JobRun(Job.objects.get(pk=job_id), token) if taken else None


class JobRun:
    """What a job function gets: the row, its owner, and the ways to report and to finish."""

    def __init__(self, job: Job, token: str) -> None:
        self.job = job
        self.token = token
        self._done, self._total, self._message = 0, None, ""  # type: int, int | None, str
        self._dirty = self._cancelled = self._lost = False
        self._written = float("-inf")
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def owner(self) -> Any:
        """The user who asked, read now: duties may have changed since. None: the system itself."""
        return self.job.owner

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """So many done, of so many if known; the message says what is being done and goes when the job ends.
        Raises JobCancelled or JobLost, so call it often: it is cheap.
        """
        self._done = done
        self._total = self._total if total is None else total
        self._message = message[:200] or self._message
        self._dirty = True
        if self._thread is None and time.monotonic() - self._written >= PROGRESS_EVERY:
            self._write()
        self.check()

    def check(self) -> None:
        """Raises when the job was cancelled or lost, as far as is known here."""
        if self._lost:
            raise JobLost
        if self._cancelled:
            raise JobCancelled

    def still_mine(self) -> None:
        """Inside a transaction: from here to the commit nobody else can take the job; raises JobLost."""
        if not self._mine().update(heartbeat_at=clock.now()):
            raise JobLost

    def finish(self, result: dict[str, Any] | None = None, said: str = "") -> None:
        """Marks the job done. Called last in the transaction that writes its effect, both happen or neither,
        and once: a run that lost its lease gets JobLost, one that was told to stop JobCancelled, and its
        transaction rolls back: what was cancelled in time writes nothing, seen by the heartbeat or not.

        A job function whose effect may be repeated need not call it; returning the result is enough.
        `said`: what the page says beside the end.
        """
        going_on = self._mine().filter(cancel_requested=False)
        if not self._end(JobState.DONE, of=going_on, result=result or {}, said=said):
            raise JobCancelled if self._mine().exists() else JobLost

    # -- the rest is for work_on() --

    def start_renewing(self) -> None:
        """A thread with a connection of its own renews the lease and writes progress, so both go on while the
        job is inside a long transaction. Where it cannot, `progress` writes for itself.
        """
        if not others_see():
            return
        self._thread = threading.Thread(target=self._renew, name=f"lease-{self.job.pk}", daemon=True)
        self._thread.start()

    def stop_renewing(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None

    def end(self, state: JobState, *, error: str = "", result: dict[str, Any] | None = None) -> None:
        """The job's end as its row says it; nothing when the row is no longer this run's."""
        self._patiently(lambda: self._end(state, of=self._mine(), error=error, result=result or {}))
        self.job.refresh_from_db()

    def interrupt(self) -> None:
        """The process is being stopped: give the job back at once instead of after the lease."""
        self._mine().interrupt(clock.now())

    def database_went(self, wrong: Exception) -> bool:
        """It went wrong because the connection broke, or a lock was not to be had (DB_LOCK_SECONDS): nothing is the
        matter with the job, which is given back. Whoever waited for a lock lets others on and has not begun."""
        if not isinstance(wrong, OperationalError | InterfaceError) or connection.in_atomic_block:
            return False
        kept_out = getattr(wrong.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE
        if not kept_out and connection.connection is not None and connection.is_usable():
            return False
        self._patiently(lambda: self._mine().interrupt(clock.now(), counts=not kept_out))
        self.job.refresh_from_db()
        return True

    def _patiently(self, write: Callable[[], object]) -> None:
        """When the database went away or is locked, again. Without an end the lease runs out and the sweeper decides."""
        for tries_left in reversed(range(FINISH_TRIES)):
            try:
                write()
                return
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block or not tries_left:
                    raise
                connection.close()
                time.sleep(1)

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, lease_token=self.token)

    def _end(
        self, state: JobState, *, of: Any, result: dict[str, Any], error: str = "", said: str = ""
    ) -> int:
        """How far it came stays; what was being done then is over, so its message goes."""
        ended = {
            "state": state,
            "message": said[:200],
            "error": error,
            "result": result,
            "finished_at": clock.now(),
            "lease_until": None,
        }
        counts: dict[str, Any] = {
            "done_count": self._done,
            "total_count": self._total,
        }
        return of.update(**ended, **counts)

    def _renew(self) -> None:
        """Body of the thread: four renewals a lease, progress within half a second of its change."""
        every = lease().total_seconds() / 4
        try:
            while not self._over.wait(min(PROGRESS_EVERY, every)):
                if self._dirty or time.monotonic() - self._written >= every:
                    try:
                        self._write()
                    except DatabaseError:
                        # Three more renewals fit into the lease; a job that ends meanwhile writes its own counts.
                        log.warning("事项 %s 的心跳没有写成，稍后再试", self.job.pk)
                        connection.close()
        finally:
            connections.close_all()

    def _write(self) -> None:
        """One heartbeat: progress and lease out, cancellation and loss in."""
        now = clock.now()
        self._dirty, self._written = False, time.monotonic()
        mine = self._mine().update(
            heartbeat_at=now,
            lease_until=now + lease(),
            done_count=self._done,
            total_count=self._total,
            message=self._message,
        )
        if not mine:
            self._lost = True
        elif Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            self._cancelled = True


def work_on(run: JobRun, function: JobFunction) -> None:
    """Runs the function and writes how it ended. What went wrong stays in the row and the log, not raised;
    only a stop of the process itself passes through, with the job given back.
    """
    run.start_renewing()
    # Inside an outer transaction a savepoint keeps the outer one usable after a database error.
    inner = transaction.atomic() if connection.in_atomic_block else nullcontext()
    try:
        try:
            if run.owner is not None and not run.owner.is_active:
                raise JobRefused("发起人的账号已停用，不再办理")
            with inner:
                result = function(run, **run.job.params)
        finally:
            run.stop_renewing()
    except JobCancelled:
        run.end(JobState.CANCELLED)
    except JobLost:
        log.warning("事项 %s 的占用已到期，由他处办理", run.job.pk)
        run.job.refresh_from_db()
    except (JobRefused, PermissionDenied) as refused:
        run.end(JobState.FAILED, error=mask_digit_runs(str(refused)) or "没有办理这一事项的权限")
    except ValidationError as invalid:
        run.end(JobState.FAILED, error=mask_digit_runs("；".join(invalid.messages)))
    except Exception as wrong:
        # Messages of database errors quote values: identity numbers never reach the log.
        log.error("事项 %s（%s）出错\n%s", run.job.pk, run.job.kind, mask_digit_runs(traceback.format_exc()))
        if not run.database_went(wrong):
            run.end(JobState.FAILED, error=WENT_WRONG)
    except BaseException:
        run.interrupt()
        raise
    else:
        run.end(JobState.DONE, result=result)


def cancel(job: Job) -> None:
    """Waiting: cancelled at once. Running: asked to stop at its next progress. Raises JobRefused when over."""
    row = Job.objects.filter(pk=job.pk)
    now = clock.now()
    waiting = row.filter(state__in=WAITING).update(
        state=JobState.CANCELLED, finished_at=now, cancel_requested=True, message=""
    )
    changed = waiting or row.filter(state=JobState.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    if not changed:
        raise JobRefused(f"这一事项{job.get_state_display()}，不能取消")
