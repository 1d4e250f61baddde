"""Many new rows of a model at once, without an object for each: COPY on PostgreSQL, one prepared INSERT on SQLite.

A row is a dict of what is known, by column attribute; the rest are the fields' defaults. Ciphers and search keys are
made here as their fields make them at a save (a key that is known already is given), and a model's history gets the
same row again.
"""

import datetime
import io
import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from office.codes import CodeField, CodesField
from office.pii import EncryptedTextField, KeyedIndexField, seal

BATCH = 5000  # rows a statement
PIECE = 1 << 20  # bytes sent at once
FEW, MANY = (CodeField, models.BooleanField, models.SmallIntegerField), 1000
# The sequence is looked up once, not for each key.
NEXT_KEYS = """
    WITH of AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS keys)
    SELECT nextval(of.keys) FROM of, generate_series(1, %s)
"""
Values = dict[str, Any]
Encode = Callable[[Any], Any]


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """Keys that no other writer gets."""
    table = model._meta.db_table
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        if cursor.db.vendor == "postgresql":
            cursor.execute(NEXT_KEYS, [table, count])
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return list(range(first, first + count))


@dataclass(frozen=True)
class History:
    """What the history says of these rows beside their values."""

    at: datetime.datetime
    by: Any
    reason: str
    kind: str = "+"


@dataclass(frozen=True)
class Packed:
    """Rows of a table, written out as they are sent; `keys` are theirs, where there is a history."""

    model: type[models.Model]
    columns: list[str]
    rows: Any
    keys: list[Any]

    def send(self, history: History | None = None) -> None:
        """Inserts them; with `history` their first version too."""
        table = Table.here(self.model)
        table.write(self.model._meta.db_table, self.columns, self.rows)
        if history is not None:
            _copy_history(self.model, table, self.keys, history)


def insert(model: type[models.Model], rows: Iterable[Values], history: History | None = None) -> None:
    """Inserts the rows; with `history` their first version too. Each row has its key already, unless the
    model has no history and gives it itself."""
    table, waiting = Table.here(model), iter(rows)
    while lines := list(map(table.line, islice(waiting, BATCH))):
        table.packed(lines).send(history)


def _copy_history(model: type[models.Model], table: "Table", keys: list[Any], history: History) -> None:
    """The rows that were just written once more, without sending them again."""
    kept: Any = model.history.model  # type: ignore[attr-defined]
    names = ", ".join(f'"{column}"' for column in table.columns)
    said = _said(history)
    of_keys = "id = ANY(%s::bigint[])" if table.copies else "id BETWEEN %s AND %s"
    asked = [[int(key) for key in keys]] if table.copies else [min(keys), max(keys)]
    statement = (
        f'INSERT INTO "{kept._meta.db_table}" ({names}, {", ".join(said)})'
        f' SELECT {names}, {", ".join(["%s"] * len(said))} FROM "{model._meta.db_table}" WHERE {of_keys}'
    )
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        values = said.values() if table.copies else map(table.encode, said.values())
        cursor.execute(statement, [*values, *asked])


def _said(history: History) -> Values:
    return {
        "history_date": history.at,
        "history_change_reason": history.reason[:100],
        "history_type": history.kind,
        "history_user_id": history.by.pk if history.by is not None else None,
    }


def write_history(model: type[models.Model], rows: Iterable[Values], history: History) -> None:
    """A version of each row, given whole."""
    table = Table.here(model)
    if lines := [table.line(row) for row in rows]:
        kept: Any = model.history.model  # type: ignore[attr-defined]
        said = _said(history)
        more = [table.encode(value) for value in said.values()]
        rows = table.pack([[*line, *more] for line in lines])
        table.write(kept._meta.db_table, [*table.columns, *said], rows)


class Table:
    """The columns of a model in their order, what stands in them unasked, and how a value is written."""

    def __init__(self, model: type[models.Model], vendor: str) -> None:
        self.model = model
        self.copies = vendor == "postgresql"
        self.encode: Encode = _copied if self.copies else _bound
        fields = list(model._meta.concrete_fields)
        if not hasattr(model, "history") and model._meta.auto_field:
            fields = [field for field in fields if not field.primary_key]
        self.columns = [str(field.column) for field in fields]
        self.place = {str(field.attname): place for place, field in enumerate(fields)}
        self.uid = self.place.get("uid", -1)
        self.secrets: dict[str, tuple[int, list[tuple[int, KeyedIndexField]]]] = {
            field.attname: (self.place[field.attname], [])
            for field in fields
            if isinstance(field, EncryptedTextField)
        }
        for field in fields:
            if isinstance(field, KeyedIndexField):
                self.secrets[field.source][1].append((self.place[field.attname], field))
        # By name: where it goes, how it is written, and what was written before where the values are few.
        self.plain: dict[str, tuple[int, Encode, dict[Any, Any] | None]] = {
            str(field.attname): (place, self._encoder(field), {} if isinstance(field, FEW) else None)
            for place, field in enumerate(fields)
            if field.attname not in self.secrets and field.attname != "uid"
        }
        self.blank = [
            self.encode(field.get_db_prep_save(field.get_default(), connections[DEFAULT_DB_ALIAS]))
            if field.attname not in ("id", "uid")
            else None
            for field in fields
        ]

    def _encoder(self, field: models.Field) -> Encode:
        if isinstance(field, CodesField):
            return lambda words: self.encode(_joined(words))
        if isinstance(field, models.JSONField):
            return lambda value: self.encode(json.dumps(value, ensure_ascii=False))
        return self.encode

    @classmethod
    @cache
    def of(cls, model: type[models.Model], vendor: str) -> "Table":
        return cls(model, vendor)

    @classmethod
    def here(cls, model: type[models.Model]) -> "Table":
        return cls.of(model, connections[DEFAULT_DB_ALIAS].vendor)

    def line(self, row: Values) -> list[Any]:
        """The values of all columns, as they are written."""
        line, plain = self.blank.copy(), self.plain
        uid = row.get("uid")
        if self.uid >= 0:
            uid = uid or uuid.uuid4()
            line[self.uid] = self.encode(uid)
        for name, value in row.items():
            if value is None:
                continue
            if name in plain:
                place, encode, known = plain[name]
                if known is None:
                    line[place] = encode(value)
                    continue
                written = known.get(value)
                if written is None:
                    written = encode(value)
                    if len(known) < MANY:
                        known[value] = written
                line[place] = written
            elif value and name in self.secrets:
                place, indexes = self.secrets[name]
                line[place] = seal(value, uid, name)  # type: ignore[arg-type]
                for where, field in indexes:
                    if field.attname not in row and (found := field.of(value)):
                        line[where] = found
        return line

    def packed(self, lines: list[list[Any]], columns: list[str] | None = None) -> Packed:
        """Lines of all columns, or of these whose others the database fills."""
        place = self.place.get("id") if columns is None else None
        keys = [] if place is None else [line[place] for line in lines]
        return Packed(self.model, columns or self.columns, self.pack(lines), keys)

    def pack(self, lines: list[list[Any]]) -> Any:
        if not self.copies:
            return lines
        return "".join(["\t".join(line) + "\n" for line in lines]).encode()

    def write(self, table: str, columns: list[str], rows: Any) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            if self.copies:
                # Not one of the calls whose errors the cursor turns into Django's.
                with cursor.db.wrap_database_errors:
                    cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', io.BytesIO(rows), PIECE)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)


def _joined(words: Sequence[str]) -> str:
    """As CodesField stores it."""
    return f"|{'|'.join(words)}|" if words else ""


def _copied(value: Any) -> str:
    """As COPY reads it."""
    kind = type(value)
    if kind is str:
        if value.isalnum():
            return value  # type: ignore[no-any-return]
        text = value.replace("\\", "\\\\") if "\\" in value else value
        if "\n" in text or "\t" in text or "\r" in text:
            text = text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
        return text  # type: ignore[no-any-return]
    if value is None:
        return "\\N"
    if kind is bool:
        return "t" if value else "f"
    if kind is uuid.UUID:
        return value.hex  # type: ignore[no-any-return]
    if isinstance(value, str):
        return _copied(str(value))
    return str(value)


def _bound(value: Any) -> Any:
    """As the driver of SQLite takes it."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, datetime.date) else value
