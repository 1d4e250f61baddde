"""Sessions end by idleness and by age; polling does not keep them; nothing stays in a cache."""

import datetime

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.middleware import client_address
from office import clock

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def at(monkeypatch):
    """at(minutes) sets the real clock so many minutes after the test began."""
    start = timezone.now()

    def move(minutes: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: start + minutes * MINUTE)

    return move


def is_in(client: Client, address: str = "/jobs/") -> bool:
    return client.get(address).status_code == 200


def test_half_an_hour_without_use_ends_the_session(signed_in, at):
    client = signed_in("town")
    at(0)
    assert is_in(client)
    at(29)
    assert is_in(client)
    at(58)
    assert is_in(client)
    at(88)
    answer = client.get("/jobs/", follow=True)
    assert answer.redirect_chain[0][1] == 302
    assert "30 分钟没有操作" in answer.content.decode()


@pytest.mark.parametrize("polled", ["/jobs/?poll=1", "header"])
def test_polling_does_not_keep_the_session_alive(signed_in, at, polled):
    client = signed_in("town")
    headers = {"HX-Polling": "true"} if polled == "header" else {}
    address = "/jobs/" if headers else polled
    at(0)
    assert is_in(client)
    for minutes in range(5, 30, 5):
        at(minutes)
        assert client.get(address, headers=headers).status_code == 200
    at(31)
    assert client.get(address, headers=headers).status_code == 302


def test_ten_hours_end_the_session_however_busy(signed_in, at):
    client = signed_in("town")
    for minutes in range(0, 600, 20):
        at(minutes)
        assert is_in(client)
    at(600)
    assert not is_in(client)


def test_a_fragment_asked_without_session_sends_the_whole_page_to_the_sign_in(db):
    answer = Client().get("/jobs/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/accounts/login/"


@pytest.mark.parametrize("address", ["/accounts/login/", "/jobs/", "/nothing/", "/healthz"])
def test_no_answer_is_stored(signed_in, address):
    assert signed_in("town").get(address)["Cache-Control"] == "no-store"


def test_the_address_is_the_peers_whatever_the_client_claims(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="1.1.1.1, 10.2.2.2")
    assert client_address(request) == "10.0.0.9"
    settings.TRUSTED_PROXIES = 1
    assert client_address(request) == "10.2.2.2"
    settings.TRUSTED_PROXIES = 3
    assert client_address(request) == "10.0.0.9"
