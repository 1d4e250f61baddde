"""kill -9 at random under mixed load (threats G1): each acknowledged write is there once afterwards – visits, passed
and returned lists, exports with their file, an import –, no half state, and after each kill all is well again within
half a minute.

SOAK_SECONDS is how long (120 unless set).
"""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from tests.soak.load import Exporter, Helper, Importer, Official, Reader, Visitor
from tests.soak.normal import back_to_normal
from tests.soak.processes import ROOT, Server, until

pytestmark = pytest.mark.soak
SECONDS = float(os.environ.get("SOAK_SECONDS", "120"))
# Between two kills; the load needs time to do something.
PAUSE = (5.0, 15.0)
# The import's size: its worker is killed while it writes.
IMPORTED = 3000


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


@pytest.fixture
def workbook(server, tmp_path_factory) -> bytes:
    """New households, two persons each."""
    file = tmp_path_factory.mktemp("import") / "new.xlsx"
    made = subprocess.run(
        [sys.executable, "-m", "tests.bench.run", "import_file"],
        cwd=ROOT,
        env={**server.environment, "BENCH_FILE": str(file), "BENCH_HOUSEHOLDS": str(IMPORTED)},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return file.read_bytes()


def test_each_acknowledged_write_is_there_once(server, person, households, workbook):
    stop, struck, took = threading.Event(), [], []
    visitors = [kind(server, stop, households) for kind in (Helper, Visitor, Visitor)]
    official, exporter, reader = Official(server, stop), Exporter(server, stop), Reader(server, stop)
    people = [*visitors, official, exporter, reader]
    helper, town, imported = person("helper"), person("town"), Importer(server, workbook)
    imported.confirm()
    for each in people:
        each.start()

    def kill(what: str) -> None:
        struck.append(what)
        strike(server, what)
        print(f"struck {what}", flush=True)
        took.append(back_to_normal(server, helper, town, households[0]))

    try:
        until(lambda: imported.job("apply")[0] == "running", "the import is being written", 60)
        time.sleep(1)
        kill("worker")
        until(lambda: imported.job("apply")[0] == "done", "and is written by the next", 180)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(random.uniform(*PAUSE))
            # Each once before any a second time.
            left = [
                one
                for one in ("web", "postgres", "worker", "redis", "beat")
                if struck.count(one) <= len(struck) // 5
            ]
            kill(random.choice(left))
    finally:
        stop.set()
        for each in people:
            each.join(120)
    until(_all_over(server), "every job comes to its end", 240)
    for each in people:
        print(f"{each.name}: {len(each.acknowledged)} acknowledged, {len(each.unanswered)} without answer")
        assert not each.wrong and each.lies() == {}
        assert each is reader or len(each.acknowledged) > 10
    print(f"struck: {', '.join(f'{what} {s:.0f} s' for what, s in zip(struck, took, strict=True))}")
    assert imported.job("apply") == ("done", 2), "its first worker was killed while it wrote"
    assert imported.added() == (IMPORTED, 2 * IMPORTED)
    assert official.halves() == [] and visits_without_trail(server) == 0
    files = list(exporter.files())
    # A line of titles; what else stands above and below it is the same in all of them.
    assert files and {status for status, _, _ in files} == {200}
    assert len({lines - rows for _, lines, rows in files}) == 1
    ((failed,),) = server.cluster.sql("SELECT count(*) FROM office_job WHERE state = 'failed' AND kind <> 'soak-deadly' AND attempts < 2")  # fmt: skip
    assert failed == 0
    for command in ("verify_trail", "verify_invariants"):
        checked = server.manage(command)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def visits_without_trail(server: Server) -> int:
    """A visit and its row of the trail are both there or neither."""
    ((alone,),) = server.cluster.sql(
        "SELECT count(*) FROM households_visit v WHERE v.visitor LIKE '演示__________' AND 1 <> (SELECT count(*)"
        " FROM office_trailrow t WHERE t.action = '登记走访' AND t.subject_id = v.id::text)"
    )
    return int(alone)


def _all_over(server: Server) -> Callable[[], bool]:
    def look() -> bool:
        ((left,),) = server.cluster.sql(
            "SELECT count(*) FROM office_job WHERE state IN ('queued', 'running', 'interrupted')"
        )
        return left == 0

    return look
