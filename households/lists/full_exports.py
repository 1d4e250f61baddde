"""完整号码导出: who asked for files with full numbers, why, and who agreed."""

import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from households.models import FullExport
from office import clock
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "households:full-exports"
COLUMNS = [
    Column(
        "at",
        "申请时间",
        lambda row: format_html(
            '<a href="{}">{}</a>', reverse("households:full-export", args=[row.pk]), _time(row)
        ),
        "nb s4",
        plain=lambda row: _time(row),
        pinned=True,
        names_row=True,
        width=20,
    ),
    Column("state", "状态", lambda row: "已过期" if row.is_over else row.get_state_display(), "nb s2"),
    Column("owner", "申请人", lambda row: str(row.owner), "nb s2"),
    Column("area", "范围", lambda row: row.area.name, "nb s2", width=18),
    Column("persons", "人数", lambda row: row.persons, "n s2", width=8),
    Column("reason", "原因", lambda row: row.reason, "s4", width=40),
    Column("second", "复核人", lambda row: str(row.second or ""), "nb s2"),
]


@exportable(KEY, title="完整号码导出")
def full_exports(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = FullExport.objects.visible_to(user).select_related("area", "owner", "second")
    require(user, Capability.REVEAL)
    area = area_in(query, user)
    return Listed(visible.in_area(area), COLUMNS, ("-asked_at", "-pk"), area=area, dress=_dress)


def _dress(rows: list[Any]) -> None:
    now = clock.now()
    for row in rows:
        row.is_over = row.over(now)


def _time(row: FullExport) -> str:
    return f"{row.asked_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
