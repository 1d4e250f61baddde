"""帮扶责任人: how many households each helper (name and unit) looks after today."""

import datetime
from functools import partial
from typing import Any

from django.db.models import Count, Min
from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from households.care.filters import HelperLoad
from households.care.owed import owed_help
from households.lists.rows import opens
from households.models import Helper, Household
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "households:helpers"
COLUMNS = [
    Column("name", "姓名", lambda row: row.name, pinned=True, names_row=True, width=12),
    Column("unit", "单位", lambda row: row.unit_name, "s3", said=False, width=30),
    Column("affiliation", "隶属关系", lambda row: row.affiliation, "nb s2"),
    Column("households", "帮扶户数", lambda row: row.households, "n s2", width=10),
    Column("persons", "人口", lambda row: row.persons, "n s2", width=8),
    Column(
        "numbers",
        "帮扶的户",
        lambda row: _numbers(row),
        "s6",
        plain=lambda row: "、".join(row.numbers),
        width=40,
    ),
]
ORDER = ("name", "unit_name", "pk")


@exportable(KEY, title="帮扶责任人")
def helpers(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Helper.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), HelperLoad(query)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area)
    owed, asked = owed_help(Household.objects.all(), day), form.cleaned_data
    valid = visible.valid_on(day).in_area(area).filter(household__in=owed).order_by()
    if asked["q"]:
        valid = valid.filter(name__contains=asked["q"])
    groups = valid.values("name", "unit_name").annotate(
        first=Min("pk"), held=Count("household", distinct=True)
    )
    if asked["least"]:
        groups = groups.filter(held__gte=asked["least"])
    rows = visible.filter(pk__in=groups.values("first"))
    return Listed(rows, COLUMNS, ORDER, form, area, dress=partial(_dress, valid=valid))


def _dress(rows: list[Any], *, valid: Any) -> None:
    """Households and persons of these helpers, and the households themselves."""
    held: dict[tuple[str, str], dict[str, int]] = {}
    paired = valid.filter(name__in=[row.name for row in rows]).values_list(
        "name", "unit_name", "household__number", "household__member_count"
    )
    for name, unit, number, persons in paired.order_by("household__number"):
        held.setdefault((name, unit), {})[number] = persons
    for row in rows:
        of = held.get((row.name, row.unit_name), {})
        row.households, row.persons, row.numbers = len(of), sum(of.values()), list(of)


def _numbers(row: Any) -> SafeString:
    return format_html_join(" ", "{}", ((opens(number),) for number in row.numbers))
