"""kill -9 at random under mixed load (threats G1): each acknowledged write is there once afterwards, no half state,
and all is well again within half a minute.

SOAK_SECONDS is how long (120 unless set).
"""

import http.client
import os
import random
import threading
import time
import uuid

import pytest

from tests.soak.people import Person
from tests.soak.processes import Server, until
from tests.soak.test_faults import BACK, unique

pytestmark = pytest.mark.soak
SECONDS = float(os.environ.get("SOAK_SECONDS", "120"))
# Between two kills; the load needs time to do something.
PAUSE = (5.0, 15.0)
NOBODY = (OSError, http.client.HTTPException)


class Writer(threading.Thread):
    """Saves visits without pause and keeps which the server acknowledged."""

    def __init__(self, server: Server, username: str, households: list[str], stop: threading.Event) -> None:
        super().__init__()
        self.person, self.households, self.stop = Person(server, username), households, stop
        self.acknowledged: list[str] = []
        self.unanswered: list[str] = []
        self.wrong: list[tuple[int, str]] = []

    def run(self) -> None:
        while not self.stop.is_set():
            name = unique()
            try:
                status, text = self.person.visit(random.choice(self.households), name, timeout=20)
                if status == 303:
                    self.acknowledged.append(name)
                elif status in (302, 403):
                    # Without a session: signed out by the fault, or never in.
                    self.person.sign_in()
                else:
                    self.unanswered.append(name)
                    if status not in (500, 502, 503):
                        self.wrong.append((status, text[:200]))
            except (*NOBODY, AssertionError):
                self.unanswered.append(name)
                self.stop.wait(0.3)


class Reader(threading.Thread):
    """Opens lists and asks for files; what is answered must be a page or a plain word."""

    def __init__(self, server: Server, stop: threading.Event) -> None:
        super().__init__()
        self.person, self.stop = Person(server, "town"), stop
        self.pages, self.exports, self.traces = 0, 0, []  # type: int, int, list[str]

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                status, text, where = self.person.ask("GET", "/households/", timeout=20)
                if status == 302:
                    self.person.sign_in()
                    continue
                self.pages += status == 200
                if "Traceback" in text:
                    self.traces.append(text[:300])
                once = uuid.uuid4().hex
                asked = {"list": "households:list", "format": "csv", "once": once}
                self.exports += self.person.ask("POST", "/exports/", timeout=20, **asked)[0] == 303
            except (*NOBODY, AssertionError):
                pass
            self.stop.wait(0.5)


def strike(server: Server, what: str) -> None:
    """Kills it, and starts it again as its unit would (RestartSec=2)."""
    if what == "postgres":
        server.cluster.stop()
        time.sleep(2)
        server.cluster.start()
        return
    server.kill(what)
    time.sleep(2)
    server.start(what)


def test_each_acknowledged_write_is_there_once(server, households):
    stop = threading.Event()
    writers = [Writer(server, name, households, stop) for name in ("helper", "village", "village")]
    people = [*writers, Reader(server, stop)]
    for each in people:
        each.start()
    struck: list[str] = []
    end = time.monotonic() + SECONDS
    try:
        while time.monotonic() < end:
            time.sleep(random.uniform(*PAUSE))
            # Each once before any a second time.
            left = [
                one
                for one in ("web", "postgres", "worker", "redis", "beat")
                if struck.count(one) <= len(struck) // 5
            ]
            struck.append(random.choice(left))
            strike(server, struck[-1])
    finally:
        stop.set()
        for each in people:
            each.join(120)
    server.ready(BACK + 60)
    acknowledged = [name for writer in writers for name in writer.acknowledged]
    unanswered = {name for writer in writers for name in writer.unanswered}
    print(f"{len(acknowledged)} acknowledged, {len(unanswered)} without answer, struck: {' '.join(struck)}")
    assert len(acknowledged) > 10 and not [each for writer in writers for each in writer.wrong]
    assert not people[-1].traces
    rows = dict(server.cluster.sql("SELECT visitor, count(*) FROM households_visit GROUP BY visitor"))
    assert {name: rows.get(name, 0) for name in acknowledged if rows.get(name, 0) != 1} == {}
    assert {name: count for name, count in rows.items() if name in unanswered and count > 1} == {}
    # A visit and its row of the trail are both there or neither.
    ((alone,),) = server.cluster.sql(
        "SELECT count(*) FROM households_visit v WHERE v.visitor LIKE '演示__________' AND NOT EXISTS"
        " (SELECT FROM office_trailrow t WHERE t.action = '登记走访' AND t.subject_id = v.id::text)"
    )
    assert alone == 0
    until(_all_over(server), "every job comes to its end", 240)
    ((failed,),) = server.cluster.sql("SELECT count(*) FROM office_job WHERE state = 'failed' AND kind <> 'soak-deadly' AND attempts < 2")  # fmt: skip
    assert failed == 0
    for command in ("verify_trail", "verify_invariants"):
        checked = server.manage(command)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def _all_over(server: Server):
    def look() -> bool:
        ((left,),) = server.cluster.sql(
            "SELECT count(*) FROM office_job WHERE state IN ('queued', 'running', 'interrupted')"
        )
        return left == 0

    return look
