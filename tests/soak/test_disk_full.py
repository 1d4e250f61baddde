"""No space left (threats D12, G5): what cannot be kept is said and not half kept, and with space all goes on."""

import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office.handmade import jpeg
from tests.soak.normal import BACK, back_to_normal, unique
from tests.soak.people import Person
from tests.soak.processes import Cluster, Server, until
from tests.soak.test_faults import kept

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


def fill(folder: Path, but: int = 0) -> Path:
    """All that is left of it, but so many bytes."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            file.truncate(max(0, file.tell() - but))
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


@pytest.fixture
def small_server(server) -> Iterator[Server]:
    """The demonstration on a PostgreSQL whose disk is small."""
    if os.getuid() != 0:
        pytest.fail("a small disk is mounted by root alone: run it as root")
    place = server.folder / unique()
    disk = place / "disk"
    disk.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m,mode=755", "tmpfs", str(disk)], check=True)
    cluster = Cluster(disk)
    other = Server(place, cluster)
    shutil.copytree(server.data, other.data, dirs_exist_ok=True)
    try:
        cluster.start()
        cluster.sql("CREATE DATABASE tuopin TEMPLATE template0", database="postgres")
        _copied(server, cluster)
        other.start("redis", "web", "worker", "beat")
        other.ready()
        yield other
    finally:
        other.close()
        cluster.stop()
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("first", ["tables", "log"])
def test_the_disk_of_the_database_is_full(small_server, households, first):
    """A save that finds no room is told so and not half kept; with space, the same save is kept and nothing that was
    acknowledged is lost. With room in its log PostgreSQL goes on reading; without, it stops at once."""
    server, disk = small_server, small_server.cluster.folder.parent
    helper, town = Person(server, "helper").sign_in(), Person(server, "town").sign_in()
    for name in ("worker", "beat"):
        # What they write by themselves would take the room at other moments.
        server.kill(name)
    if first == "log":
        use_up_the_log(server.cluster)
    else:
        # Its next file is begun, and lies there whole.
        server.cluster.sql("SELECT pg_switch_wal()")
        server.cluster.sql("CHECKPOINT")
    filler, acknowledged, name = fill(disk, but=200_000 if first == "tables" else 4_000_000), [], unique()
    while (answer := helper.visit(households[0], name))[0] == 303:
        acknowledged.append(name)
        name = unique()
        assert len(acknowledged) < 5000, "the disk is never full"
    status, text = answer
    assert status == 503 and "没有存下" in text and "填写的内容还在：稍后刷新本页" in text, text
    if first == "tables":
        assert "没有存下，也没有办到一半" in text
        assert helper.ask("GET", f"/households/{households[0]}/")[0] == 200, "reading goes on"
        assert kept(server, name) == 0
    filler.unlink()
    down = server.cluster.start_if_down()
    freed = time.monotonic()
    until(lambda: helper.visit(households[0], name)[0] == 303, "the same save is kept", BACK)
    server.start("worker", "beat")
    back_to_normal(server, helper, town, households[0])
    well = time.monotonic() - freed
    print(
        f"{first}: {len(acknowledged)} kept, well {well:.1f} s after there was room, started by hand: {down}"
    )
    assert len(acknowledged) > 3 and {kept(server, each) for each in [*acknowledged, name]} == {1}
    assert told(server, name) == 1
    for command in ("verify_trail", "verify_invariants"):
        checked = server.manage(command)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def use_up_the_log(cluster: Cluster) -> None:
    """Little is left of the files that the write-ahead log has; the next one would want 16 MB."""
    while True:
        ((here, ahead),) = cluster.sql(
            "SELECT (16777216 - (pg_current_wal_insert_lsn() - '0/0') % 16777216)::int,"
            " (SELECT count(*) FROM pg_ls_waldir() WHERE name > pg_walfile_name(pg_current_wal_insert_lsn()))"
        )
        if not ahead and here < 200_000:
            return
        size = 4_000_000 if ahead else here - 100_000
        cluster.sql("SELECT pg_logical_emit_message(false, 'soak', repeat('x', %s))", size)


def told(server: Server, name: str) -> int:
    """Rows of the trail of visits by this visitor."""
    ((count,),) = server.cluster.sql(
        "SELECT count(*) FROM office_trailrow t JOIN households_visit v ON v.id::text = t.subject_id"
        " WHERE t.action = '登记走访' AND v.visitor = %s",
        name,
    )
    return int(count)


def _copied(server: Server, cluster: Cluster) -> None:
    dump = subprocess.run(
        [str(cluster.bin / "pg_dump"), "--no-owner", server.cluster.url()], check=True, capture_output=True
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
