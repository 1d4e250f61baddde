"""A database, a data folder and an environment for each size; loaded once and kept between runs."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
COUNTY, OFFICE_DAY, PASSWORD = "990101000000", "2018-11-20", "演示口令-2018"
SMALL, LARGE = 12_000, 120_000


def sizes() -> tuple[int, int]:
    """SIZE=1200000 is the large size; SIZE=3000,12000 both, for a trial."""
    asked = [int(word) for word in os.environ.get("SIZE", "").replace(",", " ").split()]
    if len(asked) > 1:
        return asked[0], asked[1]
    return SMALL, asked[0] if asked else LARGE


@dataclass(frozen=True)
class Place:
    """The register of one size. `embedded`: SQLite and no Redis."""

    size: int
    embedded: bool = False

    @property
    def folder(self) -> Path:
        return Path(os.environ["DATA_DIR"]) / (f"{self.size}-embedded" if self.embedded else str(self.size))

    @property
    def database_url(self) -> str:
        address = urlsplit(os.environ["DATABASE_URL"])
        return urlunsplit(address._replace(path=f"{address.path}_{self.size}"))

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in ("SIZE", "PRODUCTION")}
        own = {
            "DATA_DIR": str(self.folder),
            "OFFICE_DAY": OFFICE_DAY,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        if self.embedded:
            return {**kept, **own, "DATABASE_URL": "", "REDIS_URL": ""}
        return {**kept, **own, "DATABASE_URL": self.database_url}

    def run(self, *words: str) -> str:
        """Standard output of a Python command in this environment; what it says beside goes on to the terminal."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def measured(self, module: str) -> Any:
        """What `main()` of a module of this package returns in this environment."""
        return json.loads(self.run("-m", "tests.bench.run", module).splitlines()[-1])

    def prepare(self) -> None:
        """What was loaded whole is kept; what was interrupted, or lost its other half, begins anew."""
        self.folder.mkdir(parents=True, exist_ok=True)
        loaded = self.folder / "loaded"
        if self.embedded:
            for old in () if loaded.exists() else self.folder.glob("*.sqlite3*"):
                old.unlink()
        else:
            self._create(loaded)
        self.run("manage.py", "migrate", "-v0")
        if not loaded.exists():
            self.run("manage.py", "seed", "--households", str(self.size), "--county", COUNTY, "--lived")
            loaded.touch()

    def _create(self, loaded: Path) -> None:
        """The database; one that is there without its data folder (its keys), or half loaded, is made anew."""
        name = urlsplit(self.database_url).path.lstrip("/")
        server = psycopg2.connect(urlunsplit(urlsplit(self.database_url)._replace(path="/postgres")))
        server.autocommit = True
        with server.cursor() as cursor:
            if not loaded.exists():
                # A server of a run that was killed may still hold it.
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchall():
                cursor.execute(f'CREATE DATABASE "{name}"')
                loaded.unlink(missing_ok=True)
        server.close()

    def settle(self) -> None:
        """Statistics as autovacuum would have them an hour later."""
        connection = psycopg2.connect(self.database_url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        connection.close()
