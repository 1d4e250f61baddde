"""A part that takes longer than a lease stays with whoever does it."""

import threading
import time

import pytest

from office import jobs, parts
from office.models import JobState
from tests.aside import Aside

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def slow(monkeypatch, settings, kind):
    """A job of two parts of three leases each, and how often each was begun."""
    settings.JOB_LEASE_SECONDS = 1
    begun: list[int] = []
    going = threading.Event()
    monkeypatch.setattr(parts, "_functions", {})
    monkeypatch.setattr(jobs.help_job, "apply_async", lambda *args, **options: None)

    @parts.part("slow")
    def count(share, *, n):
        begun.append(n)
        going.set()
        time.sleep(3)
        return {"n": n}

    def add(run):
        return {"sum": sum(one["n"] for one in jobs.in_parts(run, "slow", [{"n": 1}, {"n": 2}]))}

    return jobs.enqueue(kind(add), params={}), begun, going


def test_two_workers_do_each_part_once(slow):
    row, begun, going = slow
    job = Aside(lambda: jobs.run_job(str(row.pk)))
    assert going.wait(10)
    helper = Aside(lambda: parts.help_with(row.pk))
    assert helper.end() == 1
    job.end()
    row.refresh_from_db()
    assert (row.state, row.result) == (JobState.DONE, {"sum": 3})
    assert sorted(begun) == [1, 2]
