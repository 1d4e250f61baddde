"""A year of the county closed and reopened by the district, and surveys corrected in a closed one."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Duty
from accounts.roles import Role
from households import tally
from households.models import ClosedYear, Conflict, Correction, Household, StatusEvent, Survey, YearAct
from office import clock
from office.attachments import Attachment
from office.jobs import run_job
from office.models import Job, JobState, TrailRow
from tests.households.entry_pages import sent_by
from tests.office import handmade as made

DAY = datetime.date(2018, 11, 20)
ANSWERS = {
    **dict.fromkeys(("wage_income", "business_income", "property_income", "business_expense"), 100),
    **dict.fromkeys(
        (
            "food_assured",
            "clothing_assured",
            "education_guaranteed",
            "medical_guaranteed",
            "housing_guaranteed",
            "water_safe",
        ),
        True,
    ),
}


def survey_of(household: Household, year: int = 2017, **more) -> Survey:
    facts = {
        "surveyor": "秦演示",
        "surveyed_on": datetime.date(year, 11, 1),
        "state": "已填报",
        "member_count": 2,
    }
    return Survey.objects.create(household=household, year=year, **{**facts, **ANSWERS, **more})


@pytest.fixture
def household(make_household):
    return make_household(on=datetime.date(2017, 3, 1))


@pytest.fixture
def survey(household):
    return survey_of(household)


@pytest.fixture
def closed(household, survey, ground, cast):
    YearAct.close(ground.county, 2017, by=cast["district"], on=DAY, at=clock.moment())
    survey.refresh_from_db()
    return survey


def paper(name: str = "批复.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, made.PDF, "application/pdf")


def year_url(ground, what: str = "year", year: int = 2017) -> str:
    return reverse(f"households:{what}", args=[ground.county.code, year])


def opened(client, address: str, **typed) -> dict:
    """The fields of a care form as the page has them, with some typed over."""
    page = client.get(address).content.decode().replace('data-action="save-care"', 'id="household"')
    return {**sent_by(page), **typed}


# -- closing ----------------------------------------------------------------------------------------


def test_the_district_closes_a_year_that_is_over(signed_in, ground, survey):
    client = signed_in("district")
    listed = client.get("/years/").content.decode()
    assert "2017年" in listed and "未封存" in listed and "2018年" not in listed
    page = client.get(year_url(ground)).content.decode()
    assert 'data-action="close-year"' in page and "如果今天封存" in page
    answer = client.post(year_url(ground, "year-close"))
    assert (answer.status_code, answer["Location"]) == (303, year_url(ground))
    survey.refresh_from_db()
    assert survey.state == "已封存" and ClosedYear.objects.get().closed_by.username == "district"
    version = survey.history.latest()
    assert (version.state, version.history_user.username, version.history_change_reason) == (
        "已封存",
        "district",
        "封存",
    )
    assert TrailRow.objects.get(action="封存年度").detail == {"年度": 2017, "采集户数": 1}
    assert client.post(year_url(ground, "year-close")).status_code == 409


def test_a_large_county_closes_its_year_in_a_job(signed_in, ground, survey, monkeypatch, cast):
    monkeypatch.setattr("households.views.years.AT_ONCE", 0)
    client = signed_in("district")
    first, again = (client.post(year_url(ground, "year-close")) for _ in range(2))
    assert first.status_code == again.status_code == 303 and first["Location"] == again["Location"]
    job = Job.objects.get()
    assert first["Location"] == reverse("accounts:job", args=[job.pk]) and not ClosedYear.objects.exists()
    run_job(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.done_count, job.total_count) == (JobState.DONE, 1, 1), job.error
    survey.refresh_from_db()
    assert survey.state == "已封存" and client.get(job.result["url"]).status_code == 200
    row = TrailRow.objects.get(action="封存年度")
    assert (row.actor, row.detail) == (cast["district"], {"年度": 2017, "采集户数": 1})
    assert client.post(year_url(ground, "year-close")).status_code == 409


def test_the_job_looks_at_the_right_again(signed_in, ground, survey, monkeypatch, cast):
    monkeypatch.setattr("households.views.years.AT_ONCE", 0)
    signed_in("district").post(year_url(ground, "year-close"))
    Duty.objects.filter(user=cast["district"]).update(role=Role.LEADER)
    run_job(str(Job.objects.get().pk))
    assert Job.objects.get().state == JobState.FAILED and not ClosedYear.objects.exists()


@pytest.mark.parametrize("role", ["village", "helper", "town", "approver", "leader", "department", "auditor"])
def test_nobody_else_sees_or_closes_a_year(signed_in, ground, survey, role):
    client = signed_in(role)
    assert client.get("/years/").status_code == 403
    assert client.post(year_url(ground, "year-close")).status_code == 403
    assert not ClosedYear.objects.exists()


def test_a_year_that_is_not_over_and_one_out_of_turn_are_refused(
    signed_in, ground, household, make_household
):
    make_household(on=datetime.date(2016, 5, 1))
    client = signed_in("district")
    assert client.post(year_url(ground, "year-close", 2018)).status_code == 422
    answer = client.post(year_url(ground, "year-close"))
    assert answer.status_code == 422 and "先封存2016年" in answer.content.decode()
    assert client.get(year_url(ground, year=2018)).status_code == 404
    assert not ClosedYear.objects.exists()


def test_years_before_the_first_closed_one_hold_nothing_up(signed_in, ground, household, make_household):
    make_household(on=datetime.date(2015, 5, 1))
    ClosedYear.objects.create(county=ground.county, year=2016, closed_at=clock.moment())
    client = signed_in("district")
    for year in (2017, 2015):
        assert 'data-action="close-year"' in client.get(year_url(ground, year=year)).content.decode()
        assert client.post(year_url(ground, "year-close", year)).status_code == 303


def test_drafts_stay_drafts_and_other_counties_stay_open(ground, cast, household, make_household):
    survey_of(household, state="草稿")
    elsewhere = survey_of(make_household(village=ground.foreign_village, on=datetime.date(2017, 1, 1)))
    act = YearAct.close(ground.county, 2017, by=cast["district"], on=DAY, at=clock.moment())
    assert act.surveys == 0
    assert {one.state for one in Survey.objects.all()} == {"草稿", "已填报"}
    elsewhere.refresh_from_db()
    assert elsewhere.state == "已填报"


def test_two_who_close_at_once_close_it_once(ground, cast, survey):
    facts = {"by": cast["district"], "on": DAY, "at": clock.moment()}
    YearAct.close(ground.county, 2017, **facts)
    with pytest.raises(Conflict):
        YearAct.close(ground.county, 2017, **facts)
    assert YearAct.objects.count() == ClosedYear.objects.count() == 1


# -- reopening --------------------------------------------------------------------------------------


def test_a_year_is_reopened_with_reason_and_document(signed_in, ground, closed):
    client = signed_in("district")
    page = client.get(year_url(ground)).content.decode()
    assert 'data-action="reopen-year"' in page and 'enctype="multipart/form-data"' in page
    answer = client.post(year_url(ground, "year-reopen"), {"reason": "市里要求补录", "document": paper()})
    assert answer.status_code == 303, answer.content.decode()
    closed.refresh_from_db()
    assert closed.state == "已填报" and not ClosedYear.objects.exists()
    act = YearAct.objects.get(kind="重开")
    assert Attachment.objects.of(act).get().label == "批复.pdf"
    assert TrailRow.objects.get(action="重开年度").detail["依据"] == "批复.pdf"
    page = client.get(year_url(ground)).content.decode()
    assert "市里要求补录" in page and "批复.pdf" in page
    got = client.get(reverse("households:year-document", args=[act.pk]))
    assert got.status_code == 200 and got["Content-Disposition"].startswith("attachment")
    assert client.post(year_url(ground, "year-close")).status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": "补录"}, "请选择依据文件"),
        ({"reason": " ", "document": "paper"}, "请写明原因"),
        ({"reason": "长" * 201, "document": "paper"}, "最多写 200 字"),
    ],
)
def test_without_reason_or_document_it_stays_closed(signed_in, ground, closed, typed, said):
    if "document" in typed:
        typed = {**typed, "document": paper()}
    answer = signed_in("district").post(year_url(ground, "year-reopen"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    assert ClosedYear.objects.exists() and not YearAct.objects.filter(kind="重开").exists()
    if typed["reason"].strip():
        assert f'value="{typed["reason"]}"' in page


def test_only_the_latest_closed_year_is_reopened(signed_in, ground, closed):
    ClosedYear.objects.create(county=ground.county, year=2016, closed_at=clock.moment())
    client = signed_in("district")
    answer = client.post(year_url(ground, "year-reopen", 2016), {"reason": "补录", "document": paper()})
    assert answer.status_code == 409 and "2017年也已封存" in answer.content.decode()
    assert client.post(year_url(ground, "year-reopen", 2015), {"reason": "补录"}).status_code == 409


# -- correcting in a closed year --------------------------------------------------------------------


def correct_url(household: Household) -> str:
    return reverse("households:survey-correct", args=[household.number, 2017])


def test_a_sealed_survey_is_corrected_with_reason_and_document(signed_in, household, closed):
    client = signed_in("district")
    assert correct_url(household) in client.get(f"/households/{household.number}/").content.decode()
    history = client.get(reverse("households:history", args=[household.number])).content.decode()
    assert ">封存<" in history and "已填报" in history
    typed = opened(
        client, correct_url(household), wage_income="9,000", reason="漏记工资", document=paper("工资单.pdf")
    )
    answer = client.post(correct_url(household), typed)
    assert answer.status_code == 303, answer.content.decode()
    closed.refresh_from_db()
    assert (closed.wage_income, closed.state, closed.member_count) == (9000, "已封存", 2)
    assert (closed.correction_reason, closed.net_income_per_capita) == ("漏记工资", 4550)
    correction = Correction.objects.get()
    assert correction.changed == [["工资性收入", "100.00", "9,000.00"]]
    assert Attachment.objects.of(correction).get().label == "工资单.pdf"
    row = TrailRow.objects.get(action="更正封存采集")
    assert (row.detail["原因"], row.detail["依据"], row.detail["改动"]) == (
        "漏记工资",
        "工资单.pdf",
        ["工资性收入"],
    )


def test_the_correction_stands_in_the_history_with_its_document(signed_in, household, closed):
    client = signed_in("district")
    typed = opened(client, correct_url(household), wage_income="9000", reason="漏记工资", document=paper())
    assert client.post(correct_url(household), typed).status_code == 303
    history = reverse("households:history", args=[household.number])
    link = reverse("households:correction-document", args=[household.number, Correction.objects.get().pk])
    page = client.get(history).content.decode()
    for words in ("封存后更正", "漏记工资", "100.00", "9,000.00", link):
        assert words in page
    assert client.get(link).status_code == 200
    page = signed_in("town").get(history).content.decode()
    assert "漏记工资" in page and link not in page
    assert signed_in("town").get(link).status_code == 403


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": "漏记"}, "请选择更正依据"),
        ({"document": "paper"}, "请写明更正原因"),
        ({"reason": "漏记", "document": "paper", "wage_income": ""}, "还没有填"),
        ({"reason": "漏记", "document": "paper", "wage_income": "1e308"}, "不超过"),
        ({"reason": "漏记", "document": "paper", "wage_income": "100"}, "没有改动"),
        ({"reason": "漏记", "document": "page"}, "只收"),
    ],
)
def test_what_is_missing_is_said_and_nothing_changes(signed_in, household, closed, typed, said):
    files = {"paper": paper(), "page": SimpleUploadedFile("a.pdf", b"<html>")}
    typed = {"wage_income": "9000", **typed}
    if "document" in typed:
        typed["document"] = files[typed["document"]]
    client = signed_in("district")
    answer = client.post(correct_url(household), opened(client, correct_url(household), **typed))
    assert answer.status_code == 422 and said in answer.content.decode()
    closed.refresh_from_db()
    assert closed.wage_income == 100 and not Correction.objects.exists() and not Attachment.objects.exists()


@pytest.mark.parametrize("role", ["village", "town", "helper", "approver", "leader"])
def test_nobody_else_corrects_a_sealed_survey(signed_in, household, closed, role):
    client = signed_in(role)
    assert client.get(correct_url(household)).status_code == 403
    assert client.post(correct_url(household), {"wage_income": "9000"}).status_code == 403
    past = reverse("households:survey-edit", args=[household.number, 2017])
    assert client.post(past, {"wage_income": "9000"}).status_code in (403, 409)
    closed.refresh_from_db()
    assert closed.wage_income == 100


def test_who_opened_an_older_version_is_told(signed_in, household, closed):
    client = signed_in("district")
    typed = opened(client, correct_url(household), wage_income="9000", reason="漏记", document=paper())
    Household.objects.filter(pk=household.pk).update(version=99)
    assert client.post(correct_url(household), typed).status_code == 409
    assert not Correction.objects.exists()


def test_a_year_reopened_meanwhile_is_told(signed_in, household, closed, ground, cast):
    client = signed_in("district")
    typed = opened(client, correct_url(household), wage_income="9000", reason="漏记", document=paper())
    YearAct.reopen(ground.county, 2017, by=cast["district"], reason="补录", at=clock.moment())
    assert client.post(correct_url(household), typed).status_code == 409
    assert client.get(correct_url(household)).status_code == 409


def test_the_frozen_figures_of_the_year_stay(signed_in, household, closed, ground):
    def figures() -> list:
        rows = StatusEvent.objects.filter(county=ground.county)
        end = datetime.date(2017, 12, 31)
        return [tally.year_account(rows, 2017, as_of=end), tally.year_account(rows, 2017, as_of=DAY)]

    before = figures()
    client = signed_in("district")
    for wage in ("9000", "60000"):
        typed = opened(client, correct_url(household), wage_income=wage, reason="漏记", document=paper())
        assert client.post(correct_url(household), typed).status_code == 303
    household.refresh_from_db()
    household.correct_standard("省定标准", on=DAY, reason="识别有误")
    assert figures() == before


# -- a past year that is open -----------------------------------------------------------------------


def test_a_survey_of_an_open_past_year_is_changed_without_document(signed_in, household, survey):
    past = reverse("households:survey-edit", args=[household.number, 2017])
    client = signed_in("village")
    assert past in client.get(f"/households/{household.number}/").content.decode()
    assert client.post(past, opened(client, past, wage_income="700")).status_code == 303
    survey.refresh_from_db()
    assert (survey.wage_income, survey.state, survey.member_count) == (700, "已填报", 2)
    assert TrailRow.objects.get(action="修改往年采集").detail["年度"] == 2017
    assert signed_in("district").get(correct_url(household)).status_code == 409


def test_a_draft_of_an_open_past_year_is_completed(signed_in, household):
    survey = survey_of(household, state="草稿", member_count=0, wage_income=None)
    past = reverse("households:survey-edit", args=[household.number, 2017])
    client = signed_in("village")
    answer = client.post(past, opened(client, past, wage_income="700"))
    assert answer.status_code == 303, answer.content.decode()
    survey.refresh_from_db()
    assert (survey.state, survey.member_count) == ("已填报", 2)
