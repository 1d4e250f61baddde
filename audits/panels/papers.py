"""The evidence of a list: the papers its stage asks for, and all that were kept, with their scans."""

from collections.abc import Sequence
from dataclasses import dataclass

from audits.models import AuditList, Evidence
from audits.procedures import Paper


@dataclass(frozen=True)
class Papers:
    wanted: Sequence[str]
    rows: Sequence[Evidence]


def of(audit_list: AuditList) -> Papers:
    rows = list(Evidence.objects.filter(audit_list.lineage()).select_related("recorded_by", "entry"))
    there = {row.kind for row in rows if (row.stage, row.round) == (audit_list.stage, audit_list.round)}
    wanted = [str(Paper(kind).label) for kind in audit_list.step.papers if kind not in there]
    return Papers(wanted if audit_list.is_open else [], rows)
