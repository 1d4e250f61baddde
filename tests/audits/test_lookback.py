"""`/audits/lookback/`: drawing a sample, and recording what the visits found."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.models import AuditList, Lookback, LookbackVisit
from households.models import Household
from office import exports
from office.jobs import run_job
from office.models import Job, TrailRow

DAY = datetime.date(2018, 11, 20)
ASKED = {"year": 2018, "percent": 50, "count": "", "visitor": "演示走访人", "due_on": "2018-12-31"}
FOUND = {"visited_on": "2018-11-20", "visitor": "演示走访人", "result": "稳定", "finding": "收入稳定"}


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


@pytest.fixture
def left(make_household, ground):
    """Four households of the first village that left this year, and one of another town."""
    homes = [make_household() for _ in range(4)] + [make_household(village=ground.other_village)]
    for home in homes:
        home.leave_poverty(on=datetime.date(2018, 3, 1))
    return homes


@pytest.fixture
def sample(left, ground, cast):
    return Lookback.draw(
        area=ground.town,
        year=2018,
        seed="演示",
        due_on=datetime.date(2018, 12, 1),
        by=cast["town"],
        on=DAY,
        percent=50,
    )


def test_a_town_draws_half_of_its_own_exits(left, ground, signed_in):
    answer = signed_in("town").post("/audits/lookback/new/", {**ASKED, "area": ground.town.pk})
    drawn = Lookback.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/audits/lookback/{drawn.pk}/")
    assert (drawn.population, drawn.visits.count(), len(drawn.seed)) == (4, 2, 16)
    assert drawn.drawn_again()
    assert set(drawn.visits.values_list("visitor", flat=True)) == {"演示走访人"}
    assert TrailRow.objects.filter(action="抽取回头看样本").count() == 1


def test_an_exit_that_was_undone_is_not_drawn(left, ground, cast):
    left[0].reverse_exit(on=datetime.date(2018, 5, 1), reason="演示")
    drawn = Lookback.draw(
        area=ground.town, year=2018, seed="演示", due_on=DAY, by=cast["town"], on=DAY, percent=100
    )
    assert set(drawn.visits.values_list("household", flat=True)) == {home.pk for home in left[1:4]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"percent": "", "count": ""}, "比例和户数填一项"),
        ({"count": "3"}, "比例和户数填一项"),
        ({"year": "2017"}, "没有退出的户"),
        ({"due_on": "2018-11-01"}, "不能早于今天"),
    ],
)
def test_what_cannot_be_drawn_is_said(left, ground, signed_in, change, said):
    answer = signed_in("town").post("/audits/lookback/new/", {**ASKED, "area": ground.town.pk, **change})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Lookback.objects.exists()


def test_nobody_draws_in_an_area_that_is_not_theirs(left, ground, signed_in):
    answer = signed_in("town").post("/audits/lookback/new/", {**ASKED, "area": ground.county.pk})
    assert answer.status_code == 422
    answer = signed_in("approver").post("/audits/lookback/new/", {**ASKED, "area": ground.town.pk})
    assert answer.status_code == 403
    assert not Lookback.objects.exists()


def test_a_changed_sample_no_longer_repeats(sample, left, signed_in):
    assert "与本样本一致" in signed_in("town").get(f"/audits/lookback/{sample.pk}/").content.decode()
    kept = set(sample.visits.values_list("household", flat=True))
    other = next(home for home in left[:4] if home.pk not in kept)
    LookbackVisit.objects.filter(pk=sample.visits.first().pk).update(household=other)
    assert "不一致" in signed_in("town").get(f"/audits/lookback/{sample.pk}/").content.decode()


def test_a_visit_is_recorded_once(sample, signed_in):
    visit = sample.visits.first()
    address = f"/audits/lookback/{sample.pk}/visits/{visit.pk}/"
    assert signed_in("helper").post(address, FOUND).status_code == 303
    visit.refresh_from_db()
    assert (visit.result, visit.finding, visit.recorded_by.username) == ("稳定", "收入稳定", "helper")
    again = signed_in("town").post(address, {**FOUND, "result": "返贫"})
    assert again.status_code == 409 and "已由" in again.content.decode()
    visit.refresh_from_db()
    assert visit.result == "稳定"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"result": ""}, "请选择结论"),
        ({"finding": " "}, "请写明走访情况"),
        ({"visited_on": "2018-11-21"}, "不晚于今天"),
        ({"visited_on": "2018-11-19"}, "在抽取之后"),
    ],
)
def test_a_visit_is_recorded_whole(sample, signed_in, change, said):
    address = f"/audits/lookback/{sample.pk}/visits/{sample.visits.first().pk}/"
    answer = signed_in("town").post(address, {**FOUND, **change})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert sample.visits.waiting().count() == 2


def test_the_village_sees_its_visits_and_does_not_record_them(sample, signed_in):
    address = f"/audits/lookback/{sample.pk}/visits/{sample.visits.first().pk}/"
    client = signed_in("village")
    assert "record-lookback" not in client.get(address).content.decode()
    assert client.post(address, FOUND).status_code == 403


def test_a_risk_that_was_found_leads_on(sample, signed_in):
    visit = sample.visits.first()
    address = f"/audits/lookback/{sample.pk}/visits/{visit.pk}/"
    client = signed_in("town")
    client.post(address, {**FOUND, "result": "返贫", "finding": "户主患病"})
    page = client.get(address).content.decode()
    assert f"/households/{visit.household.number}/fall-back/" in page
    assert f"/households/{visit.household.number}/shocks/new/" in page


def test_what_is_overdue_is_said(sample, signed_in, office_day):
    office_day(datetime.date(2018, 12, 2))
    page = signed_in("town").get(f"/audits/lookback/{sample.pk}/").content.decode()
    assert "逾期 2 户" in page and page.count("逾期未走访") == 2


def test_the_list_counts_what_each_may_see(sample, left, ground, cast, signed_in):
    Lookback.draw(
        area=ground.county, year=2018, seed="乙", due_on=DAY, by=cast["district"], on=DAY, percent=100
    )
    assert 'data-total="2"' in signed_in("district").get("/audits/lookback/").content.decode()
    assert 'data-total="2"' in signed_in("village").get("/audits/lookback/").content.decode()
    assert 'data-total="1"' in signed_in("other_town_user").get("/audits/lookback/").content.decode()


def test_a_return_begins_as_an_entry(left, signed_in):
    home = left[0]
    asked = {"reason": "户主患重病", "standard": "省定标准"}
    answer = signed_in("town").post(f"/households/{home.number}/fall-back/", asked)
    opened = AuditList.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/audits/{opened.pk}/")
    assert (opened.kind, opened.stage, opened.area) == ("entry", "application", home.village)
    entry = opened.entries.get()
    assert (entry.household, entry.reason, entry.standard) == (home, "户主患重病", "省定标准")
    again = signed_in("town").post(f"/households/{home.number}/fall-back/", asked)
    assert again.status_code == 409
    second = signed_in("village").post(f"/households/{left[1].number}/fall-back/", asked)
    assert second["Location"] == answer["Location"]
    assert Household.objects.get(pk=home.pk).exit_mark == "脱贫"


def test_statements_do_not_grow_with_the_households(make_household, ground, cast, signed_in):
    """Of the list of samples and of a sample (quality P4)."""
    client = signed_in("town")
    client.get("/audits/lookback/")

    def statements(count):
        for _ in range(count):
            make_household().leave_poverty(on=datetime.date(2018, 3, 1))
        drawn = Lookback.draw(
            area=ground.town, year=2018, seed="演示", due_on=DAY, by=cast["town"], on=DAY, percent=100
        )
        taken = []
        for address in ("/audits/lookback/", f"/audits/lookback/{drawn.pk}/"):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            taken.append(len(seen))
        return taken

    few = statements(3)
    assert statements(15) == few
    assert max(few) <= 14


def test_the_visits_of_a_sample_are_exported(sample, signed_in):
    client = signed_in("town")
    asked = {
        "list": "audits:lookback-visits",
        "query": f"sample={sample.pk}",
        "format": "csv",
        "once": "1" * 32,
    }
    assert client.post("/exports/", asked).status_code == 303
    job = Job.objects.get(kind=exports.KIND)
    run_job(str(job.pk))
    job.refresh_from_db()
    file = b"".join(client.get(job.result["url"]).streaming_content).decode()
    assert all(visit.household.number in file for visit in sample.visits.select_related("household"))
