"""What no honest page ever sends is answered in plain words, never with a stack trace."""

import base64
import json
import re

import pytest
from django.urls import get_resolver

LISTS = [
    "/households/",
    "/households/events/",
    "/households/members/",
    "/villages/",
    "/villages/events/",
    "/plans/",
    "/plans/villages/",
    "/plans/distribution/",
    "/reports/",
    "/reports/rolling-plan/",
    "/jobs/",
]
KEYS = [
    "[1,1]",
    "[1e999,1]",
    "[NaN,NaN]",
    "[null,1]",
    "[{},1]",
    "[true,1]",
    "[1.5,2.5]",
    f"[{10**30},{10**30}]",
    json.dumps(["\ud800", 1]),
    json.dumps(["\x00", 1]),
    '["2018-01-01",1,1]',
    "nonsense",
]


def plain(patterns, before="/"):
    """Addresses that need nothing filled in."""
    for one in patterns:
        text = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from plain(one.url_patterns, text)
        elif not re.search(r"[<(^]|logout", text):
            yield text


ADDRESSES = sorted(set(plain(get_resolver().url_patterns)))
FILTER = re.compile(r'<form class="filter".*?</form>', re.DOTALL)
SELECT = re.compile(r'<select[^>]*name="(\w+)"(.*?)</select>', re.DOTALL)
VALUE = re.compile(r'value="([^"]*)"')


@pytest.fixture
def get(signed_in):
    client = signed_in("district")
    client.raise_request_exception = True
    return client.get


@pytest.mark.parametrize("address", LISTS)
def test_a_place_in_a_list_that_is_none_is_refused(get, address):
    for key in KEYS:
        for place in ("after", "before"):
            token = base64.urlsafe_b64encode(key.encode("utf-8", "surrogatepass")).decode().rstrip("=")
            assert get(address, {place: token}).status_code in (200, 400), (place, key)


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("value", ["\x00", "²", "zzz", "9" * 5000, "9999-12-31", "2018-13-40", "'--", "%"])
def test_a_condition_that_cannot_be_read_is_answered(get, address, value):
    for name in ("area", "year", "as_of", "on_register", "on", "until", "q", "sort", "kind", "key", "level"):
        assert get(address, {name: value}).status_code in (200, 400, 404, 422), name


def test_an_address_with_a_nul_is_not_found(get, make_household):
    own = make_household(persons=2).number
    for address in (
        "/households/%00/",
        "/plans/villages/%00/",
        "/households/%00/history/",
        f"/households/{own}/persons/%00/leave/",
        "/villages/%00/",
        "/years/%00/2017/",
    ):
        assert get(address).status_code == 404, address
    assert get(f"/households/{own}/merge/", {"other": "\x00"}).status_code == 422


def test_an_area_out_of_reach_is_not_found_when_a_report_is_asked_for(signed_in, ground):
    asked = {"kind": "exit-tally", "year": "2016", "as_of": "2018-11-20"}
    for area in (ground.county.code, "999999999999", "\x00"):
        assert signed_in("town").post("/reports/", {**asked, "area": area}).status_code == 404


def test_every_choice_of_every_filter_is_answered_beside_an_area(get, ground, make_household):
    make_household(village=ground.village)
    asked = 0
    for address in ADDRESSES:
        answer = get(address)
        page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        form = FILTER.search(answer.content.decode()) if page else None
        for name, options in SELECT.findall(form[0]) if form else ():
            for value in {*VALUE.findall(options)[:1], *VALUE.findall(options)[-1:]} - {""}:
                status = get(address, {"area": ground.town.code, name: value}).status_code
                assert status in (200, 404, 422), (address, name, value)
                asked += 1
    assert asked > 150, "filters were found"
