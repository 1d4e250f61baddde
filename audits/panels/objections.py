"""The objections to a list and to its entries, the open ones first."""

from collections.abc import Sequence

from django.db.models import F

from audits.models import AuditList, Objection


def of(audit_list: AuditList) -> Sequence[Objection]:
    rows = Objection.objects.filter(audit_list=audit_list.pk).select_related("entry", "closed_by")
    return list(rows.order_by(F("closed_at").desc(nulls_first=True), "pk"))
