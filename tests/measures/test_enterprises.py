"""Firms, co-operatives and workshops: entered, seen by area, given bonus and loan like anybody."""

import pytest
from django.utils import timezone

from households.models import PovertyLine
from measures.models import Enterprise, Measure, Policy
from measures.models.enterprise import SIGNS, check_credit_code
from office.models import TrailRow

pytestmark = pytest.mark.django_db
NEW = "/measures/enterprises/new/"


def code_of(first: str = "91370405MA3C0DEM0") -> str:
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first))
    return first + SIGNS[(31 - total % 31) % 31]


@pytest.fixture
def typed(ground):
    return {"name": "演示车间", "kind": "扶贫车间", "area": ground.village.pk, "poor_employed": "15"}


@pytest.fixture
def workshop(ground):
    return Enterprise.objects.create(area=ground.village, name="演示车间", kind="扶贫车间")


def test_one_is_entered_found_again_and_seen_by_its_area(signed_in, typed):
    client = signed_in("village")
    assert client.post(NEW, {**typed, "credit_code": code_of().lower()}).status_code == 303
    made = Enterprise.objects.get()
    assert made.credit_code == code_of() and made.history.get().history_user.username == "village"
    assert "演示车间" in client.get("/measures/enterprises/?q=车间&kind=扶贫车间").content.decode()
    for name, status in (("town", 200), ("leader", 200), ("other_town_user", 404), ("outsider", 404)):
        assert signed_in(name).get(f"/measures/enterprises/{made.pk}/").status_code == status, name


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "请填名称"),
        ({"kind": ""}, "请选类型"),
        ({"area": "999999"}, "没有这个区划"),
        ({"credit_code": "123"}, "18 位"),
        ({"credit_code": code_of()[:-1] + ("A" if code_of()[-1] != "A" else "B")}, "校验位不对"),
        ({"poor_employed": "-1"}, "不能小于 0"),
        ({"poor_employed": "十"}, "应是整数"),
    ],
)
def test_bad_input_is_refused_and_kept(signed_in, typed, change, says):
    answer = signed_in("village").post(NEW, {**typed, "business": "演示绣品", **change})
    html = answer.content.decode()
    assert answer.status_code == 422 and says in html and "演示绣品" in html
    assert not Enterprise.objects.exists()


def test_the_same_name_or_code_twice_is_refused(signed_in, typed, workshop):
    answer = signed_in("village").post(NEW, typed)
    assert answer.status_code == 422 and "已经登记了同名的企业" in answer.content.decode()


def test_a_workshop_gets_its_bonus_by_heads_with_agreement_and_pay(signed_in, workshop):
    client = signed_in("village")
    form = {"policy": Policy.objects.get(code="WORKSHOP-PER-HEAD").pk, "year": 2018, "extras_people": "15"}
    answer = client.post(f"/measures/enterprises/{workshop.pk}/measures/new/", form)
    assert answer.status_code == 303
    measure = Measure.objects.get()
    assert (measure.amount, measure.to_whom, measure.place) == (35_000, "演示车间", workshop.area)
    page = client.get(f"/measures/enterprises/{workshop.pk}/").content.decode()
    assert "扶贫车间奖补" in page
    listed = client.get("/measures/?kind_of=企业").content.decode()
    assert 'data-total="1"' in listed and "演示车间" in listed
    assert client.get(f"/measures/{measure.pk}/").status_code == 200
    assert not Measure.objects.in_area(None).filter(household__isnull=False).exists()


@pytest.mark.parametrize(
    ("pay", "months", "says"),
    [("3510", "12", ""), ("3508", "12", "不能低于"), ("9999", "13", "不能高于12个月")],
)
def test_the_bonus_needs_pay_over_the_line_within_twelve_months(
    signed_in, workshop, pay, months, says, lines
):
    form = {"policy": Policy.objects.get(code="WORKSHOP-PER-HEAD").pk, "year": 2018, "extras_people": "1"}
    client = signed_in("village")
    client.post(f"/measures/enterprises/{workshop.pk}/measures/new/", form)
    measure = Measure.objects.get()
    asked = {"delivered_on": "2018-11-10", "amount": "1000", "payer": "演示区人社局"}
    asked |= {
        "extras_people": "1",
        "extras_agreement": "2018-01-05",
        "extras_months": months,
        "extras_pay": pay,
    }
    answer = client.post(f"/measures/{measure.pk}/deliver/", asked)
    assert (answer.status_code == 303) == (not says) and says in answer.content.decode()


@pytest.fixture
def lines(db):
    PovertyLine.publish("省定标准", 2018, 3509, source="演示", at=timezone.now())


def test_one_that_has_closed_gets_nothing_more(signed_in, workshop):
    Enterprise.objects.update(closed=True)
    form = {"policy": Policy.objects.get(code="WORKSHOP-PER-HEAD").pk, "year": 2018, "extras_people": "1"}
    answer = signed_in("village").post(f"/measures/enterprises/{workshop.pk}/measures/new/", form)
    assert answer.status_code == 422 and "已经停业" in answer.content.decode()


def test_the_check_sign_of_a_credit_code_is_the_standards():
    check_credit_code("91350100M000100Y43")


def test_one_is_changed_with_its_row_in_the_trail(signed_in, typed, workshop):
    answer = signed_in("village").post(
        f"/measures/enterprises/{workshop.pk}/edit/", {**typed, "name": "演示新车间"}
    )
    workshop.refresh_from_db()
    assert answer.status_code == 303 and workshop.name == "演示新车间"
    assert TrailRow.objects.get(action="修改企业").detail["名称"] == "演示新车间"
