"""No space left (threats D12, G5): what cannot be kept is said and not half kept, and with space all goes on."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office.handmade import jpeg
from tests.soak.processes import Cluster, Server, until
from tests.soak.test_faults import BACK, kept, unique

pytestmark = pytest.mark.soak
SMALL = "900k"


@pytest.fixture
def small_disk(server) -> Iterator[Path]:
    """The folder of files on a disk of its own that holds less than a megabyte."""
    if os.getuid() != 0:
        pytest.fail("a small disk is mounted by root alone: run it as root")
    folder = server.data / "files"
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Everything that is left of it."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    return path


def photo_of(person, household: str, name: str) -> tuple[int, str]:
    """A visit with a photo of 20 kB."""
    boundary = uuid.uuid4().hex
    fields = {
        "csrfmiddlewaretoken": person.cookies["csrftoken"],
        "visited_on": "2018-11-19",
        "way": "入户走访",
        "visitor": name,
        "notes": "演示走访",
    }
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = b"".join([*parts, head.encode(), jpeg(), b"\r\n", f"--{boundary}--\r\n".encode()])
    return person.send(
        f"/households/{household}/visits/new/", body, f"multipart/form-data; boundary={boundary}"
    )


def test_the_disk_of_files_is_full(server, person, households, small_disk):
    helper, town, name = person("helper"), person("town"), unique()
    filler = fill(small_disk)
    status, text = photo_of(helper, households[0], name)
    assert status == 422 and "没有存下" in text and kept(server, name) == 0
    assert helper.visit(households[0], unique())[0] == 303, "what needs no file goes on"
    asked = {"list": "households:list", "format": "csv", "once": uuid.uuid4().hex}
    _, _, where = town.ask("POST", "/exports/", **asked)
    until(lambda: "未办成" in town.ask("GET", where)[1], "the export says that it failed", 120)
    assert not [path for path in small_disk.rglob("*") if path.is_file() and path != filler], (
        "nothing half made"
    )
    filler.unlink()
    assert photo_of(helper, households[0], name)[0] == 303 and kept(server, name) == 1
    asked["once"] = uuid.uuid4().hex
    _, _, where = town.ask("POST", "/exports/", **asked)
    until(lambda: "已完成" in town.ask("GET", where)[1], "the export is there", 120)


def test_the_disk_of_the_database_is_full(server, person, tmp_path_factory):
    """PostgreSQL on a small disk: writing fails and is told, reading goes on; with space, nothing was lost."""
    if os.getuid() != 0:
        pytest.fail("a small disk is mounted by root alone: run it as root")
    disk = server.folder / "small"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m,mode=755", "tmpfs", str(disk)], check=True)
    cluster = Cluster(disk)
    other = Server(disk, cluster, PII_KEY="ab" * 32, PII_INDEX_KEY="cd" * 32, SECRET_KEY="x" * 50)
    try:
        cluster.start()
        cluster.sql("CREATE DATABASE tuopin TEMPLATE template0", database="postgres")
        _copied(server, cluster)
        other.start("redis", "web")
        until(lambda: other.parts()["database"] == "ok", "the small server is up", 120)
        cluster.sql("CREATE TABLE acknowledged (n int)")
        filler, written = fill(disk), 0
        with pytest.raises(Exception, match="No space left|closed|terminat|recovery"):
            for written in range(10_000):  # noqa: B007
                cluster.sql("INSERT INTO acknowledged SELECT %s FROM generate_series(1, 200)", written)
        status = until(lambda: other.ask_status("/accounts/login/"), "pages answer", 60)
        assert status in (200, 503)
        filler.unlink()
        until(lambda: cluster.sql("SELECT 1"), "the database is back by itself", BACK + 60)
        ((rows,),) = cluster.sql("SELECT count(DISTINCT n) FROM acknowledged")
        assert rows in (written, written + 1), "every acknowledged insert is there"
        until(lambda: other.ask_status("/accounts/login/") == 200, "pages again", BACK + 60)
    finally:
        other.close()
        cluster.stop()
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _copied(server: Server, cluster: Cluster) -> None:
    """The tables of the demonstration, with nothing of its keys: only the sign-in page is asked for."""
    dump = subprocess.run(
        [str(cluster.bin / "pg_dump"), "--schema-only", "--no-owner", server.cluster.url()],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [str(cluster.bin / "psql"), "-q", cluster.url()], input=dump.stdout, check=True, capture_output=True
    )


def test_the_disk_of_the_log_of_the_pages_is_full(server, person, households):
    """Every line that the web process wants to say fails: pages are served and visits kept all the same."""
    server.kill("web")
    try:
        with Path("/dev/full").open("wb", buffering=0) as full:
            server.spawn("web", full, "--access-logfile", "-")
        server.ready()
        helper, name = person("helper"), unique()
        assert helper.visit(households[0], name)[0] == 303 and kept(server, name) == 1
        assert helper.ask("GET", "/households/0000000000/")[0] == 404, "which wants a line of the log"
        assert helper.ask("GET", f"/households/{households[0]}/")[0] == 200
    finally:
        server.kill("web")


def test_the_disk_of_the_log_of_the_workers_is_full(server, person, households):
    """Every line that a worker and the clock want to say fails: an export is made all the same."""
    for name in ("worker", "beat"):
        server.kill(name)
    try:
        with Path("/dev/full").open("wb", buffering=0) as full:
            for name in ("worker", "beat"):
                server.spawn(name, full, "--loglevel", "DEBUG")
        server.ready()
        town = person("town")
        asked = {"list": "households:list", "format": "csv", "once": uuid.uuid4().hex}
        _, _, where = town.ask("POST", "/exports/", **asked)
        until(lambda: "已完成" in town.ask("GET", where)[1], "the export is there", 120)
    finally:
        for name in ("worker", "beat"):
            server.kill(name)
