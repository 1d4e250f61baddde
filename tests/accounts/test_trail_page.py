"""The audit administrator reads the trail: filters, pages, seal; nobody else does."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from office import trail
from office.models import TrailRow


@pytest.fixture
def read(signed_in):
    client = signed_in("auditor")

    def get(**query: str):
        return client.get(reverse("accounts:trail"), query)

    return get


def total(answer) -> int:
    return answer.context["page"].total


def test_filters_by_day_person_and_action(read, cast):
    trail.record("修改密码", actor=cast["town"])
    trail.record("登录", actor=cast["village"])
    today = timezone.localdate()
    assert total(read()) == 2
    assert total(read(person="演示town")) == total(read(person="town")) == total(read(action="密码")) == 1
    assert total(read(day=today.isoformat())) == 2
    assert total(read(day=(today - datetime.timedelta(days=1)).isoformat())) == 0


def test_a_day_that_is_none_is_refused(read):
    assert read(day="2018-02-30").status_code == 422


def test_pages_go_on_by_key(read, cast):
    for n in range(60):
        trail.record(f"操作{n}", actor=cast["town"])
    first = read()
    assert len(first.context["page"].rows) == 50 and 'data-total="60"' in first.content.decode()
    second = read(after=first.context["page"].next_url.split("after=")[1])
    assert [row.action for row in second.context["page"].rows] == [f"操作{n}" for n in range(9, -1, -1)]


def test_the_seal_is_shown(read, cast):
    trail.record("登录", actor=cast["town"])
    assert "待封存 1 条" in read().content.decode()
    trail.seal()
    assert "全部已封存" in read().content.decode()


def test_rows_of_another_county_are_not_seen(read, cast, ground):
    trail.record("登录", actor=cast["outsider"], area=ground.foreign_village)
    trail.record("登录", actor=cast["town"], area=ground.village)
    assert [row.area for row in read().context["page"].rows] == [ground.village]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDITOR])
def test_nobody_else_reads_it(signed_in, role):
    answer = signed_in(role).get(reverse("accounts:trail"))
    assert answer.status_code == 403 and "当前任职不能查看操作日志" in answer.content.decode()


def test_reading_changes_no_row(read, cast):
    trail.record("登录", actor=cast["town"])
    before = list(TrailRow.objects.values())
    read()
    assert list(TrailRow.objects.values()) == before


def test_what_was_done_is_said_in_words_whatever_was_kept(read, cast):
    kept = {"项目": ["面积", "等级"], "须另一人同意": True, "改动": {"户主": "甲"}, "原因": None}
    trail.record("登记", actor=cast["town"], detail=kept)
    text = read().content.decode()
    for words in ("项目 面积，等级", "须另一人同意 是", "改动 户主 甲"):
        assert words in text
    assert "[" not in text.partition("项目 ")[2][:200] and "None" not in text
