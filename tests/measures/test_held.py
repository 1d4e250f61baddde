"""What a form would refuse of one, a list holds back and names; the rest goes on."""

import datetime
from decimal import Decimal

import pytest

from households.models import Living, Person
from measures.models import Measure, Policy
from office.models import TrailRow

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
TYPED = {"delivered_on": "2018-11-15", "payer": "演示区教体局", "voucher": "整单1"}
SAID = {"stage": "学前", "school": "演示幼儿园"}


def plan(code: str, *, year: int = 2018, amount: int = 100, **facts) -> Measure:
    return Measure.plan(
        Policy.objects.get(code=code), year=year, on=DAY, by=None, amount=Decimal(amount), **facts
    )


def deliver(measure: Measure, year: int = 2018) -> None:
    on = datetime.date(year, 11, 1)
    measure.deliver(on=on, amount=measure.amount, payer="演示局", by=None, today=DAY)


def whole(client, code: str, expected: int):
    return client.post(f"/measures/whole/{code}/2018/", {**TYPED, "expected": expected})


def old(home, years: int = 85) -> Person:
    Person.objects.filter(pk=home.head.pk).update(birth_date=datetime.date(2018 - years, 1, 1))
    return home.head


def test_who_lacks_what_must_be_said_is_held_back_by_name_and_the_rest_delivered(signed_in, make_household):
    good, bad = make_household(), make_household()
    plan("EDU-PRE", person=good.head, extras=SAID)
    lacking = plan("EDU-PRE", person=bad.head, extras={"stage": "学前"})
    client = signed_in("town")
    html = client.get("/measures/whole/EDU-PRE/2018/").content.decode()
    assert "1 项，合计 100.00 元" in html and "暂不登记 1 项" in html and "请填学校" in html
    assert '100.00 <span class="unit">元</span>' in html
    assert f'href="/measures/{lacking.pk}/"' in html and bad.number in html
    assert whole(client, "EDU-PRE", 2).status_code == 409
    assert whole(client, "EDU-PRE", 1).status_code == 303
    lacking.refresh_from_db()
    assert lacking.state == "计划" and Measure.objects.delivered().get().person == good.head
    trail = TrailRow.objects.get(action="整单落实措施")
    assert (trail.detail["项数"], trail.detail["暂不登记"]) == (1, 1)


def test_a_list_of_whom_all_lack_something_offers_no_delivery(signed_in, make_household):
    plan("EDU-PRE", person=make_household().head)
    client = signed_in("town")
    html = client.get("/measures/whole/EDU-PRE/2018/").content.decode()
    assert "deliver-whole" not in html and "暂不登记 1 项" in html
    assert whole(client, "EDU-PRE", 1).status_code == 409 and not Measure.objects.delivered().exists()


@pytest.mark.parametrize(
    ("code", "other", "year", "says"),
    [
        ("CARE-FULL", "CARE-HALF", 2018, "失能护理补贴一年按一个等级"),
        ("COOP-PARTY", "COOP-PARTY", 2017, "是一次性的，2017年已经落实"),
    ],
)
def test_what_excludes_another_is_held_back(signed_in, make_household, code, other, year, says):
    said = {"assessed": "2018-03-01", "carer": "演示"} if code == "CARE-FULL" else {}
    home, free = make_household(), make_household()
    deliver(plan(other, person=home.head, year=year, extras=said), year)
    plan(code, person=home.head, extras=said)
    plan(code, person=free.head, extras=said)
    client = signed_in("town")
    assert says in client.get(f"/measures/whole/{code}/2018/").content.decode()
    assert whole(client, code, 1).status_code == 303
    assert Measure.objects.of_policy(code).get(person=free.head).state == "落实"
    assert Measure.objects.of_policy(code).get(person=home.head, year=2018).state == "计划"


def test_a_warning_wants_its_reason_and_has_it_in_the_remark(signed_in, make_household):
    home = make_household()
    deliver(plan("AGE-80", person=home.head))
    second = plan("AGE-90", person=home.head)
    client = signed_in("town")
    assert "要写明理由" in client.get("/measures/whole/AGE-90/2018/").content.decode()
    Measure.objects.filter(pk=second.pk).update(note="五月满九十岁")
    assert whole(client, "AGE-90", 1).status_code == 303


def test_what_is_above_the_ceiling_is_held_back(signed_in, make_household):
    plan("AGE-80", person=make_household().head, amount=361)
    assert "一年" not in str(whole(signed_in("town"), "AGE-80", 1).status_code)
    html = signed_in("town").get("/measures/whole/AGE-80/2018/").content.decode()
    assert "不超过 360 元" in html and not Measure.objects.delivered().exists()


def test_of_two_of_one_person_in_a_list_one_waits(signed_in, make_household):
    home, first = make_household(), Policy.objects.get(code="AGE-80")
    plan("AGE-80", person=home.head)
    later = Policy.objects.create(
        **{
            name: getattr(first, name)
            for name in (
                "kind",
                "chapter",
                "name",
                "target",
                "condition",
                "standard",
                "unit",
                "period",
                "source",
            )
        },
        code="AGE-80",
        low=30,
        high=30,
        valid_from=datetime.date(2018, 7, 1),
    )
    Measure.plan(later, person=home.head, year=2018, on=DAY, by=None, amount=Decimal(100))
    client = signed_in("town")
    assert "同一对象还有一项" in client.get("/measures/whole/AGE-80/2018/").content.decode()
    assert whole(client, "AGE-80", 1).status_code == 303 and Measure.objects.delivered().count() == 1


def test_where_a_plan_asks_more_of_each_the_list_is_not_planned_at_once(signed_in, make_household):
    home = make_household()
    Living.objects.create(household=home, year=2017, house_grade="D级")
    client = signed_in("village")
    html = client.get("/measures/coverage/list/?policy=HOUSE-REBUILD&kind=unmet").content.decode()
    assert 'data-total="1"' in html and 'data-action="plan' not in html and "每项还要填鉴定等级" in html
    assert f"/households/{home.number}/measures/new/?policy=" in html
    form = {"policy": "HOUSE-REBUILD"}
    one = client.post("/measures/coverage/plan/", {**form, "subject": home.number})
    assert one.status_code == 422 and "每项还要填鉴定等级" in one.content.decode()
    all_of_it = client.post("/measures/coverage/plan-all/", {**form, "expected": "1"})
    assert all_of_it.status_code == 422 and not Measure.objects.exists()


def test_planning_a_list_leaves_out_whom_a_rule_excludes_and_names_them(signed_in, make_household):
    had, free = old(make_household()), old(make_household())
    Person.objects.update(political_status="中共党员")
    deliver(plan("COOP-PARTY", person=had, year=2017), 2017)
    client = signed_in("village")
    form = {"policy": "COOP-PARTY", "subject": had.number, "expected": "2"}
    one = client.post("/measures/coverage/plan/", form)
    assert one.status_code == 422 and "是一次性的" in one.content.decode()
    answer = client.post("/measures/coverage/plan-all/", form, follow=True)
    html = answer.content.decode()
    assert "已列入计划 1 项" in html and "有 1 项没有列入" in html and "2017年已经落实" in html
    assert Measure.objects.planned().get().person == free
    again = client.post("/measures/coverage/plan-all/", {**form, "expected": "1"})
    assert again.status_code == 422 and "没有列入计划" in again.content.decode()
    assert TrailRow.objects.get(action="整单计划措施").detail["没有列入"] == 1


def test_a_tick_is_held_to_the_same(signed_in, make_household):
    person = old(make_household(), 95)
    deliver(plan("AGE-80", person=person))
    asked = {**TYPED, "subject": [person.number]}
    answer = signed_in("village").post("/measures/coverage/tick/?policy=AGE-90", asked)
    assert answer.status_code == 422 and "要写明理由" in answer.content.decode()
    assert not Measure.objects.of_policy("AGE-90").exists()


def test_a_long_list_takes_no_statement_a_row(signed_in, make_household, django_assert_max_num_queries):
    for _ in range(40):
        plan("EDU-PRE", person=make_household().head)
    client = signed_in("town")
    client.get("/measures/")
    with django_assert_max_num_queries(14):
        assert "暂不登记 40 项" in client.get("/measures/whole/EDU-PRE/2018/").content.decode()
