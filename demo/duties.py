"""责任书, yearly plans, 责任清单, rectification and work of the demonstration county: all invented, much of it waiting."""

import datetime
import random
from collections.abc import Sequence

from accounts.models import User
from accounts.units import Unit
from areas.models import Area, Level
from demo import teams
from demo.officials import Officials
from demo.store import at
from villages.models import (
    Inspection,
    KeyVillage,
    Letter,
    PlanItem,
    Post,
    PostKind,
    Rectification,
    Responsibility,
    Tier,
    WorkEvent,
)
from villages.models.rectification import DEPARTMENTS

SIGNED = datetime.date(2018, 3, 6)
DAY = datetime.timedelta(days=1)
# Part, what, month it is due, whether it is done.
PLAN = (
    ("任务书", "按规划完成年度预退出户的帮扶和验收准备", 12, False),
    ("任务书", "新建产业项目一个，带动全部有劳动能力的贫困户", 10, True),
    ("时间表", "6 月底前完成入户核查，9 月底前完成整改", 9, True),
    ("时间表", "11 月中旬前完成民主评议", 11, False),
    ("施工图", "村内道路硬化 1.2 公里，安装路灯 20 盏", 8, True),
)
PROBLEMS = (
    ("督查", "驻村日志和走访记录不全", "", 20),
    ("第三方监测", "两户政策知晓不够，说不清享受的政策", "民政", 12),
    ("审计", "一笔项目资金拨付晚于合同期限", "财政", -6),
    ("考核", "危房改造档案缺竣工验收表", "住建", 4),
    ("群众反映", "村内路灯坏了没有修", "住建", -15),
    ("巡视巡察", "扶贫车间用工台账和工资发放不一致", "人社", 30),
    ("自查", "低保和建档立卡衔接有三户未核对", "民政", -2),
)
MEETINGS = (
    ("区委常委会", (2, 5, 8, 11), "听取脱贫攻坚情况汇报", "演示区委", "研究产业资金安排和年底退出工作"),
    ("区政府常务会议", (3, 6, 9), "研究扶贫项目和资金", "演示区政府", "同意项目库调整"),
    ("领导小组会议", (1, 4, 7, 10), "脱贫攻坚领导小组会议", "演示区扶贫办", "部署重点工作"),
    ("月调度", range(1, 11), "脱贫攻坚月调度", "演示区扶贫办", "通报进度，落后镇说明原因"),
    ("季总结", (3, 6, 9), "脱贫攻坚季度总结", "演示区扶贫办", "印发情况通报"),
    ("月度报告", range(1, 10), "向区委区政府报告脱贫攻坚情况", "演示区扶贫办", ""),
    ("扶贫工作日", range(1, 12), "三级书记下村走访", "演示区扶贫办", "解决困难 12 件"),
)
MODELS = (
    ("典型人物", "演示：养羊脱贫带动邻里", "演示村民三年发展到 60 只羊，去年脱贫，又教会四户邻居"),
    ("典型案例", "演示：孝善基金办出新风", "子女按月缴纳赡养金，村里补贴一成，老人当面领取"),
)


def load(county: Area, appointed: Officials, *, by: User, today: datetime.date, rng: random.Random) -> None:
    towns = list(county.children.filter(valid_to__isnull=True).order_by("code"))
    villages = list(
        Area.objects.filter(parent__in=towns, level=Level.VILLAGE, valid_to__isnull=True)
        .select_related("parent")
        .order_by("code")
    )
    for year in teams.YEARS:
        _letters(county, towns, villages, by, year, waits=year == today.year)
    keys = KeyVillage.objects.in_area(county).select_related("area").order_by("area__code")
    _plans([key.area for key in keys], by, today)
    _duties(county, towns, by, today.year)
    _rectifications(villages, appointed, by, today, rng)
    _works(county, towns, villages, by, today, rng)
    _third_party(towns, by, today)


def _letters(
    county: Area, towns: Sequence[Area], villages: Sequence[Area], by: User, year: int, *, waits: bool
) -> None:
    """Where it `waits`, the last town has not signed, its villages neither; nor every fifth first secretary."""
    signed_on = SIGNED.replace(year=year)

    def letter(
        tier: str, area: Area, giver: str, taker: str, signed: bool, post: Post | None = None
    ) -> Letter:
        return Letter(
            year=year,
            tier=tier,
            area=area,
            giver=giver,
            taker=taker,
            post=post,
            tasks="完成年度脱贫任务，落实“两不愁三保障”，管好用好扶贫资金，脱贫后政策不减。（演示）",
            state="已签订" if signed else "待签订",
            signed_on=signed_on if signed else None,
            recorded_by=by,
            recorded_at=at(signed_on),
        )

    last = towns[-1] if waits else None
    made = [
        letter(Tier.TOWN, town, f"{county.name}人民政府", f"{town.name}人民政府", town != last)
        for town in towns
    ]
    made += [
        letter(Tier.VILLAGE, village, f"{town.name}党委", f"{village.name}党支部", True)
        for town, village in ((village.at(Level.TOWN), village) for village in villages)
        if town is not None and town != last
    ]
    posts = Post.objects.held(signed_on).filter(kind=PostKind.FIRST_SECRETARY).select_related("area__parent")
    for place, post in enumerate(posts.order_by("area__code")):
        town = post.area.at(Level.TOWN)
        giver = f"{town.name}党委" if town is not None else county.name
        made.append(letter(Tier.SECRETARY, post.area, giver, post.name, place % 5 > 0 or not waits, post))
    Letter.objects.bulk_create(made)


def _plans(villages: Sequence[Area], by: User, today: datetime.date) -> None:
    made = []
    for village in villages:
        for part, text, month, done in PLAN:
            due = datetime.date(today.year, month, 15)
            one = PlanItem(
                year=today.year,
                area=village,
                part=part,
                text=text,
                holder="演示第一书记",
                due_on=due,
                recorded_by=by,
                recorded_at=at(SIGNED),
            )
            if done:
                one.done_on, one.done_note = due - 10 * DAY, "按期完成，演示"
            made.append(one)
    PlanItem.objects.bulk_create(made)


def _duties(county: Area, towns: Sequence[Area], by: User, year: int) -> None:
    """25 departments and every town have a list; some lines are overdue."""
    made = []
    for place, unit in enumerate(Unit.values[:DEPARTMENTS]):
        for text, month in (("制定行业扶贫年度实施方案", 3), ("行业政策落实到户，按季报送进度", 11)):
            due = datetime.date(year, month, 10)
            done = month == 3 or place % 4 > 0
            made.append(
                Responsibility(
                    year=year,
                    area=county,
                    unit=unit,
                    holder=f"演示区{unit}部门",
                    text=f"{unit}：{text}",
                    due_on=due,
                    basis="年度责任清单（演示）",
                    done_on=due - 2 * DAY if done else None,
                    done_note="已完成，演示" if done else "",
                    recorded_by=by,
                    recorded_at=at(SIGNED),
                )
            )
    made += [
        Responsibility(
            year=year,
            area=town,
            holder=f"{town.name}党委",
            text="完成年度减贫任务，落实驻村管理",
            due_on=datetime.date(year, 12, 20),
            recorded_by=by,
            recorded_at=at(SIGNED),
        )
        for town in towns
    ]
    Responsibility.objects.bulk_create(made)


def _rectifications(
    villages: Sequence[Area], appointed: Officials, by: User, today: datetime.date, rng: random.Random
) -> None:
    """Each problem in each state: found, under way, reported and closed."""
    inspection = Inspection.objects.filter(grade="差").order_by("pk").first()
    for turn in range(4):
        for source, problem, unit, days in PROBLEMS:
            village = rng.choice(villages)
            found = today - (40 + turn * 20) * DAY
            one = Rectification.objects.create(
                area=village,
                source=source,
                inspection=inspection if source == "督查" else None,
                problem=f"{problem}（演示）",
                unit=unit,
                holder=f"{village.parent.name}、{unit or '驻村工作队'}" if village.parent else unit,
                due_on=today + days * DAY,
                recorded_by=by,
                recorded_at=at(found),
            )
            clerk = appointed.of("town", village)
            if turn > 0:
                one.plan(measures="逐户核对，限期改正", by=clerk, at=at(found + 2 * DAY))
            if turn > 1:
                one.report(result="已经改正，附照片", by=clerk, at=at(found + 20 * DAY))
            if turn > 2:
                one.verify(note="现场看过，情况属实", by=by, at=at(found + 25 * DAY))


def _works(
    county: Area,
    towns: Sequence[Area],
    villages: Sequence[Area],
    by: User,
    today: datetime.date,
    rng: random.Random,
) -> None:
    made = []

    def work(kind: str, area: Area, on: datetime.date, title: str, host: str, **facts: object) -> WorkEvent:
        known = {"content": f"{title}。（演示）", "recorded_by": by, "recorded_at": at(on), **facts}
        one = WorkEvent(kind=kind, area=area, on=on, title=title, host=host, **known)
        made.append(one)
        return one

    for kind, months, title, host, outcome in MEETINGS:
        for month in months:
            on = min(datetime.date(today.year, month, rng.randrange(6, 25)), today)
            work(kind, county, on, title, host, outcome=outcome)
    work("年度报告", county, datetime.date(today.year, 1, 15), "上一年度脱贫攻坚工作报告", "演示区扶贫办")
    for year in teams.YEARS:
        for place, town in enumerate(towns):
            asked, on = 200, datetime.date(year, 10, 10 + place)
            facts = {
                "asked": asked,
                "satisfied": rng.randrange(172, 199),
                "outcome": "调整公益岗位安排，演示",
            }
            work("满意度调查", town, on, f"{year}年群众满意度调查", "演示调查队", **facts)
    for kind, title, content in MODELS:
        on = datetime.date(today.year, 9, 3)
        one = work(kind, rng.choice(villages), on, title, "演示区扶贫办", content=content)
        one.published_at = at(on)
    spring = datetime.date(today.year, 2, 8)
    for town in towns:
        work("走访慰问", town, spring, "春节走访慰问贫困户", town.name, outcome="送去米面油（演示）")
    work(
        "业务培训",
        county,
        datetime.date(today.year, 4, 18),
        "统计人员业务培训",
        "演示区扶贫办",
        people="各镇街统计员",
    )
    WorkEvent.objects.bulk_create(made)


def _third_party(towns: Sequence[Area], by: User, today: datetime.date) -> None:
    facts = {"inspectors": "演示调查员", "recorded_by": by}
    made = [
        Inspection(
            kind="第三方监测",
            area=town,
            on=datetime.date(today.year, 10, 22),
            body="演示大学调查中心",
            inspected=f"{town.name}",
            grade="好" if place % 3 else "一般",
            findings="抽查 40 户，收入核算和政策落实情况见报告（演示）",
            independent=True,
            recorded_at=at(datetime.date(today.year, 10, 25)),
            **facts,
        )
        for place, town in enumerate(towns)
    ]
    Inspection.objects.bulk_create(made)
