"""涉贫事件 as a definition: what the list shows, on screen and as a file."""

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
from office.days import written
from office.exports import exportable
from office.listing import Column, Listed, area_in
from villages.incident_forms import IncidentFilter
from villages.models.incident import Incident, IncidentLevel, IncidentState

KEY = "villages:incidents"
EXCERPT = 30
COLUMNS = [
    Column(
        "what",
        "情况",
        lambda row: format_html(
            '<a href="{}">{}</a>', reverse("villages:incident", args=[row.pk]), _excerpt(row)
        ),
        "s6",
        plain=lambda row: row.what,
        said=False,
        pinned=True,
        names_row=True,
        width=50,
    ),
    Column("kind", "类别", lambda row: row.kind, "nb s2", said=False, width=12),
    Column("level", "程度", lambda row: _level(row), "nb s2", plain=lambda row: row.level, width=8),
    Column("area", "发生地", lambda row: row.area.name, "nb s2", width=18),
    Column("found_by", "发现途径", lambda row: row.found_by, "nb hide-phone", width=12),
    Column("found_on", "发现", lambda row: written(row.found_on), "nb s3", plain=lambda row: row.found_on),
    Column("handler", "处置单位", lambda row: row.handler, "s3", width=20),
    Column("due", "期限", lambda row: _due(row), "nb s3", plain=lambda row: _due_day(row)),
    Column("state", "状态", lambda row: _state(row), "nb s2", plain=lambda row: row.state, width=10),
]
ORDER = ("-found_on", "-pk")


@exportable(KEY, title="涉贫事件")
def incidents(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Incident.objects.visible_to(user)
    require(user, Capability.INCIDENT_VIEW)
    area, form = area_in(query, user), IncidentFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(visible.in_area(area), day).select_related("area")
    return Listed(rows, COLUMNS, ORDER, form, area, dress=partial(_dress, day=day))


def _dress(rows: list[Any], *, day: datetime.date) -> None:
    for row in rows:
        row.late = row.is_late(day)


def _excerpt(row: Incident) -> str:
    return row.what if len(row.what) <= EXCERPT else f"{row.what[:EXCERPT]}……"


def _level(row: Incident) -> SafeString | str:
    return format_html("<b>{}</b>", row.level) if row.level == IncidentLevel.MAJOR else row.level


def _due_day(row: Incident) -> datetime.date | None:
    return row.report_by if row.state == IncidentState.FOUND else row.close_by


def _due(row: Any) -> SafeString | str:
    due = _due_day(row)
    if due is None or row.state == IncidentState.CLOSED:
        return ""
    return format_html('<b class="msg-err">{}　逾期</b>', written(due)) if row.late else written(due)


def _state(row: Incident) -> SafeString:
    words = {IncidentState.FOUND: "chip chip-mine", IncidentState.CLOSED: "chip chip-done"}
    return format_html(
        '<span class="{}">{}</span>', words.get(IncidentState(row.state), "chip chip-on"), row.state
    )
