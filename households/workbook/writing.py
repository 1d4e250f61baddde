"""A checked import written into the register, in one transaction, with history (taking it back: undoing.py).

Every household is guarded by its version in a conditional UPDATE: who was first wins, and an import that finds
one household changed writes nothing (threats F5).
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q

from areas.scope import AreaScope
from households.checks.others import Lines
from households.entry.household_form import ASKED
from households.models import (
    ChangeKind,
    Decision,
    Household,
    ImportBatch,
    ImportChange,
    NameKey,
)
from households.models.person import HEAD
from households.recolour import recolour
from households.workbook.changes import Change, Overtaken, Values, unsealed
from households.workbook.columns import MODELS
from households.workbook.creating import Content, Made, give, join, make, read_new, write_made
from households.workbook.inserting import History
from office import clock
from office.pii import EncryptedTextField, KeyedIndexField

__all__ = ["Overtaken", "write"]
BATCH = 500
# New households need no look at what is there.
NEW_BATCH = 2000
SETTLED = ("net_income", "net_income_per_capita")
TAKEN = "有证件号码与系统里的重复（该证件号码已在册），没有写入，请重新核对"
Progress = Callable[[int], None]
Created = set[tuple[int, str, int]]  # household, entity, year
Wanted = dict[int, list[Change]]


def write(
    batch: ImportBatch,
    *,
    scope: AreaScope,
    by: Any,
    day: datetime.date,
    at: datetime.datetime,
    progress: Progress,
) -> None:
    """In the caller's transaction. Raises Overtaken, also for a number that is taken by now.

    Of a conflict only what was decided for the file is written.
    """
    reason = f"导入 {batch.file_name}"[:100]
    history = History(clock.now(), by, reason)
    done, lines = 0, Lines.read(day)
    asked = batch.changes.exclude(kind=ChangeKind.NEW).filter(
        Q(kind=ChangeKind.CHANGED) | Q(decision=Decision.FILE)
    )
    try:
        for part in parts(asked.order_by("household_id"), BATCH):
            guard(part, "version", scope)
            wanted, created, joining = read(part)
            with transaction.atomic():
                put(wanted, created, by, reason)
                join(joining.items(), by=by, moment=at, history=history)
            ImportChange.objects.filter(pk__in=[one.pk for one in part]).update(
                written_version=F("version") + 1
            )
            recolour(list(Household.objects.filter(pk__in=wanted)), day, lines)
            done += len(part)
            progress(done)
        rows = batch.changes.filter(kind=ChangeKind.NEW).order_by("pk").values_list("pk", "uid", "content")
        for part, made in making(parts(rows, NEW_BATCH), scope, day):
            write_made(part, made, history)
            done += len(part)
            progress(done)
    except IntegrityError:
        raise Overtaken(TAKEN) from None


def making(
    some: Iterator[list[Content]], scope: AreaScope, day: datetime.date
) -> Iterator[tuple[list[Content], Made]]:
    """Opens, seals and writes out the next households while the server takes in those before them.

    The thread asks nothing of the database. SQLite works in this process: there it would only be in the way.
    """
    if connection.vendor != "postgresql":
        yield from ((one, make(give(read_new(one), scope, day), day)) for one in some)
        return
    with ThreadPoolExecutor(1) as aside:
        before: tuple[list[Content], Future[Made]] | None = None
        part: list[Content] | None = next(some, None)
        reading = aside.submit(read_new, part or [])
        while part is not None:
            made = aside.submit(make, give(reading.result(), scope, day), day)
            following = next(some, None)
            reading = aside.submit(read_new, following or [])
            if before is not None:
                yield before[0], before[1].result()
            before, part = (part, made), following
        if before is not None:
            yield before[0], before[1].result()


def parts(changes: models.QuerySet, size: int) -> Iterator[list[Any]]:
    rows = iter(changes.iterator(chunk_size=size))
    while part := list(islice(rows, size)):
        yield part


def guard(part: list[ImportChange], name: str, scope: AreaScope) -> None:
    """Takes every household on, if it still is what the file was held against."""
    by_version: dict[int, list[int]] = defaultdict(list)
    for change in part:
        by_version[getattr(change, name)].append(change.household_id or 0)
    taken = 0
    for version, ids in by_version.items():
        rows = Household.objects.in_scope(scope).filter(pk__in=ids, version=version, removed_on__isnull=True)
        taken += rows.update(version=F("version") + 1)
    if taken != len(part):
        raise Overtaken(f"有{len(part) - taken}户在这以后又改过，没有写入任何内容；请重新下载或重新上传核对")


def read(part: list[ImportChange]) -> tuple[Wanted, Created, dict[int, list[Values]]]:
    """By household: its changes, the yearly records that are made, and who joins."""
    wanted, created, joining = {}, set(), {}
    for change in part:
        household = change.household_id or 0
        content = unsealed(change.content)
        wanted[household] = content.changes
        created |= {(household, entity, year) for entity, year in content.created}
        if content.joined:
            joining[household] = content.joined
    return wanted, created, joining


def put(wanted: Wanted, created: Created, by: Any, reason: str) -> None:
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
    indexes = [field for field in model._meta.concrete_fields if isinstance(field, KeyedIndexField)]
    groups: dict[tuple[bool, frozenset[str]], list[Any]] = defaultdict(list)
    for record, names in changed:
        sealed = {name for name in names if isinstance(model._meta.get_field(name), EncryptedTextField)}
        if sealed:
            values: dict[str, Any] = {}
            for name in sealed:
                values[name] = model._meta.get_field(name).token_for(record)  # type: ignore[union-attr]
                values |= {one.attname: one.pre_save(record, False) for one in indexes if one.source == name}
            model._default_manager.filter(pk=record.pk).update(**values)
        plain = names - sealed
        if plain:
            groups[getattr(record, "relation", "") == HEAD, frozenset(plain)].append(record)
    for (_, plainly), records in sorted(groups.items(), key=lambda one: one[0][0]):
        model._default_manager.bulk_update(records, sorted(plainly), batch_size=BATCH)
