"""What is typed on the pages of projects and their money: refused in plain words, nothing lost, nothing twice."""

from decimal import Decimal

import pytest

from measures.models import FundEntry, Project
from tests.measures.project_world import TYPED, at_works, enter, hidden, page, source, taken

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("plan_money", "1e308", "金额是数字"),
        ("plan_money", "9" * 308, "金额太大"),
        ("plan_money", "NaN", "金额是数字"),
        ("plan_money", "Infinity", "金额是数字"),
        ("plan_money", "12.345", "精确到分"),
        ("plan_money", "-5", "不能小于 0"),
        ("plan_money", "０", "要大于 0"),
        ("plan_money", "一百万", "金额是数字"),
        ("plan_money", "", "请填金额"),
        ("work_amount", "1e308", "工程量"),
        ("start_on", "2018-02-29", "日期认不出来"),
        ("due_on", "2018-03-01", "不能早于计划开工"),
        ("year", "18", "年度不能早于"),
        ("year", "2031", "年度不能晚于"),
        ("area", "999999", "没有这个地点"),
        ("area", "", "请选地点"),
        ("chapter", "修路", "没有“修路”这一项"),
        ("helped_persons", "３", "不能少于户数"),
        ("helped_households", "-1", "整数"),
        ("name", "长" * 81, "最多 80 个字"),
        ("leader", "", "请填质量责任人"),
    ],
)
def test_a_field_says_what_is_wrong_and_nothing_is_lost(ground, signed_in, field, typed, message):
    answer = signed_in("town").post("/projects/new/", {**TYPED, "area": ground.village.pk, field: typed})
    text = page(answer)
    assert answer.status_code == 422 and message in text
    kept = "owner_unit" if field == "leader" else "leader"
    assert TYPED[kept] in text
    assert not Project.objects.exists()


def test_a_place_outside_the_own_town_is_no_choice(ground, signed_in):
    answer = signed_in("town").post("/projects/new/", {**TYPED, "area": ground.other_village.pk})
    assert answer.status_code == 422 and "没有这个地点" in page(answer)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": "0.001"}, "精确到分"),
        ({"amount": "80000.01"}, "还可以支付 80,000.00 元"),
        ({"on": "2018-11-21"}, "不能晚于今天"),
        ({"on": "昨天"}, "日期认不出来"),
        ({"document": ""}, "请填凭证号"),
        ({"payee": ""}, "请填收款人"),
        ({"payee_account": "12ab"}, "账号是 8 到 30 位数字"),
        ({"fund": "999999"}, "没有分配给本项目"),
        ({"once": "x"}, "请重新打开这一页"),
    ],
)
def test_a_payment_that_cannot_be_says_why(ground, signed_in, change, message):
    project, client = at_works(ground.village), signed_in("district")
    enter("分配", project, source(ground.county), "80000")
    typed = {
        "fund": project.funds.get().pk,
        "amount": "５００",
        "document": "凭证7",
        "payee_kind": "一卡通",
        "payee": "演示户",
        "payee_account": "",
        **change,
    }
    answer = taken(client, project, "pay", **typed)
    assert answer.status_code == 422 and message in page(answer)
    assert not FundEntry.objects.filter(kind="支付").exists()


def test_one_voucher_is_not_paid_twice_to_the_same_payee(ground, signed_in):
    project, client = at_works(ground.village), signed_in("district")
    enter("分配", project, source(ground.county), "80000")
    typed = {
        "fund": project.funds.get().pk,
        "amount": "500",
        "document": "凭证7",
        "payee_kind": "一卡通",
        "payee": "演示户",
    }
    assert taken(client, project, "pay", **typed).status_code == 303
    again = taken(client, project, "pay", **typed)
    assert again.status_code == 422 and "已经登记过支付给这个收款人" in page(again)


def test_the_second_of_two_tabs_is_told_and_the_same_form_twice_is_one(ground, signed_in):
    project, client = at_works(ground.village), signed_in("district")
    enter("分配", project, source(ground.county), "80000")
    address = f"/projects/{project.pk}/pay/"
    one, other = (hidden(page(client.get(address))) for _ in range(2))
    facts = {"fund": project.funds.get().pk, "amount": "500", "payee_kind": "一卡通", "on": "2018-11-20"}
    first = {**facts, **one, "document": "凭证7", "payee": "演示户"}
    assert [client.post(address, first).status_code for _ in range(2)] == [303, 303]
    second = client.post(address, {**facts, **other, "document": "凭证8", "payee": "演示户"})
    assert second.status_code == 409 and "刚刚有人登记过" in page(second)
    assert Project.objects.get().paid == Decimal(500)
