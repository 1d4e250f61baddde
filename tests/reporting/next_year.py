"""What an office does in the year after a closed one: everything that might reach back into its figures."""

import datetime
import random
import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError

from audits.models import AuditList, Decision, Entry, HouseCase
from households.codes import CODES
from households.models import Helper, Household, Living, Person, Production, Shock, Survey, Visit
from households.move import move_village
from measures.eligibility import NAMED
from measures.models import FundEntry, FundSource, Measure, Policy, SocialHelp
from office import clock
from office.models import Finding
from tests.conftest import identity_number
from tests.reporting.small_worlds import evening
from tests.reporting.test_exit_tally import at, removal_reason
from villages.models import (
    Indicator,
    IndicatorValue,
    Inspection,
    KeyVillage,
    Letter,
    PlanItem,
    Post,
    Rectification,
    WorkEvent,
)

SPRING, SUMMER = datetime.date(2019, 4, 1), datetime.date(2019, 6, 3)
JOIN, LEAVE = (CODES[name].words[0] for name in ("join_reason", "leave_reason"))


def happens(ground, homes) -> None:
    """To each household something else; then to everything that stands beside them."""
    _households(ground, list(homes))
    _facts(ground)
    _help(ground)
    _villages(ground)
    _lists(ground)


def _households(ground, homes) -> None:
    acts = [_moves_town, _moves_county, _grows, _shrinks, _leaves, _splits, _is_cancelled, _is_corrected]
    on = SPRING
    done = set()
    for act in acts * 3:
        for home in homes:
            home.refresh_from_db()
            try:
                act(ground, home, on.isoformat())
            except ValidationError:
                continue
            homes.remove(home)
            homes.append(home)
            done.add(act)
            break
        on += datetime.timedelta(days=2)
    assert done == set(acts), {act.__name__ for act in acts} - {act.__name__ for act in done}
    for home in Household.objects.filter(exit_mark="脱贫", removed_on__isnull=True).order_by("pk")[:2]:
        home.return_to_poverty(**at(on.isoformat()))
    move_village(
        ground.sibling_village, ground.other_town, code="370405102299", on=on, recorded_at=evening(on)
    )


def _moves_town(ground, home, on) -> None:
    home.move_to(ground.other_village if home.town_id == ground.town.pk else ground.village, **at(on))


def _moves_county(ground, home, on) -> None:
    there = ground.foreign_village if home.county_id == ground.county.pk else ground.other_village
    home.move_to(there, **at(on))


def _grows(ground, home, on) -> None:
    born = datetime.date(1935, 5, 5)
    person = Person(
        name="演示新", relation="其他", sex="男", birth_date=born, health=("残疾",), schooling="学前教育",
        id_number=identity_number(900 + Person.objects.count(), born), subsistence_allowance=True,
    )  # fmt: skip
    home.person_joins(person, join_reason=JOIN, **at(on))


def _shrinks(ground, home, on) -> None:
    leaver = home.persons.filter(present=True).exclude(relation="户主").first()
    if leaver is None:
        raise ValidationError("演示")
    home.person_leaves(leaver, leave_reason=LEAVE, **at(on))


def _leaves(ground, home, on) -> None:
    home.leave_poverty(**at(on))


def _splits(ground, home, on) -> None:
    members = list(home.persons.filter(present=True).exclude(relation="户主"))[:2]
    if not members:
        raise ValidationError("演示")
    new = home.split(members, head=members[0], **at(on))
    new.refresh_from_db()
    new.move_to(
        ground.other_village if new.village_id != ground.other_village.pk else ground.village, **at(on)
    )


def _is_cancelled(ground, home, on) -> None:
    home.cancel(removal_reason=removal_reason(), **at(on))


def _is_corrected(ground, home, on) -> None:
    other = {"国家标准": "省定标准", "省定标准": "国家标准"}[home.poverty_standard]
    home.correct_standard(standard=other, reason="演示", **at(on))


def _facts(ground) -> None:
    """Every third person is described anew; the surveys, houses, land and misfortunes of the new year."""
    rng = random.Random(3)
    for person in Person.objects.filter(present=True).order_by("pk")[::3]:
        person.health = rng.choice([("健康",), ("残疾",), ("患有大病",)])
        person.schooling = rng.choice(["学前教育", "中职一年级", "非在校生"])
        person.labour_capacity = rng.choice(CODES["labour_capacity"].words)
        person.subsistence_allowance = not person.subsistence_allowance
        person.employee_pension = not person.employee_pension
        person.save()
    for home in Household.objects.filter(removed_on__isnull=True).order_by("pk"):
        Living.objects.create(household=home, year=2019, house_grade=rng.choice(["A级", "D级", "C级"]))
        Production.objects.create(household=home, year=2019, farmland=Decimal(3))
        Survey.objects.create(
            household=home, year=2019, surveyed_on=SUMMER, surveyor="演示", state="已填报", wage_income=Decimal(99)
        )  # fmt: skip
        if rng.random() < 0.4:
            Shock.objects.create(household=home, kind="意外事故", happened_on=SPRING)
        _looked_after(rng, home)
    for shock in Shock.objects.filter(settled_on__isnull=True, happened_on__lt=SPRING):
        shock.settled_on = SUMMER
        shock.save()


def _looked_after(rng: random.Random, home) -> None:
    """Pairings and visits of the old year are written down only now, others are ended or struck out."""
    winter = datetime.date(2018, 12, rng.randrange(1, 31))
    for helper in home.helpers.filter(end_on__isnull=True, start_on__lt=winter):
        helper.end_on = winter
        helper.save()
    Helper.objects.create(household=home, name="演示", unit_name="演示", start_on=datetime.date(2018, 6, 1))
    home.visits.filter(struck_at__isnull=True).update(struck_at=evening(SPRING), struck_reason="演示")
    for on in (winter, SPRING):
        Visit.objects.create(household=home, visited_on=on, way="入户走访", visitor="演示", notes="演示",
                             needs_found=("其他",), recorded_at=evening(SPRING))  # fmt: skip


def _help(ground) -> None:
    """What was planned is delivered, more is given, paid and begun, all of it in the new year."""
    for measure in Measure.objects.planned():
        measure.deliver(on=SPRING, amount=Decimal(9), payer="演示", by=None, today=SUMMER)
    for policy in Policy.objects.filter(code__in=NAMED):
        for person in Person.objects.filter(present=True).order_by("pk")[:3]:
            Measure.objects.create(
                policy=policy, person=person, household=person.household, year=2019, state="落实", planned_on=SPRING,
                delivered_on=SPRING, payer="演示", amount=7, unit="元",
            )  # fmt: skip
    for code, place in (("TASK-PROCESS", ground.village), ("TASK-ECOM", ground.other_village)):
        Measure.objects.create(
            policy=Policy.objects.get(code=code), village=place, year=2019, state="落实", planned_on=SPRING,
            delivered_on=SPRING, payer="演示", amount=0,
        )  # fmt: skip
    SocialHelp.objects.create(
        kind="扶贫协作",
        title="演示",
        giver="演示",
        state="进行中",
        area=ground.town,
        start_on=SPRING,
        people=8,
    )
    source = FundSource.objects.order_by("pk").first()
    entry = FundEntry.objects.filter(kind="分配", counters__isnull=True).select_related("project").first()
    if entry is not None:
        FundEntry.enter(
            kind="分配", area=entry.area, source=source, project=entry.project, amount=Decimal(5), on=SPRING,
            document="演示凭证", by=None, today=SUMMER, at=evening(SPRING), once=uuid.uuid4(),
        )  # fmt: skip


def _villages(ground) -> None:
    made = {"recorded_at": evening(SPRING)}
    villages = [ground.village, ground.other_village]
    for post in Post.objects.filter(end_on__isnull=True).order_by("pk")[::2]:
        post.end(on=SPRING, reason="演示")
    for village in villages:
        Post.objects.create(
            area=village, kind="驻村工作队员", name="演示", unit="演示", start_on=SPRING, **made
        )
        Inspection.objects.create(
            area=village, kind="驻村督查", on=SPRING, body="演示", inspectors="演示", inspected="演示", grade="好",
            findings="演示", **made,
        )  # fmt: skip
        for year in (2019,):
            Letter.objects.create(
                area=village, year=year, tier="镇街—村", giver="演示", taker="演示", tasks="演示", signed_on=SPRING,
                state="已签订", **made,
            )  # fmt: skip
            PlanItem.objects.create(area=village, year=year, part="时间表", text="演示", holder="演示",
                                    due_on=SUMMER, **made)  # fmt: skip
        WorkEvent.objects.create(area=village, kind="满意度调查", on=SPRING, title="演示", host="演示", content="演示",
                                 asked=9, satisfied=1, **made)  # fmt: skip
    for one in PlanItem.objects.filter(done_on__isnull=True, year__lt=2019):
        PlanItem.objects.filter(pk=one.pk).update(done_on=SPRING)
    Rectification.objects.filter(reported_on__isnull=True).update(reported_on=SPRING)
    # The night check finds other doubts and is content with earlier ones.
    for number, finding in enumerate(Finding.objects.waiting().order_by("pk")):
        if number % 2:
            Finding.objects.filter(pk=finding.pk).update(state="已消除", last_seen=SPRING)
    Finding.objects.create(
        rule="C002", severity="warning", message="演示", area=ground.village, subject_type="x", subject_id="999",
        fingerprint="y", first_seen=SPRING, last_seen=SUMMER,
    )  # fmt: skip
    for key in KeyVillage.objects.at(SPRING).filter(on_list=True)[:1]:
        key.remove_cap(on=SPRING, by=None, recorded_at=evening(SPRING))
    for one in Indicator.objects.filter(registered=False)[:3]:
        IndicatorValue.objects.create(
            indicator=one, area=ground.county, year=2019, value=3, entered_at=evening(SPRING)
        )


def _lists(ground) -> None:
    """Lists go on, houses are finished, one is struck off."""
    for one in AuditList.objects.filter(closed_at__isnull=True).order_by("pk"):
        Decision.objects.create(
            audit_list=one, stage=one.stage, stage_label="演示", round=one.round, verdict="通过", binding=False,
            to_stage="", decided_on=SPRING, recorded_at=evening(SPRING), list_version=1,
        )  # fmt: skip
        AuditList.objects.filter(pk=one.pk).update(closed_at=evening(SPRING))
    for number, case in enumerate(HouseCase.objects.order_by("pk")):
        if case.paid_on is None:
            HouseCase.objects.filter(pk=case.pk).update(paid_on=SPRING, subsidy=Decimal(12))
        if number % 2:
            Entry.objects.filter(pk=case.entry_id, closed_at__isnull=True).update(
                outcome="剔除", outcome_reason="演示", closed_at=evening(SPRING)
            )


def first_known(homes_and_people=(Household, Person, Helper)) -> None:
    """The register as a load leaves it, with a version of every record."""
    for model in homes_and_people:
        model.history.all().delete()
        model.history.bulk_history_create(list(model.objects.all()))


def stamp(on: datetime.date, shift: datetime.timedelta) -> None:
    """The versions written since the last stamp were written on that evening, as the office's clock has it."""
    for model in (Household, Person, Helper, Living, Survey, Measure, SocialHelp):
        fresh = model.history.filter(history_date__gte=clock.now() - datetime.timedelta(minutes=30))
        fresh.update(history_date=evening(on) - shift)
