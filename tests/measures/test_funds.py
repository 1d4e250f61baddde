"""Sources, budgets and the yearly rules on their pages."""

import datetime
import uuid
from decimal import Decimal

import pytest

from measures.models import FundEntry, FundSource, ProjectRecord
from office import clock
from office.models import TrailRow
from tests.measures.project_world import at_works, enter, hidden, page, source

pytestmark = pytest.mark.django_db
TYPED = {
    "year": "2018",
    "kind": "整合",
    "name": "整合涉农资金",
    "amount": "1,000,000.00",
    "document": "演示财〔2018〕3号",
    "on": "2018-11-01",
    "basis": "其他涉农资金",
    "pool": "5000000",
    "note": "",
}


def typed(ground, **change) -> dict:
    return {**TYPED, "area": ground.county.pk, "once": str(uuid.uuid4()), **change}


def test_a_source_opens_with_its_budget_and_takes_more(ground, signed_in):
    client = signed_in("district")
    answer = client.post("/projects/sources/new/", typed(ground))
    made = FundSource.objects.get()
    address = f"/projects/sources/{made.pk}/"
    assert (answer.status_code, answer["Location"], made.budget) == (303, address, Decimal(1000000))
    form = hidden(page(client.get(address)))
    more = {**form, "amount": "500.5", "document": "演示财4号", "on": "2018-11-20", "note": "追加"}
    assert client.post(f"{address}budget/", more).status_code == 303
    late = client.post(f"{address}budget/", {**more, "once": str(uuid.uuid4())})
    assert late.status_code == 409 and "刚刚有人登记过" in page(late)
    made.refresh_from_db()
    assert made.budget == Decimal("1000500.50")
    assert 'data-total="2"' in page(client.get(address))


def test_the_same_source_twice_is_refused(ground, signed_in):
    client = signed_in("district")
    assert client.post("/projects/sources/new/", typed(ground)).status_code == 303
    again = client.post("/projects/sources/new/", typed(ground))
    assert again.status_code == 422 and "这一年已有同一来源、同一名称的资金" in page(again)
    assert FundEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": "NaN"}, "金额是数字"),
        ({"amount": "0"}, "要大于 0"),
        ({"pool": ""}, "要一起填"),
        ({"basis": ""}, "要一起填"),
        ({"pool": "999999.99"}, "总额不能少于"),
        ({"on": "2018-11-21"}, "不能晚于今天"),
        ({"kind": "国债"}, "没有“国债”这一项"),
        ({"document": ""}, "请填下达文号"),
    ],
)
def test_a_source_that_cannot_be_says_why(ground, signed_in, change, message):
    answer = signed_in("district").post("/projects/sources/new/", typed(ground, **change))
    assert answer.status_code == 422 and message in page(answer) and "整合涉农资金" in page(answer)
    assert not FundSource.objects.exists()


def test_a_county_elsewhere_is_no_choice(ground, signed_in):
    answer = signed_in("district").post("/projects/sources/new/", typed(ground, area=ground.other_county.pk))
    assert answer.status_code == 422 and "没有这个地点" in page(answer)


@pytest.mark.parametrize(
    ("basis", "pool", "said"),
    [
        ("其他涉农资金", "400000", "用于扶贫 20.0%，达到 20%"),
        ("其他涉农资金", "400000.01", "用于扶贫 20.0%，没有达到 20%"),
        ("增减挂钩收益", "80000", "用于扶贫 100.0%，达到 100%"),
        ("增减挂钩收益", "80000.01", "没有达到 100%"),
        ("彩票公益金", "160000", "用于扶贫 50.0%"),
    ],
)
def test_a_part_of_a_pot_is_held_against_the_catalogue(ground, signed_in, basis, pool, said):
    made = source(ground.county, "80000", basis=basis, pool=Decimal(pool))
    client = signed_in("leader")
    for address in (f"/projects/sources/{made.pk}/", "/projects/sources/?year=2018"):
        shown = page(client.get(address))
        assert said in shown and ("没有达到" in shown) == ("没有达到" in said)


def test_growth_is_compared_with_the_revenue_that_the_district_entered(ground, signed_in):
    source(ground.county, "100000", year=2017, kind="区", name="区级资金")
    source(ground.county, "108000", year=2018, kind="中央", name="中央资金")
    source(ground.county, "900000", year=2018, kind="社会", name="捐助")
    client, address = signed_in("district"), f"/projects/growth/{ground.county.code}/2018/"
    assert "还没有填地方财政收入增幅" in page(client.get("/projects/sources/?year=2018"))
    for growth, word in (("8", "没有高于"), ("７.99", "高于")):
        assert client.post(address, {"revenue_growth": growth, "source": "演示统计"}).status_code == 303
        shown = page(client.get("/projects/sources/?year=2018"))
        assert f"增长 8.0%，{word}地方财政收入增幅" in shown
    told = TrailRow.objects.filter(action="登记财政收入增幅").order_by("-pk").values_list("detail", flat=True)
    assert told[0]["原来"] == {"增幅": "8.00", "出处": "演示统计"} and told[1]["原来"] == "没有"
    for wrong in ("", "abc", "1e9", "NaN", "1.234"):
        assert client.post(address, {"revenue_growth": wrong, "source": "演示"}).status_code == 422
    assert client.get(f"/projects/growth/{ground.county.code}/1900/").status_code == 404


def test_a_source_shows_what_it_gave_and_what_is_left(ground, signed_in):
    project, central = at_works(ground.village), source(ground.county, "80000")
    enter("分配", project, central, "50000")
    enter("支付", project, central, "20000.01")
    shown = page(signed_in("district").get(f"/projects/sources/{central.pk}/"))
    for figure in ("80,000.00", "50,000.00", "30,000.00", "20,000.01", "29,999.99"):
        assert figure in shown
    assert signed_in("town").get(f"/projects/sources/{central.pk}/").status_code == 404


def test_last_years_reviews_stand_beside_this_years_money(ground, signed_in):
    facts = {"kind": "绩效评价", "unit": "演示", "text": "演示", "recorded_at": clock.moment()}
    project = at_works(ground.village)
    for grade in ("优", "优", "良"):
        ProjectRecord.objects.create(project=project, on=datetime.date(2017, 12, 1), grade=grade, **facts)
    html = page(signed_in("district").get("/projects/sources/?year=2018"))
    assert "优 2、良 1" in html and "倾斜" in html and ground.town.name in html
    assert "倾斜" not in page(signed_in("district").get("/projects/sources/?year=2017"))
    assert "倾斜" not in page(signed_in("other_town_user").get("/projects/sources/?year=2018"))
