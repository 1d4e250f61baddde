"""公示 and 公告 are counted by whole days of Shanghai on the server's clock (threats G6): over a leap day, at the edge of
midnight, in any zone of the server, an hour fast or slow, and whatever day the browser sends."""

import datetime

import pytest
from django.utils import timezone

from audits.models import AuditList, Notice
from audits.procedures import ListKind
from office.clock import SHANGHAI
from tests.audits.test_list_page import seen
from tests.audits.test_notice_pages import photo, posted

DAY = datetime.date(2018, 10, 8)
A_DAY = datetime.timedelta(days=1)
AN_HOUR = datetime.timedelta(hours=1)
A_SECOND = datetime.timedelta(seconds=1)
FORGED = {"posted_on": "2018-01-01", "ends_on": "2018-01-02", "days": "1", "on": "2030-01-01", "today": "2030-01-01"}  # fmt: skip


@pytest.fixture
def at(monkeypatch, settings):
    """Sets the server's clock; the office's day is the real one."""
    settings.OFFICE_DAY = ""

    def set_clock(instant):
        monkeypatch.setattr(timezone, "now", lambda: instant.astimezone(datetime.UTC))

    return set_clock


def midnight(day):
    """0:00 in Shanghai."""
    return datetime.datetime.combine(day, datetime.time(), SHANGHAI)


@pytest.fixture
def waiting(opened, driver):
    """A list before its 公示, and the first day on which it may be put up."""
    audit_list = opened(ListKind.HOUSEHOLD_EXIT)
    return audit_list, driver.reach(audit_list, "village-notice")


def put_up(signed_in, audit_list, **typed):
    answer = posted(signed_in("village"), audit_list, photo=[photo()], **typed)
    assert answer.status_code == 303, answer.content.decode()[:500]
    audit_list.refresh_from_db()
    return Notice.objects.get(audit_list=audit_list)


def passes(signed_in, audit_list, **typed):
    audit_list.refresh_from_db()
    answer = signed_in("village").post(f"/audits/{audit_list.pk}/pass/", seen(audit_list, **typed))
    assert answer.status_code in (303, 409)
    return answer.status_code == 303


@pytest.mark.parametrize(("beside", "day"), [(-A_SECOND, 0), (A_SECOND, 1)])
def test_put_up_a_second_before_midnight_or_after_it_is_of_that_day(beside, day, waiting, signed_in, at):
    audit_list, first = waiting
    at(midnight(first + A_DAY) + beside)
    notice = put_up(signed_in, audit_list)
    assert notice.posted_on == first + day * A_DAY and notice.ends_on == notice.posted_on + 7 * A_DAY


@pytest.mark.parametrize(("beside", "free"), [(-A_SECOND, False), (A_SECOND, True)])
def test_it_is_over_a_second_after_the_last_midnight_and_not_before(beside, free, waiting, signed_in, at):
    audit_list, first = waiting
    at(midnight(first) + A_SECOND)
    put_up(signed_in, audit_list)
    at(midnight(first + 8 * A_DAY) + beside)
    assert passes(signed_in, audit_list) == free


def test_what_the_browser_says_of_the_day_shortens_nothing(waiting, signed_in, at):
    audit_list, first = waiting
    at(midnight(first) + 12 * AN_HOUR)
    notice = put_up(signed_in, audit_list, **FORGED)
    assert (notice.posted_on, notice.ends_on, notice.days) == (first, first + 7 * A_DAY, 7)
    at(midnight(first + 7 * A_DAY) + 12 * AN_HOUR)
    audit_list.refresh_from_db()
    client = signed_in("village")
    late = {"Date": "Tue, 01 Jan 2030 00:00:00 GMT", "If-Modified-Since": "Tue, 01 Jan 2030 00:00:00 GMT"}
    address = f"/audits/{audit_list.pk}/pass/"
    assert (
        client.post(f"{address}?on=2030-01-01", seen(audit_list, **FORGED), headers=late).status_code == 409
    )
    assert AuditList.objects.get(pk=audit_list.pk).stage == "village-notice"
    at(midnight(first + 8 * A_DAY))
    assert passes(signed_in, audit_list)


@pytest.mark.parametrize("wrong", [-AN_HOUR, AN_HOUR])
def test_a_clock_that_is_an_hour_wrong_moves_the_end_by_an_hour_and_not_by_a_day(
    wrong, waiting, signed_in, at
):
    """Of seven whole days they lack an hour at the most: only the last midnight comes so much too early or late."""
    audit_list, first = waiting
    at(midnight(first) + 12 * AN_HOUR + wrong)
    assert put_up(signed_in, audit_list).ends_on == first + 7 * A_DAY
    over = midnight(first + 8 * A_DAY) - wrong
    at(over - A_SECOND + wrong)
    assert not passes(signed_in, audit_list)
    at(over + wrong)
    assert passes(signed_in, audit_list)


@pytest.mark.parametrize(
    ("posted_on", "stage", "ends_on"),
    [
        (datetime.date(2020, 2, 24), "village-notice", datetime.date(2020, 3, 2)),
        (datetime.date(2019, 2, 24), "village-notice", datetime.date(2019, 3, 3)),
        (datetime.date(2020, 2, 22), "village-notice", datetime.date(2020, 2, 29)),
        (datetime.date(2020, 2, 29), "village-notice", datetime.date(2020, 3, 7)),
        (datetime.date(2020, 2, 26), "announcement", datetime.date(2020, 3, 2)),
        (datetime.date(2019, 2, 26), "announcement", datetime.date(2019, 3, 3)),
    ],
)
def test_a_leap_day_is_a_day(posted_on, stage, ends_on, opened, driver):
    """Seven days of a 公示 and five of a 公告 (纳入), with 29 February among them, at their end, or at their beginning."""
    audit_list = opened(ListKind.ENTRY)
    driver.reach(audit_list, stage)
    AuditList.objects.filter(pk=audit_list.pk).update(stage_since=posted_on)
    audit_list.refresh_from_db()
    driver.post(audit_list, posted_on)
    notice = Notice.objects.get(stage=stage)
    assert notice.ends_on == ends_on and not notice.short()
    assert not notice.over(ends_on) and notice.over(ends_on + A_DAY)
    assert notice.days_left(posted_on) == notice.days + 1 and notice.days_left(ends_on) == 1
