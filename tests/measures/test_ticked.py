"""Ticking many of a list: one day, payer and voucher, each with the amount of the standard; all of them or none."""

import datetime

import pytest

from households.models import Person
from measures.models import Measure, Policy
from office.models import TrailRow

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
PAGE = "/measures/coverage/tick/?policy=AGE-80"
GOOD = {"delivered_on": "2018-11-15", "payer": "演示区民政局", "voucher": "2018-11"}


@pytest.fixture
def old(make_household, ground):
    people = []
    for village in (ground.village, ground.village, ground.village, ground.other_village):
        person = make_household(village=village).head
        Person.objects.filter(pk=person.pk).update(birth_date=datetime.date(1935, 1, 1))
        people.append(person)
    return people


def test_those_ticked_are_delivered_to_and_the_rest_waits(signed_in, old):
    client = signed_in("village")
    planned = Measure.plan(
        Policy.objects.get(code="AGE-80"), person=old[0], year=2018, on=DAY, by=None, amount=100
    )
    page = client.get(PAGE).content.decode()
    assert 'data-total="3"' in page and f'value="{old[0].number}"' in page
    answer = client.post(PAGE, {**GOOD, "subject": [old[0].number, old[1].number]})
    assert answer.status_code == 303
    planned.refresh_from_db()
    assert (planned.state, planned.amount) == ("落实", 100), "what was planned keeps its amount"
    second = Measure.objects.get(person=old[1])
    assert (second.state, second.amount, second.voucher) == ("落实", 360, "2018-11")
    assert not Measure.objects.filter(person=old[2]).exists()
    told = TrailRow.objects.get(action="勾选落实措施").detail
    assert (told["项数"], told["合计"], told["凭证号"]) == (2, "460.00 元", "2018-11")
    assert 'data-total="1"' in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"subject": []}, "没有勾选任何一行"),
        ({"delivered_on": "2018-11-21"}, "不能晚于今天"),
        ({"delivered_on": "昨天"}, "日期认不出来"),
        ({"payer": ""}, "请写支付"),
        ({"voucher": ""}, "要有凭证号"),
    ],
)
def test_bad_input_keeps_what_was_typed_and_ticked(signed_in, old, change, says):
    typed = {**GOOD, "subject": [old[0].number], **change}
    answer = signed_in("village").post(PAGE, typed)
    html = answer.content.decode()
    assert answer.status_code == 422 and says in html
    assert not typed["subject"] or f'value="{old[0].number}"' in html and " checked" in html
    assert not Measure.objects.exists()


@pytest.mark.parametrize("whose", ["other", "nobody", "delivered"])
def test_one_who_is_not_on_the_list_stops_all(signed_in, old, whose):
    client = signed_in("village")
    if whose == "delivered":
        client.post(PAGE, {**GOOD, "subject": [old[1].number]})
    number = {"other": old[3].number, "nobody": "99999999999", "delivered": old[1].number}[whose]
    answer = client.post(PAGE, {**GOOD, "subject": [old[0].number, number]})
    assert answer.status_code == 409 and "1 行已不在应享未享名单里" in answer.content.decode()
    assert not Measure.objects.filter(person=old[0]).exists()


def test_where_each_says_something_of_its_own_the_workbook_is_offered(signed_in, old):
    client = signed_in("village")
    page = client.get("/measures/coverage/tick/?policy=YULU").content.decode()
    assert "措施工作簿" in page and "data-action" not in page.split("<main", 1)[1]
    assert client.post("/measures/coverage/tick/?policy=YULU", {**GOOD, "subject": ["1"]}).status_code == 200
    assert not Measure.objects.exists()


def test_the_list_of_the_unmet_leads_here(signed_in, old):
    page = signed_in("village").get("/measures/coverage/list/?policy=AGE-80&kind=unmet").content.decode()
    assert "/measures/coverage/tick/?policy=AGE-80" in page
    assert (
        "/measures/coverage/tick/"
        not in signed_in("leader").get("/measures/coverage/list/?policy=AGE-80&kind=unmet").content.decode()
    )
