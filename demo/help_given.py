"""Help that was delivered in the demonstration to who leaves: what the record entitles them to, year by year.

Who left in 2017 was given everything in that year and nearly everything in 2018 (脱贫不脱政策: what is missing is
what the watch finds); who is to leave in 2018 has everything of this year, but for one household.
"""

import datetime
import random
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from simple_history.utils import bulk_create_with_history

from measures.conditions import OF_PERSON
from measures.eligibility import RULES
from measures.facts import Case, When, homes
from measures.models import Measure, Policy, State
from measures.proposals import propose, rates

BATCH = 1000
PAYER = "演示区财政局"
# Of what was delivered in the year of leaving, so much stopped in the next one.
STOPPED = 0.03
ONCE = "一次性"
TREES, PLANTED = "AFFOREST-200", 20


def give(
    rng: random.Random,
    ids: Collection[int],
    day: datetime.date,
    *,
    by: Any,
    stopped: float = 0.0,
    without: Collection[int] = (),
) -> int:
    """Delivers to the households what they are entitled to on the day, in its year; how many measures.

    `without`: households of which the first thing is left out.
    """
    made = list(_measures(rng, ids, day, by, stopped, without))
    bulk_create_with_history(made, Measure, batch_size=BATCH, default_user=by, default_change_reason="演示")
    return len(made)


def afforest(ids: Collection[int], year: int, *, by: Any) -> int:
    """One household in so many planted trees in the year, a mu or two: 生态补偿 is its channel; how many."""
    policy = Policy.objects.get(code=TREES)
    facts = {
        "year": year,
        "state": State.DELIVERED,
        "payer": "演示区林业局",
        "planned_by": by,
        "closed_by": by,
    }
    made = []
    for place, home in enumerate(sorted(ids)[::PLANTED]):
        area = 1 + place % 2
        on = datetime.date(year, 4, 1 + place % 20)
        made.append(
            Measure(
                policy=policy,
                household_id=home,
                amount=policy.low * area if policy.low else Decimal(0),
                extras={"area": f"{area}", "kind": "杨树（演示）"},
                planned_on=datetime.date(year, 1, 15),
                delivered_on=on,
                voucher=f"演示{on:%m%d}",
                **facts,
            )
        )
    bulk_create_with_history(made, Measure, batch_size=BATCH, default_user=by, default_change_reason="演示")
    return len(made)


def _measures(
    rng: random.Random,
    ids: Collection[int],
    day: datetime.date,
    by: Any,
    stopped: float,
    without: Collection[int],
) -> Iterator[Measure]:
    known = rates(day)
    policies = list(Policy.objects.in_force(day).filter(code__in=RULES).order_by("pk"))
    when, left_out = When(day), set(without)
    for home in homes(ids, day):
        for policy in policies:
            rule = RULES[policy.code]
            cases = [Case(home, person) for person in home.members] if rule.of == OF_PERSON else [Case(home)]
            for case in cases:
                if not rule.holds(case, when):
                    continue
                if home.id in left_out:
                    left_out.remove(home.id)
                    continue
                if rng.random() >= stopped or policy.period == ONCE:
                    yield _delivered(rng, policy, case, day, known, by)


def _delivered(
    rng: random.Random, policy: Policy, case: Case, day: datetime.date, known: Any, by: Any
) -> Measure:
    person = case.person
    age = None
    if person is not None:
        birth = person.birth_date
        age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    worked = propose(policy, known, age=age, members=len(case.home.members))
    on = datetime.date(day.year, 3, 1) + datetime.timedelta(days=rng.randrange(200))
    return Measure(
        policy=policy,
        household_id=case.home.id,
        person_id=person.id if person is not None else None,
        year=day.year,
        state=State.DELIVERED,
        amount=worked.value if worked is not None else Decimal(1),
        unit=worked.unit if worked is not None else "项",
        working=worked.working if worked is not None else "",
        planned_on=datetime.date(day.year, 1, 15),
        planned_by=by,
        delivered_on=on,
        payer=PAYER,
        voucher=f"演示{on:%m%d}",
        closed_by=by,
    )
