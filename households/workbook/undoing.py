"""A written import taken back, in one transaction, with history: old values again, and what it made removed.

A household that was changed since, or that others rest on by now, stands in the way of the whole undo.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F

from areas.scope import AreaScope
from households.checks.others import Lines
from households.models import (
    ChangeKind,
    Household,
    ImportBatch,
    ImportChange,
    Living,
    NameKey,
    Person,
    PersonYear,
    Production,
    Survey,
)
from households.models.person import HEAD
from households.recolour import recolour
from households.workbook.changes import Change, Overtaken, Values
from households.workbook.columns import MODELS
from households.workbook.creating import FIRST_VERSION
from households.workbook.inserting import History, write_history
from households.workbook.writing import BATCH, Created, Progress, guard, parts, put, read
from office import clock

MISENTERED, OTHER = "重复录入", "其他"
# What an import makes of a household, in the order in which it can be removed.
OWN: tuple[Any, ...] = (NameKey, PersonYear, Survey, Living, Production, Person)


def undo(
    batch: ImportBatch,
    *,
    scope: AreaScope,
    by: Any,
    day: datetime.date,
    at: datetime.datetime,
    progress: Progress,
) -> None:
    """In the caller's transaction; Overtaken if anything was changed since."""
    if batch.created + batch.updated and not batch.changes.exists():
        raise Overtaken("写入已过七天，导入的内容已清除，不能再撤销")
    reason = f"撤销导入 {batch.file_name}"[:100]
    done, lines = 0, Lines.read(day)
    written = batch.changes.filter(written_version__isnull=False)
    made = written.filter(kind=ChangeKind.NEW)
    for part in parts(made.order_by("pk"), BATCH):
        _remove(part, scope, History(clock.now(), by, reason, "-"))
        done += len(part)
        progress(done)
    for part in parts(written.exclude(kind=ChangeKind.NEW).order_by("household_id"), BATCH):
        guard(part, "written_version", scope)
        wanted, created, joining = read(part)
        if joining:
            _leave(joining, day, at, History(clock.now(), by, reason, "-"))
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
                put(back, set(), by, reason)
        except IntegrityError:
            raise Overtaken("原来的证件号码现在由别人使用，不能撤销") from None
        recolour(list(Household.objects.filter(pk__in=wanted)), day, lines)
        done += len(part)
        progress(done)


def _remove(part: list[ImportChange], scope: AreaScope, history: History) -> None:
    """Households that the import made, as they were made."""
    ids = [change.household_id or 0 for change in part]
    rows = Household.objects.in_scope(scope).filter(pk__in=ids, version=FIRST_VERSION)
    taken = rows.update(version=F("version") + 1)
    if taken != len(ids):
        raise Overtaken(f"新建的户里有{len(ids) - taken}户在这以后又改过，不能撤销")
    people = list(Person.objects.filter(household__in=ids).values_list("pk", flat=True))
    _nobody_rests_on(Household, ids)
    _nobody_rests_on(Person, people)
    ImportChange.objects.filter(pk__in=[change.pk for change in part]).update(household=None)
    for model in OWN:
        of = {"person__in": people} if model is PersonYear else {"household__in": ids}
        _delete(model, model.objects.filter(**of), history)
    _delete(Household, Household.objects.filter(pk__in=ids), history)


def _nobody_rests_on(model: Any, ids: list[int]) -> None:
    """Visits, helpers, events, measures … of what is to be removed."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.on_delete is models.DO_NOTHING:
            continue
        resting: Any = relation.related_model
        if resting in (*OWN, ImportChange):
            continue
        if resting._default_manager.filter(**{f"{relation.field.name}__in": ids}).exists():
            raise Overtaken(f"新建的户在这以后已有“{resting._meta.verbose_name}”，不能撤销")


def _delete(model: Any, rows: models.QuerySet, history: History) -> None:
    """With a last version of each in the history; nothing else rests on them."""
    if hasattr(model, "history"):
        names = [field.attname for field in model._meta.concrete_fields]
        write_history(model, [{name: getattr(row, name) for name in names} for row in rows], history)
    rows._raw_delete(rows.db)  # type: ignore[attr-defined]


def _leave(
    joining: dict[int, list[Values]], day: datetime.date, at: datetime.datetime, history: History
) -> None:
    """Who joined by the import. On the register they leave by 减员, since events are never deleted."""
    index = Person._meta.get_field("id_number_key").of  # type: ignore[union-attr]
    for household in Household.objects.filter(pk__in=joining):
        keys = [index(values["id_number"]) for values in joining[household.pk]]
        people = Person.objects.filter(household=household, present=True, id_number_key__in=keys)
        if people.count() != len(keys):
            raise Overtaken("新增的成员在这以后又有变动，不能撤销")
        if household.registered_on is None:
            ids = list(people.values_list("pk", flat=True))
            _nobody_rests_on(Person, ids)
            PersonYear.objects.filter(person__in=ids).delete()
            _delete(Person, people, history)
            Household.objects.filter(pk=household.pk).update(member_count=F("member_count") - len(ids))
            NameKey.objects.renew_households(Person, {household.pk})
            continue
        for person in people:
            if person.relation == HEAD:
                # The old head comes back with the values that are put back.
                person.relation = OTHER
                person.save(update_fields=["relation"])
            try:
                household.person_leaves(
                    person,
                    on=day,
                    leave_reason=MISENTERED,
                    by=history.by,
                    reason=history.reason,
                    recorded_at=at,
                )
            except ValidationError as refusal:
                raise Overtaken("；".join(refusal.messages)) from None


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
