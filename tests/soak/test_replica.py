"""Reports and lists read from a streaming replica (growing): the same figures, never older than the question, and
from the primary when the replica is behind or gone."""

import json
import subprocess
import uuid
from collections.abc import Iterator

import pytest

from tests.soak.people import Person
from tests.soak.processes import Cluster, until
from tests.soak.test_faults import unique

pytestmark = pytest.mark.soak
REPORT = ("report", "exit-tally", "--year", "2018")
PATIENT = 3  # seconds that a report waits for the replica


class Replica(Cluster):
    """A copy of a running cluster that follows it."""

    def __init__(self, primary: Cluster) -> None:
        self._made(primary.folder.parent / f"replica-{unique()[2:]}")
        subprocess.run(
            [
                *self.as_whom,
                str(self.bin / "pg_basebackup"),
                "--pgdata",
                str(self.folder),
                "--write-recovery-conf",
            ]
            + ["--checkpoint=fast", "--no-sync", "--dbname", primary.url("postgres")],
            cwd="/",
            check=True,
        )
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write(f"port={self.port}\n")

    def scans(self, table: str) -> int:
        """How often this table was read here."""
        ((count,),) = self.sql(
            "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = %s",
            table,
        )
        return int(count)


@pytest.fixture
def replica(server) -> Iterator[Replica]:
    made = Replica(server.cluster)
    made.start()
    server.environment |= {"REPLICA_URL": made.url(), "REPLICA_SECONDS": str(PATIENT)}
    try:
        yield made
    finally:
        made.stop()
        for name in ("REPLICA_URL", "REPLICA_SECONDS"):
            del server.environment[name]
        for name in ("web", "worker", "beat"):
            server.kill(name)


def report(server) -> tuple[list, str]:
    """The cells, and what the log says."""
    done = server.manage(*REPORT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["cells"], done.stderr


def test_a_report_reads_the_replica_and_what_it_says_is_what_the_primary_says(server, replica):
    before = replica.scans("households_statusevent")
    cells, said = report(server)
    assert "主库" not in said and any(cell["value"] for cell in cells)
    until(lambda: replica.scans("households_statusevent") > before, "the replica was read")
    with pytest.MonkeyPatch.context() as patched:
        patched.delitem(server.environment, "REPLICA_URL")
        assert report(server)[0] == cells
    _every_report_reads_it(server)
    _an_export_reads_it_too(server, replica)
    _one_that_is_behind_is_not_read(server, replica, cells)
    replica.stop()
    again, said = report(server)
    assert again == cells and "从库出错" in said and "改从主库读" in said


EVERY_REPORT = """
import datetime
from office.jobs import run_now
from reporting.definitions import DEFINITIONS
from reporting.jobs import parameters
from reporting.models import ReportRun
from reporting.register_area import register_area
for kind in sorted(DEFINITIONS):
    job = run_now("report", params=parameters(kind, register_area(), 2018, datetime.date(2018, 11, 20)))
    run = ReportRun.objects.filter(pk=job.result.get("run")).first()
    print("said", kind, job.state, job.error, run and run.checksum)
"""


def _every_report_reads_it(server):
    """None writes while it counts, and each says what it says on the primary."""

    def said() -> tuple[list[str], str]:
        done = server.manage("shell", "-c", EVERY_REPORT)
        assert done.returncode == 0, done.stderr
        return [line for line in done.stdout.splitlines() if line.startswith("said")], done.stderr

    there, log = said()
    assert len(there) > 10 and "主库" not in log, log
    with pytest.MonkeyPatch.context() as patched:
        patched.delitem(server.environment, "REPLICA_URL")
        assert said()[0] == there


def _an_export_reads_it_too(server, replica):
    server.kill("worker")
    server.start("worker")
    town = until(lambda: Person(server, "town").sign_in(), "town signs in")
    before = replica.scans("households_household")
    asked = {"list": "households:list", "format": "csv", "once": uuid.uuid4().hex}
    _, _, where = town.ask("POST", "/exports/", **asked)
    until(lambda: "已完成" in town.ask("GET", where)[1], "the file is made", 180)
    until(lambda: replica.scans("households_household") > before, "the replica was read")
    assert "主库" not in server.log("worker")


def _one_that_is_behind_is_not_read(server, replica, cells):
    """What was committed before the report began is in it: a household more on the primary, and a replica that rests."""
    replica.sql("SELECT pg_wal_replay_pause()")
    until(lambda: replica.sql("SELECT pg_get_wal_replay_pause_state()") == [("paused",)], "it rests")
    server.cluster.sql("CREATE TABLE behind (n int)")
    again, said = report(server)
    assert again == cells and f"从库 {PATIENT} 秒内没有跟上" in said
    replica.sql("SELECT pg_wal_replay_resume()")
    assert "主库" not in report(server)[1], "it has caught up"
    server.cluster.sql("DROP TABLE behind")
