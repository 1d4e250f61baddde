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
    ImportChange,
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
from households.workbook.changes import ReadNew, Values, unsealed_new
from households.workbook.inserting import History, Table, insert, insert_lines, insert_pairs, take_ids

YEARLY_FACTS = tuple(field.name for field in YearlyFacts._meta.get_fields())
MODELS: dict[str, Any] = {"survey": Survey, "living": Living, "production": Production}
FIRST_VERSION = 1
# What a person of a new household gets when it is written.
GIVEN = ("id", "number", "household_id")
SET_WRITTEN = """
    UPDATE households_importchange SET household_id = told.household, written_version = 1
      FROM unnest(%s::bigint[], %s::bigint[]) AS told (change, household)
     WHERE households_importchange.id = told.change
"""
SET_ONE_WRITTEN = "UPDATE households_importchange SET household_id = %s, written_version = 1 WHERE id = %s"


class Overtaken(ValidationError):
    """A household was changed, or left the user's area, since the file was checked; nothing is written."""


class Named(NamedTuple):
    """What the index of names reads of a person."""

    household_id: int
    name: str


@dataclass(frozen=True)
class Ready:
    """A household as far as it can be made without the database: its row and its persons' (inserting.py), sealed."""

    read: ReadNew
    household: list[Any]
    persons: list[list[Any]]

    @classmethod
    def of(cls, content: str) -> "Ready":
        read = unsealed_new(content)
        household, person = Table.here(Household), Table.here(Person)
        return cls(read, household.line(read.household), [person.line(values) for values in read.persons])


@dataclass
class New:
    """A household being made: its key, its place, and what is ready of it."""

    key: int
    village: Area
    ready: Ready

    @property
    def read(self) -> ReadNew:
        return self.ready.read


def create(
    part: Sequence[ImportChange],
    ready: Sequence[Ready],
    *,
    scope: AreaScope,
    day: datetime.date,
    history: History,
) -> None:
    """In the caller's transaction. Raises Overtaken when a village or a year was closed meanwhile."""
    villages = _villages({one.read.village for one in ready}, scope, day)
    made = [
        New(key, villages[one.read.village], one)
        for key, one in zip(take_ids(Household, len(ready)), ready, strict=True)
    ]
    _years_open(made)
    numbers = NumberSeries.take("household", len(made))
    table = Table.here(Household)
    households = (
        table.line(_household(one, number, day), one.ready.household)
        for one, number in zip(made, numbers, strict=True)
    )
    insert_lines(Household, households, history)
    people = [[dict(values, household_id=one.key) for values in one.read.persons] for one in made]
    everyone = [person for some in people for person in some]
    _insert_persons(everyone, history, [line for one in made for line in one.ready.persons])
    _index_names(everyone)
    _insert_years(made, people, history)
    _remember(part, made)


def _villages(ids: set[int], scope: AreaScope, day: datetime.date) -> dict[int, Area]:
    rows = Area.objects.in_scope(scope).filter(pk__in=ids).valid_on(day).select_related("parent__parent")
    found = {each.pk: each for each in rows}
    if len(found) != len(ids):
        raise Overtaken("有村在这以后停用了，或者不在当前任职的区域内，没有写入任何内容；请重新上传核对")
    return found


def _years_open(made: list[New]) -> None:
    asked = {(_county(one.village), year) for one in made for _, year, _ in one.read.years}
    if asked and asked & set(ClosedYear.objects.values_list("county_id", "year")):
        raise Overtaken("有年度在这以后封存了，没有写入任何内容；请重新上传核对")


def _county(village: Area) -> int:
    assert village.parent is not None and village.parent.parent_id is not None
    return village.parent.parent_id


def _household(one: New, number: str, day: datetime.date) -> Values:
    """What it has beside the values of the file."""
    return {
        "id": one.key,
        "number": number,
        "village_id": one.village.pk,
        "town_id": one.village.parent_id,
        "county_id": _county(one.village),
        "member_count": len(one.read.persons),
        "below_national": one.read.household.get("poverty_standard") == poverty.NATIONAL,
        "coloured_on": day,
        "version": FIRST_VERSION,
    }


def _insert_persons(people: list[Values], history: History, begun: list[list[Any]] | None = None) -> None:
    """Gives them keys and numbers; their names are still to be indexed. `begun` are their rows, if they are ready."""
    numbers = NumberSeries.take("person", len(people)) if people else iter(())
    for person, key, number in zip(people, take_ids(Person, len(people)), numbers, strict=True):
        person["id"], person["number"] = key, number
    if begun is None:
        insert(Person, people, history)
        return
    table = Table.here(Person)
    given = ({name: person[name] for name in GIVEN} for person in people)
    insert_lines(Person, map(table.line, given, begun), history)


def _index_names(people: list[Values]) -> None:
    """Of households that have no names yet, so that none can be there twice."""
    wanted = {(gram, one["household_id"]) for one in people for gram in names.grams(one["name"])}
    insert_pairs(NameKey, ["gram", "household_id"], sorted(wanted))


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


def _remember(part: Sequence[ImportChange], made: list[New]) -> None:
    """Which household came of which change, for the undo."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        if cursor.db.vendor == "postgresql":
            cursor.execute(SET_WRITTEN, [[change.pk for change in part], [one.key for one in made]])
        else:
            pairs = [(one.key, change.pk) for change, one in zip(part, made, strict=True)]
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
    load = Load(frozenset(ClosedYear.objects.values_list("county_id", "year")))
    households = {each.pk: each for each in Household.objects.filter(pk__in=wanted)}
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
    _insert_persons(people, history)
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
