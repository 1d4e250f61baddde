"""As many statements for fifty projects, entries and assets as for five, and no more than the bar (quality P4)."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from measures.models import Asset, AssetIncome
from tests.measures.project_world import BEGUN, DAY, at_works, enter, source

pytestmark = pytest.mark.django_db
MOST = 12
PAGES = (
    "/projects/",
    "/projects/?late=any&source=中央",
    "/projects/ledger/",
    "/projects/sources/?year=2018",
    "/projects/assets/",
    "/projects/public/",
)


def test_each_page_takes_as_many_for_five_rows_as_for_fifty(ground, signed_in):
    client = signed_in("district")
    client.get("/projects/")  # the first request of a session also writes when it began
    said: dict[str, list[str]] = {}

    def taken() -> dict[str, int]:
        counts = {}
        for page in PAGES:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(page).status_code == 200
            counts[page] = len(seen)
            said[page] = [query["sql"][:160] for query in seen.captured_queries]
        return counts

    def add(rows: range) -> None:
        for place in rows:
            project = at_works(ground.village, name=f"演示{place}")
            central = source(ground.county, name=f"演示资金{place}")
            enter("分配", project, central, "500")
            enter("支付", project, central, "200")
            project.publish(True)
            asset = Asset.objects.create(
                project=project,
                area=ground.village,
                name="演示",
                kind="大棚",
                value=Decimal(1),
                owner="甲",
                keeper="乙",
                operator="丙",
                formed_on=BEGUN,
                life_years=9,
                entered_at=timezone.now(),
            )
            facts = {"year": 2018, "received_on": DAY, "amount": Decimal(9), "payer": "丙", "voucher": "1"}
            AssetIncome.receive(asset, by=None, today=DAY, at=timezone.now(), once=uuid.uuid4(), **facts)

    add(range(5))
    few = taken()
    add(range(5, 50))
    assert taken() == few, "\n".join(map(str, said.items()))
    assert max(few.values()) <= MOST, "\n".join(said[max(few, key=few.__getitem__)])
