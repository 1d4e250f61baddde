"""Measures: planned, delivered or cancelled; seen by area; entered singly and as a whole list."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from measures.models import Measure, Policy, State, Taken
from measures.proposals import propose, rates
from office.models import TrailRow

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
GOOD = {
    "delivered_on": "2018-11-10",
    "amount": "360",
    "payer": "演示区民政局",
    "voucher": "2018-001",
    "note": "",
}


@pytest.fixture
def home(make_household):
    return make_household(persons=3)


@pytest.fixture
def old_person(home):
    person = home.persons.get(relation="配偶")
    type(person).objects.filter(pk=person.pk).update(birth_date=datetime.date(1935, 1, 1))
    person.refresh_from_db()
    return person


@pytest.fixture
def planned(home):
    return plan("PV-INCOME", household=home, amount=Decimal(3000))


def plan(code: str, **facts) -> Measure:
    return Measure.plan(Policy.objects.get(code=code), **{"year": 2018, "on": DAY, "by": None, **facts})


def pk_of(code: str) -> int:
    return Policy.objects.get(code=code).pk


def test_a_plan_works_its_amount_out_and_shows_how(signed_in, old_person, home):
    client = signed_in("village")
    form = {"policy": pk_of("AGE-80"), "person": old_person.pk, "year": 2018}
    answer = client.post(f"/households/{home.number}/measures/new/", form)
    measure = Measure.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/measures/{measure.pk}/")
    assert (measure.amount, measure.unit, measure.state) == (Decimal(360), "元", State.PLANNED)
    assert "30元×12个月＝360元" in client.get(answer["Location"]).content.decode()
    assert TrailRow.objects.get(action="计划措施").detail["政策"] == "AGE-80"
    assert measure.history.get().history_user.username == "village"


def test_the_same_plan_twice_is_one(signed_in, home):
    client, form = signed_in("village"), {"policy": pk_of("POWER-FREE"), "year": 2018}
    address = f"/households/{home.number}/measures/new/"
    assert client.post(address, form).status_code == 303
    again = client.post(address, form)
    assert again.status_code == 409 and "已经列入计划" in again.content.decode()
    measure = Measure.objects.get()
    assert (measure.amount, measure.unit) == (180, "度")


def test_temporary_aid_takes_size_and_months(signed_in, home):
    form = {"policy": pk_of("TEMP-AID"), "year": 2018, "months": 2}
    signed_in("town").post(f"/households/{home.number}/measures/new/", form)
    assert Measure.objects.get().amount == Decimal("1950.00")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"policy": ""}, "请选一项政策"),
        ({"policy": "LINE"}, "不能列入计划"),
        ({"person": ""}, "请选享受人"),
        ({"person": "999999"}, "不是本户的在册成员"),
        ({"year": "2013"}, "年度不能早于"),
        ({"year": "明年"}, "四位数字"),
        ({"year": "2030"}, "年度应在"),
        ({"amount": "1e308"}, "数额"),
        ({"amount": "-1"}, "数额不能小于 0"),
        ({"months": "13"}, "1 到 12"),
    ],
)
def test_a_bad_plan_is_refused_and_kept(signed_in, home, old_person, change, message):
    form = {"policy": pk_of("AGE-80"), "person": old_person.pk, "year": 2018, "note": "演示备注", **change}
    answer = signed_in("village").post(f"/households/{home.number}/measures/new/", form)
    assert answer.status_code == 422
    assert message in answer.content.decode() and "演示备注" in answer.content.decode()
    assert not Measure.objects.exists()


def test_who_is_too_young_for_a_standard_is_told(signed_in, home, old_person):
    head = home.persons.get(relation="户主")
    form = {"policy": pk_of("AGE-80"), "person": head.pk, "year": 2018}
    answer = signed_in("village").post(f"/households/{home.number}/measures/new/", form)
    assert answer.status_code == 422 and "周岁不到高龄补贴的年龄" in answer.content.decode()


def test_a_village_gets_a_measure_of_its_own(signed_in, ground, cast):
    form = {"policy": pk_of("ROAD-THROUGH"), "year": 2018, "amount": "80000"}
    address = f"/villages/{ground.village.code}/measures/new/"
    assert signed_in("town").post(address, form).status_code == 303
    measure = Measure.objects.get()
    assert (measure.village, measure.household, measure.place) == (ground.village, None, ground.village)
    for name, sees in (("village", 1), ("town", 1), ("other_town_user", 0), ("outsider", 0)):
        assert Measure.objects.visible_to(cast[name]).count() == sees, name


def test_delivery_has_day_amount_payer_and_voucher(signed_in, planned):
    client = signed_in("town")
    assert client.post(f"/measures/{planned.pk}/deliver/", GOOD).status_code == 303
    planned.refresh_from_db()
    assert (planned.state, planned.amount, planned.voucher) == (State.DELIVERED, 360, "2018-001")
    assert planned.closed_by.username == "town"
    assert planned.history.first().state == State.DELIVERED
    assert TrailRow.objects.filter(action="落实措施").count() == 1
    html = client.get(f"/measures/{planned.pk}/").content.decode()
    assert "演示区民政局" in html and "deliver-measure" not in html and "cancel-measure" not in html


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("delivered_on", "2018-11-21", "不能晚于今天"),
        ("delivered_on", "2017-12-31", "不能早于措施的年度"),
        ("delivered_on", "２０１８年", "日期认不出来"),
        ("amount", "", "没有金额的填 0"),
        ("amount", "-5", "数额不能小于 0"),
        ("amount", "三百", "数额是数字"),
        ("amount", "99999999999999", "数额太大"),
        ("payer", "", "请写支付或落实的单位"),
        ("voucher", "9" * 61, "60"),
    ],
)
def test_a_bad_delivery_is_refused_and_kept(signed_in, planned, field, value, message):
    answer = signed_in("town").post(
        f"/measures/{planned.pk}/deliver/", {**GOOD, "note": "演示备注", field: value}
    )
    html = answer.content.decode()
    assert answer.status_code == 422 and message in html and "演示备注" in html
    planned.refresh_from_db()
    assert planned.is_planned


def test_cancelling_needs_a_reason_and_is_final(signed_in, planned):
    client = signed_in("village")
    assert client.post(f"/measures/{planned.pk}/cancel/", {"cancel_reason": " "}).status_code == 422
    assert client.post(f"/measures/{planned.pk}/cancel/", {"cancel_reason": "户主放弃"}).status_code == 303
    for step, form in (("deliver", GOOD), ("cancel", {"cancel_reason": "再取消"})):
        late = client.post(f"/measures/{planned.pk}/{step}/", form)
        assert late.status_code == 409 and "取消" in late.content.decode()
    planned.refresh_from_db()
    assert (planned.state, planned.cancel_reason) == (State.CANCELLED, "户主放弃")


def test_two_tabs_pay_once(planned, cast):
    first, second = (Measure.objects.get(pk=planned.pk) for _ in range(2))
    facts = {"on": DAY, "payer": "演示局", "today": DAY}
    first.deliver(amount=Decimal(1), by=cast["town"], **facts)
    with pytest.raises(Taken, match="演示town"):
        second.deliver(amount=Decimal(2), by=cast["district"], **facts)
    assert Measure.objects.get().amount == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"state": State.DELIVERED},
        {"state": State.CANCELLED},
        {"household": None},
    ],
)
def test_the_database_refuses_half_a_measure(planned, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=planned.pk).update(**broken)


def test_what_is_no_help_cannot_be_planned(home):
    with pytest.raises(ValidationError, match="不是帮扶措施"):
        plan("LINE-PROV-2015", household=home)


def test_a_cancelled_household_and_a_person_gone_get_nothing(home, old_person, signed_in):
    type(old_person).objects.filter(pk=old_person.pk).update(present=False)
    old_person.refresh_from_db()
    with pytest.raises(ValidationError, match="已不在册"):
        plan("AGE-80", person=old_person)
    home.cancel(on=DAY, by=None, removal_reason="全户迁出")
    assert signed_in("village").get(f"/households/{home.number}/measures/new/").status_code == 409


def test_the_measure_follows_its_household(planned, home, ground, cast):
    home.move_to(ground.other_village, on=DAY, by=None)
    seen = {name: Measure.objects.visible_to(cast[name]).count() for name in ("town", "other_town_user")}
    assert seen == {"town": 0, "other_town_user": 1}
    for area, count in ((ground.village, 0), (ground.other_village, 1), (ground.county, 1), (ground.city, 1)):
        assert Measure.objects.in_area(area).count() == count


def test_the_panel_is_a_fragment_for_htmx_and_a_page_without(signed_in, planned, home):
    client, address = signed_in("helper"), f"/households/{home.number}/measures/"
    page, panel = (
        client.get(address).content.decode(),
        client.get(address, headers={"HX-Request": "true"}).content.decode(),
    )
    assert "<html" in page and "<html" not in panel
    assert all('data-total="1"' in html and "光伏扶贫收益" in html for html in (page, panel))
    assert "列入计划</a>" not in panel
    assert f'hx-get="{address}"' in client.get(f"/households/{home.number}/").content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("year=2018", 2),
        ("state=落实", 1),
        ("chapter=产业", 1),
        ("policy=POWER-FREE", 2),
        ("kind_of=个人", 0),
        ("kind_of=全户", 3),
        ("q=没有", 0),
    ],
)
def test_the_list_narrows_and_says_its_total(signed_in, planned, home, query, count):
    plan("POWER-FREE", household=home)
    plan("POWER-FREE", household=home, year=2017)
    planned.deliver(on=DAY, amount=Decimal(3000), payer="演示局", by=None, today=DAY)
    html = signed_in("leader").get(f"/measures/?{query}").content.decode()
    assert f'data-total="{count}"' in html
    assert ("3,000.00 元" in html) == (
        query in ("", "year=2018", "state=落实", "chapter=产业", "kind_of=全户")
    )


def test_the_list_shows_the_own_area_only(signed_in, planned, ground):
    assert 'data-total="0"' in signed_in("other_town_user").get("/measures/").content.decode()
    assert 'data-total="1"' in signed_in("village").get("/measures/").content.decode()
    foreign = signed_in("district").get(f"/measures/?area={ground.foreign_village.code}")
    assert foreign.status_code == 404


def test_of_an_area_itself_is_what_lies_in_none_below_it(signed_in, planned, ground, home):
    client = signed_in("district")
    for area, count in ((ground.town, 0), (home.village, 1)):
        answer = client.get("/measures/", {"area": area.code, "own": "1"})
        assert f'data-total="{count}"' in answer.content.decode(), area


def test_a_whole_list_is_delivered_with_one_voucher(signed_in, make_household):
    for place in range(5):
        plan("PV-INCOME", household=make_household(), amount=Decimal(3000 + place))
    client, form = signed_in("town"), {"delivered_on": "2018-11-15", "payer": "演示公司", "voucher": "整单1"}
    address = "/measures/whole/PV-INCOME/2018/"
    assert "5 项，合计 15,010.00 元" in client.get(address).content.decode()
    answer = client.post(address, {**form, "expected": 5})
    assert answer.status_code == 303
    rows = Measure.objects.all()
    assert {(row.state, row.voucher, row.closed_by.username) for row in rows} == {("落实", "整单1", "town")}
    assert sum(row.amount for row in rows) == 15_010
    assert all(row.history.count() == 2 for row in rows)
    (trail,) = TrailRow.objects.filter(action="整单落实措施")
    assert trail.detail["项数"] == 5 and trail.detail["合计"] == "15,010.00 元" and trail.detail["校验码"]
    assert client.post(address, {**form, "expected": 5}).status_code == 409


def test_a_whole_list_is_summed_by_unit(signed_in, make_household):
    plan("PV-INCOME", household=make_household(), amount=Decimal(3000))
    kind = plan("PV-INCOME", household=make_household(), amount=Decimal(2))
    Measure.objects.filter(pk=kind.pk).update(unit="袋")
    html = signed_in("town").get("/measures/whole/PV-INCOME/2018/").content.decode()
    assert "2 项，合计 3,000.00 元、2.00 袋" in html


def test_a_list_that_grew_meanwhile_is_not_delivered_unseen(signed_in, make_household):
    for _ in range(2):
        plan("PV-INCOME", household=make_household(), amount=Decimal(3000))
    form = {"delivered_on": "2018-11-15", "payer": "演示公司", "voucher": "整单1", "expected": 1}
    answer = signed_in("town").post("/measures/whole/PV-INCOME/2018/", form)
    html = answer.content.decode()
    assert answer.status_code == 409 and "现在是 2 项，不是 1 项" in html and "整单1" in html
    assert not Measure.objects.delivered().exists()


def test_a_whole_list_keeps_to_the_own_area(signed_in, make_household, ground):
    for village in (ground.village, ground.other_village):
        plan("PV-INCOME", household=make_household(village=village), amount=Decimal(3000))
    form = {"delivered_on": "2018-11-15", "payer": "演示公司", "voucher": "整单1", "expected": 1}
    assert signed_in("town").post("/measures/whole/PV-INCOME/2018/", form).status_code == 303
    assert Measure.objects.delivered().get().place == ground.village


def test_every_policy_with_a_sum_proposes_it_from_the_catalogue(db):
    known = rates(DAY)
    assert propose(Policy.objects.get(code="EDU-PRE"), known).value == 1200
    assert propose(Policy.objects.get(code="DIS-LIVE"), known).working == "80元×12个月＝960元"
    assert propose(Policy.objects.get(code="HOUSE-REBUILD"), known).value == 25_000
    assert propose(Policy.objects.get(code="AGE-100"), known, age=103).value == 5160
    assert propose(Policy.objects.get(code="PENSION-PAID"), known) is None
