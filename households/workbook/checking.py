"""The logic checks (stage import) on the households that a file makes or changes, as they would then be."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any

from households import identity
from households.checks import ERROR, IMPORT, Breach, Context, run
from households.checks.others import Held, Lines, Others
from households.checks.record import (
    HouseholdRecord,
    LivingFacts,
    PersonFacts,
    ProductionFacts,
    SurveyFacts,
)
from households.checks.register import Loaded
from households.models import Household, Person, Survey
from households.workbook.changes import YEARLY, Changed, NewHousehold, NewPerson, Place, Values
from households.workbook.columns import MODELS
from households.workbook.outcome import Outcome

BATCH = 300
# New households need no look at what is kept of them.
NEW_BATCH = 500
MISSING = "C001"
FACTS: dict[str, type] = {"survey": SurveyFacts, "living": LivingFacts, "production": ProductionFacts}
NAMES = {
    kind: frozenset(each.name for each in fields(kind))
    for kind in (HouseholdRecord, PersonFacts, *FACTS.values())
}


@dataclass(slots=True)
class Placed:
    """Where a household's records stand in the file: of a person by position from 1, of a year's records, of its
    own. `anywhere` is the place of what stands nowhere."""

    key: str
    persons: dict[int, Place]
    records: dict[str, Place]
    moved: frozenset[str]
    anywhere: Place

    def of(self, breach: Breach) -> tuple[Place, str]:
        """The place and the field beside which it is said: what the file changes before what it does not."""
        paths = sorted(breach.fields, key=lambda path: path not in self.moved)
        for path in paths:
            entity = path.partition(".")[0]
            if entity == "person" and breach.person is not None:
                place = self.persons.get(breach.person)
            else:
                place = self.records.get(entity)
            if place is not None:
                return place, path
        return self.persons.get(breach.person or 0, self.anywhere), "household.number"


def check(found: Outcome, progress: Callable[[int], None]) -> None:
    """Adds a fault for every error of the rules, and a warning for every other breach."""
    lines, repeated, done = Lines.read(found.day), _repeated(found), 0
    for some in _batched(list(found.changed), BATCH):
        for record, placed, told in _changed(found, some, lines, repeated):
            _say(found, placed, run(record, told), set())
        done += len(some)
        progress(done)
    for new in _batched(list(found.new.values()), NEW_BATCH):
        for household, record, placed, told in _new(found, new, lines, repeated):
            _say(found, placed, run(record, told), household.unread)
            household.settle()
        done += len(new)
        progress(done)


def _batched(rows: Sequence[Any], size: int) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while some := list(islice(remaining, size)):
        yield some


def _repeated(found: Outcome) -> frozenset[str]:
    """Numbers that the file gives to two persons."""
    given = [
        change.new
        for changed in found.changed.values()
        for change in changed.changes
        if change.name == "id_number"
    ]
    given += [person.number for person in _people(found)]
    counted = Counter(map(identity.stem, given))
    return frozenset(stem for stem, count in counted.items() if stem and count > 1)


def _people(found: Outcome) -> Iterator[NewPerson]:
    for changed in found.changed.values():
        yield from changed.joined
    for new in found.new.values():
        yield from new.persons


def _say(found: Outcome, placed: Placed, breaches: Iterable[Breach], unread: set[str]) -> None:
    for breach in breaches:
        if unread and not unread.isdisjoint(breach.fields):
            continue
        (sheet, line), path = placed.of(breach)
        fault = found.heads[sheet].fault(path, breach.rule, breach.message)
        missing = breach.rule == MISSING and not found.absent.isdisjoint(breach.fields)
        if breach.severity == ERROR and not missing and breach.rule not in found.lenient:
            found.spoil(sheet, line, placed.key, [fault])
        else:
            found.warn(sheet, line, [fault])


def known_by_number(values: Values, day: Any) -> None:
    """A valid number as it is stored, and sex and birth date where the file leaves them to it."""
    number, kind = values.get("id_number"), values.setdefault("id_type", "居民身份证")
    if not number:
        return
    read = identity.read(kind, number, day)
    values["id_number"] = read.number
    if read.birth_date is not None:
        values.setdefault("sex", read.sex)
        values.setdefault("birth_date", read.birth_date)


def _new(
    found: Outcome, households: list[NewHousehold], lines: Lines, repeated: frozenset[str]
) -> Iterator[tuple[NewHousehold, HouseholdRecord, Placed, Context]]:
    records = [_record(found, one) for one in households]
    held = [_held(one, record) for one, record in zip(households, records, strict=True)]
    others = Others.of(held)
    contexts: dict[int, Context] = {}
    for one, record, holds in zip(households, records, held, strict=True):
        town = one.village.parent
        county = int(town.parent_id or 0) if town is not None else 0
        if county not in contexts:
            known = lines.context(county, found.day, IMPORT)
            contexts[county] = replace(known, national_sheet=found.national, repeated_numbers=repeated)
        newest = max(one.year_places, default=0)
        yield (
            one,
            record,
            Placed(
                one.key,
                {place: (person.sheet, person.line) for place, person in enumerate(one.persons, 1)},
                {
                    "household": (one.sheet, one.line),
                    **dict.fromkeys(YEARLY if newest else (), one.year_places.get(newest, ("", 0))),
                },
                frozenset(),
                (one.sheet, one.line),
            ),
            others.told(contexts[county], holds, None),
        )


def _held(one: NewHousehold, record: HouseholdRecord) -> Held:
    """What is still to be looked for; the keys are kept for the writing."""
    if one.searched:
        return Held.of_account(record)
    held = Held.of(record)
    keys = {stem: key for key, stem in held.numbers.items()}
    for person in one.persons:
        person.key = keys.get(identity.stem(person.values.get("id_number", "")), "")
    return held


def _record(found: Outcome, one: NewHousehold) -> HouseholdRecord:
    for person in one.persons:
        known_by_number(person.values, found.day)
        person.values.setdefault("ethnicity", "汉族")
    persons = [
        PersonFacts.known(person.values, position=place) for place, person in enumerate(one.persons, 1)
    ]
    years = sorted(one.year_places, reverse=True)
    surveys = [_survey(one, year) for year in years if ("survey", year) in one.years]
    survey = surveys[0] if surveys else None
    year = survey.year if survey else 0
    living, production = (one.years.get((entity, year)) for entity in YEARLY[1:])
    return HouseholdRecord.known(
        one.values,
        number=one.key,
        village=str(one.village.pk),
        member_count=len(persons),
        persons=tuple(persons),
        survey=survey,
        previous=surveys[1] if len(surveys) > 1 else None,
        living=LivingFacts(**_facts(LivingFacts, living)) if living else None,
        production=ProductionFacts(**_facts(ProductionFacts, production)) if production else None,
    )


def _survey(one: NewHousehold, year: int) -> SurveyFacts:
    values = one.years["survey", year]
    settled = Survey(year=year, member_count=len(one.persons), **values)
    settled.settle()
    return SurveyFacts(
        year=year,
        member_count=len(one.persons),
        net_income=settled.net_income,
        net_income_per_capita=settled.net_income_per_capita,
        **_facts(SurveyFacts, values),
    )


def _facts(kind: type, values: Values) -> Values:
    known = NAMES[kind]
    return {name: value for name, value in values.items() if name in known}


def _changed(
    found: Outcome, ids: list[int], lines: Lines, repeated: frozenset[str]
) -> Iterator[tuple[HouseholdRecord, Placed, Context]]:
    households = list(Household.objects.filter(pk__in=ids))
    loaded = Loaded.of(households, drafts=True, visits=True)
    records = {}
    for household in households:
        put(found, found.changed[household.pk], household, loaded)
        records[household.pk] = loaded.record(household)
    held = {pk: Held.of(record) for pk, record in records.items()}
    others = Others.of(held.values())
    for household in households:
        told = others.told(
            lines.context(household.county_id, found.day, IMPORT), held[household.pk], household.pk
        )
        changed = found.changed[household.pk]
        placed = _places(changed, loaded, household)
        told = replace(told, national_sheet=found.national, repeated_numbers=repeated)
        yield records[household.pk], placed, told


def _places(changed: Changed, loaded: Loaded, household: Household) -> Placed:
    joined = len(changed.joined)
    people = loaded.persons[household.pk]
    persons = {}
    for place, person in enumerate(people, 1):
        if ("person", person.pk) in changed.places:
            persons[place] = changed.places["person", person.pk]
    for place, one in enumerate(changed.joined, len(people) - joined + 1):
        persons[place] = (one.sheet, one.line)
    records = {entity: place for (entity, key), place in changed.places.items() if entity != "person"}
    if persons:
        records.setdefault("person", next(iter(persons.values())))
    moved = frozenset(f"{change.entity}.{change.name}" for change in changed.changes)
    return Placed(changed.number, persons, records, moved, next(iter(changed.lines)))


def put(found: Outcome, changed: Changed, household: Household, loaded: Loaded) -> None:
    """The new values onto the loaded records, new yearly records and new members among them."""
    kept: dict[str, dict[int, list[Any]]] = {
        "survey": loaded.surveys,
        "living": loaded.living,
        "production": loaded.production,
    }
    targets: dict[tuple[str, int | None], Any] = {("household", None): household}
    for person in loaded.persons.get(household.pk, []):
        targets["person", person.pk] = person
    for entity in YEARLY:
        rows = kept[entity].setdefault(household.pk, [])
        for _, year in sorted(one for one in changed.created if one[0] == entity):
            rows.append(MODELS[entity](household=household, year=year))
        rows.sort(key=lambda row: -row.year)
        targets.update({(entity, row.year): row for row in rows})
    for change in changed.changes:
        setattr(targets[change.entity, change.key], change.name, change.new)
    for one in changed.joined:
        known_by_number(one.values, found.day)
        one.values.setdefault("ethnicity", "汉族")
        loaded.persons[household.pk].append(Person(household=household, **one.values))
    household.member_count += len(changed.joined)
    for survey in loaded.surveys[household.pk]:
        if ("survey", survey.year) in changed.created:
            survey.member_count = household.member_count
        survey.settle()
