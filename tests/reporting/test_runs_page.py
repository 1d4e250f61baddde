"""Asking for a report on its page, the job, the kept run, its files and who may see them."""

import datetime
import json
import re

import pytest

from accounts.models import Duty
from accounts.roles import Role
from measures.models import Policy
from office.jobs import run_job
from office.models import Job, JobState, TrailRow
from reporting.files import as_workbook
from reporting.models import ReportFile, ReportRun

ASKED = {"kind": "exit-tally", "year": "2016", "as_of": "2018-11-20"}


@pytest.fixture
def homes(ground, make_household):
    return [make_household(village=village) for village in (ground.village, ground.other_village)]


@pytest.fixture
def asked(homes, ground, signed_in):
    """asked("district") posts the form and lets a worker do the job; the finished run."""

    def ask(name: str = "district", **changes: str) -> ReportRun:
        area = {"district": ground.county, "town": ground.town}[name]
        answer = signed_in(name).post("/reports/", {**ASKED, "area": area.code, **changes})
        assert answer.status_code == 303
        job = Job.objects.latest("queued_at")
        assert answer["Location"] == f"/jobs/{job.pk}/"
        run_job(str(job.pk))
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.error
        return ReportRun.objects.get(pk=job.result["run"])

    return ask


def test_five_clicks_are_one_job(homes, ground, signed_in):
    client = signed_in("district")
    places = {client.post("/reports/", {**ASKED, "area": ground.county.code})["Location"] for _ in range(5)}
    assert len(places) == 1
    assert Job.objects.count() == 1


def test_the_job_says_which_report_of_which_area_it_makes(homes, ground, signed_in):
    client = signed_in("district")
    client.post("/reports/", {**ASKED, "area": ground.county.code, "nested": "on"})
    assert f"{ground.county.name}2016年年度退出统计（含村）（截至" in client.get("/jobs/").content.decode()


def test_a_job_rung_twice_keeps_one_run(asked):
    run = asked()
    run_job(str(run.job_id))
    assert ReportRun.objects.count() == 1
    assert ReportFile.objects.count() == 3


def test_the_page_of_a_run_links_every_counted_figure(asked, signed_in):
    run = asked()
    answer = signed_in("district").get(f"/reports/runs/{run.pk}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'href="/households/events/?area=' in page
    assert "年度退出统计表" in page and run.checksum in page


@pytest.mark.parametrize(
    ("name", "status"), [("leader", 200), ("town", 404), ("helper", 403), ("auditor", 404)]
)
def test_a_run_is_seen_by_who_may_see_reports_of_its_area(asked, signed_in, name, status):
    run = asked()
    if name == "helper":
        ReportRun.objects.update(area=run.area.children.first().children.first())
    assert signed_in(name).get(f"/reports/runs/{run.pk}/").status_code == status
    for file in run.files.all():
        assert signed_in(name).get(f"/reports/files/{file.pk}/").status_code == status


def test_a_file_has_its_chinese_name_safe_headers_and_a_trail_row(asked, signed_in):
    run = asked("town", year="2016")
    file = run.files.get(format="json")
    answer = signed_in("town").get(f"/reports/files/{file.pk}/")
    content = b"".join(answer.streaming_content)
    assert json.loads(content)["run"] == str(run.pk)
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment;") and "filename*=utf-8''" in disposition
    assert "%E4%B8%9C%E6%BC%94%E7%A4%BA%E9%95%87" in disposition
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    assert TrailRow.objects.filter(action="下载报表", subject_id=str(run.pk)).count() == 1


def test_who_lost_the_duty_before_the_job_ran_is_refused(homes, ground, signed_in, cast):
    signed_in("town").post("/reports/", {**ASKED, "area": ground.town.code})
    Duty.objects.filter(user=cast["town"]).update(end_on=datetime.date(2018, 1, 1))
    job = Job.objects.get()
    run_job(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "不在当前任职的区域内" in job.error
    assert not ReportRun.objects.exists()


def test_who_stays_in_the_county_with_another_duty_is_refused_too(homes, ground, signed_in, cast):
    signed_in("district").post("/reports/", {**ASKED, "area": ground.county.code})
    Duty.objects.filter(user=cast["district"]).update(role=Role.DEPARTMENT, unit="住建")
    job = Job.objects.get()
    run_job(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED and "当前任职不能" in job.error
    assert not ReportRun.objects.exists()


def test_a_failure_while_keeping_leaves_no_file_behind(homes, ground, signed_in, monkeypatch, settings):
    def broken(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr("reporting.jobs.trail.record", broken)
    signed_in("district").post("/reports/", {**ASKED, "area": ground.county.code})
    run_job(str(Job.objects.get().pk))
    assert Job.objects.get().state == JobState.FAILED
    assert not ReportRun.objects.exists()
    assert not [path for path in (settings.MEDIA_ROOT / "reports").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"year": "２０１６年"}, "年度写四位数字"),
        ({"year": "2019"}, "还没有数"),
        ({"as_of": "2018-11-21"}, "不能晚于今天"),
        ({"as_of": ""}, "必填"),
        ({"kind": "no-such"}, "没有这种报表"),
    ],
)
def test_a_wrong_request_is_answered_with_422_and_its_reason(homes, ground, signed_in, changes, words):
    answer = signed_in("district").post("/reports/", {**ASKED, "area": ground.county.code, **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Job.objects.exists()


def test_another_area_is_offered_to_nobody(homes, ground, signed_in):
    client = signed_in("town")
    page = client.get("/reports/exit-tally/").content.decode()
    offered = set(re.findall(r'<option value="(\d{12})"', page))
    assert offered == {ground.town.code, ground.village.code, ground.sibling_village.code}
    assert client.get(f"/reports/exit-tally/?area={ground.other_town.code}").status_code == 404


def test_the_list_of_runs_shows_those_of_the_own_area(asked, signed_in):
    asked("district")
    asked("town")
    assert 'data-total="2"' in signed_in("district").get("/reports/").content.decode()
    assert 'data-total="1"' in signed_in("town").get("/reports/").content.decode()
    assert (
        'data-total="1"' in signed_in("leader").get("/reports/exit-tally/?area=370405101000").content.decode()
    )


def test_a_group_of_figures_that_is_not_there_is_not_found(asked, signed_in):
    run = asked()
    assert signed_in("district").get(f"/reports/runs/{run.pk}/?block=difference").status_code == 404


def test_the_plans_page_opens_the_groups_of_its_newest_run(plan, asked, signed_in):
    run = asked(kind="rolling-plan", year="2018")
    page = signed_in("district").get(f"/plans/{plan.pk}/").content.decode()
    links = re.findall(rf'href="(/reports/runs/{run.pk}/\?block=\w+)"', page)
    assert len(links) == 2
    for link in links:
        shown = signed_in("district").get(link).content.decode()
        assert f'href="?{link.partition("?")[2]}" aria-current="true"' in shown


def test_marks_stand_with_the_figures_that_carry_them(plan, asked, signed_in):
    client = signed_in("district")
    run = asked(kind="rolling-plan", year="2018")
    assert 'id="reasons"' in client.get(f"/reports/runs/{run.pk}/?block=printed").content.decode()
    elsewhere = client.get(f"/reports/runs/{run.pk}/?block=actual").content.decode()
    assert 'id="reasons"' not in elsewhere and "有的数不可能成立" in elsewhere


def test_a_kept_run_keeps_its_columns_when_the_catalogue_moves(asked, signed_in):
    in_force, later = datetime.date(2010, 1, 1), datetime.date(2030, 1, 1)
    comes, goes = Policy.objects.filter(code="AGE-80"), Policy.objects.filter(code="AGE-90")
    assert comes.update(valid_from=later) and goes.exists()
    run, client = asked(kind="coverage", year="2018"), signed_in("district")
    blocks = [block.key for block in run.figures.blocks]

    def shown() -> list[str]:
        pages = [client.get(f"/reports/runs/{run.pk}/", {"block": block}) for block in blocks]
        assert {page.status_code for page in pages} == {200}
        return [str(page.context["lines"]) for page in pages]

    before = shown()
    comes.update(valid_from=in_force)
    goes.update(valid_from=later)
    assert shown() == before
    assert as_workbook(run, run.created_at)
