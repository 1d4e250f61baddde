"""School and education (C030–C032, C041–C048)."""

import datetime
import re

from households.checks.book import BOOK, of_person
from households.checks.case import DISABLED, HEALTHY, OUT_OF_SCHOOL, TOO_YOUNG_FOR_SCHOOL, Case, full_years
from households.checks.record import PersonFacts
from households.codes import CODES

SCHOOL_AGES = BOOK["C030"].span("ages")
HIGH_SCHOOL_TOO_EARLY = BOOK["C042"].whole("max")
KINDERGARTEN_TOO_LATE = BOOK["C043"].whole("min")
COMPULSORY = BOOK["C046"].span("ages")
YEARS_IN_A_GRADE = BOOK["C044"].whole("years")
UPPER = ("普通高中", "中职", "技师", "高职", "大专", "本科", "硕士")
KINDERGARTEN = ("学前教育", TOO_YOUNG_FOR_SCHOOL)
SINGLE_GRADE = re.compile(".+年级")
PRESCHOOL_UNTIL = BOOK["C048"].whole("学龄前")
REACHED_FROM = {
    "小学": BOOK["C048"].whole("小学"),
    "初中": BOOK["C048"].whole("初中"),
    "高中": BOOK["C048"].whole("高中"),
    "大专": BOOK["C048"].whole("大专"),
    "大专及以上": BOOK["C048"].whole("大专"),
    "本科及以上": BOOK["C048"].whole("本科"),
}
# Every school value's lawful ages, from the notes of the code list.
AGES = {
    code.label: range(int(found[1]), int(found[2]) + 1)
    for code in CODES["schooling"].codes
    if (found := re.search(r"ages=(\d+)-(\d+)", code.note))
}


def possible(case: Case, person: PersonFacts) -> bool:
    """The age is one of those at which the school is possible; an age that is not known is no breach."""
    age, ages = case.yearly_age(person), AGES.get(case.schooling(person))
    return age is None or ages is None or age in ages


@of_person("C030", "person.schooling", needs="young")
def schooling_missing(case: Case, person: PersonFacts) -> bool:
    return case.aged(person, SCHOOL_AGES) and not case.schooling(person)


@of_person("C031", "person.education", "person.schooling")
def education_missing(case: Case, person: PersonFacts) -> bool:
    """Both empty at 6–23 is said once, by the rule on schooling."""
    if person.education:
        return False
    schooling = case.schooling(person)
    return schooling == OUT_OF_SCHOOL or (not schooling and not case.aged(person, SCHOOL_AGES))


@of_person("C032", "person.education", "person.schooling")
def pupil_with_education(case: Case, person: PersonFacts) -> bool:
    return (
        case.context.national_sheet
        and bool(person.education)
        and case.schooling(person) not in ("", OUT_OF_SCHOOL)
    )


@of_person("C041", "person.schooling", "person.birth_date")
def impossible_age(case: Case, person: PersonFacts) -> bool:
    return not possible(case, person)


@of_person("C042", "person.schooling", "person.birth_date", needs="young")
def early_high_school(case: Case, person: PersonFacts) -> bool:
    age = case.yearly_age(person)
    return (
        age is not None
        and age <= HIGH_SCHOOL_TOO_EARLY
        and case.schooling(person).startswith(UPPER)
        and possible(case, person)
    )


@of_person("C043", "person.schooling", "person.birth_date")
def late_kindergarten(case: Case, person: PersonFacts) -> bool:
    age = case.yearly_age(person)
    return (
        age is not None
        and age >= KINDERGARTEN_TOO_LATE
        and person.health == (HEALTHY,)
        and case.schooling(person) in KINDERGARTEN
        and possible(case, person)
    )


@of_person("C044", "person.schooling", needs="surveyed_before")
def same_grade_again(case: Case, person: PersonFacts) -> bool:
    """Only single grades: one may well be three years in 小学 or 学前教育."""
    if len(person.years) < YEARS_IN_A_GRADE:
        return False
    by_year = dict(person.years)
    last = max(by_year)
    grades = {by_year.get(last - back, "") for back in range(YEARS_IN_A_GRADE)}
    return len(grades) == 1 and SINGLE_GRADE.fullmatch(grades.pop()) is not None


@of_person("C045", "person.dropout_reason", "person.health", needs="dropouts")
def dropped_out_in_good_health(case: Case, person: PersonFacts) -> bool:
    if person.dropout_reason == "因病":
        return HEALTHY in person.health
    return person.dropout_reason == "因残" and DISABLED not in person.health


def _must_be_at_school(case: Case, person: PersonFacts) -> bool:
    """6–15, and 6 already on the last 1 September."""
    if person.birth_date is None or not case.aged(person, COMPULSORY):
        return False
    day = case.found_on(person)
    began = datetime.date(day.year, 9, 1)
    if began > day:
        began = datetime.date(day.year - 1, 9, 1)
    return full_years(person.birth_date, began) >= COMPULSORY.start


@of_person("C046", "person.schooling", "survey.education_guaranteed", needs="survey")
def out_of_school_yet_guaranteed(case: Case, person: PersonFacts) -> bool:
    return (
        case.survey is not None
        and case.survey.education_guaranteed is True
        and case.schooling(person) in ("", OUT_OF_SCHOOL)
        and _must_be_at_school(case, person)
    )


@of_person("C047", "person.dropout_reason", "person.schooling", needs="young")
def dropout_reason_disagrees(case: Case, person: PersonFacts) -> bool:
    """An empty schooling is C030's matter."""
    if not case.aged(person, COMPULSORY):
        return False
    if case.schooling(person) == OUT_OF_SCHOOL:
        return not person.dropout_reason
    return case.at_school(person) and bool(person.dropout_reason)


@of_person("C048", "person.education", "person.birth_date")
def education_at_that_age(case: Case, person: PersonFacts) -> bool:
    age = case.yearly_age(person)
    if age is None:
        return False
    if person.education == TOO_YOUNG_FOR_SCHOOL:
        return age >= PRESCHOOL_UNTIL
    return person.education in REACHED_FROM and age < REACHED_FROM[person.education]
