import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from households import bulk, invariants, tally
from households.models import (
    Helper,
    Household,
    Load,
    NumberSeries,
    Origin,
    Person,
    PersonYear,
    StatusEvent,
    Survey,
)
from tests.conftest import identity_number

ON = datetime.date(2018, 11, 20)


def recorded(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(10), tzinfo=datetime.UTC)


def stored(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return [row[0] for row in cursor.fetchall()]


def test_numbers_are_fixed_width_and_never_given_twice(db):
    first = list(NumberSeries.take("household", 3))
    assert first == ["0000000001", "0000000002", "0000000003"]
    assert list(NumberSeries.take("household")) == ["0000000004"]
    assert list(NumberSeries.take("person")) == ["00000000001"]


def test_personal_data_are_stored_sealed_and_found_by_their_key(make_household):
    household = make_household(phone="13800000000", bank_account="6210000000000001")
    person = household.head
    number = person.id_number
    for table in ("households_person", "households_historicalperson"):
        assert not any(number in text for text in stored(table, "id_number"))
    assert not any("1380" in text for text in stored("households_historicalhousehold", "phone"))
    assert Person.objects.holding(number.lower()).get() == person
    assert person.history.first().id_number == number
    assert Household.objects.get(pk=household.pk).bank_account == "6210000000000001"


def test_an_identity_number_is_present_once_and_the_message_does_not_say_where(make_household):
    one, other = make_household(persons=1), make_household(persons=1)
    twin = Person(household=other, name="演示重", relation="其他", id_number=one.head.id_number)
    with pytest.raises(ValidationError) as refused:
        twin.clean()
    assert refused.value.messages == ["该证件号码已在册"]
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.sex, twin.birth_date = "男", ON
        twin.save()


def test_a_number_is_free_again_when_its_holder_is_gone(make_household):
    gone = make_household(persons=1)
    number = gone.head.id_number
    gone.cancel(on=ON, removal_reason="全户迁出")
    Person(household=make_household(persons=1), id_number=number).clean()


def test_a_household_has_one_head(make_household):
    person = make_household(persons=2).persons.get(relation="配偶")
    person.relation = "户主"
    with pytest.raises(IntegrityError), transaction.atomic():
        person.save()


def test_a_checked_number_gives_sex_and_birth_date(db):
    number = identity_number(7, datetime.date(1961, 3, 4), male=False)
    person = Person(name="演示", id_type="居民身份证", id_number=number.lower())
    person.check_number(ON)
    assert (person.sex, person.birth_date, person.age(ON)) == ("女", datetime.date(1961, 3, 4), 57)
    person.id_number = number[:17]
    with pytest.raises(ValidationError, match="18位"):
        person.check_number(ON)


def test_age_is_in_full_years():
    person = Person(birth_date=datetime.date(2000, 11, 21))
    assert (person.age(ON), person.age(datetime.date(2018, 11, 21))) == (17, 18)


@pytest.fixture
def survey(make_household):
    assured = dict.fromkeys(
        (
            "food_assured",
            "clothing_assured",
            "education_guaranteed",
            "medical_guaranteed",
            "housing_guaranteed",
            "water_safe",
        ),
        True,
    )
    return Survey.objects.create(
        household=make_household(persons=3),
        year=2018,
        wage_income=Decimal(8000),
        business_income=Decimal(3000),
        property_income=Decimal(0),
        subsistence_income=Decimal("1200.50"),
        pension_income=Decimal("1320"),
        business_expense=Decimal(1000),
        surveyor="演示甲",
        surveyed_on=ON,
        **assured,
    )


def test_income_is_the_sum_less_the_expense_by_the_members_of_the_survey(survey):
    survey.submit()
    survey.refresh_from_db()
    assert (survey.transfer_income, survey.total_income) == (Decimal("2520.50"), Decimal("13520.50"))
    assert (survey.net_income, survey.member_count) == (Decimal("12520.50"), 3)
    assert survey.net_income_per_capita == Decimal("4173.50")


def test_submitting_freezes_the_yearly_facts_of_the_members(survey):
    head = survey.household.head
    head.disease_name = "演示病"
    head.save(update_fields=["disease_name"])
    survey.submit()
    head.health = ("残疾",)
    head.save(update_fields=["health"])
    then = PersonYear.objects.get(person=head, year=2018)
    assert (then.health, then.disease_name) == (("健康",), "演示病")
    with pytest.raises(ValidationError, match="已经填报"):
        survey.submit()


def test_a_survey_with_gaps_is_not_submitted(survey):
    survey.water_safe = None
    with pytest.raises(ValidationError, match="饮水安全"):
        survey.submit()
    assert not Survey.objects.counted().exists()


def test_a_helper_is_valid_between_the_dates(make_household):
    helper = Helper.objects.create(
        household=make_household(),
        name="演示帮",
        phone="13900000000",
        unit_name="演示局",
        affiliation="县",
        start_on=datetime.date(2017, 1, 1),
        end_on=datetime.date(2018, 6, 30),
    )
    assert list(Helper.objects.valid_on(datetime.date(2018, 6, 30))) == [helper]
    assert not helper.valid(datetime.date(2018, 7, 1))


def test_a_register_loaded_in_bulk_is_the_same_as_one_entered(ground):
    load, households, persons = Load(), [], []
    for place in range(5):
        household = Household(
            village=ground.village,
            villager_group="一组",
            poverty_standard="国家标准",
            attribute="低保户",
            poverty_cause="因病",
            member_count=1,
        )
        household.place(ground.village)
        born = datetime.date(1950, 1, 1 + place)
        persons.append(
            Person(
                household=household,
                name=f"演示{place}",
                relation="户主",
                sex="男",
                birth_date=born,
                id_number=identity_number(place, born),
                health=("健康",),
                joined_on=datetime.date(2015, 12, 1),
            )
        )
        day = datetime.date(2015, 12, 1)
        household.register(on=day, origin=Origin.IMPORT, recorded_at=recorded(day), load=load)
        households.append(household)
    day = datetime.date(2016, 12, 1)
    households[0].leave_poverty(on=day, origin=Origin.IMPORT, recorded_at=recorded(day), load=load)
    bulk.write(households=households, persons=persons, load=load, history=True)
    assert list(invariants.problems(ON)) == []
    account = tally.year_account(StatusEvent.objects.all(), 2016, ON)
    assert (account.base.households, account.left.persons, account.now.persons) == (5, 1, 4)
    assert Person.history.count() == Household.history.count() == 5
    assert households[0].exit_year == 2016
