"""The lists of notices and objections take as many statements for forty rows as for four (quality P4)."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audits import posting
from audits.models import AuditList, Notice, Objection

DAY = datetime.date(2018, 11, 1)
MOST = {"/audits/notices/": 10, "/audits/objections/": 9, "/notices/": 4}


@pytest.fixture
def filled(cast, ground, make_household):
    """filled(count) is so many further lists, each with a notice that hangs and an objection."""

    def fill(count):
        for _ in range(count):
            by = cast["village"]
            opened = AuditList.open_list(kind="entry", area=ground.village, year=2018, by=by, on=DAY)
            entry = opened.add(make_household(on=None), by=by, on=DAY, reason="演示")
            AuditList.objects.filter(pk=opened.pk).update(stage="village-notice")
            Notice.objects.create(
                audit_list=opened,
                stage="village-notice",
                round=1,
                word="公示",
                level="village",
                place="公开栏",
                posted_on=DAY,
                days=30,
                ends_on=DAY + datetime.timedelta(days=30),
                sheet=posting.sheet([entry]),
                entry_keys=[entry.pk],
                posted_by=by,
                recorded_at=timezone.now(),
            )
            Objection.objects.create(
                audit_list=opened,
                entry=entry,
                stage="village-notice",
                text="不实",
                raised_on=DAY,
                due_on=DAY,
                recorded_at=timezone.now(),
            )

    return fill


@pytest.mark.parametrize("address", MOST)
def test_statements_do_not_grow_with_the_rows(address, filled, signed_in):
    def statements():
        client = signed_in(None if address == "/notices/" else "district")
        client.get(address)  # the first one writes when the session was last used
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        assert answer.status_code == 200
        return len(queries), answer.content.decode().count("<tr>")

    filled(4)
    few, rows = statements()
    filled(16)
    many, more = statements()
    assert more >= rows + 16
    assert few == many <= MOST[address]
