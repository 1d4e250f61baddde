"""kill -9 of a real worker at a third of an import (quality F3): no half effect, shown as interrupted, finished once.

The test holds one household of the last part, so that the worker stands still there with two parts written.
"""

import datetime
import threading

import pytest
from django.conf import settings as configured
from django.db import connection, transaction

from households import bulk
from households.models import Household, ImportBatch, ImportState, Load, Person
from households.workbook import importing
from households.workbook.writing import BATCH
from office import clock, jobs
from office.models import JobState, TrailRow
from tests.conftest import identity_number
from tests.households.national_sheets import HEADERS, said_of, workbook
from tests.office.test_worker import kill, queues, start_worker, until  # noqa: F401

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
DAY = datetime.date(2018, 11, 20)
TOTAL = 3 * BATCH
BORN = datetime.date(1940, 1, 1)


@pytest.fixture
def same_office(monkeypatch):
    """Workers open what this process sealed, and have its day."""
    for name in ("SECRET_KEY", "PII_KEY", "PII_INDEX_KEY"):
        monkeypatch.setenv(name, getattr(configured, name))
    monkeypatch.setenv("OFFICE_DAY", DAY.isoformat())


@pytest.fixture
def village_of_many(ground):
    """Households that the sheet names by number."""
    households, persons = [], []
    for place in range(TOTAL):
        born = BORN + datetime.timedelta(days=place)
        household = Household(
            village=ground.village,
            villager_group="一组",
            poverty_standard="国家标准",
            attribute="一般贫困户",
            poverty_cause="缺技术",
            national_number=f"QG{place:06}",
            member_count=1,
        )
        households.append(household)
        persons.append(
            Person(
                household=household,
                name=f"演示{place}",
                relation="户主",
                sex="男",
                birth_date=born,
                id_number=identity_number(place, born),
                national_number=f"QGP{place:06}",
                health=("健康",),
            )
        )
    bulk.write(households=households, persons=persons, load=Load())
    return households


@pytest.fixture
def confirmed(village_of_many, cast, ground):
    """An import of all of them, confirmed; the batch and its job."""
    first = village_of_many[0]
    like = said_of(Household.objects.get(pk=first.pk), 文化程度="小学")[0]
    people = Person.objects.select_related("household").order_by("pk")
    rows = [
        {
            **like,
            "户编号": one.household.national_number,
            "人口编号": one.national_number,
            "姓名": one.name,
            "出生日期": one.birth_date.isoformat(),
            "证件号码": one.id_number,
            "户主姓名": one.name,
            "户主证件号码": None,
        }
        for one in people
    ]
    data = workbook(*rows, headers=HEADERS)
    batch = importing.take_in(cast["village"], ground.village, "全国.xlsx", data, clock.moment())
    importing.keep(batch, importing.compare(cast["village"], data, DAY, lambda *told: None))
    assert (batch.state, batch.updated) == (ImportState.READY, TOTAL)
    assert batch.move(ImportState.READY, ImportState.APPLYING)
    return batch


def written():
    return Person.objects.exclude(education="").count(), Person.history.count(), versions()


def versions():
    return set(Household.objects.values_list("version", flat=True))


def held_until(freed, last):
    """Keeps the last household locked until it is told."""
    try:
        with transaction.atomic():
            Household.objects.select_for_update().get(pk=last)
            held_until.stands.set()
            freed.wait(60)
    finally:
        connection.close()


def test_a_worker_killed_inside_an_import_leaves_nothing_and_another_writes_it_once(
    confirmed,
    cast,
    same_office,
    start_worker,  # noqa: F811
    signed_in,
    url,
):
    before = written()
    freed, held_until.stands = threading.Event(), threading.Event()
    last = Household.objects.order_by("-pk").values_list("pk", flat=True)[0]
    holder = threading.Thread(target=held_until, args=(freed, last))
    holder.start()
    assert held_until.stands.wait(10)
    try:
        worker = start_worker()
        row = jobs.enqueue(
            "register-import-apply", params={"batch": str(confirmed.pk)}, owner=cast["village"]
        )
        until(row, JobState.RUNNING)
        until_done(row, TOTAL // 3)
        assert written() == before, "nobody sees a part of it"
        kill(worker)
    finally:
        freed.set()
        holder.join()
    until(row, JobState.INTERRUPTED, meanwhile=jobs.sweep)
    assert written() == before
    confirmed.refresh_from_db()
    assert confirmed.state == ImportState.APPLYING
    page = signed_in("village").get(url("households:import", confirmed.pk)).content.decode()
    assert row.get_state_display() in page
    start_worker()
    until(row, JobState.DONE, meanwhile=jobs.sweep)
    assert row.attempts == 2
    assert written() == (TOTAL, before[1] + TOTAL, {2})
    assert ImportBatch.objects.get().state == ImportState.APPLIED
    assert TrailRow.objects.filter(action="导入贫困户表").count() == 1


def until_done(row, count):
    """Waits until so many households are written, as the job says while its transaction is open."""
    deadline = threading.Event()
    for _ in range(250):
        row.refresh_from_db()
        if (row.done_count or 0) >= count:
            return
        deadline.wait(0.1)
    raise AssertionError(f"only {row.done_count} of {count}: {row.error or row.message}")
