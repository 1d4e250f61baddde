"""The evidence of a list: the papers its stage asks for, and all that were kept, with their scans."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from audits.models import AuditList, Entry, Evidence
from audits.procedures import Paper
from office.attachments import Attachment


@dataclass(frozen=True)
class Wanted:
    """A paper that the stage asks for: `missing`, or there without a scan."""

    kind: str
    label: str
    missing: bool


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
    there: dict[str, bool] = {}
    for kept in rows:
        row = kept.evidence
        if row.struck_at is None and (row.stage, row.round) == here[1:]:
            there[row.kind] = there.get(row.kind, False) or bool(kept.files)
    wanted = [
        Wanted(str(kind), str(Paper(kind).label), kind not in there)
        for kind in audit_list.step.papers
        if not there.get(kind)
    ]
    return Papers(wanted if audit_list.is_open else [], rows)


def of_entry(entry: Entry, user: User) -> Papers:
    """The papers of the whole list and of this entry (a village's third-party report, a house's photos)."""
    every = of(entry.audit_list, user)
    mine = [row for row in every.rows if row.evidence.entry_id in (None, entry.pk)]
    return Papers(every.wanted, mine)
