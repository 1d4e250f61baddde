"""Old rows of the trail leave the database by rule alone, and what is left and what was archived stays provable."""

import datetime
import gzip
import hashlib
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from office import clock, jobs, trail
from office.jobs import JobState
from office.models import TrailArchive, TrailRow
from office.trail_archived import kept_since, kept_until
from tests.office.test_trail import behind_the_guard

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
REAL_NOW = clock.now
DAY = datetime.timedelta(days=1)


@pytest.fixture
def ago(monkeypatch):
    """ago(days) is the real clock so many days ago."""

    def move(days: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: REAL_NOW() - days * DAY)

    return move


@pytest.fixture
def some(ago):
    """some(count, days): rows of so many days ago, sealed."""

    def write(count: int, days: float) -> None:
        ago(days)
        for n in range(count):
            trail.record("test", detail={"n": n})
        trail.seal()
        ago(0)

    return write


def day(days: float) -> str:
    return (REAL_NOW() - days * DAY).astimezone(clock.SHANGHAI).date().isoformat()


@pytest.fixture
def archive(cast):
    """archive(days): up to so many days ago; the job."""
    return lambda days: jobs.run_now("trail-archive", params={"until": day(days)}, owner=cast["auditor"])


@pytest.fixture
def prune(cast):
    return lambda of: jobs.run_now("trail-prune", params={"archive": of.pk}, owner=cast["auditor"])


def the_archive() -> TrailArchive:
    return TrailArchive.objects.get()


def lines(of: TrailArchive) -> list[bytes]:
    with gzip.open(of.path) as file:
        return file.read().splitlines(keepends=True)


def rewrite(of: TrailArchive, content: list[bytes]) -> None:
    with gzip.open(of.path, "wb") as file:
        file.write(b"".join(content))


def without_the_jobs_row() -> None:
    """Which is of today: what these tests write next is older."""
    behind_the_guard("DELETE FROM office_trailrow WHERE seq IS NULL")
    if connection.vendor == "postgresql":
        connection.cursor().execute("ALTER TABLE office_trailrow ENABLE TRIGGER USER")


# -- into the archive ------------------------------------------------------------------------------


def test_an_archive_holds_every_row_up_to_the_day_and_none_after(some, archive):
    some(3, 400)
    some(2, 10)
    assert archive(300).state == JobState.DONE
    made = the_archive()
    assert (made.first_seq, made.last_seq) == (1, 3) and len(lines(made)) == 5
    assert made.checksum == hashlib.sha256(b"".join(lines(made))).hexdigest()
    assert made.head == TrailRow.objects.get(seq=3).hash
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert TrailRow.objects.filter(seq__lte=5).count() == 5, "nothing left the database"
    assert trail.verify() == []


def test_each_line_names_the_hash_of_the_one_before(some, archive):
    """So that anybody with sha256sum checks the file without this program."""
    some(3, 400)
    archive(300)
    rows = [line.rstrip(b"\n") for line in lines(the_archive())][1:-1]
    for before, after in zip(rows, rows[1:], strict=False):
        assert hashlib.sha256(before).hexdigest().encode() in after


def test_the_next_archive_stands_on_the_one_before(some, archive):
    some(2, 500)
    archive(450)
    without_the_jobs_row()
    some(2, 400)
    archive(350)
    first, second = TrailArchive.objects.order_by("first_seq")
    assert second.first_seq == first.last_seq + 1 and second.prev == first.head
    assert trail.verify() == []


def test_without_a_row_there_is_no_archive(some, archive):
    some(2, 10)
    job = archive(300)
    assert job.state == JobState.FAILED and "没有还没归档的日志" in job.error
    assert not TrailArchive.objects.exists()


def test_a_broken_chain_is_not_archived(some, archive):
    some(3, 400)
    behind_the_guard("UPDATE office_trailrow SET action = 'forged' WHERE seq = 2")
    job = archive(300)
    assert job.state == JobState.FAILED and "第 2 条" in job.error and not TrailArchive.objects.exists()


def test_rows_of_another_county_are_not_archived_by_this_one(some, archive, ago, cast, ground):
    ago(400)
    trail.record("登录", actor=cast["outsider"], area=ground.foreign_village)
    ago(0)
    job = archive(300)
    assert job.state == JobState.FAILED and "别的区县" in job.error


def test_the_archive_fails_when_its_row_cannot_be_written(some, archive, monkeypatch):
    some(2, 400)

    def full(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(trail, "record", full)
    assert archive(300).state == JobState.FAILED
    assert not TrailArchive.objects.exists()


def test_who_keeps_no_trail_archives_none(some, cast):
    some(2, 400)
    for name in ("district", "security", "admin"):
        job = jobs.run_now("trail-archive", params={"until": day(300)}, owner=cast[name])
        assert job.state == JobState.FAILED
    assert not TrailArchive.objects.exists()


# -- out of the database ---------------------------------------------------------------------------


def test_rows_that_left_are_in_the_file_and_the_rest_still_verifies(some, archive, prune):
    some(3, 400)
    some(2, 10)
    archive(300)
    assert prune(the_archive()).state == JobState.DONE
    assert list(TrailRow.objects.filter(seq__gt=0).order_by("seq").values_list("seq", flat=True)) == [4, 5]
    trail.seal()
    assert trail.verify() == []
    row = TrailRow.objects.get(action="清除已归档的操作日志")
    assert row.detail["条数"] == 3 and row.actor.username == "auditor"
    out = StringIO()
    call_command("verify_trail", stdout=out)
    assert "另有 3 条已归档并清除" in out.getvalue()
    call_command("verify_trail", str(the_archive().path), stdout=out)
    assert "第 1 至 3 条" in out.getvalue()


def test_the_chain_goes_on_though_every_sealed_row_left(some, archive, prune):
    some(3, 400)
    archive(300)
    without_the_jobs_row()
    prune(the_archive())
    trail.seal()
    assert TrailRow.objects.get(action="清除已归档的操作日志").seq == 4 and trail.verify() == []


@pytest.mark.parametrize("days", [10, 200, 360])
def test_younger_than_the_limit_stays(some, archive, prune, days):
    some(2, days)
    archive(days - 2)
    job = prune(the_archive())
    assert job.state == JobState.FAILED and "没有满保存期限" in job.error
    assert TrailRow.objects.filter(seq__lte=2).count() == 2 and the_archive().pruned_at is None


def test_the_newer_archive_waits_for_the_older(some, archive, prune):
    some(2, 500)
    archive(450)
    without_the_jobs_row()
    some(2, 400)
    archive(390)
    newer = TrailArchive.objects.order_by("-first_seq").first()
    assert newer.first_seq == 3
    job = prune(newer)
    assert job.state == JobState.FAILED and "先后顺序" in job.error


def cut(content):
    return content[:-1]


def altered(content):
    return [content[0], content[1].replace(b'"n":0', b'"n":9'), *content[2:]]


def shortened(content):
    return [content[0], *content[2:]]


@pytest.mark.parametrize("spoil", [cut, altered, shortened])
def test_with_a_spoilt_file_nothing_leaves(some, archive, prune, spoil):
    some(3, 400)
    archive(300)
    made = the_archive()
    rewrite(made, spoil(lines(made)))
    job = prune(made)
    assert job.state == JobState.FAILED and "没有清除" in job.error
    assert TrailRow.objects.filter(seq__lte=3).count() == 3
    with pytest.raises(CommandError) as failed:
        call_command("verify_trail", str(made.path), stdout=StringIO())
    assert failed.value.returncode == 1


def test_without_its_file_nothing_leaves_and_verifying_says_so(some, archive, prune):
    some(2, 400)
    archive(300)
    made = the_archive()
    made.path.unlink()
    assert prune(made).state == JobState.FAILED
    assert trail.verify() == [f"归档{made}的文件不在了"]


def test_a_second_pruning_takes_nothing(some, archive, prune):
    some(2, 400)
    archive(300)
    prune(the_archive())
    before = TrailRow.objects.count()
    assert prune(the_archive()).state == JobState.FAILED and TrailRow.objects.count() == before


def test_a_row_put_back_is_found(some, archive, prune):
    some(2, 400)
    archive(300)
    kept = TrailRow.objects.get(seq=1)
    prune(the_archive())
    TrailRow.objects.bulk_create([kept])
    assert any("还在库里" in problem for problem in trail.verify())


# -- what the database permits ---------------------------------------------------------------------


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_archive_is_not_changed(some, archive):
    some(2, 400)
    archive(300)
    refused("UPDATE office_trailarchive SET head = 'forged'")
    with pytest.raises(TypeError):
        the_archive().save()


@pytest.mark.postgresql
def test_postgresql_deletes_no_row_that_is_in_no_archive_taken_out(some, archive):
    some(2, 400)
    refused("DELETE FROM office_trailrow")
    archive(300)
    refused("DELETE FROM office_trailrow WHERE seq = 1")
    refused("DELETE FROM office_trailarchive")


@pytest.mark.postgresql
def test_postgresql_marks_no_archive_whose_rows_are_younger_than_six_months(some, archive):
    some(2, 100)
    archive(90)
    refused("UPDATE office_trailarchive SET pruned_at = now()")


@pytest.mark.postgresql
def test_postgresql_marks_no_archive_that_does_not_end_with_the_rows_hash(some, archive):
    some(2, 400)
    archive(300)
    behind_the_guard("UPDATE office_trailrow SET hash = 'forged' WHERE seq = 2")
    refused("UPDATE office_trailarchive SET pruned_at = now()")


@pytest.mark.postgresql
def test_postgresql_takes_no_archive_that_says_of_rows_in_the_table_that_they_left(some, cast, ground):
    some(2, 400)
    with pytest.raises(DatabaseError), transaction.atomic():
        TrailArchive.objects.create(
            first_seq=1,
            last_seq=2,
            prev=trail.FIRST_PREV,
            head=TrailRow.objects.get(seq=2).hash,
            checksum="",
            last_at=clock.now() - 400 * DAY,
            area=ground.county,
            made_at=clock.now(),
            made_by=cast["auditor"],
            pruned_at=clock.now(),
        )


@pytest.mark.postgresql
def test_postgresql_deletes_exactly_the_rows_of_the_archive(some, archive):
    some(2, 400)
    some(2, 390)
    archive(395)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_trailarchive SET pruned_at = now()")
    refused("DELETE FROM office_trailrow")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM office_trailrow WHERE seq <= 2")
        assert cursor.rowcount == 2


# -- the limit -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "months", "since"),
    [
        ("2018-11-20", 12, "2017-11-20"),
        ("2018-08-31", 6, "2018-02-28"),
        ("2018-01-15", 6, "2017-07-15"),
        ("2018-06-30", 1, "2017-12-30"),
    ],
)
def test_the_limit_counts_months_of_the_calendar_and_never_less_than_six(settings, now, months, since):
    settings.TRAIL_KEEP_MONTHS = months
    at = datetime.datetime.fromisoformat(f"{now}T12:00:00+08:00")
    assert kept_since(at).date().isoformat() == since


@pytest.mark.parametrize("of", ["2018-02-28", "2018-08-31", "2018-11-30", "2019-08-30", "2020-02-29"])
def test_a_row_is_kept_until_the_first_day_on_which_it_may_go(settings, of):
    settings.TRAIL_KEEP_MONTHS = 6
    at = datetime.datetime.fromisoformat(f"{of}T10:00+08:00")
    evenings = (at.replace(hour=23) + n * DAY for n in range(200))
    assert kept_until(at) == next(evening for evening in evenings if at < kept_since(evening)).date()


def test_a_setting_below_six_months_stops_the_start(tmp_path):
    started = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path), "TRAIL_KEEP_MONTHS": "5"},
        capture_output=True,
        text=True,
    )
    assert started.returncode and "TRAIL_KEEP_MONTHS 不能少于 6" in started.stderr


# -- the commands ----------------------------------------------------------------------------------


def test_the_commands_do_the_same_in_the_name_of_the_auditor(some, cast):
    some(2, 400)
    out = StringIO()
    call_command("archive_trail", until=datetime.date.fromisoformat(day(300)), user="auditor", stdout=out)
    assert "已归档第 1 至 2 条" in out.getvalue()
    call_command("prune_trail", user="auditor", stdout=out)
    assert "已从库里清除第 1 至 2 条" in out.getvalue() and not TrailRow.objects.filter(seq__lte=2).exists()
    call_command("prune_trail", user="auditor", stdout=out)
    assert "没有动" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("archive_trail", until=datetime.date.fromisoformat(day(1)), user="town", stdout=out)
