"""What the workbench and `/audits/doubtful/` tell somebody of the audits, and that a desk without any stays whole."""

import datetime

import pytest

from accounts.roles import Role
from audits import desk
from audits.models import AuditList

DAY = datetime.date(2018, 11, 20)


@pytest.fixture(autouse=True)
def _own_cache(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def told(user, on=DAY):
    return {task.what: (task.count, task.which) for task in desk.tasks(user, on)}


def test_lists_wait_by_kind_with_their_size_and_the_longest(opened, cast):
    opened("household-exit", count=3)
    AuditList.objects.update(stage="approval", stage_since=DAY - datetime.timedelta(days=4))
    assert told(cast["approver"])["待我办理　贫困户退出"] == (1, "3 户 6 人，最长已等 4 天：演示东村（审核）")
    assert told(cast["approver"])["待我办理　危房改造"] == (0, "没有待办的危房改造名单。")
    assert "待我办理　危房改造" not in told(cast["helper"])


def test_notices_about_to_end_and_open_objections_are_told(opened, driver, cast):
    audit_list = opened("household-exit")
    on = driver.reach(audit_list, "village-notice")
    driver.post(audit_list, on)
    last = on + datetime.timedelta(days=7)
    assert told(cast["town"], on)["公示公告将满"] == (0, "在公示公告的 1 榜，今明两天没有期满的。")
    assert told(cast["town"], last)["公示公告将满"] == (1, "演示东村公示（今天 24:00）；在公示公告的共 1 榜")
    audit_list.object_to("收入不实", by=cast["village"], on=on, entry=audit_list.entries.get())
    assert told(cast["town"], on)["异议未办结"][0] == 1


def test_overdue_lists_are_told_with_their_day(opened, cast):
    opened("household-exit")
    AuditList.objects.update(due_on=DAY - datetime.timedelta(days=1))
    assert told(cast["village"])["名单超期"] == (1, "演示东村贫困户退出（小组提报，应于11月19日）")


def test_doubts_are_counted_by_reason_and_open_their_households(opened, eligible, driver, cast, signed_in):
    driver.open(
        "household-exit",
        eligible(),
        eligible(survey={"water_safe": False}),
        eligible(survey={"water_safe": False}),
        eligible(income=3000),
    )
    AuditList.objects.update(stage="approval")
    count, which = told(cast["approver"])["存疑待下结论"]
    assert count == 3 and which.count("；") == 1 and "饮水" in which and which.split("；")[0].endswith("2")
    answer = signed_in("approver").get("/audits/doubtful/")
    assert answer.context["total"] == 3
    assert f'href="/audits/{AuditList.objects.get().pk}/entries/' in answer.content.decode()


@pytest.mark.parametrize("role", [*Role, "outsider"])
def test_every_desk_opens(signed_in, opened, role):
    opened("household-exit")
    assert signed_in(role).get("/").status_code == 200
