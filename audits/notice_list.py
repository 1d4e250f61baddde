"""公示公告 as a list: text, place, days, photos and result of every notice (R269)."""

import datetime
from functools import partial
from typing import Any

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Level
from audits.models import AuditList, Notice
from audits.procedures import ListKind
from households.record import written
from office.attachments import Attachment
from office.exports import exportable
from office.form_fields import Filter, choice
from office.listing import Column, Listed, area_in

KEY = "audits:notices"
ORDER = ("-posted_on", "-pk")
STATES = (("running", "正在公示"), ("over", "已满期"), ("down", "已撤下"), ("bare", "没有照片"))


class NoticeFilter(Filter):
    state = choice("状态", STATES)
    kind = choice("事项", ListKind.choices)

    def matching(self, rows: Any, on: datetime.date) -> Any:
        asked = self.cleaned_data
        if asked["kind"]:
            rows = rows.filter(audit_list__kind=asked["kind"])
        if asked["state"] == "running":
            return rows.running(on)
        if asked["state"] == "over":
            return rows.filter(ends_on__lt=on)
        if asked["state"] == "down":
            return rows.filter(ends_on__gte=on).exclude(pk__in=Notice.objects.running(on).values("pk"))
        if asked["state"] == "bare":
            photos = Attachment.objects.filter(
                record_type=Notice._meta.label_lower, record_id=Cast(OuterRef("pk"), CharField())
            )
            return rows.running(on).filter(~Exists(photos))
        return rows


COLUMNS = [
    Column(
        "what", "公示公告", lambda row: _opens(row), "s6", plain=lambda row: _named(row), pinned=True,
        names_row=True, width=44,
    ),
    Column("stage", "环节", lambda row: _stage(row), "nb s3 hide-phone", width=12),
    Column("level", "级别", lambda row: Level(row.level).label, "nb s1 hide-phone", width=8),
    Column("place", "地点", lambda row: row.place, "s3", width=24),
    Column("rows", "户（村）", lambda row: len(row.sheet), "n s1", width=8),
    Column(
        "posted", "张贴", lambda row: written(row.posted_on), "nb s3", plain=lambda row: row.posted_on,
        sort="-posted",
    ),
    Column("days", "天数", lambda row: row.days, "n s1", width=8),
    Column(
        "ends", "满期", lambda row: f"{written(row.ends_on)} 24:00", "nb s3", plain=lambda row: row.ends_on,
        sort="ends",
    ),
    Column("photos", "照片", lambda row: _photos(row), "n s1", plain=lambda row: row.photos, width=8),
    Column("state", "结果", lambda row: _state(row), "nb s3", plain=lambda row: row.state),
]  # fmt: skip
SORTS = {"posted": ("posted_on",), "ends": ("ends_on",)}


@exportable(KEY, title="公示公告")
def notices(user: User, query: QueryDict, day: datetime.date) -> Listed:
    rows = Notice.objects.filter(audit_list__in=AuditList.objects.visible_to(user))
    require(user, Capability.AUDIT_VIEW)
    area, form = area_in(query, user), NoticeFilter(query)
    if not form.is_valid():
        return Listed(rows.none(), COLUMNS, ORDER, form, area)
    asked = form.matching(rows.in_area(area), day).select_related("audit_list__area__parent")
    return Listed(asked, COLUMNS, ORDER, form, area, SORTS, dress=partial(_dress, day=day))


def _dress(rows: list[Any], *, day: datetime.date) -> None:
    kept = list(Attachment.objects.on(Notice, [row.pk for row in rows]).values_list("record_id", flat=True))
    for row in rows:
        row.photos = kept.count(str(row.pk))
        of = row.audit_list
        if row.over(day):
            row.state = "已满期"
        elif not of.is_open or (of.stage, of.round) != (row.stage, row.round):
            row.state = "已撤下"
        else:
            row.state = f"还有 {row.days_left(day)} 天"


def _named(row: Any) -> str:
    return f"{row.audit_list}{row.word}"


def _opens(row: Any) -> SafeString:
    address = reverse("audits:notice", args=[row.audit_list_id, row.pk])
    return format_html('<a href="{}">{}</a>', address, _named(row))


def _stage(row: Any) -> str:
    procedure = row.audit_list.procedure
    return procedure[row.stage].label if row.stage in procedure else ""


def _photos(row: Any) -> SafeString | int:
    return row.photos or format_html('<b class="msg-warn">{}</b>', "没有")


def _state(row: Any) -> SafeString:
    look = {"已满期": "chip chip-done", "已撤下": "chip chip-back"}.get(row.state, "chip chip-on")
    return format_html('<span class="{}">{}</span>', look, row.state)
