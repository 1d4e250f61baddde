"""Work in parts: whoever does them and however often, each counts once and the whole is the same."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from office import clock, jobs, parts
from office.models import Job, JobPart, JobState

pytestmark = pytest.mark.django_db
ASKED = [{"n": n} for n in (1, 2, 3, 4)]
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def done_by(monkeypatch):
    """Parts that were begun, in order; the function doubles its number."""
    begun: list[int] = []
    monkeypatch.setattr(parts, "_functions", {})
    monkeypatch.setattr(jobs.help_job, "apply_async", lambda *args, **options: None)

    @parts.part("doubling")
    def double(share, *, n):
        begun.append(n)
        share.progress(1)
        return {"n": 2 * n}

    return begun


@pytest.fixture
def whole(kind, done_by):
    """A job of four parts; `before` is called with the job when its first part begins."""

    def asked(before=None):
        if before is not None:
            double = parts._functions["doubling"]

            def first(share, *, n):
                if n == 1 and not done_by:
                    before(share.row.job)
                return double(share, n=n)

            parts._functions["doubling"] = first

        def add(run):
            return {"sum": sum(one["n"] for one in jobs.in_parts(run, "doubling", ASKED))}

        return jobs.run_now(kind(add), params={})

    return asked


def test_one_worker_alone_does_every_part_and_leaves_none(whole, done_by):
    row = whole()
    assert (row.state, row.result) == (JobState.DONE, {"sum": 20})
    assert done_by == [1, 2, 3, 4] and not JobPart.objects.exists()


def test_whoever_helps_takes_what_nobody_has(whole, done_by):
    row = whole(before=lambda job: parts.help_with(job.pk))
    assert row.result == {"sum": 20} and done_by == [2, 3, 4, 1]


def test_a_part_whose_worker_died_is_done_again(whole, done_by):
    def dies(job):
        assert parts._claim(job.pk).row.params == {"n": 2}
        JobPart.objects.filter(params__n=2).update(lease_until=clock.now() - HOUR)

    assert whole(before=dies).result == {"sum": 20}
    assert sorted(done_by) == [1, 2, 3, 4]


def test_who_takes_a_part_or_reports_on_it_asks_of_its_own_row_alone(whole):
    """A condition on the job in the same UPDATE is a subquery, which PostgreSQL does not look at again."""

    def looks(job):
        with CaptureQueriesContext(connection) as asked:
            share = parts._claim(job.pk)
            share.progress(1)
            share.finish({"n": 2 * share.row.params["n"]})
        updates = [one["sql"] for one in asked if one["sql"].startswith("UPDATE")]
        assert len(updates) == 3 and not [sql for sql in updates if "SELECT" in sql]

    assert whole(before=looks).result == {"sum": 20}


def test_a_result_that_comes_too_late_does_not_count(whole):
    late = []

    def loses(job):
        late.append(parts._claim(job.pk))
        JobPart.objects.filter(pk=late[0].row.pk).update(lease_until=clock.now() - HOUR)
        parts.help_with(job.pk)
        with pytest.raises(jobs.JobLost):
            late[0].finish({"n": 1000})

    assert whole(before=loses).result == {"sum": 20}


def test_what_goes_wrong_with_a_helper_is_done_by_the_jobs_own_run(whole, done_by):
    sound = parts._functions["doubling"]

    def fails_beside(job):
        def broken(share, *, n):
            raise ValueError("演示")

        parts._functions["doubling"] = broken
        assert parts.help_with(job.pk) == 0
        parts._functions["doubling"] = sound

    assert whole(before=fails_beside).result == {"sum": 20}


def test_a_job_that_was_cancelled_gets_no_more_help(whole, done_by):
    def cancels(job):
        jobs.cancel(job)
        assert parts.help_with(job.pk) == 0

    assert whole(before=cancels).state == JobState.CANCELLED
    assert len(done_by) <= 2 and not JobPart.objects.exists()


def test_there_is_nothing_to_help_with_once_the_job_is_over(whole, done_by):
    row = whole()
    left = {"job": Job(pk=row.pk), "attempt": row.lease_token, "kind": "doubling", "params": {"n": 1}}
    JobPart.objects.create(place=0, **left)
    assert parts.help_with(row.pk) == 0


def test_parts_of_an_attempt_that_lost_the_job_are_nobodys(whole, done_by):
    def is_lost(job):
        Job.objects.filter(pk=job.pk).update(lease_token="another")
        assert parts.help_with(job.pk) == 0

    assert whole(before=is_lost).state == JobState.RUNNING
    assert done_by == [1] and not JobPart.objects.exists()
