"""Questions to the consultation desk and incidents of the demonstration county, at every stage of their way."""

import datetime
import random
from typing import Any

from accounts.models import User
from areas.models import Area
from demo.store import at
from measures.models import DeskRequest, Policy
from villages.models import Incident

DAYS = 5
# Topic, question, answer, code of the policy cited.
QUESTIONS = (
    ("政策咨询", "母亲今年八十一岁，高龄补贴怎么领", "带户口簿和证件到村里申请，按月发放。", "AGE-80"),
    ("政策咨询", "孩子上中职，雨露计划怎么申请", "由学校和村里核对学籍后，按学期补助。", "YULU"),
    ("求助", "家里老人住院花费大，有没有救助", "先按基本医保和大病保险结算，再申请医疗救助。", ""),
    ("政策咨询", "公益性岗位还招人吗，有什么条件", "有劳动能力的可以报名，由镇街安排。", ""),
    ("意见建议", "村里路灯坏了两个月，希望修一修", "已转村里，本周修好。", ""),
    ("投诉", "光伏收益今年没有发到户，想问原因", "收益十二月统一发放，已在村里公示。", ""),
)
UNITS = ("民政", "人社", "住建", "残联")
INCIDENTS = (
    ("突发困难", "一般", "走访巡查", "演示户房屋漏雨，老人临时住在邻居家，需要修缮"),
    ("信访", "一般", "来信来访", "演示村民反映低保评议没有通知本人"),
    ("涉贫舆情", "重大", "媒体网络", "演示网帖说扶贫车间拖欠工资，正在核实"),
    ("灾害事故", "一般", "群众反映", "演示村大棚被风刮倒三座，涉及贫困户两户"),
    ("项目质量", "一般", "走访巡查", "演示村新修道路有一段开裂，联系施工方"),
)


def load(county: Area, *, by: User, today: datetime.date, rng: random.Random) -> None:
    towns = list(county.children.filter(valid_to__isnull=True).order_by("code"))
    for place in range(36):
        _request(place, rng.choice(towns), by=by, today=today, rng=rng)
    for place in range(15):
        town = rng.choice(towns)
        village = rng.choice(list(town.children.filter(valid_to__isnull=True).order_by("code")))
        _incident(place, village, by=by, today=today, rng=rng)


def _request(place: int, town: Area, *, by: User, today: datetime.date, rng: random.Random) -> None:
    topic, question, answer, code = QUESTIONS[place % len(QUESTIONS)]
    day = today - datetime.timedelta(days=rng.randrange(0, 9) if place < 10 else rng.randrange(10, 300))
    one, _ = DeskRequest.ask(
        at=at(day),
        days=DAYS,
        channel=("电话", "来访", "公开页")[place % 3],
        topic=topic,
        area=town,
        asker=f"演示{'赵钱孙李周吴'[place % 6]}",
        phone=f"1380000{place:04}",
        question=question,
    )
    if place < 3:
        return
    later = at(min(day + datetime.timedelta(days=1), today))
    one.take(by=by, at=later)
    if place < 6:
        return
    if place < 10:
        due = day + datetime.timedelta(days=DAYS)
        one.hand_over(by=by, at=later, unit=UNITS[place % 4], due_on=due, note="属部门业务")
        return
    soon = at(min(day + datetime.timedelta(days=rng.randrange(1, 5)), today))
    policies = Policy.objects.in_force(today).filter(code=code)
    one.reply(by=by, at=soon, answer=answer, policies=policies)
    if place % 3:
        one.rate(score=rng.choice((5, 5, 4, 4, 3, 2)), word=rng.choice(("", "很快", "讲得清楚")), at=soon)
    if place % 2:
        one.close(by=by, at=soon)


def _incident(place: int, village: Area, *, by: User, today: datetime.date, rng: random.Random) -> None:
    kind, level, found_by, what = INCIDENTS[place % len(INCIDENTS)]
    day = today - datetime.timedelta(days=rng.randrange(0, 4) if place < 4 else rng.randrange(20, 200))
    facts: dict[str, Any] = {
        "kind": kind,
        "level": level,
        "found_by": found_by,
        "found_on": day,
        "what": what,
    }
    one = Incident.find(by=by, at=at(day), days=1 if level == "重大" else 3, area=village, **facts)
    if place < 2:
        return
    one.report(by=by, at=at(day), days=15, note="已到现场了解")
    if place < 4:
        return
    by_day = day + datetime.timedelta(days=15)
    one.handle(by=by, at=at(day), handler="演示镇民政办", close_by=by_day, note="派人处理，按期报结果")
    if place % 4:
        one.close(by=by, at=at(min(by_day, today)), result="已经解决，本人表示满意。")
