"""走访记录: visits one by one, as they stand or as a day knew them; also the list behind a figure of visits."""

import datetime
from functools import partial
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.scope import AreaScope
from households.care import then
from households.codes import CODES
from households.forms import Day, Filter, choice
from households.lists.rows import head, number, opens
from households.models import StatusEvent, Visit
from households.models.event import StatusEventQuerySet
from households.models.visit import VisitQuerySet
from households.record import head_names, within, written
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "households:visits"
ORDER = ("-visited_on", "-pk")
CONTENT, DISCONTENT, UNASKED = "满意", "不满意", "没有填"
SATISFIED = {CONTENT: True, DISCONTENT: False, UNASKED: None}
NEEDS = "发现需求"
COLUMNS = [
    number(lambda row: opens(row.household.number, row.may_open), lambda row: row.household.number),
    head(lambda row: row.head_name, lambda row: row.head_name),
    Column("town", "镇街", lambda row: row.town_name, "nb hide-phone", said=False),
    Column("village", "村", lambda row: row.village_name, "nb s3", said=False, width=18),
    Column(
        "visited", "走访日期", lambda row: written(row.visited_on), "nb s3", plain=lambda row: row.visited_on
    ),
    Column("way", "方式", lambda row: row.way, "nb s2", width=10),
    Column("visitor", "走访人", lambda row: row.visitor, "nb s2", width=12),
    Column("notes", "走访记录", lambda row: row.notes, "s6", width=40),
    Column("needs", "发现的需求", lambda row: "、".join(row.needs_found), "s6", width=24),
    Column("follow", "跟进措施", lambda row: row.follow_up, "s6", width=30),
    Column(
        "followed",
        "跟进完成",
        lambda row: written(row.follow_up_on) if row.follow_up_on else "",
        "nb s3",
        plain=lambda row: row.follow_up_on,
    ),
    Column("satisfied", "是否满意", lambda row: _word(row.satisfied), "nb s2", width=10),
]


class VisitFilter(Filter):
    """What `/visits/` may be narrowed by: the filter of a report's cell."""

    further = ("as_of",)

    since = Day(label="走访从", required=False)
    until = Day(label="走访截至", required=False)
    way = choice("走访方式", CODES["visit_way"].words, "w6")
    satisfied = choice("户主是否满意", tuple(SATISFIED), "w4")
    needs = choice("需求和跟进", (NEEDS, *then.FOLLOWED), "w8")
    as_of = Day(label="登记截至", required=False)

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if asked.get("as_of") and not asked.get("until") and "until" not in self.errors:
            self.add_error("as_of", "登记截至要和走访截至一起用")
        return asked

    def matching(
        self, visits: VisitQuerySet, events: StatusEventQuerySet, day: datetime.date
    ) -> VisitQuerySet:
        """Of `visits` those that stand; of a day those that it knew, to households whose `events` say that they lay
        there then, wherever they live by now."""
        asked = self.cleaned_data
        if asked["as_of"]:
            found = then.visits_of(events, asked["until"], asked["as_of"])
        else:
            found = visits.filter(struck_at__isnull=True)
        if asked["since"]:
            found = found.filter(visited_on__gte=asked["since"])
        if asked["until"]:
            found = found.filter(visited_on__lte=asked["until"])
        if asked["way"]:
            found = found.filter(way=asked["way"])
        if asked["satisfied"]:
            found = found.filter(_answered(asked["satisfied"]))
        if asked["needs"]:
            found = found.exclude(needs_found="")
        if asked["needs"] in then.FOLLOWED:
            found = found.filter(then.followed(asked["needs"], asked["until"] or day))
        return found


@exportable(KEY, title="走访记录")
def visits(user: User, query: QueryDict, day: datetime.date) -> Listed:
    here = Visit.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), VisitFilter(query)
    if not form.is_valid():
        return Listed(here.none(), COLUMNS, ORDER, form, area)
    events = StatusEvent.objects.visible_to(user)
    rows = form.matching(here.in_area(area), events.in_area(area), day).select_related(
        "household__village", "household__town"
    )
    dress = partial(_dress, form=form, scope=user.area_scope())
    return Listed(rows, COLUMNS, ORDER, form, area, dress=dress)


def _dress(rows: list[Any], *, form: VisitFilter, scope: AreaScope) -> None:
    """Of a day the place is that of the day."""
    asked, keys = form.cleaned_data, {row.household_id for row in rows}
    names, lay = head_names(keys), {}
    if asked["as_of"]:
        last = StatusEvent.objects.filter(household__in=keys).last_of_each(asked["until"], asked["as_of"])
        lay = {one.household_id: one for one in last.select_related("village", "town")}
    for row in rows:
        place = lay.get(row.household_id, row.household)
        row.head_name = names.get(row.household_id, "")
        row.town_name, row.village_name = place.town.name, place.village.name
        row.may_open = within(scope, row.household)


def _answered(word: str) -> Q:
    answer = SATISFIED[word]
    return Q(satisfied__isnull=True) if answer is None else Q(satisfied=answer)


def _word(answer: bool | None) -> str:
    return "" if answer is None else CONTENT if answer else DISCONTENT
