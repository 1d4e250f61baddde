"""年底考核: drawn up from a kept run, settled by somebody else, frozen; and what a missed year leads to (R308–R310, R313)."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audits.targets import YearlyTarget
from office import clock
from office.jobs import run_job, run_now
from office.models import Job, TrailRow
from reporting import settling
from reporting.jobs import parameters, take_up_due
from reporting.models import ReportRun, ReportSchedule, TownAssessment
from reporting.models.assessment import (
    MISSED_TO_ESCALATE,
    MISSED_TO_TALK,
    Settled,
    graded,
)
from tests.reporting.test_exit_tally import TODAY, at
from villages.models import EventKind, Letter, Post, Rectification, WorkEvent

pytestmark = pytest.mark.django_db
PAGE = "/assessments/"


@pytest.fixture
def kept(ground, make_household) -> ReportRun:
    """A kept sheet of 2017: the first town is left by its one household, the second keeps its."""
    home = make_household(village=ground.village, persons=3)
    make_household(village=ground.other_village)
    home.leave_poverty(**at("2017-12-05"))
    done = run_now("report", params=parameters("assessment", ground.county, 2017, TODAY))
    return ReportRun.objects.get(pk=done.result["run"])


@pytest.fixture
def assessed(kept, cast):
    """assessed(area, year, **facts): a row drawn up by the district."""

    def make(area, year=2017, settled=False, **facts) -> TownAssessment:
        told = {"score": Decimal("88.0"), "drawn_by": cast["district"], "drawn_at": clock.moment(), **facts}
        if settled:
            told |= {
                "settled_at": clock.moment(),
                "settled_by": cast["leader"],
                "document": "演示〔2018〕1号",
            }
        return TownAssessment.objects.create(run=kept, area=area, year=year, **told)

    return make


def happened(area, kind, on) -> WorkEvent:
    facts = {"title": "演示", "host": "演示", "content": "演示", "recorded_at": clock.moment()}
    return WorkEvent.objects.create(area=area, kind=kind, on=on, **facts)


def test_the_district_draws_up_and_the_leading_group_settles(kept, signed_in, ground):
    district, leader = signed_in("district"), signed_in("leader")
    assert "按这份拟定" in district.get(f"{PAGE}?year=2017").content.decode()
    assert district.post(f"{PAGE}draw/", {"run": str(kept.pk)}).status_code == 303
    rows = {row.area: row for row in TownAssessment.objects.all()}
    assert set(rows) == {ground.town, ground.other_town}
    first = rows[ground.town]
    assert (first.left, first.early, first.missed) == (3, True, False)
    assert rows[ground.other_town].early is False
    assert first.score == Decimal(str(kept.figures.value(ground.town.code, "score_rate")))
    assert district.post(f"{PAGE}settle/", {"year": "2017", "document": "1号"}).status_code == 403
    assert leader.post(f"{PAGE}settle/", {"year": "2017", "document": ""}).status_code == 422
    assert leader.post(f"{PAGE}settle/", {"year": "2017", "document": "演示〔2018〕1号"}).status_code == 303
    assert leader.post(f"{PAGE}settle/", {"year": "2017", "document": "再来"}).status_code == 409
    assert district.post(f"{PAGE}draw/", {"run": str(kept.pk)}).status_code == 409
    page = signed_in("town").get(f"{PAGE}?year=2017")
    assert [row.area for row in page.context["rows"]] == [ground.town]
    assert "已审定" in page.content.decode() and "待通报表扬" in page.content.decode()
    assert {"拟定考核", "审定考核"} <= set(TrailRow.objects.values_list("action", flat=True))


def test_a_settled_year_does_not_move(kept, assessed, ground, signed_in):
    row = assessed(ground.town, settled=True)
    with pytest.raises(Settled):
        row.veto(vetoed=True, reason="晚了")
    answer = signed_in("district").post(f"{PAGE}{row.pk}/veto/", {"vetoed": "on", "reason": "晚了"})
    assert answer.status_code == 409
    row.refresh_from_db()
    assert (row.vetoed, row.score) == (False, Decimal("88.0"))


def test_one_veto_makes_it_poor_and_needs_a_reason(assessed, ground, signed_in):
    row, district = assessed(ground.town, score=Decimal("96.0")), signed_in("district")
    assert (
        "一票否决要写明原因"
        in district.post(f"{PAGE}{row.pk}/veto/", {"vetoed": "on", "reason": ""}).content.decode()
    )
    assert district.post(f"{PAGE}{row.pk}/veto/", {"vetoed": "on", "reason": "虚报冒领"}).status_code == 303
    row.refresh_from_db()
    assert (row.grade, row.veto_reason) == ("差", "虚报冒领")
    district.post(f"{PAGE}{row.pk}/veto/", {})
    row.refresh_from_db()
    assert (row.grade, row.vetoed) == ("好", False)
    with pytest.raises(IntegrityError), transaction.atomic():
        TownAssessment.objects.update(vetoed=True, veto_reason="")


@pytest.mark.parametrize(
    ("score", "vetoed", "grade"),
    [
        ("90.0", False, "好"),
        ("89.9", False, "一般"),
        ("75.0", False, "一般"),
        ("74.9", False, "差"),
        ("99.0", True, "差"),
        (None, False, ""),
    ],
)
def test_grades(score, vetoed, grade):
    assert graded(None if score is None else Decimal(score), vetoed) == grade


@pytest.mark.parametrize(("grade", "flag"), [("好", "红旗"), ("一般", "蓝旗"), ("差", "黑旗")])
def test_flags_are_shown_where_the_county_sets_them(settings, grade, flag):
    """002 三章三节."""
    assert TownAssessment(grade=grade).flag == ""
    settings.ASSESSMENT_FLAGS = True
    assert TownAssessment(grade=grade).flag == flag


def test_a_missed_year_asks_for_a_talk_and_two_running_for_a_change(assessed, ground):
    assert (MISSED_TO_TALK, MISSED_TO_ESCALATE) == (1, 2)
    first = assessed(ground.town, 2016, settled=True, missed=True)
    second = assessed(ground.town, 2017, settled=True, missed=True)
    other = assessed(ground.other_town, 2017, settled=True, missed=True)
    steps = settling.follow_ups([first, second, other])
    assert [step.kind for step in steps[first.pk]] == [EventKind.TALK]
    assert [step.kind for step in steps[second.pk]] == [EventKind.TALK, EventKind.ESCALATION]
    assert [step.kind for step in steps[other.pk]] == [EventKind.TALK]
    assert not any(step.event for step in steps[second.pk])
    talk = happened(ground.town, EventKind.TALK, datetime.date(2018, 1, 9))
    steps = settling.follow_ups([first, second])
    assert steps[second.pk][0].event == talk
    assert steps[second.pk][1].event is None and steps[first.pk][0].event is None


def test_settling_a_missed_year_opens_a_problem_with_a_limit(assessed, ground, cast, signed_in, settings):
    """R309: one 整改 a town that missed; a second year running says so."""
    settings.ASSESSMENT_MEND_DAYS = 60
    assessed(ground.town, 2016, settled=True, missed=True)
    assessed(ground.town, missed=True, planned=9, left=4)
    assessed(ground.other_town, missed=False)
    waiting = TownAssessment.objects.filter(year=2017)
    TownAssessment.settle(waiting, document="1号", by=cast["leader"], at=clock.moment())
    one = Rectification.objects.get()
    assert (one.area, one.source, one.state) == (ground.town, "考核", "待整改")
    assert one.due_on == clock.today() + datetime.timedelta(days=60)
    assert "计划退出 9 人，已退出 4 人" in one.problem and "没有完成（连续 2 年）：" in one.problem
    for who in ("district", "leader", "town"):
        assert one.problem[:12] in signed_in(who).get("/villages/rectifications/").content.decode()
    assert signed_in("other_town_user").get("/villages/rectifications/").context["page"].total == 0


def test_the_first_missed_year_is_not_called_the_second(assessed, ground, cast):
    assessed(ground.town, 2015, settled=True, missed=True)
    assessed(ground.town, missed=True)
    TownAssessment.settle(
        TownAssessment.objects.filter(year=2017), document="1号", by=cast["leader"], at=clock.moment()
    )
    assert "连续" not in Rectification.objects.get().problem


def test_the_workbench_counts_towns_until_the_talk_and_the_change_are_recorded(assessed, ground, signed_in):
    """R309: for the district and the leading group, the same towns as the page of assessments marks."""
    first = assessed(ground.town, 2017, settled=True, missed=True)
    assessed(ground.town, 2016, settled=True, missed=True)
    other = assessed(ground.other_town, 2017, settled=True, missed=True)

    def counted() -> int:
        lines = [
            {door.word: door.count for door in signed_in(who).get("/").context["doors"]}["约谈和提请调整"]
            for who in ("district", "leader")
        ]
        marked = {
            key
            for key, steps in settling.follow_ups([first, other]).items()
            if any(step.event is None and step.kind != EventKind.PRAISE for step in steps)
        }
        found = settling.waiting(TownAssessment.objects.all(), TODAY)
        assert set(found.values_list("pk", flat=True)) == marked and lines == [len(marked)] * 2
        return lines[0]

    assert counted() == 2
    happened(ground.other_town, EventKind.TALK, datetime.date(2018, 1, 9))
    happened(ground.town, EventKind.TALK, datetime.date(2018, 1, 9))
    assert counted() == 1
    happened(ground.town, EventKind.ESCALATION, datetime.date(2018, 1, 10))
    assert counted() == 0


def test_what_is_not_settled_asks_for_nothing(assessed, ground):
    assert settling.follow_ups([assessed(ground.town, missed=True)]) == {}


def test_an_early_finisher_keeps_its_policies_for_a_time_and_is_praised(assessed, ground, settings):
    settings.ASSESSMENT_KEEP_YEARS = 3
    row = assessed(ground.town, 2017, settled=True, early=True)
    assert row.keeps_until == 2020
    assert [step.kind for step in settling.follow_ups([row])[row.pk]] == [EventKind.PRAISE]
    assert assessed(ground.other_town).keeps_until is None


def test_who_drew_it_up_does_not_settle_it(assessed, ground, cast):
    assessed(ground.town)
    with pytest.raises(PermissionDenied):
        TownAssessment.settle(
            TownAssessment.objects.all(), document="1号", by=cast["district"], at=clock.moment()
        )


def test_drawing_again_keeps_the_veto_and_takes_the_new_run(kept, assessed, ground, cast):
    row = assessed(ground.town)
    row.veto(vetoed=True, reason="演示")
    TownAssessment.draw(kept, settling.facts(kept), by=cast["district"], at=clock.moment())
    assert TownAssessment.objects.get(area=ground.town).veto_reason == "演示"
    assert TownAssessment.objects.count() == 2


def test_what_of_the_year_is_due_is_said_until_it_is_there(assessed, ground):
    """月调度 of October, 季总结 of the third quarter and its table, 年底考核 of 2017, asked on 20 November 2018."""
    words = [word for word, _ in settling.due(ground.county, TODAY)]
    assert words == ["10月的月调度", "3季度的季总结", "3季度的季总结表", "2017年的年底考核"]
    happened(ground.county, EventKind.MONTH, datetime.date(2018, 9, 30))
    assert len(settling.due(ground.county, TODAY)) == 4
    happened(ground.county, EventKind.MONTH, datetime.date(2018, 11, 2))
    happened(ground.county, EventKind.QUARTER, datetime.date(2018, 10, 8))
    assessed(ground.town, settled=True)
    assert [word for word, _ in settling.due(ground.county, TODAY)] == ["3季度的季总结表"]


def test_a_schedule_makes_the_quarter_s_table_once_and_nothing_is_due(
    assessed, ground, cast, office_day, make_household
):
    make_household().leave_poverty(**at("2018-08-10"))
    office_day(datetime.date(2018, 9, 1))
    schedule = ReportSchedule.objects.create(
        kind="quarterly", area=ground.county, rhythm="quarter", since=datetime.date(2018, 7, 1),
        owner=cast["district"], set_at=clock.moment(),
    )  # fmt: skip
    office_day(TODAY)
    for _ in range(3):
        take_up_due(schedule)
    for job in Job.objects.filter(kind="report-due"):
        run_job(str(job.pk))
    run = ReportRun.objects.get(kind="quarterly")
    assert (run.area, run.as_of, run.period.schedule) == (ground.county, datetime.date(2018, 9, 30), schedule)
    assert "3季度的季总结表" not in [word for word, _ in settling.due(ground.county, TODAY)]


def test_a_run_of_another_kind_or_elsewhere_is_refused(kept, ground, signed_in):
    other = run_now("report", params=parameters("exit-tally", ground.county, 2017, TODAY)).result["run"]
    for run in (other, "nonsense", ""):
        assert signed_in("district").post(f"{PAGE}draw/", {"run": run}).status_code == 422
    assert not TownAssessment.objects.exists()


def test_cases_of_misuse_stand_beside_the_veto(assessed, ground, signed_in):
    assessed(ground.town)
    happened(ground.village, EventKind.BLAME, datetime.date(2017, 5, 2))
    happened(ground.other_village, EventKind.BLAME, datetime.date(2017, 5, 2))
    happened(ground.village, EventKind.BLAME, datetime.date(2018, 5, 2))
    rows = signed_in("leader").get(f"{PAGE}?year=2017").context["rows"]
    assert [row.cases for row in rows] == [1]


def test_letters_are_drawn_up_from_the_plan_for_whoever_has_none(signed_in, ground, cast):
    """区—镇街 and 镇街—村, and 镇街—第一书记 where one is posted (R257, R264)."""
    facts = {"year": 2018, "kind": "household-exit", "source": "手工", "recorded_at": clock.moment()}
    YearlyTarget.objects.create(area=ground.village, households=3, persons=7, **facts)
    Post.objects.create(
        area=ground.village,
        kind="第一书记",
        name="演示甲",
        unit="演示局",
        start_on=datetime.date(2018, 3, 1),
        recorded_at=clock.moment(),
    )
    town = signed_in("town")
    assert "按规划拟定" in town.get("/villages/letters/missing/").content.decode()
    assert town.post("/villages/letters/draw/").status_code == 303
    letters = {(one.tier, one.area): one for one in Letter.objects.all()}
    assert len(letters) == 4  # the town, its two villages, the first secretary
    one = letters["镇街—第一书记", ground.village]
    assert (one.taker, one.post.name, one.target_persons) == ("演示甲", "演示甲", 7)
    assert letters["镇街—村", ground.sibling_village].target_persons is None
    assert town.post("/villages/letters/draw/").status_code == 409
    assert Letter.objects.filter(state="已签订").count() == 0
