"""一户一人一技能 (R110): a trained member in each household with labour, a course for each who can work.

004 第四章第一节一, 003 第四章, 002 第二章第一节1. A member is trained once a course of a training policy is delivered
and finished (结业), in whatever year. Who is willing is asked of each worker and kept with its day (TASK-SKILL; what
was said last holds): a household all of whose workers are unwilling is told apart and not owed a course. Readings:
poor is on the register or left it less than three years ago; the first figure counts whoever of the household is
trained, the second each member able to work.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from households.models import Household, Person
from measures import extras
from measures.conditions import OF_HOUSEHOLD, OF_PERSON, All, Member
from measures.coverage import Ground
from measures.eligibility import ABLE, POOR_FAMILY, Rule
from measures.facts import When
from measures.models import Measure, State
from office.days import written

WISH, COURSE = "TASK-SKILL", "TRAIN-FREE"
WILLING, UNWILLING = "愿意", "不愿意"
# Every policy that is a course says which one.
TRAINING = tuple(code for code in extras.EXTRAS if any(one.key == "course" for one in extras.of(code)))
HOMES = Rule(WISH, OF_HOUSEHOLD, All(POOR_FAMILY, Member(ABLE)))
WORKERS = Rule(WISH, OF_PERSON, All(POOR_FAMILY, ABLE))
OWED, REFUSED, MET, ALL = "owed", "unwilling", "met", "labour"
WITHOUT, WITH, EVERYBODY = "without", "with", "workers"
OF_HOMES = {OWED: "没有人培训过的户", REFUSED: "都不愿意培训的户", MET: "有人培训过的户", ALL: "有劳动力的户"}
OF_WORKERS = {WITHOUT: "没有培训过的劳动力", WITH: "培训过的劳动力", EVERYBODY: "有劳动能力的人"}


@dataclass(frozen=True)
class Worker:
    """A member as the rule reads it; `wish` is what was said last, `asked` its day, empty when nobody asked."""

    name: str
    able: bool = True
    trained: bool = False
    wish: str = ""
    asked: str = ""


def standing(members: Iterable[Worker]) -> str:
    """Of a household with labour: MET with one trained member, REFUSED when no worker is willing, else OWED."""
    known = list(members)
    if any(one.trained for one in known):
        return MET
    workers = [one for one in known if one.able]
    return REFUSED if all(one.wish == UNWILLING for one in workers) else OWED


def why(members: Iterable[Worker]) -> str:
    """In one sentence: who is trained, or who could be and what they said when."""
    known = list(members)
    trained = [one.name for one in known if one.trained]
    if trained:
        return f"{'、'.join(trained)}培训合格"
    said = "，".join(_said(one) for one in known if one.able)
    return f"没有人培训合格：{said}"


def _said(worker: Worker) -> str:
    if not worker.wish:
        return f"{worker.name}还没有询问意愿"
    return f"{worker.name}{asked_on(worker.asked)}表示{worker.wish}"


def asked_on(kept: str) -> str:
    """The day of an answer (ISO, as extras keep it) as a sentence has it."""
    return written(datetime.date.fromisoformat(kept))


def candidates(members: Sequence[Any]) -> list[Any]:
    """Whom a course may be planned for: the willing first, then who was not asked; never the unwilling."""
    return sorted(
        (one for one in members if one.able and not one.trained and one.wish != UNWILLING),
        key=lambda one: one.wish != WILLING,
    )


@dataclass(frozen=True)
class Figure:
    """One figure: the list that counts to it, its word and its unit."""

    kind: str
    word: str
    unit: str
    count: int


def figures(ground: Ground) -> list[Figure]:
    """The seven figures, in two statements."""
    homes = ground.of(Household).filter(HOMES.q(When(ground.day)))
    workers = ground.of(Person).filter(WORKERS.q(When(ground.day)))
    of_homes = homes.order_by().aggregate(
        **{kind: Count("pk", filter=_home(kind, ground.day)) for kind in OF_HOMES}
    )
    of_workers = workers.order_by().aggregate(
        **{kind: Count("pk", filter=_worker(kind, ground.day)) for kind in OF_WORKERS}
    )
    return [
        *(Figure(kind, word, "户", of_homes[kind]) for kind, word in OF_HOMES.items()),
        *(Figure(kind, word, "人", of_workers[kind]) for kind, word in OF_WORKERS.items()),
    ]


def rows(kind: str, ground: Ground) -> Any:
    """The households or persons that a figure counts."""
    if kind in OF_HOMES:
        found = ground.of(Household).filter(HOMES.q(When(ground.day)))
        return found.filter(_home(kind, ground.day))
    found = ground.of(Person).filter(WORKERS.q(When(ground.day)))
    return found.filter(_worker(kind, ground.day))


def members_of(households: Iterable[int], day: datetime.date) -> dict[int, list[Any]]:
    """Present members by household, each with `able`, `trained`, `wish` and `asked`, in one statement."""
    found: dict[int, list[Any]] = defaultdict(list)
    for person in told(Person.objects.filter(household__in=list(households), present=True), day):
        found[person.household_id].append(person)
    return found


def told(persons: Any, day: datetime.date) -> Any:
    """Persons with what the rule reads of each, in the order of their numbers."""
    return persons.annotate(
        able=_yes(ABLE.q(When(day), OF_PERSON)),
        trained=Exists(_courses(day).filter(person=OuterRef("pk"))),
        wish=_last("willing", day),
        asked=_last("asked", day),
    ).order_by("household_id", "number")


def _home(kind: str, day: datetime.date) -> Q:
    members = Person.objects.filter(household=OuterRef("pk"), present=True)
    trained = Exists(members.filter(Exists(_courses(day).filter(person=OuterRef("pk")))))
    workers = members.filter(ABLE.q(When(day), OF_PERSON))
    open_to_it = Exists(workers.annotate(said=_last("willing", day)).exclude(said=UNWILLING))
    return {
        ALL: Q(),
        MET: Q(trained),
        OWED: ~Q(trained) & Q(open_to_it),
        REFUSED: ~Q(trained) & ~Q(open_to_it),
    }[kind]


def _worker(kind: str, day: datetime.date) -> Q:
    had = Exists(_courses(day).filter(person=OuterRef("pk")))
    return {EVERYBODY: Q(), WITH: Q(had), WITHOUT: ~Q(had)}[kind]


def _courses(day: datetime.date) -> Any:
    """Courses delivered and finished by the day."""
    given = Measure.objects.delivered().filter(policy__code__in=TRAINING, delivered_on__lte=day)
    return given.filter(extras__finished="是")


def _last(key: str, on: datetime.date) -> Coalesce:
    """What the person's last 培训意愿 by the day says, empty without one."""
    wishes = Measure.objects.exclude(state=State.CANCELLED).of_policy(WISH).filter(person=OuterRef("pk"))
    by_day = wishes.filter(extras__has_key="willing").annotate(day=Cast(KT("extras__asked"), CharField()))
    by_day = by_day.filter(day__lte=on.isoformat())
    newest = by_day.order_by("-day", "-pk").annotate(value=KT(f"extras__{key}")).values("value")[:1]
    return Coalesce(Cast(Subquery(newest), CharField()), Value(""))


def _yes(condition: Q) -> Any:
    return Exists(Person.objects.filter(condition, pk=OuterRef("pk")))
