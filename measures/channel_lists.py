"""脱贫渠道 as a definition: exits with the chapters of help that had reached them, on screen and as a file."""

import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.scope import AreaScope
from households.forms import Day, Filter, choice
from households.lists.rows import head, number, opens
from households.models import StatusEvent
from households.record import head_names, within, written
from measures import channels
from office.exports import exportable
from office.form_fields import year_field
from office.listing import Column, Listed, area_in

KEY = "measures:exits"
COLUMNS = [
    number(lambda event: opens(event.household.number, event.may_open), lambda event: event.household.number),
    head(lambda event: event.head_name, lambda event: event.head_name),
    Column("persons", "退出人口", lambda event: abs(event.persons), "n s1", width=10),
    Column(
        "on",
        "退出日期",
        lambda event: written(event.on),
        "nb s4",
        said=False,
        plain=lambda event: event.on,
    ),
    Column("town", "镇街", lambda event: event.town.name, "nb s3", said=False),
    Column("village", "村", lambda event: event.village.name, "nb s3", said=False, width=18),
    Column("cause", "致贫原因", lambda event: event.cause, "nb hide-phone", said=False),
    Column("channels", "渠道", lambda event: "、".join(event.channels) or channels.NONE, "s6", width=40),
]
ORDER = ("-on", "-pk")
HOLDS = "yes"


class ChannelFilter(Filter):
    """The filter of a figure of the report `channels`."""

    further = ("holds", "since", "until", "as_of")

    year = year_field("年度")
    channel = choice("渠道", [*channels.CHANNELS.items(), (channels.NONE, channels.NONE)], "w8")
    holds = choice("退出以后", [(HOLDS, "没有再返回的")], "w8")
    since = Day(label="退出起", required=False)
    until = Day(label="退出截至", required=False)
    as_of = Day(label="登记截至", required=False)

    def matching(self, events: Any, day: datetime.date) -> QuerySet:
        asked = self.cleaned_data
        exits = events.counted(
            year=asked["year"], since=asked["since"], until=asked["until"], as_of=asked["as_of"]
        )
        found: QuerySet = channels.by_channel(exits, asked["channel"])
        return channels.lasting(found, asked["until"] or day, asked["as_of"]) if asked["holds"] else found


@exportable(KEY, title="脱贫渠道")
def exits(user: User, query: QueryDict, day: datetime.date) -> Listed:
    found = StatusEvent.objects.visible_to(user)
    require(user, Capability.MEASURE_VIEW)
    area, form = area_in(query, user), ChannelFilter(query)
    if not form.is_valid():
        return Listed(found.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(found.in_area(area), day).select_related("household", "village", "town")
    return Listed(rows, COLUMNS, ORDER, form, area, dress=partial(_dress, scope=user.area_scope()))


def _dress(rows: list[Any], *, scope: AreaScope) -> None:
    heads, reached = head_names(event.household_id for event in rows), channels.names(rows)
    for event in rows:
        event.head_name = heads.get(event.household_id, "")
        event.may_open = within(scope, event.household)
        event.channels = reached[event.pk]
