"""As many statements for fifty rows as for five, and no more than the bar (quality P4)."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.models import Measure, Policy

pytestmark = pytest.mark.django_db
MOST = 12
DAY = datetime.date(2018, 11, 20)
PAGES = (
    "/policies/",
    "/measures/",
    "/measures/?chapter=产业&year=2018",
    "/measures/whole/",
    "/measures/exits/",
    "/measures/points/",
    "/measures/coverage/",
    "/measures/coverage/list/?policy=AGE-80&kind=unmet",
    "/measures/coverage/list/?policy=AGE-80&kind=undue",
    "/measures/skills/",
    "/measures/skills/?kind=without",
)


def test_each_page_takes_as_many_for_five_rows_as_for_fifty(make_household, signed_in):
    client = signed_in("district")
    client.get("/measures/")  # the first request of a session also writes when it began
    policy, project = Policy.objects.get(code="AGE-80"), Policy.objects.get(code="PROJECT-PER-HH")

    said: dict[str, list[str]] = {}

    def taken() -> dict[str, int]:
        counts = {}
        said.clear()
        for page in PAGES:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(page).status_code == 200
            counts[page] = len(seen)
            said[page] = [query["sql"][:160] for query in seen.captured_queries]
        return counts

    def add(rows: range) -> None:
        for _ in rows:
            home = make_household(persons=2)
            old, young = home.persons.order_by("pk")
            type(old).objects.filter(pk=old.pk).update(birth_date=datetime.date(1935, 1, 1))
            type(old).objects.filter(pk=young.pk).update(labour_capacity="普通劳动力")
            facts = {"year": 2018, "on": DAY, "by": None, "amount": Decimal(1)}
            Measure.plan(project, household=home, **facts)
            given = Measure.plan(policy, person=young, **facts)
            given.deliver(on=DAY, amount=Decimal(1), payer="演示局", by=None, today=DAY)

    add(range(5))
    few = taken()
    add(range(5, 50))
    assert taken() == few
    assert max(few.values()) <= MOST, "\n".join(said[max(few, key=few.__getitem__)])
