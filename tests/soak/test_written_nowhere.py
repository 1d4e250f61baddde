"""What a real server writes while people work holds no full value (threats H2): a dump of the database, its own files
and log, the dump of Redis with a job waiting in it, what web and workers log, access logs, files, backups."""

import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.conftest import identity_number
from tests.soak.processes import ROOT, until

pytestmark = pytest.mark.soak
IDENTITY = identity_number(87)
VALUES = {
    "identity": IDENTITY,
    "phone": "13977260481",
    "account": "6228489904057391046",
    "certificate": f"{IDENTITY}43",
    "disease": "演示金丝雀症",
    "typed": "13966150372",
}
# Written by people's clerks, then changed so that history has it; the second has the trace of a refused one.
PLANTED = """
from households.models import Household
one = Household.objects.get(number={number!r})
head = one.head
head.id_number, head.disability_certificate = {identity!r}, {certificate!r}
head.phone, head.disease_name, head.health = {phone!r}, {disease!r}, ("长期慢性病",)
head.save()
one.bank_account = {account!r}
one.save()
print(head.number)
"""
CHANGED = """
from households.models import Household
one = Household.objects.get(number={number!r})
one.phone = {typed!r}
one.save()
"""


@pytest.fixture
def access_log(server, _as_the_page_sets_it) -> Path:
    """The web process logs who asked for what as the shipped unit has it."""
    unit = (ROOT / "deploy/systemd/tuopin-web.service").read_text()
    (line,) = re.findall(r"--access-logformat '([^']+)'", unit)
    server.kill("web")
    path = server.folder / "access.log"
    with path.open("wb") as file:
        server.spawn("web", file, "--access-logfile", "-", "--access-logformat", line.replace("%%", "%"))
    server.ready()
    return path


@pytest.fixture(autouse=True)
def _as_the_page_sets_it(server) -> Iterator[None]:
    """What the database writes of a statement that fails, as docs/administrator.md sets it."""
    told = re.findall(r"ALTER DATABASE tuopin SET \w+ = '\w+'", (ROOT / "docs/administrator.md").read_text())
    assert len(told) == 2
    for statement in told:
        server.cluster.sql(statement)
    yield
    server.cluster.sql("ALTER DATABASE tuopin RESET ALL")


def shell(server, code: str) -> subprocess.CompletedProcess[str]:
    return server.manage("shell", "-v", "0", "-c", code)


def found(data: bytes) -> set[str]:
    """Names of the values that stand in it, as text or as a log or JSON escapes it."""
    return {
        name
        for name, value in VALUES.items()
        if value.encode() in data or value.encode("unicode_escape") in data
    }


def files(*folders: Path) -> Iterator[Path]:
    return (path for folder in folders for path in folder.rglob("*") if path.is_file())


def test_nothing_that_a_server_writes_holds_a_full_value(server, person, households, access_log, tmp_path):
    number, town = households[0], person("town")
    planted = shell(server, PLANTED.format(number=number, **VALUES))
    assert planted.returncode == 0, planted.stderr
    one = planted.stdout.split()[-1]

    for address in (
        f"/households/{number}/",
        f"/households/?q={VALUES['phone']}",
        f"/households/{number}/history/",
    ):
        # A number in an address is not looked up, and still stood in one.
        assert town.ask("GET", address)[0] == (422 if "?q=" in address else 200)
    asked = {"person": one, "field": "id_number", "reason": "核对身份"}
    status, text, _ = town.ask("POST", f"/households/{number}/reveal/", **asked)
    assert status == 200 and IDENTITY in text
    assert town.ask("POST", "/households/find/", q=IDENTITY)[2].endswith(f"/households/{number}/")

    # What the database itself says when a row is refused, and the program when a table is gone.
    server.cluster.sql("ALTER TABLE households_household ADD CONSTRAINT soak CHECK (false) NOT VALID")
    refused = shell(server, CHANGED.format(number=number, **VALUES))
    server.cluster.sql("ALTER TABLE households_household DROP CONSTRAINT soak")
    assert "IntegrityError" in refused.stderr and not found(refused.stderr.encode())
    server.cluster.sql("ALTER TABLE households_person RENAME TO soak_person")
    assert town.ask("POST", "/households/find/", q=IDENTITY)[0] == 500
    server.cluster.sql("ALTER TABLE soak_person RENAME TO households_person")

    # A job that waits is in Redis; then its file is made.
    server.kill("worker")
    listed = {"list": "households:list", "format": "xlsx", "query": "", "once": uuid.uuid4().hex}
    where = town.ask("POST", "/exports/", **listed)[2]
    broker = redis.Redis(port=server.redis_port)
    assert broker.llen("office") > 0
    broker.save()
    server.start("worker")
    until(lambda: "已完成" in town.ask("GET", where)[1], "the export is made", 120)
    made = server.manage("backup", str(tmp_path / "backup"))
    assert made.returncode == 0, made.stderr

    dump = subprocess.run(
        [str(server.cluster.bin / "pg_dump"), "--dbname", server.cluster.url()],
        check=True,
        capture_output=True,
    ).stdout
    assert number.encode() in dump and not found(dump)
    server.cluster.sql("CHECKPOINT")
    said = {path: path.read_bytes() for path in files(server.folder, tmp_path)}
    assert not {str(path): names for path, data in said.items() if (names := found(data))}

    # The walk left its traces where it was looked.
    assert b"violates check constraint" in said[server.cluster.folder / "log"]
    assert (
        b"soak_person" not in dump
        and b'"households_person" does not exist' in said[server.cluster.folder / "log"]
    )
    assert b"Traceback" in said[access_log] and b"/households/find/" in said[access_log]
    assert any(path.name == "dump.rdb" for path in said)
    assert any(number.encode() in data for path, data in said.items() if "pg_wal" in path.parts)


def test_the_search_finds_what_is_there():
    assert found(f"q={VALUES['phone']}".encode()) == {"phone"}
    assert found(rb"\u6f14\u793a\u91d1\u4e1d\u96c0\u75c7") == {"disease"}
    assert found(f"{IDENTITY}43".encode()) == {"identity", "certificate"}
