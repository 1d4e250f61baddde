"""Households of every sort, drawn at random with a fixed seed."""

import datetime
import random
from decimal import Decimal

import pytest

from households.codes import CODES
from households.models import Household, Living, Person, Production, Shock, Survey
from measures.facts import PERSON
from measures.models import DepartmentList
from tests.measures.department_books import LISTS, book, work_off
from villages.models import KeyVillage, Village, VillageYear

DAY = datetime.date(2018, 11, 20)


def some(rng: random.Random, words):
    return rng.choice(["", *words])


@pytest.fixture
def mixed(ground, make_household):
    """Sixty households whose facts are drawn at random; some have left, some are cancelled or not registered."""
    rng = random.Random(7)
    KeyVillage.designate(
        area=ground.sibling_village, level="省定", batch="十三五", on=datetime.date(2016, 1, 5), by=None
    )
    for place in range(60):
        village = rng.choice([ground.village, ground.sibling_village, ground.other_village])
        home = make_household(
            village=village,
            persons=rng.randrange(1, 5),
            on=None if place % 15 == 0 else datetime.date(2015, 12, 1),
        )
        _fates(rng, home, place)
        for person in home.persons.all():
            _facts(rng, person)
        for year in (2016, 2017):
            if rng.random() < 0.8:
                grade = some(rng, CODES["house_grade"].words)
                Living.objects.create(household=home, year=year, house_grade=grade)
            if rng.random() < 0.8:
                state, income = rng.choice(["草稿", "已填报"]), Decimal(rng.randrange(2000, 9000))
                facts = {"surveyor": "演示", "surveyed_on": datetime.date(year, 10, 1), "state": state}
                survey = Survey.objects.create(household=home, year=year, **facts)
                Survey.objects.filter(pk=survey.pk).update(net_income_per_capita=income)
        if rng.random() < 0.3:
            settled = rng.choice([None, DAY])
            Shock.objects.create(household=home, kind="自然灾害", happened_on=DAY, settled_on=settled)
    _means(ground)
    return Household.objects.all()


def _means(ground) -> None:
    """Collective income of two villages, land and earnings of most households: some nought, some none stated."""
    rng = random.Random(8)
    people = {"households": 9, "population": 30, "rural_population": 30}
    for area, incomes in ((ground.village, (900, 0)), (ground.sibling_village, (0, 500))):
        village, _ = Village.objects.get_or_create(area=area)
        for year, income in zip((2016, 2017), incomes, strict=True):
            VillageYear.objects.create(village=village, year=year, collective_income=income, **people)
    for home in Household.objects.order_by("pk"):
        for year in (2016, 2017):
            areas = {name: rng.choice([None, Decimal(0), Decimal(2)]) for name in ("farmland", "water_area")}
            if rng.random() < 0.8:
                Production.objects.create(household=home, year=year, **areas)
            told = {name: rng.choice([None, 0, 0, 500]) for name in ("wage_income", "business_income")}
            Survey.objects.filter(household=home, year=year).update(business_expense=100, **told)
    Person.objects.filter(household__in=list(Household.objects.order_by("pk")[::3])).update(
        labour_capacity="丧失劳动力"
    )


def _fates(rng: random.Random, home: Household, place: int) -> None:
    left = rng.choice(
        [
            None,
            datetime.date(2014, 6, 1),
            datetime.date(2015, 11, 20),
            datetime.date(2015, 11, 21),
            datetime.date(2017, 1, 9),
        ]
    )
    fate = {"attribute": rng.choice(CODES["household_attribute"].words)}
    if left and home.registered_on:
        fate |= {"exit_mark": "脱贫", "left_on": left, "exit_year": left.year}
    if place % 13 == 5:
        fate |= {"removed_on": DAY, "removal_reason": "全户迁出"}
        home.persons.update(present=False)
    Household.objects.filter(pk=home.pk).update(**fate)


def _facts(rng: random.Random, person: Person) -> None:
    age, days = rng.choice([3, 10, 16, 30, 59, 60, 79, 80, 89, 90, 99, 100]), rng.choice([-1, 0, 1])
    person.birth_date = DAY.replace(year=DAY.year - age) + datetime.timedelta(days=days)
    person.schooling = some(rng, CODES["schooling"].words)
    person.health = tuple(word for word in CODES["health"].words[1:] if rng.random() < 0.3)
    person.disability_category = some(rng, CODES["disability_category"].words)
    person.disability_grade = some(rng, CODES["disability_grade"].words)
    person.self_care = some(rng, CODES["self_care"].words)
    person.labour_capacity = some(rng, CODES["labour_capacity"].words)
    person.political_status = some(rng, ("中共党员", "群众"))
    person.support_mode = some(rng, CODES["support_mode"].words)
    person.work_months = rng.choice([None, 0, 1, 6])
    for flag in (
        "boarding",
        "subsistence_allowance",
        "extremely_poor_support",
        "orphan",
        "child_in_difficulty",
        "resident_pension",
        "employee_pension",
    ):
        setattr(person, flag, rng.choice([None, True, False]))
    if person.present and person.relation != "户主" and rng.random() < 0.1:
        person.left_on, person.leave_reason, person.present = DAY, "死亡", False
    facts = {name: getattr(person, name) for name in (*PERSON, "left_on", "leave_reason") if name != "id"}
    Person.objects.filter(pk=person.pk).update(**facts)


@pytest.fixture
def send(signed_in, ground):
    """send(*rows, kind="低保", who="department") uploads a list and works it off; the list."""

    def upload(*rows, kind="低保", who="department", file=None, area=None) -> DepartmentList:
        asked = {"kind": kind, "area": (area or ground.county).code, "as_on": "2018-11-01"}
        answer = signed_in(who).post(LISTS, {**asked, "file": file or book(*rows)})
        assert answer.status_code == 303, answer.content.decode()
        work_off()
        return DepartmentList.objects.latest("uploaded_at")

    return upload


@pytest.fixture
def homes(make_household):
    """Three households of two; the first head has 低保, nobody else."""
    made = [make_household() for _ in range(3)]
    Person.objects.update(subsistence_allowance=False)
    Person.objects.filter(pk=made[0].head.pk).update(subsistence_allowance=True)
    return made
