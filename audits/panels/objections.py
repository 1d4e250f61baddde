"""The objections to a list and to its entries, the open ones first."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import F

from accounts.models import User
from accounts.roles import Capability
from audits import acting
from audits.models import AuditList, Objection
from audits.models.noticing import RECORDERS


@dataclass(frozen=True)
class Objections:
    rows: Sequence[Objection]
    open: int
    late: int
    may_record: bool


def of(audit_list: AuditList, user: User, on: datetime.date) -> Objections:
    """A village on a town's list sees what is said of itself and of the list as a whole."""
    rows = Objection.objects.visible_to(user).filter(audit_list=audit_list.pk)
    joined = rows.select_related("entry__household", "entry__area", "closed_by", "taken_up_by")
    found = list(joined.order_by(F("closed_at").desc(nulls_first=True), "pk"))
    for one in found:
        one.late = one.is_overdue(on)
    waiting = [one for one in found if one.is_open]
    late = sum(1 for one in waiting if one.late)
    return Objections(found, len(waiting), late, _may_record(audit_list, user, on))


def _may_record(audit_list: AuditList, user: User, on: datetime.date) -> bool:
    """Whether the form to write one down may be offered; the machine says the rest."""
    if not audit_list.is_open or audit_list.procedure.acted_before(audit_list.stage):
        return False
    if Capability.AUDIT_ACT not in user.capabilities():
        return False
    try:
        acting.require(user, RECORDERS, audit_list.area, on, "")
    except PermissionDenied:
        return False
    return True
