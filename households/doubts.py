"""疑点数据 of the register: broken rules of households, villages and accounts as findings of the work list.

A finding rests on the values of the fields that its rule names in checks.csv; their fingerprint is a keyed
hash, since an identity number or a phone may be among them.
"""

import datetime
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from accounts.models import User
from areas.models import Area, Level
from households import checks
from households.models import (
    Helper,
    Household,
    Living,
    Person,
    Production,
    StatusEvent,
    Survey,
    Visit,
    Watch,
)
from office.findings import Finding, FindingState, Found, Severity, Subject, reconcile
from office.pii import index
from office.rulebook import Breach, Line
from villages import checks as village_checks
from villages.models import VillageYear

HOUSEHOLD, VILLAGE_YEAR, AREA = (model._meta.label_lower for model in (Household, VillageYear, Area))
BATCH = 500
RULES: dict[str, Line] = {**village_checks.BOOK.lines, **checks.BOOK.lines}
# Rules of rooms to the left that are no line of checks.csv: number → message; they add theirs.
FURTHER: dict[str, str] = {}
RECORDS: dict[str, type[Model]] = {
    "household": Household,
    "person": Person,
    "survey": Survey,
    "living": Living,
    "production": Production,
    "helper": Helper,
    "watch": Watch,
    "visit": Visit,
    "village_year": VillageYear,
    "status_event": StatusEvent,
}
Checked = tuple[Household, checks.HouseholdRecord, list[Breach]]


def of_households(checked: Iterable[Checked], day: datetime.date) -> Counter[str]:
    """Brings the findings of these households in line; six statements at most, as many for any number."""
    breaches = {}
    for household, record, broken in checked:
        breaches[_household(household)] = _found(broken, record)
    return reconcile(list(breaches), breaches, day)


def recheck(household: Household, day: datetime.date) -> Counter[str]:
    """The household as it is now saved: its findings follow in the transaction that changed it."""
    saved = list(Household.objects.filter(pk=household.pk))
    return of_households(checks.of_these(saved, day), day)


def confirmed(household: Household) -> set[tuple[str, str]]:
    """(rule, part) of what was confirmed about the household with a reason (核实保留)."""
    rows = Finding.objects.of(household).filter(state=FindingState.CONFIRMED)
    return set(rows.values_list("rule", "part"))


def confirm(
    household: Household, reasons: Mapping[tuple[str, str], str], *, by: User, on: datetime.date
) -> int:
    """核实保留 of the waiting warnings named by (rule, part), each with its reason; returns how many."""
    if not reasons:
        return 0
    waiting = Finding.objects.of(household).waiting().filter(severity=Severity.WARNING)
    found: dict[str, list[int]] = defaultdict(list)
    for pk, *key in waiting.filter(rule__in={rule for rule, _ in reasons}).values_list("pk", "rule", "part"):
        reason = reasons.get((key[0], key[1]))
        if reason:
            found[reason].append(pk)
    return sum(
        waiting.filter(pk__in=those).update(
            state=FindingState.CONFIRMED, reason=reason, confirmed_by=by, confirmed_on=on
        )
        for reason, those in found.items()
    )


def of_village_years(day: datetime.date) -> Counter[str]:
    """C106 and C108 of each village and year, and C107, which holds it against the poor households."""
    own = {row.pk: broken for row, broken in village_checks.of_years(VillageYear.objects.all()) if broken}
    checked: dict[Subject, list[Found]] = {}
    for row, broken in checks.of_village_years(VillageYear.objects.all(), day):
        subject = Subject(VILLAGE_YEAR, str(row.pk), row.village.area_id)
        checked[subject] = _merged((breach, _of_row(breach, row)) for breach in own.get(row.pk, []) + broken)
    return _reconciled(checked, day)


def of_accounts(day: datetime.date) -> Counter[str]:
    """C110: base + in − out = now, of each county, town and village, in each year there is an event of."""
    first = StatusEvent.objects.order_by("on").values_list("on", flat=True).first()
    years = range(first.year, day.year + 1) if first is not None else range(0)
    done: Counter[str] = Counter()
    for level in (Level.COUNTY, Level.TOWN, Level.VILLAGE):
        found: dict[int, list[Found]] = defaultdict(list)
        for year in years:
            for area, broken in checks.of_accounts(level, year, day):
                found[area] += [_of_breach(breach, str(year), [area, year]) for breach in broken]
        ids = Area.objects.filter(level=level).values_list("pk", flat=True)
        done += _reconciled({Subject(AREA, str(pk), pk): found[pk] for pk in ids}, day)
    return done


def label(path: str) -> str:
    """The word on the screen of a field such as person.schooling; empty for what is no column."""
    record, _, name = path.partition(".")
    try:
        return str(RECORDS[record]._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except (KeyError, FieldDoesNotExist):
        return ""


def _household(household: Household) -> Subject:
    return Subject(HOUSEHOLD, str(household.pk), household.village_id)


def _found(broken: Sequence[Breach], record: checks.HouseholdRecord) -> list[Found]:
    return _merged((breach, rests_on(breach, record)) for breach in broken)


def _merged(breaches: Iterable[tuple[Breach, Any]]) -> list[Found]:
    """One finding a rule and person: a rule broken in two fields of one person is one thing to verify."""
    found: dict[tuple[str, str], Found] = {}
    for breach, values in breaches:
        part = part_of(breach)
        one = _of_breach(breach, part, values)
        before = found.get((one.rule, part))
        if before is not None:
            fields = tuple(dict.fromkeys(before.fields + one.fields))
            severity = min(before.severity, one.severity)  # "error" before "warning"
            one = Found(one.rule, severity, one.message, one.fingerprint, part, fields)
        found[one.rule, part] = one
    return list(found.values())


def _of_breach(breach: Breach, part: str, values: Any) -> Found:
    text = json.dumps(values, ensure_ascii=False, default=str)
    return Found(
        breach.rule,
        breach.severity,
        breach.message,
        index(f"{breach.rule} {text}", "finding"),
        part,
        breach.fields,
    )


def part_of(breach: Breach) -> str:
    """The person a breach is about: the number or, of one who is not saved yet, the place."""
    return breach.number or (str(breach.person) if breach.person is not None else "")


def rests_on(breach: Breach, record: checks.HouseholdRecord) -> list[Any]:
    """The values of the rule's fields: of the person named, or of everybody when it is about the household."""
    values: list[Any] = []
    for path in RULES[breach.rule].fields:
        place, _, name = path.partition(".")
        rows = _rows(place, breach, record)
        values.append([path, [getattr(row, name, None) for row in rows]])
    return values


def _rows(place: str, breach: Breach, record: checks.HouseholdRecord) -> list[Any]:
    if place == "person":
        everybody = sorted(record.persons, key=lambda person: person.number)
        if breach.person is None:
            return everybody
        return [person for person in everybody if person.position == breach.person]
    rows: dict[str, Iterable[Any]] = {
        "household": [record],
        "survey": [record.survey, record.previous],
        "living": [record.living],
        "production": [record.production],
        "helper": record.helpers,
        "watch": record.watches,
    }
    return list(rows.get(place, ()))


def _of_row(breach: Breach, row: VillageYear) -> list[Any]:
    return [
        [path, getattr(row, path.removeprefix("village_year."), None)] for path in RULES[breach.rule].fields
    ]


def _reconciled(checked: dict[Subject, list[Found]], day: datetime.date) -> Counter[str]:
    done: Counter[str] = Counter()
    for some in _batched(checked, BATCH):
        done += reconcile(some, {subject: checked[subject] for subject in some}, day)
    return done


def _batched(rows: Iterable[Subject], size: int) -> Iterator[list[Subject]]:
    remaining = iter(rows)
    while some := list(islice(remaining, size)):
        yield some
