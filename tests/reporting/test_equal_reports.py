"""Of equal reports that several people ask for at one time, one is counted; and a report is of one moment, lists and all."""

import io
import threading
import time
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings

from accounts.models import Duty
from office import jobs as office_jobs
from office.jobs import cancel, enqueue
from office.models import Job, JobState, TrailRow
from reporting import jobs
from reporting.definitions import DEFINITIONS
from reporting.jobs import parameters
from reporting.models import ReportFile, ReportRun
from tests.aside import Aside
from tests.reporting.test_exit_tally import TODAY, day
from tests.reporting.test_structure import lived  # noqa: F401
from tests.villages.conftest import evening
from villages.models import KeyVillage

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


class Held:
    """The first report of the test stands still where it has counted, until `go` is set."""

    def __init__(self, monkeypatch) -> None:
        self.go, self.counted, self._count = threading.Event(), 0, jobs._counted
        monkeypatch.setattr(jobs, "_counted", self._slowly)

    def _slowly(self, run, kind, request):
        found = self._count(run, kind, request)
        self.counted += 1
        if self.counted == 1:
            assert self.go.wait(30)
            run.still_mine()
            run.check()
        return found


@pytest.fixture
def held(monkeypatch):
    return Held(monkeypatch)


@pytest.fixture
def asked(lived, ground, cast):  # noqa: F811
    def ask(name: str) -> Job:
        return enqueue("report", params=parameters("structure", ground.county, 2018, TODAY), owner=cast[name])

    return ask


def at_work(job: Job) -> Aside:
    return Aside(lambda: office_jobs.run_job(str(job.pk)))


def until(holds) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def again(job: Job) -> Job:
    job.refresh_from_db()
    return job


def test_one_report_is_counted_and_each_has_it_from_a_job_of_their_own(asked, held):
    first, second = asked("district"), asked("leader")
    works = [at_work(first)]
    until(lambda: held.counted)
    works.append(at_work(second))
    until(lambda: "同样的报表" in again(second).message)
    held.go.set()
    assert [work.end() for work in works] == [None, None]
    (run,) = ReportRun.objects.all()
    assert held.counted == 1
    for job in (first, second):
        assert again(job).state == JobState.DONE and job.result["run"] == str(run.pk)
    assert {row.action for row in TrailRow.objects.filter(subject_id=str(run.pk))} == {"生成报表", "取用报表"}


def test_one_that_is_cancelled_takes_nothing_from_the_other(asked, held):
    first, second = asked("district"), asked("leader")
    works = [at_work(first)]
    until(lambda: held.counted)
    works.append(at_work(second))
    cancel(again(first))
    held.go.set()
    assert [work.end() for work in works] == [None, None]
    assert (again(first).state, again(second).state) == (JobState.CANCELLED, JobState.DONE)
    assert ReportRun.objects.get().requested_by == second.owner


def test_one_whose_duty_has_ended_takes_nothing(asked, held, cast):
    first, second = asked("district"), asked("leader")
    works = [at_work(first)]
    until(lambda: held.counted)
    Duty.objects.filter(user=cast["leader"]).update(end_on=day("2018-11-01"))
    works.append(at_work(second))
    works[1].end()
    held.go.set()
    works[0].end()
    assert (again(first).state, again(second).state) == (JobState.DONE, JobState.FAILED)
    assert not second.result


def test_a_report_asked_for_later_is_counted_anew(asked):
    first = asked("district")
    office_jobs.run_job(str(first.pk))
    second = asked("leader")
    office_jobs.run_job(str(second.pk))
    assert again(first).result["run"] != again(second).result["run"]


def designated(area) -> KeyVillage:
    on = day("2016-01-01")
    return KeyVillage.designate(
        area=area, level="省定", batch="十二五", on=on, by=None, origin="历史导入", recorded_at=evening(on)
    )


def test_a_key_village_entered_between_figures_and_list_is_in_neither(ground, cast, monkeypatch):
    designated(ground.village)
    definition = DEFINITIONS["key-villages"]

    def counted(request, progress):
        figures = definition.figures(request, progress)
        assert isinstance(Aside(lambda: designated(ground.other_village)).end(), KeyVillage)
        return figures

    monkeypatch.setitem(DEFINITIONS, "key-villages", replace(definition, figures=counted))
    asked = parameters("key-villages", ground.county, 2018, TODAY)
    job = enqueue("report", params=asked, owner=cast["district"])
    office_jobs.run_job(str(job.pk))
    run = ReportRun.objects.get(pk=again(job).result["run"])
    assert run.figures.cell(ground.county.code, "designated_total").value == 1
    kept = Path(settings.MEDIA_ROOT) / run.files.get(format=ReportFile.Format.XLSX).name
    book = openpyxl.load_workbook(io.BytesIO(kept.read_bytes()))
    words = [str(cell) for row in book["名单"].iter_rows(values_only=True) for cell in row]
    assert "演示东村" in words and "演示西村" not in words
