"""From an older key to the newest: every sealed value and file is opened with its own and sealed with that one.

Runs beside people at work and may be killed at any time: a batch is a transaction, a value that somebody changed
meanwhile is left to that change, and the next run goes on with what still has an older key. Exported files and
uploads are not touched; they expire within days, and until then the older key must stay set.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction

from office import attachments, pii
from office.attachments import Attachment
from office.pii import EncryptedTextField

BATCH = 500
Say = Callable[[str], None]


def sealed_columns() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted column, those of the histories too."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field


def rotate(say: Say) -> tuple[int, int]:
    """How many values and how many files were sealed anew."""
    values = 0
    for model, field in sealed_columns():
        if count := _column(model, field):
            say(f"{model._meta.verbose_name} {field.verbose_name} {count} 个")
            values += count
    files = sum(
        attachments.reseal(uid)
        for uid in Attachment.objects.order_by("pk").values_list("uid", flat=True).iterator()
    )
    if files:
        say(f"附件 {files} 个")
    return values, files


def left() -> int:
    """Values that still have an older key."""
    total = 0
    with connection.cursor() as cursor:
        for model, field in sealed_columns():
            table, column = _quoted(model._meta.db_table), _quoted(field.column)
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {_older(column)}", _known())
            total += int(cursor.fetchone()[0])
    return total


def _column(model: type[models.Model], field: EncryptedTextField) -> int:
    assert model._meta.pk is not None
    table, column = _quoted(model._meta.db_table), _quoted(field.column)
    key, count = _quoted(model._meta.pk.column), 0
    after: Any = None
    while True:
        beyond = "" if after is None else f"AND {key} > %s"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, uid, {column} FROM {table} WHERE {_older(column)} {beyond} ORDER BY {key} LIMIT {BATCH}",
                [*_known(), *([] if after is None else [after])],
            )
            rows = cursor.fetchall()
            for pk, uid, token in rows:
                fresh = pii.resealed(token, uid if isinstance(uid, UUID) else UUID(uid), field.attname)
                # Whoever wrote meanwhile has sealed with the newest key already.
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s", [fresh, pk, token]
                )
                count += cursor.rowcount
        if not rows:
            return count
        after = rows[-1][0]


def _older(column: str) -> str:
    """Sealed, and not with the newest key."""
    return f"{column} <> '' AND {column} NOT LIKE %s"


def _known() -> list[str]:
    return [f"{pii.newest()}:%"]


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")
