"""Projects and their money in the demonstration county: in every stage something, one late for each reason.

For 2016 the plan prints 2853.25, 800 and 200 万元 (004 第一章第二节一(二), 第二章第一节二(四), 第十二章第三节一) and no
projects. Which source gave which sum, the sums of 2017 and 2018, and every project are invented (演示).
"""

import csv
import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from demo import ground
from demo.assets import MARK, Incomes, day
from demo.officials import Officials
from demo.store import at
from measures import stages
from measures.models import (
    EntryKind,
    FundEntry,
    FundSource,
    FundYear,
    Project,
    ProjectProgress,
    ProjectRecord,
)

GROWTH = {2017: Decimal("6.80"), 2018: Decimal("5.20")}
STEPS = ("submit", "approve", "return", "cancel", "start", "finish", "accept", "settle", "share")


def rows(name: str) -> list[dict[str, str]]:
    with (ground.DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pairs(text: str) -> list[list[str]]:
    """`a=1|b=2=why` → [[a, 1], [b, 2, why]]."""
    return [part.split("=") for part in text.split("|") if part]


@dataclass(frozen=True)
class Plan:
    """A row of data/projects.csv: what was applied for, and how far it came."""

    row: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.row[name]

    @property
    def start_on(self) -> datetime.date:
        return day(self["start"])

    @property
    def days(self) -> dict[str, datetime.date]:
        """The day of each step that was taken."""
        return {key: day(on) for key, on in pairs(self["steps"])}

    @property
    def reports(self) -> list[tuple[datetime.date, int, str]]:
        """Day, percent, and why late."""
        return [(day(one[0]), int(one[1]), "".join(one[2:])) for one in pairs(self["reports"])]

    @property
    def payments(self) -> list[datetime.date]:
        return [day(one[0]) for one in pairs(self["payments"])]


class Works:
    """Takes the projects through their steps by the hands of the county's officials."""

    def __init__(self, county: Area, officials: Officials, second: User, today: datetime.date) -> None:
        """`second`: of the district too, who decides on what the first has entered."""
        self.county, self.officials, self.second, self.today = county, officials, second, today
        self.sources: dict[str, FundSource] = {}
        self.vouchers = 0
        self.incomes = Incomes(officials, today)

    def write(self) -> int:
        """All of it; how many projects."""
        self._sources()
        made = {row["name"]: self._project(Plan(row)) for row in rows("projects.csv")}
        self._correction(made["村卫生室改造"])
        self._papers(made)
        self.incomes.write(made)
        return len(made)

    def _official(self, role: str, area: Area | None = None) -> User:
        return self.officials.of(role, area or self.county)

    def _sources(self) -> None:
        by = self._official(Role.DISTRICT)
        for row in rows("fund_sources.csv"):
            on = datetime.date(int(row["year"]), 2, 10)
            self.sources[row["key"]] = FundSource.open(
                area=self.county,
                year=on.year,
                kind=row["kind"],
                name=row["name"],
                basis=row["basis"],
                pool=Decimal(row["pool"]) if row["pool"] else None,
                budget=Decimal(row["budget"]),
                document=f"演示财〔{on.year}〕{len(self.sources) + 1}号",
                by=by,
                on=on,
                at=at(on),
                once=uuid.uuid4(),
            )
        for year, growth in GROWTH.items():
            FundYear.objects.create(
                area=self.county,
                year=year,
                revenue_growth=growth,
                source="演示数",
                entered_by=by,
                entered_at=at(datetime.date(year, 2, 1)),
            )

    def _place(self, plan: Plan) -> Area:
        """The village by name or by its place in its town, the town, or the county."""
        if not plan["town"]:
            return self.county
        town = self.county.children.get(name=plan["town"])
        if not plan["place"]:
            return town
        if not plan["place"].isdecimal():
            return town.children.get(name=plan["place"])
        villages = list(town.children.order_by("code"))
        return villages[int(plan["place"]) % len(villages)]

    def _project(self, plan: Plan) -> Project:
        place = self._place(plan)
        clerk = self._official(Role.TOWN, place) if plan["town"] else self._official(Role.DISTRICT)
        first = min(plan.days.values(), default=self.today) - datetime.timedelta(days=9)
        project = Project.apply(
            name=f"{place.short_name}{plan['name']}{MARK}",
            year=plan.start_on.year,
            area=place,
            chapter=plan["chapter"],
            category=plan["category"],
            unit=plan["department"],
            content=f"{plan['name']}，{plan['amount']} {plan['unit']}",
            owner_unit=f"{plan['town']}政府" if plan["town"] else "区扶贫办",
            leader=str(clerk),
            plan_money=Decimal(plan["plan"]),
            work_amount=Decimal(plan["amount"]),
            work_unit=plan["unit"],
            start_on=plan.start_on,
            due_on=day(plan["due"]),
            helped_households=int(plan["households"]),
            helped_persons=int(plan["persons"]),
            benefit="务工、入股和收益分配" if plan["chapter"] == "产业" else "",
            by=clerk,
            on=first,
            at=at(first),
        )
        for key in STEPS:
            if key in plan.days:
                self._step(project, plan, key, clerk)
        if project.stage not in (stages.APPLIED, stages.CANCELLED):
            project.publish(True)
        return project

    def _step(self, project: Project, plan: Plan, key: str, clerk: User) -> None:
        on, of_town = plan.days[key], key in ("submit", "start", "finish", "share")
        # A county's own project is entered by one of the district and decided by the other.
        decides = self._official(Role.DISTRICT) if plan["town"] else self.second
        act: dict[str, Any] = {
            "by": clerk if of_town else decides,
            "on": on,
            "today": self.today,
            "seen": project.version,
            "recorded_at": at(on),
        }
        if key == "submit":
            project.submit(chosen_on=on - datetime.timedelta(days=6), team="驻村第一书记", **act)
        elif key == "approve":
            project.approve(document=f"演示批〔{on.year}〕{project.pk}号", **act)
        elif key == "return":
            project.send_back(opinion="冷库容量和果品产量不相称，请重新测算概算", **act)
        elif key == "cancel":
            project.cancel(opinion="选址在禁养区内", **act)
        elif key == "start":
            self._allocate(project, plan, on)
            project.start(
                contractor="演示建筑工程公司", document=f"演示合同{project.pk}", team="驻村第一书记", **act
            )
        elif key == "finish":
            self._reports(project, plan, clerk, on)
            project.finish(team="驻村第一书记", **{**act, "seen": project.version})
        elif key == "accept":
            self._pay(project, plan, part=True)
            people = "区扶贫办、区财政局、镇经管站各一人"
            document = f"演示验收〔{on.year}〕{project.pk}号"
            project.accept(
                people=people, team="驻村第一书记", document=document, **{**act, "seen": project.version}
            )
        elif key == "settle":
            self._pay(project, plan, part=False)
            project.settle(keeper=f"{project.area.name}村委会", **{**act, "seen": project.version})
        else:
            self.incomes.asset(project, plan["name"], plan.days["accept"], clerk)
            project.share_income(**act)
        if key == "approve" and plan["stage"] == stages.APPROVED:
            self._allocate(project, plan, on)
        if key == "start" and "finish" not in plan.days:
            self._reports(project, plan, clerk, self.today)
            self._pay(project, plan, part=True)
        if key == "finish" and "accept" not in plan.days:
            self._pay(project, plan, part=True)

    def _allocate(self, project: Project, plan: Plan, on: datetime.date) -> None:
        for key, amount in pairs(plan["money"]):
            self._enter(EntryKind.ALLOCATION, project, self.sources[key], Decimal(amount), on)

    def _reports(self, project: Project, plan: Plan, clerk: User, until: datetime.date) -> None:
        for on, percent, why in plan.reports:
            if on <= until:
                overdue = project.due_on < on and bool(why)
                ProjectProgress.report(
                    project,
                    on=on,
                    percent=percent,
                    note="按计划进行" if not why else "补种和收尾",
                    late_reason=why,
                    by=clerk,
                    today=self.today,
                    at=at(on),
                    overdue=overdue,
                )

    def _pay(self, project: Project, plan: Plan, *, part: bool) -> None:
        """The first payment is two fifths of what each source gave, the second the rest."""
        on = plan.payments[0 if part else 1]
        for fund in project.funds.select_related("source"):
            amount = (fund.allocated * 2 / 5).quantize(Decimal("0.01")) if part else fund.left
            self._enter(EntryKind.PAYMENT, project, fund.source, amount, on)

    def _enter(
        self, kind: str, project: Project, source: FundSource, amount: Decimal, on: datetime.date
    ) -> FundEntry:
        self.vouchers += 1
        to: dict[str, Any] = {}
        if kind == EntryKind.PAYMENT:
            account = f"62284899{self.vouchers:011d}"
            to = {
                "payee_kind": "施工单位",
                "payee": "演示建筑工程公司",
                "payee_account": account,
                "note": "工程款",
            }
        return FundEntry.enter(
            kind=kind,
            project=project,
            area=project.area,
            source=source,
            amount=amount,
            on=on,
            document=f"演示〔{on.year}〕{self.vouchers:04d}",
            by=self._official(Role.DISTRICT),
            at=at(on),
            once=uuid.uuid4(),
            **to,
        )

    def _correction(self, project: Project) -> None:
        """A payment that was entered twice and countered."""
        fund, on = project.funds.select_related("source").get(), day("2018-08-21")
        wrong = self._enter(EntryKind.PAYMENT, project, fund.source, Decimal("12600.00"), on)
        by, on = self._official(Role.DISTRICT), day("2018-08-23")
        wrong.counter(
            reason="同一张发票登记了两次", by=by, on=on, today=self.today, at=at(on), once=uuid.uuid4()
        )

    def _papers(self, made: Mapping[str, Project]) -> None:
        by = self._official(Role.DISTRICT)
        for name, kind, on, unit, text, result, grade in (
            (
                "50千瓦村级光伏电站",
                "绩效评价",
                "2017-03-20",
                "区财政局",
                "2016年度资金绩效评价",
                "收益按时分到户",
                "优",
            ),
            (
                "村内道路硬化",
                "群众监督",
                "2016-09-02",
                "村务监督委员会",
                "查看路面厚度和用料",
                "一处返工，已改好",
                "",
            ),
            (
                "饮水安全巩固提升",
                "审计检查",
                "2018-10-12",
                "区审计局",
                "资金拨付进度",
                "验收后应及时付清",
                "",
            ),
            (
                "辣椒种植基地",
                "调度通报",
                "2018-10-31",
                "区扶贫办",
                "十月项目调度通报",
                "进度排名靠后，限期赶工",
                "",
            ),
        ):
            ProjectRecord.objects.create(
                project=made[name],
                kind=kind,
                on=day(on),
                unit=unit,
                text=text,
                result=result,
                grade=grade,
                by=by,
                recorded_at=at(day(on)),
            )
