"""What a job says while it runs, and what stays of it at the end."""

import pytest

from office import job_run, jobs
from office.jobs import JobRefused
from office.models import Job, JobState

pytestmark = pytest.mark.django_db


def run(row):
    jobs.run_job(str(row.pk))
    row.refresh_from_db()
    return row


def test_progress_is_written_at_most_twice_a_second(kind, monkeypatch):
    written = []
    seconds = iter(range(100))
    monkeypatch.setattr(job_run.time, "monotonic", lambda: next(seconds) * 0.3)
    real = job_run.JobRun._write
    monkeypatch.setattr(job_run.JobRun, "_write", lambda self: (written.append(self._done), real(self)))

    def count(run):
        for done in range(10):
            run.progress(done, 10, "正在清点")

    row = run(jobs.enqueue(kind(count), params={}))
    assert 1 < len(written) < 10
    assert (row.done_count, row.total_count) == (9, 10)


@pytest.mark.parametrize("error", [None, JobRefused("不能办")])
def test_what_was_being_done_is_not_said_of_a_job_that_is_over(kind, error):
    seen = []

    def count(run):
        run.progress(3, 10, "正在清点")
        seen.append(Job.objects.get(pk=run.job.pk).message)
        if error is not None:
            raise error

    row = run(jobs.enqueue(kind(count), params={}))
    assert (seen, row.message, row.done_count) == (["正在清点"], "", 3)


def test_what_a_job_says_at_its_end_stays(kind):
    def count(run):
        run.progress(1, 1, "正在清点")
        run.finish({}, "共 1 行")

    row = run(jobs.enqueue(kind(count), params={}))
    assert (row.state, row.message) == (JobState.DONE, "共 1 行")


def test_percent_is_unknown_without_total_and_never_100_before_the_end():
    assert Job(done_count=5).percent is None
    assert Job(done_count=10, total_count=10, state=JobState.RUNNING).percent == 99
