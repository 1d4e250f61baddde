"""Another key for many values, the run killed with -9 again and again (threats H7): it goes on where it was, both keys
are read meanwhile, people go on working, and at the end nothing is left under the old one.

SEALED_VALUES is how many (60000 unless set; a province's 1200000 take some minutes).
"""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.soak.processes import ROOT, until
from tests.soak.test_faults import kept, unique

pytestmark = pytest.mark.soak
VALUES = int(os.environ.get("SEALED_VALUES", "60000"))
KILLS = 3
NUMBERS = "SELECT count(*) FROM households_historicalperson WHERE id_number LIKE 'v1:%'"
# Column after column: the numbers are not the first, and many rows keep a run long before them.
SEALED = ("disease_name", "id_number", "phone", "disability_certificate")
LEFT = "SELECT " + " + ".join(f"count(*) FILTER (WHERE {name} LIKE 'v1:%')" for name in SEALED)


def left(server) -> int:
    ((count,),) = server.cluster.sql(f"{LEFT} FROM households_historicalperson")
    return int(count)


def many(server) -> int:
    """Versions of persons again and again, each bound to its person as the first one is; the last before them."""
    ((rows, last),) = server.cluster.sql(NUMBERS.replace("count(*)", "count(*), max(history_id)"))
    columns = ", ".join(
        name
        for (name,) in server.cluster.sql(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'households_historicalperson'"
            " AND column_name <> 'history_id' ORDER BY ordinal_position"
        )
    )
    server.cluster.sql(
        f"INSERT INTO households_historicalperson ({columns}) SELECT {columns} FROM households_historicalperson"
        " CROSS JOIN generate_series(1, %s) WHERE id_number <> ''",
        max(1, VALUES // int(rows)),
    )
    return int(last)


def rotating(server) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys"],
        cwd=ROOT,
        env=server.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_a_rotation_killed_again_and_again_comes_to_its_end(server, person, households):
    last = many(server)
    total = left(server)
    assert total >= VALUES // 2
    server.environment["PII_KEY_2"] = "5a" * 32
    try:
        for name in ("web", "worker", "beat"):
            server.kill(name)
            server.start(name)
        server.ready()
        helper, began, before = person("helper"), time.monotonic(), total
        for _ in range(KILLS):
            run = rotating(server)
            until(lambda before=before: left(server) < before, "it has begun", 120)
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            now = left(server)
            assert 0 < now < before, "killed on its way"
            before, name = now, unique()
            # Values of both keys: the page opens, and what is written is kept.
            for number in households[:5]:
                assert helper.ask("GET", f"/households/{number}/")[0] == 200
            assert helper.visit(households[0], name)[0] == 303 and kept(server, name) == 1
        run = rotating(server)
        said, _ = run.communicate(timeout=3600)
        took = time.monotonic() - began
        print(f"{total} versions of persons, {KILLS} kills, {took:.0f} s in all\n{said}")
        assert run.returncode == 0 and "仍用旧密钥的值 0 个" in said and left(server) == 0
        for number in households:
            assert helper.ask("GET", f"/households/{number}/")[0] == 200
    finally:
        # The new key stays set: without it nothing would open any more.
        server.cluster.sql("DELETE FROM households_historicalperson WHERE history_id > %s", last)
