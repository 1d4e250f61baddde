"""What comes after an exit, as definitions of lists: samples of 回头看, their visits, and policies that stopped."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from audits import watched
from audits.continued import Stop, Term
from audits.models import Lookback, LookbackVisit
from audits.models.lookback import Result
from households.lists.rows import opens
from households.record import head_names, written
from measures.models import Measure, Policy
from office.exports import exportable
from office.form_fields import Filter, choice, year_field
from office.listing import Column, Listed, area_in

KEYS = LOOKBACKS, VISITS, WATCH = "audits:lookbacks", "audits:lookback-visits", "audits:watch"


class LookbackFilter(Filter):
    year = year_field("退出年度")

    def matching(self, rows: Any) -> Any:
        year = self.cleaned_data["year"]
        return rows.filter(year=year) if year else rows


LOOKBACK_COLUMNS = [
    Column(
        "sample",
        "抽样",
        lambda row: _sample(row),
        "s6",
        plain=str,
        said=False,
        pinned=True,
        names_row=True,
        width=40,
    ),
    Column("size", "样本户", lambda row: row.size, "n s1", width=8),
    Column("population", "退出户", lambda row: row.population, "n s1", width=8),
    Column("visited", "已走访", lambda row: row.visited, "n s1", width=8),
    Column("risky", "有风险或返贫", lambda row: row.risky, "n s1", width=8),
    Column("due", "完成期限", lambda row: written(row.due_on), "nb s3", plain=lambda row: row.due_on),
    Column("by", "抽取人", lambda row: str(row.drawn_by or ""), "nb hide-phone"),
]


@exportable(LOOKBACKS, title="回头看抽样")
def lookbacks(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Lookback.objects.visible_to(user)
    require(user, Capability.AUDIT_VIEW)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), LookbackFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), LOOKBACK_COLUMNS, ("-pk",), form, area)
    own = Q(visits__in=LookbackVisit.objects.visible_to(user))
    rows = form.matching(visible.in_area(area)).select_related("area", "drawn_by")
    counted = rows.annotate(
        size=Count("visits", filter=own),
        visited=Count("visits", filter=own & ~Q(visits__result="")),
        risky=Count("visits", filter=own & Q(visits__result__in=[Result.AT_RISK, Result.FALLEN_BACK])),
    )
    return Listed(counted, LOOKBACK_COLUMNS, ("-pk",), form, area)


class VisitFilter(Filter):
    sample = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    result = choice("结论", [("waiting", "待走访"), *Result.choices], "w8")

    def matching(self, rows: Any) -> Any:
        asked = self.cleaned_data
        if asked["sample"]:
            rows = rows.filter(lookback=asked["sample"])
        if asked["result"] == "waiting":
            return rows.filter(result="")
        return rows.filter(result=asked["result"]) if asked["result"] else rows


VISIT_COLUMNS = [
    Column(
        "household",
        "户编号",
        lambda row: opens(row.household.number),
        "nb s3",
        plain=lambda row: row.household.number,
        said=False,
        pinned=True,
        names_row=True,
    ),
    Column("head", "户主", lambda row: row.head_name, "nb s3", said=False, width=12),
    Column("persons", "人口", lambda row: row.household.member_count, "n s1", width=6),
    Column("town", "镇街", lambda row: row.village.parent.name, "nb hide-phone"),
    Column("village", "村", lambda row: row.village.name, "nb s3", said=False, width=18),
    Column("visitor", "走访人", lambda row: row.visitor, "s3"),
    Column(
        "due",
        "完成期限",
        lambda row: written(row.lookback.due_on),
        "nb s3",
        plain=lambda row: row.lookback.due_on,
    ),
    Column(
        "visited", "走访日期", lambda row: written(row.visited_on), "nb s3", plain=lambda row: row.visited_on
    ),
    Column(
        "result",
        "结论",
        lambda row: _result(row),
        "nb s3",
        plain=lambda row: row.get_result_display() or "待走访",
    ),
    Column("finding", "走访情况", lambda row: row.finding, "s6", width=40),
]


@exportable(VISITS, title="回头看走访")
def visits(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = LookbackVisit.objects.visible_to(user)
    require(user, Capability.AUDIT_VIEW)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), VisitFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), VISIT_COLUMNS, ("-pk",), form, area)
    rows = form.matching(visible.in_area(area))
    joined = rows.select_related("household", "village__parent", "lookback")

    def dress(some: list[Any]) -> None:
        names = head_names(row.household_id for row in some)
        for row in some:
            row.head_name, row.late = (
                names.get(row.household_id, ""),
                row.is_waiting and row.lookback.due_on < day,
            )

    return Listed(joined, VISIT_COLUMNS, ("-pk",), form, area, dress=dress)


def _sample(row: Lookback) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("audits:lookback", args=[row.pk]), row)


def _result(row: Any) -> SafeString:
    if row.is_waiting:
        word, chip = ("逾期未走访", "sign sign-err") if row.late else ("待走访", "chip chip-on")
    else:
        word = row.get_result_display()
        chip = "chip chip-done" if row.result == Result.STABLE else "sign sign-warn"
    address = reverse("audits:lookback-visit", args=[row.lookback_id, row.pk])
    return format_html('<a href="{}"><span class="{}">{}</span></a>', address, chip, word)


STATES = [("open", "待说明"), ("noted", "已说明")]


class WatchFilter(Filter):
    """`policies`: those that anybody in sight was given."""

    policy = choice("政策", [("", "全部")], "w18")
    year = year_field("退出年度")
    state = choice("说明", STATES)

    def __init__(self, data: Any = None, *, policies: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["policy"].choices = [("", "全部"), *policies]  # type: ignore[attr-defined]

    def matching(self, rows: Any) -> Any:
        asked = self.cleaned_data
        if asked["policy"]:
            rows = rows.filter(policy__code=asked["policy"])
        if asked["year"]:
            rows = rows.filter(year=asked["year"])
        if asked["state"]:
            rows = rows.filter(stop_reason__isnull=asked["state"] == "open")
        return rows


WATCH_COLUMNS = [
    Column(
        "household",
        "户编号",
        lambda row: opens(row.household.number),
        "nb s3",
        plain=lambda row: row.household.number,
        said=False,
        pinned=True,
        names_row=True,
    ),
    Column("head", "户主", lambda row: row.head_name, "nb s3", said=False, width=12),
    Column("town", "镇街", lambda row: row.household.village.parent.name, "nb hide-phone"),
    Column("village", "村", lambda row: row.household.village.name, "nb s3", said=False, width=18),
    Column(
        "left",
        "退出日期",
        lambda row: written(row.household.left_on),
        "nb s3",
        plain=lambda row: row.household.left_on,
    ),
    Column("policy", "政策", lambda row: row.policy.name, "s6", said=False, width=24),
    Column("person", "享受人", lambda row: row.person.name if row.person else "全户", "nb s3", width=12),
    Column(
        "last",
        "退出当年落实",
        lambda row: written(row.delivered_on),
        "nb hide-phone",
        plain=lambda row: row.delivered_on,
    ),
    Column(
        "stop", "停止情况", lambda row: said(row.stop), "nb s3", plain=lambda row: said(row.stop), width=18
    ),
    Column("lost", "按记录是否仍符合", lambda row: row.lost or "仍符合", "s6", width=30),
    Column("reason", "停止原因", lambda row: _reason(row), "s6", plain=lambda row: _noted(row), width=30),
]


@exportable(WATCH, title="脱贫后政策停止")
def stopped_policies(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Measure.objects.visible_to(user)
    require(user, Capability.AUDIT_VIEW)
    require(user, Capability.MEASURE_VIEW)
    area = area_in(query, user)
    term = watched.term_of(area or user.home_area, day)
    form = WatchFilter(query, policies=_policies())
    if not form.is_valid():
        return Listed(visible.none(), WATCH_COLUMNS, ("-pk",), form, area)
    rows = form.matching(watched.stopped(visible.in_area(area), day, term))
    joined = rows.select_related("policy", "person", "household__village__parent", "stop_reason")

    def dress(some: list[Any]) -> None:
        _dress(some, day, term)

    return Listed(joined, WATCH_COLUMNS, ("-pk",), form, area, dress=dress)


def _policies() -> list[tuple[str, str]]:
    """Policies that come again by themselves, by code."""
    rows = Policy.objects.filter(watched.again()).order_by("pk").values_list("code", "name")
    return list(dict(rows).items())


def _dress(rows: list[Any], day: datetime.date, term: Term) -> None:
    names = head_names(row.household_id for row in rows)
    watched.dress(rows, day, term)
    for row in rows:
        row.head_name = names.get(row.household_id, "")


def said(stop: Stop | None) -> str:
    if stop is None:
        return ""
    return f"{stop.year}年已停" if stop.sure else f"{stop.year}年还没有落实"


def _noted(row: Measure) -> str:
    noted = getattr(row, "stop_reason", None)
    return noted.reason if noted is not None else ""


def _reason(row: Measure) -> SafeString | str:
    noted = _noted(row)
    if noted:
        return noted
    address = reverse("audits:watch-note", args=[row.pk])
    return format_html('<a href="{}">说明原因</a>', address)
