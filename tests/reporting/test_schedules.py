"""Reports made by themselves: each period once, whatever beats, restarts and clocks do; missed ones are made up."""

import datetime

import pytest
from django.db import transaction

from accounts.models import Duty
from accounts.roles import Role
from office import clock, jobs
from office.models import DuePeriod, Job, JobState, TrailRow
from reporting.definitions import DEFINITIONS
from reporting.jobs import take_up_due, try_again
from reporting.models import ReportRun, ReportSchedule, ScheduleMoved, SchedulePeriod
from reporting.models.schedule import NO_RIGHT
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
ASKED = {"kind": "causes", "rhythm": "month", "since": "2018-09-15"}
PAGE = "/reports/schedules/"


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.fixture
def homes(ground, make_household):
    return [make_household(village=village) for village in (ground.village, ground.other_village)]


@pytest.fixture
def schedule(homes, ground, cast):
    """Monthly since September, of the county; nothing of it is taken up."""
    return ReportSchedule.objects.create(
        kind="causes", area=ground.county, rhythm="month", since=day("2018-09-15"), owner=cast["district"],
        set_at=clock.moment(),
    )  # fmt: skip


def beat():
    """What beat rings for, and then a worker."""
    jobs.enqueue_due()
    for _ in range(9):
        for row in Job.objects.waiting().order_by("queued_at"):
            jobs.run_job(str(row.pk))


def ran():
    return list(
        SchedulePeriod.objects.filter(run__isnull=False).order_by("as_of").values_list("key", flat=True)
    )


def test_every_period_that_is_over_is_made_once_with_its_last_day(schedule):
    beat()
    assert ran() == ["2018-09", "2018-10"]
    assert sorted(ReportRun.objects.values_list("as_of", "year")) == [
        (day("2018-09-30"), 2018),
        (day("2018-10-31"), 2018),
    ]
    run = ReportRun.objects.get(as_of=day("2018-10-31"))
    assert run.requested_by == schedule.owner and run.files.count() == 3
    told = TrailRow.objects.get(action="生成报表", subject_id=str(run.pk)).detail
    assert told["定期"] == "2018年10月" and told["报表"] == DEFINITIONS[run.kind].title


def test_a_second_beat_a_restart_and_a_clock_set_back_make_nothing_again(schedule, office_day):
    beat()
    for text in ("2018-11-20", "2018-10-20", "2018-09-20", "2018-11-20"):
        office_day(day(text))
        DuePeriod.objects.all().delete()
        beat()
        assert take_up_due(ReportSchedule.objects.get()) == 0
    assert ReportRun.objects.count() == SchedulePeriod.objects.count() == 2


def test_what_was_missed_is_made_up_once_and_the_next_comes_in_its_time(schedule, office_day):
    beat()
    office_day(day("2019-03-01"))
    beat()
    assert ran() == ["2018-09", "2018-10", "2018-11", "2018-12", "2019-01", "2019-02"]
    assert schedule.next_due(clock.today()) == day("2019-04-01")
    office_day(day("2019-03-31"))
    DuePeriod.objects.all().delete()
    beat()
    assert len(ran()) == 6


def test_a_job_killed_and_rung_for_again_keeps_one_report_of_the_period(schedule):
    take_up_due(schedule)
    first = Job.objects.get(kind="report-due", params__due=SchedulePeriod.objects.get(key="2018-09").pk)
    jobs.run_job(str(first.pk))
    again = jobs.enqueue("report-due", params=first.params, owner=first.owner, key=first.key)
    jobs.run_job(str(again.pk))
    again.refresh_from_db()
    assert again.state == JobState.FAILED and "已经生成" in again.error
    assert ReportRun.objects.count() == 1


def test_two_workers_at_one_period_keep_one_report(schedule, monkeypatch):
    """The second has counted by the time the first one keeps."""
    take_up_due(schedule)
    row = SchedulePeriod.objects.get(key="2018-09")

    def overtaken(*_, **__):
        other = ReportRun.objects.create(
            kind="causes", area=schedule.area, year=2018, as_of=row.as_of, figures_stored={}, checksum=""
        )
        SchedulePeriod.objects.filter(pk=row.pk).update(run=other)
        return []

    monkeypatch.setattr("reporting.jobs.write_files", overtaken)
    jobs.run_job(str(row.job_id))
    job = Job.objects.get(pk=row.job_id)
    assert (job.state, job.error) == (JobState.FAILED, "这一期已经生成")
    assert not ReportRun.objects.filter(job=job).exists()


def test_nothing_is_made_with_a_right_that_has_ended(schedule, cast, ground, signed_in):
    Duty.objects.filter(user=cast["district"]).update(end_on=day("2018-11-01"))
    beat()
    schedule.refresh_from_db()
    assert schedule.paused_for == NO_RIGHT and schedule.next_due(clock.today()) is None
    assert not SchedulePeriod.objects.exists() and not ReportRun.objects.exists()
    assert TrailRow.objects.filter(action="暂停定期报表", subject_id=str(schedule.pk)).count() == 1
    successor = make_user("successor", Role.DISTRICT, ground.county)
    cast["successor"] = successor
    page = signed_in("successor").get(PAGE).content.decode()
    assert NO_RIGHT in page
    assert signed_in("successor").post(f"{PAGE}{schedule.pk}/resume/", {"make_up": "on"}).status_code == 303
    beat()
    assert ran() == ["2018-09", "2018-10"]
    assert {run.requested_by for run in ReportRun.objects.all()} == {successor}


def test_a_right_that_ends_between_being_due_and_being_made_is_refused(schedule, cast):
    take_up_due(schedule)
    Duty.objects.filter(user=cast["district"]).update(end_on=day("2018-11-01"))
    beat()
    assert not ReportRun.objects.exists()
    assert {job.state for job in Job.objects.filter(kind="report-due")} == {JobState.FAILED}


def test_paused_it_makes_nothing_and_the_pause_is_made_up_only_when_asked(schedule, office_day, signed_in):
    client = signed_in("district")
    assert client.post(f"{PAGE}{schedule.pk}/pause/").status_code == 303
    assert client.post(f"{PAGE}{schedule.pk}/pause/").status_code == 409
    beat()
    assert not SchedulePeriod.objects.exists()
    assert client.post(f"{PAGE}{schedule.pk}/resume/").status_code == 303
    assert client.post(f"{PAGE}{schedule.pk}/resume/").status_code == 409
    DuePeriod.objects.all().delete()
    beat()
    assert not SchedulePeriod.objects.exists()
    office_day(day("2018-12-01"))
    beat()
    assert ran() == ["2018-11"]


def test_set_up_on_the_page_it_makes_up_what_is_asked_and_says_what_comes_next(homes, ground, signed_in):
    client = signed_in("district")
    answer = client.post(PAGE, {**ASKED, "area": ground.county.code}, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200 and "下一期在2018年12月1日生成；已经过去的 2 期正在补" in page
    assert TrailRow.objects.filter(action="排定定期报表").count() == 1
    beat()
    shown = client.get(answer.request["PATH_INFO"]).content.decode()
    assert 'data-total="2"' in shown
    assert all(f"/reports/runs/{run.pk}/" in shown for run in ReportRun.objects.all())
    assert 'data-total="1"' in client.get(PAGE).content.decode()


def test_a_period_that_could_not_be_made_says_why(ground, cast, signed_in):
    """Nobody was on the register."""
    client = signed_in("district")
    answer = client.post(PAGE, {**ASKED, "area": ground.county.code})
    beat()
    for page in (PAGE, answer["Location"]):
        assert "没有可统计的数" in client.get(page).content.decode()
    period = SchedulePeriod.objects.get(key="2018-10")
    assert period.run is None and period.job.error in client.get(answer["Location"]).content.decode()


@pytest.fixture
def failed(schedule, cast, ground):
    """September, of which the right ended before it was made; and a successor in the same place."""
    take_up_due(schedule)
    Duty.objects.filter(user=cast["district"]).update(end_on=day("2018-11-01"))
    beat()
    cast["successor"] = make_user("successor", Role.DISTRICT, ground.county)
    return SchedulePeriod.objects.get(key="2018-09")


def test_whoever_may_set_schedules_tries_a_failed_period_again_once(failed, schedule, cast, signed_in):
    client, page = signed_in("successor"), f"{PAGE}periods/{failed.pk}/retry/"
    assert page in client.get(f"{PAGE}{schedule.pk}/").content.decode()
    assert client.post(page).status_code == 303
    assert client.post(page).status_code == 409, "it is under way"
    assert page not in client.get(f"{PAGE}{schedule.pk}/").content.decode()
    beat()
    assert ran() == ["2018-09"]
    assert ReportRun.objects.get().requested_by == cast["successor"]
    assert client.post(page).status_code == 409, "it is there"
    told = TrailRow.objects.get(action="重新生成定期报表")
    assert (told.actor, told.detail["期"]) == (cast["successor"], "2018年9月")


def test_nobody_else_tries_it_again(failed, schedule, signed_in):
    page = f"{PAGE}periods/{failed.pk}/retry/"
    assert signed_in("leader").post(page).status_code == 403
    assert signed_in("town").post(page).status_code in (403, 404)
    assert page not in signed_in("leader").get(f"{PAGE}{schedule.pk}/").content.decode()
    assert not TrailRow.objects.filter(action="重新生成定期报表").exists()


def test_of_two_who_saw_it_failed_the_later_changes_nothing(failed, cast):
    seen = SchedulePeriod.objects.select_related("job", "schedule").get(pk=failed.pk)
    first = SchedulePeriod.objects.select_related("job", "schedule").get(pk=failed.pk)
    try_again(first, by=cast["successor"])
    Job.objects.filter(state=JobState.QUEUED).update(state=JobState.FAILED)
    with pytest.raises(ScheduleMoved), transaction.atomic():
        try_again(seen, by=cast["successor"])
    assert Job.objects.filter(kind="report-due", params__due=failed.pk).count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"since": "2018-11-21"}, "不能晚于今天"),
        ({"since": "2016-10-31"}, "最多补24期"),
        ({"rhythm": "week"}, "选每月、每季或每年"),
        ({"kind": "none"}, "没有这种报表"),
        ({"area": "370406000000"}, "不在当前任职的区域内"),
    ],
)
def test_what_cannot_be_set_up_is_said(homes, ground, signed_in, changes, words):
    answer = signed_in("district").post(PAGE, {**ASKED, "area": ground.county.code, **changes})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not ReportSchedule.objects.exists()


def test_the_same_schedule_is_there_once(schedule, ground, signed_in):
    answer = signed_in("district").post(PAGE, {**ASKED, "area": ground.county.code})
    assert answer.status_code == 422 and "已经按这个周期排定" in answer.content.decode()
    assert ReportSchedule.objects.count() == 1


def test_the_list_takes_no_more_statements_for_many(
    schedule, ground, signed_in, django_assert_max_num_queries
):
    beat()
    for place, rhythm in enumerate(("quarter", "year", "month")):
        for kind in ("colours", "returns", "structure"):
            one = ReportSchedule.objects.create(
                kind=kind, area=ground.county, rhythm=rhythm, since=day("2018-01-01"), owner=schedule.owner,
                set_at=clock.moment(),
            )  # fmt: skip
            SchedulePeriod.objects.create(
                schedule=one, key=f"{place}", as_of=day("2018-10-31"), taken_at=clock.moment()
            )
    client = signed_in("district")
    client.get(PAGE)
    with django_assert_max_num_queries(12):
        assert 'data-total="10"' in client.get(PAGE).content.decode()


def test_one_with_a_further_level_stands_beside_the_other_and_makes_its_own(schedule, ground, signed_in):
    client, asked = signed_in("district"), {**ASKED, "area": ground.county.code, "nested": "on"}
    assert client.post(PAGE, {**asked, "kind": "indicators"}).status_code == 422
    assert client.post(PAGE, {**asked, "area": ground.town.code}).status_code == 422
    assert client.post(PAGE, asked).status_code == 303
    assert client.post(PAGE, asked).status_code == 422
    beat()
    assert sorted(ReportRun.objects.values_list("as_of", "nested")) == [
        (day(on), nested) for on in ("2018-09-30", "2018-10-31") for nested in (False, True)
    ]
    assert "（含村）" in client.get(PAGE).content.decode()
