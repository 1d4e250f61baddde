"""Statements per page are data (statements.csv): no more than it says, and as many for fifty rows as for five."""

import csv
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from areas.models import Area, Level
from villages.models import Village

pytestmark = pytest.mark.django_db
MOST = 12
with (Path(__file__).parent / "statements.csv").open(encoding="utf-8") as table:
    PAGES = {row["page"]: int(row["statements"]) for row in csv.DictReader(table)}


def test_no_page_may_take_more_than_the_bar():
    assert max(PAGES.values()) <= MOST


def test_each_page_takes_what_its_line_says_for_five_rows_and_for_fifty(ground, make_household, signed_in):
    client = signed_in("district")
    client.get("/households/")  # the first request of a session also writes when it began

    def taken() -> dict[str, int]:
        counts = {}
        for page in PAGES:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(page).status_code == 200
            counts[page] = len(seen)
        return counts

    def add(rows: range) -> None:
        for place in rows:
            code = f"370405101{300 + place}"
            village = Area.objects.create(
                level=Level.VILLAGE, code=code, name=f"演示{place}村", parent=ground.town
            )
            Village.objects.create(area=village)
            make_household(village=village, persons=1)

    add(range(5))
    few = taken()
    add(range(5, 50))
    assert taken() == few == PAGES
