"""The decision bar: whether this user may pass the list now, what is missing, and what follows if it passes."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from accounts.roles import Capability
from audits import acting, wanting
from audits.models import AuditList, Entry


@dataclass(frozen=True)
class Bar:
    """`barred`: why it is not this user's to do; `missing`: what must be there before it passes."""

    barred: str
    missing: Sequence[str]
    may_send_back: bool

    @property
    def ready(self) -> bool:
        return not self.barred and not self.missing


def of(audit_list: AuditList, user: User, on: datetime.date) -> Bar:
    barred = whose(audit_list, user, on)
    first = audit_list.stage == audit_list.procedure.first.key
    back = audit_list.is_open and not first and not audit_list.procedure.acted_before(audit_list.stage)
    return Bar(barred, missing(audit_list, on), back and not barred)


def whose(audit_list: AuditList, user: User, on: datetime.date) -> str:
    """Why the user may not do the stage at which the list stands; empty for who may."""
    if not audit_list.is_open:
        return "名单已经办结"
    if Capability.AUDIT_ACT not in user.capabilities():
        return "当前任职只能查看"
    step = audit_list.step
    try:
        actor = acting.require(user, step.roles, audit_list.area, on, step.label)
        acting.four_eyes(audit_list, step, actor)
    except PermissionDenied as refusal:
        return str(refusal)
    return ""


def missing(audit_list: AuditList, on: datetime.date) -> list[str]:
    """What the machine would refuse the list for today, in its words."""
    if not audit_list.is_open:
        return []
    related = ("household__village", "household__county", "area")
    entries = list(Entry.objects.standing().filter(audit_list=audit_list.pk).select_related(*related))
    try:
        wanting.check(audit_list, audit_list.step, entries, on)
    except ValidationError as refusal:
        return list(refusal.messages)
    return []
