"""P9 to P12 and the import of P19: the national person sheet of 12k and 120k households into a fresh register.

Each import has a process and a copy of the same small register of its own; only its work is timed, not the start.
"""

import io
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from python_calamine import CalamineWorkbook

from tests.bench.places import Place
from tests.bench.turns import medians

Entry = dict[str, Any]
# The register that is there already: villages, lines, some households.
AROUND = 1000


@dataclass(frozen=True)
class Ground(Place):
    """A small register that is kept, and (`copied`) a copy of it that is thrown away."""

    copied: bool = False
    more: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> Path:
        return Path(os.environ["DATA_DIR"]) / ("import-embedded" if self.embedded else "import")

    @property
    def database_url(self) -> str:
        name = "import_copy" if self.copied else "import"
        if self.embedded:
            return f"sqlite:///{self.folder / name}.sqlite3"
        address = urlsplit(os.environ["DATABASE_URL"])
        return urlunsplit(address._replace(path=f"{address.path}_{name}"))

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "DATABASE_URL": self.database_url, **dict(self.more)}

    def copy(self, **more: str) -> "Ground":
        """A fresh one; `more` goes into its environment."""
        made = replace(self, copied=True, more=tuple(more.items()))
        if self.embedded:
            for old in self.folder.glob("import_copy.sqlite3*"):
                old.unlink()
            shutil.copyfile(self.folder / "import.sqlite3", self.folder / "import_copy.sqlite3")
            return made
        server = psycopg2.connect(urlunsplit(urlsplit(self.database_url)._replace(path="/postgres")))
        server.autocommit = True
        ground, copy = (urlsplit(each.database_url).path.lstrip("/") for each in (self, made))
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{ground}"')
            # What the copying left to be written is not the import's.
            cursor.execute("CHECKPOINT")
        server.close()
        return made

    def file(self, households: int, faulty: bool = False) -> Path:
        """A sheet of so many households, kept between runs."""
        path = self.folder / f"{households}{'-faulty' if faulty else ''}.xlsx"
        if not path.exists():
            asked = {"BENCH_FILE": str(path), "BENCH_HOUSEHOLDS": str(households)}
            if faulty:
                asked["BENCH_FAULTY"] = "1"
            replace(self, more=tuple(asked.items())).measured("import_file")
        return path


def floor(ground: Ground, path: Path) -> float:
    """Seconds of the fastest reader and COPY of its cells into a plain table."""
    connection = psycopg2.connect(ground.copy().database_url)
    began = time.perf_counter()
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    with connection.cursor() as cursor:
        columns = ", ".join(f"c{place} text" for place in range(len(rows[0])))
        cursor.execute(f"CREATE TABLE plain ({columns})")
        lines = "".join("\t".join(map(str, row)) + "\n" for row in rows)
        cursor.copy_expert("COPY plain FROM STDIN", io.StringIO(lines))
    connection.commit()
    took = time.perf_counter() - began
    connection.close()
    return took


def act(ground: Ground, path: Path, kind: str) -> float:
    """Seconds of one import or trial; every row must have come to something."""
    module = "import_package" if kind == "package" else "import_once"
    found = ground.copy(BENCH_FILE=str(path), BENCH_ACT=kind).measured(module)
    if kind != "trial":
        assert found["persons"] == found["rows"], found
    elif "faulty" in path.name:
        assert found["errors"] == found["rows"], found
    return float(found["seconds"])


def measured(small: int, large: int, first_page: Entry, say: Callable[[str], None]) -> dict[str, Entry]:
    """The bars; P19 has the first page after start beside the quotient. Says the seconds as they are found."""
    ground, embedded = Ground(AROUND), Ground(AROUND, embedded=True)
    ground.prepare()
    embedded.prepare()
    few, many = ground.file(small), ground.file(large)
    faulty = ground.file(small, faulty=True)
    import_s, floor_s, import_e = medians(
        lambda: act(ground, few, "import"),
        lambda: floor(ground, few),
        lambda: act(embedded, few, "import"),
        rounds=5,
        warm_up=1,
    )
    say(f"{small}: import {import_s:.1f}, on SQLite {import_e:.1f}, reader and COPY {floor_s:.2f}")
    import_l, floor_l = medians(
        lambda: act(ground, many, "import"), lambda: floor(ground, many), rounds=3, warm_up=0
    )
    say(f"{large}: import {import_l:.1f}, reader and COPY {floor_l:.2f}")
    bad, clean = medians(
        lambda: act(ground, faulty, "trial"), lambda: act(ground, few, "trial"), rounds=5, warm_up=1
    )
    say(f"{small}: trial with errors {bad:.1f}, without {clean:.1f}")
    # Far below its bar, and minutes long: once is enough.
    package = act(ground, few, "package")
    worst = max((import_s / floor_s, small), (import_l / floor_l, large))
    return {
        "P9": _entry(worst[0], 8, f"{worst[1]}, national sheet ÷ calamine and COPY", import_s),
        "P10": _entry(import_l / import_s, 14, f"{large} ÷ {small}", import_l),
        "P11": _entry(import_s / package, 0.25, f"{small}, ÷ django-import-export", package),
        "P12": _entry(bad / clean, 2, f"{small}, an error in each row ÷ none, trial", bad),
        "P19": {
            **_entry(import_e / import_s, 2, f"{small}, import on SQLite ÷ on PostgreSQL", import_e),
            "pass": import_e / import_s <= 2 and first_page["pass"],
            "first_page_seconds": first_page["seconds"],
        },
    }


def _entry(found: float, most: float, at: str, took: float) -> Entry:
    return {"ratio": round(found, 2), "at": at, "pass": found <= most, "seconds": round(took, 2)}
