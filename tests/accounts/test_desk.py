"""The top bar: only words that the duties open and that exist, the current one marked."""

import pytest

from accounts import context
from accounts.roles import Capability, Role

BUSINESS = ["工作台", "贫困户", "村", "帮扶措施", "审核", "疑点", "滚动规划", "报表"]


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("district", BUSINESS),
        ("village", BUSINESS),
        ("helper", ["工作台", "贫困户", "村", "帮扶措施", "审核", "疑点"]),
        ("department", ["工作台", "项目", "审核", "政策", "任务"]),
        ("auditor", ["工作台", "政策", "操作日志", "任务"]),
        ("security", ["工作台", "政策", "用户", "任务"]),
        ("admin", ["工作台", "政策", "系统状态", "任务"]),
        ("outsider", ["工作台", "政策", "任务"]),
    ],
)
def test_the_words_follow_the_role(signed_in, role, words):
    desk = signed_in(role).get("/").context
    assert [word for word, _, _ in desk["nav"]] == words
    assert [word for word, _, current in desk["nav"] if current] == ["工作台"]


@pytest.mark.parametrize(
    ("page", "word"),
    [("/visits/", "贫困户"), ("/society/", "帮扶措施"), ("/projects/", "帮扶措施"), ("/dashboards/", "报表")],
)
def test_a_page_further_in_marks_the_word_that_leads_to_it(signed_in, page, word):
    desk = signed_in("district").get(page).context
    assert [one.word for one in desk["nav"] if one.current] == [word]


@pytest.mark.parametrize("role", Role)
def test_nobody_has_more_than_nine_words(signed_in, role):
    assert len(signed_in(role).get("/").context["nav"]) <= 9


@pytest.mark.parametrize(
    ("page", "to"),
    [
        ("/households/", "/imports/"),
        ("/households/", "/duplicates/"),
        ("/findings/", "/duplicates/"),
        ("/measures/", "/policies/"),
        ("/", "/jobs/"),
    ],
)
def test_what_is_not_in_the_bar_is_one_page_further(signed_in, page, to):
    assert f'href="{to}"' in signed_in("district").get(page).content.decode()


def test_a_word_without_a_page_is_left_out(signed_in, monkeypatch):
    monkeypatch.setattr(
        context, "WORDS", [context.Entrance("督办", "nowhere:list", Capability.REGISTER_VIEW), *context.WORDS]
    )
    assert "督办" not in signed_in("district").get("/jobs/").content.decode()


def test_the_bar_says_who_and_where(signed_in, cast, ground):
    desk = signed_in("town").get("/jobs/").context
    assert desk["who"] == "演示town　镇街经办"
    assert desk["desk_area"] == ground.town


def test_who_is_not_signed_in_sees_no_word(client, db):
    desk = client.get("/accounts/login/").context
    assert desk["nav"] == [] and desk["who"] == ""
