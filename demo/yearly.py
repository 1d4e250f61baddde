"""What a person's record says on a day: school, labour and work follow the age (checks C030–C063)."""

import datetime
from typing import Any

from demo.register import Person

HIGH_SCHOOL = ("普通高中一年级", "普通高中二年级", "普通高中三年级")
VOCATIONAL = ("中职一年级", "中职二年级", "中职三年级")
COLLEGE = ("高职高专一年级", "高职高专二年级", "高职高专三年级")
MIDDLE = ("七年级", "八年级", "九年级")
LAST_AT_WORK = 65


def schooling(person: Person, on: datetime.date) -> str:
    """The stage of the school year that began on the last 1 September."""
    began = datetime.date(on.year if on >= datetime.date(on.year, 9, 1) else on.year - 1, 9, 1)
    age = person.age(began)
    if age < 3:
        return "学龄前儿童"
    if age < 6:
        return "学前教育"
    if age < 12:
        return "小学"
    if age < 15:
        return MIDDLE[age - 12]
    if age < 18:
        return (HIGH_SCHOOL if person.studies_on else VOCATIONAL)[age - 15]
    if age < 21 and person.studies_on:
        return COLLEGE[age - 18]
    return "非在校生"


def labour(person: Person, on: datetime.date) -> str:
    age = person.age(on)
    if age < 16 or schooling(person, on) != "非在校生":
        return "无劳动力"
    if age >= 60:
        return "弱劳动力或半劳动力" if person.able else "无劳动力"
    if not person.able:
        return "丧失劳动力"
    if person.health != ("健康",):
        return "弱劳动力或半劳动力"
    return "技能劳动力" if person.skilled else "普通劳动力"


def works(person: Person, on: datetime.date) -> bool:
    return (
        bool(person.works)
        and person.able
        and 18 <= person.age(on) <= LAST_AT_WORK
        and (schooling(person, on) == "非在校生")
    )


def facts(person: Person, on: datetime.date) -> dict[str, Any]:
    """The yearly fields of fields.csv for one person, as the survey of that day would find them."""
    school = schooling(person, on)
    age, at_school = person.age(on), school != "非在校生"
    working = works(person, on)
    on_post = working and bool(person.post) and on.year >= 2016
    return {
        "education": "" if at_school else person.schooled,
        "schooling": school,
        "health": person.health,
        "self_care": person.self_care,
        "labour_capacity": labour(person, on),
        "work_place": person.works if working else "",
        "work_months": person.work_months if working else None,
        "employment_channel": (("公益性岗位",) if on_post else ("灵活就业",)) if working else (),
        "public_service_post_type": person.post if on_post else "",
        "public_service_post_months": person.work_months if on_post else None,
        "subsistence_allowance": person.subsistence_allowance,
        "extremely_poor_support": person.extremely_poor_support,
        "resident_medical_insurance": True,
        "employee_medical_insurance": False,
        "critical_illness_insurance": True,
        "resident_pension": None if age < 16 or at_school else age >= 60 or on.year >= person.insured_since,
        "employee_pension": None if age < 16 or at_school else False,
        "disease_name": person.disease_name,
        "support_mode": person.support_mode,
    }


def flags(person: Person, on: datetime.date) -> dict[str, bool]:
    """What depends on the age but is not kept by year."""
    age = person.age(on)
    return {
        "left_behind_child": person.left_behind_child and age < 16,
        "left_behind_elder": person.left_behind_elder and age >= 60,
    }
