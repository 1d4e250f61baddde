"""What must be filled in, and filled in with words of the lists (C001, C002)."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from households import identity
from households.checks.book import at, spotted
from households.checks.case import Case
from households.checks.record import (
    HelperFacts,
    HouseholdRecord,
    LivingFacts,
    PersonFacts,
    SurveyFacts,
    WatchFacts,
    coded_fields,
)
from households.codes import CODES
from office.rulebook import Spot

# required=yes in fields.csv and neither derived nor given by the system.
OF_HOUSEHOLD = {
    name: Spot((f"household.{name}",))
    for name in ("village", "villager_group", "poverty_standard", "attribute", "poverty_cause")
}
OF_PERSON = ("name", "id_type", "id_number", "ethnicity", "relation", "health", "join_reason")
# Derived from an 18-digit number; asked where the document has none.
FROM_THE_NUMBER = ("sex", "birth_date")
# The national sheet's words for it were seen in no source: an unknown one stays as printed (column 32).
KEPT_AS_PRINTED = frozenset({"industry_class"})
# (field, its list, the words of it): a word of the list is known whatever the source is.
CODED = {
    kind: tuple(
        (name, list_name, frozenset(CODES[list_name].words))
        for name, list_name in coded_fields(kind)
        if name not in KEPT_AS_PRINTED
    )
    for kind in (HouseholdRecord, PersonFacts, SurveyFacts, LivingFacts, HelperFacts, WatchFacts)
}
HAS_A_STEM = (*identity.CITIZEN_TYPES, identity.DISABILITY_TYPE)


@spotted("C001")
def missing(case: Case) -> Iterator[Spot]:
    if case.record.removed_on is None:
        for name, spot in OF_HOUSEHOLD.items():
            if not getattr(case.record, name):
                yield spot
    for person in case.present:
        for name in _asked(person):
            if not getattr(person, name):
                yield at(person, f"person.{name}")


def _asked(person: PersonFacts) -> Iterable[str]:
    if not person.id_type or person.id_type in HAS_A_STEM:
        return OF_PERSON
    return (*OF_PERSON, *FROM_THE_NUMBER)


@spotted("C002")
def unknown_word(case: Case) -> Iterator[Spot]:
    record = case.record
    for entity, part in (
        ("household", record),
        ("survey", record.survey),
        ("living", record.living),
        *(("helper", helper) for helper in record.helpers),
        *(("watch", watch) for watch in record.watches),
    ):
        for name in _unknown(part, case.context.source):
            yield Spot((f"{entity}.{name}",))
    for person in record.persons:
        for name in _unknown(person, case.context.source):
            yield at(person, f"person.{name}")


def _unknown(part: Any, source: str) -> Iterator[str]:
    """Coded fields whose word no label, alias or code of the list gives."""
    if part is None:
        return
    for name, list_name, listed in CODED[type(part)]:
        value = getattr(part, name)
        if not value:
            continue
        words = (value,) if isinstance(value, str) else value
        if listed.issuperset(words):
            continue
        if any(word and not _known(list_name, word, source) for word in words):
            yield name


@lru_cache(maxsize=8192)
def _known(list_name: str, word: str, source: str) -> bool:
    """A register has few words and many rows."""
    return CODES[list_name].read(word, source) is not None
