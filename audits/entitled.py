"""应享未享 of households that are to leave: what the record entitles them to and nobody has given in the year (C102).

The same conditions as the coverage list (measures.eligibility), asked of a list's households at once: five statements
for any number. Shown beside the standard and answered by the acceptance, never blocking (domain §5).
"""

import datetime
from collections.abc import Collection, Iterable, Iterator

from households.models import Person
from measures.conditions import OF_PERSON
from measures.eligibility import RULES, Rule
from measures.facts import Case, HomeFacts, When, homes
from measures.models import Measure, Policy


def undelivered(ids: Collection[int], year: int, on: datetime.date) -> dict[int, tuple[str, ...]]:
    """By household id, in the order of the catalogue: 政策, for a person's 姓名：政策. Nothing owed, no key.

    Asked of the day, or of the year's last one once that has passed.
    """
    day = min(on, datetime.date(year, 12, 31))
    policies = dict(
        Policy.objects.in_force(day).filter(code__in=RULES).order_by("pk").values_list("code", "name")
    )
    given = _given(ids, year)
    owed: dict[int, list[tuple[str, int | None]]] = {}
    for home in homes(ids, day):
        missing = [
            (code, person)
            for code in policies
            for person in _entitled(RULES[code], home, day)
            if (code, home.id, person) not in given
        ]
        if missing:
            owed[home.id] = missing
    names = _names(person for rows in owed.values() for _, person in rows)
    return {
        home: tuple(
            f"{names[person]}：{policies[code]}" if person else policies[code] for code, person in rows
        )
        for home, rows in owed.items()
    }


def _entitled(rule: Rule, home: HomeFacts, day: datetime.date) -> Iterator[int | None]:
    """Persons entitled, or None for the household as a whole."""
    when = When(day)
    if rule.of == OF_PERSON:
        yield from (person.id for person in home.members if rule.holds(Case(home, person), when))
    elif rule.holds(Case(home), when):
        yield None


def _given(ids: Collection[int], year: int) -> set[tuple[str, int, int | None]]:
    """What was delivered: a household's own policy whoever of it is named, a person's to that person."""
    rows = Measure.objects.delivered().filter(household__in=ids, year=year, policy__code__in=RULES)
    found = set()
    for code, household, person in rows.values_list("policy__code", "household_id", "person_id"):
        found.add((code, household, person if RULES[code].of == OF_PERSON else None))
    return found


def _names(persons: Iterable[int | None]) -> dict[int, str]:
    wanted = {person for person in persons if person is not None}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))
