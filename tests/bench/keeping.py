"""P18: backup, restore and their verification beside pg_dump and pg_restore of the same database."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from tests.bench.places import Place
from tests.bench.turns import medians, seconds


@dataclass(frozen=True)
class Empty(Place):
    """An empty database beside that of a size, with a data folder that has the same keys."""

    @property
    def folder(self) -> Path:
        return super().folder / "restored"

    @property
    def database_url(self) -> str:
        address = urlsplit(super().database_url)
        return urlunsplit(address._replace(path=f"{address.path}_restored"))

    @contextmanager
    def made(self) -> Iterator["Empty"]:
        self.clear(create=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(super().folder / "keys", self.folder / "keys")
        try:
            yield self
        finally:
            self.clear(create=False)
            shutil.rmtree(self.folder, ignore_errors=True)

    def clear(self, create: bool) -> None:
        name = urlsplit(self.database_url).path.lstrip("/")
        server = psycopg2.connect(urlunsplit(urlsplit(self.database_url)._replace(path="/postgres")))
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            if create:
                cursor.execute(f'CREATE DATABASE "{name}"')
        server.close()


def measured(place: Place) -> dict[str, dict[str, Any]]:
    """Both sides begin with an empty database; making it empty is not timed."""
    kept, plain = place.folder / "kept", place.folder / "plain.dump"
    with Empty(place.size).made() as target:

        def ours() -> float:
            shutil.rmtree(kept, ignore_errors=True)
            shutil.rmtree(target.folder / "files", ignore_errors=True)
            target.clear(create=True)
            return seconds(
                lambda: (
                    place.run("manage.py", "backup", str(kept)),
                    target.run("manage.py", "restore", str(kept)),
                )
            )

        def theirs() -> float:
            target.clear(create=True)
            dump = ["pg_dump", "--format=custom", "--no-owner", f"--file={plain}", place.database_url]
            restore = [
                "pg_restore",
                "--no-owner",
                "--single-transaction",
                "--dbname",
                target.database_url,
                str(plain),
            ]
            return seconds(lambda: [subprocess.run(words, check=True) for words in (dump, restore)])

        try:
            both, tools = medians(ours, theirs, rounds=3, warm_up=0)
        finally:
            shutil.rmtree(kept, ignore_errors=True)
            plain.unlink(missing_ok=True)
    return {
        "P18": {
            "ratio": round(both / tools, 2),
            "at": f"{place.size}, backup, restore and verification ÷ pg_dump and pg_restore",
            "pass": both / tools <= 3,
            "seconds": round(both, 1),
        }
    }
