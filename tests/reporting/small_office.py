"""What a small world has beside its households: lists on their way, houses, teams, inspections, letters, plans, problems,
surveys, doubts, entered values, help by the named policies, pairings and visits. How they are counted again: small_recount/.
"""

import datetime
import random
from decimal import Decimal

from audits import procedures
from audits.models import AuditList, Decision, Entry, HouseCase, Notice
from households.codes import CODES
from households.models import Helper, Household, Living, Person, Shock, Visit
from measures.models import Measure, Policy
from office import clock
from office.models import Finding
from tests.reporting.small_days import ASKED, DAY, TODAY, Course, edged, evening, recorded
from tests.reporting.small_recount import STEPS
from tests.reporting.small_recount.coverage import HOMES, PERSONS, Home
from villages import indicators
from villages.models import (
    Indicator,
    IndicatorValue,
    Inspection,
    InspectionKind,
    Letter,
    PlanItem,
    Post,
    Rectification,
    WorkEvent,
)
from villages.models.post import StayMonth
from villages.models.rectification import PLANNED, REPORTED, SENT_BACK, VERIFIED, Source

# Of a doubt that was settled no day is known on which it waited yet: all are of before.
FIRST = datetime.date(2016, 1, 4)
# To whom what is drawn for a policy mostly goes: those who would be due it in a household that is poor.
POOR = Home(village=0, poor=True, left=None, grade="", struck=False, level="", members=[])


def some_day(rng: random.Random, year: int = 2018) -> datetime.date:
    first = datetime.date(year, 1, 1)
    return edged(rng, first + DAY * rng.randrange(320), first, min(TODAY, datetime.date(year, 12, 31)))


def build(rng: random.Random, ground, homes, by) -> None:
    villages = [ground.village, ground.sibling_village, ground.other_village, ground.foreign_village]
    _lists(rng, ground, homes, by)
    _people_and_work(rng, ground, villages)
    _named_policies(rng, homes)
    _entered(rng, ground)
    _looked_after(rng, homes)


def _lists(rng: random.Random, ground, homes, by) -> None:
    """Lists that passed some stages, were sent back, were closed; what they rest on is not asked here."""
    free = {kind: list(homes) for kind in procedures.TABLES}
    kinds = ["renovation"] * 2 + rng.choices(list(procedures.TABLES), k=rng.randrange(26))
    for number, kind in enumerate(kinds):
        opened = some_day(rng, rng.choice([2017, 2018, 2018]))
        procedure = procedures.current(kind, opened)
        area = rng.choice({"village": [ground.village, ground.other_village, ground.foreign_village],
                           "town": [ground.town, ground.other_town], "county": [ground.county]}[procedure.unit])  # fmt: skip
        stages, at = [stage.key for stage in procedure.stages], 0
        # To any stage, also of a long procedure, or to the end.
        goal = rng.randrange(len(stages) + 1)
        course = Course(rng, opened, recorded(rng, opened))
        made = AuditList.objects.create(
            kind=kind, area=area, year=opened.year, batch=number + 1, procedure_version=procedure.version,
            stage=stages[0], stage_since=opened, opened_on=opened, opened_at=course.at,
        )  # fmt: skip
        rounds = 1
        while at < goal:
            on = course.on + DAY * rng.randrange(15)
            if on > TODAY:
                break
            course.go(on)
            if rng.random() < 0.3 and not made.notices.filter(stage=stages[at], round=rounds).exists():
                Notice.objects.create(
                    audit_list=made, stage=stages[at], round=rounds, word="公示", level="village", place="演示",
                    posted_on=course.on, days=7, ends_on=course.on + 7 * DAY, posted_by=by, recorded_at=course.at,
                )  # fmt: skip
                continue
            back = at > 1 and rng.random() < 0.2
            to = rng.randrange(at) if back else at + 1
            Decision.objects.create(
                audit_list=made, stage=stages[at], stage_label="演示", round=rounds, verdict="退回" if back else "通过",
                binding=False, to_stage=stages[to] if to < len(stages) else "", decided_on=course.on,
                recorded_at=course.at, opinion="演示" if back else "", list_version=1,
            )  # fmt: skip
            at, rounds = to, rounds + back
        over = at == len(stages)
        AuditList.objects.filter(pk=made.pk).update(
            stage=stages[min(at, len(stages) - 1)], round=rounds, closed_at=course.at if over else None
        )
        if kind == "renovation":
            _houses(rng, made, free[kind], by)


def _houses(rng: random.Random, made, free, by) -> None:
    for place in range(rng.randrange(1, 5)):
        if not free:
            return
        opened = made.opened_at.date()
        home, entered = free.pop(), edged(rng, opened + DAY * rng.randrange(9), opened)
        struck = rng.random() < 0.3
        entry = Entry.objects.create(
            audit_list=made, kind=made.kind, household=home, area=made.area, place=place + 1, entered_by=by,
            entered_at=evening(entered), outcome="剔除" if struck else "", outcome_reason="演示" if struck else "",
            closed_at=evening(edged(rng, entered + DAY * rng.randrange(60), entered)) if struck else None,
        )  # fmt: skip
        facts, on = {}, entered
        for step in STEPS:
            month = (on.replace(day=1) + 32 * DAY).replace(day=1)
            on = rng.choice([month, edged(rng, on + DAY * rng.randrange(1, 40), on)])
            if rng.random() < 0.2:
                break
            facts[f"{step}_on"] = on
        if "paid_on" in facts:
            facts["subsidy"] = Decimal(rng.randrange(1, 3000)) / 100
        HouseCase.objects.create(entry=entry, case_number=f"演示{entry.pk}", **facts)


def _people_and_work(rng: random.Random, ground, villages) -> None:
    made = {"recorded_at": evening(TODAY)}
    areas = [*villages, ground.town, ground.other_town, ground.county]
    for village in villages:
        if rng.random() < 0.7:
            start = datetime.date(rng.choice([2017, 2018]), rng.randrange(1, 10), 5)
            ends = rng.choice([None, start + DAY * 60])
            Post.objects.create(area=village, kind="第一书记", name="演示", unit="演示", start_on=start, end_on=ends,
                                end_reason="演示" if ends else "", **made)  # fmt: skip
        for _ in range(rng.randrange(5)):
            kind = rng.choice(["驻村工作队长", "驻村工作队员"])
            post = Post.objects.create(
                area=village, kind=kind, name="演示", unit="演示", start_on=some_day(rng, rng.choice([2017, 2018])), **made
            )  # fmt: skip
            for year, month in ((2017, 11), (2017, 12), (2018, 4), (2018, 10)):
                if rng.random() < 0.8:
                    StayMonth.objects.create(
                        post=post, year=year, month=month, days=rng.randrange(15, 29), **_struck(rng), **made
                    )
        for _ in range(rng.randrange(9)):
            kind = rng.choice(["驻村督查", "驻村督查", "驻村督查", *InspectionKind.values])
            place = village if kind == "驻村督查" else rng.choice([village, *areas[-3:]])
            on = some_day(rng, rng.choice([2017, 2018]))
            Inspection.objects.create(
                area=place, kind=kind, on=on, body="演示", inspectors="演示", inspected="演示", independent=True,
                grade=rng.choice(["好", "一般", "差"]), findings="演示", recorded_at=recorded(rng, on),
                fed_on=rng.choice([None, edged(rng, on + DAY * rng.randrange(40), on)]), fed_to="演示", **_struck(rng, on),
            )  # fmt: skip
        for number in range(rng.randrange(4)):
            Finding.objects.create(
                rule="C001", severity="warning", message="演示", area=village, subject_type="x", subject_id=number,
                part=village.code, fingerprint="x", first_seen=FIRST, last_seen=FIRST,
                state=rng.choice(["待核", "已消除"]),
            )  # fmt: skip
    for area in areas:
        tiers = (
            ["区—镇街"]
            if area.level == "town"
            else ["镇街—村", "镇街—第一书记"]
            if area.level == "village"
            else []
        )
        for tier in tiers:
            if rng.random() < 0.6:
                signed = rng.choice([None, some_day(rng), some_day(rng, 2017)])
                Letter.objects.create(
                    area=area, year=signed.year if signed else 2018, tier=tier, giver="演示", taker="演示", tasks="演示", signed_on=signed,
                    state="已签订" if signed else "待签订", **_struck(rng), **made,
                )  # fmt: skip
        for _ in range(rng.randrange(3)):
            PlanItem.objects.create(
                area=area, year=rng.choice([2017, 2018]), part="时间表", text="演示", holder="演示",
                due_on=some_day(rng), done_on=rng.choice([None, some_day(rng), some_day(rng, 2017)]), **_struck(rng), **made,
            )  # fmt: skip
            _mended(rng, area)
        for kind in ("月度报告", "月调度"):
            on = some_day(rng, rng.choice([2017, 2018]))
            WorkEvent.objects.create(area=area, kind=kind, on=on, title="演示", host="演示", content="演示",
                                     recorded_at=recorded(rng, on), **_struck(rng, on))  # fmt: skip
        if rng.random() < 0.4:
            asked = rng.randrange(1, 99)
            WorkEvent.objects.create(
                area=area, kind="满意度调查", on=some_day(rng, rng.choice([2017, 2018])), title="演示", host="演示", content="演示", asked=asked,
                satisfied=rng.randrange(asked + 1), **_struck(rng), **made,
            )  # fmt: skip


def _mended(rng: random.Random, area) -> None:
    """A problem, and the steps of it: reported, sent back, closed."""
    on = some_day(rng, rng.choice([2017, 2017, 2018]))
    course = Course(rng, on, recorded(rng, on))
    one = Rectification.objects.create(
        area=area, source=rng.choice(Source.values), problem="演示", holder="演示", recorded_at=course.at,
        due_on=edged(rng, on + DAY * rng.randrange(120), on), **_struck(rng, on),
    )  # fmt: skip
    reported_on = None
    for action in [
        *[PLANNED, REPORTED] * rng.choice([0, 1, 1]),
        *[SENT_BACK, REPORTED] * rng.choice([0, 1]),
        VERIFIED,
    ]:
        on = course.on + DAY * rng.randrange(50)
        if on > TODAY or rng.random() < 0.2:
            break
        course.go(on)
        one.steps.create(action=action, at=course.at, note="演示")
        reported_on = {REPORTED: course.on, SENT_BACK: None}.get(action, reported_on)
    Rectification.objects.filter(pk=one.pk).update(reported_on=reported_on)


def _struck(rng: random.Random, on: datetime.date = TODAY) -> dict[str, object]:
    """Now and then struck out, before the year of its day is closed."""
    day = min(on + DAY * rng.randrange(90), TODAY, datetime.date(on.year + 1, 1, 31))
    return {"struck_at": evening(day), "struck_reason": "演示"} if rng.random() < 0.2 else {}


def _named_policies(rng: random.Random, homes) -> None:
    for home in homes:
        for year in (2016, 2017):
            if rng.random() < 0.4:
                Living.objects.create(household=home, year=year, house_grade=rng.choice(["C级", "D级"]))
        if rng.random() < 0.3:
            on = some_day(rng)
            Shock.objects.create(
                household=home, kind="意外事故", happened_on=on, settled_on=rng.choice([None, on + DAY])
            )
    people = list(Person.objects.filter(household__in=homes).select_related("household").order_by("pk"))
    for policy in Policy.objects.filter(
        code__in=[*PERSONS, *HOMES], valid_from__lte=datetime.date(2017, 1, 1)
    ):
        for _ in range(3):
            on = some_day(rng, rng.choice([2017, 2018]))
            home = rng.choice(homes)
            # Now and then it does not say which of them has it.
            person = None if policy.code in HOMES or rng.random() < 0.1 else rng.choice(home.persons.all())
            if (
                person
                and (due := [one for one in people if PERSONS[policy.code](one, POOR, on)])
                and rng.random() < 0.7
            ):
                person = rng.choice(due)
                home = person.household
            Measure.objects.create(policy=policy, year=on.year, state="落实", planned_on=on, delivered_on=on,
                                   payer="演示", amount=1, unit="只", household=home, person=person)  # fmt: skip


def _entered(rng: random.Random, ground) -> None:
    if rng.random() < 0.7:
        indicators.load_goals(ground.county)
    for one in Indicator.objects.filter(registered=False):
        for area in (ground.county, ground.town):
            for year in (2016, 2017, 2018):
                if rng.random() < 0.3:
                    december = datetime.date(year, 12, 1)
                    on = edged(rng, december, december) if year < 2018 else some_day(rng)
                    replaced = evening(on + DAY * 30) if rng.random() < 0.3 else None
                    facts = {"indicator": one, "area": area, "year": year}
                    value = Decimal(rng.randrange(10000)) / 100
                    IndicatorValue.objects.create(
                        **facts, value=value, entered_at=evening(on), replaced_at=replaced
                    )
                    if replaced:
                        IndicatorValue.objects.create(**facts, value=value + 1, entered_at=replaced)


def _looked_after(rng: random.Random, homes) -> None:
    """Helpers who come and go, some of them followed by versions; visits at the edges of months and of the days asked
    for, loaded or written down late, and struck out."""
    for home in homes:
        for _ in range(rng.randrange(3)):
            start = some_day(rng, rng.choice([2016, 2017, 2018]))
            end = rng.choice([None, edged(rng, start + DAY * rng.randrange(200), start)])
            _paired(rng, home, start, end)
        for _ in range(rng.randrange(8)):
            near = rng.choice(ASKED) - DAY * rng.choice([0, 1, 88, 89, 90, 91])
            on = rng.choice([some_day(rng, rng.choice([2017, 2018])), near])
            visited(rng, home, on)


def visited(rng: random.Random, home, on: datetime.date) -> None:
    follow = rng.choice([False, True])
    Visit.objects.create(
        household=home, visited_on=on, way=rng.choice(CODES["visit_way"].words), visitor="演示", notes="演示",
        needs_found=rng.choice([(), ("产业发展",), ("看病就医", "其他")]), follow_up="演示" if follow else "",
        follow_up_on=rng.choice([None, edged(rng, on + DAY * rng.randrange(90), on)]) if follow else None,
        satisfied=rng.choice([True, False, None]), recorded_at=rng.choice([None, recorded(rng, on, max(on, TODAY))]),
        **_struck(rng, on),
    )  # fmt: skip


def _paired(rng: random.Random, home, start: datetime.date, end: datetime.date | None) -> None:
    """Every other one as a load leaves it, the others with a version of its beginning and one of its end."""
    helper = Helper.objects.create(household=home, name="演示", unit_name="演示", start_on=start, end_on=end)
    Helper.history.filter(id=helper.pk).delete()
    if rng.random() < 0.5:
        for kind, on in (("+", start), ("~", end)) if end else (("+", start),):
            helper.end_on = None if kind == "+" else end
            versioned(helper, kind, recorded(rng, on))


def versioned(record: Helper | Person | Household, kind: str, at: datetime.datetime) -> None:
    """A version of it as it is in hand; dated by the real clock, which the office's day is ahead of."""
    model = type(record).history.model
    facts = {field.attname: getattr(record, field.attname) for field in model.tracked_fields}
    model.objects.create(**facts, history_type=kind, history_date=at - clock.shift())
