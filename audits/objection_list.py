"""异议 as a list: what was raised, where, by when it is to be answered, how it ended."""

import datetime
from functools import partial
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from audits.models import AuditList, Objection
from audits.objection_forms import ObjectionFilter
from households.record import head_names, written
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "audits:objections"
ORDER = ("-raised_on", "-pk")
COLUMNS = [
    Column(
        "what",
        "对象",
        lambda row: _opens(row),
        "s6",
        plain=lambda row: _whom(row),
        pinned=True,
        names_row=True,
        width=20,
    ),
    Column("list", "名单", lambda row: str(row.audit_list), "s6", width=40),
    Column("stage", "提出时环节", lambda row: _stage(row), "nb s3 hide-phone", width=12),
    Column("origin", "来源", lambda row: row.get_origin_display(), "nb s3 hide-phone"),
    Column(
        "raised",
        "提出日期",
        lambda row: written(row.raised_on),
        "nb s3",
        plain=lambda row: row.raised_on,
        sort="-raised",
    ),
    Column("due", "答复期限", lambda row: _due(row), "nb s3", plain=lambda row: row.due_on, sort="due"),
    Column("state", "办理情况", lambda row: _state(row), "nb s3", plain=lambda row: row.state),
    Column(
        "closed",
        "答复日期",
        lambda row: written(row.closed_on),
        "nb s3 hide-phone",
        plain=lambda row: row.closed_on,
    ),
]
SORTS = {"raised": ("raised_on",), "due": ("due_on",)}


def visible_objections(user: User) -> Any:
    """Those within the own area, of lists that the user may see."""
    lists = AuditList.objects.visible_to(user)
    return Objection.objects.visible_to(user).filter(audit_list__in=lists)


@exportable(KEY, title="异议")
def objections(user: User, query: QueryDict, day: datetime.date) -> Listed:
    rows = visible_objections(user)
    require(user, Capability.AUDIT_VIEW)
    area, form = area_in(query, user), ObjectionFilter(query)
    if not form.is_valid():
        return Listed(rows.none(), COLUMNS, ORDER, form, area)
    asked = form.matching(rows.in_area(area), day).select_related(
        "audit_list__area__parent", "entry__household", "entry__area"
    )
    return Listed(asked, COLUMNS, ORDER, form, area, SORTS, dress=partial(_dress, day=day))


def _dress(rows: list[Any], *, day: datetime.date) -> None:
    names = head_names(row.entry.household_id for row in rows if row.entry and row.entry.household_id)
    for row in rows:
        row.head = names.get(row.entry.household_id, "") if row.entry else ""
        row.late = row.is_overdue(day)


def _whom(row: Any) -> str:
    if row.entry is None:
        return "整份名单"
    return f"{row.head}户" if row.head else str(row.entry)


def _opens(row: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("audits:objection", args=[row.pk]), _whom(row))


def _stage(row: Any) -> str:
    procedure = row.audit_list.procedure
    return procedure[row.stage].label if row.stage in procedure else ""


def _due(row: Any) -> SafeString | str:
    if row.late:
        return format_html('<b class="late">{}</b>', written(row.due_on))
    return written(row.due_on)


def _state(row: Any) -> SafeString:
    look = "chip chip-on" if row.is_open else "chip chip-done"
    return format_html('<span class="{}">{}</span>', look, row.state)
