"""Coverage of the households that have changed since a day of the past, each asked as it stood (households/looking_back).

The rules are asked of facts here, not of the database, which would have to look up how everybody stood for every rule.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Max

from households.looking_back import Back, homes
from households.models import LEFT, Kind, StatusEvent
from measures.conditions import OF_PERSON
from measures.eligibility import RULES
from measures.facts import PERSON, Case, HomeFacts, PersonFacts, When
from measures.facts import homes as facts_of
from measures.ground import Ground, of_the_year
from measures.models import Measure
from villages.models import KeyVillage

BATCH = 2000
OF_PERSONS = [rule for rule in RULES.values() if rule.of == OF_PERSON]
OF_HOMES = [rule for rule in RULES.values() if rule.of != OF_PERSON]


def counts(ground: Ground) -> tuple[dict[int, Counter[str]], list[Any]]:
    """By village, as coverage.counts; and the measures, with `lies_in`, that are not counted here: of households that
    were not on file, or of persons who belonged to another household than their measure does."""
    assert ground.back is not None
    found: dict[int, Counter[str]] = defaultdict(Counter)
    others: list[int] = []
    lay = dict(ground.stood.order_by("household").values_list("household", "village"))
    keys = list(lay)
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        given = _given(some, ground.day)
        for home in homes_then(some, ground.back):
            others += _count(found[lay[home.id]], home, given[home.id], ground.day)
    rest = [rows.exclude(household__in=homes(ground.stood)) for rows in ground.given_to_changed()]
    if others:
        rest.append(
            Measure.objects.filter(pk__in=others).annotate(lies_in=ground.back.village("household_id"))
        )
    return found, rest


def _given(households: Sequence[int], day: datetime.date) -> dict[int, list[tuple[int, str, int | None]]]:
    """(key, policy, person) of what was delivered in the year up to the day, by household."""
    found: dict[int, list[tuple[int, str, int | None]]] = defaultdict(list)
    rows = of_the_year(Measure.objects.filter(household__in=households, policy__code__in=RULES), day)
    for home, *row in rows.order_by().values_list("household", "pk", "policy__code", "person"):
        found[home].append(tuple(row))
    return found


def _count(
    found: Counter[str], home: HomeFacts, given: list[tuple[int, str, int | None]], day: datetime.date
) -> list[int]:
    """Adds one household; the measures whose person was not a member of it."""
    now, year = When(day), When.any_day_of(day)
    cases = {person.id: Case(home, person) for person in home.members}
    whole = Case(home)
    found.update(f"{rule.code} entitled" for rule in OF_HOMES if rule.holds(whole, now))
    found.update(
        f"{rule.code} entitled" for case in cases.values() for rule in OF_PERSONS if rule.holds(case, now)
    )
    others, met = [], set()
    for key, code, person in given:
        rule = RULES[code]
        case = whole if rule.of != OF_PERSON else cases.get(person or 0)
        if case is None and person is not None:
            others.append(key)
            continue
        if case is not None and rule.holds(case, now):
            met.add((code, person if rule.of == OF_PERSON else None))
        if case is None or not rule.holds(case, year):
            found[f"{code} undue"] += 1
    found.update(f"{code} met" for code, _ in met)
    return others


def homes_then(households: Sequence[int], back: Back) -> Iterator[HomeFacts]:
    """The facts at the end of the day of these households, which were on file and have changed since."""
    mine = StatusEvent.objects.filter(household__in=households)
    stood = {event.household_id: event for event in back.on_file(mine)}
    left = dict(
        mine.known(back.day).filter(kind=Kind.EXIT).order_by().values_list("household").annotate(on=Max("on"))
    )
    levels = dict(KeyVillage.objects.standing(back.day).values_list("area_then", "level_then"))
    members: dict[int, list[PersonFacts]] = defaultdict(list)
    for rows in back.persons(households):
        for row in rows.values("household_id", *PERSON):
            members[row.pop("household_id")].append(PersonFacts(**{**row, "present": True}))
    for home in facts_of(households, back.day):
        event = stood[home.id]
        yield replace(
            home,
            village=event.village_id,
            exit_mark=event.mark,
            registered_on=home.registered_on or event.on,
            left_on=left.get(home.id, home.left_on) if event.mark == LEFT else None,
            removed_on=None,
            key_level=levels.get(event.village_id, ""),
            members=tuple(members[home.id]),
        )
