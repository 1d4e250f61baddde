"""水库移民 as a definition: flagged households as they stood on a day, in or out, on screen and as a file."""

import datetime
from functools import partial
from typing import Any

from django.http import QueryDict

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.scope import AreaScope
from households import resettlers
from households.forms import Day, Filter, choice
from households.lists.rows import head, number, opens
from households.models import StatusEvent
from households.record import head_names, within, written
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "households:resettlers"
COLUMNS = [
    number(lambda event: opens(event.household.number, event.may_open), lambda event: event.household.number),
    head(lambda event: event.head_name, lambda event: event.head_name),
    Column("town", "镇街", lambda event: event.town.name, "nb s3", said=False),
    Column("village", "村", lambda event: event.village.name, "nb s3", said=False, width=18),
    Column("members", "人口", lambda event: event.members, "n s1", width=8),
    Column("cause", "主要致贫原因", lambda event: event.cause, "nb s3"),
    Column("mark", "当日状态", lambda event: event.mark or "", "nb s2", width=12),
    Column("kind", "最近动态", lambda event: event.kind, "nb s2", width=10),
    Column(
        "on", "动态日期", lambda event: written(event.on), "nb s4", plain=lambda event: event.on, width=14
    ),
]
ORDER = ("household__number", "pk")


class ResettlerFilter(Filter):
    further = ("as_of",)

    standing = choice("情况", list(resettlers.STANDINGS.items()), "w6")
    on = Day(label="时点", required=False)
    as_of = Day(label="登记截至", required=False)


@exportable(KEY, title="水库移民")
def households(user: User, query: QueryDict, day: datetime.date) -> Listed:
    events = StatusEvent.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), ResettlerFilter(query)
    if not form.is_valid():
        return Listed(events.none(), COLUMNS, ORDER, form, area)
    asked = form.cleaned_data
    rows = resettlers.stood(events.in_area(area), asked["on"] or day, asked["as_of"], asked["standing"])
    dress = partial(_dress, scope=user.area_scope())
    return Listed(
        rows.select_related("household", "village", "town"), COLUMNS, ORDER, form, area, dress=dress
    )


def _dress(rows: list[Any], *, scope: AreaScope) -> None:
    names = head_names(event.household_id for event in rows)
    for event in rows:
        event.head_name = names.get(event.household_id, "")
        event.may_open = within(scope, event.household)
