"""脱贫不脱政策 as rows: measures of the year of leaving that did not go on.

The rule is audits/continued.py; here it is a condition of the database, and for the rows that are shown the rule
itself says since when.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import ExtractMonth, ExtractYear

from areas.models import Area, Level
from audits import continued
from audits.continued import Help, Stop, Term
from audits.models.setting import AuditSetting
from audits.procedures import ListKind
from households.models import LEFT
from measures.conditions import OF_PERSON
from measures.eligibility import RULES
from measures.facts import Case, HomeFacts, When, homes
from measures.models import Measure
from measures.models.measure import MeasureQuerySet

Given = dict[tuple[str, int, int | None], list[tuple[int, datetime.date]]]


def term_of(area: Area | None, day: datetime.date) -> Term:
    """As the county of the area has settled it, else as the plans have it."""
    county = area.at(Level.COUNTY) if area is not None else None
    if county is None:
        return Term()
    settled = AuditSetting.objects.frozen(county, ListKind.HOUSEHOLD_EXIT, day)
    return Term(
        years=int(settled.get("policy_years", continued.YEARS)),
        months=int(settled.get("subsistence_months", continued.MONTHS)),
    )


def stopped(rows: MeasureQuerySet, day: datetime.date, term: Term) -> MeasureQuerySet:
    """Of the measures, the last of its kind in the year of an exit that stands, of what has stopped since.

    A person who has gone takes nothing more; nor does a household that was cancelled.
    """
    of_the_exit = rows.delivered().filter(
        Q(person__isnull=True) | Q(person__present=True),
        household__exit_mark=LEFT,
        household__removed_on__isnull=True,
        household__exit_year=F("year"),
    )
    last = of_the_exit.exclude(Exists(_same(year=OuterRef("year"), pk__gt=OuterRef("pk"))))
    dated = last.annotate(left_months=_months("household__left_on"))
    found: MeasureQuerySet = dated.filter(_repeated(day, term) | _subsistence(day, term))
    return found


def _same(**more: Any) -> MeasureQuerySet:
    """Deliveries of the same policy to the same household, or the same person of it."""
    person = Q(person=OuterRef("person")) | Q(person__isnull=True, household=OuterRef("household"))
    same = {"household": OuterRef("household"), "policy__code": OuterRef("policy__code")}
    found: MeasureQuerySet = Measure.objects.delivered().filter(person, **same, **more)
    return found


def _months(name: str) -> Any:
    return ExtractYear(name) * 12 + ExtractMonth(name)


def _repeated(day: datetime.date, term: Term) -> Q:
    """A year after that of the exit, begun and within the term, in which the policy ran and nothing was given."""
    missing = Q()
    for after in range(1, term.years + 1):
        runs = Q(policy__valid_to__isnull=True) | Q(policy__valid_to__year__gte=F("year") + after)
        nothing = ~Q(Exists(_same(year=OuterRef("year") + after)))
        missing |= Q(year__lte=day.year - after) & runs & nothing
    repeated = Q(policy__period__in=continued.REPEATED)
    return repeated & ~Q(policy__code__startswith=continued.SUBSISTENCE) & missing


def again() -> Q:
    """Of policies: those that can stop."""
    return Q(period__in=continued.REPEATED) | Q(code__startswith=continued.SUBSISTENCE)


def _subsistence(day: datetime.date, term: Term) -> Q:
    """Not paid in the months after the exit, once these are over."""
    paid = _same().annotate(paid=_months("delivered_on"))
    late_enough = paid.filter(paid__gte=OuterRef("left_months") + term.months)
    over = Q(left_months__lte=day.year * 12 + day.month - term.months)
    return Q(policy__code__startswith=continued.SUBSISTENCE) & over & ~Q(Exists(late_enough))


def dress(rows: Sequence[Any], day: datetime.date, term: Term) -> None:
    """Adds `stop`, and `lost`: why the record entitles them no more, "" while it does or when it cannot be told."""
    ids = {row.household_id for row in rows}
    given, facts = _given(ids), {home.id: home for home in homes(ids, day)}
    for row in rows:
        row.stop = _stop(row, given, day, term)
        row.lost = _lost(row, facts.get(row.household_id), day)


def _given(ids: Collection[int]) -> Given:
    rows = Measure.objects.delivered().filter(household__in=ids)
    found: Given = defaultdict(list)
    for code, household, person, year, on in rows.values_list(
        "policy__code", "household_id", "person_id", "year", "delivered_on"
    ):
        found[code, household, person].append((year, on))
    return found


def _stop(row: Measure, given: Given, day: datetime.date, term: Term) -> Stop | None:
    mine = given[row.policy.code, row.household_id or 0, row.person_id]
    home = row.household
    if home is None or home.left_on is None:
        return None
    case = Help(
        code=row.policy.code,
        period=row.policy.period,
        left_on=home.left_on,
        given={year for year, _ in mine},
        last_on=max(on for _, on in mine),
        ends=row.policy.valid_to,
    )
    return continued.stopped(case, day, term)


def _lost(row: Measure, home: HomeFacts | None, day: datetime.date) -> str:
    rule = RULES.get(row.policy.code)
    if rule is None or home is None:
        return ""
    person = next((one for one in home.members if one.id == row.person_id), None)
    if rule.of == OF_PERSON and person is None:
        return ""
    return "；".join(rule.why_not(Case(home, person if rule.of == OF_PERSON else None), When(day)))
