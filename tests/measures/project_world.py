"""Projects and sources for tests, made as an office makes them."""

import datetime
import re
import uuid
from decimal import Decimal

from django.utils import timezone

from measures.models import FundEntry, FundSource, Project

DAY = datetime.date(2018, 11, 20)
BEGUN = datetime.date(2018, 3, 1)
WISHES = {
    "name": "演示排水渠",
    "year": 2018,
    "chapter": "基础设施",
    "category": "村基础设施",
    "content": "修渠 1200 米",
    "owner_unit": "东演示镇政府",
    "leader": "演示负责人",
    "plan_money": Decimal("100000.00"),
    "work_amount": Decimal(1200),
    "work_unit": "米",
    "start_on": datetime.date(2018, 4, 1),
    "due_on": datetime.date(2018, 12, 20),
}


TYPED = {
    "name": "演示排水渠",
    "year": "2018",
    "chapter": "基础设施",
    "category": "村基础设施",
    "nature": "新建",
    "content": "修渠 1200 米",
    "owner_unit": "东演示镇政府",
    "leader": "演示负责人",
    "plan_money": "１００,０００.00",
    "work_amount": "1200",
    "work_unit": "米",
    "start_on": "2018-04-01",
    "due_on": "2018-12-20",
    "helped_households": "20",
    "helped_persons": "45",
    "benefit": "",
    "seen": "0",
}


def page(answer) -> str:
    return answer.content.decode()


def hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(seen|once)" value="([^"]+)"', text))


def taken(client, project: Project, key: str, **typed):
    """The form of a step as its page gives it, filled in and sent."""
    address = f"/projects/{project.pk}/{key}/"
    return client.post(address, {"on": "2018-11-20", **hidden(page(client.get(address))), **typed})


def apply(area, **facts) -> Project:
    return Project.apply(by=None, on=BEGUN, at=timezone.now(), area=area, **{**WISHES, **facts})


def act(project: Project, on: datetime.date = BEGUN, by=None, **facts) -> dict:
    return {
        "by": by,
        "on": on,
        "today": DAY,
        "seen": project.version,
        "recorded_at": timezone.now(),
        **facts,
    }


def approved(area, **facts) -> Project:
    project = apply(area, **facts)
    project.submit(chosen_on=BEGUN, **act(project))
    project.approve(**act(project, document="演示批〔2018〕1号"))
    return project


def at_works(area, **facts) -> Project:
    project = approved(area, **facts)
    project.start(contractor="演示工程队", **act(project))
    return project


def source(county, budget: str = "80000.00", **facts) -> FundSource:
    given = {"area": county, "year": 2018, "kind": "中央", "name": "中央专项扶贫资金", **facts}
    return FundSource.open(
        budget=Decimal(budget),
        document="演示财〔2018〕1号",
        by=None,
        on=BEGUN,
        at=timezone.now(),
        once=uuid.uuid4(),
        **given,
    )


def enter(kind: str, project: Project, of: FundSource, amount: str | Decimal, **facts) -> FundEntry:
    payee = {"payee": "演示工程队", "payee_kind": "施工单位"} if kind == "支付" else {}
    return FundEntry.enter(
        **{
            "kind": kind,
            "area": project.area,
            "source": of,
            "project": project,
            "amount": Decimal(amount),
            "on": DAY,
            "document": "演示凭证1",
            "by": None,
            "today": DAY,
            "at": timezone.now(),
            "once": uuid.uuid4(),
            **payee,
            **facts,
        }
    )


def counter(entry: FundEntry, **facts) -> FundEntry:
    return entry.counter(
        **{
            "reason": "登记错了",
            "by": None,
            "on": DAY,
            "today": DAY,
            "at": timezone.now(),
            "once": uuid.uuid4(),
            **facts,
        }
    )
