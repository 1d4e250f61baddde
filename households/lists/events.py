"""状态变动: the dated events behind a report's figure. The list counts to its cell, and so does its file."""

import datetime
from functools import partial
from typing import Any

from django.http import QueryDict

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.scope import AreaScope
from households.forms import EventFilter
from households.lists.rows import head, number, opens
from households.models import StatusEvent
from households.models.event import day_of
from households.record import head_names, signed, within, written
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "households:events"
COLUMNS = [
    number(lambda event: opens(event.household.number, event.may_open), lambda event: event.household.number),
    head(lambda event: event.head_name, lambda event: event.head_name),
    Column("kind", "事项", lambda event: event.kind, "nb s2", said=False, width=10),
    Column(
        "on",
        "发生日期",
        lambda event: written(event.on),
        "nb s4",
        said=False,
        plain=lambda event: event.on,
    ),
    Column(
        "households",
        "户",
        lambda event: signed(event.households),
        "n s1",
        plain=lambda event: event.households,
        width=8,
    ),
    Column(
        "persons",
        "人",
        lambda event: signed(event.persons),
        "n s1",
        plain=lambda event: event.persons,
        width=8,
    ),
    Column("person", "成员", lambda event: event.person.name if event.person else ""),
    Column("standard", "标准", lambda event: event.standard),
    Column("town", "镇街", lambda event: event.town.name, "nb s3", said=False),
    Column("village", "村", lambda event: event.village.name, "nb s3", said=False, width=18),
    Column("cause", "致贫原因", lambda event: event.cause, "nb hide-phone", said=False),
    Column("origin", "来源", lambda event: event.origin, "nb hide-phone", said=False),
    Column(
        "recorded",
        "登记日期",
        lambda event: written(day_of(event.recorded_at)),
        "nb hide-phone",
        said=False,
        plain=lambda event: day_of(event.recorded_at),
    ),
]
# Columns of the tables that a row needs.
NEEDED = (
    "kind",
    "on",
    "households",
    "persons",
    "standard",
    "cause",
    "origin",
    "recorded_at",
    "household__number",
    "household__county",
    "household__town",
    "household__village",
    "person__name",
    "town__name",
    "village__name",
)
ORDER = ("-on", "-pk")


@exportable(KEY, title="状态变动")
def events(user: User, query: QueryDict, day: datetime.date) -> Listed:
    found = StatusEvent.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), EventFilter(query)
    if not form.is_valid():
        return Listed(found.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(found.in_area(area)).select_related("household", "person", "village", "town")
    dress = partial(_dress, scope=user.area_scope())
    return Listed(rows.only(*NEEDED), COLUMNS, ORDER, form, area, dress=dress)


def _dress(rows: list[Any], *, scope: AreaScope) -> None:
    names = head_names(event.household_id for event in rows)
    for event in rows:
        event.head_name = names.get(event.household_id, "")
        event.may_open = within(scope, event.household)
