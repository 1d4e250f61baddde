"""Own jobs: progress that can be left, cancel, retry; another's job does not exist."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from office.models import Job, JobState, TrailRow


@pytest.fixture
def make_job(cast):
    def make(owner: str = "town", **fields) -> Job:
        values = {"kind": "test-kind", "title": "演示事项", "key": uuid.uuid4().hex, **fields}
        return Job.objects.create(owner=cast[owner], queued_at=timezone.now(), **values)

    return make


def page(client, name: str, job: Job):
    return client.get(reverse(f"accounts:{name}", args=[job.pk]))


def test_a_running_job_shows_how_far_it_is_and_asks_again(signed_in, make_job):
    job = make_job(state=JobState.RUNNING, done_count=3, total_count=12)
    text = page(signed_in("town"), "job", job).content.decode()
    assert 'value="3" max="12"' in text and "可以离开本页" in text
    assert 'hx-trigger="every 1s"' in text and f"/jobs/{job.pk}/progress/?poll=1" in text
    assert 'data-action="cancel"' in text and "刷新" in text


def test_who_has_reached_the_button_by_key_is_still_on_it_after_the_next_answer(signed_in, make_job):
    """htmx gives the focus back to what has the same id."""
    client, job = signed_in("town"), make_job(state=JobState.RUNNING)
    for name in ("job", "job-progress"):
        assert page(client, name, job).content.count(b'id="job-cancel"') == 1


def test_a_finished_job_stops_asking_and_links_its_result(signed_in, make_job):
    job = make_job(state=JobState.DONE, finished_at=timezone.now(), result={"url": "/reports/7/"})
    text = page(signed_in("town"), "job-progress", job).content.decode()
    assert 'href="/reports/7/"' in text and "hx-trigger" not in text and "data-action" not in text


def test_the_page_of_a_waiting_job_comes_to_say_when_it_began(signed_in, make_job):
    client, job = signed_in("town"), make_job()
    opened = page(client, "job", job).content.decode()
    polled = f"{reverse('accounts:job-progress', args=[job.pk])}?poll=1"
    assert f'hx-get="{polled}&amp;course=1"' in opened and "<dt>开始</dt><dd>—</dd>" in opened
    now = timezone.now()
    Job.objects.update(state=JobState.DONE, started_at=now, finished_at=now, attempts=1)
    later = client.get(f"{polled}&course=1").content.decode()
    assert 'id="job-course" class="sheet" hx-swap-oob="true"' in later and "<dd>1</dd>" in later
    assert "<dt>开始</dt><dd>—</dd>" not in later
    assert "hx-swap-oob" not in opened and "job-course" not in client.get(polled).content.decode()


def test_another_page_that_waits_for_the_job_is_asked_for_anew_when_it_is_over(signed_in, make_job):
    client, job = signed_in("town"), make_job(state=JobState.RUNNING)
    polled = f"{reverse('accounts:job-progress', args=[job.pk])}?poll=1"
    assert "HX-Refresh" not in client.get(polled)
    Job.objects.update(state=JobState.DONE, finished_at=timezone.now())
    assert client.get(polled)["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(f"{polled}&course=1")


def test_a_failed_job_says_why_and_offers_another_try(signed_in, make_job):
    job = make_job(state=JobState.FAILED, error="规划表还没有采用", done_count=3, total_count=12)
    text = page(signed_in("town"), "job", job).content.decode()
    assert "规划表还没有采用" in text and 'data-action="retry"' in text
    assert "停下时已办 3 / 12" in text


def test_the_list_holds_the_own_jobs_newest_first(signed_in, make_job):
    first, second = make_job(title="先发起的"), make_job(title="后发起的")
    make_job("village", title="别人发起的")
    text = signed_in("town").get(reverse("accounts:jobs")).content.decode()
    assert 'data-total="2"' in text and "别人发起的" not in text
    assert text.index(second.title) < text.index(first.title)


@pytest.mark.parametrize("name", ["job", "job-progress"])
def test_the_job_of_another_reads_like_an_unknown_one(signed_in, make_job, name):
    client = signed_in("village")
    foreign = page(client, name, make_job("town"))
    unknown = client.get(reverse(f"accounts:{name}", args=[uuid.uuid4()]))
    assert foreign.status_code == unknown.status_code == 404


@pytest.mark.parametrize("name", ["job-cancel", "job-retry"])
def test_nobody_stops_or_repeats_the_job_of_another(signed_in, make_job, name):
    job = make_job("town")
    assert signed_in("village").post(reverse(f"accounts:{name}", args=[job.pk])).status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.QUEUED and not job.cancel_requested


def test_cancelling_happens_once(signed_in, make_job):
    client, job = signed_in("town"), make_job()
    cancel = reverse("accounts:job-cancel", args=[job.pk])
    assert client.get(cancel).status_code == 405
    assert client.post(cancel).status_code == 303
    again = client.post(cancel)
    assert again.status_code == 409 and "不能取消" in again.content.decode()
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert TrailRow.objects.filter(action="取消任务").count() == 1


def test_a_job_that_is_not_over_is_not_repeated(signed_in, make_job):
    answer = signed_in("town").post(reverse("accounts:job-retry", args=[make_job().pk]))
    assert answer.status_code == 409
    assert Job.objects.count() == 1
