"""Many who act on one project, income or sharing at the same instant: one does it, the others are told."""

import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from measures import invariants
from measures.models import Asset, AssetIncome, Measure, Project, ProjectDecision, Sharing, Taken
from tests.households.test_together import office  # noqa: F401
from tests.measures.project_world import BEGUN, DAY, act, apply, approved, at_works, enter, source

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(answers: list) -> tuple[int, int]:
    """How many did it, how many were told; nothing else may come."""
    told = sum(isinstance(answer, Taken) for answer in answers)
    broken = [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Taken)]
    assert not broken, broken
    return len(answers) - told, told


def test_fifty_approvals_at_once_are_one_decision(ground, office):  # noqa: F811
    project = apply(ground.village)
    project.submit(chosen_on=BEGUN, **act(project))
    seen, doors = project.version, office()

    def approve() -> str:
        mine = Project.objects.get(pk=project.pk)
        return str(mine.approve(**{**act(mine, document="1"), "seen": seen}))

    assert outcome(doors.at_once(*[approve] * 50)) == (1, 49)
    counted = doors.see(
        lambda: (Project.objects.get().stage, ProjectDecision.objects.filter(step="approve").count())
    )
    assert counted == ("立项", 1)


def test_of_approval_and_sending_back_at_once_one_wins(ground, office):  # noqa: F811
    made = []
    for place in range(10):
        project = apply(ground.village, name=f"演示{place}")
        project.submit(chosen_on=BEGUN, **act(project))
        made.append(project)
    doors = office()
    for project in made:

        def approve(pk: int = project.pk) -> str:
            mine = Project.objects.get(pk=pk)
            return str(mine.approve(**act(mine, document="1")))

        def send_back(pk: int = project.pk) -> str:
            mine = Project.objects.get(pk=pk)
            return str(mine.send_back(**act(mine, opinion="概算偏高")))

        done, _ = outcome(doors.at_once(approve, send_back))
        assert done == 1
    assert doors.see(lambda: list(invariants.problems())) == []
    assert doors.see(lambda: ProjectDecision.objects.exclude(step="submit").count()) == 10


def test_a_plan_is_not_cut_below_what_is_allocated_at_the_same_instant(ground, office):  # noqa: F811
    project, central = approved(ground.village), source(ground.county)
    doors = office()

    def allocate() -> int:
        return enter("分配", Project.objects.get(), central, "80000").pk

    def cut() -> str:
        mine = Project.objects.get()
        facts = act(mine, opinion="压缩")
        return str(mine.revise(plan_money=Decimal(50000), due_on=project.due_on, **facts))

    answers = doors.at_once(allocate, cut)
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1, answers
    assert doors.see(lambda: Project.objects.get().unallocated) >= 0


def test_a_sharing_is_paid_once(ground, make_household, office):  # noqa: F811
    make_household(village=ground.village)
    asset = Asset.objects.create(
        project=at_works(ground.village),
        area=ground.village,
        name="演示大棚",
        kind="大棚",
        value=Decimal(1),
        owner="演示东村",
        keeper="乙",
        operator="丙",
        formed_on=BEGUN,
        life_years=9,
        entered_at=timezone.now(),
    )
    facts = {"year": 2018, "received_on": DAY, "amount": Decimal(900), "payer": "丙", "voucher": "1"}
    income = AssetIncome.receive(asset, by=None, today=DAY, at=timezone.now(), once=uuid.uuid4(), **facts)
    doors = office()

    def propose() -> int:
        mine = AssetIncome.objects.get(pk=income.pk)
        return Sharing.propose(mine, total=mine.net, way="按户", first=None, by=None, on=DAY).pk

    assert outcome(doors.at_once(*[propose] * 10)) == (1, 9)

    def confirm() -> None:
        Sharing.objects.get().confirm(posted_on=DAY, minutes="1", by=None, on=DAY)

    def pay() -> int:
        return Sharing.objects.get().pay(paid_on=DAY, voucher="1", by=None, today=DAY)

    doors.see(confirm)
    assert outcome(doors.at_once(*[pay] * 20)) == (1, 19)
    assert doors.see(lambda: [row.amount for row in Measure.objects.all()]) == [Decimal(900)]
