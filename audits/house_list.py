"""危房改造进度 as a definition: what towns report every month to 区住建局 and 区扶贫办 (R141), on screen and as a file."""

import datetime
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from audits.models import AuditList, HouseCase
from audits.models.entry import Outcome
from households.lists.rows import strong
from households.record import head_names, written
from office.clock import end_of
from office.days import near as said
from office.exports import exportable
from office.form_fields import Day, Figures, choice
from office.listing import Column, Listed, area_in

KEY = "audits:houses"
ORDER = ("-pk",)
EVENTS = {
    "agreement_on": "签订协议",
    "started_on": "开工",
    "completed_on": "竣工",
    "accepted_on": "验收",
    "paid_on": "拨付",
}
LATE = "late"
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def late(day: datetime.date) -> Q:
    """Its list waits longer than the stage allows, or its year is over and it is not finished."""
    waiting = Q(entry__audit_list__due_on__lt=day) | Q(
        entry__audit_list__year__lt=day.year, completed_on__isnull=True
    )
    return Q(entry__closed_at__isnull=True) & waiting


def known(rows: Any, until: datetime.date) -> Any:
    """Houses that were on a list at the end of the day and had not been struck off it."""
    end = end_of(until)
    struck = Q(entry__outcome=Outcome.STRUCK, entry__closed_at__lt=end)
    return rows.filter(entry__entered_at__lt=end).exclude(struck)


def _done(event: str, until: datetime.date | None) -> Q:
    return Q(**{f"{event}__isnull": False}) if until is None else Q(**{f"{event}__lte": until})


class HouseFilter(forms.Form):
    """`month` with an event: what happened in it; a month alone: anything of the five did; `until`: by that day."""

    year = forms.IntegerField(
        label="年度", required=False, min_value=2010, max_value=2100,
        widget=Figures({"class": "w4"}),
    )  # fmt: skip
    month = forms.CharField(
        label="月份",
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"class": "w6", "placeholder": "2018-11"}),
    )
    what = choice("进度", [*EVENTS.items(), (LATE, "逾期")])
    until = Day(label="截至", required=False)

    def clean_month(self) -> str:
        month: str = self.cleaned_data["month"].strip()
        if month and not MONTH.fullmatch(month):
            raise forms.ValidationError("月份认不出来，请写成 2018-11 这样")
        return month

    def matching(self, rows: Any, day: datetime.date) -> Any:
        asked = self.cleaned_data
        if asked["year"]:
            rows = rows.filter(entry__audit_list__year=asked["year"])
        until = asked["until"]
        if until:
            rows = known(rows, until)
        if asked["what"] == LATE:
            rows = rows.filter(late(day))
        elif asked["what"] and not asked["month"]:
            rows = rows.filter(_done(asked["what"], until))
        if asked["month"]:
            year, month = (int(part) for part in asked["month"].split("-"))
            within = Q()
            for name in [asked["what"]] if asked["what"] in EVENTS else EVENTS:
                within |= Q(**{f"{name}__year": year, f"{name}__month": month}) & _done(name, until)
            rows = rows.filter(within)
        return rows


def _date(name: str) -> Column:
    return Column(
        name,
        EVENTS[name],
        lambda row: getattr(row, f"{name}_said"),
        "nb s3",
        plain=lambda row: getattr(row, name),
    )


COLUMNS = [
    Column(
        "head", "户主", lambda row: _opens(row), "nb s3", plain=lambda row: row.head_name, said=False,
        pinned=True, names_row=True,
    ),
    Column("town", "镇街", lambda row: row.entry.area.parent.name, "nb hide-phone"),
    Column("village", "村", lambda row: row.entry.area.name, "nb s3", said=False, width=18),
    Column("case", "档案编号", lambda row: row.case_number, "nb hide-phone", width=18),
    Column("grade", "鉴定等级", lambda row: row.grade, "nb s1", width=10),
    Column("way", "改造方式", lambda row: row.way, "nb s3"),
    Column("persons", "人口", lambda row: row.persons, "n s1", width=8),
    Column("stage", "环节", lambda row: _stage(row), "nb s3", plain=lambda row: _word(row)),
    Column("late", "逾期", lambda row: strong("逾期") if row.is_late else "", "nb s1", plain=lambda row: "逾期" if row.is_late else "", width=8),
    *(_date(name) for name in EVENTS),
    Column("cost", "实际造价", lambda row: written(row.cost_actual), "n s3", plain=lambda row: row.cost_actual),
    Column("subsidy", "补助金额", lambda row: written(row.subsidy), "n s3", plain=lambda row: row.subsidy),
]  # fmt: skip


@exportable(KEY, title="危房改造进度")
def houses(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = HouseCase.objects.visible_to(user)
    require(user, Capability.AUDIT_VIEW)
    area, form = area_in(query, user), HouseFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area)
    seen = _seen(visible, user).in_area(area)
    if not form.cleaned_data["until"]:
        seen = standing(seen)
    rows = form.matching(seen, day)
    joined = rows.select_related("entry__area__parent", "entry__audit_list", "entry__household")

    def dress(found: list[Any]) -> None:
        names = head_names(row.entry.household_id for row in found)
        overdue = set(
            HouseCase.objects.filter(late(day), pk__in=[row.pk for row in found]).values_list("pk", flat=True)
        )
        for row in found:
            for name in EVENTS:
                on = getattr(row, name)
                setattr(row, f"{name}_said", said(on, day) if on is not None else "")
            row.head_name = names.get(row.entry.household_id, "")
            row.is_late = row.pk in overdue

    return Listed(joined, COLUMNS, ORDER, form, area, dress=dress)


def months(user: User, query: QueryDict, year: int) -> list[tuple[str, str, Sequence[tuple[str, int]]]]:
    """(address part, month, (event, houses)) of a year's months from the first to the last that has any, in one statement."""
    rows = standing(_seen(HouseCase.objects.visible_to(user), user)).in_area(area_in(query, user))
    counted: Counter[tuple[int, str]] = Counter()
    for days in rows.order_by().values_list(*EVENTS):
        for name, on in zip(EVENTS, days, strict=True):
            if on is not None and on.year == year:
                counted[on.month, name] += 1
    first, last = (
        min((month for month, _ in counted), default=1),
        max((month for month, _ in counted), default=0),
    )
    return [
        (f"{year}-{month:02d}", f"{month}月", [(name, counted[month, name]) for name in EVENTS])
        for month in range(first, last + 1)
    ]


def _seen(rows: Any, user: User) -> Any:
    """Houses of the lists that the user sees."""
    return rows.filter(entry__audit_list__in=AuditList.objects.visible_to(user).order_by().values("pk"))


def standing(rows: Any) -> Any:
    """Who was struck off is no house to report."""
    return rows.exclude(entry__outcome=Outcome.STRUCK)


def _opens(row: HouseCase) -> SafeString:
    entry = row.entry
    address = reverse("audits:house", args=[entry.audit_list_id, entry.pk])
    return format_html('<a href="{}"><b>{}</b></a>', address, row.head_name or row.case_number)  # type: ignore[attr-defined]


def _word(row: HouseCase) -> str:
    return row.entry.audit_list.step.label if row.entry.audit_list.is_open else "已办结"


def _stage(row: HouseCase) -> SafeString:
    chip = "chip chip-on" if row.entry.audit_list.is_open else "chip chip-done"
    return format_html('<span class="{}">{}</span>', chip, _word(row))
