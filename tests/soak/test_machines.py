"""Web and workers on two machines that share two databases and the file store (growing): both take jobs, what one
leaves the other finishes, a file made by one is handed out by the other, two beats have one effect."""

import uuid

import pytest

from tests.soak.machines import Machine
from tests.soak.people import Person
from tests.soak.processes import until
from tests.soak.test_faults import counted, job, state, unique

pytestmark = pytest.mark.soak


@pytest.fixture
def machines(server):
    """Two of them in place of the first server's own processes; Redis and PostgreSQL stand apart."""
    for name in ("web", "worker", "beat"):
        server.kill(name)
    made = [Machine(server, f"{name}-{unique()[2:]}") for name in ("one", "two")]
    for each in made:
        each.start("web", "worker", "beat")
    try:
        for each in made:
            each.ready()
        yield made
    finally:
        for each in made:
            each.close()


def worker_of(server, key: str) -> str:
    """The process that works, or worked, on the job."""
    ((who,),) = server.cluster.sql("SELECT worker FROM office_job WHERE key = %s", key)
    return str(who).rpartition(":")[2]


def test_two_machines_share_the_work_and_the_files(server, machines):
    one, two = machines
    keys = [unique() for _ in range(16)]
    for key in keys:
        job(server, key, "soak-count", f'{{"name": "{key}", "seconds": 1}}')
    for key in keys:
        until(lambda key=key: state(server, key)[0] == "done", "all are done", 180)
        assert counted(server, key) == 1
    those = {worker_of(server, key) for key in keys}
    assert those & one.pids("worker") and those & two.pids("worker"), (those, "both took some")
    _what_one_leaves_the_other_finishes(server, one, two)
    _a_file_of_one_is_handed_out_by_the_other(server, one, two)
    _two_beats_have_one_effect(server, one, two)
    for each in machines:
        left = {name for name in each.own_files() if not name.startswith(("beat", "data/static"))}
        assert left <= {"data/trail_anchor"}, left
    checked = one.manage("verify_trail"), two.manage("verify_trail"), one.manage("verify_invariants")
    assert [each.returncode for each in checked] == [0, 0, 0], [each.stdout + each.stderr for each in checked]


def _what_one_leaves_the_other_finishes(server, one, two):
    key = unique()
    job(server, key, "soak-count", f'{{"name": "{key}", "seconds": 12}}')
    until(lambda: state(server, key)[0] == "running", "it is begun", 120)
    holder, other = (one, two) if worker_of(server, key) in one.pids("worker") else (two, one)
    holder.kill("worker")
    until(lambda: state(server, key)[0] == "done", "the other one finishes it", 240)
    assert worker_of(server, key) in other.pids("worker")
    assert state(server, key)[1] == 2 and counted(server, key) == 1
    holder.start("worker")
    until(lambda: len(holder.pids("worker")) > 1, "it works again")


def _a_file_of_one_is_handed_out_by_the_other(server, one, two):
    two.kill("worker")
    one.kill("web")
    town = until(lambda: Person(two, "town").sign_in(), "town signs in at the other machine")
    asked = {"list": "households:list", "format": "csv", "once": uuid.uuid4().hex}
    status, _, where = town.ask("POST", "/exports/", **asked)
    assert status == 303
    until(lambda: "已完成" in town.ask("GET", where)[1], "the file is made", 180)
    ((export, rows, who),) = server.cluster.sql(
        "SELECT e.id, e.rows, j.worker FROM office_export e JOIN office_job j ON j.id = e.job_id"
        " WHERE e.once = %s",
        asked["once"],
    )
    assert str(who).rpartition(":")[2] in one.pids("worker")
    status, text, _ = town.ask("GET", f"/exports/{export}/")
    assert status == 200 and len(text.splitlines()) == rows + 1 > 10
    two.start("worker")
    one.start("web")


def _two_beats_have_one_effect(server, one, two):
    assert {"beat"} <= set(one.running) & set(two.running)

    def periods():
        return server.cluster.sql("SELECT kind, period, count(*) FROM office_dueperiod GROUP BY 1, 2")

    def all_done():
        ((left,),) = server.cluster.sql(
            "SELECT count(*) FROM office_job WHERE params ? 'period' AND state <> 'done'"
        )
        return left == 0

    until(periods, "the day's work is taken on", 180)
    until(all_done, "and done", 300)
    assert {count for *_, count in periods()} == {1}
    rows = server.cluster.sql("SELECT key, count(*) FROM office_job WHERE params ? 'period' GROUP BY 1")
    assert rows and {count for _, count in rows} == {1}
