"""One server for the run; each test finds everything up, and leaves it so or is helped."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.people import Person
from tests.soak.processes import Cluster, Server, until

ALL = ("redis", "web", "worker", "beat")


@pytest.fixture(scope="session")
def _server() -> Iterator[Server]:
    # Not under pytest's own folder: that one lets nobody but its owner in, and PostgreSQL is somebody else.
    folder = Path(tempfile.mkdtemp(prefix="tuopin-soak-"))
    folder.chmod(0o755)
    cluster = Cluster(folder)
    server = Server(folder, cluster)
    try:
        cluster.start()
        cluster.sql("CREATE DATABASE tuopin", database="postgres")
        loaded = server.manage("demo", "--no-serve", "--households", "60")
        assert loaded.returncode == 0, loaded.stderr
        yield server
        # Whatever was done to it, the register and the log are whole (threats F8).
        for check in ("verify_trail", "verify_invariants"):
            told = server.manage(check)
            assert told.returncode == 0, (check, told.stdout, told.stderr)
    finally:
        server.close()
        cluster.stop()
        if os.environ.get("SOAK_KEEP"):
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(_server: Server) -> Iterator[Server]:
    missing = [name for name in ALL if name not in _server.running]
    _server.start(*missing)
    _server.ready()
    yield _server
    for name in set(_server.running) - set(ALL):
        _server.kill(name)
    try:
        _server.cluster.sql("SELECT 1")
    except Exception:  # noqa: BLE001
        _server.cluster.start()


@pytest.fixture
def person(server):
    """person("helper") is signed in."""
    return lambda name: until(lambda: Person(server, name).sign_in(), f"{name} signs in")


@pytest.fixture
def households(server) -> list[str]:
    """Numbers of households that the helper of the demonstration may visit."""
    rows = server.cluster.sql(
        "SELECT h.number FROM households_household h JOIN areas_area v ON v.id = h.village_id"
        " JOIN accounts_duty d ON d.area_id = v.id JOIN accounts_user u ON u.id = d.user_id"
        " WHERE u.username = 'village' ORDER BY h.number LIMIT 20"
    )
    assert rows, "the demonstration has households there"
    return [number for (number,) in rows]
