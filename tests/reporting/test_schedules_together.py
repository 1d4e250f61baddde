"""Two beats at the same instant, each on a connection of its own, on PostgreSQL and SQLite: one run a period."""

import datetime

import pytest

from office import clock, jobs
from office.models import Job
from reporting.jobs import take_up_due
from reporting.models import ReportSchedule, ScheduleMoved, SchedulePeriod
from tests.households.test_together import office  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
SINCE = datetime.date(2018, 6, 1)
ROUNDS = 5


@pytest.fixture
def schedule(ground, cast, make_household):
    make_household()
    return ReportSchedule.objects.create(
        kind="causes",
        area=ground.county,
        rhythm="month",
        since=SINCE,
        owner=cast["district"],
        set_at=clock.moment(),
    )


def claim():
    return take_up_due(ReportSchedule.objects.select_related("owner", "area__parent__parent").get())


def counted():
    return SchedulePeriod.objects.count(), Job.objects.filter(kind="report-due").count()


def test_claimers_at_once_share_the_periods_without_doubles(schedule, office):  # noqa: F811
    opened = office()
    answers = opened.at_once(*[claim] * 6)
    assert not [one for one in answers if isinstance(one, Exception)]
    assert sum(answers) == 5  # June to October
    assert opened.see(counted) == (5, 5)


def test_two_beats_at_once_are_one(schedule, office):  # noqa: F811
    opened = office()
    assert opened.at_once(jobs.enqueue_due, jobs.enqueue_due) == [None, None]
    assert opened.see(Job.objects.filter(kind="report-schedules").count) == 1


def test_a_pause_is_not_overtaken(schedule, office):  # noqa: F811
    """After the pause has been answered nothing more is taken up."""
    opened = office()

    def pause():
        ReportSchedule.objects.get().pause(at=clock.moment())
        return SchedulePeriod.objects.count()

    after, _ = opened.at_once(pause, claim)
    assert not isinstance(after, Exception | ScheduleMoved)
    assert opened.see(SchedulePeriod.objects.count) == after
    assert opened.see(claim) == 0
