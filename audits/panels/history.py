"""What was done with a list: every step with who, for whom, its reason, and what was frozen; lists beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from audits.models import AuditList, Decision


@dataclass(frozen=True)
class History:
    """`decisions` the newest first, those of the list it was split off before the split among them; each with
    `frozen`, the entries whose facts are kept with it. `parts`: what was split off this list."""

    decisions: Sequence[Decision]
    parts: Sequence[AuditList]


def of(audit_list: AuditList) -> History:
    rows = Decision.objects.filter(audit_list.lineage()).select_related(
        "by", "on_behalf_of", "audit_list__area"
    )
    parts = AuditList.objects.filter(split_from=audit_list.pk).select_related("area").order_by("part")
    return History(list(rows.annotate(frozen=Count("facts")).order_by("-pk")), list(parts))
