"""Help by society: one record for all kinds, a need met and done, whom it helps, its sums, its file."""

import datetime
import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from measures.models import Beneficiary, HelpKind, HelpState, SocialHelp
from office.models import TrailRow

pytestmark = pytest.mark.django_db
SOCIETY = "/society/"
DAY = datetime.date(2018, 11, 20)


def typed(place, **fields) -> dict:
    base = {
        "kind": "企业结对",
        "title": "演示公司结对演示东村",
        "area": place.code,
        "giver": "演示公司",
        "giver_kind": "企业",
        "receiver": "演示东村",
        "start_on": "2018-03-01",
        "end_on": "",
        "amount": "5000",
        "goods": "",
        "people": "12",
        "note": "",
        "seen": "0",
    }
    return {**base, **fields}


@pytest.fixture
def enter(signed_in, ground):
    def post(who="district", area=None, **fields) -> SocialHelp:
        answer = signed_in(who).post(f"{SOCIETY}new/", typed(area or ground.village, **fields))
        assert answer.status_code == 303, answer.content.decode()
        return SocialHelp.objects.latest("pk")

    return post


@pytest.mark.parametrize("kind", HelpKind.values)
def test_every_kind_is_entered_and_found_again(enter, signed_in, kind):
    made = enter(kind=kind, title=f"演示{kind}")
    page = signed_in("village").get(f"{SOCIETY}?kind={kind}&year=2018").content.decode()
    assert made.title in page and 'data-total="1"' in page
    assert (made.state, made.amount, made.people) == (HelpState.RUNNING, Decimal(5000), 12)


def test_a_need_waits_is_met_and_done(enter, signed_in, ground):
    made, client = enter(giver="", giver_kind="", amount="", title="需要轮椅两辆"), signed_in("town")
    assert made.state == HelpState.WANTED
    assert "需要轮椅两辆" in client.get(f"{SOCIETY}?state=待对接").content.decode()
    assert client.post(f"{SOCIETY}{made.pk}/finish/").status_code == 409
    met = typed(
        ground.village, title="需要轮椅两辆", giver="演示慈善会", giver_kind="社会组织", seen=made.version
    )
    assert client.post(f"{SOCIETY}{made.pk}/edit/", met).status_code == 303
    made.refresh_from_db()
    assert made.state == HelpState.RUNNING
    assert client.post(f"{SOCIETY}{made.pk}/finish/").status_code == 303
    made.refresh_from_db()
    assert (made.state, made.end_on) == (HelpState.DONE, DAY)
    assert client.post(f"{SOCIETY}{made.pk}/finish/").status_code == 409
    assert client.post(f"{SOCIETY}{made.pk}/edit/", met).status_code == 409
    assert [row.state for row in made.history.order_by("history_date", "history_id")] == [
        "待对接",
        "进行中",
        "已完成",
    ]
    actions = set(TrailRow.objects.values_list("action", flat=True))
    assert {"登记社会帮扶", "修改社会帮扶", "办结社会帮扶"} <= actions


def test_who_was_not_first_is_told(enter, signed_in, ground):
    made = enter()
    again = typed(ground.village, title="改过的事项", seen=made.version)
    assert signed_in("town").post(f"{SOCIETY}{made.pk}/edit/", again).status_code == 303
    late = signed_in("district").post(f"{SOCIETY}{made.pk}/edit/", typed(ground.village, seen=made.version))
    assert late.status_code == 409 and "已由别人修改" in late.content.decode()
    assert SocialHelp.objects.get().title == "改过的事项"


def test_cancelling_needs_a_reason_and_happens_once(enter, signed_in):
    made, client = enter(), signed_in("town")
    assert client.post(f"{SOCIETY}{made.pk}/cancel/", {"state_reason": ""}).status_code == 422
    assert client.post(f"{SOCIETY}{made.pk}/cancel/", {"state_reason": "重复登记"}).status_code == 303
    assert client.post(f"{SOCIETY}{made.pk}/cancel/", {"state_reason": "重复登记"}).status_code == 409
    assert SocialHelp.objects.get().state == HelpState.CANCELLED


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": ""}, "请写事项"),
        ({"kind": "赠送"}, "赠送"),
        ({"amount": "-1"}, "不能小于 0"),
        ({"amount": "1e308"}, "金额"),
        ({"amount": "三百"}, "金额是数字"),
        ({"amount": "1.005"}, "两位小数"),
        ({"people": "-3"}, "人数"),
        ({"start_on": "2018-02-30"}, "日期认不出来"),
        ({"end_on": "2018-02-01"}, "截止日期不能早于开始日期"),
        ({"giver_kind": ""}, "请选帮扶方是哪一类"),
        ({"to_fund": "on", "amount": ""}, "进入扶贫专户的要有金额"),
        ({"area": "370406101201"}, "不在当前任职的范围内"),
    ],
)
def test_bad_input_is_refused_in_plain_words_and_kept(signed_in, ground, fields, why):
    answer = signed_in("district").post(
        f"{SOCIETY}new/", typed(ground.village, receiver="留着的字", **fields)
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and why in page and "留着的字" in page
    assert not SocialHelp.objects.exists()


def test_a_number_written_into_words_is_masked(enter):
    made = enter(title="帮990405195006150012的家", note="卡号6228489904057391046")
    assert "990405195006150012" not in made.title and "6228489904057391046" not in made.note


def test_a_town_enters_nothing_above_itself(signed_in, ground):
    for area in (ground.county, ground.other_village):
        assert signed_in("town").post(f"{SOCIETY}new/", typed(area)).status_code == 422
    assert signed_in("village").post(f"{SOCIETY}new/", typed(ground.village)).status_code == 403


def test_beneficiaries_are_villages_households_and_persons(enter, signed_in, make_household, ground):
    made, home, client = enter(), make_household(), signed_in("district")
    add = f"{SOCIETY}{made.pk}/beneficiaries/"
    member = home.persons.exclude(pk=home.head.pk).get()
    for asked in (
        {"village": ground.other_village.code},
        {"household": home.number},
        {"household": home.number, "person": member.name},
    ):
        assert client.post(add, asked).status_code == 303
        assert client.post(add, asked).status_code == 409
    assert made.beneficiaries.count() == 3
    page = client.get(f"{SOCIETY}{made.pk}/").content.decode()
    assert home.number in page and member.name in page and "全村" in page
    assert made.title in client.get(f"/households/{home.number}/measures/").content.decode()
    for asked, why in (
        ({}, "选一个村，或者填一个户编号"),
        ({"household": "999"}, "没有这个户编号"),
        ({"household": home.number, "person": "无此人"}, "没有这个姓名"),
        ({"village": ground.foreign_village.code}, "不在当前任职的范围内"),
    ):
        answer = client.post(add, asked)
        assert answer.status_code == 422 and why in answer.content.decode()
    one = made.beneficiaries.first()
    assert client.post(f"{add}{one.pk}/remove/").status_code == 303
    assert made.beneficiaries.count() == 2


def test_a_household_elsewhere_reads_like_none(enter, signed_in, make_household, ground):
    made, foreign = enter(), make_household(village=ground.foreign_village)
    add, client = f"{SOCIETY}{made.pk}/beneficiaries/", signed_in("district")
    answers = [
        client.post(add, {"household": number}).content.decode() for number in (foreign.number, "0000000000")
    ]
    assert (
        re.sub(foreign.number, "0000000000", answers[0]).count("没有这个户编号")
        == answers[1].count("没有这个户编号")
        == 2
    )


def test_a_village_that_is_helped_sees_the_record_and_only_its_own_part(
    enter, signed_in, ground, make_household
):
    made = enter(area=ground.county, title="全区捐赠")
    assert signed_in("village").get(f"{SOCIETY}{made.pk}/").status_code == 404
    home = make_household(village=ground.other_village)
    Beneficiary.objects.create(social_help=made, village=ground.village)
    Beneficiary.objects.create(social_help=made, village=ground.other_village, household=home)
    page = signed_in("village").get(f"{SOCIETY}{made.pk}/").content.decode()
    assert ground.village.name in page and home.number not in page and 'data-total="1"' in page
    listing = signed_in("village").get(SOCIETY).content.decode()
    assert "全区捐赠" in listing
    assert signed_in("town").post(f"{SOCIETY}{made.pk}/finish/").status_code == 403


def test_sums_by_kind_and_year_open_the_list_they_count(enter, signed_in):
    enter(kind="社会捐赠", amount="1000.50", people="3")
    enter(kind="社会捐赠", amount="200", people="", start_on="2017-05-01")
    enter(kind="志愿服务", amount="", people="40")
    gone = enter(kind="志愿服务", amount="9999")
    gone.cancel(by=None, reason="重复")
    enter(kind="志愿服务", giver="", giver_kind="", amount="7")
    client = signed_in("district")
    answer = client.get(f"{SOCIETY}sums/")
    lines = {line.kind: line for line in answer.context["lines"]}
    assert answer.context["years"] == [2017, 2018]
    assert lines["社会捐赠"].whole[:3] == (2, Decimal("1200.50"), 3)
    assert lines["志愿服务"].whole[:3] == (1, Decimal(0), 40)
    assert answer.context["whole"].whole[:3] == (3, Decimal("1200.50"), 43)
    for line in [*lines.values(), answer.context["whole"]]:
        for count, _, _, address in [*line.years, line.whole]:
            if count:
                assert f'data-total="{count}"' in client.get(address).content.decode(), address


def test_an_honoured_firm_is_public_and_nobody_else(enter, client):
    enter(published="on", amount="300")
    enter(published="on", amount="200", start_on="2017-01-01")
    enter(giver="没有公开的公司", amount="900")
    enter(giver="演示老人", giver_kind="个人", published="on")
    page = client.get("/honours/").content.decode()
    assert "演示公司" in page and "500.00" in page
    assert "没有公开的公司" not in page and "演示老人" not in page


@pytest.mark.parametrize("page", [SOCIETY, "/policies/"])
def test_no_private_number_is_searched_for_in_an_address(signed_in, page):
    answer = signed_in("district").get(page, {"q": "990405195006151234"})
    assert answer.status_code == 422 and "这里不用证件号码" in answer.content.decode()


def test_the_database_keeps_what_the_form_asks(ground):
    for wrong in (
        {"amount": -1, "giver": "演示"},
        {"giver": ""},
        {"giver": "演示", "to_fund": True},
        {"giver": "演示", "end_on": datetime.date(2017, 1, 1)},
        {"giver": "演示", "state": "已取消"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SocialHelp.objects.create(kind="其他", title="演示", area=ground.village, start_on=DAY, **wrong)


def test_pages_take_as_many_statements_for_fifty_rows_as_for_five(ground, signed_in):
    client, counts = signed_in("district"), []
    client.get(SOCIETY)
    for rows in (range(5), range(5, 50)):
        for number in rows:
            made = SocialHelp.objects.create(
                kind="其他", title=f"演示{number}", area=ground.village, start_on=DAY, giver="演示"
            )
            Beneficiary.objects.create(social_help=made, village=ground.village)
        taken = []
        for page in (SOCIETY, f"{SOCIETY}sums/", f"{SOCIETY}{made.pk}/", "/honours/", f"{SOCIETY}fund/"):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(page).status_code == 200
            taken.append(len(seen))
        counts.append(taken)
    assert counts[0] == counts[1] and max(counts[0]) <= 12
