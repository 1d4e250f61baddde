"""The ledger: limits hold, corrections are counter-entries, rows stay, balances are the sums of their entries."""

import random
import uuid
from collections import defaultdict
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from measures import invariants
from measures.models import FundEntry, FundSource, Project, ProjectFund, Taken
from tests.measures.project_world import approved, at_works, counter, enter, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(ground):
    return at_works(ground.village)


@pytest.fixture
def central(ground):
    return source(ground.county)


def balances(*rows) -> list[tuple[Decimal, Decimal]]:
    for row in rows:
        row.refresh_from_db()
    return [(row.allocated, row.paid) for row in rows]


def test_money_goes_from_source_to_project_to_payee(project, central):
    enter("分配", project, central, "50000.00")
    enter("支付", project, central, "12345.67")
    fund = ProjectFund.objects.get()
    assert balances(project, central, fund) == [(Decimal("50000.00"), Decimal("12345.67"))] * 3
    assert (fund.left, central.unallocated) == (Decimal("37654.33"), Decimal("30000.00"))
    assert not list(invariants.problems())


@pytest.mark.parametrize(
    ("kind", "amount", "message"),
    [
        ("分配", "80000.01", "还可以分配 80,000.00 元"),
        ("支付", "50000.01", "还可以支付 50,000.00 元"),
        ("分配", "0", "大于 0"),
        ("支付", "-5", "大于 0"),
    ],
)
def test_no_entry_goes_above_its_limit(project, central, kind, amount, message):
    if kind == "支付":
        enter("分配", project, central, "50000.00")
    before = balances(project, central)
    with pytest.raises(ValidationError, match=message):
        enter(kind, project, central, amount)
    assert balances(project, central) == before
    assert not FundEntry.objects.filter(kind=kind, amount=Decimal(amount)).exists()


def test_no_allocation_above_the_plan_of_the_project(project, ground):
    rich = source(ground.county, "900000.00", name="省专项扶贫资金", kind="省")
    with pytest.raises(ValidationError, match=r"本项目还可以分配 100,000\.00 元"):
        enter("分配", project, rich, "100000.01")
    enter("分配", project, rich, "100000.00")


def test_a_payment_draws_on_the_source_that_was_given(project, central, ground):
    other = source(ground.county, name="省专项扶贫资金", kind="省")
    enter("分配", project, central, "100")
    helped = approved(ground.sibling_village)
    enter("分配", helped, other, "50")
    with pytest.raises(ValidationError, match="还可以支付 0.00 元"):
        enter("支付", project, other, "50")


def test_money_waits_for_the_stage_it_belongs_to(ground, central):
    waiting = approved(ground.village)
    enter("分配", waiting, central, "100")
    with pytest.raises(Taken, match="立项.*不能支付"):
        enter("支付", waiting, central, "100")


def test_a_mistake_is_put_right_by_a_counter_entry(project, central):
    given = enter("分配", project, central, "500")
    paid = enter("支付", project, central, "500")
    with pytest.raises(ValidationError, match="已经支付的还没有冲回"):
        counter(given)
    back = counter(paid)
    assert (back.amount, back.payee, back.note) == (Decimal(-500), "演示工程队", "登记错了")
    counter(given)
    assert balances(project, central) == [(Decimal(0), Decimal(0))] * 2
    for entry in (paid, back):
        with pytest.raises(Taken, match="冲回"):
            counter(FundEntry.objects.get(pk=entry.pk))
    assert FundEntry.objects.filter(project=project).count() == 4
    assert not list(invariants.problems())


def test_a_budget_is_not_countered_below_what_is_allocated(project, central):
    enter("分配", project, central, "500")
    with pytest.raises(ValidationError, match="预算不能少于它"):
        counter(central.entries.get(kind="预算"))


def test_a_counter_says_why_and_is_not_dated_before_its_line(project, central):
    line = enter("分配", project, central, "500")
    with pytest.raises(ValidationError, match="要写明原因"):
        counter(line, reason=" ")
    with pytest.raises(ValidationError, match="不能早于原来的日期"):
        counter(line, on=project.start_on)


def test_rows_of_the_ledger_stay_as_they_are(project, central):
    entry = enter("分配", project, central, "500")
    entry.amount = Decimal(1)
    for attempt in (
        entry.save,
        entry.delete,
        FundEntry.objects.all().delete,
        lambda: FundEntry.objects.update(amount=1),
    ):
        with pytest.raises(TypeError, match="只能追加"):
            attempt()


@pytest.mark.parametrize("model", [Project, FundSource, ProjectFund])
def test_the_limits_hold_against_who_goes_around_the_ledger(project, central, model):
    enter("分配", project, central, "500")
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(paid=Decimal(501))


def test_a_balance_changed_behind_the_ledger_is_found(project, central):
    enter("分配", project, central, "500")
    FundSource.objects.update(allocated=Decimal("400.00"))
    assert list(invariants.problems()) == ["2018年中央专项扶贫资金：已分配 400.00 元，台账各笔合计 500.00 元"]


def test_the_same_form_twice_is_one_payment(project, central):
    enter("分配", project, central, "500")
    once = uuid.uuid4()
    first = enter("支付", project, central, "300", once=once)
    assert enter("支付", project, central, "300", once=once) == first
    with pytest.raises(Taken, match="已经登记过一笔"):
        enter("支付", project, central, "200", once=once)
    assert balances(project) == [(Decimal(500), Decimal(300))]


def test_the_second_of_two_tabs_is_told(project, central):
    enter("分配", project, central, "500")
    project.refresh_from_db()
    seen = project.ledger_version
    enter("支付", project, central, "200", seen=seen)
    with pytest.raises(Taken, match="刚刚有人登记过"):
        enter("支付", project, central, "200", seen=seen)
    assert balances(project) == [(Decimal(500), Decimal(200))]


def test_the_account_of_a_payee_is_sealed_and_shown_by_its_end(project, central):
    enter("分配", project, central, "500")
    paid = enter("支付", project, central, "5", payee_account="6228480402564890018")
    assert paid.masked_account.endswith("0018") and "622848" not in paid.masked_account
    stored = FundEntry.objects.filter(pk=paid.pk).values_list("payee_account", flat=True)[0]
    assert "6228480402564890018" not in str(stored)


def test_a_thousand_random_entries_keep_to_a_plain_account(ground):
    """Beside the ledger a plain account is kept in Python: it allows and refuses the same."""
    rng = random.Random(20181120)
    projects = [at_works(place, name=f"演示{n}") for n, place in enumerate([ground.village, ground.town] * 2)]
    sources = [source(ground.county, str(rng.randrange(1, 200000)), name=f"演示{n}") for n in range(3)]
    budget = {one.pk: one.budget for one in sources}
    given: dict = defaultdict(Decimal)
    paid: dict = defaultdict(Decimal)
    lines: list[FundEntry] = []
    done = refused = 0

    def of(book: dict, *, project=None, source=None) -> Decimal:
        return sum(
            (v for (p, s), v in book.items() if project in (None, p) and source in (None, s)), Decimal(0)
        )

    for _ in range(1000):
        project, origin = rng.choice(projects), rng.choice(sources)
        key, amount = (project.pk, origin.pk), Decimal(rng.randrange(1, 3_000_000)).scaleb(-2)
        what = rng.choice(["分配", "支付", "支付", "冲回", "预算"])
        try:
            if what == "冲回" and lines:
                line = lines.pop(rng.randrange(len(lines)))
                key = (line.project_id, line.source_id)
                book = given if line.kind == "分配" else paid
                fine = line.kind == "支付" or given[key] - line.amount >= paid[key]
                counter(line)
                book[key] -= line.amount
            elif what == "预算":
                fine = True
                origin.add_budget(
                    amount,
                    document="演示",
                    by=None,
                    on=projects[0].since,
                    at=projects[0].entered_at,
                    once=uuid.uuid4(),
                )
                budget[origin.pk] += amount
            elif what == "分配":
                fine = of(given, source=origin.pk) + amount <= budget[origin.pk]
                fine = fine and of(given, project=project.pk) + amount <= project.plan_money
                lines.append(enter(what, project, origin, amount))
                given[key] += amount
            else:
                fine = paid[key] + amount <= given[key]
                lines.append(enter("支付", project, origin, amount))
                paid[key] += amount
            assert fine
            done += 1
        except ValidationError:
            assert not fine
            refused += 1
    assert done > 200 and refused > 200
    assert {
        (f.project_id, f.source_id): (f.allocated, f.paid) for f in ProjectFund.objects.all() if f.allocated
    } == {key: (given[key], paid[key]) for key in given if given[key]}
    assert {one.pk: one.budget for one in FundSource.objects.all()} == budget
    assert not list(invariants.problems())
