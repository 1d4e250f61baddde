"""社会帮扶 and the uses of the 扶贫专户 as definitions, on screen and as files; sums by kind and year."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from households.record import written
from measures.models import Beneficiary, FundUse, HelpKind, HelpState, SocialHelp
from measures.society.forms import LIVE_WORD, HelpFilter
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY, FUND_KEY = "measures:society", "measures:charity-fund"
SUMS = {"amount": Sum("amount"), "people": Sum("people")}
CHIPS = {HelpState.WANTED: "chip", HelpState.RUNNING: "chip chip-on", HelpState.CANCELLED: "chip"}
COLUMNS = [
    Column(
        "title",
        "事项",
        lambda row: format_html(
            '<a href="{}">{}</a>', reverse("measures:social-help", args=[row.pk]), row.title
        ),
        "s6",
        plain=lambda row: row.title,
        said=False,
        pinned=True,
        names_row=True,
        width=36,
    ),
    Column("kind", "类别", lambda row: row.kind, "nb s3", said=False, width=14),
    Column("giver", "帮扶方", lambda row: row.giver, "s3", width=24),
    Column("receiver", "受助方", lambda row: row.receiver, "s3", width=24),
    Column("area", "区域", lambda row: row.area.name, "nb s3", width=16),
    Column("start", "开始", lambda row: written(row.start_on), "nb s2", plain=lambda row: row.start_on),
    Column(
        "end",
        "截止",
        lambda row: written(row.end_on) if row.end_on else "",
        "nb hide-phone",
        plain=lambda row: row.end_on,
    ),
    Column(
        "amount",
        "金额（元）",
        lambda row: floatformat(row.amount, "2g"),
        "n s2",
        plain=lambda row: row.amount,
    ),
    Column("goods", "物资或服务", lambda row: row.goods, "hide-phone", width=30),
    Column("people", "受益人数", lambda row: row.people, "n s2", width=10),
    Column("helped", "受益对象", lambda row: row.helped or "", "n s2", width=10),
    Column("state", "状态", lambda row: _state(row), "nb s2", plain=lambda row: row.state, width=10),
]
ORDER = ("-start_on", "-pk")
USES = [
    Column("on", "日期", lambda row: written(row.on), "nb s3", plain=lambda row: row.on, pinned=True),
    Column("purpose", "用途", lambda row: row.purpose, "nb s3", said=False, names_row=True, width=12),
    Column("payee", "收款方", lambda row: row.payee, "s6", width=30),
    Column(
        "amount",
        "支出（元）",
        lambda row: floatformat(row.amount, "2g"),
        "n s3",
        plain=lambda row: row.amount,
    ),
    Column("voucher", "凭证号", lambda row: row.voucher, "nb s3", width=20),
    Column("note", "备注", lambda row: row.note, "s6", width=30),
    Column("act", "冲正", lambda row: _undo(row), "nb s3", plain=lambda row: _undone(row), width=16),
]


@exportable(KEY, title="社会帮扶")
def society(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = SocialHelp.objects.visible_to(user)
    require(user, Capability.MEASURE_VIEW)
    area, form = area_in(query, user), HelpFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(form.at(visible, area)).select_related("area")
    scope = user.area_scope()

    def dress(shown: list[Any]) -> None:
        """How many beneficiaries each has, of those that the reader may see."""
        seen = Beneficiary.objects.in_scope(scope).filter(social_help__in=[row.pk for row in shown])
        counts = dict(seen.order_by().values_list("social_help").annotate(count=Count("pk")))
        for row in shown:
            row.helped = counts.get(row.pk, 0)

    return Listed(rows, COLUMNS, ORDER, form, area, dress=dress)


@exportable(FUND_KEY, title="扶贫专户支出")
def fund_uses(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = FundUse.objects.visible_to(user)
    require(user, Capability.MEASURE_VIEW)
    area = area_in(query, user)
    rows = visible.in_area(area).select_related("undone_by", "against")
    return Listed(rows, USES, ("-on", "-pk"), None, area)


@dataclass(frozen=True)
class Line:
    """A kind's row of the sums: (count, yuan, people, address) by year, and of all years."""

    kind: str
    years: list[tuple[int, Decimal, int, str]]
    whole: tuple[int, Decimal, int, str]


def sums(user: User, area: Area | None) -> tuple[list[int], list[Line], Line]:
    """Years, a line a kind that has any, and the sum line: what is begun or done, by the year it began."""
    rows = SocialHelp.objects.visible_to(user).in_area(area).live()
    grouped = rows.order_by().annotate(began=ExtractYear("start_on")).values_list("kind", "began")
    found: dict[tuple[str, int], tuple[int, Decimal, int]] = {}
    counted = grouped.annotate(count=Count("pk"), yuan=Sum("amount"), heads=Sum("people"))
    for kind, year, count, yuan, people in counted:
        found[kind, year] = (count, yuan or Decimal(0), people or 0)
    years = sorted({year for _, year in found})
    kinds = [kind for kind in HelpKind.values if any(key[0] == kind for key in found)]
    lines = [_line(kind, [kind], years, found, area) for kind in kinds]
    return years, lines, _line("", kinds, years, found, area)


def _line(
    name: str,
    kinds: list[str],
    years: list[int],
    found: dict[tuple[str, int], tuple[int, Decimal, int]],
    area: Area | None,
) -> Line:
    def over(some: list[int], year: int | None) -> tuple[int, Decimal, int, str]:
        cells = [found[kind, one] for kind in kinds for one in some if (kind, one) in found]
        asked = {"kind": name, "year": year or "", "area": area.code if area else "", "state": LIVE_WORD}
        address = f"{reverse(KEY)}?{urlencode({key: value for key, value in asked.items() if value})}"
        return (
            sum(cell[0] for cell in cells),
            sum((cell[1] for cell in cells), Decimal(0)),
            sum(cell[2] for cell in cells),
            address,
        )

    return Line(name, [over([year], year) for year in years], over(years, None))


def _state(row: SocialHelp) -> SafeString:
    return format_html(
        '<span class="{}">{}</span>', CHIPS.get(HelpState(row.state), "chip chip-done"), row.state
    )


def _undone(row: FundUse) -> str:
    if row.against is not None:
        return f"冲正{written(row.against.on)}"
    return f"{written(row.undone_by.on)}已冲正" if hasattr(row, "undone_by") else ""


def _undo(row: FundUse) -> SafeString | str:
    if _undone(row):
        return _undone(row)
    return format_html('<a href="{}">冲正</a>', reverse("measures:fund-use", args=[row.pk]))
