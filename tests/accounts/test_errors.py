"""Answers that are not the page asked for: Chinese, with the reason, and nothing of what lies behind."""

import re

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client, RequestFactory

from accounts.views import jobs
from accounts.views.errors import refused, server_error
from households.models import Visit
from office.models import TrailRow


def test_an_address_that_does_not_exist_is_not_found(signed_in):
    answer = signed_in("town").get("/nothing/at/all/")
    assert answer.status_code == 404 and "没有找到" in answer.content.decode()
    assert "nothing/at/all" not in answer.content.decode()


def test_a_form_without_token_is_refused_in_chinese(cast):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"username": "town", "password": "x"})
    assert answer.status_code == 403 and "页面已过期" in answer.content.decode()


def test_a_fault_of_ours_shows_no_trace_of_it(signed_in, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("370405198001011234")

    client = signed_in("town")
    client.raise_request_exception = False
    monkeypatch.setattr(jobs, "own_jobs", broken)
    answer = client.get("/jobs/")
    text = answer.content.decode()
    assert answer.status_code == 500 and "系统出错" in text
    assert "370405198001011234" not in text and "RuntimeError" not in text


def test_the_page_of_a_fault_needs_no_database():
    assert server_error(RequestFactory().get("/")).status_code == 500


class Said(Exception):
    """What the driver of PostgreSQL raises; without a code the server did not say it."""

    def __init__(self, pgcode: str | None) -> None:
        self.pgcode = pgcode


def says(pgcode: str | None) -> None:
    try:
        raise Said(pgcode)
    except Said as wrong:
        raise OperationalError from wrong


def answered(method: str, pgcode: str | None) -> str:
    try:
        says(pgcode)
    except OperationalError:
        answer = server_error(RequestFactory().generic(method, "/"))
    assert answer.status_code == 503
    return answer.content.decode()


@pytest.mark.parametrize("pgcode", ["53100", "53300", "55P03", "57014"])
def test_a_form_that_the_database_refused_is_said_not_to_be_kept(pgcode):
    text = answered("POST", pgcode)
    assert "没有存下，也没有办到一半" in text and "刷新本页" in text


@pytest.mark.parametrize("pgcode", [None, "57P01"])
def test_a_form_whose_answer_was_lost_may_have_been_kept(pgcode):
    text = answered("POST", pgcode)
    assert "可能没有存下" in text and "也没有办到一半" not in text and "刷新本页" in text


VISIT = {"visited_on": "2018-11-19", "way": "入户走访", "visitor": "演示甲", "notes": "演示"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("where", "last"), [(TrailRow.objects, "create"), (SessionStore, "save")])
def test_what_was_committed_before_the_refusal_is_not_said_to_be_lost(
    make_household, ground, signed_in, monkeypatch, where, last
):
    """The row of the log is written with the visit; the session after both, by itself."""
    client, household = signed_in("village"), make_household(village=ground.village)
    client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr(where, last, lambda *_, **__: says("55P03"))
        answer = client.post(f"/households/{household.number}/visits/new/", VISIT)
    text, kept = answer.content.decode(), Visit.objects.exists()
    assert answer.status_code == 503 and kept == (last == "save")
    assert ("可能没有存下" in text, "也没有办到一半" in text) == (kept, not kept)


def test_a_page_that_was_only_looked_at_speaks_of_no_form():
    assert "提交" not in answered("GET", "53100")


@pytest.mark.parametrize("status", [403, 409, 422])
def test_a_refusal_gives_its_reason(rf, db, status):
    answer = refused(rf.get("/"), "已由演示人办理", status)
    assert answer.status_code == status and "已由演示人办理" in answer.content.decode()


def test_a_malformed_page_key_is_a_bad_request(signed_in):
    answer = signed_in("town").get("/jobs/?after=!!")
    assert answer.status_code == 400 and "无法识别" in answer.content.decode()


def test_no_page_carries_script_or_style_of_its_own(signed_in):
    for address in ("/jobs/", "/accounts/password/", "/nothing/"):
        text = signed_in("town").get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", text)
