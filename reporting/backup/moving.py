"""From the embedded mode's SQLite file into an empty PostgreSQL database: every row of every table, in one transaction.

Values go through the fields of the models, so each database gets its own form of dates, truths and numbers; sealed
values stay sealed, the keys stay the same. The trail keeps its chain, files and anchors stay where they are.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg2.extras import execute_values

from accounts.models import User
from office import trail
from reporting.backup.bundle import BackupRefused
from reporting.backup.making import applied

SOURCE, BATCH = "sqlite", 2000
Say = Callable[[str], None]


def move(file: Path, say: Say) -> dict[str, int]:
    """Rows by table. BackupRefused, with nothing written, when either side is not as it must be."""
    if connection.vendor != "postgresql":
        raise BackupRefused("搬入的一边必须是 PostgreSQL：请设置 DATABASE_URL")
    _refuse_broken(file)
    with _opened(file) as source:
        theirs = {f"{app}.{name}" for app, name in MigrationRecorder(source).applied_migrations()}
        if theirs != set(applied()):
            raise BackupRefused("两边的版本不同：请先用这个版本的程序对两边各执行一次 migrate")
        every = apps.get_models(include_auto_created=True)
        tables = [model for model in every if model._meta.managed and not model._meta.proxy]
        if User.objects.exists():
            raise BackupRefused("这个 PostgreSQL 数据库里已有用户：请换一个刚建好表的空数据库")
        with transaction.atomic():
            for model in reversed(tables):
                # What migrating fills comes from the other side too, with its own keys.
                connection.cursor().execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
            moved = {model._meta.db_table: _copied(model, say) for model in tables}
            for statement in connection.ops.sequence_reset_sql(no_style(), tables):
                connection.cursor().execute(statement)
            _refuse_lost(moved, tables)
    if problems := trail.verify():
        raise BackupRefused("搬完后操作日志核对不符：\n" + "\n".join(problems))
    trail.record("搬入数据", detail={"来自": file.name, "行数": sum(moved.values())})
    trail.seal()
    return moved


def _refuse_broken(file: Path) -> None:
    if not file.is_file():
        raise BackupRefused(f"没有 {file}")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as opened:
        try:
            said = opened.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as broken:
            raise BackupRefused(f"{file} 不是完好的 SQLite 数据库") from broken
    opened.close()
    if said != "ok":
        raise BackupRefused(f"{file} 不完整：{said}")


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """The file under an alias of its own, in one read transaction."""
    asked = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}}
    connections.settings[SOURCE] = connections.configure_settings(asked)["default"]
    source = connections[SOURCE]
    try:
        with transaction.atomic(using=SOURCE):
            yield source
    finally:
        source.close()
        del connections[SOURCE]
        del connections.settings[SOURCE]


def _copied(model: type[models.Model], say: Say) -> int:
    fields = model._meta.local_concrete_fields
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES %s"
    rows = model._base_manager.using(SOURCE).order_by().values_list(*(field.attname for field in fields))
    batch: list[list[Any]] = []
    count = 0
    with connection.cursor() as cursor:

        def write() -> None:
            execute_values(cursor.cursor, statement, batch, page_size=BATCH)
            batch.clear()

        for row in rows.iterator(chunk_size=BATCH):
            batch.append(
                [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)]
            )
            count += 1
            if len(batch) == BATCH:
                write()
        if batch:
            write()
    if count:
        say(f"{model._meta.db_table} {count} 行")
    return count


def _refuse_lost(moved: dict[str, int], tables: list[type[models.Model]]) -> None:
    for model in tables:
        there = model._base_manager.order_by().count()
        if there != moved[model._meta.db_table]:
            raise BackupRefused(
                f"{model._meta.db_table} 应有 {moved[model._meta.db_table]} 行，实有 {there} 行"
            )
