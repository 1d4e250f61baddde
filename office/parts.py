"""A job's work in parts that free workers share: one worker gets through alone, more of them are faster.

    @part("register-check")                                   # in the app's jobs module
    def check_some(share: Share, *, first: int) -> dict: ...

    results = in_parts(run, "register-check", [{"first": 1}, …])     # inside the job's function (office.jobs)

The job's own run makes the parts, does one after the other and joins what came of them; workers that hear the bell
do some meanwhile. A part has a lease like a job (office.job_run); one whose worker died is done again, so what it
does must bear being done twice. Its result counts once. Parts live as long as the attempt that made them.
"""

import logging
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, connections
from django.db.models import F, Q, Sum

from office import clock
from office.digit_runs import mask_digit_runs
from office.job_run import PROGRESS_EVERY, JobCancelled, JobLost, JobRun, JobStopped, lease, others_see
from office.models import Job, JobPart, JobState

log = logging.getLogger(__name__)

PartFunction = Callable[..., dict[str, Any]]
# Seconds between two looks at what others have under way.
WAIT = 0.2

_functions: dict[str, PartFunction] = {}


class Share:
    """What a part's function gets: its row, and the way to report."""

    def __init__(self, row: JobPart, token: str, told: Callable[[], None] | None = None) -> None:
        self.row, self.token, self._told = row, token, told
        self._written = float("-inf")

    def progress(self, done: int) -> None:
        """So many done of this part. Call it often: JobLost and JobCancelled say that it is for nothing."""
        if time.monotonic() - self._written < PROGRESS_EVERY:
            return
        self._written = time.monotonic()
        if not self._mine().update(done_count=done, lease_until=clock.now() + lease()):
            raise JobLost
        job = Job.objects.get(pk=self.row.job_id)
        if job.cancel_requested:
            raise JobCancelled
        if (job.state, job.lease_token) != (JobState.RUNNING, self.row.attempt):
            raise JobLost
        if self._told:
            self._told()

    def finish(self, result: dict[str, Any]) -> None:
        if not self._mine().update(result=result, lease_until=None):
            raise JobLost

    def renew(self, over: threading.Event) -> None:
        """Body of a thread: four renewals a lease, while the part's function is inside a long statement."""
        try:
            while not over.wait(lease().total_seconds() / 4):
                try:
                    self._mine().update(lease_until=clock.now() + lease())
                except DatabaseError:
                    log.warning("事项 %s 的一部分的心跳没有写成，稍后再试", self.row.job_id)
                    connection.close()
        finally:
            connections.close_all()

    def give_back(self) -> None:
        self._mine().update(lease_until=None)

    def _mine(self) -> Any:
        return JobPart.objects.filter(pk=self.row.pk, token=self.token, result__isnull=True)


def part(kind: str) -> Callable[[PartFunction], PartFunction]:
    """Registers `f(share: Share, **params) -> dict`; the dict is what JSON can hold."""

    def register(function: PartFunction) -> PartFunction:
        _functions[kind] = function
        return function

    return register


def shared(
    run: JobRun, kind: str, asked: Sequence[dict[str, Any]], ring: Callable[[], None]
) -> list[dict[str, Any]]:
    """The results of all parts, in the order they were asked for. `ring` calls the others."""
    rows = JobPart.objects.filter(job=run.job, attempt=run.token)
    # What an attempt left that was killed.
    JobPart.objects.filter(job=run.job).exclude(attempt=run.token).delete()
    JobPart.objects.bulk_create(
        JobPart(job=run.job, attempt=run.token, kind=kind, place=place, params=params)
        for place, params in enumerate(asked)
    )

    def told() -> None:
        run.progress(rows.aggregate(done=Sum("done_count"))["done"] or 0)

    try:
        ring()
        while rows.filter(result__isnull=True).exists():
            share = _claim(run.job.pk, told)
            if share is not None:
                try:
                    with _held(share):
                        share.finish(_functions[kind](share, **share.row.params))
                except JobLost:
                    # The part went to another, or the whole job did.
                    run.still_mine()
            else:
                time.sleep(WAIT)
            told()
        return [row.result or {} for row in rows.order_by("place")]
    finally:
        rows.delete()


def help_with(job_id: uuid.UUID | str) -> int:
    """Does parts of a job that is under way elsewhere until none is free; returns how many.

    What goes wrong here is left to the job's own run, which does the part again and says what is wrong with it.
    """
    done = 0
    try:
        while (share := _claim(job_id)) is not None:
            with _held(share):
                share.finish(_functions[share.row.kind](share, **share.row.params))
            done += 1
    except JobStopped:
        log.info("事项 %s 已由他处办理或已结束", job_id)
    except Exception:
        log.warning("事项 %s 的一部分没有办成，退回\n%s", job_id, mask_digit_runs(traceback.format_exc()))
    return done


@contextmanager
def _held(share: Share) -> Iterator[None]:
    """Nobody else takes the part meanwhile; one that was not finished is free again at once, whatever stopped it."""
    try:
        with _renewed(share):
            yield
    except BaseException:
        share.give_back()
        raise


@contextmanager
def _renewed(share: Share) -> Iterator[None]:
    if not others_see():
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=share.renew, args=(over,), name=f"part-{share.row.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)


def _claim(job_id: uuid.UUID | str, told: Callable[[], None] | None = None) -> Share | None:
    """Takes a part that nobody works on; None when there is none.

    The UPDATE asks of the part's own row alone: what it asked of the job, PostgreSQL would put into a subquery
    and not look at again after waiting for another who took the same part.
    """
    now = clock.now()
    free = JobPart.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now), result__isnull=True)
    going = {"job__state": JobState.RUNNING, "job__cancel_requested": False, "job__lease_token": F("attempt")}
    for row in free.filter(job__pk=job_id, **going).order_by("place"):
        token = uuid.uuid4().hex
        if free.filter(pk=row.pk).update(token=token, lease_until=now + lease()):
            return Share(row, token, told)
    return None
