"""审核名单 as a definition: what the list of lists shows, on screen and as a file."""

import datetime
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from audits import after_lists, notice_list, objection_list, procedures, stood, waiting
from audits.models import AuditList, Entry, Objection, Outcome
from audits.procedures import ListKind
from office.days import near
from office.exports import exportable
from office.form_fields import Day, Figures, own_field
from office.listing import Column, Listed, area_in

KEY = "audits:list"
# The lists of this room with files of their own; importing them registers them.
FURTHER = (notice_list.KEY, objection_list.KEY, *after_lists.KEYS)
ORDER = ("-year", "-pk")
# What waits longest comes first.
WAITING = ("stage_since", "pk")
MINE, POSTED, OVERDUE, BACK, OBJECTED, CLOSED = "mine", "posted", "overdue", "back", "objected", "closed"
STATES = {
    MINE: "待我办理",
    POSTED: "公示公告中",
    OVERDUE: "超期",
    BACK: "退回过",
    OBJECTED: "有异议",
    CLOSED: "已办结",
}
STILL = ~Q(outcome=Outcome.STRUCK)


def _stage_choices() -> list[tuple[str, Any]]:
    groups: list[tuple[str, Any]] = [("", "全部")]
    for kind in ListKind:
        stages: dict[str, str] = {}
        for procedure in procedures.TABLES[kind]:
            stages.update({f"{kind}.{stage.key}": stage.label for stage in procedure.stages})
        groups.append((str(kind.label), list(stages.items())))
    return groups


class ListFilter(forms.Form):
    state = forms.ChoiceField(label="情况", required=False, choices=[("", "全部"), *STATES.items()])
    kind = forms.ChoiceField(label="事项", required=False, choices=[("", "全部"), *ListKind.choices])
    stage = forms.ChoiceField(label="环节", required=False, choices=_stage_choices)
    year = forms.IntegerField(
        label="年度",
        required=False,
        min_value=2010,
        max_value=2100,
        widget=Figures({"class": "w4"}),
    )

    on = Day(label="在办时点", required=False)
    own = own_field()

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if asked.get("on") and asked.get("state") not in ("", None, OVERDUE):
            self.add_error("on", "在办时点只和“超期”一起用")
        return asked

    def matching(self, rows: Any, user: User, day: datetime.date) -> Any:
        """`on` asks for the lists that were open at the end of that day, at the stage where they stood then."""
        asked = self.cleaned_data
        if asked["kind"]:
            rows = rows.filter(kind=asked["kind"])
        if asked["on"]:
            rows = stood.stood(rows, asked["on"])
        if asked["stage"]:
            kind, stage = asked["stage"].split(".")
            at_stage = {"stage_then" if asked["on"] else "stage": stage}
            rows = (rows if asked["on"] else rows.open()).filter(kind=kind, **at_stage)
        if asked["year"]:
            rows = rows.filter(year=asked["year"])
        return self._in_state(rows, user, day)

    def _in_state(self, rows: Any, user: User, day: datetime.date) -> Any:
        match self.cleaned_data["state"]:
            case "mine":
                return rows.filter(waiting.mine(user, day)).exclude(waiting.posted(day))
            case "posted":
                return rows.open().filter(waiting.posted(day))
            case "overdue":
                on = self.cleaned_data["on"]
                return stood.overdue(rows, on) if on else rows.overdue(day)
            case "back":
                return rows.open().filter(round__gt=1)
            case "objected":
                return rows.filter(pk__in=Objection.objects.open().values("audit_list"))
            case "closed":
                return rows.filter(closed_at__isnull=False)
        return rows


COLUMNS = [
    Column("list", "名单", lambda row: _opens(row), "s6", plain=str, said=False, pinned=True, names_row=True, width=44),
    Column("kind", "事项", lambda row: row.get_kind_display(), "nb hide-phone", said=False, width=12),
    Column("town", "镇街", lambda row: _town(row), "nb hide-phone", said=False),
    Column("stage", "环节", lambda row: _stage(row), "nb s3", plain=lambda row: _word(row), said=False),
    Column("entries", "户（村）", lambda row: row.households, "n s1", width=8),
    Column("persons", "人", lambda row: row.persons, "n s1", width=8),
    Column("since", "到达日期", lambda row: near(row.stage_since, row.day), "nb s2", plain=lambda row: row.stage_since),
    Column("waited", "已等天数", lambda row: row.waited, "n s1", width=8),
    Column("due", "办理期限", lambda row: _due(row), "nb s2", plain=lambda row: row.due_on),
    Column("round", "轮次", lambda row: row.round, "n hide-phone", width=6),
    Column("objections", "未结异议", lambda row: row.objected or "", "n hide-phone", width=8),
]  # fmt: skip


@exportable(KEY, title="审核名单")
def audit_lists(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = AuditList.objects.visible_to(user)
    require(user, Capability.AUDIT_VIEW)
    area, form = area_in(query, user), ListFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(visible.in_area(area), user, day)
    if form.cleaned_data["own"] and area is not None:
        rows = rows.filter(area=area)
    order = WAITING if form.cleaned_data["state"] in (MINE, OVERDUE) else ORDER
    return Listed(
        rows,
        COLUMNS,
        order,
        form,
        area,
        dress=lambda page: dress(page, day),
        shape=lambda asked: asked.select_related("area__parent__parent"),
    )


def dress(rows: list[Any], day: datetime.date) -> None:
    """Adds to each list its households (villages) and persons, its open objections, and the day."""
    keys = [row.pk for row in rows]
    counted = on_lists(keys)
    objected = dict(
        Objection.objects.open()
        .filter(audit_list__in=keys)
        .order_by()
        .values_list("audit_list")
        .annotate(count=Count("pk"))
    )
    for row in rows:
        row.households, row.persons = counted.get(row.pk, (0, 0))
        row.objected = objected.get(row.pk, 0)
        row.day = day
        row.waited = (day - row.stage_since).days if row.is_open else ""


def on_lists(keys: list[int]) -> dict[int, tuple[int, int]]:
    """By list: what was not struck off, as (households or villages, persons)."""
    rows = Entry.objects.filter(STILL, audit_list__in=keys).order_by().values("audit_list")
    return {
        row["audit_list"]: (row["count"], row["persons"] or 0)
        for row in rows.annotate(count=Count("pk"), persons=Sum("household__member_count"))
    }


def totals(lists: QuerySet) -> tuple[int, int]:
    """(households or villages, persons) on all of these lists, what was struck off left out."""
    found = Entry.objects.filter(STILL, audit_list__in=lists.order_by().values("pk")).aggregate(
        count=Count("pk"), persons=Sum("household__member_count")
    )
    return found["count"], found["persons"] or 0


def _opens(row: AuditList) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("audits:audit", args=[row.pk]), row)


def _town(row: AuditList) -> str:
    return row.area.name if row.area.level == "town" else str(row.area.parent or "")


def _word(row: AuditList) -> str:
    return row.step.label if row.is_open else "已办结"


def _stage(row: Any) -> SafeString:
    chip = "chip-done" if not row.is_open else "chip-back" if row.round > 1 else "chip-on"
    return format_html('<span class="chip {}">{}</span>', chip, _word(row))


def _due(row: Any) -> SafeString | str:
    if row.due_on is None:
        return ""
    if row.due_on < row.day:
        return format_html('<span class="late">{} 超期</span>', near(row.due_on, row.day))
    return "今天" if row.due_on == row.day else near(row.due_on, row.day)
