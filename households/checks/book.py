"""The numbered rules of the register, by the lines of data/checks.csv; the modules beside this one fill them in."""

from collections.abc import Callable, Iterable
from pathlib import Path

from households.checks.case import Case
from households.checks.record import PersonFacts
from office.rulebook import RuleBook, Spot

BOOK = RuleBook.read(Path(__file__).resolve().parent.parent / "data" / "checks.csv")

# What a rule may need (office/rulebook.py): attributes of Case.
OfPerson = Callable[[Case, PersonFacts], bool]
OfHousehold = Callable[[Case], bool]
Spots = Callable[[Case], Iterable[Spot]]


def at(person: PersonFacts, *fields: str) -> Spot:
    return Spot(fields, person.position, person.number)


def of_person(id: str, *fields: str, needs: str = "") -> Callable[[OfPerson], OfPerson]:
    """A rule that each present person keeps or breaks; the fields are those beside which it is said."""

    def register(breaks: OfPerson) -> OfPerson:
        def spots(case: Case) -> tuple[Spot, ...]:
            found: tuple[Spot, ...] = ()
            for person in case.present:
                if breaks(case, person):
                    found = (*found, at(person, *fields))
            return found

        BOOK.rule(id, of=Case, needs=needs)(spots)
        return breaks

    return register


def of_household(id: str, *fields: str, needs: str = "") -> Callable[[OfHousehold], OfHousehold]:
    """A rule that a household which is not cancelled keeps or breaks as a whole."""

    spot = Spot(fields)

    def register(breaks: OfHousehold) -> OfHousehold:
        def spots(case: Case) -> tuple[Spot, ...]:
            return (spot,) if case.record.removed_on is None and breaks(case) else ()

        BOOK.rule(id, of=Case, needs=needs)(spots)
        return breaks

    return register


def spotted(id: str, needs: str = "") -> Callable[[Spots], Spots]:
    """A rule that names its own places."""
    return BOOK.rule(id, of=Case, needs=needs)
