"""监测对象: the watch list against falling into poverty, removed risks included."""

import datetime
from typing import Any

from django.http import QueryDict

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from households.care.filters import OPEN, WatchFilter
from households.lists.rows import head, number, opens, strong
from households.models import Watch
from households.record import head_names, written
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "households:watch"
COLUMNS = [
    number(lambda row: opens(row.household.number), lambda row: row.household.number),
    head(lambda row: strong(row.head_name), lambda row: row.head_name),
    Column("town", "镇街", lambda row: row.household.village.parent.name, "nb hide-phone", said=False),
    Column("village", "村", lambda row: row.household.village.name, "nb s3", said=False, width=18),
    Column("persons", "人口", lambda row: row.household.member_count, "n s3", width=8),
    Column("kind", "类别", lambda row: row.kind, "nb s3", width=18),
    Column(
        "identified",
        "识别时间",
        lambda row: written(row.identified_on),
        "nb s3",
        plain=lambda row: row.identified_on,
    ),
    Column("risks", "风险", lambda row: "、".join(row.risks), "s3", width=24),
    Column("state", "监测状态", lambda row: _state(row), "nb s3", width=24),
]
ORDER = ("-identified_on", "pk")


@exportable(KEY, title="监测对象")
def watch_list(user: User, query: QueryDict, day: datetime.date) -> Listed:
    watches = Watch.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), WatchFilter(query)
    if not form.is_valid():
        return Listed(watches.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(watches.in_area(area)).select_related("household__village__parent")
    return Listed(rows, COLUMNS, ORDER, form, area, dress=_dress)


def _dress(rows: list[Any]) -> None:
    names = head_names(row.household_id for row in rows)
    for row in rows:
        row.head_name = names.get(row.household_id, "")


def _state(row: Watch) -> str:
    return f"{written(row.removed_on)}{row.removal_way}" if row.risk_removed else OPEN
