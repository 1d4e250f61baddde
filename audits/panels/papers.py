"""The evidence of a list: the papers its stage asks for, and all that were kept, with their scans."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from areas.scope import AreaScope
from audits.models import AuditList, Entry, Evidence
from audits.procedures import Paper
from office.attachments import Attachment


@dataclass(frozen=True)
class Wanted:
    """A paper that the stage asks for: `missing`, or there without a scan; `entry` (its key) is to bring it."""

    kind: str
    label: str
    missing: bool
    entry: int | None = None


@dataclass(frozen=True)
class Kept:
    """`stage` is the word; `mendable`: of the stage the list stands at, so that it may still be struck out."""

    evidence: Evidence
    stage: str
    files: Sequence[Attachment]
    mendable: bool


@dataclass(frozen=True)
class Papers:
    wanted: Sequence[Wanted]
    rows: Sequence[Kept]


def of(audit_list: AuditList, user: User) -> Papers:
    """A village on its town's list sees the papers of the whole list and of its own entry."""
    scope, here = user.area_scope(), (audit_list.pk, audit_list.stage, audit_list.round)
    found = Evidence.objects.filter(audit_list.lineage())
    seen = [
        row
        for row in found.select_related("recorded_by", "struck_by", "entry__area", "entry__household")
        if row.entry is None or scope.covers(row.entry.area)
    ]
    files: dict[str, list[Attachment]] = defaultdict(list)
    for file in Attachment.objects.on(Evidence, [row.pk for row in seen]):
        files[file.record_id].append(file)
    procedure = audit_list.procedure
    rows = [
        Kept(
            row,
            procedure[row.stage].label if row.stage in procedure else "",
            files[str(row.pk)],
            audit_list.is_open
            and row.struck_at is None
            and (row.audit_list_id, row.stage, row.round) == here,
        )
        for row in seen
    ]
    return Papers(_wanted(audit_list, rows, scope) if audit_list.is_open else [], rows)


def _wanted(audit_list: AuditList, rows: Sequence[Kept], scope: AreaScope) -> list[Wanted]:
    """What the stage still asks for, of the list and (as far as the user sees them) of its entries."""
    step = audit_list.step
    there: dict[tuple[str, int | None], bool] = {}
    for kept in rows:
        row = kept.evidence
        if row.struck_at is None and (row.stage, row.round) == (audit_list.stage, audit_list.round):
            key = (row.kind, row.entry_id if row.kind in step.each else None)
            there[key] = there.get(key, False) or bool(kept.files)
    wanted = [
        Wanted(str(kind), str(Paper(kind).label), (kind, None) not in there)
        for kind in step.papers
        if kind not in step.each and not there.get((kind, None))
    ]
    if not step.each:
        return wanted
    for entry in audit_list.entries.standing().select_related("area", "household"):
        if scope.covers(entry.area):
            wanted += [
                Wanted(str(kind), f"{entry}{Paper(kind).label}", (kind, entry.pk) not in there, entry.pk)
                for kind in step.each
                if not there.get((kind, entry.pk))
            ]
    return wanted


def of_entry(entry: Entry, user: User) -> Papers:
    """The papers of the whole list and of this entry (a village's third-party report, a house's photos)."""
    every = of(entry.audit_list, user)
    mine = [row for row in every.rows if row.evidence.entry_id in (None, entry.pk)]
    return Papers([one for one in every.wanted if one.entry in (None, entry.pk)], mine)
