"""PostgreSQL by its own tools: pg_dump of an exported snapshot, pg_restore in one transaction."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from office.sealed_file import SealedFile
from reporting.backup.bundle import BackupRefused, PartReader, Table, send

PIECE = 1 << 20


@contextmanager
def snapshot() -> Iterator[str]:
    """One moment of the database: what is counted in the block and what pg_dump reads by this name is the same."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def tables(moment: str) -> dict[str, Table]:
    """Rows of each table, and the sum of the rows' hashes; within the transaction of the moment."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL timezone TO 'UTC'; SET LOCAL datestyle TO 'ISO'; SET LOCAL extra_float_digits TO 3"
        )
        for name in sorted(connection.introspection.table_names(cursor)):
            quoted = connection.ops.quote_name(name)
            cursor.execute(
                f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {quoted} AS t"
            )
            rows, checksum = cursor.fetchone()
            found[name] = Table(rows, str(checksum))
    return found


def dump(to: SealedFile, moment: str) -> None:
    """pg_dump's own format, piece by piece into the sealed file."""
    command = [
        _tool("pg_dump"),
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={moment}",
        *_where(),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=_environment()) as child:
        assert child.stdout is not None
        while piece := child.stdout.read(PIECE):
            to.write(piece)
    if child.returncode:
        raise BackupRefused("pg_dump 没有完成，见上面的原因")


def busy() -> bool:
    """Others are connected: pages or workers still run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return bool(cursor.fetchone()[0])


def restore(stream: PartReader) -> None:
    """Into an empty database, all of it or nothing."""
    connection.close()
    command = [
        _tool("pg_restore"),
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
    ]
    with subprocess.Popen([*command, *_where()], stdin=subprocess.PIPE, env=_environment()) as child:
        assert child.stdin is not None
        try:
            send(stream, child.stdin)
        except BrokenPipeError:
            pass  # pg_restore has said why on stderr
        finally:
            child.stdin.close()
    if child.returncode:
        raise BackupRefused("pg_restore 没有完成，数据库没有改动，见上面的原因")


def empty() -> None:
    """Takes away everything in the database's schema."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise BackupRefused(f"没有找到 {name}：请安装与数据库同版本的 PostgreSQL 客户端")
    return path


def _where() -> list[str]:
    database: dict[str, Any] = settings.DATABASES["default"]
    found = [f"--dbname={connection.settings_dict['NAME']}"]
    for option, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if database.get(key):
            found.append(f"{option}={database[key]}")
    return found


def _environment() -> dict[str, str]:
    """The password goes by the environment, where no list of processes shows it."""
    password = settings.DATABASES["default"].get("PASSWORD") or ""
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}
