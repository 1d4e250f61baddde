"""Statements per page are data (statements.csv): no more than it says, and as many for fifty rows as for five."""

import csv
import datetime
import uuid
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import middleware
from accounts.models import User
from areas.models import Area, Level
from households.models import Duplicate, FullExport, Helper, Household, Visit, Watch
from office import clock
from tests.households.test_findings_pages import found, put
from villages.models import Village

pytestmark = pytest.mark.django_db
MOST = 12
with (Path(__file__).parent / "statements.csv").open(encoding="utf-8") as table:
    PAGES = {row["page"]: int(row["statements"]) for row in csv.DictReader(table)}


def _beside(lone: Household, helped: Household, asking: User) -> None:
    """A row for every list; whoever has no helper is on another."""
    Helper.objects.create(
        household=helped,
        name=f"帮{helped.pk}",
        phone="13955040263",
        unit_name="演示局",
        affiliation="县",
        start_on=datetime.date(2016, 3, 1),
    )
    assured = dict.fromkeys(("education_assured", "housing_assured", "water_assured", "health_assured"), True)
    facts = {"kind": "突发严重困难户", "identified_on": datetime.date(2018, 1, 2), "risks": ("因病",)}
    Watch.objects.create(household=helped, **facts, **assured)
    Visit.objects.create(
        household=helped, visited_on=clock.today(), way="入户走访", visitor="演示", notes="演示"
    )
    put(helped, found())
    lone.persons.update(labour_capacity="无劳动力")
    one, other = (home.persons.get().pk for home in (lone, helped))
    Duplicate.objects.create(
        one_id=one,
        other_id=other,
        rule="姓名和出生日期相同",
        fingerprint="k",
        found_on=datetime.date(2018, 11, 1),
    )
    asked = {
        "once": uuid.uuid4().hex,
        "households": 1,
        "persons": 1,
        "needs_second": True,
        "state": "waiting",
    }
    FullExport.objects.create(
        owner=asking, area=lone.village, asked_at=clock.now(), expires_at=clock.now(), **asked
    )


def test_no_page_may_take_more_than_the_bar():
    assert max(PAGES.values()) <= MOST


def test_each_page_takes_what_its_line_says_for_five_rows_and_for_fifty(
    ground, make_household, signed_in, cast, monkeypatch
):
    # However slow the machine: the moment of last use is not written in the middle.
    monkeypatch.setattr(middleware, "SEEN_STEP", 3600)
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
            lone, helped = (make_household(village=village, persons=1) for _ in range(2))
            _beside(lone, helped, cast["town"])

    add(range(5))
    few = taken()
    add(range(5, 50))
    assert taken() == few == PAGES
