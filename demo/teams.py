"""Who is posted where in the demonstration county, how long they stayed, how they were inspected: all invented.

Something is left to do: a village without a first secretary, one with too small a team, one not inspected last
quarter, a town with four of five staff.
"""

import datetime
import random
from collections.abc import Iterator, Sequence

from accounts.models import User
from areas.models import Area
from demo import people
from demo.store import at
from villages.models import Inspection, KeyVillage, Post, PostKind, StayMonth, Town
from villages.models.post import GROUPS, TIERS

K = PostKind
UNITS = ("演示区住建局", "演示区农业局", "演示区财政局", "演示区教育局", "演示区水务局", "演示区供电部")
FIRST_TERM, SECOND_TERM = datetime.date(2016, 3, 1), datetime.date(2018, 3, 1)
CAME, TERM_OVER = datetime.date(2017, 3, 1), datetime.date(2018, 2, 28)
YEARS = (2016, 2017, 2018)
TEAM = (K.TEAM_LEADER, K.TEAM_MEMBER, K.TEAM_MEMBER)
STAYED = range(3, 11)  # months of this year
NO_SECRETARY, SHORT_TEAM, NOT_INSPECTED = 1, 2, 3  # places in the list of key villages
FINDINGS = (
    ("好", "在岗在位，走访记录完整，帮扶台账清楚", "在岗情况好，走访记录完整"),
    ("一般", "驻村日志有三天没有写，已当场指出", "总体在岗，已要求补写驻村日志"),
    ("差", "连续两周不在村，没有请假手续", "督促返岗，通报派出单位"),
)


def load(county: Area, *, by: User, today: datetime.date, rng: random.Random) -> None:
    keys = list(KeyVillage.objects.in_area(county).select_related("area").order_by("area__code"))
    _posts(county, [key.area for key in keys], by, today, rng)
    _inspections([key.area for key in keys], by, today, rng)


def _posts(
    county: Area, villages: Sequence[Area], by: User, today: datetime.date, rng: random.Random
) -> None:
    def post(kind: str, area: Area, unit: str, title: str, start: datetime.date, **facts: bool) -> Post:
        name = people.person_name(rng, rng.choice("男女"))
        known = {"recorded_by": by, "recorded_at": at(start), **facts}
        return Post(kind=kind, area=area, name=name, unit=unit, title=title, start_on=start, **known)

    made: list[Post] = []
    for place, village in enumerate(villages):
        unit = UNITS[place % len(UNITS)]
        if place != NO_SECRETARY:
            start = SECOND_TERM if place % 2 else CAME
            if start == SECOND_TERM:
                before = post(K.FIRST_SECRETARY, village, unit, "科长", FIRST_TERM, full_time=True)
                before.end_on, before.end_reason = TERM_OVER, "一届两年期满，由接任人接替（演示）"
                made.append(before)
            secretary = post(K.FIRST_SECRETARY, village, unit, "科长", start, full_time=True)
            secretary.party_link_on = start + datetime.timedelta(days=12) if place % 5 else None
            made.append(secretary)
        team = TEAM[:2] if place == SHORT_TEAM else TEAM
        made += [post(kind, village, unit, "干部", FIRST_TERM, full_time=True) for kind in team]
        made.append(post(TIERS[place % len(TIERS)], village, unit, "领导班子成员", CAME))
    towns = list(county.children.filter(valid_to__isnull=True).order_by("code"))
    for place, town in enumerate(towns):
        count = 4 if place == 0 else 5
        made += [
            post(K.TOWN_STAFF, town, f"{town.name}扶贫办", "专干", CAME, full_time=True) for _ in range(count)
        ]
        Town.objects.filter(area=town).update(
            office_place="" if place == 1 else f"演示：{town.name}便民服务中心二楼",
            office_equipment="" if place == 1 else "电脑三台、打印机一台、档案柜六组",
        )
    made += [
        post(kind, county, "演示区扶贫办", "组长", CAME) for kind in (*GROUPS, K.STATISTICS, K.COUNTY_STAFF)
    ]
    Post.objects.bulk_create(made)
    StayMonth.objects.bulk_create(_stays(made, by, today, rng))


def _stays(posts: Sequence[Post], by: User, today: datetime.date, rng: random.Random) -> Iterator[StayMonth]:
    for post in posts:
        if post.kind in (K.FIRST_SECRETARY, K.TEAM_LEADER):
            for month in STAYED:
                days = rng.randrange(17, 24)
                seen = datetime.date(today.year, month + 1, 5)
                yield StayMonth(
                    post=post, year=today.year, month=month, days=days, recorded_by=by, recorded_at=at(seen)
                )


def _inspections(villages: Sequence[Area], by: User, today: datetime.date, rng: random.Random) -> None:
    """Each village each quarter that is over but one, and half of them in the one under way."""
    made = []
    for place, village in enumerate(villages):
        for year, quarter in ((year, quarter) for year in YEARS for quarter in (1, 2, 3, 4)):
            now = year == today.year
            if (place == NOT_INSPECTED and quarter == 3) or (now and quarter == 4 and place % 2):
                continue
            on = datetime.date(year, quarter * 3 - 1, rng.randrange(5, 19))
            grade, findings, published = FINDINGS[0 if rng.random() < 0.7 else rng.choice((1, 1, 2))]
            one = Inspection(
                kind="驻村督查",
                area=village,
                on=on,
                body="演示区委组织部、区扶贫办",
                inspectors="演示督查组",
                inspected=f"{village.name}第一书记和驻村工作队",
                grade=grade,
                findings=findings,
                recorded_by=by,
                recorded_at=at(on),
            )
            if quarter < 4 or not now:
                one.fed_on, one.fed_to = on + datetime.timedelta(days=6), "派出单位和镇街党委"
                one.published_text, one.published_at = f"演示：{published}", at(one.fed_on)
            made.append(one)
    Inspection.objects.bulk_create(made)
