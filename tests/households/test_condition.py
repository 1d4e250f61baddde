"""The indicators of a household's condition (R020), who is to be examined as 特困 (R019), and 三落实 (R268)."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from households.care.examined import born_by, dress, to_examine
from households.care.owed import not_settled, three_settled
from households.checks.others import Lines
from households.condition import Member, Standing, indicators, to_be_examined
from households.models import CountyStandard, Helper, Household, Living, Person, PovertyLine, Survey

ON = datetime.date(2018, 11, 20)
OLD = Member("演示老", 78, ("健康",), "无劳动力")
CHILD = Member("演示小", 9, ("健康",), "无劳动力", "小学")
SON = Member("演示子", 40, ("健康",), "普通劳动力")
POOR = Standing((OLD, CHILD), Decimal(3000), 3579)


def test_old_and_minor_without_support_are_to_be_examined():
    assert [name for name, _ in to_be_examined(POOR)] == ["演示老", "演示小"]
    assert "年满60周岁" in to_be_examined(POOR)[0][1] and "未满16周岁" in to_be_examined(POOR)[1][1]


@pytest.mark.parametrize(
    "home",
    [
        replace(POOR, members=(OLD, SON)),
        replace(POOR, income=Decimal(3580)),
        replace(POOR, members=(replace(OLD, supported=True),)),
        replace(POOR, members=(replace(OLD, labour_capacity=""),)),
        replace(POOR, members=(replace(OLD, age=59),)),
    ],
)
def test_each_condition_is_needed(home):
    assert to_be_examined(home) == []


def test_disabled_of_working_age_are_to_be_examined_too():
    home = replace(POOR, members=(Member("演示残", 40, ("残疾",), "丧失劳动力"),))
    assert "残疾" in to_be_examined(home)[0][1]


def test_indicators_say_what_burdens():
    home = replace(POOR, house_grade="D级", water_safe=True)
    found = {one.label: (one.value, one.burdened) for one in indicators(home)}
    assert found["人均纯收入相当于标准的"] == ("84%", True)
    assert found["没有劳动能力的成员"] == ("2／2 人", True)
    assert found["在校生"] == ("1 人", True)
    assert found["住房等级"] == ("D级", True)
    assert found["饮水"] == ("安全", False)


def test_what_is_not_known_is_not_an_indicator():
    assert {one.label for one in indicators(Standing((SON,)))} == {
        "没有劳动能力的成员",
        "患病成员",
        "残疾成员",
        "在校生",
    }


@pytest.mark.django_db
def test_help_is_settled_by_whom_it_is_for_what_and_by_whom(make_household):
    household = make_household(persons=1)
    assert [done for _, done in three_settled(household, ON)] == [True, False, False]
    assert not_settled(Household.objects.all(), ON).get() == household
    facts = {"phone": "13900005678", "unit_name": "演示局", "affiliation": "县"}
    helper = Helper.objects.create(
        household=household, name="演示帮", start_on=datetime.date(2018, 1, 1), **facts
    )
    assert [done for _, done in three_settled(household, ON)] == [True, False, True]
    helper.plan = "种植大棚两亩"
    helper.save(update_fields=["plan"])
    assert [done for _, done in three_settled(household, ON)] == [True, True, True]
    assert not not_settled(Household.objects.all(), ON).exists()


def test_households_without_all_three_are_listed_with_what_is_missing(make_household, signed_in, ground):
    alone, helped, settled = (make_household(village=ground.village) for _ in range(3))
    facts = {
        "name": "演示帮",
        "phone": "13900005678",
        "unit_name": "演示局",
        "affiliation": "县",
        "start_on": ON,
    }
    Helper.objects.create(household=helped, **facts)
    Helper.objects.create(household=settled, plan="养羊", **facts)
    page = signed_in("town").get("/households/not-settled/")
    told = {
        row.number: [column.cell(row) for column in page.context["columns"]][-1]
        for row in page.context["page"].rows
    }
    assert told == {alone.number: "帮扶责任人、帮扶措施", helped.number: "帮扶措施"}
    assert 'data-total="2"' in page.content.decode()
    assert 'data-total="0"' in signed_in("other_town_user").get("/households/not-settled/").content.decode()


@pytest.mark.parametrize(("years", "day"), [(60, (2020, 2, 29)), (16, (2018, 2, 28)), (1, (2020, 2, 29))])
def test_the_day_of_birth_that_makes_an_age(years, day):
    on = datetime.date(*day)
    last = born_by(on, years)
    assert Person(birth_date=last).age(on) == years
    assert Person(birth_date=last + datetime.timedelta(days=1)).age(on) == years - 1


@pytest.fixture
def homes(make_household, ground):
    """Households by what speaks for or against an examination of their members."""
    CountyStandard.objects.create(county=ground.county, standard="省定标准", from_year=2015)
    at = datetime.datetime(2018, 1, 5, tzinfo=datetime.UTC)
    PovertyLine.publish("省定标准", 2017, 3509, source="演示", at=at)

    def home(*members, income=None, **facts):
        made = make_household(persons=len(members), on=datetime.date(2015, 12, 1), **facts)
        for person, (age, labour, more) in zip(made.persons.order_by("number"), members, strict=True):
            person.birth_date = datetime.date(2018 - age, 3, 1)
            person.labour_capacity = labour
            for name, value in more.items():
                setattr(person, name, value)
            person.save()
        if income is not None:
            rest = dict.fromkeys(("business_income", "property_income", "business_expense"), 0)
            Survey.objects.create(
                household=made,
                year=2017,
                state="已填报",
                member_count=len(members),
                wage_income=income * len(members),
                net_income=income * len(members),
                net_income_per_capita=income,
                surveyor="演示",
                surveyed_on=datetime.date(2017, 11, 1),
                **rest,
            )
        return made

    old, child = (78, "无劳动力", {}), (9, "无劳动力", {})
    homes = {
        "old and child": home(old, child, income=3000),
        "nothing surveyed": home(old),
        "disabled": home((40, "丧失劳动力", {"health": ("残疾",)}), income=3509),
        "a son who works": home(old, (40, "普通劳动力", {}), income=3000),
        "capacity not entered": home((78, "", {})),
        "over the line": home(old, income=3510),
        "supported": home((78, "无劳动力", {"extremely_poor_support": True}), income=3000),
        "not yet of age": home((59, "无劳动力", {})),
        "removed": home(old, income=3000),
    }
    homes["removed"].cancel(on=ON, removal_reason="全户死亡")
    Living.objects.create(household=homes["old and child"], year=2017, house_grade="D级")
    return homes


def test_the_list_of_who_is_to_be_examined_is_what_the_test_of_each_says(homes, signed_in):
    page = signed_in("district").get("/households/to-examine/")
    names = {one.number: name for name, one in homes.items()}
    assert {names[row.number] for row in page.context["page"].rows} == {
        "old and child",
        "nothing surveyed",
        "disabled",
    }
    html = page.content.decode()
    assert 'data-total="3"' in html and "年满60周岁" in html and "住房等级 D级" in html
    # The pure rule over every household of the register says the same.
    lines, rows = Lines.read(ON), list(Household.objects.filter(removed_on=None))
    found = {row.pk: row for row in to_examine(Household.objects.all(), ON, lines)}
    for row in rows:
        row.income_then = row.surveys.values_list("net_income_per_capita", flat=True).first()
        row.year_then, row.grade_then, row.water_then = 2017, "", None
    dress(rows, ON, lines)
    said = {row.pk for row in rows if to_be_examined(row.stands)}
    assert said == set(found)


def test_who_is_to_be_examined_elsewhere_is_not_seen(homes, signed_in):
    page = signed_in("other_town_user").get("/households/to-examine/")
    assert 'data-total="0"' in page.content.decode()
