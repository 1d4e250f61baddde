"""没有帮扶责任人的户, 三落实不齐的户, 近期未走访的户, 特困待核的户: households to which help is owed and who has not had it."""

import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from households.care.examined import dress, to_examine
from households.care.filters import PAIRED, VisitedSince, WithHelper
from households.care.owed import (
    helpers_of,
    last_visits,
    not_settled,
    not_visited,
    with_helper,
    without_helper,
)
from households.checks.others import Lines
from households.condition import indicators, to_be_examined
from households.lists.rows import four, head, number, opens, strong
from households.models import Household
from households.record import head_names, written
from office.exports import exportable
from office.listing import Column, Listed, area_in

UNPAIRED_KEY, UNVISITED_KEY = "households:without-helper", "households:not-visited"
UNSETTLED_KEY, EXAMINED_KEY = "households:not-settled", "households:to-examine"
NEEDED = (
    "number",
    "village__name",
    "town__name",
    "villager_group",
    "member_count",
    "exit_mark",
    "left_on",
    "colour",
    "county",
)
ORDER = ("number",)
_HELPERS = Column(
    "helpers",
    "帮扶责任人",
    lambda row: row.helper_names or "无",
    "nb s3",
    width=20,
)
UNVISITED = [
    number(lambda row: opens(row.number), lambda row: row.number),
    head(lambda row: strong(row.head_name), lambda row: row.head_name),
    Column("town", "镇街", lambda row: row.town.name, "nb hide-phone", said=False),
    Column("village", "村", lambda row: row.village.name, "nb s3", said=False, width=18),
    Column("group", "组", lambda row: row.villager_group, "nb s3", said=False),
    Column("persons", "人口", lambda row: row.member_count, "n s2", width=8),
    Column("mark", "状态", lambda row: row.exit_mark, "nb s2", width=10),
    Column("colour", "四色", lambda row: four(row.colour), "s2", plain=lambda row: row.colour, width=8),
    _HELPERS,
    Column("visited", "最近走访", lambda row: _visited(row), "nb s3", plain=lambda row: row.last_visit),
]
UNSETTLED = [
    *UNVISITED,
    Column(
        "missing",
        "未落实",
        lambda row: "帮扶措施" if row.helper_names else "帮扶责任人、帮扶措施",
        "nb s3",
        width=24,
    ),
]
UNPAIRED = [column for column in UNVISITED if column is not _HELPERS]
EXAMINED = [
    *UNVISITED[:8],
    Column(
        "examine",
        "待核成员",
        lambda row: "；".join(f"{name}：{why}" for name, why in to_be_examined(row.stands)),
        "s6",
        width=50,
    ),
    Column(
        "burdens",
        "家庭状况",
        lambda row: "、".join(f"{one.label} {one.value}" for one in indicators(row.stands) if one.burdened),
        "s6",
        width=40,
    ),
]


@exportable(UNPAIRED_KEY, title="没有帮扶责任人的户")
def unpaired(user: User, query: QueryDict, day: datetime.date) -> Listed:
    households = Household.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), WithHelper(query)
    if not form.is_valid():
        return Listed(households.none(), UNPAIRED, ORDER, form, area)
    paired = form.cleaned_data["state"] == PAIRED
    found = (with_helper if paired else without_helper)(households.in_area(area), day)
    columns = UNVISITED if paired else UNPAIRED
    return Listed(_fetched(found), columns, ORDER, form, area, dress=partial(_dress, day=day))


@exportable(UNSETTLED_KEY, title="三落实不齐的户")
def unsettled(user: User, query: QueryDict, day: datetime.date) -> Listed:
    """R268: help is owed, and no helper of the day has written what is to be done."""
    households = Household.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area = area_in(query, user)
    found = not_settled(households.in_area(area), day)
    return Listed(_fetched(found), UNSETTLED, ORDER, area=area, dress=partial(_dress, day=day))


@exportable(EXAMINED_KEY, title="特困待核的户")
def examined(user: User, query: QueryDict, day: datetime.date) -> Listed:
    """R019: somebody meets the test of 特困 by the record and is not supported; 民政 alone recognises."""
    households = Household.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, lines = area_in(query, user), Lines.read(day)
    found = to_examine(households.in_area(area), day, lines)
    return Listed(_fetched(found), EXAMINED, ORDER, area=area, dress=partial(dress, on=day, lines=lines))


@exportable(UNVISITED_KEY, title="近期未走访的户")
def unvisited(user: User, query: QueryDict, day: datetime.date) -> Listed:
    """`?days=` narrows; the deployment's own number (VISIT_DAYS) stands without it."""
    households = Household.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), VisitedSince(query)
    if not form.is_valid():
        return Listed(households.none(), UNVISITED, ORDER, form, area)
    found = not_visited(households.in_area(area), day, form.cleaned_data["days"] or settings.VISIT_DAYS)
    return Listed(_fetched(found), UNVISITED, ORDER, form, area, dress=partial(_dress, day=day))


def _fetched(found: Any) -> Any:
    return found.select_related("village", "town").only(*NEEDED)


def _dress(rows: list[Any], *, day: datetime.date) -> None:
    keys = [row.pk for row in rows]
    names, helpers, visits = head_names(keys), helpers_of(keys, day), last_visits(keys, day)
    for row in rows:
        row.head_name, row.helper_names = names.get(row.pk, ""), helpers.get(row.pk, "")
        row.last_visit = visits.get(row.pk)


def _visited(row: Any) -> SafeString | str:
    if row.last_visit is None:
        return format_html('<b class="msg-warn">{}</b>', "没有走访过")
    return written(row.last_visit)
