"""Enterprises of the demonstration county and help that says more than a sum: bonus, loans, land, posts, care, wishes.

Everybody is invented; sums are those that the catalogue gives, some planned, some delivered, some near their end.
"""

import datetime
import random
from decimal import Decimal
from typing import Any

from areas.models import Area, Level
from households.models import Household, Person
from measures.models import Enterprise, Measure, Policy, Project
from measures.proposals import propose, rates

# Kind, name, business, heads of the poor it employs.
FIRMS = (
    ("扶贫车间", "演示服装加工车间", "服装来料加工", 18),
    ("扶贫车间", "演示手套编织车间", "手套编织", 9),
    ("合作社", "演示马铃薯种植合作社", "马铃薯种植", 32),
    ("合作社", "演示畜禽养殖合作社", "畜禽养殖", 12),
    ("企业", "演示食品有限公司", "农产品加工", 41),
    ("家庭农场", "演示家庭农场", "蔬菜大棚", 4),
    ("合作社", "演示果蔬合作社", "果蔬种植", 0),
)
NEAR, PAST, FAR = datetime.date(2018, 12, 10), datetime.date(2018, 10, 31), datetime.date(2020, 6, 30)
LOAN = {"lender": "演示农商行", "rate": "4.35", "lent": "2018-03-20", "subsidised": "100"}
# Code, what it says, yuan (None: the standard says it), whether it is delivered.
OF_HOME: tuple[tuple[str, dict[str, str], int | None, bool], ...] = (
    (
        "TASK-LAND",
        {
            "form": "流转",
            "area": "3.5",
            "partner": "演示马铃薯种植合作社",
            "since": "2016-10-01",
            "until": NEAR.isoformat(),
        },
        2800,
        True,
    ),
    (
        "TASK-ORDER",
        {
            "partner": "演示食品有限公司",
            "product": "马铃薯",
            "signed": "2018-03-01",
            "until": PAST.isoformat(),
        },
        4600,
        True,
    ),
    ("TASK-FARM-INS", {"crop": "马铃薯价格", "area": "3", "premium": "54"}, None, False),
    ("TASK-FARM-SERVICE", {"item": "机收", "market": "80", "price": "60"}, 40, True),
)
OF_PERSON: tuple[tuple[str, dict[str, str], int | None, bool], ...] = (
    (
        "LOAN-FOUNDER-PROV",
        {**LOAN, "mode": "自贷创业", "guarantee": "创业担保资金", "until": NEAR.isoformat()},
        30_000,
        True,
    ),
    (
        "TASK-WELFARE-POST",
        {
            "post": "保洁",
            "employer": "演示村委会",
            "since": "2018-01-01",
            "until": FAR.isoformat(),
            "ground": "其他就业困难",
        },
        6000,
        True,
    ),
    (
        "TASK-JOB-AID",
        {"class": "拟就业", "state": "未就业", "wish": "本镇务工", "service": "职业介绍"},
        0,
        True,
    ),
    (
        "TASK-SICK",
        {"class": "慢病签约管理", "doctor": "演示医生", "signed": "2018-02-10", "result": "随访"},
        0,
        True,
    ),
    ("TASK-EIGHT", dict.fromkeys((f"item{place}" for place in range(1, 9)), "是"), 0, True),
    ("TASK-URGENT", {"found": "2018-11-12", "cause": "重病"}, None, False),
)
# Of members who can work: what they said of a course, and courses that some have had.
OF_WORKER: tuple[tuple[str, dict[str, str], int | None, bool], ...] = (
    ("TASK-SKILL", {"willing": "愿意", "asked": "2018-03-06", "skill": "家政服务"}, None, False),
    ("TASK-SKILL", {"willing": "不愿意", "asked": "2018-03-06"}, None, False),
    (
        "TRAIN-FREE",
        {"course": "家政服务培训", "days": "7", "organiser": "演示职业培训学校", "finished": "是"},
        0,
        True,
    ),
)
OF_VILLAGE: tuple[tuple[str, dict[str, str], int | None, bool], ...] = (
    ("TASK-RUN-FUND", {"mean": "80000", "funds": "96000"}, 96_000, True),
    (
        "TASK-FARM-TECH",
        {"technician": "演示农技员", "sessions": "6", "people": "180", "leaflets": "400"},
        0,
        True,
    ),
)
# Where the 电商 centre and stations are, and contract work: what it says; no yuan, all delivered.
CENTRE = {"operator": "演示电商公共服务中心", "opened": "2017-05-01"}
STATION = {"operator": "演示电商服务站", "opened": "2017-09-01"}
POINT = {"operator": "演示电商服务点", "opened": "2018-03-01"}
WORKPLACE = {"operator": "演示来料加工点", "opened": "2018-03-01", "people": "6"}
# A town in so many has no station yet, one village in so many its point, two in three with poor people contract work.
WITHOUT_STATION, WITH_POINT, WITH_WORK = 6, 3, (1, 2)
EACH, MOST, WORKER = 3, 90, "普通劳动力"
CARRIED, CARRIER = "冷库扩建", "演示食品有限公司"


def load(county: Area, *, by: Any, today: datetime.date, rng: random.Random) -> int:
    """How many measures were entered."""
    standing = Area.objects.filter(parent__parent=county, level=Level.VILLAGE, valid_to__isnull=True)
    villages = list(standing.select_related("parent"))
    homes = list(Household.objects.in_area(county).in_register().order_by("number")[:300])
    policies = {row.code: row for row in Policy.objects.in_force(today)}
    known, count = rates(today), 0

    def enter(code: str, said: dict[str, str], yuan: int | None, done: bool, **of: Any) -> None:
        worked = propose(policies[code], known, said=said) if yuan is None else None
        amount = Decimal(yuan) if yuan is not None else worked.value if worked else None
        measure = Measure.plan(
            policies[code],
            year=today.year,
            on=datetime.date(today.year, 1, 20),
            by=by,
            amount=amount,
            working=worked.working if worked else "",
            extras=said,
            **of,
        )
        if done:
            on = datetime.date(today.year, rng.randrange(4, 11), rng.randrange(1, 28))
            measure.deliver(
                on=on,
                amount=amount or Decimal(0),
                payer="演示区扶贫办",
                voucher=f"演示{on:%m%d}",
                by=by,
                today=today,
            )

    for code, said, area in _points(county, villages):
        enter(code, said, 0, True, village=area)
        count += 1
    for kind, name, business, heads in FIRMS:
        firm = Enterprise.objects.create(
            area=rng.choice(villages),
            name=name,
            kind=kind,
            business=business,
            poor_employed=heads,
            lifted=heads // 3,
        )
        if kind == "扶贫车间":
            pay = {"people": str(heads), "agreement": "2018-01-15", "months": "12", "pay": "6200"}
            enter("WORKSHOP-PER-HEAD", pay, None, heads > 10, enterprise=firm)
            count += 1
        elif heads > 20:
            loan = {
                **LOAN,
                "mode": "企贷增收",
                "guarantee": "其他",
                "people": str(heads),
                "until": FAR.isoformat(),
            }
            enter("LOAN-EMPLOYER", loan, heads * 30_000, True, enterprise=firm)
            count += 1
    for task in OF_HOME:
        for home in rng.sample(homes, EACH):
            enter(*task, household=home)
            count += 1
    for task in OF_PERSON:
        for home in rng.sample(homes, EACH):
            enter(*task, person=home.head)
            count += 1
    for task in OF_VILLAGE:
        for village in rng.sample(villages, EACH):
            enter(*task, village=village)
            count += 1
    workers = list(Person.objects.filter(household__in=homes, present=True, labour_capacity=WORKER))
    for task, some in zip(OF_WORKER, _thirds(rng.sample(workers, min(MOST, len(workers)))), strict=True):
        for person in some:
            enter(*task, person=person)
            count += 1
    _carry(CARRIED, Enterprise.objects.get(name=CARRIER))
    return count


def _points(county: Area, villages: list[Area]) -> list[tuple[str, dict[str, str], Area]]:
    """电商 of the three levels, one town without; contract work in some of the villages with poor people."""
    towns = sorted({village.parent for village in villages if village.parent}, key=lambda town: town.code)
    found = [("TASK-ECOM-COUNTY", CENTRE, county)]
    found += [
        ("TASK-ECOM-TOWN", STATION, town) for place, town in enumerate(towns, 1) if place % WITHOUT_STATION
    ]
    homes_in = {home.village_id for home in Household.objects.in_area(county).in_register()}
    for place, village in enumerate(sorted(villages, key=lambda one: one.code)):
        if place % WITH_POINT == 0:
            found.append(("TASK-ECOM", POINT, village))
        if village.pk in homes_in and place % 3 in WITH_WORK:
            found.append(("TASK-PROCESS", WORKPLACE, village))
    return found


def _thirds(people: list[Any]) -> list[list[Any]]:
    return [people[place :: len(OF_WORKER)] for place in range(len(OF_WORKER))]


def _carry(name: str, firm: Enterprise) -> None:
    """The firm is to carry the project of this name, which waits with its town."""
    for project in Project.objects.filter(name__contains=name, submitted=False):
        project.rewrite(seen=project.version, enterprise=firm, level="省级")
