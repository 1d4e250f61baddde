"""A checked import written into the register, and taken back: each in one transaction, with history.

Every household is guarded by its version in a conditional UPDATE: who was first wins, and an import that finds
one household changed writes nothing (threats F5).
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F

from areas.scope import AreaScope
from households.checks.others import Lines
from households.entry.household_form import ASKED
from households.models import Household, ImportBatch, ImportChange, NameKey, PersonYear
from households.models.person import HEAD, Person
from households.recolour import recolour
from households.workbook.changes import Change, unsealed
from households.workbook.columns import MODELS
from office.pii import EncryptedTextField, KeyedIndexField

BATCH = 500
SETTLED = ("net_income", "net_income_per_capita")
Progress = Callable[[int], None]
Created = set[tuple[int, str, int]]  # household, entity, year
Wanted = dict[int, list[Change]]


class Overtaken(ValidationError):
    """A household was changed, or left the user's area, since the file was checked; nothing is written."""


def write(
    batch: ImportBatch,
    *,
    scope: AreaScope,
    by: Any,
    day: datetime.date,
    progress: Progress,
) -> None:
    """In the caller's transaction. Raises Overtaken, or ValidationError for a number that is taken by now."""
    done, lines = 0, Lines.read(day)
    for part in _parts(batch):
        _guard(part, "version", scope)
        wanted, created = _read(part)
        try:
            with transaction.atomic():
                _put(wanted, created, by, f"导入 {batch.file_name}"[:100])
        except IntegrityError:
            raise Overtaken("有证件号码与系统里的重复（该证件号码已在册），没有写入，请重新核对") from None
        ImportChange.objects.filter(pk__in=[one.pk for one in part]).update(written_version=F("version") + 1)
        recolour(list(Household.objects.filter(pk__in=wanted)), day, lines)
        done += len(part)
        progress(done)


def undo(
    batch: ImportBatch,
    *,
    scope: AreaScope,
    by: Any,
    day: datetime.date,
    progress: Progress,
) -> None:
    """Puts the old values back, in the caller's transaction; Overtaken if anything was changed since."""
    if batch.created + batch.updated and not batch.changes.exists():
        raise Overtaken("写入已过七天，导入的内容已清除，不能再撤销")
    done, lines = 0, Lines.read(day)
    for part in _parts(batch):
        _guard(part, "written_version", scope)
        wanted, created = _read(part)
        _drop(created)
        kept = {(household, entity, year) for household, entity, year in created}
        back = {
            household: [
                Change(one.entity, one.key, one.name, one.new, one.old)
                for one in changes
                if (household, one.entity, one.key) not in kept
            ]
            for household, changes in wanted.items()
        }
        try:
            with transaction.atomic():
                _put(back, set(), by, f"撤销导入 {batch.file_name}"[:100])
        except IntegrityError:
            raise Overtaken("原来的证件号码现在由别人使用，不能撤销") from None
        recolour(list(Household.objects.filter(pk__in=wanted)), day, lines)
        done += len(part)
        progress(done)


def _parts(batch: ImportBatch) -> Iterator[list[ImportChange]]:
    rows = iter(batch.changes.order_by("household_id").iterator(chunk_size=BATCH))
    while part := list(islice(rows, BATCH)):
        yield part


def _guard(part: list[ImportChange], name: str, scope: AreaScope) -> None:
    """Takes every household on, if it still is what the file was held against."""
    by_version: dict[int, list[int]] = defaultdict(list)
    for change in part:
        by_version[getattr(change, name)].append(change.household_id)
    taken = 0
    for version, ids in by_version.items():
        rows = Household.objects.in_scope(scope).filter(pk__in=ids, version=version, removed_on__isnull=True)
        taken += rows.update(version=F("version") + 1)
    if taken != len(part):
        raise Overtaken(f"有{len(part) - taken}户在这以后又改过，没有写入任何内容；请重新下载或重新上传核对")


def _read(part: list[ImportChange]) -> tuple[Wanted, Created]:
    wanted, created = {}, set()
    for change in part:
        wanted[change.household_id], new = unsealed(change.content)
        created |= {(change.household_id, entity, year) for entity, year in new}
    return wanted, created


def _put(wanted: Wanted, created: Created, by: Any, reason: str) -> None:
    """The new values into their records; each record saved once and one history row of each."""
    sorted_by: dict[str, dict[tuple[int, int | None], list[Change]]] = defaultdict(lambda: defaultdict(list))
    for household, changes in wanted.items():
        for change in changes:
            sorted_by[change.entity][household, change.key].append(change)
    told = {"default_user": by, "default_change_reason": reason, "batch_size": BATCH}
    for entity, model in MODELS.items():
        asked = sorted_by.get(entity)
        if not asked:
            continue
        records = _records(entity, model, wanted, asked)
        new: list[Any] = []
        old: list[tuple[Any, set[str]]] = []
        for (household, key), changes in asked.items():
            record = records.get((household, key))
            if record is None:
                if (household, entity, key) not in created:
                    raise Overtaken("有记录在这以后删去了，没有写入任何内容；请重新核对")
                record = model(household_id=household, year=key)
                new.append(record)
            else:
                old.append((record, {change.name for change in changes}))
            for change in changes:
                setattr(record, change.name, change.new)
        if entity == "survey":
            _settle(new, old)
        if entity == "person":
            old.sort(key=lambda one: one[0].relation == HEAD)
        _save(model, old)
        model._default_manager.bulk_create(new, batch_size=BATCH)
        history: Any = model.history  # type: ignore[attr-defined]
        history.bulk_history_create([record for record, _ in old], update=True, **told)
        history.bulk_history_create(new, **told)
        if entity == "person":
            NameKey.objects.renew(record for record, names in old if "name" in names)
        if entity == "survey":
            for survey in new:
                if all(getattr(survey, name) is not None for name in ASKED):
                    survey.submit()


def _records(
    entity: str, model: Any, wanted: Wanted, asked: Iterable[tuple[int, int | None]]
) -> dict[Any, Any]:
    """By household and key."""
    if entity == "household":
        return {(row.pk, None): row for row in model.objects.filter(pk__in=wanted)}
    if entity == "person":
        rows = model.objects.filter(pk__in=[key for _, key in asked], present=True)
        return {(row.household_id, row.pk): row for row in rows}
    years = {key for _, key in asked}
    rows = model.objects.filter(household__in=wanted, year__in=years)
    return {(row.household_id, row.year): row for row in rows}


def _settle(new: list[Any], old: list[tuple[Any, set[str]]]) -> None:
    members = dict(
        Household.objects.filter(pk__in={survey.household_id for survey in new}).values_list(
            "pk", "member_count"
        )
    )
    for survey in new:
        survey.member_count = members[survey.household_id]
        survey.settle()
    for survey, names in old:
        survey.settle()
        names.update(SETTLED)


def _save(model: type[models.Model], changed: list[tuple[Any, set[str]]]) -> None:
    """Records with the same fields together; sealed fields need their record's own statement.

    In the order given: a head is demoted before the next one is promoted.
    """
    indexes = {
        field.source: field for field in model._meta.concrete_fields if isinstance(field, KeyedIndexField)
    }
    groups: dict[tuple[bool, frozenset[str]], list[Any]] = defaultdict(list)
    for record, names in changed:
        sealed = {name for name in names if isinstance(model._meta.get_field(name), EncryptedTextField)}
        if sealed:
            values: dict[str, Any] = {}
            for name in sealed:
                values[name] = model._meta.get_field(name).token_for(record)  # type: ignore[union-attr]
                if name in indexes:
                    values[indexes[name].attname] = indexes[name].pre_save(record, False)
            model._default_manager.filter(pk=record.pk).update(**values)
        plain = names - sealed
        if plain:
            groups[getattr(record, "relation", "") == HEAD, frozenset(plain)].append(record)
    for (_, plainly), records in sorted(groups.items(), key=lambda one: one[0][0]):
        model._default_manager.bulk_update(records, sorted(plainly), batch_size=BATCH)


def _drop(created: Created) -> None:
    """Yearly records that the import made; their history says so."""
    for household, entity, year in sorted(created):
        model: Any = MODELS[entity]
        for record in model.objects.filter(household=household, year=year):
            record.delete()
        if entity == "survey":
            PersonYear.objects.filter(
                person__in=Person.objects.filter(household=household), year=year
            ).delete()
