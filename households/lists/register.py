"""贫困户: the register as it stands or as it stood on a day; also the list behind a figure of the stock."""

import datetime
from functools import partial
from typing import Any

from django.db.models import F
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.scope import AreaScope
from households.forms import RegisterFilter
from households.lists.rows import four, head, number, opens, strong
from households.models import Household, StatusEvent
from households.record import head_names, within, written
from office.exports import exportable
from office.listing import Column, Listed, area_in, chosen_columns
from office.pii import mask_phone

KEY = "households:list"
SORTS = {"village": ("village__code",), "persons": ("member_count",)}
COLUMNS = [
    number(lambda row: opens(row.number, row.may_open), lambda row: row.number, natural=True),
    head(lambda row: _head(row), lambda row: row.head_name),
    Column("town", "镇街", lambda row: row.town_name, "nb hide-phone", said=False),
    Column("village", "村", lambda row: row.village_name, "nb s3", said=False, sort="village", width=18),
    Column("group", "组", lambda row: row.villager_group, "nb s3", said=False, needs=("villager_group",)),
    Column("persons", "人口", lambda row: row.persons_shown, "n s1", sort="-persons", width=8),
    Column("standard", "标准", lambda row: row.poverty_standard, needs=("poverty_standard",)),
    Column("cause", "主要致贫原因", lambda row: row.poverty_cause, needs=("poverty_cause",)),
    Column("mark", "状态", lambda row: row.mark, "nb s1", width=10),
    Column(
        "colour",
        "四色",
        lambda row: four(row.colour),
        "",
        plain=lambda row: row.colour,
        standard=False,
        needs=("colour",),
        width=8,
    ),
    Column("attribute", "贫困户属性", lambda row: row.attribute, standard=False, needs=("attribute",)),
    Column(
        "planned",
        "计划脱贫年度",
        lambda row: row.planned_exit_year,
        "n",
        standard=False,
    ),
    Column(
        "registered",
        "建档立卡日期",
        lambda row: written(row.registered_on),
        plain=lambda row: row.registered_on,
        standard=False,
    ),
    Column("exit_year", "脱贫年度", lambda row: row.exit_year, "n", standard=False, needs=("exit_year",)),
    Column(
        "return_year", "返贫年度", lambda row: row.return_year, "n", standard=False, needs=("return_year",)
    ),
    Column("address", "家庭住址", lambda row: row.address, "", standard=False, needs=("address",), width=30),
    Column(
        "phone",
        "联系电话",
        lambda row: mask_phone(row.phone),
        standard=False,
        needs=("phone", "uid"),
        width=16,
    ),
]
# What every row is asked for, whatever its columns.
NEEDED = (
    "number",
    "county",
    "town",
    "village",
    "member_count",
    "exit_mark",
    "registered_on",
    "removed_on",
    "planned_exit_year",
)


@exportable(KEY, title="贫困户")
def register(user: User, query: QueryDict, day: datetime.date) -> Listed:
    households = Household.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), RegisterFilter(query)
    columns = chosen_columns(query, COLUMNS)
    if not form.is_valid():
        return Listed(households.none(), columns, ("number",), form, area)
    asked = form.cleaned_data
    events = StatusEvent.objects.visible_to(user)
    found = form.matching(households, Household.objects.all(), events, area, day.year)
    return Listed(
        found,
        columns,
        # By name in the order of the index, which is that in which the households came.
        ("pk",) if asked["q"] else ("number",),
        form,
        area,
        SORTS,
        partial(_dress, form=form, scope=user.area_scope(), year=day.year),
        partial(_shape, columns=columns),
    )


def _shape(households: Any, *, columns: list[Column]) -> Any:
    """Names of the areas as words: two more objects a row would cost more than the row."""
    needed = {*NEEDED, *(name for column in columns for name in column.needs)}
    return households.only(*needed).annotate(village_name=F("village__name"), town_name=F("town__name"))


def _dress(rows: list[Any], *, form: RegisterFilter, scope: AreaScope, year: int) -> None:
    """Name of the head, names that were sought, members of the day, standing."""
    names = head_names(row.pk for row in rows)
    members = form.members_found(rows)
    for row in rows:
        row.head_name = names.get(row.pk, "")
        row.members_found = [name for name in members.get(row.pk, ()) if name != row.head_name]
        row.persons_shown = row.counted_persons if form.of_a_day else row.member_count
        row.mark = _mark(row, year)
        row.may_open = within(scope, row)


def _head(row: Any) -> SafeString:
    if not row.members_found:
        return strong(row.head_name)
    others = format_html_join(
        "", ' <span class="small mid">{}</span>', ((name,) for name in row.members_found)
    )
    return format_html("<b>{}</b>{}", row.head_name, others)


def _mark(row: Household, year: int) -> str:
    if row.removed_on is not None:
        return "注销"
    if row.registered_on is None:
        return "未纳入"
    return str(row.shown_mark(year))
