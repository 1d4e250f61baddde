"""The migrated, empty SQLite database, kept between runs: migrating costs more than most files of tests.

It is kept under the name of everything that it is made from: the migrations, the project's modules and data they
import, and the lock of the libraries. What changes any of these migrates anew; makemigrations --check sees to it
that migrations and models agree.
"""

import ast
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created

ROOT = Path(__file__).resolve().parent.parent


def _imported(file: Path) -> Iterator[Path]:
    """Modules of the project that the file imports."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        for name in names:
            module = ROOT / (name.replace(".", "/") + ".py")
            if module.exists():
                yield module


def sources() -> list[Path]:
    """Files that the migrated database depends on."""
    own = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).is_relative_to(ROOT)]
    waiting = [
        file for folder in own if ".venv" not in folder.parts for file in folder.glob("migrations/*.py")
    ]
    found = {file for folder in own for file in folder.glob("data/*")} | {ROOT / "requirements-dev.txt"}
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting.extend(_imported(file))
    return sorted(found)


def _file() -> Path:
    digest = hashlib.sha256()
    for file in sources():
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return Path(settings.DATA_DIR) / f"migrated-{digest.hexdigest()[:16]}.sqlite3"


def put_before_migrating() -> None:
    """The kept database, if there is one, fills the test's own when that is opened; nothing is left to migrate."""
    file = _file()

    def fill(**opened: Any) -> None:
        if "memory" not in str(opened["connection"].settings_dict["NAME"]):
            return
        connection_created.disconnect(fill)
        source = sqlite3.connect(file)
        source.backup(opened["connection"].connection)
        source.close()

    if file.exists():
        connection_created.connect(fill, weak=False)


def put_at(path: Path) -> bool:
    """A copy of the kept database for another process; False when there is none yet."""
    file = _file()
    if file.exists():
        path.write_bytes(file.read_bytes())
        return True
    return False


def keep() -> None:
    """The database that was just migrated, for the next run; earlier ones go."""
    file = _file()
    if file.exists():
        return
    part = file.with_suffix(f".{os.getpid()}")
    target = sqlite3.connect(part)
    connection.connection.backup(target)
    target.close()
    part.replace(file)
    for old in file.parent.glob("migrated-*.sqlite3"):
        if old != file:
            old.unlink(missing_ok=True)
