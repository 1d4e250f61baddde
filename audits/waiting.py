"""What waits for whom: lists at a stage that a user may do, as a condition in the database.

The same rule as acting.require and four_eyes, asked of all lists at once; those decide when it comes to it.
"""

import datetime
from collections.abc import Callable, Iterator

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from audits import acting, procedures
from audits.models import Delegation, Entry, Notice, Seat
from audits.procedures import Stage


def mine(user: User, on: datetime.date) -> Q:
    """Open lists whose stage the user may do now: by role and area or for somebody else, with four eyes."""
    clerical, own, strict = Q(pk__in=()), Q(pk__in=()), Q(pk__in=())
    for role, where in _held(user, on):
        clerical |= _at(role, lambda stage: not stage.decision) & where
        own |= _at(role, lambda stage: stage.decision and stage.own) & where
        strict |= _at(role, lambda stage: stage.decision and not stage.own) & where
    seat = Seat.objects.filter(audit_list=OuterRef("pk"), person=user).exclude(stage=OuterRef("stage"))
    entered = Entry.objects.filter(audit_list=OuterRef("pk")).filter(Q(entered_by=user) | Q(entered_for=user))
    seated, has_entered = ~Exists(seat), ~Exists(entered)
    return Q(closed_at__isnull=True) & (clerical | (own & Q(seated)) | (strict & Q(seated) & Q(has_entered)))


def _at(role: str, wanted: Callable[[Stage], bool]) -> Q:
    """Lists at a wanted stage of this role: a term a procedure, not a stage, which keeps the statement short."""
    keys: dict[tuple[str, int], list[str]] = {}
    for kind, version, stage in stages():
        if role in stage.roles and wanted(stage):
            keys.setdefault((kind, version), []).append(stage.key)
    found = Q(pk__in=())
    for (kind, version), here in keys.items():
        found |= Q(kind=kind, procedure_version=version, stage__in=here)
    return found


def posted(on: datetime.date) -> Exists:
    """A sheet of the stage and round hangs, and its last day has not passed."""
    return Exists(
        Notice.objects.filter(
            audit_list=OuterRef("pk"), stage=OuterRef("stage"), round=OuterRef("round"), ends_on__gte=on
        )
    )


def stages() -> Iterator[tuple[str, int, Stage]]:
    """(kind, version, stage) of every procedure."""
    for kind, versions in procedures.TABLES.items():
        for procedure in versions:
            for stage in procedure.stages:
                yield kind, procedure.version, stage


def _held(user: User, on: datetime.date) -> Iterator[tuple[str, Q]]:
    """Role and condition on the list's area, of each duty of one's own and of those one stands in for."""
    for duty in user.valid_duties():
        if acting.serves(duty):
            yield duty.role, user.scope_of_duty(duty).area_q("area")
    for delegation in Delegation.objects.valid_on(on).filter(deputy=user).select_related("principal"):
        for duty in delegation.principal.valid_duties():
            if acting.serves(duty):
                yield (
                    duty.role,
                    delegation.principal.scope_of_duty(duty).area_q("area")
                    & user.area_scope().area_q("area"),
                )
