"""Log lines for people and for machines: one line an event, nothing of a person in it (threats H2, I5).

Identity numbers, accounts and telephones are masked wherever they stand, line breaks and control characters of
whoever wrote them are escaped, and a stack trace is part of its event. What was refused (400 to 499) has none: the
fault is the sender's, and a trace would show what he sent. Settings name these classes.
"""

import datetime
import json
import logging
import re
from zoneinfo import ZoneInfo

from office.digit_runs import mask_digit_runs

SHANGHAI = ZoneInfo("Asia/Shanghai")
# The first digit of the statuses that say so.
REFUSED = 4
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class PlainLine(logging.Formatter):
    """For a terminal: the trace keeps its lines, the message is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_at(record)} {record.levelname} {record.name} {_message(record)}"
        trace = self._trace(record)
        return f"{line}\n{trace}" if trace else line

    def _trace(self, record: logging.LogRecord) -> str:
        if not record.exc_info or (_status(record) or 0) // 100 == REFUSED:
            return ""
        return mask_digit_runs(self.formatException(record.exc_info))


class JsonLine(PlainLine):
    """For a collector: {"at", "level", "logger", "message", "process"[, "trace"][, "status"]}."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": _at(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "process": record.process,
        }
        if status := _status(record):
            said["status"] = status
        if trace := self._trace(record):
            said["trace"] = trace
        return json.dumps(said, ensure_ascii=False)


def _status(record: logging.LogRecord) -> int | None:
    """The HTTP status of the answer that Django logs."""
    status = getattr(record, "status_code", None)
    return status if isinstance(status, int) else None


def _at(record: logging.LogRecord) -> str:
    return datetime.datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds")


def _message(record: logging.LogRecord) -> str:
    masked = mask_digit_runs(record.getMessage())
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", masked)
