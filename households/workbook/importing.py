"""An upload from file to register: taken in, read and checked, written, undone. Each step may be a job's.

The state of the batch decides: each step begins with a conditional UPDATE of it, so that none happens twice.
"""

import datetime
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from areas.scope import AreaScope
from households.models import ImportBatch, ImportChange, ImportRow, ImportState
from households.workbook import upload, writing
from households.workbook.checking import check
from households.workbook.columns import text_of
from households.workbook.comparing import WANTED as SHEETS_READ
from households.workbook.comparing import BadRow, Comparison
from office import trail
from office.workbook_read import REGISTER, WorkbookRefused, rows

BATCH = 500
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


def compare(user: User, data: bytes, day: datetime.date, progress: Progress) -> Comparison:
    """What the file would change and everything wrong in it; raises WorkbookRefused."""
    found = Comparison(scope=scope_of(user), day=day)
    found.read(
        rows(data, wanted=SHEETS_READ, limits=REGISTER),
        lambda done: progress(done, None, f"已读 {done} 行"),
    )
    if not found.heads:
        raise WorkbookRefused("工作簿里没有可导入的表，请用本系统下载的工作簿填写")
    check(found, lambda done: progress(found.rows, None, f"正在核对，已核 {done} 户"))
    return found


def keep(batch: ImportBatch, found: Comparison) -> None:
    """The outcome of the check: changes to be confirmed, or the rows that are wrong."""
    bad = sorted(found.bad.values(), key=lambda row: (row.sheet, row.row))
    state = ImportState.FAULTY if bad else ImportState.READY
    facts = {
        "template": found.template,
        "rows": found.rows,
        "created": found.created,
        "updated": found.updated,
        "unchanged": found.unchanged,
        "faults": sum(len(row.faults) for row in bad),
    }
    with transaction.atomic():
        if not batch.move(ImportState.CHECKING, state, **facts):
            raise ValidationError("这次导入已经核对过")
        # A check that was interrupted may have left rows.
        batch.changes.all().delete()
        batch.bad_rows.all().delete()
        ImportRow.objects.bulk_create((_bad_row(batch, row) for row in bad), batch_size=BATCH)
        if not bad:
            ImportChange.objects.bulk_create(
                (
                    ImportChange(
                        batch=batch, household_id=pk, version=changed.version, content=changed.sealed()
                    )
                    for pk, changed in found.changed.items()
                ),
                batch_size=BATCH,
            )


def _bad_row(batch: ImportBatch, row: BadRow) -> ImportRow:
    return ImportRow(
        batch=batch,
        sheet=row.sheet,
        row=row.row,
        faults=[[fault.column, fault.title, fault.code, fault.message] for fault in row.faults],
        cells=json.dumps([text_of(cell) for cell in row.cells], ensure_ascii=False),
    )


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
        batch, user, at, day, progress, finish, (ImportState.UNDOING, ImportState.UNDONE), writing.undo
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
        with transaction.atomic():
            facts: dict[str, Any] = {"undone_at" if undoing else "applied_at": at, "reason": ""}
            if not batch.move(*states, **facts):
                raise ValidationError("这次导入已经办理过")
            act(
                batch,
                scope=scope,
                by=user,
                day=day,
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


def counts(batch: ImportBatch) -> dict[str, int]:
    """The counts that the command prints."""
    return {name: getattr(batch, name) for name in ("rows", "created", "updated", "unchanged")}
