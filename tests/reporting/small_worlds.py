"""Small worlds drawn at random: a dozen households in two counties of one city and what happens to them over three
years, money, help, key villages, a plan; what else an office has is in small_office.py.
"""

import datetime
import random
import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import F

from areas.models import Area
from households.codes import CODES
from households.models import ColourChange, Helper, Household, Person, StatusEvent
from measures.models import Enterprise, FundSource, Measure, Policy, Project, ProjectDecision, SocialHelp
from measures.models.fund import SourceKind
from measures.models.policy import MEASURE_CHAPTERS
from reporting.models import PlanTable
from reporting.reading import read_plan
from tests.reporting import office_world, small_office
from tests.reporting.conftest import PLANNED
from tests.reporting.small_days import ASKED, GREAT, LAST, TODAY, Course, edged, evening, recorded
from tests.reporting.tables import as_csv, persons, villages
from tests.reporting.test_exit_tally import removal_reason
from villages.models import KeyVillage

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
# Whatever is recorded of a household has a moment of its own.
MINUTE = datetime.timedelta(minutes=1)


def build(rng: random.Random, ground, make_household, by) -> list[Household]:
    """A dozen households and what happens to them, money, help, deliveries, key villages and a plan."""
    ground_of = [ground.village, ground.sibling_village, ground.other_village, ground.foreign_village]
    homes = [_entered(rng, make_household, ground_of) for _ in range(rng.randrange(5, 13))]
    _described(rng)
    _kept(homes)
    for on in _days(rng):
        homes += happens(rng, rng.choice(homes), ground_of, on)
    for home in homes:
        ColourChange.objects.filter(household=home).delete()
        judged(rng, home, FIRST, 1000)
        judged(rng, home, rng.choice(ASKED), 1)
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


def _days(rng: random.Random) -> list[datetime.date]:
    """Two things at each great edge, and others in between."""
    found, on = [day for day in GREAT if FIRST < day <= TODAY] * 2, FIRST
    while on < TODAY:
        found.append(on)
        on += datetime.timedelta(days=rng.randrange(5, 60))
    return sorted(found)


def _entered(rng: random.Random, make_household, places) -> Household:
    """Most of them of the first year, which is the base of the plans."""
    day = datetime.date(
        rng.choice([2015] * 6 + [2016, 2017, 2018]), rng.randrange(1, 11), rng.randrange(1, 28)
    )
    on = edged(rng, day, datetime.date(2015, 1, 1))
    home = make_household(
        village=rng.choice(places),
        persons=rng.randrange(1, 8),
        standard=rng.choice(["国家标准", "省定标准"]),
        poverty_cause=rng.choice(CAUSES),
        on=on,
    )
    StatusEvent.objects.filter(household=home).update(recorded_at=recorded(rng, on))
    return home


def _described(rng: random.Random) -> None:
    """Every person by chance: all that a policy or the structure of the register asks of."""

    def word(name: str) -> str:
        return rng.choice(CODES[name].words)

    for person in Person.objects.all():
        years = rng.choice(
            [rng.randrange(1, 95), rng.randrange(2, 24), rng.randrange(57, 64), rng.randrange(77, 103)]
        )
        Person.objects.filter(pk=person.pk).update(
            birth_date=rng.choice([TODAY - datetime.timedelta(days=years * 365 + rng.randrange(364)),
                                   (edge := rng.choice(GREAT)).replace(year=edge.year - years - 1)]),
            health=rng.choice([("健康",), ("残疾",), ("长期慢性病", "残疾"), ("患有大病",), ("长期慢性病",), ()]),
            disability_category=word("disability_category"),
            disability_grade=word("disability_grade"),
            labour_capacity=rng.choice(["", word("labour_capacity")]),
            schooling=rng.choice(["", "非在校生", "学前教育", "小学", word("schooling"), word("schooling")]),
            political_status=rng.choice(["中共党员", "群众"]),
            support_mode=rng.choice(["", *CODES["support_mode"].words]),
            **{name: rng.choice([True, False, None]) for name in TICKS},
        )  # fmt: skip


def _kept(homes: list[Household]) -> None:
    """The first version of each record, of when its entry was recorded."""
    for event in StatusEvent.objects.filter(household__in=homes).select_related("household"):
        for record in (event.household, *Person.objects.filter(household=event.household_id)):
            small_office.versioned(record, "+", event.recorded_at)


def happens(
    rng: random.Random, home, places, on: datetime.date, until: datetime.date = TODAY
) -> list[Household]:
    """Something that may happen to a household; what cannot does not. The households that came of it."""
    home.refresh_from_db()
    if on < home.last_event_on:
        return []
    last = home.events.latest("pk")
    course = Course(rng, max(last.on, TODAY) if until > TODAY else last.on, last.recorded_at + MINUTE, until)
    act = {**course.go(on), "by": None, "origin": "历史导入"}
    try:
        match rng.randrange(11):
            case 0 | 1 | 2:
                (home.leave_poverty if home.in_register else home.return_to_poverty)(**act)
            case 3 | 4:
                home.move_to(rng.choice([one for one in places if one.pk != home.village_id]), **act)
            case 5:
                home.correct_standard(standard=rng.choice(["国家标准", "省定标准"]), reason="演示", **act)
            case 6:
                if rng.random() < 0.3:
                    home.cancel(removal_reason=removal_reason(), **act)
            case 7:
                home.reverse_exit(reason="演示", **act)
            case 8 | 9 | 10 as kind:
                return _of_members(rng, home, kind, act)
    except ValidationError:
        pass
    return []


def _of_members(rng: random.Random, home, kind: int, act: dict) -> list[Household]:
    """One is born, goes, or becomes a household of his own; the versions that an office's act writes are written."""
    others = [one for one in home.present_persons() if one.relation != "户主"]
    if kind == 8 or not others:
        facts = {"id_type": "出生医学证明", "id_number": f"W{Person.objects.count():09}", "health": ("健康",)}
        one = Person(name="演示新", sex="女", birth_date=act["on"], relation="其他", **facts)
        home.person_joins(one, join_reason="新生儿", **act)
        changed = [home, one]
    elif kind == 9:
        one = rng.choice(others)
        home.person_leaves(one, leave_reason="死亡", **act)
        changed = [home, one]
    else:
        one = rng.choice(others)
        changed = [home, one, home.split([one], head=one, **act)]
    for record in changed:
        small_office.versioned(record, "~", act["recorded_at"])
    return changed[2:]


def judged(rng: random.Random, home, since: datetime.date, days: int) -> None:
    for _ in range(rng.randrange(3)):
        on = edged(rng, since + datetime.timedelta(days=rng.randrange(days)), since, LATER)
        ColourChange.objects.create(household=home, on=on, colour=rng.choice(COLOURS))


def _money(rng: random.Random, ground, places) -> None:
    """Sources of two years, and projects that went some way along their stages."""
    for year in (2017, 2018):
        sources = [_source(rng, ground.county, year, kind) for kind in rng.sample(SourceKind.values, 3)]
        for number in range(rng.randrange(2, 6)):
            place = rng.choice([*places[:3], ground.town, ground.county])
            spring = datetime.date(year, 3, 1)
            course = Course(rng, spring, recorded(rng, spring))
            one = office_world.project(place, f"演示{year}{number}", year, f"{spring}", course.at)
            _along(rng, one, sources, year, course)


def _source(rng: random.Random, county, year: int, kind: str) -> FundSource:
    on = edged(rng, datetime.date(year, 3, 1), datetime.date(year, 1, 1))
    made = FundSource.open(
        area=county, year=year, kind=kind, name=f"演示{kind}", budget=Decimal(100000), document="演示", by=None, on=on,
        at=recorded(rng, on), once=uuid.uuid4(),
    )  # fmt: skip
    last = rng.choice([day for day in LAST if day.year == year])
    office_world.money("预算", made, "77", f"{last}", at=recorded(rng, last))
    return made


def _along(rng: random.Random, one, sources, year: int, course: Course) -> None:
    def next_day(month: int, day: int) -> tuple[str, datetime.datetime]:
        course.go(datetime.date(year, month, day))
        return f"{course.on}", course.at

    office_world.step(one, "submit", *next_day(3, 5), chosen_on=datetime.date(year, 3, 1))
    if rng.random() < 0.15:
        office_world.step(one, "cancel", *next_day(rng.choice([3, 9]), 20), opinion="演示")
        return
    if rng.random() < 0.2:
        return
    office_world.step(one, "approve", *next_day(4, 2), document="演示")
    office_world.step(one, "start", *next_day(rng.choice([5, 9]), 2), contractor="演示", document="演示")
    amount = f"{rng.randrange(1, 900)}.{rng.randrange(10, 99)}"
    source, (on, at) = rng.choice(sources), next_day(*rng.choice([(6, 29), (9, 10), (9, 19)]))
    office_world.money("分配", source, amount, on, one, at)
    if rng.random() < 0.6:
        on, at = next_day(rng.choice([9, 10]), 20)
        office_world.money("支付", source, rng.choice([amount, "0.55"]), on, one, at)
    # Works report progress and papers first; of the further stages only the steps themselves are asked here.
    for place, (key, stage) in enumerate(LAST_STEPS):
        if rng.random() < 0.4:
            return
        ProjectDecision.objects.create(
            project=one, step=key, from_stage=one.stage, to_stage=stage,
            **course.go(datetime.date(year, 10, 2 + 2 * place)), plan_money=1, allocated=0, paid=0, progress=100,
        )  # fmt: skip
        dated = {"accepted_on": course.on} if key == "accept" else {}
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
        on = edged(rng, FIRST + datetime.timedelta(days=rng.randrange(-200, 1050)))
        to = rng.choice([{"household": rng.choice(homes)}] * 6 + [{"village": rng.choice(places)}]
                        + [{"village": ground.town}, {"village": ground.county}, {"enterprise": workshop}])  # fmt: skip
        delivered(rng, rng.choice(policies), on, **to)
    for place in rng.sample([*places[:3], ground.town, ground.county], 4):
        code = {"village": rng.choice(["TASK-ECOM", "TASK-PROCESS"]), "town": "TASK-ECOM-TOWN"}
        on = edged(rng, datetime.date(2017, rng.randrange(1, 12), rng.randrange(1, 20)))
        over = edged(rng, datetime.date(2018, rng.randrange(1, 10), 15), on)
        closed = {"closed": f"{over}"} if rng.random() < 0.3 else {}
        Measure.objects.create(
            policy=Policy.objects.get(code=code.get(place.level, "TASK-ECOM-COUNTY")), village=place, year=on.year,
            state="落实", planned_on=on, delivered_on=on, payer="演示", amount=0, extras=closed,
        )  # fmt: skip
    for _ in range(rng.randrange(1, 9)):
        SocialHelp.objects.create(
            kind=rng.choice(["扶贫协作", "扶贫协作", "社会捐赠"]), title="演示", giver="演示",
            state=rng.choice(["进行中", "已完成"]), area=rng.choice([*places, ground.town, ground.county]),
            start_on=edged(rng, datetime.date(rng.choice([2015, 2016, 2017, 2018]), rng.randrange(1, 11), 3)),
            people=rng.choice([None, rng.randrange(90)]), amount=rng.choice([None, Decimal(rng.randrange(900))]),
        )  # fmt: skip


def delivered(rng: random.Random, policy: Policy, on: datetime.date, **to) -> None:
    Measure.objects.create(
        policy=policy, year=on.year, state="落实", planned_on=on, delivered_on=on, payer="演示",
        amount=Decimal(rng.randrange(50000)) / 100, unit=rng.choice(["元", "元", "只"]), **to,
    )  # fmt: skip


def _key_villages(rng: random.Random, places) -> None:
    for village in rng.sample(places, 3):
        since = edged(rng, rng.choice([FIRST, datetime.date(2012, 3, 1)]))
        course = Course(rng, since, recorded(rng, since))
        chosen = KeyVillage.designate(
            area=village, level=rng.choice(["省定", "市定"]), batch="十二五", on=since, by=None,
            recorded_at=course.at,
        )  # fmt: skip
        on = since
        for _ in range(4):
            on += datetime.timedelta(days=rng.randrange(100, 1100))
            if on >= TODAY:
                break
            act = {**course.go(on), "by": None}
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
    # The office's day went on, the real clock, which dates versions, did not.
    for model in (Helper, Person, Household):
        model.history.update(history_date=F("history_date") - (LATER - TODAY))
    places = [ground.village, ground.sibling_village, ground.other_village, ground.foreign_village]
    policies = list(Policy.objects.filter(chapter__in=MEASURE_CHAPTERS).order_by("pk"))
    on = TODAY
    while on < LATER:
        home = rng.choice(homes)
        homes += happens(rng, home, places, on, LATER)
        delivered(rng, rng.choice(policies), edged(rng, on, TODAY, LATER), household=home)
        judged(rng, home, on, 20)
        small_office.visited(rng, home, on)
        on += datetime.timedelta(days=rng.randrange(2, 9))
    for key in KeyVillage.objects.filter(on_list=True)[:1]:
        key.remove_cap(on=LATER, by=None, recorded_at=evening(LATER))
