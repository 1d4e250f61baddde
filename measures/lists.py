"""帮扶措施 as a definition: what the list shows, on screen and as a file."""

import datetime
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import Q, Sum
from django.http import QueryDict
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.scope import AreaScope
from households.lists.rows import opens, town_name, village_name
from households.looking_back import Back
from households.record import head_names, within, written
from measures import (
    channel_lists,
    coverage_lists,
    enterprise_lists,
    extras,
    nightly,
    point_lists,
    project_lists,
    skill_lists,
    solar_lists,
)
from measures.departments import listing as department_lists
from measures.desk import listing as desk_lists
from measures.extras import Extra
from measures.measure_filter import MeasureFilter
from measures.models import Measure, State
from measures.society import listing as society_lists
from office import clock
from office.exports import exportable
from office.listing import Column, Listed, area_in

# Exports look for lists here, and findings for their places: those of other subjects are known by being named.
__all__ = [
    "KEY",
    "channel_lists",
    "coverage_lists",
    "department_lists",
    "desk_lists",
    "enterprise_lists",
    "measures",
    "nightly",
    "point_lists",
    "project_lists",
    "skill_lists",
    "society_lists",
    "solar_lists",
]

KEY = "measures:list"
# 元 that were paid; help in kind has no sum.
PAID = {"paid": Sum("amount", filter=Q(unit="元", state=State.DELIVERED))}
COLUMNS = [
    Column(
        "policy",
        "政策",
        lambda row: _opens(row),
        "s6",
        plain=lambda row: row.policy.name,
        said=False,
        pinned=True,
        names_row=True,
        width=24,
    ),
    Column("chapter", "章节", lambda row: row.policy.chapter, "nb hide-phone", said=False, width=10),
    Column("year", "年度", lambda row: row.year, "n s1", width=8),
    Column(
        "household",
        "户编号",
        lambda row: opens(row.household.number, row.may_open) if row.household else "",
        "nb s3",
        plain=lambda row: row.household.number if row.household else "",
        said=False,
    ),
    Column("head", "户主", lambda row: row.head_name, "nb s3", said=False, width=12),
    Column("person", "享受人", lambda row: row.to_whom, "nb s3", width=12),
    Column("town", "镇街", town_name, "nb hide-phone", said=False),
    Column("village", "村", village_name, "nb s3", said=False, width=18),
    Column("state", "状态", lambda row: _state(row), "nb s1", plain=lambda row: row.state, width=8),
    Column("amount", "数额", lambda row: floatformat(row.amount, "2g"), "n s3", plain=lambda row: row.amount),
    Column("unit", "单位", lambda row: row.unit if row.amount is not None else "", "nb s1", width=6),
    Column(
        "delivered",
        "落实日期",
        lambda row: written(row.delivered_on),
        "nb s3",
        plain=lambda row: row.delivered_on,
    ),
    Column("payer", "支付单位", lambda row: row.payer, "hide-phone", width=20),
    Column("voucher", "凭证号", lambda row: row.voucher, "nb hide-phone"),
]
ORDER = ("-pk",)
# What every row of one policy's ledger has alike.
SAME = ("chapter", "unit")
NOT_ON_PAPER, ON_PAPER = ("policy", "town", "payer", "voucher"), 6


@exportable(KEY, title="帮扶措施")
def measures(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Measure.objects.visible_to(user)
    require(user, Capability.MEASURE_VIEW)
    area, form = area_in(query, user), MeasureFilter(query, day=day)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area)
    day_then = form.cleaned_data["lay"]
    back = Back.since(day_then, clock.shift()) if day_then else None
    here = Measure.objects.lay(back, area, user.area_scope()) if back else [visible.in_area(area)]
    if form.cleaned_data["own"] and area is not None:
        here = [(some if back else some.placed()).filter(lies_in=area.pk) for some in here]
    rows = form.matching(_together(here))
    joined = rows.select_related(
        "policy", "person", "household__village__parent", "village__parent", "enterprise__area__parent"
    )
    dress = partial(_dress, back=back, scope=user.area_scope())
    return Listed(joined, _columns(form.code), ORDER, form, area, dress=dress)


def _together(parts: list[Any]) -> Any:
    """Rows of any of the parts."""
    first, *others = parts
    if not others:
        return first
    found = Q()
    for part in parts:
        found |= Q(pk__in=part.values("pk"))
    return Measure.objects.filter(found)


def _columns(code: str) -> list[Column]:
    """The ledger of one kind of help shows all that is asked of it, and leaves out what is the same in each row."""
    further = [_said(one) for one in extras.of(code)]
    if not further:
        return COLUMNS
    kept = [_in_ledger(one) for one in COLUMNS if one.key not in SAME]
    return [*kept, *further[:ON_PAPER], *map(_off_paper, further[ON_PAPER:])]


def _in_ledger(one: Column) -> Column:
    """The name, which the page's title has too, in one line; paper has room for the further fields instead."""
    if one.names_row:
        one = replace(one, classes="nb s6")
    return _off_paper(one) if one.key in NOT_ON_PAPER else one


def _off_paper(one: Column) -> Column:
    return replace(one, classes=f"{one.classes} no-print")


def _said(extra: Extra) -> Column:
    return Column(
        f"extras_{extra.key}",
        extra.title,
        lambda row: row.extras.get(extra.key, ""),
        "n s3" if extra.kind in extras.NUMBERS else "nb s3",
    )


def _dress(rows: list[Any], *, back: Back | None, scope: AreaScope) -> None:
    homes = {row.household_id for row in rows if row.household_id}
    names, lay = head_names(homes), back.places(homes) if back else {}
    for row in rows:
        row.head_name = names.get(row.household_id, "")
        row.lay = lay.get(row.household_id) or row.place
        row.may_open = back is None or row.household is None or within(scope, row.household)


def _opens(row: Any) -> SafeString | str:
    if not row.may_open:
        return str(row.policy.name)
    return format_html('<a href="{}">{}</a>', reverse("measures:measure", args=[row.pk]), row.policy.name)


def _state(row: Measure) -> SafeString:
    word = {State.PLANNED: "chip chip-on", State.CANCELLED: "chip"}.get(State(row.state), "chip chip-done")
    return format_html('<span class="{}">{}</span>', word, row.state)
