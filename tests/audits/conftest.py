"""A county with its lines and window, households that may leave, and a driver that takes lists along."""

import datetime
from decimal import Decimal

import pytest

from audits.models import AdjustmentWindow
from audits.procedures import ListKind
from households.models import CountyStandard, Living, PovertyLine, Survey
from measures.models import Measure, Policy
from tests.audits.driver import Driver
from villages.models import KeyVillage, Village, VillageYear


@pytest.fixture
def cast(cast):
    """The department is 住建, which has the stage of 竣工验收."""
    cast["department"].duties.update(unit="住建")
    return cast


@pytest.fixture
def county(ground):
    """Its standard and lines, and a window of the national system in November and December."""
    CountyStandard.objects.create(county=ground.county, standard="省定标准", from_year=2014)
    at = datetime.datetime(2018, 1, 2, tzinfo=datetime.UTC)
    for year, line in ((2016, 3439), (2017, 3509), (2018, 3579)):
        PovertyLine.publish("省定标准", year, line, source="演示", at=at)
    AdjustmentWindow.objects.create(
        county=ground.county,
        opens_on=datetime.date(2018, 11, 1),
        closes_on=datetime.date(2018, 12, 31),
        source="演示",
        recorded_at=at,
    )
    return ground.county


@pytest.fixture
def eligible(make_household, county):
    """eligible(income=…) is a household on the register that may leave in 2018, with what it is entitled to."""
    on = datetime.date(2018, 9, 1)
    policies = [Policy.objects.get(code=code) for code in ("PV-INCOME", "INS-PROV")]
    of_age = Policy.objects.get(code="YINLING-AGE")

    def make(income=5000, village=None, survey=None, living=None, persons=2, **fields):
        card = {"bank_name": "演示银行", "bank_account": "990405100000001234"}
        household = make_household(village=village, persons=persons, **{**card, **fields})
        answers = dict.fromkeys(
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
        Survey.objects.create(
            household=household,
            year=2018,
            member_count=persons,
            surveyor="演示",
            surveyed_on=datetime.date(2018, 9, 20),
            state="已填报",
            wage_income=Decimal(income) * persons,
            **{**answers, **(survey or {})},
        )
        Living.objects.create(
            household=household, year=2018, **{"house_grade": "A级", "house_area": 80, **(living or {})}
        )
        for policy in policies:
            given = Measure.plan(policy, household=household, year=2018, on=on, by=None)
            given.deliver(on=on, amount=Decimal(300), payer="演示公司", by=None, today=on)
        for person in household.persons.all():
            given = Measure.plan(of_age, person=person, year=2018, on=on, by=None)
            given.deliver(on=on, amount=Decimal(15), payer="演示公司", by=None, today=on)
        return household

    return make


@pytest.fixture
def key_village(ground, county):
    """The first village is a key village with every factor there and nobody poor."""
    village = Village.objects.create(area=ground.village)
    VillageYear.objects.create(
        village=village,
        year=2018,
        households=300,
        population=1000,
        rural_population=1000,
        five_connect=("通路", "通电", "通水", "通广播电视", "通信息"),
        standard_clinic=True,
        specialty_industries=1,
        cooperatives=1,
        collective_income=30000,
    )
    return KeyVillage.designate(
        area=ground.village, level="省定", batch="十三五", on=datetime.date(2016, 1, 10), by=None
    )


@pytest.fixture
def driver(ground, cast, county):
    return Driver(ground, cast)


@pytest.fixture
def opened(driver, eligible, key_village, make_household, county):
    """opened(kind) is a list of the kind with one entry, at its first stage."""

    def make(kind, count=1, **fields):
        if kind == ListKind.VILLAGE_EXIT:
            return driver.open(kind, key_village.area)
        if kind == ListKind.ENTRY:
            return driver.open(kind, *(make_household(on=None) for _ in range(count)))
        if kind == ListKind.REVERSAL:
            households = [make_household() for _ in range(count)]
            for household in households:
                household.leave_poverty(on=datetime.date(2018, 3, 1))
            return driver.open(kind, *households)
        return driver.open(kind, *(eligible(**fields) for _ in range(count)))

    return make
