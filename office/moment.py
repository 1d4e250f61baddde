"""One moment of the register for all that is read of it: what several statements count agrees, whoever writes
meanwhile, and so does what several workers count.

    with kept() as moment:                 # in the process that joins
        …                                  # the name goes to other workers
    with at(moment):                       # in whichever process reads
        …

On PostgreSQL a moment is an exported snapshot of the server that is read, the replica inside `replica.read`; it lasts
as long as the block of `kept`. On SQLite, and inside a transaction that is under way, there is none: the name is
empty, and `at` does nothing.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from office import replica


@contextmanager
def kept() -> Iterator[str]:
    """The name of the moment of the call; held by a connection of its own, so that the caller may go on writing."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield ""
        return
    alias = replica.REPLICA if replica.away() else DEFAULT_DB_ALIAS
    held = connections[alias].copy()
    try:
        with held.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            yield f"{alias} {cursor.fetchone()[0]}"
    finally:
        held.close()


@contextmanager
def at(moment: str) -> Iterator[None]:
    """Everything read in the block is of the moment; nothing can be written in it where it is read."""
    if not moment:
        yield
        return
    alias, snapshot = moment.split()
    with ExitStack() as stack:
        if alias == replica.REPLICA:
            stack.enter_context(replica.reading())
        stack.enter_context(transaction.atomic(using=alias))
        with connections[alias].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
        yield
