"""Finding pairs by set-wise queries over indexed columns, for the whole register or for one household, and
bringing the list in line with what is found."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Window

from households.duplicates.likeness import Seen, fingerprint, likeness
from households.models import Household, Person
from households.models.duplicate import Duplicate, DuplicateQuerySet, DuplicateState
from office.pii import is_same, unseal

OPENED, GONE, KEPT = "opened", "gone", "kept"
READ = (
    "pk",
    "name",
    "sex",
    "birth_date",
    "uid",
    "id_number",
    "household_id",
    "household__address",
    "household__village_id",
    "household__town_id",
)
# Whoever is alike shares one of these.
GROUPS = (("birth_date", "name"), ("birth_date", "household__town_id"), ("household__village_id", "name"))
# More in one group are no sign of anything: one birthday written for everybody, say.
MOST_PAIRS = 500
BATCH = 1000
Pairs = dict[tuple[int, int], tuple[str, str]]


def everywhere() -> Pairs:
    """(rule, fingerprint) by pair, over the whole register: three statements, and rows that stand alone in
    their group never leave the database."""
    found: Pairs = {}
    for keys in GROUPS:
        among = Person.objects.filter(present=True).annotate(
            alike=Window(Count("pk"), partition_by=[F(key) for key in keys])
        )
        rows = among.filter(alike__gt=1).order_by(*keys, "pk").values_list(*READ)
        shared = itemgetter(*(READ.index(key) for key in keys))
        for _, group in groupby(rows.iterator(chunk_size=BATCH), key=shared):
            _compare([Seen(*row) for row in group], found)
    return found


def of_households(households: Iterable[Household]) -> tuple[Pairs, set[int]]:
    """The same for the members of these households, each beside everybody who may be like them; and the
    members' keys, those who left included."""
    ids = [household.pk for household in households]
    own = set(Person.objects.filter(household__in=ids).values_list("pk", flat=True))
    everybody = Person.objects.filter(present=True)
    members = _read(everybody.filter(household__in=ids))
    born = {one.born for one in members}
    # One statement an index: an OR over both would read the whole table.
    others = _read(everybody.filter(birth_date__in=born)) if members else []
    for village, called in _names(members).items():
        others += _read(everybody.filter(household__village=village, name__in=called))
    beside = {one.pk: one for one in (*members, *others)}
    found: Pairs = {}
    for one in members:
        for other in beside.values():
            if other.pk not in own or one.pk < other.pk:
                _compare([one, other], found)
    return found, own


def recheck(households: Iterable[Household], day: datetime.date) -> Counter[str]:
    """These households as they are saved now, in the transaction that changed them."""
    found, persons = of_households(households)
    return reconcile(found, Duplicate.objects.of(persons), day)


@transaction.atomic
def reconcile(found: Pairs, among: DuplicateQuerySet, day: datetime.date) -> Counter[str]:
    """Opens what is new or has changed, closes what is gone among the rows given; a verdict on unchanged data
    stands. A second run changes nothing."""
    done: Counter[str] = Counter()
    known = {(row.one_id, row.other_id): row for row in among.select_for_update(of=("self",))}
    new = [
        Duplicate(one_id=one, other_id=other, rule=rule, fingerprint=told, found_on=day)
        for (one, other), (rule, told) in found.items()
        if (one, other) not in known
    ]
    Duplicate.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    done[OPENED] = len(new)
    changed, anew, gone = [], [], []
    for pair, row in known.items():
        if pair not in found:
            if row.is_open:
                gone.append(row.pk)
            continue
        rule, told = found[pair]
        if is_same(row.fingerprint, told) and row.state != DuplicateState.GONE:
            done[KEPT] += 1
            if row.fingerprint != told:
                row.fingerprint = told
                anew.append(row)
            continue
        if not row.is_open:
            row.found_on = day
        row.rule, row.fingerprint, row.state, row.kept = rule, told, DuplicateState.OPEN, None
        changed.append(row)
    Duplicate.objects.bulk_update(
        changed, ["rule", "fingerprint", "state", "found_on", "kept"], batch_size=BATCH
    )
    Duplicate.objects.bulk_update(anew, ["fingerprint"], batch_size=BATCH)
    for start in range(0, len(gone), BATCH):
        Duplicate.objects.filter(pk__in=gone[start : start + BATCH], state=DuplicateState.OPEN).update(
            state=DuplicateState.GONE
        )
    done[OPENED] += len(changed)
    done[GONE] = len(gone)
    return done


def merged(pairs: Iterable[tuple[int, int]], *, by: Any, on: datetime.date, reason: str) -> int:
    """Pairs (dropped, kept) that an act has made one; returns how many had been on the list."""
    done = 0
    for dropped, kept in pairs:
        rows = Duplicate.objects.filter(one=min(dropped, kept), other=max(dropped, kept))
        done += rows.exclude(state=DuplicateState.MERGED).update(
            state=DuplicateState.MERGED, kept=kept, decided_by=by, decided_on=on, reason=reason[:200]
        )
    return done


def _read(persons: Any) -> list[Seen]:
    return [Seen(*row) for row in persons.order_by().values_list(*READ)]


def _names(members: Iterable[Seen]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for one in members:
        found.setdefault(one.village, set()).add(one.name)
    return found


def _compare(group: list[Seen], found: Pairs) -> None:
    alike = 0
    for one, other in _pairs(group):
        if alike < MOST_PAIRS and (one.pk, other.pk) not in found and (rule := likeness(one, other)):
            found[one.pk, other.pk] = (rule, fingerprint(_open(one), _open(other)))
            alike += 1


def _open(one: Seen) -> Seen:
    return replace(one, number=unseal(one.number, one.uid, "id_number") if one.number else "")


def _pairs(group: list[Seen]) -> Iterator[tuple[Seen, Seen]]:
    yield from combinations(sorted(group, key=lambda one: one.pk), 2)
