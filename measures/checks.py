"""Logic checks that need a measure (C088–C092; pure), numbered as in data/checks.csv.

C093 is a constraint of every balance and measures.invariants; C094 holds by how shares are made, of households of
the asset's place. Readings: 产业 measures of 光伏 and 资产收益 (known by the policy's name, or by being a share of an
asset's income) bring property income and are left out of C091; a year without a survey is not
asked; for the running year a person's schooling is that of the record, for an earlier one that of its survey.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from households.models import Household, Person, PersonYear, Survey, Watch
from measures.models import Measure, State
from office.rulebook import NIGHTLY, Breach, RuleBook, Spot

BOOK = RuleBook.read(Path(__file__).resolve().parent / "data" / "checks.csv")
RULES = BOOK.rules
YULU, INDUSTRY = "YULU", "产业"
# Whether somebody would learn (measures.skills): asked and noted, no help yet.
WISH = "TASK-SKILL"
BY_HELP = "帮扶消除"
NOT_BUSINESS = ("光伏", "资产收益")
TRADE = ("中职", "高职高专", "技师学院")


@dataclass(frozen=True, kw_only=True)
class Given:
    """A measure as the rules read it; `person` is the person's number."""

    policy: str
    name: str
    chapter: str
    year: int
    state: str
    planned_on: datetime.date
    delivered_on: datetime.date | None = None
    person: str = ""
    shared: bool = False

    @property
    def stands(self) -> bool:
        return self.state != State.CANCELLED


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A watch record; open while `removed_on` is empty."""

    identified_on: datetime.date
    removed_on: datetime.date | None = None
    removal_way: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A household on the day. `schooling` by person number and year, `business` income by surveyed year."""

    day: datetime.date
    registered_on: datetime.date | None = None
    measures: tuple[Given, ...] = ()
    watches: tuple[Watched, ...] = ()
    schooling: Mapping[tuple[str, int], str] = field(default_factory=dict)
    business: Mapping[int, Decimal | None] = field(default_factory=dict)


def run(case: Case, stage: str = NIGHTLY) -> list[Breach]:
    return BOOK.run(case, stage)


@BOOK.rule("C088", of=Case)
def watched_without_help(case: Case) -> Iterator[Spot]:
    months = BOOK["C088"].whole("max")
    for watch in case.watches:
        late = watch.removed_on is None and _months_later(watch.identified_on, months) < case.day
        helped = (
            one
            for one in case.measures
            if one.stands and one.policy != WISH and one.planned_on >= watch.identified_on
        )
        if late and not any(helped):
            yield Spot(("watch.identified_on", "watch.risk_removed"))


@BOOK.rule("C089", of=Case)
def removed_by_help_that_never_came(case: Case) -> Iterator[Spot]:
    for watch in case.watches:
        if watch.removal_way != BY_HELP or watch.removed_on is None:
            continue
        came = any(
            one.state == State.DELIVERED
            and one.delivered_on is not None
            and watch.identified_on <= one.delivered_on <= watch.removed_on
            for one in case.measures
        )
        if not came:
            yield Spot(("watch.removal_way",))


@BOOK.rule("C090", of=Case)
def trade_school_help_out_of_trade_school(case: Case) -> Iterator[Spot]:
    for one in case.measures:
        if one.policy != YULU or not one.stands or not one.person:
            continue
        if not case.schooling.get((one.person, one.year), "").startswith(TRADE):
            yield Spot(("person.schooling",), number=one.person)


@BOOK.rule("C091", of=Case)
def industry_help_without_business(case: Case) -> Iterator[Spot]:
    helped = {
        one.year
        for one in case.measures
        if one.state == State.DELIVERED
        and one.chapter == INDUSTRY
        and not one.shared
        and not any(word in one.name for word in NOT_BUSINESS)
    }
    for year in sorted(helped & case.business.keys()):
        if not case.business[year]:
            yield Spot(("survey.business_income",))


@BOOK.rule("C092", of=Case)
def helped_before_registered(case: Case) -> Iterator[Spot]:
    since = case.registered_on
    if since is not None and any(one.stands and one.year < since.year for one in case.measures):
        yield Spot(("household.registered_on",))


def of_these(households: Collection[Household], day: datetime.date) -> dict[int, Case]:
    """The cases of some households as they are saved, by household id, in five statements."""
    ids = [household.pk for household in households]
    measures: dict[int, list[Given]] = defaultdict(list)
    rows = (
        Measure.objects.filter(household__in=ids).select_related("policy", "person", "share").order_by("pk")
    )
    for row in rows:
        measures[row.household_id].append(_given(row))
    watches: dict[int, list[Watched]] = defaultdict(list)
    for watch in Watch.objects.filter(household__in=ids).order_by("pk"):
        span = Watched(
            identified_on=watch.identified_on, removed_on=watch.removed_on, removal_way=watch.removal_way
        )
        watches[watch.household_id].append(span)
    business: dict[int, dict[int, Decimal | None]] = defaultdict(dict)
    counted = Survey.objects.counted().filter(household__in=ids)
    for home, year, income in counted.values_list("household", "year", "business_income"):
        business[home][year] = income
    schooling = _schooling(ids, day)
    return {
        household.pk: Case(
            day=day,
            registered_on=household.registered_on,
            measures=tuple(measures[household.pk]),
            watches=tuple(watches[household.pk]),
            schooling=schooling[household.pk],
            business=business[household.pk],
        )
        for household in households
    }


def _given(row: Measure) -> Given:
    return Given(
        policy=row.policy.code,
        name=row.policy.name,
        chapter=row.policy.chapter,
        year=row.year,
        state=row.state,
        planned_on=row.planned_on,
        delivered_on=row.delivered_on,
        person=row.person.number if row.person else "",
        shared=hasattr(row, "share"),
    )


def _schooling(ids: list[int], day: datetime.date) -> dict[int, dict[tuple[str, int], str]]:
    """Schooling of the members in each surveyed year, and of the record for the running year."""
    found: dict[int, dict[tuple[str, int], str]] = defaultdict(dict)
    surveyed = PersonYear.objects.filter(person__household__in=ids).values_list(
        "person__household", "person__number", "year", "schooling"
    )
    for home, number, year, stage in surveyed:
        found[home][number, year] = stage
    now = Person.objects.filter(household__in=ids).values_list("household", "number", "schooling")
    for home, number, stage in now:
        found[home][number, day.year] = stage
    return found


def _months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months on, or the last of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    first_of_next = datetime.date(year + month // 12, month % 12 + 1, 1)
    last = (first_of_next - datetime.timedelta(days=1)).day
    return datetime.date(year, month, min(day.day, last))
