"""在册人口: the persons of the registered households of a day, by age, health, labour and schooling as they were then."""

import datetime
from functools import partial
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.scope import AreaScope
from households.forms import Day, Filter, choice
from households.lists.rows import opens, strong
from households.models import Person, StatusEvent
from households.record import within
from households.structure import TRAITS, Members
from office import clock
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "households:members"
ORDER = ("number",)
COLUMNS = [
    Column(
        "name",
        "姓名",
        lambda row: strong(row.then.name),
        "nb s3",
        plain=lambda row: row.then.name,
        said=False,
        pinned=True,
        names_row=True,
        width=12,
    ),
    Column(
        "number",
        "户编号",
        lambda row: opens(row.household.number, row.may_open),
        "nb s3",
        plain=lambda row: row.household.number,
        said=False,
        width=16,
    ),
    Column("relation", "与户主关系", lambda row: row.then.relation, "nb s3"),
    Column("sex", "性别", lambda row: row.then.sex, "nb s1", width=8),
    Column("age", "年龄", lambda row: row.years_old, "n s1", width=8),
    Column("health", "健康状况", lambda row: "、".join(row.then.health), "nb s3", width=18),
    Column("labour", "劳动能力", lambda row: row.then.labour_capacity, "nb s3", width=18),
    Column("schooling", "在校情况", lambda row: row.then.schooling, "nb s3"),
    Column("village", "村", lambda row: row.place, "nb hide-phone", width=18),
]


class MembersFilter(Filter):
    """What `/households/members/` may be narrowed by: the filter of a report's cell. Without a day it is today."""

    further = ("on", "as_of")

    age = choice("年龄", list(TRAITS["age"].words.items()), "w6")
    health = choice("健康状况", list(TRAITS["health"].words.items()), "w8")
    labour = choice("劳动能力", list(TRAITS["labour"].words.items()), "w8")
    schooling = choice("在校情况", list(TRAITS["schooling"].words.items()), "w8")
    on = Day(label="在册时点", required=False)
    as_of = Day(label="登记截至", required=False)

    def matching(self, events: Any, day: datetime.date) -> tuple[Members, Any]:
        asked = self.cleaned_data
        on = asked["on"] or asked["as_of"] or day
        members = Members(events, on, asked["as_of"] or on, clock.shift())
        where = Q()
        for key, trait in TRAITS.items():
            if asked[key]:
                where &= trait.q(asked[key], on)
        return members, members.persons(where)


@exportable(KEY, title="在册人口")
def members(user: User, query: QueryDict, day: datetime.date) -> Listed:
    """Among the households whose events in the own area make the stock of the day, wherever they live by now."""
    events = StatusEvent.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), MembersFilter(query)
    if not form.is_valid():
        return Listed(Person.objects.none(), COLUMNS, ORDER, form, area)
    then, found = form.matching(events.in_area(area), day)
    dress = partial(_dress, then=then, scope=user.area_scope())
    return Listed(found.select_related("household__village"), COLUMNS, ORDER, form, area, dress=dress)


def _dress(rows: list[Any], *, then: Members, scope: AreaScope) -> None:
    """Facts and place as they were on the day."""
    known, _ = then.sources(Q(id__in=[row.pk for row in rows]))
    versions = {version.id: version for source in known for version in source}
    last = then.events.last_of_each(then.on, then.as_of, standing=True)
    places = dict(
        last.filter(household__in={row.household_id for row in rows}).values_list(
            "household", "village__name"
        )
    )
    for row in rows:
        row.then = versions.get(row.pk, row)
        row.years_old = row.age(then.on)
        row.place = places.get(row.then.household_id, "")
        row.may_open = within(scope, row.household)
