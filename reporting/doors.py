"""What stands beside the register on the workbench: lists of departments, questions, incidents, resident teams,
letters, rectification, society, indicators.

Each line says what waits there; the top bar has no room for their words (look.md).
"""

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Count, Value
from django.urls import reverse

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area
from households.models import StatusEvent
from measures.models import (
    DepartmentList,
    DeskRequest,
    DeskState,
    DifferenceKind,
    HelpState,
    ListDifference,
    ListState,
    SocialHelp,
)
from office.listing import kept_if_long
from reporting import settling
from reporting.models import TownAssessment
from villages.missing import unsigned
from villages.models import (
    Incident,
    IncidentState,
    KeyVillage,
    PlanItem,
    Rectification,
    RectState,
    Responsibility,
)
from villages.teams import LACKING, in_state

C = Capability


@dataclass(frozen=True)
class Door:
    """A line: the word that leads there, how many wait, what they wait for."""

    word: str
    url: str
    count: int | None = None
    waits: str = ""


def doors(user: User | AnonymousUser, day: datetime.date) -> list[Door]:
    """Those that the duties open; beside a long register their counts are a minute old at most, as its own are."""
    if not isinstance(user, User):
        return []
    able = user.capabilities()
    what = f"doors {user.pk} {day} {sorted(able)}"
    return kept_if_long(StatusEvent.objects.visible_to(user), what, lambda: _counted(user, able, day))


def _counted(user: User, able: frozenset[Capability], day: datetime.date) -> list[Door]:
    """What waits behind all of them is counted in one statement."""
    found: list[Door] = []
    waiting: list[Any] = []

    def door(word: str, name: str, rows: Any = None, waits: str = "") -> None:
        found.append(Door(word, reverse(name), None if rows is None else 0, waits))
        if rows is not None:
            counted = rows.order_by().annotate(word=Value(word, output_field=CharField()))
            waiting.append(counted.values("word").annotate(count=Count("pk")).values_list("word", "count"))

    if C.LISTS_SETTLE in able:
        open_ones = ListDifference.objects.visible_to(user).waiting()
        known = open_ones.exclude(kind=DifferenceKind.NOT_REGISTERED)
        door("部门名单", "measures:department-lists", known, "条差异待处理")
    elif C.LISTS_VIEW in able:
        running = DepartmentList.objects.visible_to(user).filter(state=ListState.RUNNING)
        door("部门名单", "measures:department-lists", running, "份正在核对")
    if C.DESK_ANSWER in able:
        asked = DeskRequest.objects.visible_to(user)
        asked = asked.filter(state__in=(DeskState.WAITING, DeskState.HANDED))
        door("政策咨询", "measures:desk", asked, "件待受理")
    if C.INCIDENT_VIEW in able:
        handles = C.INCIDENT_HANDLE in able
        states = [IncidentState.FOUND, *([IncidentState.REPORTED] if handles else [])]
        incidents = Incident.objects.visible_to(user).filter(state__in=states)
        door("涉贫事件", "villages:incidents", incidents, "件待上报、待处置" if handles else "件待上报")
    if C.WORK_VIEW in able:
        lacking = in_state(KeyVillage.objects.visible_to(user).designated(day), LACKING, day)
        lacking = KeyVillage.objects.filter(pk__in=lacking.values("pk"))
        door("驻村情况", "villages:teams", lacking, "个村缺第一书记、工作队或本季督查")
        places = unsigned(Area.objects.visible_to(user), day.year, day)
        door("责任书", "villages:letters-missing", places, "个镇村今年未签")
        late = PlanItem.objects.visible_to(user).standing().filter(done_on__isnull=True, due_on__lt=day)
        door("村年度减贫计划", "villages:yearly-plans", late, "项逾期")
    if C.REPORT_VIEW in able and (C.INSPECT in able or C.ASSESS in able):
        waiting_years = TownAssessment.objects.visible_to(user).filter(settled_at__isnull=True)
        door("年底考核", "reporting:assessments", waiting_years, "个镇街的考核待审定")
        to_talk = settling.waiting(TownAssessment.objects.visible_to(user), day)
        door("约谈和提请调整", "reporting:assessments", to_talk, "个镇街没有完成上年任务，待约谈或提请调整")
    if C.DUTY_VIEW in able:
        late = Responsibility.objects.visible_to(user).standing().filter(done_on__isnull=True, due_on__lt=day)
        door("责任清单", "villages:responsibilities", late, "项逾期")
        unfinished = Rectification.objects.visible_to(user).standing().exclude(state=RectState.CLOSED)
        door("整改", "villages:rectifications", unfinished, "个问题未销号")
    if C.MEASURE_VIEW in able:
        needs = SocialHelp.objects.visible_to(user).filter(state=HelpState.WANTED)
        door("社会帮扶", "measures:society", needs, "项需求待对接")
    if C.INDICATOR_VIEW in able:
        door("主要指标", "villages:indicators")
    counts = dict(waiting[0].union(*waiting[1:], all=True)) if waiting else {}
    return [replace(one, count=counts.get(one.word, one.count)) for one in found]
