"""As many statements for fifty lists (or entries) as for five, and no more than the bar (quality P4)."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.models import AuditList
from audits.views.many import SIZE

DAY = datetime.date(2018, 10, 8)
MOST = 12
# Of the page of one list, which says who did what at every stage and what is missing.
MOST_OF_ONE = 60
# Of /audits/many/, beside what each of its lists takes.
BESIDE_MANY = 22


def statements(client, page):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page).status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    "page", ["/audits/", "/audits/?state=mine", "/audits/?state=posted", "/audits/?state=overdue"]
)
def test_a_list_of_lists_takes_as_many_for_five_as_for_fifty(driver, signed_in, office_day, page):
    office_day(DAY)
    client = signed_in("village")
    for _ in range(5):
        driver.open("household-exit")
    client.get(page)
    few = statements(client, page)
    for _ in range(45):
        driver.open("household-exit")
    assert statements(client, page) == few <= MOST


def test_the_page_of_a_list_takes_as_many_for_five_entries_as_for_fifty(
    driver, eligible, signed_in, office_day
):
    office_day(DAY)
    client = signed_in("approver")
    audit_list = driver.open("household-exit", *(eligible() for _ in range(5)))
    AuditList.objects.update(stage="approval")
    page = f"/audits/{audit_list.pk}/"
    client.get(page)
    few = statements(client, page)
    AuditList.objects.update(stage="proposal")
    audit_list.refresh_from_db()
    for _ in range(45):
        audit_list.add(eligible(), by=driver.cast["village"], on=DAY)
    AuditList.objects.update(stage="approval")
    assert statements(client, page) == few <= MOST_OF_ONE


def test_many_lists_take_three_statements_each_however_long_they_are(driver, eligible, signed_in, office_day):
    """Their entries are judged together; what holds a list and what was answered is asked list by list."""
    office_day(DAY)
    client = signed_in("approver")

    def taken(lists, entries):
        for _ in range(lists):
            driver.open("household-exit", *(eligible() for _ in range(entries)))
        AuditList.objects.update(stage="approval")
        client.get("/audits/many/")
        return statements(client, "/audits/many/")

    one, two, full = taken(1, 1), taken(1, 8), taken(SIZE, 1)
    assert (one, two) == (BESIDE_MANY + 3, BESIDE_MANY + 6)
    assert full <= BESIDE_MANY + 3 * SIZE + 2


@pytest.mark.parametrize(
    "page", ["/audits/targets/", "/audits/windows/", "/audits/settings/", "/audits/delegations/"]
)
def test_the_pages_beside_take_few(signed_in, county, page):
    client = signed_in("district")
    client.get(page)
    assert statements(client, page) <= MOST
