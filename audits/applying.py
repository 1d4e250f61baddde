"""A village's own application to leave the list of key villages (R058; 004 L1079–1083: 由预退出村提出申请).

The list is the town's. Who applies comes onto the one that the town gathers; where none is gathered the
application opens it, since a village need not wait for its town to begin.
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from areas.models import Area, Level
from audits import acting, procedures
from audits.models import AuditList, Entry
from audits.procedures import ListKind, Paper
from office.attachments import Checked
from villages.models import KeyVillage

KIND = ListKind.VILLAGE_EXIT


def why_not(village: Area) -> str:
    """In a sentence, why it cannot apply now; empty when it can."""
    if not KeyVillage.objects.filter(area=village, on_list=True).exists():
        return "本村不是没有摘帽的重点村，不用申请退出。"
    waiting = Entry.objects.standing().filter(area=village, kind=KIND).select_related("audit_list__area")
    if found := waiting.first():
        return f"本村已在{found.audit_list}上，办到{found.audit_list.step.label}。"
    return ""


def may_apply(user: Any, village: Area) -> bool:
    return bool(acting.role_in(user, acting.VILLAGES, village)) and not why_not(village)


def applicants(user: Any, on: datetime.date) -> list[Area]:
    """Villages for which the user may apply today, in code order."""
    standing = KeyVillage.objects.visible_to(user).filter(on_list=True, area__valid_to__isnull=True)
    rows = standing.select_related("area__parent").order_by("area__code")
    return [row.area for row in rows if may_apply(user, row.area)]


def apply(
    village: Area,
    files: Sequence[Checked],
    *,
    by: Any,
    on: datetime.date,
    note: str = "",
    at: datetime.datetime | None = None,
) -> AuditList:
    """申请 with the scans of its 申请书, inside `attachments.all_on_disk(files)`; the list it stands on now."""
    acting.require(by, acting.VILLAGES, village, on, "申请重点村退出")
    if reason := why_not(village):
        raise ValidationError(reason)
    if not files:
        raise ValidationError("请附上盖章的申请书")
    town = village.at(Level.TOWN)
    if town is None:
        raise ValueError(f"{village} lies in no town")
    with transaction.atomic():
        gathered = _gathered(town, on) or AuditList.open_list(
            kind=KIND, area=town, year=on.year, by=by, on=on, applicant=village, at=at
        )
        entry = gathered.add(village, by=by, on=on, at=at)
        gathered.refresh_from_db()
        entry.audit_list = gathered
        entry.agree(True, by=by, on=on)
        gathered.attach(Paper.APPLICATION, *files, by=by, on=on, note=note, entry=entry, at=at)
        gathered.refresh_from_db()
    return gathered


def _gathered(town: Area, on: datetime.date) -> AuditList | None:
    """The town's list of the year that still takes villages; one that was sent back takes no further ones."""
    first = procedures.current(KIND, on).first.key
    rows = AuditList.objects.open().filter(kind=KIND, area=town, year=on.year, stage=first, round=1)
    return rows.select_related("area__parent__parent__parent").order_by("pk").last()
