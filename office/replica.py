"""Reading reports and exported lists from a streaming replica (REPLICA_URL), so that they do not slow down pages.

`read(work)` runs the work with every query of the register routed to the replica, once it has replayed what the
primary had written when it was asked; where it does not within REPLICA_SECONDS, or breaks down meanwhile, the work
is done on the primary and the log says so. Nothing is ever written there, and nothing else is ever read there.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections, models

log = logging.getLogger(__name__)

REPLICA = "replica"
LOOK_EVERY = 0.05  # seconds
# What a running job reads of itself, and who may see what: always the primary's.
AT_HOME = {
    "office.job",
    "office.jobpart",
    "office.export",
    "office.trailrow",
    "office.dueperiod",
    "office.pulse",
}
_reading: ContextVar[bool] = ContextVar("reading_from_the_replica", default=False)
Answer = TypeVar("Answer")


class Router:
    """Reads go to the replica inside `read`; all else, what was read there included, to the primary."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        away = _reading.get() and model._meta.label_lower not in AT_HOME
        return REPLICA if away else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db != REPLICA


def read(work: Callable[[], Answer]) -> Answer:
    """The answer of the work, which only reads and may be begun again."""
    # Inside a transaction the work may rest on what no other connection sees yet.
    if REPLICA not in settings.DATABASES or connection.in_atomic_block:
        return work()
    try:
        behind = _waited()
        if not behind:
            with reading():
                return work()
    except (DatabaseError, InterfaceError) as error:
        behind = f"从库出错（{type(error).__name__}）"
        connections[REPLICA].close()
    log.warning("%s，这次改从主库读", behind)
    return work()


def _waited() -> str:
    """Empty when the replica has what the primary has now; else why not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()")
        (wanted,) = cursor.fetchone()
    end = time.monotonic() + settings.REPLICA_SECONDS
    connections[REPLICA].close_if_unusable_or_obsolete()
    with connections[REPLICA].cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() >= %s::pg_lsn", [wanted])
            recovering, there = cursor.fetchone()
            if not recovering:
                return "REPLICA_URL 不是这个主库的从库"
            if there:
                return ""
            if time.monotonic() > end:
                return f"从库 {settings.REPLICA_SECONDS} 秒内没有跟上"
            time.sleep(LOOK_EVERY)


def away() -> bool:
    """What is read here is read from the replica."""
    return _reading.get()


@contextmanager
def reading() -> Iterator[None]:
    """Reads in the block go to the replica, as it stands."""
    before = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(before)
