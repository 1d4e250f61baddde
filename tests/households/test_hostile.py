"""Every hostile workbook (threats D1–D8) through both doors that take one: the upload, its job, and its page.

Refused or read as stated, in seconds, with a plain Chinese message; the process unhurt, nothing written or left.
"""

import os
import tempfile
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from households.models import (
    Agreement,
    Disagreement,
    Household,
    ImportBatch,
    ImportChange,
    ImportRow,
    ImportState,
    Person,
)
from office.jobs import run_job
from office.models import Job, JobState
from tests.households.hostile_books import HOSTILE, READ, Fault

pytestmark = pytest.mark.django_db
# Of processor time, here and in the child, which a busy machine does not stretch; and by the clock, for what hangs.
SECONDS, BY_THE_CLOCK = 12, 120
GROWTH = 200 * 1024  # kB that this process may grow


@pytest.fixture(params=["households:imports", "households:agreements"])
def door(request):
    return request.param


def peak() -> int:
    """The most memory (kB) that this process has held since the mark was set back."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1])


def spent() -> float:
    """Processor seconds of this process and of the children it has waited for."""
    return sum(os.times()[:4])


@pytest.fixture
def unhurt(tmp_path, monkeypatch, settings):
    """Time, memory and process as they should be afterwards; no file is left in the clear or at all."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    # What earlier tests took at most is forgotten, or growth would hide beneath it.
    Path("/proc/self/clear_refs").write_text("5")
    pid, before, at, used = os.getpid(), peak(), time.monotonic(), spent()
    yield
    assert spent() - used < SECONDS and time.monotonic() - at < BY_THE_CLOCK
    assert os.getpid() == pid
    assert peak() - before < GROWTH
    assert not list(scratch.iterdir()), "nothing in the clear"
    kept = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    read = ImportBatch.objects.filter(state__in=(ImportState.READY, ImportState.FAULTY)).count()
    assert len(kept) == read and all(path.read_bytes()[:3] == b"v1:" for path in kept)


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_or_read_as_stated(name, door, signed_in, url, ground, unhurt):
    make, expected = HOSTILE[name]
    client = signed_in("village")
    asked = {"file": SimpleUploadedFile("采集.xlsx", make()), "area": ground.village.code}
    answer = client.post(url(door), asked)
    assert answer.status_code == 303
    (job,) = Job.objects.waiting()
    run_job(str(job.pk))
    job.refresh_from_db()
    page = client.get(answer["Location"]).content.decode()
    assert "Traceback" not in page
    if isinstance(expected, str) and expected != READ:
        assert job.state == JobState.FAILED and expected in job.error
        assert expected in page
    elif door == "households:imports":
        assert job.state == JobState.DONE, job.error
        _as_an_import(expected, page)
    else:
        _as_a_comparison(expected, page)
    assert not Household.objects.exists() and not Person.objects.exists()
    if job.state == JobState.FAILED:
        assert not ImportChange.objects.exists() and not ImportRow.objects.exists()
        assert not Disagreement.objects.exists()


def _as_an_import(expected, page):
    batch = ImportBatch.objects.get()
    if expected == READ:
        assert (batch.state, batch.created, batch.faults) == (ImportState.READY, 2, 0)
    else:
        assert batch.state == ImportState.FAULTY and not batch.changes.exists()
        assert expected.code in {fault[2] for row in batch.bad_rows for fault in row.faults}
        assert expected.code in page


def _as_a_comparison(expected, page):
    kinds = list(Agreement.objects.get().lines.values_list("kind", flat=True))
    assert ("fault" in kinds) == isinstance(expected, Fault) and kinds


def test_an_empty_file_is_refused_at_the_form(door, signed_in, url, ground, unhurt):
    asked = {"file": SimpleUploadedFile("采集.xlsx", b""), "area": ground.village.code}
    answer = signed_in("village").post(url(door), asked)
    assert answer.status_code == 422 and "文件是空的" in answer.content.decode()
    assert not Job.objects.exists() and not ImportBatch.objects.exists()


def test_no_file_at_all_is_asked_for(door, signed_in, url, ground, unhurt):
    answer = signed_in("village").post(url(door), {"area": ground.village.code})
    assert answer.status_code == 422 and "请选择文件" in answer.content.decode()


@pytest.mark.parametrize(
    "file_name", ["../../etc/passwd", "采" * 200 + ".xlsx", "a\r\nSet-Cookie: x.xlsx", "<b>.xlsx"]
)
def test_a_hostile_name_is_only_a_name(file_name, door, signed_in, url, ground, unhurt):
    client = signed_in("village")
    asked = {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04"), "area": ground.village.code}
    asked["file"].name = file_name
    answer = client.post(url(door), asked)
    assert answer.status_code == 303
    run_job(str(Job.objects.waiting().get().pk))
    page = client.get(answer["Location"])
    assert page.status_code == 200 and "<b>.xlsx" not in page.content.decode()
