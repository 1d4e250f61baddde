"""系统状态: figures of the installation, what needs looking at with advice, and nothing of a person."""

import datetime
import re
from io import StringIO

import pytest
from django.core.management import call_command

from office import clock, state, trail
from office.models import Job, JobState, Pulse

AGO = datetime.timedelta(hours=30)


def told() -> dict[str, state.Figure]:
    return {f"{each.name} {dict(each.labels).get('queue', '')}".strip(): each for each in state.figures()}


@pytest.fixture
def well(db):
    Pulse.objects.update_or_create(name="tick", defaults={"at": clock.now()})
    trail.record("备份", detail={"位置": "演示"})
    trail.seal()


def test_a_sound_installation_says_so(well, signed_in):
    page = signed_in("admin").get("/system/").content.decode()
    assert "各项都正常" in page and "上次备份距今" in page


def test_what_is_wrong_comes_first_with_what_to_do(well, signed_in, monkeypatch):
    Job.objects.create(kind="any", title="演示", key="x", queue="bulk", queued_at=clock.now() - AGO)
    later = clock.now() + AGO
    monkeypatch.setattr(clock, "now", lambda: later)
    trail.record("late")
    found = told()
    assert {name for name, each in found.items() if each.bad} >= {
        "job_waiting_seconds bulk",
        "worker_silent_seconds",
        "backup_age_seconds",
    }
    assert not found["job_waiting_seconds office"].bad


def test_an_installation_without_a_backup_is_told(db):
    assert told()["backup_age_seconds"].value is None and told()["backup_age_seconds"].bad


def test_a_full_disk_is_told(well, monkeypatch):
    usage = type("Usage", (), {"free": 10**9})
    monkeypatch.setattr(state.shutil, "disk_usage", lambda path: usage)
    assert told()["disk_free_bytes"].bad and told()["disk_free_bytes"].shown == "1.0 GB"


def test_failed_jobs_of_the_day_are_counted(well):
    now = clock.now()
    for place, finished in enumerate((now, now, now - AGO)):
        facts = {"state": JobState.FAILED, "finished_at": finished, "queued_at": finished}
        Job.objects.create(kind="any", title="演示", key=str(place), **facts)
    assert told()["jobs_failed_day"].value == 2


def test_machines_read_the_same(well):
    out = StringIO()
    call_command("metrics", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(state.figures())
    assert all(
        re.fullmatch(r'tuopin_[a-z_]+(\{[a-z]+="[a-z]+"(,[a-z]+="[a-z]+")*\})? (\d+|NaN)', line)
        for line in lines
    )
    assert 'tuopin_jobs{queue="office",state="queued"} 0' in lines


def test_statements_do_not_grow(well, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        state.figures()


@pytest.mark.parametrize("role", ["district", "security", "auditor", "outsider"])
def test_nobody_else_sees_it(signed_in, role):
    assert signed_in(role).get("/system/").status_code == 403
