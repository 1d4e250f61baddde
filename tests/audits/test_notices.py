"""Notices: whole days, places, photos, and the columns of the sheet (R039, R043, R269–R271)."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from audits.models import (
    AuditSetting,
    Notice,
)
from audits.procedures import ListKind
from audits.refusals import NotNow
from tests.audits.driver import evening, refused

EXIT = ListKind.HOUSEHOLD_EXIT
DAY = datetime.date(2018, 10, 8)
A_DAY = datetime.timedelta(days=1)


def test_seven_days_are_seven_whole_days(opened, driver, cast):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "village-notice")
    driver.post(audit_list, day)
    notice = Notice.objects.get()
    assert notice.ends_on == day + 7 * A_DAY and not notice.short()
    assert [notice.over(day + n * A_DAY) for n in (6, 7, 8)] == [False, False, True]
    assert [notice.days_left(day + n * A_DAY) for n in (0, 1, 7, 8)] == [8, 7, 1, 0]
    for late, passes in ((7, False), (8, True)):
        if passes:
            audit_list.pass_stage("village-notice", by=cast["village"], on=day + late * A_DAY)
        else:
            refused(
                NotNow,
                lambda late=late: audit_list.pass_stage(
                    "village-notice", by=cast["village"], on=day + late * A_DAY
                ),
                "满期",
            )


def test_a_sheet_shows_four_columns_and_is_never_changed(opened, driver):
    audit_list = opened(EXIT, 2)
    day = driver.reach(audit_list, "village-notice")
    driver.post(audit_list, day)
    notice = Notice.objects.get()
    assert notice.sheet == [[1, "一组", "演示甲", 2], [2, "一组", "演示甲", 2]]
    notice.posted_on -= A_DAY
    with pytest.raises(TypeError):
        notice.save()
    refused(
        NotNow,
        lambda: audit_list.post_notice("village", "公开栏", by=driver.cast["village"], on=day),
        "已经张贴",
    )


@pytest.mark.parametrize(("days", "hung"), [(3, 3), (7, 3), (3, 7)])
def test_a_sheet_that_says_or_hung_too_few_days_does_not_pass(days, hung, opened, driver, cast):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "village-notice")
    driver.post(audit_list, day)
    Notice.objects.update(days=days, ends_on=day + hung * A_DAY)
    refused(
        NotNow,
        lambda: audit_list.pass_stage("village-notice", by=cast["village"], on=day + 30 * A_DAY),
        "满期",
    )


def test_a_notice_without_its_photo_does_not_pass(opened, driver, cast):
    audit_list = opened(EXIT)
    day = driver.reach(audit_list, "village-notice")
    audit_list.post_notice("village", "公开栏", by=cast["village"], on=day)
    refused(
        ValidationError,
        lambda: audit_list.pass_stage("village-notice", by=cast["village"], on=day + 8 * A_DAY),
        "照片",
    )


def test_the_sheet_of_villages_and_of_houses(opened, driver):
    day = driver.reach(villages := opened(ListKind.VILLAGE_EXIT), "village-notice")
    driver.post(villages, day)
    houses = opened(ListKind.RENOVATION)
    driver.post(houses, driver.reach(houses, "first-notice"))
    sheets = {notice.audit_list.kind: notice.sheet for notice in Notice.objects.all()}
    assert sheets["village-exit"] == [[1, "演示东村", "东演示镇"]]
    assert sheets["renovation"] == [[1, "一组", "演示甲", 2, "拆除重建"]]


def test_the_announcement_of_a_village_hangs_at_district_and_town(opened, driver, cast):
    audit_list = opened(ListKind.VILLAGE_EXIT)
    day = driver.reach(audit_list, "announcement")
    audit_list.post_notice("county", "区公告栏", by=cast["district"], on=day)
    refused(
        NotNow,
        lambda: audit_list.pass_stage("announcement", by=cast["district"], on=day + 9 * A_DAY),
        "还没有在镇街张贴",
    )


def test_days_without_a_number_in_the_plan_are_the_countys_and_stay_with_the_list(
    opened, driver, cast, county
):
    at = evening(DAY)

    def setting(value, name="days.first-notice", kind=ListKind.RENOVATION):
        AuditSetting.set(county=county, kind=kind, name=name, value=value, from_on=DAY, by=None, at=at)

    before = opened(ListKind.RENOVATION)
    setting(10)
    after = opened(ListKind.RENOVATION)
    setting(3)
    for audit_list, days in ((before, 7), (after, 10)):
        driver.reach(audit_list, "first-notice")
        assert audit_list.posting_days() == days
    refused(ValidationError, lambda: setting(5, "days.village-notice", EXIT), "由规定确定")
    refused(ValidationError, lambda: setting(0), "不小于1")
    refused(ValidationError, lambda: setting(5, "days.nowhere"), "没有这个设置项")
