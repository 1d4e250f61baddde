"""Migrating a big place holds nobody up (threats G7): from the oldest release on, while 1.2 million persons, as many of
their former states and rows of the log are there, no write waits for longer than a second, and nobody gets into the
register twice meanwhile.

The page tells to stop the services for an upgrade; should one of them be running, it does no harm. ROWS is how many
there are.
"""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import psycopg2.errors
import pytest

from tests.soak.processes import ROOT, Cluster
from tests.soak.released import Place, export, git, oldest_release
from tests.soak.test_upgraded import changed_later

pytestmark = pytest.mark.soak
ROWS = int(os.environ.get("ROWS", "1200000"))
LONGEST = 1.0  # seconds
LARGE = {"households_person", "households_historicalperson", "office_trailrow"}
# Tables that migrations change as well, and that never hold so much: a row a plan, a report, a project, a year, a seat.
SMALL = {
    "audits_yearlytarget",
    "measures_enterprise",
    "measures_historicalenterprise",
    "measures_project",
    "reporting_plantable",
    "reporting_reportrun",
    "reporting_reportschedule",
    "reporting_scheduleperiod",
    "villages_keyvillageevent",
}
# What a column that must be filled is filled with, by its name or else its type.
NAMED = {
    "number": "'P' || g",
    "id_number_key": "'1:' || g",
    "history_id": "g",
    "id": "g",
    "relation": "'之子'",
    "history_type": "'+'",
    "outcome": "'ok'",
}
TYPED = {
    "uuid": "gen_random_uuid()",
    "boolean": "true",
    "date": "date '2000-02-29'",
    "timestamp with time zone": "now()",
    "jsonb": "'{}'",
    "character varying": "''",
    "text": "''",
    "ARRAY": "'{}'",
}
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'households_person' ORDER BY 1"
ORDER = "SELECT relname FROM pg_class WHERE relname LIKE 'person_active_once%' ORDER BY oid"


def filling(cluster: Cluster, table: str, numbers: str) -> str:
    """Rows of the table, one for each of these numbers, as SQL."""
    columns = cluster.sql(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL",
        table,
    )
    kept = {name: NAMED.get(name) or TYPED.get(kind, "1") for name, kind in columns}
    return f"INSERT INTO {table} ({', '.join(kept)}) SELECT {', '.join(kept.values())} FROM {numbers}"


def connected(cluster: Cluster) -> psycopg2.extensions.connection:
    """Asks for no household, user or area: of the keys between tables nothing is measured."""
    connection = psycopg2.connect(cluster.url(), options="-c session_replication_role=replica")
    connection.autocommit = True
    return connection


class Writer(threading.Thread):
    """Repeats a write without pause, each a transaction; keeps how long the slowest took, and how many were refused."""

    def __init__(self, cluster: Cluster, statement: str) -> None:
        super().__init__()
        self.cluster, self.statement = cluster, statement
        self.over, self.slowest, self.count, self.refused = threading.Event(), 0.0, 0, 0

    def run(self) -> None:
        connection = connected(self.cluster)
        with connection.cursor() as cursor:
            while not self.over.is_set():
                began = time.monotonic()
                try:
                    cursor.execute(
                        self.statement, {"new": ROWS + 1 + self.count, "old": 1 + self.count % ROWS}
                    )
                except psycopg2.errors.UniqueViolation:
                    self.refused += 1
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.count += 1
                self.over.wait(0.005)
        connection.close()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="tuopin-beside-"))
    folder.chmod(0o755)
    cluster = Cluster(folder)
    try:
        cluster.start()
        cluster.sql("CREATE ROLE tuopin LOGIN", database="postgres")
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_no_write_waits_for_a_migration(cluster, tmp_path):
    release = oldest_release()
    place = Place(cluster.folder.parent / "place", cluster, export(release, tmp_path / "old"))
    place.does("migrate", "-v0")
    tables = {table for (table,) in cluster.sql("SELECT tablename FROM pg_tables")}
    assert changed_later(release) & tables <= LARGE | SMALL, "is a table of these large?"
    with connected(cluster).cursor() as cursor:
        for table in sorted(LARGE):
            cursor.execute(filling(cluster, table, f"generate_series(1, {ROWS}) g"))
            cursor.execute(f"ANALYZE {table}")
    # Persons present with different numbers, and one who comes again and again with a number that is there.
    one = "(SELECT %(new)s::int AS g) one"
    again = filling(cluster, "households_person", one.replace("%", "-%", 1)).replace(
        "'1:' || g", "'1:' || %(old)s"
    )
    writers = {
        **{f"a row of {table}": Writer(cluster, filling(cluster, table, one)) for table in sorted(LARGE)},
        "a person changed": Writer(
            cluster, "UPDATE households_person SET name = '演示' || %(new)s WHERE id = %(old)s"
        ),
        "a person again": Writer(cluster, again),
    }
    for writer in writers.values():
        writer.start()
    began = time.monotonic()
    try:
        time.sleep(1)
        place.program = ROOT
        place.does("migrate", "-v0")
        time.sleep(1)
    finally:
        for writer in writers.values():
            writer.over.set()
            writer.join(60)
    print(f"{time.monotonic() - began:.0f} s with the migrations")
    for name, writer in writers.items():
        print(f"{name}: {writer.count} writes beside, the slowest {writer.slowest * 1000:.0f} ms")
    assert not {name: each.slowest for name, each in writers.items() if each.slowest >= LONGEST}
    assert all(each.count > 100 for each in writers.values())
    twice = writers.pop("a person again")
    assert twice.refused == twice.count and not any(each.refused for each in writers.values())
    for table in LARGE:
        kept = cluster.sql(f"SELECT count(*) FROM {table}")
        assert kept == [(ROWS + writers[f"a row of {table}"].count,)]
    place.does("migrate", "--check")


def test_where_the_indexes_were_made_at_once_nothing_is_made_again(cluster, tmp_path):
    """A place of a day between: there 0002 made both itself. Step by step they are the same, in the same order."""
    added = (
        git("log", "--diff-filter=A", "--format=%H", "--", "households/migrations/0003_*.py").decode().split()
    )
    between = Place(cluster.folder.parent / "between", cluster, export(f"{added[0]}^", tmp_path / "between"))
    between.does("migrate", "-v0")
    before = (
        cluster.sql(INDEXES),
        cluster.sql("SELECT relname, oid FROM pg_class WHERE relname LIKE 'person_%'"),
    )
    between.program = ROOT
    between.does("migrate", "-v0")
    assert before == (cluster.sql(INDEXES), cluster.sql("SELECT relname, oid FROM pg_class WHERE relname LIKE 'person_%'"))  # fmt: skip
    in_order = [("person_active_once_earlier",), ("person_active_once",)]
    assert cluster.sql(ORDER) == in_order
    # Back to the release and forth again, and once more where a step was broken off.
    between.does("migrate", "-v0", "households", "0002")
    cluster.sql("CREATE UNIQUE INDEX person_active_once_next ON households_person (id_number_key)")
    cluster.sql(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'person_active_once_next'::regclass"
    )
    between.does("migrate", "-v0")
    assert cluster.sql(INDEXES) == before[0] and cluster.sql(ORDER) == in_order
