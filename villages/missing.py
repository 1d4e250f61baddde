"""What ought to be there this year and is not: 责任书 by tier (R257, R264), and towns without enough staff (R263)."""

import datetime
from functools import partial, reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area, Level, valid_q
from office.exports import exportable
from office.form_fields import Day, Filter, choice, own_field, year_field
from office.listing import Column, Listed, area_in
from villages.models.letter import LEVEL, Letter, LetterState, Tier
from villages.models.post import Post, PostKind
from villages.models.village import Town

LETTERS_KEY, OFFICES_KEY = "villages:letters-missing", "villages:offices"
# A household's letter is each household's affair (000); the other tiers are looked for everywhere.
LOOKED_FOR = (Tier.TOWN, Tier.VILLAGE, Tier.SECRETARY)
UNSIGNED, STAFF_SHORT, NO_PLACE = "unsigned", "staff", "place"


def _without(tier: str, year: int, day: datetime.date) -> Q:
    """Places of the tier that have no signed letter of the year; a first secretary's where one holds the post."""
    letters = Letter.objects.standing().filter(
        area=OuterRef("pk"), tier=tier, year=year, state=LetterState.SIGNED, signed_on__lte=day
    )
    found = Q(~Exists(letters), valid_q(day), level=LEVEL[tier])
    if tier == Tier.SECRETARY:
        held = Post.objects.held(day).filter(area=OuterRef("pk"), kind=PostKind.FIRST_SECRETARY)
        found &= Q(Exists(held))
    return found


def without_letter(places: QuerySet, tier: str, year: int, day: datetime.date) -> QuerySet:
    return places.filter(_without(tier, year, day))


def unsigned(places: QuerySet, year: int, day: datetime.date) -> QuerySet:
    """Places with any of the looked-for letters missing, each once."""
    return places.filter(reduce(or_, (_without(tier, year, day) for tier in LOOKED_FOR)))


class MissingFilter(Filter):
    year = year_field("年度")
    tier = choice("层级", [(tier, tier) for tier in LOOKED_FOR], "w8")
    on = Day(label="时点", required=False)
    own = own_field()
    further = ("on", "own")

    def matching(self, places: QuerySet, day: datetime.date) -> QuerySet:
        year, tier = self.cleaned_data["year"] or day.year, self.cleaned_data["tier"]
        day = self.cleaned_data["on"] or day
        return without_letter(places, tier, year, day) if tier else unsigned(places, year, day)


def _place(row: Any) -> str:
    return f"{row.parent.name}　{row.name}" if row.level == Level.VILLAGE else str(row.name)


def _draw(row: Any) -> SafeString | str:
    """The letter that was drawn up, or the page that draws it."""
    if not row.tiers:
        return ""
    tier, letter = row.tiers[0]
    if letter:
        return format_html('<a href="{}">{}</a>', reverse("villages:letter", args=[letter]), "已拟，待签订")
    if not row.may_draw:
        return "未拟"
    address = f"{reverse('villages:letter-new')}?area={row.code}&tier={tier}&year={row.year}"
    return format_html('<a href="{}">{}</a>', address, "拟责任书")


MISSING = [
    Column("place", "区划", _place, pinned=True, names_row=True, width=28),
    Column("tiers", "缺的责任书", lambda row: "、".join(tier for tier, _ in row.tiers), "s6", width=30),
    Column(
        "draw", "办理", _draw, "nb s3", plain=lambda row: "待签订" if any(p for _, p in row.tiers) else "未拟"
    ),
]


def _dress(rows: list[Any], *, year: int, day: datetime.date, may_draw: bool) -> None:
    """The tiers that each place lacks, with the letter that waits to be signed."""
    places = Area.objects.filter(pk__in=[row.pk for row in rows])
    lacking = {
        tier: set(without_letter(places, tier, year, day).values_list("pk", flat=True)) for tier in LOOKED_FOR
    }
    drawn = {
        (area, tier): pk
        for pk, area, tier in Letter.objects.standing()
        .filter(area__in=places, year=year, state=LetterState.DRAWN)
        .values_list("pk", "area", "tier")
    }
    for row in rows:
        row.year, row.may_draw = year, may_draw
        row.tiers = [(tier, drawn.get((row.pk, tier))) for tier in LOOKED_FOR if row.pk in lacking[tier]]


@exportable(LETTERS_KEY, title="未签责任书")
def letters_missing(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Area.objects.visible_to(user)
    require(user, Capability.WORK_VIEW)
    area, form = area_in(query, user), MissingFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), MISSING, ("code", "pk"), form, area)
    here = visible.in_area(area)
    if form.cleaned_data["own"] and area is not None:
        here = here.filter(pk=area.pk)
    rows, day = form.matching(here, day).select_related("parent"), form.cleaned_data["on"] or day
    year = form.cleaned_data["year"] or day.year
    may_draw = Capability.WORK_MANAGE in user.capabilities()
    dress = partial(_dress, year=year, day=day, may_draw=may_draw)
    return Listed(rows, MISSING, ("code", "pk"), form, area, dress=dress)


class OfficeFilter(Filter):
    lacks = choice("缺项", [(STAFF_SHORT, "专职人员不足"), (NO_PLACE, "没有办公场所")], "w8")

    def matching(self, towns: QuerySet, day: datetime.date) -> QuerySet:
        lacks = self.cleaned_data["lacks"]
        if lacks == STAFF_SHORT:
            return short_of_staff(towns, day)
        return towns.filter(office_place="") if lacks == NO_PLACE else towns


def staff(day: datetime.date) -> QuerySet:
    """Full-time staff of towns on the day."""
    return Post.objects.held(day).filter(kind=PostKind.TOWN_STAFF, full_time=True)


def short_of_staff(towns: QuerySet, day: datetime.date) -> QuerySet:
    """Towns with fewer full-time staff than the plan asks for (5: 004 十二章一节一)."""
    counted = staff(day).order_by().values("area").annotate(people=Count("pk"))
    enough = counted.filter(people__gte=settings.TOWN_STAFF)
    return towns.exclude(area__in=enough.values("area"))


def _staff_cell(row: Any) -> SafeString | str:
    word = f"{row.staff}/{settings.TOWN_STAFF}"
    return format_html('<b class="msg-err">{}</b>', word) if row.staff < settings.TOWN_STAFF else word


OFFICES = [
    Column(
        "town",
        "镇街",
        lambda row: format_html(
            '<a href="{}">{}</a>', reverse("villages:office", args=[row.area.code]), row.area.name
        ),
        plain=lambda row: row.area.name,
        pinned=True,
        names_row=True,
    ),
    Column("staff", "专职人员", _staff_cell, "n s2", plain=lambda row: row.staff, width=10),
    Column("place", "办公场所", lambda row: row.office_place, "s6", width=36),
    Column("equipment", "办公设备", lambda row: row.office_equipment, "s6", width=36),
]


@exportable(OFFICES_KEY, title="镇街扶贫机构")
def offices(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Town.objects.visible_to(user)
    require(user, Capability.WORK_VIEW)
    area, form = area_in(query, user), OfficeFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), OFFICES, ("area__code", "pk"), form, area)
    rows = form.matching(visible.in_area(area).filter(area__valid_to__isnull=True), day)
    dressed = partial(_staffed, day=day)
    return Listed(rows.select_related("area"), OFFICES, ("area__code", "pk"), form, area, dress=dressed)


def _staffed(rows: list[Any], *, day: datetime.date) -> None:
    here = staff(day).filter(area__in=[row.area_id for row in rows]).order_by()
    counts = dict(here.values_list("area").annotate(people=Count("pk")))
    for row in rows:
        row.staff = counts.get(row.area_id, 0)
