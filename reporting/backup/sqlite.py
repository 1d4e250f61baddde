"""SQLite by its own online backup: a copy of one moment, checked, and put in the place of the file."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from office.sealed_file import SealedFile
from reporting.backup.bundle import BackupRefused, PartReader, Table

PIECE = 1 << 20


@contextmanager
def snapshot() -> Iterator[str]:
    """The path of a copy, which is gone after the block."""
    handle, name = tempfile.mkstemp(dir=_file().parent, prefix=".backup")
    os.close(handle)
    try:
        connection.ensure_connection()
        with sqlite3.connect(name) as copy:
            connection.connection.backup(copy)
        copy.close()
        yield name
    finally:
        Path(name).unlink(missing_ok=True)


def tables(moment: str) -> dict[str, Table]:
    """Rows of each table of the copy, or of the database itself; the file's own checksum stands for the rest."""
    opened = sqlite3.connect(moment or str(_file()))
    try:
        names = [
            name
            for (name,) in opened.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        ]
        return {name: Table(opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}
    finally:
        opened.close()


def dump(to: SealedFile, moment: str) -> None:
    with open(moment, "rb") as file:
        while piece := file.read(PIECE):
            to.write(piece)


def busy() -> bool:
    """Another process holds the file for writing."""
    try:
        opened = sqlite3.connect(_file(), timeout=0.5)
        opened.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return True
    opened.rollback()
    opened.close()
    return False


def restore(stream: PartReader) -> None:
    """Written beside the database, checked by SQLite, and put in its place at once."""
    handle, name = tempfile.mkstemp(dir=_file().parent, prefix=".restore")
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in stream:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        checked = sqlite3.connect(name)
        said = checked.execute("PRAGMA integrity_check").fetchone()[0]
        checked.close()
        if said != "ok":
            raise BackupRefused(f"备份里的数据库文件不完整：{said}")
        connection.close()
        for beside in ("-wal", "-shm"):
            Path(f"{_file()}{beside}").unlink(missing_ok=True)
        os.replace(name, _file())
    finally:
        Path(name).unlink(missing_ok=True)


def empty() -> None:
    """Nothing: the file is replaced whole."""


def _file() -> Path:
    return Path(connection.settings_dict["NAME"])
