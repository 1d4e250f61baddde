"""Assets of the demonstration's projects, what they brought in, and its sharing in every state (演示)."""

import datetime
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.roles import Role
from demo.officials import Officials
from demo.store import at
from measures.models import Asset, AssetIncome, Project, Sharing
from measures.sharing import BY_HOUSEHOLD, BY_PERSON

MARK = "（演示）"
# The first sharing of all.
FIRST = datetime.date(2017, 1, 9)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


class Incomes:
    def __init__(self, officials: Officials, today: datetime.date) -> None:
        self.officials, self.today = officials, today

    def write(self, made: Mapping[str, Project]) -> None:
        """Where anybody can have a share: a small county has villages without a poor household."""
        for name, act in (
            ("50千瓦村级光伏电站", self._solar),
            ("来料加工扶贫车间", self._workshop),
            ("蔬菜大棚", self._greenhouses),
        ):
            if made[name].assets.get().claims(FIRST):
                act(made[name])

    def asset(self, project: Project, name: str, on: datetime.date, clerk: User) -> None:
        """What the project left, formed on the day of its acceptance."""
        kind, capacity, agreed = {
            "50千瓦村级光伏电站": ("光伏电站", Decimal(50), None),
            "来料加工扶贫车间": ("扶贫车间", None, Decimal(60000)),
            "蔬菜大棚": ("大棚", None, Decimal(72000)),
        }[name]
        village = project.area.name
        Asset.objects.create(
            area=project.area,
            project=project,
            name=f"{village}{kind}{MARK}",
            kind=kind,
            value=project.allocated,
            capacity=capacity,
            station="村级电站" if capacity else "",
            owner=f"{village}村集体",
            keeper="演示管护员",
            operator="演示合作社",
            formed_on=on,
            life_years=20,
            agreement=f"演示协议{project.pk}",
            agreed_until=on.replace(year=on.year + 5),
            agreed_income=agreed,
            entered_by=clerk,
            entered_at=at(on),
        )

    def _receive(self, project: Project, year: int, on: str, amount: str, costs: str = "0") -> AssetIncome:
        asset = project.assets.get()
        return AssetIncome.receive(
            asset,
            year=year,
            received_on=day(on),
            amount=Decimal(amount),
            costs=Decimal(costs),
            payer=asset.operator,
            voucher=f"演示收〔{on[:4]}〕{asset.pk}-{year}",
            by=self.officials.of(Role.VILLAGE, project.area),
            today=self.today,
            at=at(day(on)),
            once=uuid.uuid4(),
        )

    def _propose(self, income: AssetIncome, on: str, total: str = "", **rule: Any) -> Sharing:
        given = {
            "way": BY_HOUSEHOLD,
            "first": None,
            "by": self.officials.of(Role.VILLAGE, income.asset.area),
            **rule,
        }
        return Sharing.propose(income, total=Decimal(total) if total else income.net, on=day(on), **given)

    def _confirm(self, sharing: Sharing, on: str) -> None:
        area, when = sharing.income.asset.area, day(on)
        posted = when - datetime.timedelta(days=7)
        sharing.confirm(
            posted_on=posted, minutes=f"演示会议{sharing.pk}", by=self.officials.of(Role.TOWN, area), on=when
        )

    def _solar(self, project: Project) -> None:
        """2016 is paid out, 2017 agreed, 2018 proposed; 3000 a household first (003 三章四节二)."""
        first = Decimal(3000)
        of_2016 = self._receive(project, 2016, "2017-01-06", "9200.00", "200.00")
        paid = self._propose(of_2016, "2017-01-09", first=first)
        self._confirm(paid, "2017-01-18")
        by = self.officials.of(Role.TOWN, project.area)
        paid.pay(paid_on=day("2017-01-20"), voucher="演示发〔2017〕1", by=by, today=self.today)
        of_2017 = self._receive(project, 2017, "2018-01-08", "48600.55", "1600.55")
        use = {"village_use": "村内公益岗位工资"}
        self._confirm(self._propose(of_2017, "2018-10-22", "40000.00", first=first, **use), "2018-11-05")
        of_2018 = self._receive(project, 2018, "2018-10-15", "36210.00", "1210.00")
        self._propose(of_2018, "2018-11-12", "30000.00", first=first, **use)

    def _workshop(self, project: Project) -> None:
        """The rent of 2018 did not come whole."""
        income = self._receive(project, 2017, "2017-12-20", "60000.00")
        paid = self._propose(income, "2017-12-22", "45000.00", way=BY_PERSON, village_use="车间维修")
        self._confirm(paid, "2018-01-05")
        by = self.officials.of(Role.TOWN, project.area)
        paid.pay(paid_on=day("2018-01-12"), voucher="演示发〔2018〕1", by=by, today=self.today)
        self._receive(project, 2018, "2018-10-30", "45000.00")

    def _greenhouses(self, project: Project) -> None:
        """A proposal that was withdrawn."""
        income = self._receive(project, 2018, "2018-10-08", "72000.00", "3000.00")
        first = self._propose(income, "2018-10-12")
        first.withdraw(reason="村民代表会议认为应留一部分修棚")
        self._propose(income, "2018-11-02", "60000.00", village_use="大棚维修")
