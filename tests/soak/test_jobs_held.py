"""A job is one holder's (threats E3): a message that comes again finds the row taken or over, and a worker that was
frozen beyond its lease writes nothing when it wakes, whether another is still at the job or has done it."""

import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from config.celery import app
from tests.soak.processes import until
from tests.soak.test_faults import counted, job, state, unique

pytestmark = pytest.mark.soak
LOST = "占用已到期，由他处办理"


def deliver(server, key: str) -> None:
    """The job's message once more, as a broker sends it that was not told of its receipt."""
    with app.connection_for_write(f"redis://127.0.0.1:{server.redis_port}/0") as connection:
        app.send_task("office.run_job", (row(server, key)["id"],), queue="office", connection=connection)


def row(server, key: str) -> dict:
    ((found,),) = server.cluster.sql("SELECT to_jsonb(j) FROM office_job j WHERE key = %s", key)
    return dict(found)


def received(server) -> bool:
    """Every message has gone to a worker, which has acknowledged it."""
    broker = redis.Redis(port=server.redis_port)
    return not (broker.llen("office") or broker.hlen("unacked"))


@contextmanager
def frozen(server, name: str) -> Iterator[None]:
    """The worker and its children get no time until the block ends."""
    group = server.running[name].pid
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


def test_a_message_that_comes_again_does_nothing(server):
    server.start("worker2")
    key = unique()
    job(server, key, "soak-count", f'{{"name": "{key}", "seconds": 10}}')
    until(lambda: state(server, key)[0] == "running", "it is begun")
    begun = row(server, key)
    for _ in range(4):
        # More than either worker has hands: both get some while one is at it.
        deliver(server, key)
    until(lambda: received(server), "they are received")
    assert state(server, key)[0] == "running", "and the job is still under way"
    until(lambda: state(server, key)[0] == "done", "it is done")
    ended = row(server, key)
    for _ in range(4):
        deliver(server, key)
    until(lambda: received(server), "they are received")
    # What was asked later is done: the messages before it have been looked at.
    after = unique()
    job(server, after, "soak-count", f'{{"name": "{after}", "seconds": 0.2}}')
    until(lambda: state(server, after)[0] == "done", "the next one is done")
    assert row(server, key) == ended
    same = ("attempts", "worker", "lease_token", "started_at")
    assert ended["attempts"] == 1 and [ended[name] for name in same] == [begun[name] for name in same]
    assert counted(server, key) == 1


@pytest.mark.parametrize("awake", ["while another is at it", "after another has done it"])
def test_a_worker_that_was_frozen_beyond_its_lease_writes_nothing(awake, server):
    key = uuid.uuid4().hex
    warned = server.log("worker").count(LOST)
    job(server, key, "soak-count", f'{{"name": "{key}", "seconds": 10}}')
    until(lambda: row(server, key)["done_count"] > 5, "it is in the middle of it")
    first = row(server, key)
    with frozen(server, "worker"):
        server.start("worker2")
        until(
            lambda: row(server, key)["attempts"] == 2 and row(server, key)["done_count"], "another takes it"
        )
        if awake.startswith("after"):
            until(lambda: state(server, key)[0] == "done", "the other has done it")
            assert counted(server, key) == 1
    second = row(server, key)
    assert second["worker"] != first["worker"] and second["lease_token"] != first["lease_token"]
    until(lambda: server.log("worker").count(LOST) > warned, "the first learns that it is another's")
    until(lambda: state(server, key)[0] == "done", "the other has done it")
    ended = row(server, key)
    assert (ended["attempts"], ended["worker"]) == (2, second["worker"]) and counted(server, key) == 1
    if awake.startswith("after"):
        assert ended == second
