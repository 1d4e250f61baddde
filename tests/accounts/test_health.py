"""Monitors ask without a session, with the database gone too."""

import datetime

import psycopg2
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection, connections
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.views import health
from office.models import Pulse


def test_alive_asks_no_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_ready_names_what_the_embedded_mode_has(db, client, settings):
    settings.EMBEDDED = True
    assert client.get("/readyz").json() == {"database": "ok", "broker": "embedded", "worker": "embedded"}


@pytest.mark.parametrize(("minutes", "word"), [(0, "ok"), (5, "missing")])
def test_a_worker_counts_while_it_does_its_standing_duties(db, client, settings, monkeypatch, minutes, word):
    settings.EMBEDDED = False
    monkeypatch.setattr(health, "_broker", lambda: "ok")
    Pulse.objects.create(name="tick", at=timezone.now() - datetime.timedelta(minutes=minutes))
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["worker"] == word


def test_a_lost_broker_is_told_and_stops_nothing(db, client, settings, monkeypatch):
    settings.EMBEDDED = False

    def lost():
        raise OSError("nobody listens")

    monkeypatch.setattr(health.current_app, "connection_for_write", lost)
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["broker"] == "failed"


@pytest.fixture
def no_database(db, monkeypatch):
    def lost(*args, **kwargs):
        raise OperationalError("password authentication failed for user postgres")

    with monkeypatch.context() as gone:
        gone.setattr(connections["default"], "cursor", lost)
        yield


def test_a_lost_database_is_503(client, no_database):
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["database"] == "failed"


def test_a_page_without_database_is_503_in_chinese_and_tells_nothing(no_database):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32
    answer = client.get("/jobs/")
    text = answer.content.decode()
    assert answer.status_code == 503 and "数据库暂时不能用" in text
    assert "postgres" not in text and answer["Cache-Control"] == "no-store"


def served(address: str) -> int:
    """As a server's thread answers: a test's client leaves the connection alone between two pages."""
    told: list[str] = []
    environ = RequestFactory().get(address, HTTP_HOST="127.0.0.1").environ
    WSGIHandler()(environ, lambda status, headers: told.append(status)).close()
    return int(told[0].split()[0])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_between_two_pages_is_not_noticed(client):
    """CONN_HEALTH_CHECKS: without it every thread would answer 503 once after the database was started again."""
    assert served("/policies/") == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    finally:
        other.close()
    assert served("/policies/") == 200
    assert connection.settings_dict["CONN_MAX_AGE"] > 0, "it is kept from page to page"
