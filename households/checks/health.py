"""Health, disability and insurance (C034–C037, C039, C078, C079)."""

from collections.abc import Iterator

from households.checks.book import BOOK, at, of_household, of_person, spotted
from households.checks.case import DISABLED, HEALTHY, Case
from households.checks.record import PersonFacts
from households.identity import DISABILITY_TYPE
from office.rulebook import WARNING, Spot

PENSION_FROM = BOOK["C039"].whole("pension_from")
INSURANCE = (
    "resident_medical_insurance",
    "employee_medical_insurance",
    "critical_illness_insurance",
    "subsistence_allowance",
    "extremely_poor_support",
)


@spotted("C034", needs="disability")
def disability_not_described(case: Case) -> Iterator[Spot]:
    """The national sheet has no column for the grade: of its rows this is a disagreement, not a refusal."""
    for person in case.present:
        if DISABLED in person.health and not (person.disability_category and person.disability_grade):
            missing = [
                name for name in ("disability_category", "disability_grade") if not getattr(person, name)
            ]
            yield Spot(
                tuple(f"person.{name}" for name in missing),
                person.position,
                person.number,
                severity=WARNING if case.context.national_sheet else "",
            )


@of_person("C035", "person.disability_certificate", needs="disability")
def no_certificate(case: Case, person: PersonFacts) -> bool:
    return (
        DISABLED in person.health and person.id_type != DISABILITY_TYPE and not person.disability_certificate
    )


@of_person("C036", "person.health", needs="disability")
def certificate_without_disability(case: Case, person: PersonFacts) -> bool:
    described = person.disability_certificate or person.disability_category
    return DISABLED not in person.health and (bool(described) or person.id_type == DISABILITY_TYPE)


@of_person("C037", "person.health")
def healthy_and_not(case: Case, person: PersonFacts) -> bool:
    return HEALTHY in person.health and len(set(person.health)) > 1


@spotted("C039")
def insurance_missing(case: Case) -> Iterator[Spot]:
    for person in case.present:
        missing = [name for name in INSURANCE if getattr(person, name) is None]
        age = case.yearly_age(person)
        if (
            person.resident_pension is None
            and age is not None
            and age >= PENSION_FROM
            and not case.at_school(person)
        ):
            missing.append("resident_pension")
        if missing:
            yield at(person, *(f"person.{name}" for name in missing))


@of_person("C078", "person.resident_medical_insurance", "person.employee_medical_insurance")
def not_insured_once(case: Case, person: PersonFacts) -> bool:
    """Both or neither; what is not filled in is C039's matter, and soldiers are cared for by the army."""
    both = (person.resident_medical_insurance, person.employee_medical_insurance)
    return both in ((True, True), (False, False)) and not person.active_soldier


@of_household("C079", "survey.medical_guaranteed", "person.resident_medical_insurance", needs="survey")
def guaranteed_without_insurance(case: Case) -> bool:
    if case.survey is None or case.survey.medical_guaranteed is not True:
        return False
    return any(
        person.resident_medical_insurance is False
        and person.employee_medical_insurance is False
        and not person.active_soldier
        for person in case.present
    )
