"""The logic checks (stage import) on the households that a file would change, as they would then be."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from households import identity
from households.checks import ERROR, IMPORT, Breach, run
from households.checks.others import Held, Lines, Others
from households.checks.register import Loaded
from households.models import Household
from households.workbook.changes import YEARLY, Changed
from households.workbook.columns import HOUSEHOLD_NUMBER, MODELS, by_path
from households.workbook.comparing import Comparison, Fault, letters

BATCH = 300


def check(found: Comparison, progress: Callable[[int], None]) -> None:
    """Adds a fault for every error of the rules; warnings stay for the nightly check."""
    lines = Lines.read(found.day)
    repeated = _repeated(found)
    waiting = iter(list(found.changed))
    done = 0
    while ids := list(islice(waiting, BATCH)):
        households = list(Household.objects.filter(pk__in=ids))
        for household, loaded, breaches in _checked(found, households, lines, repeated):
            changed = found.changed[household.pk]
            for breach in breaches:
                _place(found, changed, loaded, household, breach)
        done += len(ids)
        progress(done)


def _repeated(found: Comparison) -> frozenset[str]:
    """Numbers that the file gives to two persons."""
    given = Counter(
        identity.stem(change.new)
        for changed in found.changed.values()
        for change in changed.changes
        if change.name == "id_number"
    )
    return frozenset(stem for stem, count in given.items() if count > 1)


def _checked(
    found: Comparison, households: list[Household], lines: Lines, repeated: frozenset[str]
) -> Iterator[tuple[Household, Loaded, list[Breach]]]:
    loaded = Loaded.of(households, drafts=True, visits=True)
    records = {}
    for household in households:
        put(found.changed[household.pk], household, loaded)
        records[household.pk] = loaded.record(household)
    held = {pk: Held.of(record) for pk, record in records.items()}
    others = Others.of(held.values())
    for household in households:
        told = others.told(
            lines.context(household.county_id, found.day, IMPORT), held[household.pk], household.pk
        )
        told = replace(told, repeated_numbers=repeated)
        breaches = [each for each in run(records[household.pk], told) if each.severity == ERROR]
        yield household, loaded, breaches


def put(changed: Changed, household: Household, loaded: Loaded) -> None:
    """The new values onto the loaded records, new yearly records among them."""
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
    for survey in loaded.surveys[household.pk]:
        if ("survey", survey.year) in changed.created:
            survey.member_count = household.member_count
        survey.settle()


def _place(found: Comparison, changed: Changed, loaded: Loaded, household: Household, breach: Breach) -> None:
    """Beside the changed cell that broke the rule if there is one, else beside the household's first row."""
    person = loaded.persons[household.pk][breach.person - 1].pk if breach.person is not None else None
    moved = {(change.entity, change.name): change.key for change in changed.changes}
    paths = [tuple(path.split(".", 1)) for path in breach.fields]
    for entity, name in [*(path for path in paths if path in moved), *paths]:
        key = person if entity == "person" and person is not None else moved.get((entity, name))
        if (entity, key) in changed.places and f"{entity}.{name}" in by_path():
            (sheet, line), cells = changed.places[entity, key]
            fault = found.heads[sheet].fault(by_path()[f"{entity}.{name}"].title, breach.rule, breach.message)
            found.spoil(sheet, line, cells, [fault])
            return
    (sheet, line), cells = next(iter(changed.places.values()))
    place = found.heads[sheet].places[HOUSEHOLD_NUMBER]
    found.spoil(sheet, line, cells, [Fault(letters(place), HOUSEHOLD_NUMBER, breach.rule, breach.message)])
