"""The posting clock: the sheets of the stage at which the list stands."""

from collections.abc import Sequence

from audits.models import AuditList, Notice


def of(audit_list: AuditList) -> Sequence[Notice]:
    return list(audit_list.posted())
