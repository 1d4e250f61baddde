"""Where the log cannot be written, nothing is done (threats I3): the database itself refuses the row, at the real acts."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from audits.models import Decision
from households.models import Visit
from office.models import TrailRow
from tests.audits.test_list_page import DAY, seen

pytestmark = pytest.mark.django_db(transaction=True)
REFUSAL = {
    "sqlite": (
        "CREATE TRIGGER no_row BEFORE INSERT ON office_trailrow BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION no_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk full'; END $$",
        "CREATE TRIGGER no_row BEFORE INSERT ON office_trailrow FOR EACH ROW EXECUTE FUNCTION no_row()",
    ),
}
AGAIN = {
    "sqlite": ("DROP TRIGGER no_row",),
    "postgresql": ("DROP TRIGGER no_row ON office_trailrow", "DROP FUNCTION no_row()"),
}


@contextmanager
def no_row_can_be_written() -> Iterator[None]:
    def run(statements: tuple[str, ...]) -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    run(REFUSAL[connection.vendor])
    try:
        yield
    finally:
        run(AGAIN[connection.vendor])


@pytest.fixture
def asked(signed_in):
    """asked(role, address, fields) is the answer of the running program, which hides no error from the page."""

    def ask(role, address, fields):
        client = signed_in(role)
        client.raise_request_exception = False
        return client.post(address, fields)

    return ask


def test_an_approval_fails_with_its_row_and_goes_through_afterwards(opened, driver, asked, caplog):
    caplog.set_level("CRITICAL", "django.request")
    audit_list = opened("household-exit")
    driver.bring(audit_list, DAY)
    before, address, form = audit_list.stage, f"/audits/{audit_list.pk}/pass/", seen(audit_list)
    decided, rows = Decision.objects.count(), TrailRow.objects.count()
    with no_row_can_be_written():
        answer = asked("village", address, form)
    assert answer.status_code in (500, 503) and "disk full" not in answer.content.decode()
    audit_list.refresh_from_db()
    assert (audit_list.stage, Decision.objects.count()) == (before, decided)
    assert TrailRow.objects.count() == rows
    assert asked("village", address, form).status_code == 303
    audit_list.refresh_from_db()
    assert audit_list.stage == "appraisal" and TrailRow.objects.count() > rows


def test_a_visit_fails_with_its_row(make_household, ground, asked, caplog):
    caplog.set_level("CRITICAL", "django.request")
    household = make_household(village=ground.village)
    form = {"visited_on": "2018-11-19", "way": "入户走访", "visitor": "演示甲", "notes": "演示"}
    address = f"/households/{household.number}/visits/new/"
    with no_row_can_be_written():
        assert asked("village", address, form).status_code in (500, 503)
    assert not Visit.objects.exists()
    assert asked("village", address, form).status_code == 303 and Visit.objects.count() == 1
