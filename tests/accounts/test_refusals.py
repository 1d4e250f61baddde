"""Who is refused leaves a row of the trail, once, without what stood behind the question mark, and not without end."""

import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts import refusals
from office import clock, trail
from office.models import Outcome, TrailRow

pytestmark = pytest.mark.django_db


def rows():
    return TrailRow.objects.filter(action=refusals.ACTION).order_by("pk")


def test_without_the_right_the_row_says_who_where_and_what(signed_in, cast):
    assert signed_in("town").get("/system/?q=王某").status_code == 403
    (row,) = rows()
    assert row.actor == cast["town"] and row.ip == "127.0.0.1" and row.outcome == Outcome.REFUSED
    assert row.detail == {"地址": "/system/", "方式": "GET", "回答": 403}
    assert row.area == cast["town"].home_area


def test_what_lies_elsewhere_leaves_the_row_of_what_does_not_exist(signed_in, make_household, ground):
    client = signed_in("town")
    elsewhere = make_household(village=ground.foreign_village)
    for number in (elsewhere.number, "9999999999"):
        assert client.get(reverse("households:detail", args=[number])).status_code == 404
    assert [row.detail["回答"] for row in rows()] == [404, 404]


def test_an_address_with_signs_that_no_log_holds_leaves_a_row(signed_in):
    assert signed_in("town").get("/households/%00%0a/").status_code == 404
    assert [row.detail["地址"] for row in rows()] == ["/households/??/"]


def test_a_form_without_its_token_leaves_a_row(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["town"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/exports/").status_code == 403
    assert [row.detail["方式"] for row in rows()] == ["POST"]


def test_no_row_for_what_is_served_for_nobody_and_for_icons(signed_in, client):
    assert client.get("/system/").status_code == 302
    signed_in("town").get("/jobs/")
    signed_in("town").get("/favicon.ico")
    assert not rows()


def test_a_refusal_that_is_told_with_its_reason_is_not_told_twice(rf, cast):
    request = rf.post("/households/0000000001/reveal/")
    request.user = cast["town"]

    def view(asked):
        trail.record("查看完整号码", outcome=Outcome.REFUSED, request=asked)
        return HttpResponse(status=403)

    refusals.RefusalMiddleware(view)(request)
    (row,) = TrailRow.objects.filter(outcome=Outcome.REFUSED)
    assert row.action == "查看完整号码"


def test_a_flood_ends_with_a_row_that_says_so_and_begins_anew_after_an_hour(signed_in, monkeypatch):
    monkeypatch.setattr(refusals, "MOST", 3)
    client = signed_in("town")
    for _ in range(5):
        client.get("/system/")
    assert rows().count() == 3 and "不再逐次记" in rows().last().detail["说明"]
    assert not any("说明" in row.detail for row in rows()[:2])
    later = clock.now() + datetime.timedelta(minutes=5) + refusals.HOUR
    monkeypatch.setattr(clock, "now", lambda: later)
    signed_in("town").get("/system/")
    assert rows().count() == 4


def test_another_person_is_still_seen_beside_a_flood(signed_in, monkeypatch, cast):
    monkeypatch.setattr(refusals, "MOST", 1)
    for name in ("town", "town", "village"):
        signed_in(name).get("/system/")
    assert [row.actor for row in rows()] == [cast["town"], cast["village"]]
