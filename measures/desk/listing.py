"""政策咨询 as a definition, and what came of it: by desk, how many, how long, how satisfied."""

import datetime
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from households.record import written
from measures.desk.forms import DeskFilter
from measures.models import DeskRequest, DeskState
from measures.models.desk_request import SCORES
from office.days import moment
from office.exports import exportable
from office.listing import Column, Listed, area_in
from office.pii import mask_phone

KEY = "measures:desk"
CHIPS = {
    DeskState.WAITING: "chip chip-mine",
    DeskState.TAKEN: "chip chip-on",
    DeskState.HANDED: "chip chip-on",
}
EXCERPT = 30
COLUMNS = [
    Column(
        "question",
        "问题",
        lambda row: format_html(
            '<a href="{}">{}</a>', reverse("measures:desk-request", args=[row.pk]), _excerpt(row)
        ),
        "s6",
        plain=lambda row: row.question,
        said=False,
        pinned=True,
        names_row=True,
        width=50,
    ),
    Column("topic", "类别", lambda row: row.topic, "nb s2", said=False, width=12),
    Column("channel", "方式", lambda row: row.channel, "nb s2", said=False, width=10),
    Column("asker", "姓名", lambda row: row.asker, "nb s2", said=False),
    Column("phone", "电话", lambda row: mask_phone(row.phone), "nb s3", width=16),
    Column("area", "办理", lambda row: f"{row.area.name}　{row.unit}".strip(), "nb s3", width=20),
    Column("received", "收到", lambda row: moment(row.received_at), "nb s3", width=18),
    Column("due", "期限", lambda row: _due(row), "nb s3", plain=lambda row: row.due_on, width=14),
    Column("state", "状态", lambda row: _state(row), "nb s2", plain=lambda row: row.state, width=10),
    Column("score", "满意度", lambda row: row.score, "n s1", width=8),
]
ORDER = ("-received_at", "-pk")


@exportable(KEY, title="政策咨询")
def desk_requests(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = DeskRequest.objects.visible_to(user)
    require(user, Capability.DESK_ANSWER)
    area, form = area_in(query, user), DeskFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(visible.in_area(area), day).select_related("area")
    return Listed(rows, COLUMNS, ORDER, form, area, dress=partial(_dress, day=day))


@dataclass(frozen=True)
class Result:
    """Of one desk: requests, how many wait or are late, mean days to the answer, mean score of so many."""

    desk: str
    count: int
    waiting: int
    late: int
    days: float | None
    rated: int
    score: float | None


def results(rows: QuerySet, day: datetime.date) -> tuple[list[Result], list[tuple[str, int]]]:
    """By desk (area and unit), and how often each score was given."""
    waiting = Q(state__in=(DeskState.WAITING, DeskState.TAKEN, DeskState.HANDED))
    grouped = rows.order_by().values_list("area__code", "area__name", "unit")
    counted = grouped.annotate(
        count=Count("pk"),
        waiting=Count("pk", filter=waiting),
        late=Count("pk", filter=waiting & Q(due_on__lt=day)),
        took=Avg(F("answered_at") - F("received_at")),
        rated=Count("score"),
        mean=Avg("score"),
    ).order_by("area__code", "unit")
    found = [
        Result(
            f"{name}　{unit}".strip(),
            count,
            wait,
            late,
            took.total_seconds() / 86400 if took is not None else None,
            rated,
            mean,
        )
        for _, name, unit, count, wait, late, took, rated, mean in counted
    ]
    given = dict(rows.order_by().values_list("score").annotate(count=Count("pk")))
    return found, [(words, given.get(score, 0)) for score, words in SCORES]


def _dress(rows: list[Any], *, day: datetime.date) -> None:
    for row in rows:
        row.late = row.is_late(day)


def _excerpt(row: DeskRequest) -> str:
    return row.question if len(row.question) <= EXCERPT else f"{row.question[:EXCERPT]}……"


def _due(row: Any) -> SafeString | str:
    day = written(row.due_on)
    return format_html('<b class="msg-err">{}　逾期</b>', day) if row.late else day


def _state(row: DeskRequest) -> SafeString:
    return format_html(
        '<span class="{}">{}</span>', CHIPS.get(DeskState(row.state), "chip chip-done"), row.state
    )
