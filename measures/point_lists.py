"""来料加工和电商服务 as a definition: places with what they have and lack, on screen and as a file."""

import datetime
from functools import partial
from typing import Any

from django.db.models import Q, Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area, Level
from households.forms import Day, Filter, choice
from households.models import StatusEvent
from measures import points
from measures.models import Enterprise, EnterpriseKind, Measure, Policy
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "measures:points"
LEVELS = [("", "村"), (Level.TOWN.value, "镇街"), (Level.COUNTY.value, "区县")]
POOR, NONE = "poor", "没有"
CODES = (points.PROCESSING, *points.ECOMMERCE.values())


class PointFilter(Filter):
    """The filter of a figure of the report `points`."""

    further = ("on", "as_of")

    level = choice("级别", LEVELS, "w4")
    state = choice("情况", list(points.STATES.items()), "w8")
    poor = choice("贫困人口", [(POOR, "有贫困人口的村")], "w8")
    on = Day(label="时点", required=False)
    as_of = Day(label="登记截至", required=False)

    def __init__(self, *args: Any, today: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    @property
    def level_asked(self) -> str:
        return self.cleaned_data["level"] or str(Level.VILLAGE)

    @property
    def day(self) -> datetime.date:
        return self.cleaned_data["on"] or self.today

    def matching(self, area: Area | None) -> Any:
        asked = self.cleaned_data
        rows = points.places(area, self.level_asked, self.day)
        if asked["poor"]:
            rows = points.with_poor(rows, self.day, asked["as_of"])
        return points.in_state(rows, asked["state"], self.level_asked, self.day)


def _places(row: Any) -> SafeString | str:
    """The village is a page of its own; a town or county is not."""
    if row.level != Level.VILLAGE:
        return str(row.name)
    return format_html('<a href="{}">{}</a>', reverse("villages:village", args=[row.code]), row.name)


def _processing(row: Any) -> SafeString | str:
    """The plan asks for it where there are poor people: elsewhere its lack is no fault."""
    if row.level != Level.VILLAGE:
        return ""
    return _has(row.processing) if row.processing or row.poor_persons else NONE


def _has(found: list[tuple[str, str]]) -> SafeString:
    if not found:
        return format_html('<span class="msg-warn">{}</span>', NONE)
    return format_html_join("、", '<a href="{}">{}</a>', ((url, word) for word, url in found))


def _words(found: list[tuple[str, str]]) -> str:
    return "、".join(word for word, _ in found)


def entry(day: datetime.date) -> Column:
    """Where what a place lacks is recorded, for who may."""
    of_code = dict(Policy.objects.in_force(day).filter(code__in=CODES).values_list("code", "pk"))

    def links(row: Any) -> SafeString:
        wanted = [("电商", points.ECOMMERCE[Level(row.level)], row.ecommerce)]
        if row.level == Level.VILLAGE and row.poor_persons:
            wanted.insert(0, ("来料加工", points.PROCESSING, row.processing))
        address = reverse("measures:plan-village", args=[row.code])
        asked = [
            (address, of_code[code], word) for word, code, found in wanted if code in of_code and not found
        ]
        return format_html_join("　", '<a href="{}?policy={}">登记{}</a>', asked)

    return Column("record", "登记", links, "nb no-print")


COLUMNS = [
    Column("place", "村、镇街", _places, plain=lambda row: row.name, pinned=True, names_row=True, width=20),
    Column("above", "上级", lambda row: row.parent.name if row.parent else "", "nb s3"),
    Column("poor", "在册贫困人口", lambda row: row.poor_persons, "n s3", width=14),
    Column(
        "processing",
        "来料加工",
        lambda row: _processing(row),
        "s6",
        plain=lambda row: _words(row.processing) if row.level == Level.VILLAGE else "",
        width=30,
    ),
    Column(
        "ecommerce",
        "电商服务",
        lambda row: _has(row.ecommerce),
        "s6",
        plain=lambda row: _words(row.ecommerce),
        width=30,
    ),
]
ORDER = ("code", "pk")


@exportable(KEY, title="来料加工和电商服务")
def places(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Area.objects.visible_to(user)
    require(user, Capability.MEASURE_VIEW)
    area, form = area_in(query, user), PointFilter(query, today=day)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(area).filter(pk__in=visible.values("pk")).select_related("parent")
    dress = partial(_dress, on=form.day, as_of=form.cleaned_data["as_of"])
    return Listed(rows, COLUMNS, ORDER, form, area, dress=dress)


def _dress(rows: list[Any], *, on: datetime.date, as_of: datetime.date | None) -> None:
    """What stands in each place and who is on the register there, in a few statements for all."""
    keys = [row.pk for row in rows]
    # A village that passed on has what was recorded of it before.
    now = {key: key for key in keys} | dict(
        Area.objects.filter(successor__in=keys).values_list("pk", "successor")
    )
    standing: dict[tuple[int, bool], list[tuple[str, str]]] = {}
    there = Measure.objects.delivered().filter(
        village__in=[*now], policy__code__in=CODES, delivered_on__lte=on
    )
    for one in there.select_related("policy").order_by("delivered_on", "pk"):
        closed = one.extras.get(points.CLOSED, "")
        if not closed or closed > on.isoformat():
            word = one.extras.get("operator", "") or one.policy.name
            kept = standing.setdefault((now[one.village_id or 0], one.policy.code == points.PROCESSING), [])
            kept.append((word, reverse("measures:measure", args=[one.pk])))
    firms = Enterprise.objects.filter(area__in=[*now], kind=EnterpriseKind.WORKSHOP, closed=False)
    for firm in firms.order_by("name", "pk"):
        kept = standing.setdefault((now[firm.area_id], True), [])
        kept.append((firm.name, reverse("measures:enterprise", args=[firm.pk])))
    poor: dict[int, int] = {}
    for level in {row.level for row in rows}:
        here = Q(**{f"{level}__in": keys})
        stock = StatusEvent.objects.known(on, as_of).filter(here).order_by().values(level)
        poor |= dict(stock.values_list(level).annotate(persons=Sum("persons")))
    for row in rows:
        row.processing = standing.get((row.pk, True), [])
        row.ecommerce = standing.get((row.pk, False), [])
        row.poor_persons = poor.get(row.pk, 0)
