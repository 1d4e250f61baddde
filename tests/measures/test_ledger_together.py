"""Many at the same instant: the ledger balances, nothing goes above its limit, one form is one payment."""

import random
import uuid
from collections import defaultdict
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from measures import invariants
from measures.models import FundEntry, FundSource, Project, ProjectFund, Taken
from tests.households.test_together import office  # noqa: F401
from tests.measures.project_world import at_works, counter, enter, source

pytestmark = pytest.mark.django_db(transaction=True)
DOORS, EACH = 8, 125


def test_fifty_presses_of_one_form_pay_once(ground, office):  # noqa: F811
    project, central = at_works(ground.village), source(ground.county)
    enter("分配", project, central, "50000")
    doors, once = office(), uuid.uuid4()
    answers = doors.at_once(
        *[lambda: enter("支付", project, central, "1000", once=once).pk for _ in range(50)]
    )
    assert len(set(answers)) == 1 and isinstance(answers[0], int), answers
    assert doors.see(lambda: Project.objects.get().paid) == Decimal(1000)


def test_fifty_tabs_opened_over_the_same_ledger_pay_once(ground, office):  # noqa: F811
    project, central = at_works(ground.village), source(ground.county)
    enter("分配", project, central, "50000")
    project.refresh_from_db()
    seen = project.ledger_version
    doors = office()
    answers = doors.at_once(
        *[lambda: enter("支付", project, central, "1000", seen=seen).pk for _ in range(50)]
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, Taken) for answer in answers) == 49
    assert doors.see(lambda: Project.objects.get().paid) == Decimal(1000)


def test_fifty_counters_of_one_line_turn_it_once(ground, office):  # noqa: F811
    project, central = at_works(ground.village), source(ground.county)
    line = enter("分配", project, central, "50000")
    doors = office()
    answers = doors.at_once(*[lambda: counter(FundEntry.objects.get(pk=line.pk)).pk for _ in range(20)])
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, Taken) for answer in answers) == 19
    assert doors.see(lambda: FundSource.objects.get().allocated) == 0


def test_two_who_take_the_last_of_a_source_do_not_both_get_it(ground, office):  # noqa: F811
    one, other = at_works(ground.village), at_works(ground.town)
    central = source(ground.county, "80000")
    doors = office()
    answers = doors.at_once(
        *[lambda project=project: enter("分配", project, central, "50000").pk for project in (one, other)]
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
    assert doors.see(lambda: FundSource.objects.get().allocated) == Decimal(50000)


def test_a_thousand_random_entries_at_once_balance(ground, office):  # noqa: F811
    projects = [at_works(place) for place in (ground.village, ground.town, ground.other_town)]
    sources = [source(ground.county, "60000", name=f"演示{n}") for n in range(3)]
    doors = office()

    def clerk(seed: int):
        rng = random.Random(seed)

        def work() -> list[str]:
            mine: list[FundEntry] = []
            said = []
            for _ in range(EACH):
                amount = Decimal(rng.randrange(1, 900_000)).scaleb(-2)
                kind = rng.choice(["分配", "支付", "支付", "冲回"])
                try:
                    if kind == "冲回":
                        if mine:
                            counter(mine.pop(rng.randrange(len(mine))))
                    else:
                        mine.append(enter(kind, rng.choice(projects), rng.choice(sources), amount))
                    said.append("done")
                except ValidationError:
                    said.append("refused")
            return said

        return work

    answers = doors.at_once(*(clerk(seed) for seed in range(DOORS)))
    assert all(isinstance(answer, list) for answer in answers), answers
    said = [word for answer in answers for word in answer]
    assert len(said) == DOORS * EACH and {"done", "refused"} == set(said)

    def wrong() -> list[str]:
        found = list(invariants.problems())
        for row in (*ProjectFund.objects.all(), *Project.objects.all(), *FundSource.objects.all()):
            if not 0 <= row.paid <= row.allocated:
                found.append(str(row))
        found += [str(row) for row in FundSource.objects.all() if row.allocated > row.budget]
        return found

    assert doors.see(wrong) == []
    assert doors.see(recounted) == []


def recounted() -> list[str]:
    """Every balance against a plain sum over the lines of the ledger, a counter-entry as it stands there."""
    sums: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    for source_id, project_id, kind, amount in FundEntry.objects.values_list(
        "source", "project", "kind", "amount"
    ):
        sums["source", source_id, kind] += amount
        if project_id is not None:
            sums["project", project_id, kind] += amount
    found = []
    for word, rows in (("source", FundSource.objects.all()), ("project", Project.objects.all())):
        for row in rows:
            told = (row.allocated, row.paid)
            if told != (sums[word, row.pk, "分配"], sums[word, row.pk, "支付"]):
                found.append(f"{row} {told}")
    return found
