"""The database goes away under a job (threats G): nothing is the matter with the job, which is done again."""

import psycopg2
import pytest
from django.db import OperationalError, connection

from office import jobs
from office.job_run import WENT_WRONG
from office.models import JobQuerySet, JobState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
BREAKS = "SELECT pg_terminate_backend(pg_backend_pid())"
FAILS = "SET statement_timeout = 50; SELECT pg_sleep(1)"

KEPT_OUT = "SET lock_timeout = 50; LOCK TABLE office_pulse"


@pytest.fixture
def asks_once(kind):
    """asks_once(statement): a job that asks it when it is begun for the first time."""

    def made(statement: str):
        begun: list[str] = []

        def ask(run):
            if not begun:
                begun.append(statement)
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            return {"times": 1}

        return jobs.enqueue(kind(ask), params={})

    return made


def ran(row):
    jobs.run_job(str(row.pk))
    row.refresh_from_db()
    return row.state


def test_a_job_whose_connection_broke_is_given_back_and_done_by_the_next(asks_once, rings):
    row = asks_once(BREAKS)
    assert ran(row) == JobState.INTERRUPTED and not row.error
    jobs.sweep()
    assert rings == [str(row.pk)] * 2
    assert ran(row) == JobState.DONE and row.attempts == 2


def test_a_statement_that_fails_is_the_jobs_own_fault(asks_once, rings):
    row = asks_once(FAILS)
    assert ran(row) == JobState.FAILED and row.error == WENT_WRONG


@pytest.fixture
def locked_table():
    """Somebody else holds it."""
    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    other.cursor().execute("LOCK TABLE office_pulse IN ACCESS EXCLUSIVE MODE")
    yield
    other.close()


def test_a_job_that_got_no_lock_is_given_back_and_has_not_been_tried(asks_once, rings, locked_table):
    row = asks_once(KEPT_OUT)
    assert ran(row) == JobState.INTERRUPTED and row.attempts == 0 and not row.error
    jobs.sweep()
    assert rings == [str(row.pk)] * 2
    assert ran(row) == JobState.DONE and row.attempts == 1


def test_a_giving_back_that_breaks_off_is_begun_anew(asks_once, rings, locked_table, monkeypatch):
    """An attempt that is taken off twice would be one that a worker died of, or less than none."""
    row = asks_once(KEPT_OUT)
    update, written = JobQuerySet.update, []

    def breaks_off(rows, **values):
        if values.get("state") == JobState.CANCELLED and not written:
            written.append(values)
            raise OperationalError("the connection was lost")
        return update(rows, **values)

    monkeypatch.setattr(JobQuerySet, "update", breaks_off)
    assert ran(row) == JobState.INTERRUPTED and row.attempts == 0 and written
