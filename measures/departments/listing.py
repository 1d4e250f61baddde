"""部门名单 as definitions: the lists, the rows as their department sees them, the differences for the district."""

import datetime
import json
import uuid
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from households.lists.rows import opens
from households.record import written
from measures.departments.forms import DifferenceFilter, ListFilter, RowFilter
from measures.models import DepartmentList, DifferenceKind, ListDifference, ListRow, ListState, Settled
from office.days import moment
from office.exports import exportable
from office.listing import Column, Listed, area_in

LISTS_KEY, ROWS_KEY, DIFFERENCES_KEY = (
    "measures:department-lists",
    "measures:department-list",
    "measures:list-differences",
)
LISTS = [
    Column(
        "kind",
        "名单",
        lambda row: format_html(
            '<a href="{}">{}</a>', reverse("measures:department-list", args=[row.pk]), row.kind
        ),
        "s3",
        plain=lambda row: row.kind,
        said=False,
        pinned=True,
        names_row=True,
    ),
    Column("unit", "部门", lambda row: row.unit, "nb s3", said=False, width=10),
    Column("area", "范围", lambda row: row.area.name, "nb s2", width=16),
    Column("as_on", "名单日期", lambda row: written(row.as_on), "nb s2", plain=lambda row: row.as_on),
    Column("rows", "行数", lambda row: row.rows if _done(row) else "", "n s2", width=10),
    Column("faulty", "未匹配", lambda row: row.faulty if _done(row) else "", "n s2", width=10),
    Column("state", "状态", lambda row: row.get_state_display(), "nb s2", width=12),
    Column("uploaded", "上传", lambda row: moment(row.uploaded_at), "nb s4", width=20),
]
# How many differences wait is a count of the register: the district's column.
WAITING = Column("waiting", "待处理差异", lambda row: _waiting(row), "n s2", plain=lambda row: row.waiting)
ROWS = [
    Column("row", "行", lambda row: row.row, "n s1", said=False, pinned=True, width=8),
    Column("name", "姓名", lambda row: row.said[0], "nb s3", said=False, names_row=True, pinned=True),
    Column("number", "证件号码", lambda row: row.said[1], "nb s3", width=22),
    Column("village", "村", lambda row: row.said[2], "s3", width=18),
    Column("value", "等级", lambda row: row.said[3], "s2"),
    Column("note", "备注", lambda row: row.said[4], "s6", width=30),
    Column("word", "结果", lambda row: _word(row), "nb s2", plain=lambda row: row.word, width=10),
    Column("why", "说明", lambda row: row.returned or row.fault, "s6", width=40),
]
DIFFERENCES = [
    Column(
        "who",
        "人",
        lambda row: format_html(
            '<a href="{}">{}</a>', reverse("measures:list-difference", args=[row.pk]), row.told[0]
        ),
        "nb s6",
        plain=lambda row: row.told[0],
        said=False,
        pinned=True,
        names_row=True,
        width=32,
    ),
    Column("kind", "类别", lambda row: row.get_kind_display(), "s3", said=False, width=26),
    Column(
        "number",
        "户编号",
        lambda row: opens(row.household.number) if row.household else "",
        "nb s3",
        plain=lambda row: row.household.number if row.household else "",
        width=16,
    ),
    Column("village", "村", lambda row: row.village.name if row.village else "", "nb s3", width=18),
    Column("title", "项目", lambda row: row.title, "s3", width=18),
    Column("theirs", "名单", lambda row: row.told[1], "s3", width=16),
    Column("ours", "系统", lambda row: row.told[2], "s3", width=16),
    Column("row", "表中行号", lambda row: row.row, "n hide-phone", width=10),
    Column("settled", "处理", lambda row: row.settled, "nb s2", width=10),
]


@exportable(LISTS_KEY, title="部门名单")
def department_lists(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = DepartmentList.objects.visible_to(user)
    require(user, Capability.LISTS_VIEW)
    area, form = area_in(query, user), ListFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), LISTS, ("-uploaded_at", "-pk"), form, area)
    rows, columns = form.matching(visible.in_area(area)), LISTS
    if Capability.LISTS_SETTLE in user.capabilities():
        waiting = Q(differences__settled=Settled.OPEN) & ~Q(differences__kind=DifferenceKind.NOT_REGISTERED)
        rows = rows.annotate(waiting=Count("differences", filter=waiting))
        columns = [*LISTS[:-1], WAITING, LISTS[-1]]
    return Listed(rows.select_related("area"), columns, ("-uploaded_at", "-pk"), form, area)


@exportable(ROWS_KEY, title="部门名单核对结果")
def list_rows(user: User, query: QueryDict, day: datetime.date) -> Listed:
    """`?list=` names it."""
    return rows_of(fetch(user, query.get("list", "")), query)


def rows_of(department_list: DepartmentList, query: QueryDict) -> Listed:
    """The rows of a list that has been fetched for the user."""
    form, rows = RowFilter(query), ListRow.objects.filter(department_list=department_list)
    if not form.is_valid():
        return Listed(rows.none(), ROWS, ("row", "pk"), form, names=("list",))
    return Listed(form.matching(rows), ROWS, ("row", "pk"), form, dress=_dress, names=("list",))


@exportable(DIFFERENCES_KEY, title="部门名单差异")
def list_differences(user: User, query: QueryDict, day: datetime.date) -> Listed:
    """`?list=` narrows to one list; households, so nothing of it is for the department."""
    visible = ListDifference.objects.visible_to(user)
    require(user, Capability.LISTS_SETTLE)
    area, form = area_in(query, user), DifferenceFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), DIFFERENCES, ("pk",), form, area, names=("list",))
    rows = form.matching(visible if area is None else visible.filter(village__in=area.villages()))
    if asked := query.get("list", ""):
        rows = rows.filter(department_list=fetch(user, asked))
    joined = rows.select_related("household", "village", "department_list")
    return Listed(joined, DIFFERENCES, ("pk",), form, area, names=("list",))


def fetch(user: User, pk: str) -> DepartmentList:
    """One that the user may see; PermissionDenied without the right, Http404 for any other's."""
    require(user, Capability.LISTS_VIEW)
    try:
        key = uuid.UUID(pk)
    except ValueError as error:
        raise Http404("没有这份名单") from error
    visible = DepartmentList.objects.visible_to(user).select_related("area", "owner", "told_by")
    found: DepartmentList = get_object_or_404(visible, pk=key)
    return found


def _dress(rows: list[Any]) -> None:
    for row in rows:
        row.said = json.loads(row.content)


def _done(row: DepartmentList) -> bool:
    return row.state == ListState.DONE


def _word(row: ListRow) -> SafeString | str:
    return row.word if row.word == "一致" else format_html("<b>{}</b>", row.word)


def _waiting(row: Any) -> SafeString | str:
    if not row.waiting:
        return "0" if _done(row) else ""
    url = reverse("measures:list-differences")
    return format_html('<a href="{}?list={}">{}</a>', url, row.pk, row.waiting)
