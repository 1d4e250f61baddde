"""Labour and work (C033, C054–C063)."""

from collections.abc import Iterator
from decimal import Decimal

from households.checks.book import BOOK, at, of_household, of_person, spotted
from households.checks.case import HEALTHY, NO_LABOUR, Case
from households.checks.record import PersonFacts
from office.rulebook import Spot

LABOUR_AGES, WORKING_AGES = BOOK["C033"].span("ages"), BOOK["C054"].span("ages")
LABOUR_FROM, OLD_FROM = BOOK["C055"].whole("min"), BOOK["C056"].whole("min")
MONTHS = range(BOOK["C059"].whole("min"), BOOK["C059"].whole("max") + 1)
LAWFUL = (None, "", *MONTHS)
POST_AGES = BOOK["C060"].span("ages")
NOT_OF_THE_OLD = ("普通劳动力", "技能劳动力", "丧失劳动力")
NONE_AT_ALL = "无劳动力"
POST = "公益性岗位"
MONTH_FIELDS = ("work_months", "public_service_post_months")


def number(value: object) -> Decimal | None:
    """A number of months as a form, the register or a cell holds it; None for what is no number."""
    if isinstance(value, bool) or value in (None, ""):
        return None
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return None


def above_nought(value: object) -> bool:
    if type(value) is int:
        return value > 0
    months = number(value)
    return months is not None and months > 0


def works(person: PersonFacts) -> bool:
    return above_nought(person.work_months) or above_nought(person.public_service_post_months)


@of_person("C033", "person.labour_capacity")
def labour_missing(case: Case, person: PersonFacts) -> bool:
    return case.aged(person, LABOUR_AGES) and not person.labour_capacity


@of_person("C054", "person.labour_capacity", "person.health")
def able_without_labour(case: Case, person: PersonFacts) -> bool:
    return (
        case.aged(person, WORKING_AGES)
        and person.health == (HEALTHY,)
        and not case.at_school(person)
        and person.labour_capacity in NO_LABOUR
    )


@of_person("C055", "person.labour_capacity", needs="young")
def child_with_labour(case: Case, person: PersonFacts) -> bool:
    age = case.yearly_age(person)
    return (
        age is not None
        and age < LABOUR_FROM
        and bool(person.labour_capacity)
        and person.labour_capacity != NONE_AT_ALL
    )


@of_person("C056", "person.labour_capacity")
def old_with_labour(case: Case, person: PersonFacts) -> bool:
    age = case.yearly_age(person)
    return age is not None and age >= OLD_FROM and person.labour_capacity in NOT_OF_THE_OLD


@of_person("C057", "person.labour_capacity", "person.work_months", needs="works")
def works_without_labour(case: Case, person: PersonFacts) -> bool:
    return person.labour_capacity in NO_LABOUR and (
        above_nought(person.work_months) or bool(person.work_place)
    )


@of_person("C058", "person.work_place", "person.work_months", needs="works")
def place_or_months_alone(case: Case, person: PersonFacts) -> bool:
    placed = bool(person.work_place or person.work_place_detail)
    return placed != above_nought(person.work_months)


@spotted("C059", needs="works")
def months_of_a_year(case: Case) -> Iterator[Spot]:
    for person in case.present:
        for name in MONTH_FIELDS:
            value = getattr(person, name)
            if value not in LAWFUL and number(value) not in MONTHS:
                yield at(person, f"person.{name}")


@of_person("C060", "person.public_service_post_type", "person.birth_date", needs="works")
def post_at_that_age(case: Case, person: PersonFacts) -> bool:
    posted = bool(person.public_service_post_type) or POST in person.employment_channel
    age = case.yearly_age(person)
    return posted and age is not None and age not in POST_AGES


@of_person("C061", "person.public_service_post_type", "person.public_service_post_months", needs="works")
def post_or_months_alone(case: Case, person: PersonFacts) -> bool:
    return bool(person.public_service_post_type) != above_nought(person.public_service_post_months)


@of_household("C062", "survey.wage_income", "person.work_months", needs="survey")
def wages_without_work(case: Case) -> bool:
    survey = case.survey
    if survey is None or not above_nought(survey.wage_income):
        return False
    return not any(works(person) and _there_in(person, survey.year) for person in case.record.persons)


def _there_in(person: PersonFacts, year: int) -> bool:
    """In the household on some day of the year."""
    if person.joined_on is not None and person.joined_on.year > year:
        return False
    return person.present or (person.left_on is not None and person.left_on.year >= year)


@of_household("C063", "survey.wage_income", "person.work_months", needs="survey")
def work_without_wages(case: Case) -> bool:
    if case.survey is None or case.survey.wage_income:
        return False
    return any(works(person) for person in case.present)
