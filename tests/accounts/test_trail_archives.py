"""操作日志归档 by the audit administrator: ordered on the page, made and taken out by jobs, handed out with a row."""

import datetime
import gzip

import pytest
from django.urls import reverse

from office import clock, jobs, trail
from office.models import Job, TrailArchive, TrailRow
from office.trail_archived import kept_until

pytestmark = pytest.mark.django_db
PAGE = "/trail/archives/"
REAL_NOW = clock.now
DAY = datetime.timedelta(days=1)


def day(days: int) -> str:
    return (REAL_NOW() - days * DAY).astimezone(clock.SHANGHAI).date().isoformat()


@pytest.fixture
def old_rows(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: REAL_NOW() - 400 * DAY)
    for n in range(3):
        trail.record("登录", detail={"n": n})
    trail.seal()
    monkeypatch.setattr(clock, "now", REAL_NOW)


def worked_off() -> Job:
    """As a worker does what the page ordered."""
    job = Job.objects.open().get()
    run = jobs.claim(job.pk, "test")
    jobs.work_on(run, jobs.kind_named(job.kind).function)
    return run.job


def test_ordered_made_handed_out_and_taken_out(old_rows, signed_in):
    client = signed_in("auditor")
    answer = client.post(PAGE, {"until": day(300)})
    assert answer.status_code == 303 and answer["Location"].startswith("/jobs/")
    assert worked_off().result["url"] == PAGE
    page = client.get(PAGE).content.decode()
    assert 'data-total="1"' in page and "第 1 至 3 条" in page and "清除</button>" in page
    assert "从第 4 条开始" in page
    archive = TrailArchive.objects.get()
    file = client.get(reverse("accounts:trail-archive-file", args=[archive.pk]))
    content = b"".join(file.streaming_content)
    assert gzip.decompress(content).count(b"\n") == 5 and file["Content-Type"] == "application/gzip"
    assert archive.file_name in file["Content-Disposition"]
    assert TrailRow.objects.filter(action="下载操作日志归档").count() == 1
    pruning = reverse("accounts:trail-archive-prune", args=[archive.pk])
    assert client.post(pruning).status_code == 303 and worked_off().result["rows"] == 3
    assert not TrailRow.objects.filter(seq__lte=3).exists()
    assert "清除</button>" not in client.get(PAGE).content.decode()
    again = client.post(pruning)
    assert again.status_code == 409 and "已由演示auditor办理" in again.content.decode()


def test_only_the_earliest_that_stands_is_offered_and_the_later_is_refused(old_rows, monkeypatch, signed_in):
    monkeypatch.setattr(clock, "now", lambda: REAL_NOW() - 390 * DAY)
    trail.record("登录")
    trail.seal()
    monkeypatch.setattr(clock, "now", REAL_NOW)
    client = signed_in("auditor")
    for days in (400, 380):
        client.post(PAGE, {"until": day(days)})
        worked_off()
    later, first = (
        reverse("accounts:trail-archive-prune", args=[pk])
        for pk in TrailArchive.objects.values_list("pk", flat=True)
    )
    page = client.get(PAGE).content.decode()
    assert first in page and later not in page and "等更早的先清除" in page
    refused = client.post(later)
    assert refused.status_code == 409 and "第 1 至 3 条还在库里" in refused.content.decode()
    assert not Job.objects.open().exists()
    client.post(first)
    worked_off()
    assert later in client.get(PAGE).content.decode()


def test_a_young_archive_shows_no_button_and_is_refused(monkeypatch, signed_in):
    monkeypatch.setattr(clock, "now", lambda: REAL_NOW() - 30 * DAY)
    trail.record("登录")
    monkeypatch.setattr(clock, "now", REAL_NOW)
    client = signed_in("auditor")
    client.post(PAGE, {"until": day(20)})
    worked_off()
    page = client.get(PAGE).content.decode()
    until = kept_until(TrailArchive.objects.get().last_at)
    assert f"留到{until.year}年{until.month}月{until.day}日" in page and "清除</button>" not in page
    archive = TrailArchive.objects.get()
    answer = client.post(reverse("accounts:trail-archive-prune", args=[archive.pk]))
    assert answer.status_code == 409 and "还要留在库里" in answer.content.decode()


@pytest.mark.parametrize("until", ["2018-02-30", "", day(0), day(-3)])
def test_a_day_that_is_none_or_not_over_is_refused(signed_in, until):
    answer = signed_in("auditor").post(PAGE, {"until": until})
    assert answer.status_code == 422 and not Job.objects.exists()


def test_where_nothing_is_left_to_archive_the_form_says_so_and_orders_nothing(old_rows, signed_in):
    client = signed_in("auditor")
    early = client.post(PAGE, {"until": day(401)})
    first = (REAL_NOW() - 400 * DAY).astimezone(clock.SHANGHAI)
    said = f"从第 1 条开始，那一条是{first.year}年{first.month}月{first.day}日的"
    assert early.status_code == 422 and said in early.content.decode() and not Job.objects.exists()
    client.post(PAGE, {"until": day(400)})
    worked_off()
    again = client.post(PAGE, {"until": day(400)})
    assert again.status_code == 422 and "没有还没归档的日志" in again.content.decode()
    assert not Job.objects.open().exists()


def test_the_archive_of_another_county_is_not_seen(signed_in, cast, ground):
    trail.record("登录")
    TrailArchive.objects.create(
        first_seq=1,
        last_seq=1,
        prev=trail.FIRST_PREV,
        head="0" * 64,
        checksum="",
        last_at=clock.now(),
        area=ground.other_county,
        made_at=clock.now(),
        made_by=cast["auditor"],
    )
    assert 'data-total="0"' in signed_in("auditor").get(PAGE).content.decode()


def test_the_trail_leads_there(signed_in):
    assert f'href="{PAGE}"' in signed_in("auditor").get("/trail/").content.decode()


def test_the_list_takes_as_many_statements_for_many_as_for_one(
    signed_in, cast, ground, django_assert_max_num_queries
):
    for seq in range(1, 41):
        TrailArchive.objects.create(
            first_seq=seq,
            last_seq=seq,
            prev="",
            head="",
            checksum="",
            last_at=clock.now(),
            area=ground.county,
            made_at=clock.now(),
            made_by=cast["auditor"],
        )
    client = signed_in("auditor")
    client.get(PAGE)
    with django_assert_max_num_queries(12):
        client.get(PAGE)
