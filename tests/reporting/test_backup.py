"""`backup` and `restore` with the real tools, from one place into another that is empty (quality F7, threats G)."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import uuid
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection

from reporting.backup import making
from reporting.backup.bundle import BackupRefused, Manifest, Part

ROOT = Path(__file__).resolve().parents[2]


class Place:
    """A DATA_DIR and, on PostgreSQL, a database of its own; `run` is manage.py there."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.database, address = folder / name, f"tuopin_{name}_{uuid.uuid4().hex[:8]}", ""
        if connection.vendor == "postgresql":
            at = settings.DATABASES["default"]
            secret = f":{at['PASSWORD']}" if at["PASSWORD"] else ""
            server = f"postgres://{at['USER']}{secret}@{at['HOST']}:{at['PORT']}"
            self.admin, address = f"{server}/postgres", f"{server}/{self.database}"
            self.own = address
            self._sql(f"CREATE DATABASE {self.database}")
        self.env = {
            **{key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "DATABASE_URL")},
            "DATA_DIR": str(self.folder),
            "DEMO_PASSWORD": "演示口令-2018",
            **({"DATABASE_URL": address} if address else {}),
        }

    def run(self, *arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env={**self.env, **env},
            capture_output=True,
            text=True,
        )

    def events(self) -> int:
        """Counted past the program."""
        statement = "SELECT count(*) FROM households_statusevent"
        if connection.vendor == "postgresql":
            return int(self._sql(statement, "-At"))
        with closing(sqlite3.connect(self.folder / "tuopin.sqlite3")) as database:
            return database.execute(statement).fetchone()[0]

    def files(self) -> dict[str, bytes]:
        folder = self.folder / "files"
        return {
            str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
        }

    def gone(self) -> None:
        if connection.vendor == "postgresql":
            self._sql(f"DROP DATABASE {self.database} WITH (FORCE)")

    def _sql(self, statement: str, *options: str) -> str:
        return subprocess.run(
            ["psql", self.own if options else self.admin, *options, "-qc", statement],
            check=True,
            capture_output=True,
            text=True,
        ).stdout


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A small county that was backed up, and a place where the backup was restored."""
    folder = tmp_path_factory.mktemp("backup")
    here, there = Place(folder, "here"), Place(folder, "there")
    try:
        made = here.run("demo", "--no-serve", "--households", "60")
        assert made.returncode == 0, made.stderr
        before, kept = SimpleNamespace(figures=figures(here), files=here.files()), folder / "kept"
        done = here.run("backup", kept)
        assert done.returncode == 0, done.stderr
        restored = there.run("restore", kept)
        assert restored.returncode == 0, restored.stderr
        yield SimpleNamespace(here=here, there=there, before=before, kept=kept, folder=folder)
    finally:
        here.gone()
        there.gone()


def figures(place: Place) -> list[dict]:
    answer = place.run("report", "exit-tally", "--year", "2017")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)["cells"]


def test_the_restored_place_gives_the_same_figures_and_a_whole_trail(office):
    assert figures(office.there) == office.before.figures
    for command in ("verify_trail", "verify_invariants"):
        answer = office.there.run(command)
        assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_trail_of_the_restored_place_tells_from_what_it_was_restored(office):
    ask = "from office.models import TrailRow; row = TrailRow.objects.get(action='恢复备份'); print(row.seq, row.detail)"
    answer = office.there.run("shell", "-v0", "-c", ask)
    assert answer.returncode == 0 and "'位置': 'kept'" in answer.stdout, answer.stderr
    assert not answer.stdout.startswith("None"), "sealed"


def test_every_file_is_there_again(office):
    assert office.before.files and office.before.files.items() <= office.there.files().items()


@pytest.mark.sqlite
def test_a_file_that_is_written_meanwhile_is_copied_of_one_moment(office):
    """What is committed and not yet in the file itself is in the copy, and nothing by halves (threats J5; of PostgreSQL
    tests/soak/test_faults.py asks it)."""
    pair = "INSERT INTO django_content_type (app_label, model) VALUES ('one', :n), ('two', :n)"
    kept, there, over = office.folder / "written", Place(office.folder, "written-there"), threading.Event()
    file = office.here.folder / "tuopin.sqlite3"
    with closing(sqlite3.connect(file, timeout=60, check_same_thread=False)) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute(pair, {"n": 0})
        database.commit()

        def write() -> None:
            number = 0
            while not over.wait(0.01):
                number += 1
                database.execute(pair, {"n": number})
                database.commit()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            made = office.here.run("backup", kept)
        finally:
            over.set()
            writer.join()
    assert made.returncode == 0, made.stderr
    restored = there.run("restore", kept)
    assert restored.returncode == 0, restored.stderr
    with closing(sqlite3.connect(there.folder / "tuopin.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        one, two = (
            {
                n
                for (n,) in database.execute(
                    "SELECT model FROM django_content_type WHERE app_label = ?", [name]
                )
            }
            for name in ("one", "two")
        )
    assert one == two and "0" in one


def test_nothing_is_readable_in_the_backup(office):
    for name in ("database.sealed", "files.sealed", "manifest.sealed"):
        content = (office.kept / name).read_bytes()
        assert (office.kept / name).stat().st_mode & 0o077 == 0
        assert "演示".encode() not in content and b"370405" not in content and b"households" not in content


def test_a_place_that_holds_data_is_refused_and_keeps_it(office):
    before = office.there.events()
    answer = office.there.run("restore", office.kept)
    assert answer.returncode == 1 and "已有数据" in answer.stderr
    assert office.there.events() == before


def test_a_damaged_backup_is_refused_before_anything_is_touched(office):
    damaged = office.folder / "damaged"
    damaged.mkdir()
    for file in office.kept.glob("*.sealed"):
        content = bytearray(file.read_bytes())
        if file.name == "database.sealed":
            content[len(content) // 2] ^= 1
        (damaged / file.name).write_bytes(content)
    before = office.there.events()
    answer = office.there.run("restore", damaged, "--replace")
    assert answer.returncode == 1 and "已损坏" in answer.stderr and "Traceback" not in answer.stderr
    assert office.there.events() == before


def test_another_key_opens_nothing(office):
    answer = office.here.run("restore", office.kept, "--replace", PII_KEY="ab" * 32)
    assert answer.returncode == 1 and "PII_KEY" in answer.stderr


def test_a_backup_of_a_newer_version_is_refused(monkeypatch, db):
    told = Part(str(uuid.uuid4()), 0, "")
    newer = Manifest(connection.vendor, "", ["office.9999_of_tomorrow"], {}, told, told, 0)
    monkeypatch.setattr(making, "verify_readable", lambda folder: newer)
    with pytest.raises(BackupRefused, match="请先升级程序"):
        making.restore(Path("nowhere"), replace=True, say=lambda text: None)


def test_replace_brings_back_what_was_backed_up(office):
    before = office.there.events()
    assert office.there.run("seed", "--households", "5").returncode == 0
    assert office.there.events() > before
    answer = office.there.run("restore", office.kept, "--replace")
    assert answer.returncode == 0, answer.stderr
    assert office.there.events() == before


def test_a_folder_that_is_not_empty_takes_no_backup(office):
    answer = office.here.run("backup", office.kept)
    assert answer.returncode == 1 and "不是空的" in answer.stderr
    assert office.there.run("restore", office.folder / "nothing").returncode == 1
