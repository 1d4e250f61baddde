"""审核名单 as a definition: what the list of lists shows, on screen and as a file."""

import datetime
from typing import Any

from django import forms
from django.db.models import Count, Q, Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from audits.models import AuditList
from audits.procedures import ListKind
from households.record import written
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "audits:list"
ORDER = ("-year", "-pk")


class ListFilter(forms.Form):
    kind = forms.ChoiceField(label="事项", required=False, choices=[("", "全部"), *ListKind.choices])
    year = forms.IntegerField(label="年度", required=False, min_value=2010, max_value=2100)

    def matching(self, rows: Any) -> Any:
        asked = self.cleaned_data
        if asked["kind"]:
            rows = rows.filter(kind=asked["kind"])
        if asked["year"]:
            rows = rows.filter(year=asked["year"])
        return rows


COLUMNS = [
    Column("list", "名单", lambda row: _opens(row), "s6", plain=str, pinned=True, names_row=True, width=40),
    Column("stage", "环节", lambda row: _stage(row), "nb s3", plain=lambda row: _word(row)),
    Column("entries", "户（村）", lambda row: row.standing, "n s1", width=8),
    Column("persons", "人", lambda row: row.persons or 0, "n s1", width=8),
    Column(
        "since", "到达日期", lambda row: written(row.stage_since), "nb s3", plain=lambda row: row.stage_since
    ),
    Column("due", "办理期限", lambda row: written(row.due_on), "nb s3", plain=lambda row: row.due_on),
]


@exportable(KEY, title="审核名单")
def audit_lists(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = AuditList.objects.visible_to(user)
    require(user, Capability.AUDIT_VIEW)
    area, form = area_in(query, user), ListFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(visible.in_area(area)).select_related("area__parent")
    on_it = Q(entries__closed_at__isnull=True)
    counted = rows.annotate(
        standing=Count("entries", filter=on_it),
        persons=Sum("entries__household__member_count", filter=on_it),
    )
    return Listed(counted, COLUMNS, ORDER, form, area)


def _opens(row: AuditList) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("audits:audit", args=[row.pk]), row)


def _word(row: AuditList) -> str:
    return row.step.label if row.is_open else "已办结"


def _stage(row: AuditList) -> SafeString:
    chip = "chip chip-on" if row.is_open else "chip chip-done"
    return format_html('<span class="{}">{}</span>', chip, _word(row))
