"""A log line is one line, and of no person (threats H2, I5)."""

import json
import logging
import sys

import pytest

from accounts.views import users
from office.log_lines import JsonLine, PlainLine

IDENTITY = "990405195001011234"


def record(message, *args, exc_info=None):
    return logging.LogRecord("office", logging.ERROR, __file__, 1, message, args, exc_info)


def test_what_a_client_sent_stays_in_its_line():
    for formatter in (PlainLine(), JsonLine()):
        line = formatter.format(record("user %s", "town\r\n2018-11-20 INFO forged\x1b[31m\u2028"))
        assert len(line.splitlines()) == 1 and "\x1b" not in line


def test_numbers_are_masked_in_message_and_trace():
    try:
        raise ValueError(f"duplicate key {IDENTITY}")
    except ValueError:
        failed = sys.exc_info()
    for formatter in (PlainLine(), JsonLine()):
        line = formatter.format(record("login of %s, 13800000000", IDENTITY, exc_info=failed))
        assert IDENTITY not in line and "13800000000" not in line and "ValueError" in line


def test_a_machine_reads_it():
    said = json.loads(JsonLine().format(record("已登记“%s”", "演示")))
    assert said["level"] == "ERROR" and said["message"] == "已登记“演示”" and said["at"].endswith("+08:00")


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [PlainLine(), JsonLine()])
def test_a_refused_request_is_one_line_without_trace(formatter, signed_in, caplog):
    for status, more in ((403, {}), (400, {"HTTP_HOST": "elsewhere.example"})):
        caplog.clear()
        assert signed_in("town").get("/system/", **more).status_code == status
        (refused,) = [record for record in caplog.records if record.name.startswith("django.")]
        assert refused.exc_info, "Django gives the trace along"
        line = formatter.format(refused)
        assert len(line.splitlines()) == 1 and "Traceback" not in line


@pytest.mark.django_db
def test_what_broke_keeps_its_trace(signed_in, cast, caplog, monkeypatch):
    def breaks(*args):
        raise RuntimeError(f"no such household {IDENTITY}")

    monkeypatch.setattr(users, "initial_password", breaks)
    client = signed_in("security")
    client.raise_request_exception = False
    assert client.post(f"/accounts/users/{cast['town'].pk}/password/").status_code == 500
    (broken,) = [record for record in caplog.records if record.name == "django.request"]
    said = json.loads(JsonLine().format(broken))
    assert said["status"] == 500 and "RuntimeError" in said["trace"] and IDENTITY not in said["trace"]


def test_the_program_logs_this_way(settings):
    assert {each["()"] for each in settings.LOGGING["formatters"].values()} == {
        "office.log_lines.PlainLine",
        "office.log_lines.JsonLine",
    }
