"""An upload of measures from file to ledger: taken in, checked, written, taken back. Each step may be a job's.

The state of the upload decides (office.stated): none of the steps happens twice. Written or taken back is all or
nothing; whoever was overtaken is told by row, and the upload waits as it was.
"""

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from areas.scope import AreaScope
from households.models import ClosedYear, Household, ImportState, Person
from households.workbook import upload
from households.workbook.importing import ALREADY, checksum
from measures.models import Measure, MeasureImport, MeasureImportRow, State, Taken
from measures.workbook.checking import Outcome, Reading
from measures.workbook.columns import SHEET
from measures.workbook.eligible import waiting
from office import trail
from office.attachments import Attachment
from office.workbook_read import REGISTER, rows

BATCH = 500
WRITTEN = (ImportState.APPLIED, ImportState.APPLYING, ImportState.UNDOING)
# What an import writes over in a planned measure, and what must stand as written to be taken back.
KEPT = ("amount", "unit", "working", "note", "extras")
FACTS = (*KEPT, "state", "delivered_on", "payer", "voucher")
Progress = Callable[..., None]


class Overtaken(ValidationError):
    """Something was changed since it was looked at; the message names the row."""


def scope_of(user: User) -> AreaScope:
    """Where the user may enter measures now; raises PermissionDenied without the right."""
    require(user, Capability.MEASURE_EDIT)
    return user.scope_of(Capability.MEASURE_EDIT)


def applied_before(digest: str) -> bool:
    """The same file (its template's id stands inside) was written once and not taken back, by whomever."""
    return MeasureImport.objects.filter(checksum=digest, state__in=WRITTEN).exists()


def take_in(user: User, area: Area, file_name: str, data: bytes, at: datetime.datetime) -> MeasureImport:
    """The file, sealed, and its row; raises ValidationError for one that was written before."""
    digest = checksum(data)
    if applied_before(digest):
        raise ValidationError(ALREADY)
    batch = MeasureImport(owner=user, area=area, file_name=file_name[:120], checksum=digest, uploaded_at=at)
    upload.keep(batch.pk, data)
    batch.save(force_insert=True)
    return batch


def compare(user: User, data: bytes, day: datetime.date, progress: Progress) -> Outcome:
    """What the file would do and everything wrong in it; raises WorkbookRefused."""
    return Reading(scope_of(user), day).read(
        rows(data, limits=REGISTER), lambda done: progress(done, None, f"已核对 {done} 行")
    )


def keep(batch: MeasureImport, found: Outcome) -> None:
    """The outcome of the check: what is to be confirmed, or the rows that are wrong."""
    counts = found.counts()
    state = ImportState.FAULTY if counts["faults"] else ImportState.READY
    made = [
        MeasureImportRow(
            batch=batch,
            sheet=SHEET,
            row=line.row,
            key=line.key,
            household_id=line.household,
            person_id=line.person,
            content="" if line.faults else json.dumps(line.said, ensure_ascii=False),
            faults=line.faults,
        )
        for line in found.lines
    ]
    with transaction.atomic():
        if not batch.move(ImportState.CHECKING, state, template=found.template, **counts):
            raise ValidationError("这次导入已经核对过")
        # A check that was interrupted may have left rows.
        batch.lines.all().delete()
        MeasureImportRow.objects.bulk_create(made, batch_size=BATCH)


def apply(
    batch: MeasureImport,
    user: User,
    day: datetime.date,
    at: datetime.datetime,
    progress: Progress,
    finish: Callable[[], Any],
) -> None:
    """Writes a confirmed import; `finish` ends the job in the same transaction. Raises Overtaken."""

    def act(scope: AreaScope) -> None:
        assert batch.template is not None
        code, year = batch.template.policy.code, batch.template.year
        for done, line in enumerate(_lines(batch), 1):
            try:
                _write(batch, line, code, year, scope, user, day)
            except (Taken, ValidationError) as refusal:
                said = "；".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
                raise Overtaken(f"第 {line.row} 行（{line.key}）：{said}") from refusal
            if done % BATCH == 0:
                progress(done, batch.delivered + batch.planned, f"已写 {done} 行")

    _move_with(
        batch, user, "导入帮扶措施", (ImportState.APPLYING, ImportState.APPLIED), act, finish, applied_at=at
    )


def take_back(
    batch: MeasureImport, user: User, at: datetime.datetime, progress: Progress, finish: Callable[[], Any]
) -> None:
    """Undoes a written import, if nothing of it was changed since. Raises Overtaken."""

    def act(scope: AreaScope) -> None:
        if batch.delivered + batch.planned and not batch.lines.exists():
            raise Overtaken("写入已过七天，导入的内容已清除，不能再撤销")
        for done, line in enumerate(_lines(batch), 1):
            _unwrite(line, scope, user)
            if done % BATCH == 0:
                progress(done, batch.delivered + batch.planned, f"已撤销 {done} 行")

    _move_with(
        batch, user, "撤销措施导入", (ImportState.UNDOING, ImportState.UNDONE), act, finish, undone_at=at
    )


def _lines(batch: MeasureImport) -> Any:
    related = ("household", "person__household", "measure__policy")
    return batch.good.select_related(*related).order_by("pk").iterator(chunk_size=BATCH)


def _move_with(
    batch: MeasureImport,
    user: User,
    action: str,
    states: tuple[str, str],
    act: Callable[[AreaScope], None],
    finish: Callable[[], Any],
    **facts: Any,
) -> None:
    try:
        scope = scope_of(user)
        with transaction.atomic():
            if not batch.move(*states, reason="", **facts):
                raise ValidationError("这次导入已经办理过")
            act(scope)
            detail = {
                "文件": batch.file_name,
                "政策": batch.template.policy.code if batch.template else "",
                "落实": batch.delivered,
                "列入计划": batch.planned,
                "合计": batch.total,
                "校验码": batch.checksum,
            }
            trail.record(action, actor=user, subject=batch, area=batch.area, detail=detail)
            finish()
    except Overtaken as overtaken:
        back = ImportState.APPLIED if states[0] == ImportState.UNDOING else ImportState.READY
        batch.state = states[0]
        batch.move(states[0], back, reason="；".join(overtaken.messages)[:300])
        raise


def _write(
    batch: MeasureImport,
    line: MeasureImportRow,
    code: str,
    year: int,
    scope: AreaScope,
    user: User,
    day: datetime.date,
) -> None:
    assert batch.template is not None
    said, subject = line.said, _subject(line, scope)
    amount = Decimal(said["amount"]) if said["amount"] else None
    facts = {"amount": amount, "note": said["note"], "extras": said["extras"]}
    facts |= {"unit": said.get("unit", "元"), "working": said.get("working", "")}
    planned = (
        waiting(code, year, line.person_id is not None)
        .filter(**subject)
        .select_for_update(of=("self",))
        .first()
    )
    if planned is None:
        planned = Measure.plan(batch.template.policy, year=year, on=day, by=user, **subject, **facts)
    elif not said["on"]:
        raise Taken("已经列入计划")
    else:
        line.before = json.dumps({name: _plain(getattr(planned, name)) for name in KEPT}, ensure_ascii=False)
        facts["unit"] = said.get("unit", planned.unit)
        facts["working"] = said.get("working", planned.working if amount == planned.amount else "")
        facts["extras"] = {**planned.extras, **said["extras"]}
        Measure.objects.filter(pk=planned.pk).update(**{name: facts[name] for name in ("unit", "working")})
    if said["on"]:
        planned.deliver(
            on=datetime.date.fromisoformat(said["on"]),
            amount=amount or Decimal(0),
            payer=said["payer"],
            voucher=said["voucher"],
            note=said["note"],
            extras=said["extras"],
            by=user,
            today=day,
        )
    line.measure = planned
    line.save(update_fields=["measure", "before"])


def _subject(line: MeasureImportRow, scope: AreaScope) -> dict[str, Any]:
    """Who the row is about, as the register has them now, where the user may still enter measures."""
    model: Any = Person if line.person_id is not None else Household
    key = line.person_id if line.person_id is not None else line.household_id
    found = model.objects.in_scope(scope).filter(pk=key).first()
    if found is None:
        raise Taken("已不在当前任职的区域内")
    return {"person" if line.person_id is not None else "household": found}


def _unwrite(line: MeasureImportRow, scope: AreaScope, user: User) -> None:
    measure = line.measure
    if measure is None:
        raise Overtaken(f"第 {line.row} 行登记的措施已经没有了，不能撤销")
    standing = Measure.objects.in_scope(scope).filter(pk=measure.pk).select_for_update(of=("self",)).first()
    if standing is None or not _as_written(line, standing):
        raise Overtaken(f"第 {line.row} 行（{line.key}）的措施在这以后又改过，不能撤销")
    if standing.delivered_on is not None:
        counties = Measure.objects.filter(pk=standing.pk).counties()
        if year := ClosedYear.shut({(county, standing.delivered_on.year) for county in counties}):
            raise Overtaken(f"第 {line.row} 行（{line.key}）的措施落实在{year}年，该年已经封存，不能撤销")
    standing._history_user, standing._change_reason = user, "撤销导入"
    if not line.before:
        MeasureImportRow.objects.filter(pk=line.pk).update(measure=None)
        standing.delete()
        return
    before = json.loads(line.before)
    amount = before.pop("amount")
    for name, value in before.items():
        setattr(standing, name, value)
    standing.amount = Decimal(amount) if amount is not None else None
    standing.state, standing.delivered_on, standing.closed_by = State.PLANNED, None, None
    standing.payer = standing.voucher = ""
    standing.save(update_fields=[*FACTS, "closed_by"])


def _as_written(line: MeasureImportRow, measure: Measure) -> bool:
    """Nothing was changed since, and nothing rests on it."""
    said = line.said
    amount = Decimal(said["amount"]) if said["amount"] else (Decimal(0) if said["on"] else None)
    same = (
        measure.amount == amount
        and measure.state == (State.DELIVERED if said["on"] else State.PLANNED)
        and (measure.delivered_on.isoformat() if measure.delivered_on else "") == said["on"]
        and (not said["on"] or (measure.payer, measure.voucher) == (said["payer"], said["voucher"]))
        and all(measure.extras.get(key) == value for key, value in said["extras"].items())
    )
    return same and not Attachment.objects.of(measure).exists() and not hasattr(measure, "share")


def _plain(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value
