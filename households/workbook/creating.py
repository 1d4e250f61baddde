"""Households and members of an import written in bulk: what the entry form writes for each, in a few statements.

A new household is an applicant: counted nowhere, without an event and without a colour. A new member of a household
on the register comes by 增员 with its event.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connections

from areas.models import Area
from areas.scope import AreaScope
from households import names, poverty
from households.entry.household_form import ASKED
from households.models import (
    ClosedYear,
    Household,
    Living,
    Load,
    NameKey,
    NumberSeries,
    Person,
    PersonYear,
    Production,
    StatusEvent,
    Survey,
)
from households.models.person import YearlyFacts
from households.models.survey import SUBMITTED
from households.workbook.changes import Overtaken, ReadNew, Values, unsealed_new
from households.workbook.inserting import History, Packed, Table, insert, take_ids
from office.pii import index_versions, unseal

YEARLY_FACTS = tuple(field.name for field in YearlyFacts._meta.get_fields())
MODELS: dict[str, Any] = {"survey": Survey, "living": Living, "production": Production}
FIRST_VERSION = 1
NAME_COLUMNS = ["gram", "household_id"]
SET_WRITTEN = """
    UPDATE households_importchange SET household_id = told.household, written_version = 1
      FROM unnest(%s::bigint[], %s::bigint[]) AS told (change, household)
     WHERE households_importchange.id = told.change
"""
SET_ONE_WRITTEN = "UPDATE households_importchange SET household_id = %s, written_version = 1 WHERE id = %s"


class Named(NamedTuple):
    """What the index of names reads of a person."""

    household_id: int
    name: str


Content = tuple[int, Any, str]  # key, uid and token of an ImportChange of a new household


@dataclass
class New:
    """A household being made: its key, its number, its place, and what is said of it."""

    key: int
    number: str
    village: Area
    read: ReadNew


@dataclass(frozen=True)
class Given:
    """What the database gives to some new households before their rows can be made."""

    made: list[New]
    persons: list[tuple[int, str]]  # key and number


@dataclass(frozen=True)
class Made:
    """Rows of some new households, as they are sent."""

    made: list[New]
    people: list[list[Values]]
    households: Packed
    persons: Packed
    names: Packed


def read_new(part: Sequence[Content]) -> list[ReadNew]:
    """Asks nothing of the database. Raises Overtaken (changes.py)."""
    return [unsealed_new(unseal(token, uid, "content")) for _, uid, token in part]


def give(reads: Sequence[ReadNew], scope: AreaScope, day: datetime.date) -> Given:
    """Raises Overtaken when a village or a year was closed meanwhile."""
    villages = _villages({read.village for read in reads}, scope, day)
    keys, numbers = take_ids(Household, len(reads)), NumberSeries.take("household", len(reads))
    made = [
        New(key, number, villages[read.village], read)
        for key, number, read in zip(keys, numbers, reads, strict=True)
    ]
    _years_open(made)
    return Given(made, _take_persons(sum(len(read.persons) for read in reads)))


def make(given: Given, day: datetime.date) -> Made:
    """Seals and writes out; asks nothing of the database."""
    household, person = Table.here(Household), Table.here(Person)
    waiting, newest = iter(given.persons), f"{index_versions()[0]}:"
    people, lines = [], []
    for one in given.made:
        members = []
        for values, index in zip(one.read.persons, one.read.keys, strict=True):
            key, number = next(waiting)
            member = {**values, "id": key, "number": number, "household_id": one.key}
            # Made at the check; under a key that is the newest no more it is made again.
            if index.startswith(newest):
                member["id_number_key"] = index
            members.append(member)
            lines.append(person.line(member))
        people.append(members)
    return Made(
        given.made,
        people,
        household.packed(
            [household.line({**one.read.household, **_household(one, day)}) for one in given.made]
        ),
        person.packed(lines),
        Table.here(NameKey).packed(_grams(people), NAME_COLUMNS),
    )


def write_made(part: Sequence[Content], made: Made, history: History) -> None:
    """In the caller's transaction."""
    made.households.send(history)
    made.persons.send(history)
    made.names.send()
    _insert_years(made.made, made.people, history)
    _remember([key for key, _, _ in part], made.made)


def _take_persons(count: int) -> list[tuple[int, str]]:
    if not count:
        return []
    return list(zip(take_ids(Person, count), NumberSeries.take("person", count), strict=True))


def _villages(ids: set[int], scope: AreaScope, day: datetime.date) -> dict[int, Area]:
    rows = Area.objects.in_scope(scope).held_open(ids, day).select_related("parent__parent")
    found = {each.pk: each for each in rows}
    if len(found) != len(ids):
        raise Overtaken("有村在这以后停用了，或者不在当前任职的区域内，没有写入任何内容；请重新上传核对")
    return found


def _years_open(made: list[New]) -> None:
    asked = {(_county(one.village), year) for one in made for _, year, _ in one.read.years}
    ClosedYear.hold(asked)
    if asked and asked & ClosedYear.places():
        raise Overtaken("有年度在这以后封存了，没有写入任何内容；请重新上传核对")


def _county(village: Area) -> int:
    assert village.parent is not None and village.parent.parent_id is not None
    return village.parent.parent_id


def _household(one: New, day: datetime.date) -> Values:
    """What it has beside the values of the file."""
    return {
        "id": one.key,
        "number": one.number,
        "village_id": one.village.pk,
        "town_id": one.village.parent_id,
        "county_id": _county(one.village),
        "member_count": len(one.read.persons),
        "below_national": one.read.household.get("poverty_standard") == poverty.NATIONAL,
        "coloured_on": day,
        "version": FIRST_VERSION,
    }


def _grams(people: list[list[Values]]) -> list[list[Any]]:
    """Of households that have no names yet, so that none can be there twice; in the order of the index."""
    encode = Table.here(NameKey).encode
    wanted = {
        (gram, one["household_id"])
        for members in people
        for one in members
        for gram in names.grams(one["name"])
    }
    return [[encode(gram), encode(household)] for gram, household in sorted(wanted)]


def _insert_years(made: list[New], people: list[list[Values]], history: History) -> None:
    rows: dict[str, list[Values]] = {entity: [] for entity in MODELS}
    frozen: list[Values] = []
    for one, persons in zip(made, people, strict=True):
        for entity, year, values in one.read.years:
            row = {**values, "household_id": one.key, "year": year}
            if entity == "survey":
                row |= surveyed(row, len(persons))
                if row.get("state") == SUBMITTED:
                    frozen += [yearly(person, year) for person in persons]
            rows[entity].append(row)
    for entity, model in MODELS.items():
        for row, key in zip(rows[entity], take_ids(model, len(rows[entity])), strict=True):
            row["id"] = key
        insert(model, rows[entity], history)
    insert(PersonYear, frozen)


def surveyed(row: Values, members: int) -> Values:
    """What a new survey's row has beside its answers: a complete one is submitted."""
    settled = Survey(**row, member_count=members)
    settled.settle()
    more: Values = {
        "member_count": members,
        "net_income": settled.net_income,
        "net_income_per_capita": settled.net_income_per_capita,
    }
    if all(row.get(name) is not None for name in ASKED):
        more["state"] = SUBMITTED
    return more


def yearly(person: Values, year: int) -> Values:
    """A person's yearly facts as a row of the year."""
    facts = {name: person[name] for name in YEARLY_FACTS if name in person}
    return {**facts, "person_id": person["id"], "year": year}


def _remember(changes: list[int], made: list[New]) -> None:
    """Which household came of which change, for the undo."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        if cursor.db.vendor == "postgresql":
            cursor.execute(SET_WRITTEN, [changes, [one.key for one in made]])
        else:
            pairs = [(one.key, change) for change, one in zip(changes, made, strict=True)]
            cursor.executemany(SET_ONE_WRITTEN, pairs)


def join(
    joining: Iterable[tuple[int, list[Values]]],
    *,
    by: Any,
    moment: datetime.datetime,
    history: History,
) -> None:
    """New members of households whose version the caller has taken. Raises Overtaken when one cannot join."""
    wanted = dict(joining)
    if not wanted:
        return
    households = {each.pk: each for each in Household.objects.filter(pk__in=wanted)}
    ClosedYear.hold(
        {
            (households[pk].county_id, values["joined_on"].year)
            for pk, joined in wanted.items()
            for values in joined
            if households[pk].registered_on is not None
        }
    )
    load = Load(ClosedYear.places())
    people: list[Values] = []
    members: list[tuple[Person, Values]] = []
    for pk, joined in wanted.items():
        household = households[pk]
        for values in joined:
            person = {**values, "household_id": pk}
            people.append(person)
            if household.registered_on is None:
                household.member_count += 1
                continue
            on, reason = person["joined_on"], person["join_reason"]
            member = Person(relation=person["relation"])
            members.append((member, person))
            try:
                household.person_joins(
                    member, on=on, join_reason=reason, by=by, recorded_at=moment, load=load
                )
            except ValidationError as refusal:
                raise Overtaken("；".join(refusal.messages)) from None
    for person, (key, number) in zip(people, _take_persons(len(people)), strict=True):
        person["id"], person["number"] = key, number
    insert(Person, people, history)
    NameKey.objects.add(Named(person["household_id"], person["name"]) for person in people)
    for member, person in members:
        member.pk = person["id"]
    StatusEvent.objects.bulk_create(load.events, batch_size=500)
    Household.objects.bulk_update(households.values(), ["member_count", "last_event_on"], batch_size=500)
    kept: Any = Household.history  # type: ignore[attr-defined]
    kept.bulk_history_create(
        list(households.values()),
        update=True,
        default_user=by,
        default_change_reason=history.reason[:100],
        batch_size=500,
    )
