"""Every row of every table, and what came and went since."""

import json
from collections import Counter
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

Row = dict[str, Any]


class Left(NamedTuple):
    """(table, row) each; a row that changed is in both."""

    added: list[tuple[str, Row]]
    gone: list[tuple[str, Row]]


def whole() -> dict[str, Counter[str]]:
    """Each table's rows as text."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            columns = [column[0] for column in cursor.description]
            found[name] = Counter(
                json.dumps(dict(zip(columns, row, strict=True)), cls=DjangoJSONEncoder, default=str)
                for row in cursor.fetchall()
            )
    return found


def left_since(before: dict[str, Counter[str]]) -> Left:
    now = whole()
    added = [(name, json.loads(row)) for name in now for row in (now[name] - before[name]).elements()]
    gone = [(name, json.loads(row)) for name in now for row in (before[name] - now[name]).elements()]
    return Left(added, gone)
