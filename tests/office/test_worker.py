"""Jobs with a real Celery worker process, PostgreSQL and Redis; the worker is killed, Redis is emptied."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from django.conf import settings as configured
from django.db import connection

from office import clock, jobs, trail
from office.job_run import claim
from office.models import JobState, TrailRow
from tests.office import worker_jobs

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
# What a killed worker had received and not begun is kept in the last two.
QUEUES = ("office", "bulk", "unacked", "unacked_index")
LEASE = 3  # seconds
PATIENCE = 25  # seconds a state may take to come


@pytest.fixture(autouse=True)
def queues():
    """The queues of this Redis number, empty before and after; this process knows the test's kind of job too."""
    assert worker_jobs.count
    server = redis.Redis.from_url(configured.REDIS_URL)
    server.delete(*QUEUES)
    yield server
    server.delete(*QUEUES)


@pytest.fixture
def start_worker(settings):
    """Starts a Celery worker on the test's database; it and its children are killed afterwards."""
    started = []

    def start():
        database = connection.settings_dict
        address = f"{database['HOST']}:{database['PORT']}"
        secret = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel", "WARNING"),
                *("--concurrency", "2", "--include", "tests.office.worker_jobs"),
                *("--without-gossip", "--without-mingle"),
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": f"postgres://{database['USER']}{secret}@{address}/{database['NAME']}",
                "DATA_DIR": str(settings.DATA_DIR),
                "TEST_LEASE_SECONDS": str(LEASE),
            },
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


def kill(process):
    """kill -9 of the worker and its children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def until(row, state, meanwhile=lambda: None):
    """Waits for the state, doing something in between."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        row.refresh_from_db()
        if row.state == state:
            return row
        meanwhile()
        time.sleep(0.1)
    raise AssertionError(f"{row} did not become {state}: {row.error or row.message}")


def effects(total):
    return TrailRow.objects.filter(action="test-counted", detail__total=total).count()


def test_lease_and_progress_go_on_inside_one_long_transaction(start_worker):
    start_worker()
    row = jobs.enqueue("worker-count", params={"total": 50, "step": 0.1, "together": True})
    until(row, JobState.RUNNING)
    seen = set()

    def look():
        seen.add(row.done_count)
        jobs.sweep()

    until(row, JobState.DONE, meanwhile=look)
    assert len(seen) >= 3 and row.message == "清点完毕"
    assert row.result == {"total": 50} and effects(50) == 1 and row.attempts == 1


def test_killed_worker_shows_interrupted_and_a_second_one_finishes_once(start_worker, settings):
    told = settings.DATA_DIR / "told"
    first = start_worker()
    row = jobs.enqueue("worker-count", params={"total": 60, "step": 0.1, "told": str(told)})
    until(row, JobState.RUNNING)
    # Longer than the lease: a worker that lives renews it, and the sweeper leaves it alone.
    alive = time.monotonic() + LEASE + 1
    while time.monotonic() < alive:
        jobs.sweep()
        time.sleep(0.2)
    row.refresh_from_db()
    assert row.state == JobState.RUNNING and row.attempts == 1 and row.lease_until > clock.now()
    kill(first)
    until(row, JobState.INTERRUPTED, meanwhile=jobs.sweep)
    assert effects(60) == 0
    start_worker()
    until(row, JobState.DONE)
    assert row.attempts == 2 and effects(60) == 1
    assert len(set(told.read_text().split())) == 2, "two processes worked on it"


def test_a_job_in_parts_is_done_by_both_processes_and_goes_on_when_one_is_killed(start_worker):
    first = start_worker()
    row = jobs.enqueue("worker-parts", params={"parts": 12, "step": 0.3})
    assert len(until(row, JobState.DONE).result["by"]) == 2
    row = jobs.enqueue("worker-parts", params={"parts": 40, "step": 0.2})
    until(row, JobState.RUNNING)
    start_worker()
    time.sleep(2)
    kill(first)
    until(row, JobState.DONE, meanwhile=jobs.sweep)
    assert row.result["parts"] == 40


def test_emptied_redis_loses_and_doubles_nothing(start_worker, queues, monkeypatch):
    rows = [jobs.enqueue("worker-count", params={"total": total}) for total in range(1, 6)]
    assert queues.llen("office") == 5
    queues.delete("office")
    start_worker()
    monkeypatch.setattr(jobs, "RING_AGAIN", jobs.datetime.timedelta(seconds=1))
    for row in rows:
        until(row, JobState.DONE, meanwhile=jobs.sweep)
    assert [effects(total) for total in range(1, 6)] == [1] * 5
    assert {row.attempts for row in rows} == {1}


def test_worker_sweeps_and_shows_that_it_lives(start_worker, monkeypatch):
    monkeypatch.setattr(jobs, "_broker_rests_until", float("inf"))
    row = jobs.enqueue("worker-count", params={"total": 1})
    start_worker()
    jobs.tick_task.delay()
    until(row, JobState.DONE)
    assert clock.now() - jobs.worker_seen_at() < jobs.datetime.timedelta(seconds=PATIENCE)


def at_once(count, act):
    """What act() gave in so many threads that start together, each with a connection of its own."""
    together = threading.Barrier(count)

    def one(_):
        try:
            connection.ensure_connection()
            together.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_ten_equal_requests_at_once_are_one_job():
    rows = at_once(10, lambda: jobs.enqueue("worker-count", params={"total": 1}))
    assert len({row.pk for row in rows}) == 1


def test_ten_workers_at_once_are_one_holder():
    row = jobs.enqueue("worker-count", params={"total": 1})
    runs = at_once(10, lambda: claim(row.pk, "test"))
    assert len([run for run in runs if run is not None]) == 1


def test_ten_sealers_and_writers_at_once_make_one_chain(monkeypatch):
    monkeypatch.setattr(trail, "BATCH", 3)

    def write_and_seal():
        for _ in range(5):
            trail.record("test")
            trail.seal()

    at_once(10, write_and_seal)
    assert trail.seal() == 0 and trail.sealed_count() == 50
    assert trail.verify() == []


@pytest.mark.parametrize("silent", [False, True])
def test_page_does_not_wait_for_a_broker_that_is_gone(silent, monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        if silent:
            nobody.listen()
        address = f"redis://127.0.0.1:{nobody.getsockname()[1]}/0"
        connect = jobs.current_app.connection_for_write
        monkeypatch.setattr(
            jobs,
            "current_app",
            type("Elsewhere", (), {"connection_for_write": lambda **how: connect(address, **how)}),
        )
        monkeypatch.setattr(jobs, "_broker_rests_until", 0.0)
        for params in ({"total": 1}, {"total": 2}):
            asked = time.monotonic()
            row = jobs.enqueue("worker-count", params=params)
            assert time.monotonic() - asked < 1.5
            row.refresh_from_db()
            assert row.state == JobState.QUEUED and row.rung_at is None
