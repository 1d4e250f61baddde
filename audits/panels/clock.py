"""The posting clock: what hangs at the stage at which the list stands, and where nothing hangs yet."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.roles import Capability
from areas.models import Level
from audits import acting
from audits.models import AuditList, Notice
from audits.posting_clock import Clock, clock
from office.attachments import Attachment


@dataclass(frozen=True)
class Hanging:
    notice: Notice
    face: Clock
    photos: int

    @property
    def level(self) -> str:
        return str(Level(self.notice.level).label)


@dataclass(frozen=True)
class Posted:
    """`days` of the notice of the stage; `unposted` levels in words, `next` the stage behind it."""

    rows: Sequence[Hanging]
    unposted: Sequence[str]
    days: int
    may_post: bool
    next: str

    @property
    def empty_ticks(self) -> Sequence[str]:
        return [f"{place * 11}.5" for place in range(self.days)]

    @property
    def width(self) -> int:
        return self.days * 11


def face(notice: Notice, on: datetime.date) -> Clock:
    """A server's clock that ran ahead and was set right has notices of tomorrow: they are put up today."""
    return clock(notice.word, notice.posted_on, notice.ends_on, notice.days, max(on, notice.posted_on))


def of(audit_list: AuditList, user: User, on: datetime.date) -> Posted | None:
    """None at a stage without a notice; rows in the order of the levels."""
    step = audit_list.step
    if step.posting is None or not audit_list.is_open:
        return None
    notices: dict[str, Notice] = {notice.level: notice for notice in audit_list.posted()}
    kept = Attachment.objects.on(Notice, [notice.pk for notice in notices.values()])
    photos = list(kept.values_list("record_id", flat=True))
    rows = [
        Hanging(notices[level], face(notices[level], on), photos.count(str(notices[level].pk)))
        for level in step.posting.places
        if level in notices
    ]
    unposted = [str(Level(level).label) for level in step.posting.places if level not in notices]
    following = audit_list.procedure.after(step.key)
    return Posted(
        rows=rows,
        unposted=unposted,
        days=audit_list.posting_days(),
        may_post=bool(unposted) and _may(audit_list, user, on),
        next="" if following is None else following.label,
    )


def _may(audit_list: AuditList, user: User, on: datetime.date) -> bool:
    if Capability.AUDIT_ACT not in user.capabilities():
        return False
    try:
        acting.require(user, audit_list.step.roles, audit_list.area, on, "")
    except PermissionDenied:
        return False
    return True
