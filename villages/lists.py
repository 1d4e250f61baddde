"""村情 and 重点村变动 as definitions: what each list shows, on screen and as a file."""

import datetime
from functools import partial
from typing import Any

from django.http import QueryDict
from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from office.clock import SHANGHAI
from office.days import written
from office.exports import exportable
from office.listing import Column, Listed, area_in
from office.pii import mask_phone
from villages import incident_list, missing, teams
from villages.filters import EventFilter, VillageFilter
from villages.models import KeyVillage, KeyVillageEvent, Village, VillageYear
from villages.work import kinds

# Exports look for lists here: those of other modules are known by being named.
__all__ = ["events", "incident_list", "kinds", "missing", "teams", "villages"]

VILLAGES_KEY, EVENTS_KEY = "villages:list", "villages:events"
DEEP = "深度贫困村"


def _fact(name: str) -> Any:
    """Reads a fact of the last year that is known."""
    return lambda row: getattr(row.facts, name, None)


def _yuan(name: str) -> Any:
    return lambda row: floatformat(getattr(row.facts, name, None), "2g")


VILLAGES = [
    Column(
        "village",
        "村",
        lambda row: _village(row),
        plain=lambda row: row.area.name,
        pinned=True,
        names_row=True,
        width=20,
    ),
    Column("town", "镇街", lambda row: _town(row), plain=lambda row: row.area.parent.name),
    Column("kind", "类别", lambda row: row.kind, "hide-phone"),
    Column("key", "重点村", lambda row: _key(row), plain=lambda row: _key_words(row), width=24),
    Column("year", "村情年度", _fact("year"), "n hide-phone", width=10),
    Column("rural_population", "农村户籍人口", _fact("rural_population"), "n"),
    Column(
        "net_income_per_capita",
        "人均纯收入（元）",
        _yuan("net_income_per_capita"),
        "n hide-phone",
        plain=_fact("net_income_per_capita"),
    ),
    Column(
        "collective_income",
        "村集体经济收入（元）",
        _yuan("collective_income"),
        "n hide-phone",
        plain=_fact("collective_income"),
    ),
    Column("officer", "扶贫专干", lambda row: row.village_officer),
    Column("phone", "电话", lambda row: mask_phone(row.village_officer_phone)),
    Column("informer", "信息员", lambda row: row.information_officer, "nb hide-phone"),
]
EVENTS = [
    Column(
        "village",
        "村",
        lambda event: _opens(event.area),
        plain=lambda event: event.area.name,
        pinned=True,
        names_row=True,
        width=20,
    ),
    Column("town", "镇街", lambda event: event.area.parent.name),
    Column("kind", "事项", lambda event: event.kind),
    Column("on", "生效日期", lambda event: written(event.on), plain=lambda event: event.on),
    Column("level", "级别", lambda event: event.level, ""),
    Column("batch", "批次", lambda event: event.batch, ""),
    Column("origin", "来源", lambda event: event.origin),
    Column(
        "recorded",
        "登记时间",
        lambda event: written(_recorded(event)),
        plain=lambda event: _recorded(event),
    ),
    Column("reason", "说明", lambda event: event.reason, "hide-phone", width=40),
]
VILLAGE_ORDER, EVENT_ORDER = ("area__code", "pk"), ("-on", "-pk")


@exportable(VILLAGES_KEY, title="村情")
def villages(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Village.objects.visible_to(user)
    require(user, Capability.VILLAGE_VIEW)
    area, form = area_in(query, user), VillageFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), VILLAGES, VILLAGE_ORDER, form, area)
    rows = form.matching(visible, area, day)
    dress = partial(_dress, until=day.year)
    return Listed(rows, VILLAGES, VILLAGE_ORDER, form, area, dress=dress, shape=_with_town)


@exportable(EVENTS_KEY, title="重点村变动")
def events(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = KeyVillageEvent.objects.visible_to(user).select_related("area__parent")
    require(user, Capability.VILLAGE_VIEW)
    area, form = area_in(query, user), EventFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), EVENTS, EVENT_ORDER, form, area)
    return Listed(form.matching(visible.in_area(area)), EVENTS, EVENT_ORDER, form, area)


def _with_town(rows: Any) -> Any:
    return rows.with_town()


def _dress(rows: list[Any], *, until: int) -> None:
    """Sets `facts` (the last year's) and `key` of each village, in two statements for all."""
    years = VillageYear.objects.filter(village__in=rows, year__lte=until).order_by("village_id", "year")
    facts = {year.village_id: year for year in years}
    keys = {key.area_id: key for key in KeyVillage.objects.filter(area__in=[row.area_id for row in rows])}
    for row in rows:
        row.facts = facts.get(row.pk)
        row.key = keys.get(row.area_id)


def _opens(area: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("villages:village", args=[area.code]), area.name)


def _village(row: Any) -> SafeString:
    more = format_html(' <span class="sign sign-note">{}</span>', "演示") if row.demonstration else ""
    closed = format_html(' <span class="chip">{}</span>', "已停用") if row.area.valid_to else ""
    return format_html("{}{}{}", _opens(row.area), more, closed)


def _town(row: Any) -> SafeString | str:
    if not row.in_key_town:
        return str(row.area.parent.name)
    return format_html('{} <span class="sign sign-note">{}</span>', row.area.parent.name, "省级扶贫重点镇")


def _key(row: Any) -> SafeString:
    standing = render_to_string("villages/_key.html", {"key": row.key}) if row.key else ""
    deep = format_html(' <span class="chip">{}</span>', DEEP) if row.deep_poverty_village else ""
    return format_html("{}{}", standing, deep)


def _key_words(row: Any) -> str:
    """The same without its frame."""
    words = []
    if row.key is not None:
        left = f"{row.key.level}，{row.key.exit_year} 年摘帽"
        words.append(f"{row.key.level}重点村" if row.key.on_list else left)
    return "、".join([*words, DEEP] if row.deep_poverty_village else words)


def _recorded(event: KeyVillageEvent) -> datetime.date:
    return event.recorded_at.astimezone(SHANGHAI).date()
