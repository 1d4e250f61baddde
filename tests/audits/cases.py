"""Sound cases of the audits' pure rules; tests change one thing at a time with dataclasses.replace."""

import datetime
from decimal import Decimal

from audits.cases import DecisionCase, HouseDates, HouseholdCase, Member, NoticeCase, VillageCase

DAY = datetime.date(2018, 12, 10)
FIVE = ("通路", "通电", "通水", "通广播电视", "通信息")
ADULT = Member(
    name="演示甲",
    number="01",
    age=50,
    schooling="非在校生",
    health=("长期慢性病",),
    critical_illness_insurance=True,
)
CHILD = Member(name="演示乙", number="02", age=10, schooling="小学", health=("健康",))
SOUND = HouseholdCase(
    year=2018,
    counted_from=2015,
    standard="省定标准",
    line=3579,
    survey_state="已填报",
    income=Decimal("5200.00"),
    food_assured=True,
    clothing_assured=True,
    education_guaranteed=True,
    medical_guaranteed=True,
    housing_guaranteed=True,
    water_safe=True,
    water_difficult=False,
    house_grade="A级",
    house_area=Decimal(80),
    members=(ADULT, CHILD),
)
VILLAGE = VillageCase(
    year=2018,
    poor=199,
    rural=10000,
    incidence=Decimal("1.99"),
    five_connect=FIVE,
    all_five=FIVE,
    standard_clinic=True,
    specialty_industries=1,
    cooperatives=0,
    collective_income=Decimal(30000),
)
NOTICE = NoticeCase(posted_on=datetime.date(2018, 12, 1), ends_on=datetime.date(2018, 12, 8), days=7)
DECISION = DecisionCase(
    stage="approval",
    persons=frozenset({3}),
    decided=((1, "appraisal"), (2, "acceptance")),
    entered=frozenset({1}),
)
HOUSE = HouseDates(
    day=DAY,
    applied_on=datetime.date(2018, 3, 1),
    agreement_on=datetime.date(2018, 5, 1),
    completed_on=datetime.date(2018, 9, 1),
    accepted_on=datetime.date(2018, 9, 20),
    paid_on=DAY,
)
