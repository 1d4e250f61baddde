"""For every rule of the register's check file: a record that breaks it, and one like it that does not."""

import datetime
from dataclasses import replace
from decimal import Decimal

from households import checks
from households.checks import (
    Account,
    Context,
    HelperFacts,
    HouseholdRecord,
    LivingFacts,
    PersonFacts,
    PoorVillage,
    ProductionFacts,
    Stated,
    StatedSum,
    Stock,
    SurveyFacts,
    WatchFacts,
)
from households.income import INCOME_PARTS, TRANSFER_PARTS
from tests.conftest import identity_number
from villages.checks import YearFacts

DAY = datetime.date(2018, 11, 20)
SURVEYED = datetime.date(2018, 10, 15)
FOUNDED = datetime.date(2015, 12, 1)
LAST_YEAR = SurveyFacts(year=2017, net_income_per_capita=Decimal(2800))
CONTEXT = Context(
    day=DAY,
    lines={("国家标准", 2018): 2971, ("省定标准", 2018): 3579},
    exit_lines={2018: 3579},
    regions=frozenset({"370405"}),
)


def born(age: int) -> datetime.date:
    """A birthday in February: the age is reached on the survey's day and on the day checked."""
    return datetime.date(2018 - age, 2, 3)


def person(age: int, male: bool, serial: int, facts: dict) -> PersonFacts:
    birth = facts.pop("birth_date", born(age))
    values = {
        "position": serial,
        "number": f"{serial:011d}",
        "name": "演示甲",
        "sex": "男" if male else "女",
        "birth_date": birth,
        "id_type": "居民身份证",
        "id_number": identity_number(serial, birth or born(age), male),
        "ethnicity": "汉族",
        "schooling": "非在校生",
        "education": "小学",
        "health": ("健康",),
        "labour_capacity": "普通劳动力" if 16 <= age < 60 else "无劳动力",
        "subsistence_allowance": False,
        "extremely_poor_support": False,
        "resident_medical_insurance": True,
        "employee_medical_insurance": False,
        "critical_illness_insurance": True,
        "resident_pension": True,
        "joined_on": FOUNDED,
    }
    return PersonFacts(**{**values, **facts})


def man(age=50, **facts):
    """The head, ill: 因病 is the main cause of the household."""
    ill = {"relation": "户主", "health": ("长期慢性病",), "labour_capacity": "弱劳动力或半劳动力"}
    return person(age, True, 1, {**ill, **facts})


def wife(age=48, **facts):
    return person(age, False, 2, {"relation": "配偶", **facts})


def child(age=10, **facts):
    at_school = {"relation": "之子", "schooling": "小学", "education": ""}
    return person(age, True, 3, {**at_school, **facts})


def case(*people, context=None, survey=None, living=None, production=None, helpers=None, **facts):
    """A sound record of these people (the head alone, if nobody is named), with what is said otherwise."""
    people = people or (man(),)
    record = HouseholdRecord(
        **{
            "number": "0000000001",
            "village": "370405101201",
            "villager_group": "一组",
            "poverty_standard": "省定标准",
            "attribute": "一般贫困户",
            "poverty_cause": "因病",
            "member_count": sum(each.present for each in people),
            "registered_on": FOUNDED,
            "exit_mark": "未脱贫",
            "persons": people,
            "survey": surveyed(len(people), **(survey or {})),
            "previous": LAST_YEAR,
            "living": LivingFacts(**{**SOUND_LIVING, **(living or {})}),
            "production": ProductionFacts(**{**SOUND_PRODUCTION, **(production or {})}),
            "helpers": (helper(),) if helpers is None else helpers,
            **facts,
        }
    )
    return record, replace(CONTEXT, **(context or {}))


def surveyed(members: int, **facts) -> SurveyFacts:
    """3000 yuan a head, below the line; the sums follow the parts."""
    parts = dict.fromkeys((*INCOME_PARTS, *TRANSFER_PARTS), Decimal(0))
    values = {
        "surveyed_on": SURVEYED,
        "state": "已填报",
        "member_count": members,
        **parts,
        "business_income": Decimal(3000 * members + 500),
        "business_expense": Decimal(500),
        **dict.fromkeys(checks.standing.FIVE, True),
        "water_safe": True,
        **facts,
    }
    income = sum((values[name] or Decimal(0) for name in parts), Decimal(0))
    values.setdefault("net_income", income - (values["business_expense"] or 0))
    values.setdefault("net_income_per_capita", values["net_income"] / members)
    return SurveyFacts(year=2018, **values)


def helper(**facts) -> HelperFacts:
    return HelperFacts(**{"phone": "10000000000", "start_on": FOUNDED, "affiliation": "县", **facts})


SOUND_LIVING = {
    "house_area": Decimal(60),
    "house_grade": "B级",
    "living_power": True,
    "water_difficult": False,
    "fuel": "煤炭",
    "sanitary_toilet": True,
    "entry_road": "水泥路",
    "road_distance": Decimal("0.5"),
}
SOUND_PRODUCTION = {"cooperative_member": False, "production_power": True, "farmland": Decimal(2)}
DISABLED = {
    "health": ("残疾",),
    "disability_category": "肢体残疾",
    "disability_grade": "二级",
    "disability_certificate": identity_number(1, born(50)) + "42",
}
WORKS = {"work_place": "省外务工", "work_months": 6, "labour_capacity": "弱劳动力或半劳动力"}
GONE = {"present": False, "left_on": datetime.date(2018, 3, 1), "leave_reason": "死亡"}
EXITED = {"exit_mark": "脱贫", "left_on": datetime.date(2016, 12, 20)}
NUMBER = identity_number(1, born(50))
CERTIFIED = {**DISABLED, "id_type": "残疾人证", "disability_certificate": ""}
SUPPORTED = {"attribute": "低保贫困户", "survey": {"subsistence_income": Decimal(100)}}
LATER, BEFORE = datetime.date(2018, 12, 1), datetime.date(2015, 1, 1)
UNSAFE = {"house_grade": "C级"}


def other_digit(number: str, place: int) -> str:
    """The number with another digit at the place, and so with a wrong check digit."""
    return number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]


def other_region(region: str) -> str:
    stem = region + NUMBER[6:17]
    return stem + checks.numbers.identity.check_digit(stem)


def born_on(digits: str) -> str:
    stem = NUMBER[:6] + digits + NUMBER[14:17]
    return stem + checks.numbers.identity.check_digit(stem)


CASES = {
    # Filled in, and with words of the lists.
    "C001": (case(man(health=())), case(man(phone=""))),
    "C002": (case(man(education="秀才")), case(man(education="02"))),
    # Identity numbers.
    "C003": (case(man(id_number="370405500203001")), case(man(id_number=f" {NUMBER} "))),
    "C004": (case(man(id_number=NUMBER[:5] + "A" + NUMBER[6:])), case(man(id_number=NUMBER.lower()))),
    "C005": (case(man(id_number=other_digit(NUMBER, 15))), case()),
    "C006": (case(man(id_number=born_on("19680230"))), case(man(id_number=born_on("19680229")))),
    "C007": (
        case(man(**CERTIFIED, id_number=NUMBER + "82")),
        case(man(**CERTIFIED, id_number=NUMBER + "42B1")),
    ),
    "C008": (case(man(id_number=NUMBER + "42")), case(man(**CERTIFIED, id_number=NUMBER + "42"))),
    "C009": (
        case(man(id_type="护照", id_number="E12*4567")),
        case(man(id_type="军官证", id_number="军字第(123)-4")),
    ),
    "C010": (case(man(**{**DISABLED, "disability_grade": "一级"})), case(man(**DISABLED))),
    "C011": (case(man(id_number=other_region("999999"))), case(man(id_number=other_region("370405")))),
    "C012": (case(context={"taken_numbers": {NUMBER}}), case(context={"taken_numbers": {NUMBER[:17]}})),
    "C013": (case(man(), wife(id_number=NUMBER)), case(man(), wife(id_number=NUMBER, present=False))),
    "C014": (case(man(id_cell=3.7040519680203e17)), case(man(id_cell=NUMBER))),
    "C015": (case(man(birth_date=born(51), id_number=NUMBER)), case()),
    "C016": (case(man(sex="女")), case()),
    # Family.
    "C017": (case(wife()), case(removed_on=DAY)),
    "C018": (case(man(), wife(relation="户主")), case(man(), wife(relation="户主", present=False))),
    "C019": (case(man(), wife(), child(relation="配偶")), case(man(), wife(), child())),
    "C020": (case(man(), wife(sex="男")), case(man(), wife())),
    "C021": (
        case(wife(relation="户主"), child(relation="之岳父")),
        case(man(), child(relation="之岳父")),
    ),
    "C022": (case(man(), child(36)), case(man(), child(35))),
    "C023": (case(man(15), wife(18)), case(man(16), wife(18))),
    "C024": (case(man(15), child(10)), case(man(15), wife(30))),
    "C025": (case(man(**GONE)), case(man(**GONE), registered_on=None)),
    "C026": (case(removed_on=DAY), case(man(present=False), removed_on=DAY)),
    "C027": (case(stated=Stated(member_count=2)), case(stated=Stated(member_count=1))),
    "C028": (
        case(man(), wife(**GONE, counted=True)),
        case(man(), wife(**GONE, counted=True), survey={"member_count": 1}),
    ),
    "C029": (
        case(helpers=(helper(end_on=BEFORE),)),
        case(helpers=(helper(end_on=LATER),)),
    ),
    # School.
    "C030": (case(man(), child(schooling="")), case(man(), child(5, schooling=""))),
    "C031": (
        case(man(education="")),
        case(man(), child(schooling="")),
    ),
    "C032": (
        case(man(), child(education="小学"), context={"national_sheet": True}),
        case(man(), child(education="小学")),
    ),
    "C041": (case(man(), child(20)), case(man(), child(19))),
    "C042": (
        case(man(), child(14, schooling="普通高中一年级")),
        case(man(), child(15, schooling="普通高中一年级")),
    ),
    "C043": (
        case(man(), child(7, schooling="学前教育")),
        case(man(), child(7, schooling="学前教育", health=("长期慢性病",))),
    ),
    "C044": (
        case(man(), child(14, years=((2018, "八年级"), (2017, "八年级"), (2016, "八年级")))),
        case(man(), child(10, years=((2018, "小学"), (2017, "小学"), (2016, "小学")))),
    ),
    "C045": (
        case(man(), child(schooling="非在校生", dropout_reason="因残")),
        case(man(), child(schooling="非在校生", dropout_reason="因残", health=("残疾",))),
    ),
    "C046": (
        case(man(), child(7, schooling="非在校生")),
        case(man(), child(birth_date=datetime.date(2012, 10, 2), schooling="非在校生")),
    ),
    "C047": (
        case(man(), child(schooling="非在校生")),
        case(man(), child(schooling="非在校生", dropout_reason="厌学")),
    ),
    "C048": (case(wife(16, education="高中")), case(wife(17, education="高中"))),
    # Work.
    "C033": (case(man(65, labour_capacity="")), case(man(66, labour_capacity=""))),
    "C054": (case(man(), wife(labour_capacity="无劳动力")), case(man(labour_capacity="无劳动力"))),
    "C055": (case(man(), child(labour_capacity="普通劳动力")), case(man(), child())),
    "C056": (case(man(60, labour_capacity="丧失劳动力")), case(man(60, labour_capacity="无劳动力"))),
    "C057": (case(man(**{**WORKS, "labour_capacity": "无劳动力"})), case(man(**WORKS))),
    "C058": (case(man(work_place="省外务工", work_months=0)), case(man(**WORKS))),
    "C059": (
        case(man(**{**WORKS, "work_months": Decimal("2.5")})),
        case(man(**{**WORKS, "work_months": 12})),
    ),
    "C060": (
        case(man(70, employment_channel=("公益性岗位",))),
        case(man(69, employment_channel=("公益性岗位",))),
    ),
    "C061": (
        case(man(public_service_post_type="护林员")),
        case(man(public_service_post_type="护林员", public_service_post_months=3)),
    ),
    "C062": (
        case(survey={"wage_income": Decimal(900)}),
        case(man(), wife(**GONE, **WORKS), survey={"wage_income": Decimal(900)}),
    ),
    "C063": (case(man(**WORKS)), case(man(**WORKS), survey={"wage_income": Decimal(900)})),
    # Health and insurance.
    "C034": (case(man(**{**DISABLED, "disability_grade": ""})), case(man(**DISABLED))),
    "C035": (
        case(man(**{**DISABLED, "disability_certificate": ""})),
        case(man(**CERTIFIED, id_number=NUMBER + "42")),
    ),
    "C036": (case(man(disability_category="肢体残疾")), case(man(**DISABLED))),
    "C037": (case(man(health=("健康", "残疾"))), case(man(health=("患有大病", "残疾")))),
    "C039": (case(man(resident_pension=None)), case(man(), child(resident_pension=None))),
    "C078": (
        case(man(employee_medical_insurance=True)),
        case(man(employee_medical_insurance=True, active_soldier=True)),
    ),
    "C079": (
        case(man(resident_medical_insurance=False)),
        case(man(resident_medical_insurance=False, active_soldier=True)),
    ),
    # Causes.
    "C049": (case(man(health=("健康",))), case()),
    "C050": (case(poverty_cause="因学"), case(man(), child(), poverty_cause="因学")),
    "C051": (case(poverty_cause="因残"), case(man(**DISABLED), poverty_cause="因残")),
    "C052": (case(other_poverty_causes=("因病",)), case(other_poverty_causes=("因灾", "因学"))),
    "C053": (
        case(other_poverty_causes=("因灾", "因学", "因婚")),
        case(other_poverty_causes=("因灾", "因学")),
    ),
    # Income.
    "C064": (case(survey={"business_expense": None}), case()),
    "C065": (
        case(survey={"business_income": Decimal(100501)}),
        case(survey={"business_income": Decimal(100500)}),
    ),
    "C066": (case(production={"farmland": Decimal(-1)}), case(survey={"net_income": Decimal(-1)})),
    "C067": (
        case(stated=Stated(transfer_income=Decimal("0.02"))),
        case(stated=Stated(transfer_income=Decimal("0.01"))),
    ),
    "C068": (
        case(man(), wife(), stated=Stated(net_income_per_capita=Decimal("3000.01"))),
        case(man(), wife(), stated=Stated(net_income=Decimal(6001), net_income_per_capita=Decimal(3000))),
    ),
    "C069": (
        case(previous=replace(LAST_YEAR, net_income_per_capita=Decimal(1999))),
        case(previous=replace(LAST_YEAR, net_income_per_capita=Decimal(2000))),
    ),
    "C070": (
        case(survey={"property_income": Decimal(580)}),
        case(survey={"property_income": Decimal(580)}, no_exit_reason="08"),
    ),
    # 低保 and 五保.
    "C071": (
        case(survey={"subsistence_income": Decimal(1), "extremely_poor_income": Decimal(1)}),
        case(survey={"subsistence_income": Decimal(1)}),
    ),
    "C072": (case(attribute="五保贫困户"), case(**SUPPORTED)),
    "C073": (case(survey={"subsistence_income": Decimal(1)}), case(**SUPPORTED)),
    "C074": (case(**SUPPORTED), case(man(subsistence_allowance=True), **SUPPORTED)),
    "C075": (case(man(subsistence_allowance=True)), case(man(subsistence_allowance=True), **SUPPORTED)),
    "C076": (
        case(man(65), attribute="五保贫困户"),
        case(man(66), attribute="五保贫困户"),
    ),
    "C077": (
        case(man(labour_capacity="丧失劳动力")),
        case(man(labour_capacity="丧失劳动力", extremely_poor_support=True)),
    ),
    # House, water, land.
    "C038": (case(living={"house_area": Decimal(0)}), case()),
    "C080": (case(living=UNSAFE), case(living=UNSAFE, survey={"housing_guaranteed": False})),
    "C081": (
        case(living=UNSAFE, **EXITED, watches=(WatchFacts(identified_on=DAY, risk_removed=True),)),
        case(living=UNSAFE, **EXITED, watches=(WatchFacts(identified_on=DAY),)),
    ),
    "C082": (case(production={"farmland": Decimal(51)}), case(production={"farmland": Decimal(50)})),
    "C083": (case(living={"road_distance": Decimal(51)}), case(living={"road_distance": Decimal(50)})),
    # Phones, accounts, helpers, closed years, risk after the exit.
    "C040": (case(phone="1000000-000"), case(phone="１００ 0000-0000")),
    "C084": (
        case(bank_account="6210 0001", context={"taken_accounts": {"62100001"}}),
        case(bank_account="6210 0002", context={"taken_accounts": {"62100001"}}),
    ),
    "C085": (case(helpers=()), case(helpers=(), exit_mark="脱贫", left_on=datetime.date(2015, 11, 19))),
    "C086": (
        case(helpers=(helper(id_number=NUMBER[:17] + "x"),), context={"poor_numbers": {NUMBER[:17] + "X"}}),
        case(helpers=(helper(id_number=NUMBER, end_on=FOUNDED),), context={"poor_numbers": {NUMBER}}),
    ),
    "C087": (
        case(survey={"state": "已封存"}, context={"survey_changed": True, "by_district": True}),
        case(
            survey={"state": "已封存", "correction_reason": "错录", "correction_document": "依据.pdf"},
            context={"survey_changed": True, "by_district": True},
        ),
    ),
    "C103": (case(**EXITED), case(survey={"property_income": Decimal(580)}, **EXITED)),
    # Villages, towns, counties.
    "C107": (
        PoorVillage(facts=YearFacts(households=100, unsafe_water_households=60, unsafe_house_households=41)),
        PoorVillage(facts=YearFacts(households=100, unsafe_water_households=60), poor_households=100),
    ),
    "C109": (
        StatedSum(figure="poor_persons", stated=5, parts=(2, 2)),
        StatedSum(figure="poor_persons", stated=5, parts=(2, None)),
    ),
    "C110": (
        Account(base=Stock(3, 9), into=Stock(1, 2), out=Stock(2, 5), now=Stock(2, 5)),
        Account(base=Stock(3, 9), into=Stock(1, 2), out=Stock(2, 5), now=Stock(2, 6)),
    ),
}
