"""驻村情况 (R251, R254–R256): of each key village who is first secretary, how large the team is, how many days were stayed
in the quarter and whether it was inspected in each; and what it lacks. 摘帽不摘帮扶: villages that left the list stay in.

The team is its leader and members; 003 asks for 3 of them, 001 for 5 (setting TEAM_SIZE). Days to be stayed in a month
are the county's to set (STAY_DAYS_A_MONTH): a village is short of them where one who held a post through a month of the
quarter that is over has fewer; what was not recorded was not stayed.
"""

import calendar
import datetime
from collections import defaultdict
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from office.exports import exportable
from office.form_fields import Day, Filter, choice
from office.listing import Column, Listed, area_in
from villages.models.inspection import Inspection, InspectionKind
from villages.models.key_village import KeyVillage
from villages.models.post import RESIDENT, TEAM, Post, PostKind, StayMonth
from villages.models.work_record import quarter_end, quarter_of

KEY = "villages:teams"
(
    SECRETARY,
    NO_SECRETARY,
    TEAM_FULL,
    TEAM_SHORT,
    INSPECTED,
    UNINSPECTED,
    LACKING,
    COMPLETE,
    EVERY_QUARTER,
    STAY_SHORT,
) = (
    "secretary",
    "no-secretary",
    "team",
    "team-short",
    "inspected",
    "uninspected",
    "lacking",
    "complete",
    "every-quarter",
    "stay-short",
)
STATES = {
    LACKING: "有缺项",
    NO_SECRETARY: "没有第一书记",
    TEAM_SHORT: "工作队不足",
    UNINSPECTED: "本季没有督查",
    SECRETARY: "有第一书记",
    TEAM_FULL: "工作队足额",
    INSPECTED: "本季已督查",
    COMPLETE: "有第一书记且工作队足额",
    EVERY_QUARTER: "过去各季都已督查",
    STAY_SHORT: "本季驻村天数不足",
}
ORDER = ("area__code", "pk")


def key_villages(area: Area | None, day: datetime.date) -> QuerySet:
    """Every village that was chosen by the day, on the list or off it, where it lay then."""
    return KeyVillage.objects.designated(day).placed(area)


def in_state(rows: QuerySet, state: str, day: datetime.date) -> QuerySet:
    """Those of `key_villages` that are so on the day; an inspection counts in the quarter of the day, up to it."""
    posts = Post.objects.held(day).filter(area=OuterRef("area_then"))
    secretary = Exists(posts.filter(kind=PostKind.FIRST_SECRETARY))
    team = posts.filter(kind__in=TEAM).order_by().values("area").annotate(people=Count("pk"))
    first, _ = quarter_of(day)
    inspected = Exists(_inspections(first, day).filter(area=OuterRef("area_then")))
    counted = rows.annotate(
        team_people=Coalesce(Subquery(team.values("people"), output_field=IntegerField()), 0)
    )
    short = Q(team_people__lt=settings.TEAM_SIZE)
    every = Q()
    for quarter in (1, 2, 3, 4):
        last = quarter_end(day.year, quarter)
        if last <= day:
            in_it = _inspections(quarter_of(last)[0], last)
            every &= Q(Exists(in_it.filter(area=OuterRef("area_then"))))
    conditions: dict[str, Q] = {
        SECRETARY: Q(secretary),
        NO_SECRETARY: ~Q(secretary),
        TEAM_FULL: ~short,
        TEAM_SHORT: short,
        INSPECTED: Q(inspected),
        UNINSPECTED: ~Q(inspected),
        COMPLETE: Q(secretary) & ~short,
        EVERY_QUARTER: every,
        STAY_SHORT: _stayed_little(day),
        LACKING: ~Q(secretary) | short | ~Q(inspected),
    }
    return counted.filter(conditions[state])


def _stayed_little(day: datetime.date) -> Q:
    """Villages with somebody who stayed too few days in a month of the quarter that is over by the day."""
    least, found = settings.STAY_DAYS_A_MONTH, Q(pk__in=[])
    first, _ = quarter_of(day)
    for month in range(first.month, day.month + 1) if least else ():
        begins = datetime.date(day.year, month, 1)
        ends = begins.replace(day=calendar.monthrange(day.year, month)[1])
        if ends > day:
            continue
        enough = StayMonth.objects.standing().filter(
            post=OuterRef("pk"), year=day.year, month=month, days__gte=least
        )
        through = Post.objects.held(ends).filter(
            Q(start_on__lte=begins), kind__in=RESIDENT, area=OuterRef("area_then")
        )
        found |= Q(Exists(through.filter(~Exists(enough))))
    return found


def _inspections(since: datetime.date, until: datetime.date) -> Any:
    return Inspection.objects.standing().filter(kind=InspectionKind.RESIDENT, on__range=(since, until))


class TeamFilter(Filter):
    state = choice("情况", list(STATES.items()), "w8")
    on = Day(label="时点", required=False)

    def matching(self, rows: QuerySet, today: datetime.date) -> QuerySet:
        state = self.cleaned_data["state"]
        return in_state(rows, state, self.day(today)) if state else rows

    def day(self, today: datetime.date) -> datetime.date:
        return self.cleaned_data["on"] or today


def _village(row: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("villages:village", args=[row.lay.code]), row.lay.name)


def _posted(row: Any) -> str:
    return "、".join(post.name for post in row.secretaries)


def _secretary(row: Any) -> SafeString | str:
    if not row.secretaries:
        return format_html('<b class="msg-err">{}</b>', "没有")
    post = row.secretaries[0]
    return format_html('<a href="{}">{}</a>', reverse("villages:post", args=[post.pk]), post.name)


def _team(row: Any) -> SafeString | int:
    short = row.team < settings.TEAM_SIZE
    return format_html('<b class="msg-err">{}</b>', row.team) if short else row.team


def _stayed(row: Any) -> SafeString | str | int:
    if not row.stayed_little:
        return row.stayed or ""
    return format_html('<b class="msg-err">{}</b> 不足', row.stayed)


def _quarter(row: Any, quarter: int) -> SafeString | str | int:
    """How often; a quarter that has begun and has none says so, one to come is empty."""
    count = row.inspected[quarter]
    if count or not row.begun[quarter]:
        return count or ""
    word = "没有" if row.over[quarter] else "待督查"
    return format_html('<span class="{}">{}</span>', "msg-err" if row.over[quarter] else "msg-warn", word)


def _inspection_column(quarter: int) -> Column:
    return Column(
        f"q{quarter}",
        f"{quarter}季度督查",
        lambda row: _quarter(row, quarter),
        "n s2",
        plain=lambda row: row.inspected[quarter],
        width=10,
    )


COLUMNS = [
    Column("village", "村", _village, plain=lambda row: row.lay.name, pinned=True, names_row=True, width=20),
    Column("town", "镇街", lambda row: row.lay.parent.name, "nb s2"),
    Column("level", "级别", lambda row: row.level if row.on_list else f"{row.level}，已摘帽", "nb s2"),
    Column("secretary", "第一书记", _secretary, "nb s2", plain=_posted, width=12),
    Column("unit", "派出单位", lambda row: "、".join(post.unit for post in row.secretaries), "s3", width=24),
    Column("team", "工作队人数", _team, "n s2", plain=lambda row: row.team, width=10),
    Column("stayed", "本季驻村天数", _stayed, "n s2", plain=lambda row: row.stayed or "", width=12),
    *(_inspection_column(quarter) for quarter in (1, 2, 3, 4)),
]


@exportable(KEY, title="驻村情况")
def teams(user: User, query: QueryDict, day: datetime.date) -> Listed:
    mine = Area.objects.visible_to(user)
    require(user, Capability.WORK_VIEW)
    area, form = area_in(query, user), TeamFilter(query)
    if not form.is_valid():
        return Listed(KeyVillage.objects.none(), COLUMNS, ORDER, form, area)
    on = form.day(day)
    visible = key_villages(area, on).filter(area_then__in=mine)
    rows = form.matching(visible, day).select_related("area__parent")
    return Listed(rows, COLUMNS, ORDER, form, area, dress=partial(dress, on=on))


def dress(rows: list[Any], *, on: datetime.date) -> None:
    """Posts, days stayed and inspections of the villages, in three statements for all."""
    places = [row.area_then for row in rows]
    lay = Area.objects.select_related("parent").in_bulk(places)
    posts: dict[int, list[Post]] = defaultdict(list)
    for post in Post.objects.held(on).filter(area__in=places, kind__in=RESIDENT).order_by("start_on", "pk"):
        posts[post.area_id].append(post)
    first, last = quarter_of(on)
    months = Q(year=on.year, month__range=(first.month, last.month), post__area__in=places)
    stays = StayMonth.objects.standing().filter(months, post__struck_at__isnull=True)
    stayed = dict(stays.order_by().values_list("post__area").annotate(sum=Sum("days")))
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for area, day in (
        _inspections(datetime.date(on.year, 1, 1), on).filter(area__in=places).values_list("area", "on")
    ):
        counts[area, (day.month - 1) // 3 + 1] += 1
    little = set()
    if settings.STAY_DAYS_A_MONTH:
        here = key_villages(None, on).filter(pk__in=[row.pk for row in rows])
        little = set(in_state(here, STAY_SHORT, on).values_list("pk", flat=True))
    quarters = (1, 2, 3, 4)
    begun = {quarter: quarter_of(quarter_end(on.year, quarter))[0] <= on for quarter in quarters}
    over = {quarter: quarter_end(on.year, quarter) < on for quarter in quarters}
    for row in rows:
        row.lay, key = lay[row.area_then], row.area_then
        row.secretaries = [post for post in posts[key] if post.kind == PostKind.FIRST_SECRETARY]
        row.team = sum(post.kind in TEAM for post in posts[key])
        row.stayed = stayed.get(key, 0)
        row.stayed_little = row.pk in little
        row.inspected = {quarter: counts[key, quarter] for quarter in quarters}
        row.begun, row.over = begun, over
