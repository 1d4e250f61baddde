"""Records of the register as the rules read them, for one household or streamed for all.

A batch of households is read in a constant number of statements.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Model, QuerySet

from households import identity
from households.checks.book import BOOK
from households.checks.case import Case, Context
from households.checks.others import Held, Lines, Others
from households.checks.record import (
    HelperFacts,
    HouseholdRecord,
    LivingFacts,
    PersonFacts,
    ProductionFacts,
    SurveyFacts,
    WatchFacts,
)
from households.models import (
    Helper,
    Household,
    Living,
    Person,
    PersonYear,
    Production,
    Survey,
    Visit,
    Watch,
)
from office.pii import as_searched
from office.rulebook import NIGHTLY, Breach

BATCH = 500
NUMBER: Any = Person._meta.get_field("id_number_key")
HELPING: Any = Helper._meta.get_field("id_number_key")
ACCOUNT: Any = Household._meta.get_field("bank_account_key")
# Yearly facts that a rule reads together with the age: unchanged, they are judged on the survey's day.
AGED_FACTS = (
    "schooling",
    "education",
    "dropout_reason",
    "health",
    "labour_capacity",
    "public_service_post_type",
    "resident_pension",
)


def run(record: HouseholdRecord, context: Context) -> list[Breach]:
    """Everything the record breaks at the context's stage, in the order of the rules."""
    return BOOK.run(Case(record, context), context.stage)


def of_register(
    queryset: QuerySet[Household], day: datetime.date, batch: int = BATCH
) -> Iterator[tuple[Household, list[Breach]]]:
    """The nightly check of every household of the queryset, exited and cancelled ones too, by key."""
    for checked in batches(queryset, day, batch):
        yield from ((household, breaches) for household, _, breaches in checked)


def batches(
    queryset: QuerySet[Household], day: datetime.date, batch: int = BATCH
) -> Iterator[list[tuple[Household, HouseholdRecord, list[Breach]]]]:
    """The same, a batch at a time, with the record that was read."""
    lines = Lines.read(day)
    rows, last = queryset.order_by("pk"), 0
    while households := list(rows.filter(pk__gt=last)[:batch]):
        last = households[-1].pk
        yield of_these(households, day, lines)


def of_these(
    households: Collection[Household], day: datetime.date, lines: Lines | None = None
) -> list[tuple[Household, HouseholdRecord, list[Breach]]]:
    """The nightly check of some households as they are saved, in a constant number of statements."""
    lines = lines or Lines.read(day)
    loaded = Loaded.of(households)
    held = {household.pk: loaded.held(household) for household in households}
    others = Others.of(held.values())
    checked = []
    for household in households:
        known = lines.context(household.county_id, day, NIGHTLY)
        told = others.told(known, held[household.pk], household.pk)
        record = loaded.record(household)
        checked.append((household, record, run(record, told)))
    return checked


def records(households: Collection[Household], *, drafts: bool = False) -> dict[int, HouseholdRecord]:
    """Records by household id; with `drafts` the survey may be one that is not submitted yet."""
    loaded = Loaded.of(households, drafts=drafts, visits=True)
    return {household.pk: loaded.record(household) for household in households}


@dataclass(frozen=True)
class Loaded:
    """Everything kept for some households, by household id; surveys newest first.

    `years` holds, by person and year, the AGED_FACTS as that year's survey found them.
    """

    persons: dict[int, list[Person]]
    surveys: dict[int, list[Survey]]
    living: dict[int, list[Living]]
    production: dict[int, list[Production]]
    helpers: dict[int, list[Helper]]
    watches: dict[int, list[Watch]]
    visits: dict[int, list[Visit]]
    years: dict[int, dict[int, tuple[Any, ...]]]

    @classmethod
    def of(cls, households: Collection[Household], *, drafts: bool = False, visits: bool = False) -> "Loaded":
        ids = [household.pk for household in households]
        years: dict[int, dict[int, tuple[Any, ...]]] = defaultdict(dict)
        for person, year, *facts in PersonYear.objects.filter(person__household__in=ids).values_list(
            "person_id", "year", *AGED_FACTS
        ):
            years[person][year] = tuple(facts)
        return cls(
            persons=_grouped(Person, ids, PersonFacts, "uid", "id_number_key"),
            surveys=_grouped(Survey, ids, SurveyFacts, counted=not drafts),
            living=_grouped(Living, ids, LivingFacts, "year"),
            production=_grouped(Production, ids, ProductionFacts, "year"),
            helpers=_grouped(Helper, ids, HelperFacts, "uid", "id_number_key"),
            watches=_grouped(Watch, ids, WatchFacts),
            visits=_grouped(Visit, ids, None, "visited_on") if visits else {},
            years=years,
        )

    def record(self, household: Household) -> HouseholdRecord:
        key = household.pk
        surveys = self.surveys.get(key, [])
        survey = surveys[0] if surveys else None
        year = survey.year if survey else None
        persons = self.persons.get(key, [])
        surveyed = any(year in self.years.get(person.pk, ()) for person in persons)
        return HouseholdRecord(
            **{
                **_values(HouseholdRecord, household),
                "village": str(household.village_id),
                "persons": tuple(
                    self._person(place, person, survey, surveyed) for place, person in enumerate(persons, 1)
                ),
                "survey": _facts(SurveyFacts, survey),
                "previous": _facts(SurveyFacts, surveys[1] if len(surveys) > 1 else None),
                "living": _facts(LivingFacts, _of_year(self.living.get(key, []), year)),
                "production": _facts(ProductionFacts, _of_year(self.production.get(key, []), year)),
                "helpers": tuple(_facts(HelperFacts, row) for row in self.helpers.get(key, ())),
                "watches": tuple(_facts(WatchFacts, row) for row in self.watches.get(key, ())),
                "visits": tuple(row.visited_on for row in self.visits.get(key, ())),
            }
        )

    def held(self, household: Household) -> Held:
        """By the stored keys, so that nothing is hashed again unless two keys are in use."""
        return Held(
            numbers={
                NUMBER.held_by(person): identity.stem(person.id_number)
                for person in self.persons.get(household.pk, ())
                if person.present and person.id_number_key
            },
            helpers={
                HELPING.held_by(helper): identity.stem(helper.id_number)
                for helper in self.helpers.get(household.pk, ())
                if helper.id_number_key
            },
            account_key=ACCOUNT.held_by(household),
            account=as_searched(household.bank_account) if household.bank_account_key else "",
        )

    def _person(self, place: int, person: Person, survey: Survey | None, surveyed: bool) -> PersonFacts:
        years = self.years.get(person.pk, {})
        then = years.get(survey.year) if survey else None
        unchanged = then is not None and then == tuple(getattr(person, name) for name in AGED_FACTS)
        return PersonFacts(
            **{
                **_values(PersonFacts, person),
                "position": place,
                "found_on": survey.surveyed_on if survey and unchanged else None,
                "counted": then is not None if surveyed else None,
                "years": tuple((year, facts[0]) for year, facts in years.items()),
            }
        )


def _names(kind: type, model: type[Model]) -> list[str]:
    """Fields that the facts and the model have in common."""
    columns = {column.name for column in model._meta.concrete_fields}
    return [each.name for each in fields(kind) if each.name in columns]


READ: dict[type, list[str]] = {
    facts: _names(facts, model)
    for facts, model in (
        (HouseholdRecord, Household),
        (PersonFacts, Person),
        (SurveyFacts, Survey),
        (LivingFacts, Living),
        (ProductionFacts, Production),
        (HelperFacts, Helper),
        (WatchFacts, Watch),
    )
}


def _values(kind: type, row: Model) -> dict[str, Any]:
    return {name: getattr(row, name) for name in READ[kind] if name != "village"}


def _facts(kind: type, row: Model | None) -> Any:
    return None if row is None else kind(**_values(kind, row))


def _of_year(rows: list[Any], year: int | None) -> Any:
    return next((row for row in rows if row.year == year), None)


def _grouped(
    model: Any, ids: Collection[int], kind: type | None, *more: str, counted: bool = False
) -> dict[int, list[Any]]:
    """Rows of these households, only the columns that are read; each model's own order, newest first."""
    rows = model.objects.counted() if counted else model.objects.all()
    if model is Visit:
        rows = rows.standing()
    columns = ("household", *more, *(READ[kind] if kind else ()))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.filter(household__in=ids).only(*columns):
        found[row.household_id].append(row)
    return found
