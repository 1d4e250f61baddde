"""What stood in the queue when the backup was made is done once after it was restored (threats J4): the rows say what
is done and what is not; bells that Redis kept, of either time, do no harm."""

import uuid

import pytest

from tests.soak.processes import until
from tests.soak.test_faults import counted, job, state, unique

pytestmark = pytest.mark.soak


def test_jobs_of_the_backup_are_done_once(server, person):
    before, waiting = unique(), unique()
    job(server, before, "soak-count", f'{{"name": "{before}", "seconds": 0.2}}')
    until(lambda: state(server, before)[0] == "done", "one is done before the backup", 120)
    server.kill("worker")
    server.kill("beat")
    job(server, waiting, "soak-count", f'{{"name": "{waiting}", "seconds": 0.2}}')
    folder = server.folder / unique()
    made = server.manage("backup", str(folder))
    assert made.returncode == 0, made.stderr
    # Done after the backup: the restored place knows nothing of it, and Redis is the one of before.
    server.start("worker", "beat")
    until(lambda: state(server, waiting)[0] == "done", "the other is done after it", 120)
    assert counted(server, waiting) == 1
    for name in ("web", "worker", "beat"):
        server.kill(name)
    restored = server.manage("restore", "--replace", str(folder))
    assert restored.returncode == 0, restored.stderr
    assert state(server, waiting)[0] == "queued" and counted(server, waiting) == 0
    ring_three_times(server, waiting)
    ring_three_times(server, before)
    server.start("web", "worker", "beat")
    until(lambda: state(server, waiting)[0] == "done", "it is done again, for the restored place", 120)
    server.ready()
    assert person("town").ask("GET", "/households/")[0] == 200, "people sign in as before"
    assert (counted(server, waiting), counted(server, before)) == (1, 1)
    assert state(server, waiting)[1] == 1, "and was begun once"
    checked = server.manage("verify_trail")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def ring_three_times(server, key: str) -> None:
    """As messages that Redis kept from before would."""
    ((pk,),) = server.cluster.sql("SELECT id FROM office_job WHERE key = %s", key)
    code = f"from office.jobs import run_job; [run_job.apply_async(('{uuid.UUID(str(pk))}',), queue='office') for _ in range(3)]"
    rung = server.manage("shell", "-c", code)
    assert rung.returncode == 0, rung.stderr
