"""Coverage: 应享未享 (entitled by the record, nothing delivered this year) and 不应享而享 (the reverse).

Counted by the database, a few statements for all policies; a list loads its page and no more. Whoever was entitled on
any day of the year so far got rightly what was delivered in it. The record is read as it stands or, with Ground.back, as
it stood on the day: then households that have changed since are counted apart, by their events and versions.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import Count, Exists, OuterRef, Q
from simple_history.utils import bulk_create_with_history

from areas.models import Area
from households.looking_back import Back, homes
from households.models import Household, Person
from measures import extras, held, then
from measures.conditions import OF_PERSON
from measures.eligibility import RULES, Rule
from measures.extras import PLANNING
from measures.facts import Case, When
from measures.facts import homes as facts_of
from measures.ground import HOME_OF, Ground
from measures.held import Held
from measures.models import Measure, Policy
from measures.models.measure import MeasureQuerySet
from measures.proposals import propose, rates

ENTITLED, MET, UNMET, UNDUE = "entitled", "met", "unmet", "undue"
WORDS = {UNMET: "应享未享", UNDUE: "不应享而享", ENTITLED: "应享", MET: "应享已享"}
NOBODY_NAMED = "没有写明享受人"
MOVED_AWAY = "享受人已不在这一户"
BATCH = 2000
LIES_IN = "lies_in"
Place = TypeVar("Place")


@dataclass(frozen=True)
class Figures:
    policy: Policy
    rule: Rule
    entitled: int
    met: int
    undue: int

    @property
    def unmet(self) -> int:
        return self.entitled - self.met

    @property
    def unit(self) -> str:
        return "人" if self.rule.of == OF_PERSON else "户"


def overview(ground: Ground) -> list[Figures]:
    """The figures of every policy whose condition the record can tell, in the order of the catalogue."""
    counts = sum(_since(ground).values(), Counter[str]())
    for rows, _, asked in _questions(ground):
        counts.update(_named(rows, asked))
    return figures(ground.day, {None: counts})[None]


def counts(
    ground: Ground, below: str, child_of: Callable[[Iterable[int]], Mapping[int, int]]
) -> dict[int, Counter[str]]:
    """By area directly below (the area itself: what lies in none of them) how many are "EDU-1 entitled", "EDU-1 met",
    "EDU-1 undue", in three statements however many areas these are; who has changed since the day is asked one by one.

    `below`: the column of a household that names the area below; `child_of` finds it for areas further down.
    """
    found: dict[int, Counter[str]] = defaultdict(Counter)
    answers: list[tuple[str, Mapping[int, Mapping[str, int]]]] = [(LIES_IN, _since(ground))]
    answers += [
        (where, _grouped(rows, where.format(below), asked)) for rows, where, asked in _questions(ground)
    ]
    for where, grouped in answers:
        child = child_of(grouped) if where == LIES_IN else {key: key for key in grouped}
        for key, some in grouped.items():
            found[child[key]].update(some)
    return found


def _since(ground: Ground) -> dict[int, Counter[str]]:
    """By village, what is counted of households that have changed since."""
    if ground.back is None:
        return {}
    found, rest = then.counts(ground)
    for rows in rest:
        # Each policy asks twice how somebody stood: too dear to ask of those of which nothing was given.
        codes = set(rows.order_by().values_list("policy__code", flat=True).distinct())
        if given := [rule for rule in RULES.values() if rule.code in codes]:
            asked = _given_of(given, When(ground.day), ground.back)
            for key, some in _grouped(rows, LIES_IN, asked).items():
                found[key].update(some)
    return found


def _questions(ground: Ground) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """Rows, the column that says where each lies ("{}": the area below), and what is counted of them."""
    for model, some in _rules_by_model():
        rows, where = ground.of(model).filter(some[0].on_file), "household__{}" if model is Person else "{}"
        now = When(ground.day)
        yield (
            rows,
            where,
            {f"{rule.code} entitled": Count("pk", filter=rule.condition.q(now, rule.of)) for rule in some},
        )
    # Who has had it is counted from what was given: far fewer rows than there are people.
    yield ground.given(), LIES_IN, _given_of(RULES.values(), When(ground.day), None)


def _given_of(rules: Iterable[Rule], now: When, back: Back | None) -> dict[str, Any]:
    year, asked = When.any_day_of(now.day), dict[str, Any]()
    for rule in rules:
        of_it = Q(policy__code=rule.code)
        got = Count(rule.of, filter=of_it & _rightly(rule, now, back), distinct=True)
        asked |= {
            f"{rule.code} met": got,
            f"{rule.code} undue": Count("pk", filter=of_it & ~_rightly(rule, year, back)),
        }
    return asked


def figures(day: datetime.date, counts: Mapping[Place, Counter[str]]) -> dict[Place, list[Figures]]:
    """Of every policy in force on the day, in the order of the catalogue."""
    policies = Policy.objects.in_force(day).filter(code__in=RULES).order_by("pk")
    return {
        place: [
            Figures(
                policy,
                RULES[policy.code],
                *(some[f"{policy.code} {name}"] for name in ("entitled", "met", "undue")),
            )
            for policy in policies
        ]
        for place, some in counts.items()
    }


def unmet(rule: Rule, ground: Ground) -> Any:
    """Persons or households entitled on the day to whom nothing was delivered in its year."""
    return entitled(rule, ground).exclude(_delivered(rule, ground.day))


def entitled(rule: Rule, ground: Ground) -> Any:
    """Persons or households entitled on the day."""
    stand = ground.of(rule.model).filter(rule.q(When(ground.day)))
    if ground.back is None:
        return stand
    asked = rule.condition.q(When(ground.day, back=ground.back), rule.of)
    stood = [rows.filter(asked) for rows in ground.changed(rule.model)]
    return _together(rule.model, [stand, *stood])


def met(rule: Rule, ground: Ground) -> Any:
    """Those of them to whom something was delivered in its year."""
    return entitled(rule, ground).filter(_delivered(rule, ground.day))


def undue(rule: Rule, ground: Ground) -> MeasureQuerySet:
    """Measures delivered in the year to whom was not entitled on any day of it."""
    year, back = When.any_day_of(ground.day), ground.back
    found: MeasureQuerySet = ground.given().of_policy(rule.code).filter(~_rightly(rule, year, None))
    if back is None:
        return found
    since = [
        rows.of_policy(rule.code).filter(~_rightly(rule, year, back)) for rows in ground.given_to_changed()
    ]
    together: MeasureQuerySet = _together(Measure, [found, *since])
    return together


def _together(model: Any, parts: Iterable[Any]) -> Any:
    found = Q()
    for part in parts:
        found |= Q(pk__in=part.order_by().values("id"))
    return model.objects.filter(found)


def reasons(rule: Rule, measures: Sequence[Measure], day: datetime.date) -> dict[int, str]:
    """Why each of these measures is undue, by its key, in two statements."""
    when = When.any_day_of(day)
    facts = {home.id: home for home in facts_of(_households(measures), day)}
    found: dict[int, str] = {}
    for row in measures:
        home = facts.get(row.household_id or 0)
        if home is None or (rule.of == OF_PERSON and row.person_id is None):
            found[row.pk] = NOBODY_NAMED
            continue
        person = next((one for one in home.members if one.id == row.person_id), None)
        if rule.of == OF_PERSON and person is None:
            found[row.pk] = MOVED_AWAY
            continue
        found[row.pk] = "；".join(rule.why_not(Case(home, person), when))
    return found


def parts(rows: Any, area: str) -> list[tuple[str, str, str, int]]:
    """(level, code, name, how many) of the areas that `area` leads to from the rows, in code order."""
    names = tuple(f"{area}__{name}" for name in ("level", "code", "name"))
    found = rows.exclude(**{area: None}).order_by().values_list(*names).annotate(here=Count("pk"))
    return sorted(found, key=lambda part: part[1])


def parts_then(rows: Any, home: str, back: Back, level: str) -> list[tuple[str, str, str, int]]:
    """The same by where the households of the column `home` lay on the day, by town or by village."""
    lay = (
        rows.annotate(lies_in=back.village(home)).order_by().values_list("lies_in").annotate(here=Count("pk"))
    )
    counts: Counter[Area] = Counter()
    counted = dict(lay)
    for village in Area.objects.filter(pk__in=[pk for pk in counted if pk]).select_related("parent"):
        place = village.at(level)
        if place is not None:
            counts[place] += counted[village.pk]
    return sorted(
        ((one.level, one.code, one.name, here) for one, here in counts.items()), key=lambda part: part[1]
    )


def with_plan(rule: Rule, rows: Any, year: int) -> Any:
    """Adds `has_plan`: something of the policy is planned for the row in the year."""
    planned = Measure.objects.planned().of_policy(rule.code).filter(year=year)
    return rows.annotate(has_plan=Exists(planned.filter(**{rule.of: OuterRef("pk")})))


def without_plan(rule: Rule, rows: Any, year: int) -> Any:
    """Of those to whom nothing was delivered, the ones for whom nothing is planned either."""
    return with_plan(rule, rows, year).filter(has_plan=False)


def asks_each(policy: Policy) -> list[str]:
    """What a plan needs of each one beside, so that a list cannot be planned at once: the labels."""
    return [one.label for one in extras.of(policy.code) if one.needed_at(PLANNING)]


def plan_all(rule: Rule, policy: Policy, rows: Any, *, day: datetime.date, by: Any) -> tuple[int, list[Held]]:
    """Plans the policy for all of them, with the amount that each comes to; how many, and who is held back and why.

    A standard that does not fit somebody (an age at its very edge) leaves that one without an amount.
    """
    known, done, back, before = rates(day), 0, list[Held](), set[held.Owner]()
    keys = list(without_plan(rule, rows, day.year).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        some = rule.model.objects.filter(pk__in=keys[start : start + BATCH]).order_by("pk")
        made = [_planned(rule, policy, row, known, day, by) for row in some]
        kept = list(held.back(made, PLANNING, known, before)) if held.may_be(policy) else []
        back += kept
        out = {id(one.measure) for one in kept}
        made = [one for one in made if id(one) not in out]
        bulk_create_with_history(
            made, Measure, batch_size=BATCH, default_user=by, default_change_reason="列入计划"
        )
        done += len(made)
    return done, back


def _planned(rule: Rule, policy: Policy, row: Any, known: Any, day: datetime.date, by: Any) -> Measure:
    person = row if rule.of == OF_PERSON else None
    try:
        worked = propose(
            policy,
            known,
            age=person.age(day) if person is not None else None,
            members=0 if person is not None else row.member_count,
        )
    except ValueError:
        worked = None
    return Measure(
        policy=policy,
        person=person,
        household_id=person.household_id if person is not None else row.pk,
        year=day.year,
        planned_on=day,
        planned_by=by,
        amount=worked.value if worked else None,
        unit=worked.unit if worked else "元",
        working=worked.working if worked else "",
    )


def _rules_by_model() -> list[tuple[Any, list[Rule]]]:
    of_person = [rule for rule in RULES.values() if rule.of == OF_PERSON]
    return [(Person, of_person), (Household, [rule for rule in RULES.values() if rule.of != OF_PERSON])]


def _households(measures: Sequence[Measure]) -> set[int]:
    return {row.household_id for row in measures if row.household_id is not None}


def _delivered(rule: Rule, day: datetime.date) -> Exists:
    """Something of the policy was delivered to the row in the year of the day, up to it."""
    given = Measure.objects.delivered().of_policy(rule.code).filter(year=day.year, delivered_on__lte=day)
    return Exists(given.filter(**{rule.of: OuterRef("pk")}))


def _rightly(rule: Rule, when: When, back: Back | None) -> Q:
    """The measure's person or household is entitled; with `back`, as both stood on the day."""
    key, whose = HOME_OF[rule.model], OuterRef(f"{rule.of}_id")
    stand = rule.entitled(when)
    if back is None:
        return Q(Exists(stand.filter(pk=whose)))
    found = Q(Exists(stand.filter(back.same(key), pk=whose)))
    rows = (
        back.persons() if rule.of == OF_PERSON else [Household.objects.filter(pk__in=homes(back.on_file()))]
    )
    asked = rule.condition.q(replace(when, back=back), rule.of)
    for some in rows:
        found |= Q(Exists(some.filter(asked, id=whose)))
    return found


def _named(rows: Any, asked: dict[str, Any]) -> dict[str, int]:
    """One statement; aggregates are named by number, since a code has hyphens."""
    names = {f"n{place}": name for place, name in enumerate(asked)}
    counted = rows.order_by().aggregate(**{key: asked[name] for key, name in names.items()})
    return {names[key]: value for key, value in counted.items()}


def _grouped(rows: Any, where: str, asked: dict[str, Any]) -> dict[int, dict[str, int]]:
    """The same by the area in which each row lies."""
    names = {f"n{place}": name for place, name in enumerate(asked)}
    counted = rows.order_by().values_list(where).annotate(**{key: asked[name] for key, name in names.items()})
    return {place: dict(zip(names.values(), counts, strict=True)) for place, *counts in counted}
