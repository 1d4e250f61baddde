"""A small office at work: money and projects, help by society, deliveries, lists at several stages, houses rebuilt.

Everything was recorded on its own day, so that figures of any day can be asked for.
"""

import datetime
import uuid
from decimal import Decimal

from audits.procedures import ListKind
from households.models import Helper, Visit
from measures.models import FundEntry, FundSource, Measure, Policy, Project, SocialHelp
from tests.audits.driver import Driver, evening
from tests.measures.project_world import WISHES
from villages.models import Inspection, Rectification, WorkEvent

TODAY = datetime.date(2018, 11, 20)
SPRING = datetime.date(2018, 3, 1)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def money(kind: str, source, amount: str, on: str, project=None, at=None) -> FundEntry:
    payee = {"payee": "演示工程队", "payee_kind": "施工单位"} if kind == "支付" else {}
    return FundEntry.enter(
        kind=kind,
        area=project.area if project else source.area,
        source=source,
        project=project,
        amount=Decimal(amount),
        on=day(on),
        document="演示凭证",
        by=None,
        today=TODAY,
        at=at or evening(day(on)),
        once=uuid.uuid4(),
        **payee,
    )


def project(area, name: str, year: int = 2018, on: str = "2018-03-01", at=None) -> Project:
    facts = {**WISHES, "name": name, "year": year}
    return Project.apply(by=None, on=day(on), at=at or evening(day(on)), area=area, **facts)


def source(ground, kind: str, budget: str, on: datetime.date = SPRING) -> FundSource:
    """Money of the county in the year of the day."""
    return FundSource.open(
        area=ground.county, year=on.year, kind=kind, name=f"演示{kind}专项", budget=Decimal(budget),
        document="演示财〔2018〕1号", by=None, on=on, at=evening(on), once=uuid.uuid4(),
    )  # fmt: skip


def step(one: Project, key: str, on: str, at=None, **facts) -> None:
    getattr(one, key)(
        by=None, on=day(on), today=TODAY, seen=one.version, recorded_at=at or evening(day(on)), **facts
    )


def funded(ground) -> None:
    """Two sources; a project of a village, of a town and of the county; one cancelled, one of another year."""
    central, own = source(ground, "中央", "90000.50"), source(ground, "区", "10000")
    canal, road, post = (
        project(area, name)
        for area, name in (
            (ground.village, "演示渠"),
            (ground.other_town, "演示路"),
            (ground.county, "演示岗"),
        )
    )
    project(ground.sibling_village, "演示旧项目", 2017, "2017-03-01")
    dropped = project(ground.other_village, "演示不办的")
    step(dropped, "cancel", "2018-04-01", opinion="演示重复")
    for one in (canal, road, post):
        step(one, "submit", "2018-03-05", chosen_on=SPRING)
        step(one, "approve", "2018-04-02", document="演示批")
        step(one, "start", "2018-05-02", contractor="演示工程队")
    money("分配", central, "50000.25", "2018-05-10", canal)
    money("分配", central, "20000", "2018-06-10", road)
    money("分配", own, "5000", "2018-06-10", post)
    money("支付", central, "30000.25", "2018-07-10", canal)
    last = money("支付", own, "1000", "2018-08-10", post)
    last.counter(
        reason="演示付错",
        by=None,
        on=day("2018-09-10"),
        today=TODAY,
        at=evening(day("2018-09-10")),
        once=uuid.uuid4(),
    )


def helped(ground) -> None:
    """Cooperation of three years at three levels; one before, one given up, one that is no cooperation."""
    for area, title, on, people, amount, kind in (
        (ground.county, "演示劳务协作", "2016-05-01", 300, "1000.50", "扶贫协作"),
        (ground.county, "演示劳务协作", "2017-05-01", 500, None, "扶贫协作"),
        (ground.town, "演示培训协作", "2018-05-01", None, "250", "扶贫协作"),
        (ground.other_village, "演示产业协作", "2018-10-01", 7, "99.99", "扶贫协作"),
        (ground.town, "演示早年协作", "2015-05-01", 9, "9", "扶贫协作"),
        (ground.town, "演示捐赠", "2018-05-01", 9, "9", "社会捐赠"),
    ):
        SocialHelp.objects.create(
            kind=kind,
            title=title,
            area=area,
            giver="演示协作区",
            giver_kind="协作区县",
            start_on=day(on),
            people=people,
            amount=None if amount is None else Decimal(amount),
            state="进行中",
        )
    SocialHelp.objects.create(
        kind="扶贫协作", title="演示没成", area=ground.town, giver="演示", start_on=day("2018-02-01"),
        state="已取消", state_reason="演示",
    )  # fmt: skip


def delivered(ground, homes) -> None:
    """Deliveries of this month, this year and last year, in yuan and in kind, to households and to a village."""
    policies = list(Policy.objects.filter(chapter__in=("教育", "健康", "产业")).order_by("pk"))
    by = {
        chapter: next(one for one in policies if one.chapter == chapter)
        for chapter in ("教育", "健康", "产业")
    }
    for home, chapter, on, amount, unit in (
        (homes[0], "教育", "2018-11-05", "300.10", "元"),
        (homes[0], "健康", "2018-05-05", "200", "元"),
        (homes[1], "教育", "2018-06-05", "3", "只"),
        (homes[2], "教育", "2018-11-20", "100", "元"),
        (homes[2], "健康", "2017-11-05", "50", "元"),
    ):
        Measure.objects.create(
            policy=by[chapter], household=home, year=day(on).year, state="落实", planned_on=day(on),
            delivered_on=day(on), payer="演示局", amount=Decimal(amount), unit=unit,
        )  # fmt: skip
    Measure.objects.create(
        policy=by["产业"], village=ground.village, year=2018, state="落实", planned_on=SPRING,
        delivered_on=day("2018-11-06"), payer="演示局", amount=Decimal(40), unit="元",
    )  # fmt: skip
    Measure.objects.create(policy=by["产业"], household=homes[3], year=2018, state="计划", planned_on=SPRING)


def inspected(ground, town, district) -> None:
    """Inspections of four kinds and two years, one struck out and one written down late; reports; problems at each step."""
    told = {
        "body": "演示",
        "inspectors": "演示",
        "inspected": "演示",
        "findings": "演示",
        "independent": True,
    }
    for area, kind, on, grade, fed, recorded in (
        (ground.village, "驻村督查", "2018-11-08", "差", None, "2018-11-08"),
        (ground.town, "月度督查", "2018-11-06", "一般", None, "2018-11-07"),
        (ground.town, "月度督查", "2018-10-08", "好", "2018-11-01", "2018-10-08"),
        (ground.other_town, "第三方监测", "2018-05-05", "好", "2018-05-15", "2018-05-10"),
        (ground.county, "年度验收", "2017-12-05", "好", None, "2017-12-05"),
    ):
        Inspection.objects.create(area=area, kind=kind, on=day(on), grade=grade, fed_on=fed and day(fed), fed_to="演示",
                                  recorded_at=evening(day(recorded)), **told)  # fmt: skip
    struck = Inspection.objects.create(
        area=ground.village, kind="月度督查", on=day("2018-09-06"), grade="好", recorded_at=evening(day("2018-09-06")), **told
    )  # fmt: skip
    struck.strike(by=district, at=evening(day("2018-11-10")), reason="演示")
    for kind, on, recorded in (
        ("月度报告", "2018-11-03", "2018-11-03"), ("月度报告", "2018-10-03", "2018-10-03"),
        ("月调度", "2018-10-09", "2018-10-09"), ("月调度", "2017-10-09", "2017-10-09"),
    ):  # fmt: skip
        WorkEvent.objects.create(area=ground.county, kind=kind, on=day(on), title="演示", host="演示", content="演示",
                                 recorded_at=evening(day(recorded)))  # fmt: skip
    for area, source, found, due, steps in (
        (ground.village, "督查", "2018-06-01", "2018-07-01", ()),
        (ground.town, "督查", "2018-07-01", "2018-10-01", ("plan", "report", "verify")),
        (ground.other_village, "审计", "2018-08-01", "2018-12-01", ("plan", "report", "send_back")),
        (ground.county, "考核", "2018-10-01", "2018-12-01", ("plan", "report", "verify")),
        (ground.village, "第三方监测", "2017-11-01", "2018-10-15", ("plan",)),
    ):
        one = Rectification.objects.create(area=area, source=source, problem="演示", holder="演示", due_on=day(due),
                                           recorded_at=evening(day(found)))  # fmt: skip
        on = day(found)
        for act in steps:
            on += datetime.timedelta(days=20)
            words = {"plan": {"measures": "演示", "by": town}, "report": {"result": "演示", "by": town}}
            getattr(one, act)(**words.get(act, {"note": "演示", "by": district}), at=evening(on))


def looked_after(homes) -> None:
    """One household with a helper and visits, one whose helper has gone, one visited long ago; one visit struck out."""
    first, second, third = homes[:3]
    for home, start, end in (
        (first, "2016-03-01", None), (second, "2016-03-01", "2018-10-31"), (third, "2018-01-05", None),
    ):  # fmt: skip
        Helper.objects.create(household=home, name="演示帮", unit_name="演示单位", phone="13900000000",
                              start_on=day(start), end_on=end and day(end))  # fmt: skip
    for home, on, recorded, facts in (
        (first, "2018-11-06", "2018-11-06", {"satisfied": True}),
        (first, "2018-10-30", "2018-11-02", {"satisfied": False, "needs_found": ("看病就医",), "follow_up": "联系医院"}),
        (first, "2018-05-04", None, {"needs_found": ("产业发展", "其他"), "follow_up": "报项目", "follow_up_on": day("2018-11-01")}),
        (second, "2018-06-07", "2018-06-07", {"way": "电话联系", "needs_found": ("其他",)}),
        (third, "2018-11-12", "2018-11-12", {"satisfied": True}),
        (third, "2017-12-31", "2017-12-31", {"satisfied": True}),
    ):  # fmt: skip
        Visit.objects.create(household=home, visited_on=day(on), visitor="演示帮", notes="查看",
                             recorded_at=recorded and evening(day(recorded)), **{"way": "入户走访", **facts})  # fmt: skip
    struck = Visit.objects.create(household=second, visited_on=day("2018-11-01"), way="入户走访", visitor="演示帮",
                                  notes="查看", recorded_at=evening(day("2018-11-01")))  # fmt: skip
    struck.strike(by=None, at=evening(day("2018-11-10")), reason="演示")


def listed(ground, cast, make_household, office_day) -> None:
    """Houses paid, building and struck off; an application at its first stage; each step recorded on its day."""
    cast["department"].duties.update(unit="住建")
    driver = Driver(ground, cast)
    card = {"bank_name": "演示银行", "bank_account": "990405100000001234"}

    def opened(kind: str, home, on: datetime.date):
        office_day(on)
        return driver.open(kind, home, on=on)

    def along(one, stage: str | None, on: datetime.date) -> None:
        while one.is_open and one.stage != stage:
            office_day(on)
            on = driver.step(one, on)

    paid = opened(ListKind.RENOVATION, make_household(persons=1, **card), day("2018-06-01"))
    along(paid, None, day("2018-06-01"))
    built = opened(ListKind.RENOVATION, make_household(persons=2, **card), day("2018-09-03"))
    along(built, built.procedure.stages[-2].key, day("2018-09-03"))
    struck = opened(ListKind.RENOVATION, make_household(persons=3, **card), day("2018-09-03"))
    office_day(day("2018-10-01"))
    struck.strike_off(struck.entries.get(), by=cast["village"], on=day("2018-10-01"), reason="演示不符合")
    opened(ListKind.ENTRY, make_household(on=None), day("2018-10-08"))
    office_day(TODAY)
