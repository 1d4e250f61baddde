import datetime
import logging
import pickle
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from kombu.exceptions import ContentDisallowed, OperationalError
from kombu.serialization import loads

from config.celery import app
from office import clock, job_run, jobs
from office.job_run import claim
from office.jobs import JobLost, JobRefused
from office.models import MAX_ATTEMPTS, DuePeriod, Job, JobState, TrailRow

pytestmark = pytest.mark.django_db
AGO = datetime.timedelta(minutes=5)


def expire(row):
    """Its worker has been silent for long."""
    Job.objects.filter(pk=row.pk).update(lease_until=clock.now() - AGO)


def run(row):
    jobs.run_job(str(row.pk))
    row.refresh_from_db()
    return row


@pytest.fixture
def adds(kind):
    """A kind whose effect is one trail row, finished with the job."""

    def add(run, *, n):
        with transaction.atomic():
            TrailRow.objects.create(at=clock.now(), action="added")
            run.finish({"n": n + 1})

    return kind(add)


def effects():
    return TrailRow.objects.filter(action="added").count()


def failing(kind, error):
    def fail(run):
        raise error

    return kind(fail)


# -- asking ----------------------------------------------------------------------------------------


def test_enqueue_writes_the_row_first_and_rings_on_commit(adds, rings, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = jobs.enqueue(adds, params={"n": 1})
        assert row.state == JobState.QUEUED and rings == []
    assert rings == [str(row.pk)]


@pytest.mark.django_db(transaction=True)
def test_rolled_back_request_leaves_no_job_and_no_ring(adds, rings):
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue(adds, params={"n": 1})
        raise RuntimeError
    assert not Job.objects.exists() and rings == []


def test_equal_request_that_is_open_is_one_job(adds, clerk):
    asked = {jobs.enqueue(adds, params={"n": 1}, owner=clerk).pk for _ in range(5)}
    assert len(asked) == 1
    assert jobs.enqueue(adds, params={"n": 2}, owner=clerk).pk not in asked
    assert jobs.enqueue(adds, params={"n": 1}).pk not in asked


def test_equal_request_after_the_end_is_a_new_job(adds):
    first = run(jobs.enqueue(adds, params={"n": 1}))
    assert jobs.enqueue(adds, params={"n": 1}).pk != first.pk


def test_interrupted_job_still_answers_for_its_key(adds):
    row = jobs.enqueue(adds, params={"n": 1})
    Job.objects.filter(pk=row.pk).update(state=JobState.INTERRUPTED)
    assert jobs.enqueue(adds, params={"n": 1}).pk == row.pk


def test_dates_may_be_parameters(adds):
    row = jobs.enqueue(adds, params={"on": datetime.date(2018, 11, 20)})
    assert row.params == {"on": "2018-11-20"}


def test_unknown_kind_is_refused_at_once():
    with pytest.raises(LookupError):
        jobs.enqueue("no-such-kind", params={})


def test_broker_down_leaves_the_row_and_the_sweeper_rings_later(
    adds, rings, monkeypatch, django_capture_on_commit_callbacks
):
    def silent(args, **options):
        raise OperationalError("refused")

    with monkeypatch.context() as down, django_capture_on_commit_callbacks(execute=True):
        down.setattr(jobs.run_job, "apply_async", silent)
        row = jobs.enqueue(adds, params={"n": 1})
    row.refresh_from_db()
    assert row.state == JobState.QUEUED and row.rung_at is None
    jobs.sweep()
    assert rings == [], "the broker is left alone for a while"
    monkeypatch.setattr(jobs, "_broker_rests_until", 0.0)
    jobs.sweep()
    assert rings == [str(row.pk)]


# -- running ---------------------------------------------------------------------------------------


def test_job_ends_done_with_its_result(adds):
    row = run(jobs.enqueue(adds, params={"n": 1}))
    assert (row.state, row.result, row.attempts, row.percent) == (JobState.DONE, {"n": 2}, 1, 100)
    assert row.finished_at and row.lease_until is None


def test_returned_result_needs_no_finish(kind):
    def answer(run):
        return {"answer": 42}

    assert run(jobs.enqueue(kind(answer), params={})).result == {"answer": 42}


def test_job_that_is_rung_for_twice_has_one_effect(adds):
    row = jobs.enqueue(adds, params={"n": 1})
    run(row)
    run(row)
    assert effects() == 1 and row.attempts == 1


def test_one_holder_at_a_time(adds):
    row = jobs.enqueue(adds, params={"n": 1})
    assert claim(row.pk, "a") is not None
    assert claim(row.pk, "b") is None


def test_worker_that_lost_its_lease_writes_nothing(adds):
    row = jobs.enqueue(adds, params={"n": 1})
    slow = claim(row.pk, "slow")
    expire(row)
    assert run(row).state == JobState.DONE
    job_run.work_on(slow, jobs.kind_named(adds).function)
    row.refresh_from_db()
    assert effects() == 1 and row.state == JobState.DONE


def test_still_mine_tells_who_lost(adds):
    row = jobs.enqueue(adds, params={"n": 1})
    slow = claim(row.pk, "slow")
    slow.still_mine()
    expire(row)
    claim(row.pk, "quick")
    with pytest.raises(JobLost):
        slow.still_mine()
    with pytest.raises(JobLost):
        slow.progress(1)


def test_effect_and_end_roll_back_together(kind):
    def half(run):
        with transaction.atomic():
            TrailRow.objects.create(at=clock.now(), action="added")
            run.finish({})
            raise RuntimeError

    row = run(jobs.enqueue(kind(half), params={}))
    assert row.state == JobState.FAILED and effects() == 0


# -- going wrong -----------------------------------------------------------------------------------


def test_error_is_plain_chinese_and_the_log_holds_no_identity_number(kind, caplog):
    row = jobs.enqueue(failing(kind, RuntimeError("Key (id)=(990405199001011234)")), params={})
    with caplog.at_level(logging.ERROR):
        run(row)
    assert (row.state, row.error) == (JobState.FAILED, job_run.WENT_WRONG)
    assert "RuntimeError" in caplog.text and "Traceback" in caplog.text
    assert "990405199001011234" not in caplog.text


@pytest.mark.parametrize(
    "error", [JobRefused("没有规划表"), PermissionDenied("没有规划表"), ValidationError("没有规划表")]
)
def test_refusal_reaches_the_user_word_for_word(kind, error):
    row = run(jobs.enqueue(failing(kind, error), params={}))
    assert (row.state, row.error) == (JobState.FAILED, "没有规划表")


def test_job_of_a_disabled_user_is_not_done(adds, clerk):
    row = jobs.enqueue(adds, params={"n": 1}, owner=clerk)
    clerk.is_active = False
    clerk.save(update_fields=["is_active"])
    assert run(row).state == JobState.FAILED and effects() == 0


def test_stopped_process_gives_the_job_back_at_once(kind):
    row = jobs.enqueue(failing(kind, SystemExit()), params={})
    with pytest.raises(SystemExit):
        jobs.run_job(str(row.pk))
    row.refresh_from_db()
    assert row.state == JobState.INTERRUPTED


def test_lost_job_is_interrupted_rung_for_and_finished_once(adds, rings):
    row = jobs.enqueue(adds, params={"n": 1})
    claim(row.pk, "killed")
    jobs.sweep()
    row.refresh_from_db()
    assert row.state == JobState.RUNNING, "a fresh lease is left alone"
    expire(row)
    jobs.sweep()
    row.refresh_from_db()
    assert row.state == JobState.INTERRUPTED and rings == [str(row.pk)]
    assert run(row).state == JobState.DONE
    assert effects() == 1 and row.attempts == 2


def test_job_that_kills_its_worker_twice_is_not_tried_again(adds, rings):
    row = jobs.enqueue(adds, params={"n": 1})
    for _ in range(2):
        claim(row.pk, "killed")
        expire(row)
        jobs.sweep()
    row.refresh_from_db()
    assert row.state == JobState.FAILED and "2次" in row.error
    assert claim(row.pk, "third") is None
    assert len(rings) == 1


def test_a_third_worker_does_not_take_it_before_the_sweeper_has_looked_either(adds):
    row = jobs.enqueue(adds, params={"n": 1})
    for _ in range(2):
        assert claim(row.pk, "killed")
        expire(row)
    assert claim(row.pk, "third") is None


def test_waiting_row_that_nobody_took_is_rung_for_again_but_not_at_once(adds, rings):
    row = jobs.enqueue(adds, params={"n": 1})
    jobs.sweep()
    assert rings == []
    Job.objects.filter(pk=row.pk).update(rung_at=clock.now() - AGO)
    jobs.sweep()
    jobs.sweep()
    assert rings == [str(row.pk)]


# -- cancelling, trying again ----------------------------------------------------------------------


def test_waiting_job_is_cancelled_at_once(adds):
    row = jobs.enqueue(adds, params={"n": 1})
    jobs.cancel(row)
    assert row.state == JobState.CANCELLED
    assert run(row).state == JobState.CANCELLED and effects() == 0


def test_running_job_stops_at_its_next_progress(kind):
    def cancelled_meanwhile(run, *, effects):
        jobs.cancel(run.job)
        run.progress(1, 2)
        raise AssertionError("not reached")

    assert run(jobs.enqueue(kind(cancelled_meanwhile), params={"effects": 0})).state == JobState.CANCELLED


def test_running_job_that_was_cancelled_writes_nothing_at_its_end(kind):
    """Also when the cancelling falls between the last heartbeat and the end."""

    def cancelled_at_last(run, *, effects):
        jobs.cancel(run.job)
        with transaction.atomic():
            TrailRow.objects.create(at=clock.now(), action="added")
            run.finish({})

    row = run(jobs.enqueue(kind(cancelled_at_last), params={"effects": 0}))
    assert row.state == JobState.CANCELLED and effects() == 0


def test_cancelled_job_of_a_killed_worker_is_cancelled_not_resumed(adds, rings):
    row = jobs.enqueue(adds, params={"n": 1})
    claim(row.pk, "killed")
    jobs.cancel(row)
    expire(row)
    jobs.sweep()
    row.refresh_from_db()
    assert row.state == JobState.CANCELLED and rings == []


def test_finished_job_cannot_be_cancelled(adds):
    row = run(jobs.enqueue(adds, params={"n": 1}))
    with pytest.raises(JobRefused, match="已完成"):
        jobs.cancel(row)


def test_retry_is_a_new_job_of_the_same_request(kind, clerk):
    old = run(jobs.enqueue(failing(kind, RuntimeError()), params={}, owner=clerk, title="演示镇的一件"))
    new = jobs.retry(old)
    assert new.pk != old.pk
    assert (new.kind, new.params, new.owner, new.state) == (old.kind, old.params, clerk, JobState.QUEUED)
    assert new.title == "演示镇的一件"


def test_only_what_ended_without_result_is_retried(adds):
    with pytest.raises(JobRefused):
        jobs.retry(run(jobs.enqueue(adds, params={"n": 1})))


# -- commands and periodic work --------------------------------------------------------------------


def test_run_now_has_the_same_row_and_states(adds, kind):
    row = jobs.run_now(adds, params={"n": 1})
    assert (row.state, row.result) == (JobState.DONE, {"n": 2})
    row = jobs.run_now(failing(kind, JobRefused("不行")), params={})
    assert (row.state, row.error) == (JobState.FAILED, "不行")


def test_run_now_refuses_what_runs_elsewhere(adds):
    claim(jobs.enqueue(adds, params={"n": 1}).pk, "elsewhere")
    with pytest.raises(JobRefused):
        jobs.run_now(adds, params={"n": 1})


def test_interrupted_command_leaves_nothing_to_resume(kind):
    with pytest.raises(KeyboardInterrupt):
        jobs.run_now(failing(kind, KeyboardInterrupt()), params={})
    assert Job.objects.get().state == JobState.CANCELLED


@pytest.fixture
def nightly(kind, monkeypatch):
    monkeypatch.setattr(jobs, "_periodic", {})

    def nightly(run, *, period):
        TrailRow.objects.create(at=clock.now(), action="added", detail={"period": period})

    jobs.periodic("test-nightly")(nightly)
    return kind(nightly)


def test_periodic_work_is_done_once_a_period_whoever_ticks(nightly, office_day):
    jobs.enqueue_due()
    run(Job.objects.get())
    jobs.enqueue_due()
    assert Job.objects.count() == 1 and DuePeriod.objects.get().period == "2018-11-20"
    office_day(datetime.date(2018, 11, 21))
    jobs.enqueue_due()
    assert Job.objects.count() == 2


def test_failing_duty_does_not_stop_the_others(adds, rings, monkeypatch):
    row = jobs.enqueue(adds, params={"n": 1})
    Job.objects.filter(pk=row.pk).update(rung_at=None)

    def broken():
        raise RuntimeError

    monkeypatch.setattr(jobs, "enqueue_due", broken)
    jobs.tick()
    assert rings == [str(row.pk)]
    assert clock.now() - jobs.worker_seen_at() < AGO


def test_a_message_of_another_version_of_the_program_does_no_harm(kind, rings):
    """A kind or a row that this process does not know: the row ends as failed, the worker lives (threats E13)."""
    jobs.run_job(str(uuid.uuid4()))
    row = jobs.enqueue(kind(lambda run: None), params={})
    Job.objects.filter(pk=row.pk).update(kind="of-tomorrow")
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(LookupError):
            jobs.run_job(str(row.pk))
        expire(row)
        jobs.sweep()
    row.refresh_from_db()
    assert row.state == JobState.FAILED and "请联系系统管理员" in row.error and not row.message


def test_messages_are_json_and_nothing_else():
    body = pickle.dumps(print)
    with pytest.raises(ContentDisallowed):
        loads(body, "application/x-python-serialize", "binary", accept=app.conf.accept_content)
    assert app.conf.accept_content == ["json"] and app.conf.task_serializer == "json"
