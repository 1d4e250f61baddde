"""Redis stops, hangs or forgets (threats E6, E7): pages answer and save as ever, what was asked says that it waits,
and once Redis is back everything is delivered, each once."""

import os
import re
import signal
import time
import uuid

import pytest
import redis

from tests.soak.processes import until

pytestmark = pytest.mark.soak
LONGEST = 3.0  # seconds, for any page while Redis is away
APPROVABLE = (
    "SELECT l.id, l.stage, l.version FROM audits_auditlist l JOIN accounts_duty d ON d.area_id = l.area_id"
    " OR d.area_id = (SELECT parent_id FROM areas_area WHERE id = l.area_id)"
    " JOIN accounts_user u ON u.id = d.user_id"
    " WHERE u.username = 'approver' AND l.stage IN ('review', 'approval') AND l.closed_at IS NULL ORDER BY l.id"
)


def timed(person, address: str, **fields: str) -> tuple[int, str, str]:
    began = time.monotonic()
    answer = person.ask("POST" if fields else "GET", address, **fields)
    took = time.monotonic() - began
    assert took < LONGEST, f"{address} took {took:.1f} s"
    return answer


def ask_for(person, format: str) -> str:
    """An export by its page: the job's id."""
    asked = {"list": "households:list", "format": format, "once": uuid.uuid4().hex}
    status, text, where = timed(person, "/exports/", **asked)
    assert status == 303, text[:300]
    return re.search(r"/jobs/([0-9a-f-]{36})/", where)[1]


def approve(server, approver) -> list[tuple]:
    """审核 of a list that waits at the approver's desk and wants nothing more: the decisions that are kept of it."""
    for pk, stage, version in server.cluster.sql(APPROVABLE):
        passed = {"stage": stage, "version": str(version), "opinion": "演示同意"}
        if timed(approver, f"/audits/{pk}/pass/", **passed)[0] == 303:
            return server.cluster.sql(
                "SELECT d.verdict, u.username, l.stage <> d.stage FROM audits_decision d"
                " JOIN accounts_user u ON u.id = d.by_id JOIN audits_auditlist l ON l.id = d.audit_list_id"
                " WHERE l.id = %s AND d.stage = %s AND d.list_version >= %s",
                pk,
                stage,
                version,
            )
    raise AssertionError("no list can be approved")


def delivered(server, job: str) -> bool:
    """Done; it has one file, made once."""
    ((state, attempts),) = server.cluster.sql("SELECT state, attempts FROM office_job WHERE id = %s", job)
    if state != "done":
        return False
    exports = server.cluster.sql("SELECT id::text, rows FROM office_export WHERE job_id = %s", job)
    ((export, rows),) = exports
    made = server.cluster.sql(
        "SELECT 1 FROM office_trailrow WHERE action = '导出清单' AND subject_id = %s", export
    )
    files = list((server.data / "files/exports").glob(f"{export}*"))
    assert (attempts, len(made), len(files)) == (1, 1, 1) and rows
    return True


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_an_approval_is_saved_and_an_export_waits_while_redis_is_away(how, server, person, households):
    approver, town, district, helper = (person(name) for name in ("approver", "town", "district", "helper"))
    process = server.running["redis"]
    os.killpg(process.pid, how)
    try:
        began, visitor = time.monotonic(), f"演示{uuid.uuid4().hex[:10]}"
        assert helper.visit(households[0], visitor)[0] == 303 and time.monotonic() - began < LONGEST
        kept = server.cluster.sql("SELECT count(*) FROM households_visit WHERE visitor = %s", visitor)
        assert kept == [(1,)]
        assert approve(server, approver) == [("通过", "approver", True)]
        # Of four, each process of the pages has to find out for itself that nobody hears.
        jobs = [ask_for(one, format) for one in (town, district) for format in ("csv", "xlsx")]
        for one, job in zip((town, town, district, district), jobs, strict=True):
            assert "排队中" in timed(one, f"/jobs/{job}/")[1]
        assert timed(district, "/households/")[0] == 200
        assert server.parts()["broker"] == "failed"
    finally:
        if how == signal.SIGKILL:
            server.kill("redis")
            server.start("redis")
        else:
            os.killpg(process.pid, signal.SIGCONT)
    for job in jobs:
        until(lambda job=job: delivered(server, job), "the sweeper has it delivered", 180)


def swept(server):
    return server.cluster.sql("SELECT at FROM office_pulse WHERE name = 'tick'")


@pytest.mark.parametrize("how", ["emptied", "started again without its memory"])
def test_exports_that_redis_forgot_are_made_once(how, server, person):
    server.kill("worker")
    people = [person(name) for name in ("town", "district", "village")]
    broker = redis.Redis(port=server.redis_port)
    jobs = [ask_for(one, format) for one in people for format in ("csv", "xlsx")]
    waiting = [message.decode() for message in broker.lrange("office", 0, -1)]
    assert all(any(job in message for message in waiting) for job in jobs), "each has its message"
    if how == "emptied":
        broker.flushall()
    else:
        server.kill("redis")
        server.start("redis")
        until(broker.ping, "Redis is back")
    assert not any(job in message.decode() for message in broker.lrange("office", 0, -1) for job in jobs)
    server.start("worker")
    for job in jobs:
        until(lambda job=job: delivered(server, job), "it is delivered", 180)
    # Nor is one made again by what the sweeper still rings for.
    for _ in range(2):
        seen = swept(server)
        until(lambda seen=seen: swept(server) != seen, "the sweeper looks", 60)
    until(lambda: not broker.llen("office"), "every message is received")
    assert all(delivered(server, job) for job in jobs)
