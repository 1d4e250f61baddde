"""From an older key to the newest: sealed values and files are opened with their own and sealed with that one,
keyed indexes are made again from the values they find.

Runs beside people at work and may be killed at any time: a batch is a transaction, a value that somebody changed
meanwhile is left to that change, and the next run goes on with what still has an older key. Exported files and
uploads are not touched; they expire within days, and until then the older key must stay set.

While two index keys are set every writer writes both (pii.EarlierIndexField) and every search looks for both, so
that a number is found and refused whichever of its rows has been indexed anew. When the earlier key is set no
more, a further run empties what it had made.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections, models, transaction

from office import attachments, pii
from office.attachments import Attachment
from office.pii import EarlierIndexField, EncryptedTextField, KeyedIndexField
from office.prints import PrintField

log = logging.getLogger(__name__)

BATCH = 500
Say = Callable[[str], None]
Change = Callable[[Any], dict[str, Any]]


def sealed_columns() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted column, those of the histories too."""
    yield from _columns(EncryptedTextField)


def index_columns() -> Iterator[tuple[type[models.Model], KeyedIndexField]]:
    """Every column that is searched by, without those of the earlier key."""
    for model, field in _columns(KeyedIndexField):
        if not isinstance(field, EarlierIndexField):
            yield model, field


def _columns(kind: Any) -> Iterator[tuple[type[models.Model], Any]]:
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, kind):
                yield model, field


def rotate(say: Say) -> tuple[int, int]:
    """How many values and how many files were sealed anew."""
    values = 0
    for model, field in sealed_columns():
        name = field.attname

        def sealed(row: Any, name: str = name, field: EncryptedTextField = field) -> dict[str, Any]:
            uid = row["uid"] if isinstance(row["uid"], UUID) else UUID(row["uid"])
            return {str(field.column): pii.resealed(row[field.column], uid, name)}

        values += _told(say, model, field, _each(model, field, pii.newest(), ("uid",), sealed))
    files = sum(
        attachments.reseal(uid)
        for uid in Attachment.objects.order_by("pk").values_list("uid", flat=True).iterator()
    )
    if files:
        say(f"附件 {files} 个")
    return values, files


def rotate_indexes(say: Say) -> int:
    """How many indexes were made again under the newest key."""
    count, newest = 0, pii.index_versions()[0]
    for model, field in index_columns():
        beside = [one for _, one in _columns(KeyedIndexField) if one.model is model]
        fields = [field, *(one for one in beside if isinstance(one, EarlierIndexField) and _pair(one, field))]
        source: Any = model._meta.get_field(field.source)

        def found(
            row: Any, fields: Sequence[KeyedIndexField] = fields, source: Any = source
        ) -> dict[str, Any]:
            uid = row["uid"] if isinstance(row["uid"], UUID) else UUID(row["uid"])
            token = row[source.column]
            plain = pii.unseal(token, uid, source.attname) if token else ""
            return {str(one.column): one.of(plain) for one in fields}

        count += _told(say, model, field, _each(model, field, newest, ("uid", source.column), found))
    for model, field in _columns(PrintField):
        if field.facts:
            count += _told(say, model, field, _prints(model, field, newest))
    return count


def forget_earlier(say: Say) -> int:
    """What the earlier index keys have made, once one key is set; how many values were emptied."""
    if len(pii.index_versions()) > 1:
        return 0
    count, (newest,) = 0, pii.index_versions()
    for model, field in (*_columns(EarlierIndexField), *_columns(PrintField)):
        old = model._default_manager.exclude(**{f"{field.name}__startswith": f"{newest}:"})
        old = old.filter(**{f"{field.name}__startswith": "k"})
        emptied = 0
        while some := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
            emptied += old.filter(pk__in=some).update(**{field.name: None if field.null else ""})
        count += _told(say, model, field, emptied)
    return count


def left() -> int:
    """Values that still have an older key."""
    return sum(_left(model, field, pii.newest()) for model, field in sealed_columns())


def indexes_left() -> int:
    """Indexes that are still of the earlier key."""
    return sum(_left(model, field, pii.index_versions()[0]) for model, field in index_columns())


def prints_left() -> int:
    """Prints of the earlier key, of facts that nobody has compared since."""
    return sum(_left(model, field, pii.index_versions()[0]) for model, field in _columns(PrintField))


def require_index_keys() -> None:
    """Raises ImproperlyConfigured when rows are indexed under a key that is not set: nobody would find them, and
    a number could be registered twice. Looks at both ends of each index, not at the rows."""
    known, strangers = set(pii.index_versions()), set()
    for model, field in index_columns():
        if hasattr(model, "history_object"):
            continue
        rows = model._default_manager.order_by().filter(**{f"{field.name}__gt": ""})
        ends = rows.aggregate(low=models.Min(field.name), high=models.Max(field.name))
        strangers |= {str(end).partition(":")[0] for end in ends.values() if end} - known
    if strangers:
        raise ImproperlyConfigured(
            f"库里有用索引密钥 {'、'.join(sorted(strangers))} 编的号码，这个密钥没有设置（k1 是 PII_INDEX_KEY，"
            "k2 是 PII_INDEX_KEY_2，k3 是 PII_INDEX_KEY_3）：请把它设上，执行完 manage.py rotate_keys 再取下"
        )


def know_every_index_key() -> None:
    """The same before a process begins its work; what cannot be asked yet does not stop it."""
    try:
        require_index_keys()
    except DatabaseError:
        log.warning("数据库尚未就绪，没有核对索引密钥", exc_info=True)
    finally:
        connections.close_all()


def _pair(earlier: EarlierIndexField, field: KeyedIndexField) -> bool:
    return (earlier.source, earlier.purpose) == (field.source, field.purpose)


def _told(say: Say, model: type[models.Model], field: Any, count: int) -> int:
    if count:
        index = isinstance(field, KeyedIndexField)
        name = f"{_named(model, field.source)}索引" if index else _named(model, field.name)
        say(f"{model._meta.verbose_name} {name} {count} 个")
    return count


def _named(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def _left(model: type[models.Model], field: models.Field, newest: str) -> int:
    table, column = _quoted(model._meta.db_table), _quoted(field.column)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {_older(column)}", [f"{newest}:%"])
        return int(cursor.fetchone()[0])


def _each(
    model: type[models.Model], field: models.Field, newest: str, more: Sequence[str], change: Change
) -> int:
    """Rows whose column has an older version, a batch a transaction; `change` says what is written.

    Rows that somebody is writing are passed by, so that nobody waits crosswise, and taken at the end.
    """
    count = 0
    busy = connection.features.has_select_for_update_skip_locked
    for lock in (" FOR UPDATE SKIP LOCKED", " FOR UPDATE") if busy else ("",):
        after: Any = None
        while True:
            done, after = _batch(model, field, newest, more, change, after, lock)
            count += done
            if after is None:
                break
    return count


def _batch(
    model: type[models.Model],
    field: models.Field,
    newest: str,
    more: Sequence[str],
    change: Change,
    after: Any,
    lock: str,
) -> tuple[int, Any]:
    assert model._meta.pk is not None
    table, column, key = (
        _quoted(name) for name in (model._meta.db_table, field.column, model._meta.pk.column)
    )
    wanted = ", ".join(_quoted(name) for name in more)
    beyond = "" if after is None else f"AND {key} > %s"
    count, last = 0, None  # type: int, Any
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {column}, {wanted} FROM {table} WHERE {_older(column)} {beyond} ORDER BY {key} LIMIT {BATCH}{lock}",
            [f"{newest}:%", *([] if after is None else [after])],
        )
        for last, stored, *values in cursor.fetchall():
            written = change({str(field.column): stored, **dict(zip(more, values, strict=True))})
            marks = ", ".join(f"{_quoted(name)} = %s" for name in written)
            # Whoever wrote meanwhile has used the newest key already.
            cursor.execute(
                f"UPDATE {table} SET {marks} WHERE {key} = %s AND {column} = %s",
                [*written.values(), last, stored],
            )
            count += cursor.rowcount
    return count, last


def _prints(model: type[models.Model], field: PrintField, newest: str) -> int:
    """Prints whose facts are kept."""
    older = model._default_manager.exclude(**{field.name: ""}).exclude(
        **{f"{field.name}__startswith": f"{newest}:"}
    )
    count, last = 0, None  # type: int, Any
    # By number, not from a cursor left open: SQLite refuses at once to write beside one that has grown old.
    while rows := list((older if last is None else older.filter(pk__gt=last)).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        for row in rows:
            fresh = pii.index(getattr(row, field.facts), field.purpose)
            same = model._default_manager.filter(pk=row.pk, **{field.name: getattr(row, field.name)})
            count += same.update(**{field.name: str(fresh)})
    return count


def _older(column: str) -> str:
    """Made under some key, and not under the newest."""
    return f"{column} <> '' AND {column} NOT LIKE %s"


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")
