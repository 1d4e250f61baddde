"""What this user may do with the entries and papers of a list now; the machine asks again when it is done."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area
from audits import acting
from audits.models import AuditList
from audits.procedures import ListKind


@dataclass(frozen=True)
class Acts:
    """`handle`: 暂缓, 剔除, 改判, 拆单; `add`: 提报; `order`: 难易顺序; `agree`: 认可; `answer`: 验收结论;
    `accept`: the team's record; `keep`: papers; `fill`: facts of a house; `patrol`: its 质量巡查."""

    handle: bool = False
    add: bool = False
    order: bool = False
    agree: bool = False
    answer: bool = False
    accept: bool = False
    keep: bool = False
    fill: bool = False
    patrol: bool = False

    @property
    def any(self) -> bool:
        return self.handle or self.order or self.agree or self.answer or self.keep

    @property
    def ticks(self) -> bool:
        return self.handle or self.agree


def of(audit_list: AuditList, user: User, on: datetime.date) -> Acts:
    may_act = Capability.AUDIT_ACT in user.capabilities()
    if not audit_list.is_open or not may_act:
        return Acts()
    step, area = audit_list.step, audit_list.area
    handle = able(user, step.roles, area, on)
    add = able(user, step.adds, area, on) and Capability.AUDIT_OPEN in user.capabilities()
    house = audit_list.kind == ListKind.RENOVATION
    return Acts(
        handle=handle,
        add=add,
        order=add and audit_list.kind == ListKind.HOUSEHOLD_EXIT,
        agree=_asks(audit_list) and _village(user, audit_list, on),
        answer=handle and step.answers,
        accept=handle and step.team,
        keep=handle or able(user, step.adds, area, on),
        fill=house and able(user, (*step.roles, *step.adds), area, on),
        patrol=house and "area_built" in step.case,
    )


def able(user: User, roles: Collection[str], area: Area, on: datetime.date) -> bool:
    """For what a page offers; it grants nothing."""
    try:
        acting.require(user, roles, area, on, "")
    except PermissionDenied:
        return False
    return True


def _asks(audit_list: AuditList) -> bool:
    """A stage that asks for consent is still to be passed."""
    procedure = audit_list.procedure
    return any(stage.agreed for stage in procedure.stages[procedure.place(audit_list.stage) :])


def _village(user: User, audit_list: AuditList, on: datetime.date) -> bool:
    if audit_list.kind != ListKind.VILLAGE_EXIT:
        return able(user, acting.VILLAGES, audit_list.area, on)
    entries = audit_list.entries.standing().select_related("area")  # type: ignore[attr-defined]
    return any(able(user, acting.VILLAGES, entry.area, on) for entry in entries)
