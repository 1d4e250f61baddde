"""Who may act at a stage: a duty of the stage's role in the area, one's own or one that was delegated; four eyes.

Raises PermissionDenied with its reason, and returns for whom the person acts.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from accounts.models import Duty, User
from accounts.roles import Role
from accounts.units import Unit
from areas.models import Area
from areas.scope import AreaScope
from audits import checks
from audits.cases import DecisionCase
from audits.models.delegation import Delegation
from audits.models.seat import Seat
from audits.procedures import Stage
from audits.renovation import DEPARTMENTS

if TYPE_CHECKING:
    from audits.models.passing import ListPassing

VILLAGES = (Role.VILLAGE,)
# 村 < 镇 < 区: a verdict that was made stricter is made milder only by somebody higher.
RANK: dict[str, int] = {
    Role.VILLAGE: 1,
    Role.HELPER: 1,
    Role.TOWN: 2,
    Role.APPROVER: 2,
    Role.DISTRICT: 3,
    Role.DEPARTMENT: 3,
    Role.LEADER: 3,
}


@dataclass(frozen=True)
class Actor:
    """`principal` is whom the person acts for by delegation, None for oneself; `role` that of the duty used."""

    person: User
    principal: User | None
    role: str

    @property
    def persons(self) -> tuple[User, ...]:
        return (self.person,) if self.principal is None else (self.person, self.principal)


def require(user: Any, roles: Collection[str], area: Area, on: datetime.date, what: str) -> Actor:
    """PermissionDenied unless the user holds one of the roles in the area, or stands in for who does."""
    if not isinstance(user, User) or isinstance(user, AnonymousUser):
        raise PermissionDenied("请先登录")
    role = role_in(user, roles, area)
    if role:
        return Actor(user, None, role)
    for delegation in Delegation.objects.valid_on(on).filter(deputy=user).select_related("principal"):
        role = role_in(delegation.principal, roles, area)
        if role and user.area_scope().covers(area):
            return Actor(user, delegation.principal, role)
    names = "、".join(str(Role(each).label) for each in roles)
    raise PermissionDenied(f"{what}由本区域的{names}办理")


def serves(duty: Duty) -> bool:
    """A stage that a department has is 住建's; the others sign in its record by name and paper (domain §5)."""
    return duty.role != Role.DEPARTMENT or duty.unit == Unit.HOUSING


def sees(duty: Duty) -> bool:
    """A department sees the audits whose acceptance it signs."""
    return duty.role != Role.DEPARTMENT or duty.unit in DEPARTMENTS


def role_in(user: User, roles: Collection[str], area: Area) -> str:
    """The role by which a valid duty of the user reaches the area; empty without one."""
    for duty in user.valid_duties():
        if duty.role in roles and serves(duty) and AreaScope.of([duty.area]).covers(area):
            return duty.role
    return ""


def four_eyes(audit_list: "ListPassing", stage: Stage, actor: Actor) -> None:
    """C105: nobody decides at two stages of a list, nor (except 评议) on what they entered themselves.

    Called with the list's row locked, so that the seats that are read are those that stand.
    """
    if not stage.decision:
        return
    case = DecisionCase(
        stage=stage.key,
        persons=frozenset(person.pk for person in actor.persons),
        own=stage.own,
        decided=tuple(Seat.objects.filter(audit_list=audit_list.pk).values_list("person_id", "stage")),
        entered=audit_list.entered_by(),
    )
    for breach in checks.run(case):
        raise PermissionDenied(breach.message)


def take_seats(audit_list: "ListPassing", stage: Stage, actor: Actor) -> None:
    """Whoever stands behind a decision keeps that stage of the list, and no other."""
    if not stage.decision:
        return
    seated = set(
        Seat.objects.filter(audit_list=audit_list.pk, stage=stage.key).values_list("person_id", flat=True)
    )
    Seat.objects.bulk_create(
        Seat(audit_list_id=audit_list.pk, person=person, stage=stage.key)
        for person in actor.persons
        if person.pk not in seated
    )
