"""账账相符: the disagreements of one comparison, by village and kind."""

import datetime
import uuid
from typing import Any

from django.db.models import Q
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from households.agreement.comparing import unsealed
from households.agreement.forms import DisagreementFilter
from households.lists.rows import opens, strong
from households.models import Agreement, Disagreement
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "households:agreement"
COLUMNS = [
    Column(
        "kind",
        "类别",
        lambda row: row.get_kind_display(),
        "nb s3",
        said=False,
        pinned=True,
        names_row=True,
        width=18,
    ),
    Column(
        "number",
        "户编号",
        lambda row: _number(row),
        "nb s3",
        said=False,
        plain=lambda row: _plain_number(row),
        width=16,
    ),
    Column(
        "who",
        "户主、成员",
        lambda row: strong(row.who),
        "nb s6",
        said=False,
        plain=lambda row: row.who,
        width=32,
    ),
    Column(
        "village", "村", lambda row: row.village.name if row.village else "", "nb s3", said=False, width=18
    ),
    Column("title", "项目", lambda row: row.title, "s3", said=False, width=22),
    Column("sheet", "表里", lambda row: row.sheet, "s3", width=36),
    Column("register", "系统里", lambda row: row.register, "s3", width=24),
    Column("row", "表中行号", lambda row: row.row, "n s3", width=10),
]
ORDER = ("pk",)
NAMES = ("agreement",)


@exportable(KEY, title="账账相符不一致清单")
def disagreements(user: User, query: QueryDict, day: datetime.date) -> Listed:
    """`?agreement=` names the comparison: the own one, and of it what lies in the area held today."""
    return lines_of(fetch(user, query.get("agreement", "")), user, query)


def lines_of(agreement: Agreement, user: User, query: QueryDict) -> Listed:
    """The list of a comparison that has been fetched for the user."""
    require(user, Capability.REGISTER_EDIT)
    area = area_in(query, user)
    held = Q(village__isnull=True) | user.area_scope().area_q("village")
    visible = Disagreement.objects.filter(held, agreement=agreement)
    form = DisagreementFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area, names=NAMES)
    rows = form.matching(visible if area is None else visible.filter(village__in=area.villages()))
    return Listed(
        rows.select_related("village", "household"), COLUMNS, ORDER, form, area, dress=_dress, names=NAMES
    )


def fetch(user: User, pk: str) -> Agreement:
    """The user's own; Http404 for any other."""
    try:
        key = uuid.UUID(pk)
    except ValueError as error:
        raise Http404("没有这次核对") from error
    found: Agreement = get_object_or_404(Agreement.objects.own(user).select_related("area"), pk=key)
    return found


def _dress(rows: list[Any]) -> None:
    for row in rows:
        row.who, row.sheet, row.register = unsealed(row.content)


def _number(row: Disagreement) -> SafeString | str:
    return opens(row.household.number) if row.household is not None else ""


def _plain_number(row: Disagreement) -> str:
    return row.household.number if row.household is not None else ""
