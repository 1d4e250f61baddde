"""As many statements for eight households as for three: candidates, search, a list with its acts, houses (quality P4)."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.procedures import ListKind

DAY = datetime.date(2018, 10, 8)
# What each page takes at most.
MOST = {"candidates": 32, "town": 30, "add": 9, "list": 40, "houses": 12}


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


def test_statements_do_not_grow_with_the_households(eligible, driver, signed_in):
    village, town = signed_in("village"), signed_in("town")
    for client in (village, town):
        client.get("/audits/")  # the first request of a session also writes when it began

    def taken(count):
        listed = driver.open(ListKind.HOUSEHOLD_EXIT, *(eligible() for _ in range(count)))
        driver.open(ListKind.RENOVATION, *(eligible(living={"house_grade": "D级"}) for _ in range(count)))
        pages = {
            "candidates": (village, "/audits/candidates/"),
            "town": (town, "/audits/candidates/"),
            "add": (village, f"/audits/{listed.pk}/add/"),
            "list": (village, f"/audits/{listed.pk}/"),
            "houses": (town, "/audits/houses/"),
        }
        found = {}
        for name, (client, address) in pages.items():
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            found[name] = len(seen)
        return found

    few = taken(3)
    assert taken(8) == few
    assert {name: count for name, count in few.items() if count > MOST[name]} == {}
