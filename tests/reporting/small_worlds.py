"""Small worlds drawn at random: a dozen households in two counties of one city and what happens to them over three
years, money, help, key villages, a plan; what else an office has is in small_office.py.
"""

import datetime
import random
import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError

from areas.models import Area
from households.codes import CODES
from households.models import ColourChange, Household, Person
from measures.models import Enterprise, FundSource, Measure, Policy, Project, ProjectDecision, SocialHelp
from measures.models.fund import SourceKind
from measures.models.policy import MEASURE_CHAPTERS
from office.clock import SHANGHAI
from reporting.models import PlanTable
from reporting.reading import read_plan
from tests.reporting import office_world, small_office
from tests.reporting.conftest import PLANNED
from tests.reporting.tables import as_csv, persons, villages
from tests.reporting.test_exit_tally import removal_reason
from villages.models import KeyVillage

TODAY = office_world.TODAY
# The day up to which the year after goes on.
LATER = datetime.date(2019, 3, 20)
CAUSES = CODES["poverty_cause"].words
LAST_STEPS = (("finish", "竣工验收"), ("accept", "拨付"), ("settle", "后续管护"), ("share", "收益分配"))
TICKS = (
    "subsistence_allowance", "extremely_poor_support", "employee_pension", "resident_pension", "boarding", "orphan",
    "child_in_difficulty",
)  # fmt: skip
COLOURS = ["红", "橙", "黄", "绿", ""]
FIRST = datetime.date(2016, 1, 4)


def evening(on: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(on, datetime.time(18), SHANGHAI)


def build(rng: random.Random, ground, make_household, by) -> list[Household]:
    """A dozen households and what happens to them, money, help, deliveries, key villages and a plan."""
    ground_of = [ground.village, ground.sibling_village, ground.other_village, ground.foreign_village]
    homes = [
        make_household(
            village=rng.choice(ground_of),
            persons=rng.randrange(1, 8),
            standard=rng.choice(["国家标准", "省定标准"]),
            poverty_cause=rng.choice(CAUSES),
            on=datetime.date(2015, rng.randrange(1, 13), rng.randrange(1, 28)),
        )
        for _ in range(rng.randrange(5, 13))
    ]
    _described(rng)
    on = FIRST
    while on < TODAY:
        happens(rng, rng.choice(homes), ground_of, on)
        on += datetime.timedelta(days=rng.randrange(5, 60))
    for home in homes:
        ColourChange.objects.filter(household=home).delete()
        judged(rng, home, FIRST, 1000)
        Household.objects.filter(pk=home.pk).update(reservoir_resettler=rng.choice([True, False, None]))
    _money(rng, ground, ground_of)
    _help(rng, ground, homes, ground_of)
    _key_villages(rng, ground_of)
    if rng.random() < 0.6:
        # One of the two areas of which a plan prints a path by 生态补偿.
        Area.objects.filter(pk=ground.county.pk).update(name="台儿庄区")
        ground.county.refresh_from_db()
    if rng.random() < 0.7:
        _plan(rng)
    small_office.build(rng, ground, homes, by)
    return homes


def _described(rng: random.Random) -> None:
    """Every person by chance: all that a policy or the structure of the register asks of."""

    def word(name: str) -> str:
        return rng.choice(CODES[name].words)

    for person in Person.objects.all():
        years = rng.choice(
            [rng.randrange(1, 95), rng.randrange(2, 24), rng.randrange(57, 64), rng.randrange(77, 103)]
        )
        Person.objects.filter(pk=person.pk).update(
            birth_date=TODAY - datetime.timedelta(days=years * 365 + rng.randrange(364)),
            health=rng.choice([("健康",), ("残疾",), ("长期慢性病", "残疾"), ("患有大病",), ("长期慢性病",), ()]),
            disability_category=word("disability_category"),
            disability_grade=word("disability_grade"),
            labour_capacity=rng.choice(["", word("labour_capacity")]),
            schooling=rng.choice(["", "非在校生", "学前教育", word("schooling"), word("schooling")]),
            political_status=rng.choice(["中共党员", "群众"]),
            support_mode=rng.choice(["", *CODES["support_mode"].words]),
            **{name: rng.choice([True, False, None]) for name in TICKS},
        )  # fmt: skip


def happens(rng: random.Random, home, places, on: datetime.date) -> None:
    """Something that may happen to a household; what cannot does not."""
    home.refresh_from_db()
    act = {"on": on, "by": None, "origin": "历史导入", "recorded_at": evening(on)}
    try:
        match rng.randrange(7):
            case 0 | 1:
                home.leave_poverty(**act)
            case 2:
                home.return_to_poverty(**act)
            case 3 | 4:
                home.move_to(rng.choice([one for one in places if one.pk != home.village_id]), **act)
            case 5:
                home.correct_standard(standard=rng.choice(["国家标准", "省定标准"]), reason="演示", **act)
            case 6:
                if rng.random() < 0.3:
                    home.cancel(removal_reason=removal_reason(), **act)
    except ValidationError:
        return


def judged(rng: random.Random, home, since: datetime.date, days: int) -> None:
    for _ in range(rng.randrange(3)):
        on = since + datetime.timedelta(days=rng.randrange(days))
        ColourChange.objects.create(household=home, on=on, colour=rng.choice(COLOURS))


def _money(rng: random.Random, ground, places) -> None:
    """Sources of two years, and projects that went some way along their stages."""
    for year in (2017, 2018):
        spring = datetime.date(year, 3, 1)
        sources = [
            FundSource.open(
                area=ground.county, year=year, kind=kind, name=f"演示{kind}", budget=Decimal(100000), document="演示",
                by=None, on=spring, at=evening(spring), once=uuid.uuid4(),
            )
            for kind in rng.sample(SourceKind.values, 3)
        ]  # fmt: skip
        for number in range(rng.randrange(1, 5)):
            place = rng.choice([*places[:3], ground.town, ground.county])
            one = office_world.project(place, f"演示{year}{number}", year, f"{year}-03-01")
            _along(rng, one, sources, year)


def _along(rng: random.Random, one, sources, year: int) -> None:
    office_world.step(one, "submit", f"{year}-03-05", chosen_on=datetime.date(year, 3, 1))
    if rng.random() < 0.15:
        office_world.step(one, "cancel", f"{year}-{rng.choice(['03', '09'])}-20", opinion="演示")
        return
    if rng.random() < 0.2:
        return
    office_world.step(one, "approve", f"{year}-04-02", document="演示")
    office_world.step(
        one, "start", f"{year}-{rng.choice(['05', '09'])}-02", contractor="演示", document="演示"
    )
    amount = f"{rng.randrange(1, 900)}.{rng.randrange(10, 99)}"
    office_world.money("分配", source := rng.choice(sources), amount, f"{year}-09-10", one)
    if rng.random() < 0.6:
        paid = rng.choice([amount, "0.55"])
        office_world.money("支付", source, paid, f"{year}-{rng.choice(['09', '10'])}-20", one)
    # Works report progress and papers first; of the further stages only the steps themselves are asked here.
    for place, (key, stage) in enumerate(LAST_STEPS):
        if rng.random() < 0.4:
            return
        on = datetime.date(year, 10, 2 + 2 * place)
        ProjectDecision.objects.create(
            project=one, step=key, from_stage=one.stage, to_stage=stage, on=on, recorded_at=evening(on),
            plan_money=1, allocated=0, paid=0, progress=100,
        )  # fmt: skip
        dated = {"accepted_on": on} if key == "accept" else {}
        Project.objects.filter(pk=one.pk).update(stage=stage, **dated)
        one.refresh_from_db()


def _help(rng: random.Random, ground, homes, places) -> None:
    """Deliveries of every chapter in three years to households, places and a workshop; help by society."""
    policies = [rng.choice(list(Policy.objects.filter(chapter=chapter))) for chapter in MEASURE_CHAPTERS]
    workshop = Enterprise.objects.create(
        area=rng.choice(places),
        name="演示车间",
        kind=rng.choice(["扶贫车间", "企业"]),
        closed=rng.random() < 0.2,
    )
    for _ in range(rng.randrange(10, 40)):
        on = FIRST + datetime.timedelta(days=rng.randrange(-200, 1050))
        to = rng.choice([{"household": rng.choice(homes)}] * 6 + [{"village": rng.choice(places)}]
                        + [{"village": ground.town}, {"village": ground.county}, {"enterprise": workshop}])  # fmt: skip
        delivered(rng, rng.choice(policies), on, **to)
    for place in rng.sample([*places[:3], ground.town, ground.county], 4):
        code = {"village": rng.choice(["TASK-ECOM", "TASK-PROCESS"]), "town": "TASK-ECOM-TOWN"}
        on = datetime.date(2017, rng.randrange(1, 12), rng.randrange(1, 20))
        closed = {"closed": f"2018-0{rng.randrange(1, 10)}-15"} if rng.random() < 0.3 else {}
        Measure.objects.create(
            policy=Policy.objects.get(code=code.get(place.level, "TASK-ECOM-COUNTY")), village=place, year=2017,
            state="落实", planned_on=on, delivered_on=on, payer="演示", amount=0, extras=closed,
        )  # fmt: skip
    for _ in range(rng.randrange(1, 9)):
        SocialHelp.objects.create(
            kind=rng.choice(["扶贫协作", "扶贫协作", "社会捐赠"]), title="演示", giver="演示",
            state=rng.choice(["进行中", "已完成"]), area=rng.choice([*places, ground.town, ground.county]),
            start_on=datetime.date(rng.choice([2015, 2016, 2017, 2018]), rng.randrange(1, 11), 3),
            people=rng.choice([None, rng.randrange(90)]), amount=rng.choice([None, Decimal(rng.randrange(900))]),
        )  # fmt: skip


def delivered(rng: random.Random, policy: Policy, on: datetime.date, **to) -> None:
    Measure.objects.create(
        policy=policy, year=on.year, state="落实", planned_on=on, delivered_on=on, payer="演示",
        amount=Decimal(rng.randrange(50000)) / 100, unit=rng.choice(["元", "元", "只"]), **to,
    )  # fmt: skip


def _key_villages(rng: random.Random, places) -> None:
    for village in rng.sample(places, 3):
        since = rng.choice([FIRST, datetime.date(2012, 3, 1)])
        chosen = KeyVillage.designate(
            area=village, level=rng.choice(["省定", "市定"]), batch="十二五", on=since, by=None,
            recorded_at=evening(since),
        )  # fmt: skip
        on = since
        for _ in range(4):
            on += datetime.timedelta(days=rng.randrange(100, 1100))
            act = {"on": on, "by": None, "recorded_at": evening(on)}
            if on >= TODAY:
                break
            try:
                match rng.randrange(4):
                    case 0 | 1:
                        chosen.remove_cap(**act)
                    case 2:
                        chosen.return_to_list(**act)
                    case 3:
                        chosen.change_level(level={"省定": "市定", "市定": "省定"}[chosen.level], **act)
            except ValidationError:
                continue


def _plan(rng: random.Random) -> None:
    """A plan of the county and one of its towns in the form of 专栏2: numbers, 全部脱贫 and blanks, right or wrong."""

    def figure() -> str:
        return rng.choice([str(rng.randrange(40)), str(rng.randrange(40)), ""])

    rows = []
    for area in ("全区", "东演示", "西演示"):
        rows += [
            persons(area, standard, "基期2015", str(rng.randrange(1, 90))) for standard in ("省定", "国标")
        ]
        rows += [persons(area, "省定", year, figure()) for year in ("2016", "2017", "2018", "合计")]
        rows.append(persons(area, "国标", rng.choice(["2016", "2017"]), rng.choice(["全部脱贫", figure()])))
        rows += [villages(area, level, "基期2015", figure()) for level in ("合计", "市定", "省定")]
        rows += [villages(area, "省定", "基期2015", figure(), part) for part in ("预退出", "剩余")]
        rows += [
            villages(area, level, year, figure())
            for level in ("合计", "省定")
            for year in ("2016", "2017", "合计")
        ]
    data = as_csv(rows)
    table = PlanTable.take_in(read_plan(data), name="演示规划", data=data, at=PLANNED, on=PLANNED.date())
    table.adopt(by=None, at=PLANNED)


def another_year(rng: random.Random, ground, homes) -> None:
    """What happens in the winter after TODAY: households come and go, are judged and helped; nothing of it is of a year
    that was closed before.
    """
    places = [ground.village, ground.sibling_village, ground.other_village, ground.foreign_village]
    policies = list(Policy.objects.filter(chapter__in=MEASURE_CHAPTERS).order_by("pk"))
    on = TODAY
    while on < LATER:
        home = rng.choice(homes)
        happens(rng, home, places, on)
        delivered(rng, rng.choice(policies), on, household=home)
        judged(rng, home, on, 20)
        on += datetime.timedelta(days=rng.randrange(2, 9))
    for key in KeyVillage.objects.filter(on_list=True)[:1]:
        key.remove_cap(on=LATER, by=None, recorded_at=evening(LATER))
