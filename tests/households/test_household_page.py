"""`/households/<number>/`: the whole record inside the area, nothing outside it, no full number anywhere."""

import datetime
import re
from decimal import Decimal

import pytest

from households.models import CountyStandard, Helper, Household, PovertyLine, Survey, Visit

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
NOON = datetime.datetime(2018, 1, 5, 4, tzinfo=datetime.UTC)


@pytest.fixture
def household(ground, make_household) -> Household:
    """Three persons with a survey, a helper and a visit; the line of 2017 is 3509 yuan."""
    household = make_household(persons=3, standard="国家标准")
    household.phone, household.bank_account = "13800001234", "6228480000001234567"
    household.save(update_fields=["phone", "bank_account", "phone_key", "bank_account_key"])
    CountyStandard.objects.create(county=ground.county, standard="省定标准", from_year=2015)
    PovertyLine.publish("省定标准", 2017, 3509, source="演示", at=NOON)
    answers = dict.fromkeys(
        (
            "food_assured",
            "clothing_assured",
            "education_guaranteed",
            "medical_guaranteed",
            "housing_guaranteed",
        ),
        True,
    )
    survey = Survey.objects.create(
        household=household,
        year=2017,
        wage_income=Decimal(8400),
        business_income=Decimal(6200),
        property_income=Decimal(600),
        pension_income=Decimal(1560),
        business_expense=Decimal(2150),
        water_safe=False,
        surveyor="演示采集员",
        surveyed_on=datetime.date(2017, 12, 10),
        **answers,
    )
    survey.submit()
    Helper.objects.create(
        household=household,
        name="演示帮",
        phone="13900005678",
        unit_name="演示镇农业站",
        affiliation="乡(镇、街道)",
        start_on=datetime.date(2016, 3, 1),
    )
    Visit.objects.create(
        household=household,
        visited_on=datetime.date(2018, 5, 1),
        way="入户",
        visitor="演示帮",
        notes="种植已完成",
    )
    return household


def page(client, household) -> str:
    response = client.get(f"/households/{household.number}/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("village", 200),
        ("helper", 200),
        ("town", 200),
        ("approver", 200),
        ("district", 200),
        ("leader", 200),
        ("department", 403),
        ("other_village_user", 404),
        ("other_town_user", 404),
        ("outsider", 404),
        ("auditor", 404),
    ],
)
def test_seen_inside_the_area_only(household, signed_in, role, status):
    assert signed_in(role).get(f"/households/{household.number}/").status_code == status


def test_foreign_number_answers_like_an_unknown_one(household, signed_in):
    client = signed_in("other_village_user")
    foreign, unknown = client.get(f"/households/{household.number}/"), client.get("/households/9999999999/")
    assert foreign.status_code == unknown.status_code == 404
    token = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
    assert token.sub(b"", foreign.content) == token.sub(b"", unknown.content)


def test_main_names_the_village(household, ground, signed_in):
    assert f'data-village="{ground.village.code}"' in page(signed_in("town"), household)


def test_no_number_is_shown_in_full(household, signed_in):
    html = page(signed_in("district"), household)
    for person in household.persons.all():
        assert person.id_number not in html
        assert f"{person.id_number[:4]}**********{person.id_number[-4:]}" in html
    for secret in ("13800001234", "6228480000001234567", "13900005678"):
        assert secret not in html
    assert "138****1234" in html


def test_ages_are_of_the_office_day(household, signed_in, office_day):
    head = household.head
    office_day(datetime.date(2018, head.birth_date.month, head.birth_date.day))
    html = page(signed_in("town"), household)
    assert f'<td class="n">{2018 - head.birth_date.year}</td>' in html


def test_survey_sums_line_and_colour_with_its_reason(household, signed_in):
    html = page(signed_in("town"), household)
    assert "16,760.00" in html  # 8400 + 6200 + 600 + 1560
    assert "14,610.00" in html  # less 2150 of expense
    assert "4,870.00" in html  # ÷ 3
    assert "3509 元（2017年）" in html
    assert "1,361.00 元" in html
    assert 'class="four four-o"' in html
    assert "为什么是橙" in html
    assert '<b class="msg-warn">否</b>' in html


def test_a_missing_line_is_said_and_gives_no_colour(household, signed_in):
    PovertyLine.objects.all().delete()
    html = page(signed_in("town"), household)
    assert "没有2017年省定标准" in html
    assert 'class="four' not in html


def test_history_keeps_every_event(household, signed_in):
    household.leave_poverty(on=datetime.date(2017, 12, 20), by=None, origin="历史导入")
    household.return_to_poverty(on=datetime.date(2018, 6, 1), by=None, origin="登记", reason="大病")
    html = page(signed_in("town"), household)
    for words in ("纳入", "退出", "返贫", "＋3", "−3", "历史导入", "大病", "2017年12月20日"):
        assert words in html


def test_who_left_the_household_is_struck_through(household, signed_in):
    person = household.persons.exclude(relation="户主").first()
    household.person_leaves(person, on=datetime.date(2018, 3, 1), leave_reason="死亡", by=None, origin="登记")
    html = page(signed_in("town"), household)
    assert f"<s>{person.name}</s>" in html
    assert "家庭成员　2 人" in html


def test_statements_do_not_grow_with_the_record(
    household, make_household, signed_in, django_assert_num_queries
):
    big = make_household(persons=8)
    client = signed_in("district")
    page(client, big)
    with django_assert_num_queries(24):
        page(client, household)
    for month in range(1, 10):
        Visit.objects.create(
            household=household,
            visited_on=datetime.date(2018, month, 2),
            way="入户",
            visitor="演示帮",
            notes="查看",
        )
    with django_assert_num_queries(24):
        page(client, household)
