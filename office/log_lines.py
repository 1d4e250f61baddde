"""Log lines for people and for machines: one line an event, nothing of a person in it (threats H2, I5).

Identity numbers, accounts and telephones are masked wherever they stand, line breaks and control characters of
whoever wrote them are escaped, and a stack trace is part of its event. Settings name these classes.
"""

import datetime
import json
import logging
import re
from zoneinfo import ZoneInfo

from office.digit_runs import mask_digit_runs

SHANGHAI = ZoneInfo("Asia/Shanghai")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class PlainLine(logging.Formatter):
    """For a terminal: the trace keeps its lines, the message is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_at(record)} {record.levelname} {record.name} {_message(record)}"
        trace = self._trace(record)
        return f"{line}\n{trace}" if trace else line

    def _trace(self, record: logging.LogRecord) -> str:
        return mask_digit_runs(self.formatException(record.exc_info)) if record.exc_info else ""


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
        if isinstance(status := getattr(record, "status_code", None), int):
            said["status"] = status
        if trace := self._trace(record):
            said["trace"] = trace
        return json.dumps(said, ensure_ascii=False)


def _at(record: logging.LogRecord) -> str:
    return datetime.datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds")


def _message(record: logging.LogRecord) -> str:
    masked = mask_digit_runs(record.getMessage())
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", masked)
