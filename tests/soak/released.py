"""The oldest release that can be upgraded, out of git's history, and a place that it or this checkout works in."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.soak.processes import ROOT, Cluster, Server, _tools, until

MIGRATIONS = "*/migrations/0*.py"
Row = Mapping[str, Any]


def git(*words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True)
    return done.stdout if done.returncode == 0 else b""


def oldest_release() -> str:
    """The oldest commit that changed a migration that stood, or took one away, and whose own all stand as they were: the
    present ones go on from there. A later one that was changed has to find its way at what it made before."""
    changed = ("--topo-order", "--no-renames", "--diff-filter=MD", "--format=%H", "--", MIGRATIONS)
    found = ""
    for commit in git("log", *changed).decode().split():
        if git("diff", "--no-renames", "--diff-filter=MD", "--name-only", commit, "HEAD", "--", MIGRATIONS):
            break
        found = commit
    if not found:
        pytest.fail("this needs git and the whole history: the oldest release is exported from there")
    return found


def export(commit: str, folder: Path) -> Path:
    folder.mkdir()
    with tarfile.open(fileobj=BytesIO(git("archive", commit))) as archive:
        archive.extractall(folder, filter="data")
    return folder


class Place(Server):
    """A database and a data folder of the ordinary role `tuopin`; the program is whichever stands in `program`."""

    def __init__(self, folder: Path, cluster: Cluster, program: Path, database: str = "tuopin") -> None:
        folder.mkdir(exist_ok=True)
        super().__init__(folder, cluster)
        self.program, self.database = program, database
        self.environment.pop("PYTHONPATH", None)
        self.environment["DATABASE_URL"] = cluster.url(database).replace("postgres@", "tuopin@")
        cluster.sql(f"CREATE DATABASE {database} OWNER tuopin", database="postgres")

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=self.program,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def stop(self) -> None:
        """The services, and until the database knows that they are gone."""
        for name in [name for name in self.running if name != "redis"]:
            self.kill(name)
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        until(
            lambda: self.cluster.sql(asked, self.database, database="postgres") == [(0,)],
            "nobody is connected",
        )

    def does(self, *words: str) -> str:
        done = self.manage(*words)
        assert done.returncode == 0, f"{words}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def tells(self, code: str) -> Any:
        """What the code leaves in `told`, in the program's own shell."""
        said = self.does("shell", "-v", "0", "-c", f"{code}\nimport json; print(json.dumps(told))")
        return json.loads(said.splitlines()[-1])

    def psql(self, file: Path) -> None:
        """As the database's administrator."""
        words = [str(_tools() / "psql"), "--quiet", "--dbname", self.cluster.url(self.database), "--file", str(file)]  # fmt: skip
        done = subprocess.run(words, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
        assert done.returncode == 0, done.stderr

    def rows(self) -> dict[str, dict[str, Row]]:
        """Every table's rows by primary key, as the database has them."""
        keys: dict[str, list[str]] = {}
        for table, column in self.cluster.sql(
            "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)"
            " WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace",
            database=self.database,
        ):
            keys.setdefault(table, []).append(column)
        found = {}
        for table, columns in keys.items():
            rows = self.cluster.sql(f'SELECT to_jsonb(t) FROM "{table}" t', database=self.database)
            found[table] = {"|".join(str(row[name]) for name in sorted(columns)): row for (row,) in rows}
        return found

    def files(self) -> dict[str, bytes]:
        kept = self.data / "files"
        return {str(path.relative_to(kept)): path.read_bytes() for path in kept.rglob("*") if path.is_file()}
