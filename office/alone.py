"""One at a time of a name, over all processes and machines; who waits can do something useful meanwhile.

    with alone(f"report {area} {year}", meanwhile):
        …

On PostgreSQL an advisory lock of a connection of its own: it goes when the block ends, and with a process that is
killed. On SQLite, where one worker works, and inside a transaction that is under way nobody waits.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def alone(name: str, meanwhile: Callable[[], None]) -> Iterator[None]:
    """`meanwhile` is called between two tries and may raise to give up."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    held = connection.copy()
    try:
        with held.cursor() as cursor:
            cursor.execute("BEGIN")
            while not _got(cursor, key):
                meanwhile()
            yield
    finally:
        held.close()


def _got(cursor: Any, key: int) -> bool:
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
    return bool(cursor.fetchone()[0])
