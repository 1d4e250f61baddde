"""An upload from file to register: taken in, read and checked, written, undone. Each step may be a job's.

The state of the batch decides: each step begins with a conditional UPDATE of it, so that none happens twice.
"""

import datetime
import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from areas.scope import AreaScope
from households.models import ChangeKind, Decision, ImportBatch, ImportChange, ImportRow, ImportState
from households.workbook import undoing, upload, writing
from households.workbook.checking import check
from households.workbook.inserting import insert
from households.workbook.outcome import Outcome
from households.workbook.reading import Reading
from office import trail
from office.workbook_read import REGISTER, rows

ALREADY = "这个文件已经导入过，不能再导入一次；需要重来请先撤销那一次"
Progress = Callable[..., None]


def checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def applied_before(user: User, digest: str) -> bool:
    """The same file (its template's id stands inside) was written once by this user and not undone."""
    return ImportBatch.objects.filter(
        owner=user,
        checksum=digest,
        state__in=(ImportState.APPLIED, ImportState.APPLYING, ImportState.UNDOING),
    ).exists()


def scope_of(user: User) -> AreaScope:
    """Where the user may change the register now; raises PermissionDenied without the right."""
    require(user, Capability.REGISTER_EDIT)
    return user.scope_of(Capability.REGISTER_EDIT)


def take_in(user: User, area: Area, file_name: str, data: bytes, at: datetime.datetime) -> ImportBatch:
    """The file, sealed, and its row; raises ValidationError for one that was written before."""
    digest = checksum(data)
    if applied_before(user, digest):
        raise ValidationError(ALREADY)
    batch = ImportBatch(owner=user, area=area, file_name=file_name[:120], checksum=digest, uploaded_at=at)
    upload.keep(batch.pk, data)
    batch.save(force_insert=True)
    return batch


def compare(user: User, data: bytes, day: datetime.date, progress: Progress) -> Outcome:
    """What the file would change and everything wrong in it; raises WorkbookRefused."""
    found = Outcome(scope=scope_of(user), day=day)
    with uncollected():
        Reading(found).read(
            rows(data, limits=REGISTER),
            lambda done: progress(done, None, f"已读 {done} 行"),
        )
        check(found, lambda done: progress(found.rows, None, f"正在核对，已核 {done} 户"))
    return found


@contextmanager
def uncollected() -> Iterator[None]:
    """A file's rows stay to the end: to look for circles in them again and again costs more than the rules."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def keep(batch: ImportBatch, found: Outcome) -> None:
    """The outcome of the check: what is to be confirmed, and the rows that are wrong or to be looked at."""
    state = ImportState.FAULTY if found.bad else ImportState.READY
    facts = {
        "template": found.template,
        **found.counts(),
        "faults": sum(map(len, found.bad.values())),
        "warnings": sum(map(len, found.warned.values())),
    }
    with uncollected(), transaction.atomic():
        if not batch.move(ImportState.CHECKING, state, **facts):
            raise ValidationError("这次导入已经核对过")
        # A check that was interrupted may have left rows.
        batch.changes.all().delete()
        batch.told.all().delete()
        insert(ImportRow, _told(batch, found))
        insert(ImportChange, _changes(batch, found))


def _told(batch: ImportBatch, found: Outcome) -> Iterator[dict[str, Any]]:
    for blocks, told in ((True, found.bad), (False, found.warned)):
        for (sheet, row), faults in sorted(told.items()):
            yield {
                "batch_id": batch.pk,
                "blocks": blocks,
                "sheet": sheet[:31],
                "row": row,
                "key": found.keys.get((sheet, row), "")[:40],
                "faults": [[one.column, one.title, one.code, one.message] for one in faults],
            }


def _changes(batch: ImportBatch, found: Outcome) -> Iterator[dict[str, Any]]:
    """Conflicts first: they wait for a decision."""
    of_batch = {"batch_id": batch.pk}
    for pk, changed in sorted(found.good_changed.items(), key=lambda one: (not one[1].conflict, one[0])):
        yield {
            **of_batch,
            "kind": ChangeKind.CONFLICT if changed.conflict else ChangeKind.CHANGED,
            "key": changed.number,
            "household_id": pk,
            "version": changed.version,
            "content": changed.sealed(),
        }
    for new in found.good:
        yield {
            **of_batch,
            "kind": ChangeKind.NEW,
            "key": new.key[:40],
            "version": 0,
            "content": new.sealed(),
        }


def go_on(batch: ImportBatch) -> None:
    """Without the bad rows, and without the other rows of their households. Raises ValidationError."""
    if not batch.changes.exists():
        raise ValidationError("没有可以写入的行")
    if not batch.move(ImportState.FAULTY, ImportState.READY, good_only=True):
        raise ValidationError("这次导入已经办理过")


def recheck(batch: ImportBatch) -> None:
    """Back to the check, against the register as it stands now; what was decided is asked again. Raises
    ValidationError when it is too late."""
    for state in (ImportState.READY, ImportState.FAULTY):
        if batch.move(state, ImportState.CHECKING, reason="", good_only=False):
            upload.drop_apart(batch.pk)
            return
    raise ValidationError("这次导入已经办理过")


def decide(batch: ImportBatch, decision: str, change: int | None = None) -> None:
    """What becomes of one conflict, or of all of them. Raises ValidationError when it is too late."""
    if decision not in (Decision.FILE, Decision.REGISTER):
        raise ValidationError("请选“用文件的值”或“保留系统的值”")
    asked = batch.conflicts if change is None else batch.conflicts.filter(pk=change)
    with transaction.atomic():
        # Held until the decision stands: who confirms meanwhile waits, and writes what was decided.
        held = ImportBatch.objects.select_for_update().filter(
            pk=batch.pk, state__in=(ImportState.READY, ImportState.FAULTY)
        )
        if held.first() is None or not asked.update(decision=decision):
            raise ValidationError("这次导入已经办理过，或者没有这个冲突")


def refuse(batch: ImportBatch, reason: str) -> None:
    batch.move(ImportState.CHECKING, ImportState.REFUSED, reason=reason[:300])


def apply(
    batch: ImportBatch,
    user: User,
    day: datetime.date,
    at: datetime.datetime,
    progress: Progress,
    finish: Callable[[], Any],
) -> None:
    """Writes a confirmed import; `finish` ends the job in the same transaction.

    Raises Overtaken, and then the batch waits for another decision with the reason on it.
    """
    _move_with(
        batch, user, at, day, progress, finish, (ImportState.APPLYING, ImportState.APPLIED), writing.write
    )


def take_back(
    batch: ImportBatch,
    user: User,
    day: datetime.date,
    at: datetime.datetime,
    progress: Progress,
    finish: Callable[[], Any],
) -> None:
    """Undoes a written import, with the same guarantees."""
    _move_with(
        batch, user, at, day, progress, finish, (ImportState.UNDOING, ImportState.UNDONE), undoing.undo
    )


def _move_with(
    batch: ImportBatch,
    user: User,
    at: datetime.datetime,
    day: datetime.date,
    progress: Progress,
    finish: Callable[[], Any],
    states: tuple[str, str],
    act: Callable[..., None],
) -> None:
    undoing = states[0] == ImportState.UNDOING
    try:
        scope = scope_of(user)
        with uncollected(), transaction.atomic():
            facts: dict[str, Any] = {"undone_at" if undoing else "applied_at": at, "reason": ""}
            if not batch.move(*states, **facts):
                raise ValidationError("这次导入已经办理过")
            act(
                batch,
                scope=scope,
                by=user,
                day=day,
                at=at,
                progress=lambda done: progress(done, None, f"已写 {done} 户"),
            )
            trail.record(
                "撤销导入" if undoing else "导入贫困户表",
                actor=user,
                subject=batch,
                area=batch.area,
                detail={
                    "文件": batch.file_name,
                    "行数": batch.rows,
                    "新增": batch.created,
                    "修改": batch.updated,
                    "校验码": batch.checksum,
                },
            )
            finish()
    except writing.Overtaken as overtaken:
        back = ImportState.APPLIED if undoing else ImportState.READY
        batch.state = states[0]
        batch.move(states[0], back, reason="；".join(overtaken.messages)[:300])
        raise
