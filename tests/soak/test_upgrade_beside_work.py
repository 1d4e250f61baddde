"""Migrating a big place holds nobody up (threats G7): while a log of 1.2 million rows is migrated back and forth, no
write waits for longer than a second.

The page tells to stop the services for an upgrade; should one of them be running, it does no harm. TRAIL_ROWS is how
long the log is.
"""

import os
import threading
import time

import psycopg2
import pytest

pytestmark = pytest.mark.soak
ROWS = int(os.environ.get("TRAIL_ROWS", "1200000"))
LONGEST = 1.0  # seconds
WRITE = "INSERT INTO office_trailrow (at, actor_name, role, ip, action, subject_type, subject_id, detail, outcome, prev, hash) VALUES (now(), '', '', '', 'soak-upgrade', '', '', '{}', 'ok', '', '')"  # fmt: skip


class Writer(threading.Thread):
    """Writes rows without pause, each a transaction; keeps how long the slowest took."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.over, self.slowest, self.count = url, threading.Event(), 0.0, 0

    def run(self) -> None:
        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            while not self.over.is_set():
                began = time.monotonic()
                cursor.execute(WRITE)
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.count += 1
                self.over.wait(0.005)
        connection.close()


def test_no_write_waits_for_a_migration(server):
    for name in ("worker", "beat"):
        server.kill(name)
    server.cluster.sql("CREATE DATABASE upgraded TEMPLATE template0", database="postgres")
    server.environment["DATABASE_URL"] = server.cluster.url("upgraded")
    try:
        assert server.manage("migrate", "-v0").returncode == 0
        server.cluster.sql(
            f"{WRITE.split('VALUES')[0]} SELECT now(), '', '', '', 'soak-old', '', '', '{{}}', 'ok', '', ''"
            " FROM generate_series(1, %s)",
            ROWS,
            database="upgraded",
        )
        writer = Writer(server.cluster.url("upgraded"))
        writer.start()
        try:
            for target in (["office", "0002"], []):
                migrated = server.manage("migrate", "-v0", *target)
                assert migrated.returncode == 0, migrated.stderr
        finally:
            writer.over.set()
            writer.join(60)
        print(f"{writer.count} writes beside, the slowest {writer.slowest * 1000:.0f} ms")
        assert writer.count > 100 and writer.slowest < LONGEST
        ((kept,),) = server.cluster.sql("SELECT count(*) FROM office_trailrow", database="upgraded")
        assert kept == ROWS + writer.count
    finally:
        server.environment["DATABASE_URL"] = server.cluster.url()
        server.cluster.sql("DROP DATABASE upgraded WITH (FORCE)", database="postgres")
