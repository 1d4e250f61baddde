"""Who is to be examined by 民政 as 特困人员 (R019), and how their households stand by the record (R020)."""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from households.checks.others import Lines
from households.condition import AGED_FROM, DISABLED, MINOR_BELOW, NO_LABOUR, Member, Standing
from households.models import Living, Person, Survey
from households.models.household import HouseholdQuerySet


def born_by(on: datetime.date, years: int) -> datetime.date:
    """The latest birth date of who is so many years old on the day."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February, in a year without it
        return datetime.date(on.year - years, 2, 28)


def to_examine(households: HouseholdQuerySet, on: datetime.date, lines: Lines) -> HouseholdQuerySet:
    """The households in which condition.to_be_examined finds somebody, with `income_then`, `year_then`,
    `grade_then` and `water_then` of their newest records."""
    here = Person.objects.filter(household=OuterRef("pk"), present=True)
    grown, aged = Q(birth_date__lte=born_by(on, MINOR_BELOW)), Q(birth_date__lte=born_by(on, AGED_FROM))
    able = here.filter(grown).exclude(labour_capacity__in=NO_LABOUR)
    meets = here.exclude(extremely_poor_support=True).filter(aged | ~grown | Q(health__holds=DISABLED))
    surveys = Survey.objects.counted().filter(household=OuterRef("pk"), year__lte=on.year).order_by("-year")
    living = Living.objects.filter(household=OuterRef("pk")).order_by("-year")
    found = households.filter(~Exists(able), Exists(meets), registered_on__lte=on, removed_on__isnull=True)
    found = found.annotate(
        income_then=Subquery(surveys.values("net_income_per_capita")[:1]),
        year_then=Subquery(surveys.values("year")[:1]),
        water_then=Subquery(surveys.values("water_safe")[:1]),
        grade_then=Subquery(living.values("house_grade")[:1]),
    )
    over = Q(pk__in=())
    for county in lines.applied:
        for year, line in lines.exit_lines(county, on).items():
            over |= Q(county=county, year_then=year, income_then__gt=line)
    return found.filter(Q(income_then__isnull=True) | ~over)


def dress(rows: list[Any], on: datetime.date, lines: Lines) -> None:
    """`head_name`, and `stands`: how each household of a page stands; one statement."""
    present: dict[int, list[Person]] = {row.pk: [] for row in rows}
    for person in Person.objects.filter(household__in=present, present=True).order_by("number"):
        present[person.household_id].append(person)
    for row in rows:
        row.head_name = next((one.name for one in present[row.pk] if one.is_head), "")
        row.stands = Standing(
            members=[member(person, on) for person in present[row.pk]],
            income=row.income_then,
            line=lines.exit_lines(row.county_id, on).get(row.year_then),
            house_grade=row.grade_then or "",
            water_safe=row.water_then,
        )


def member(person: Person, on: datetime.date) -> Member:
    return Member(
        name=person.name,
        age=person.age(on),
        health=tuple(person.health),
        labour_capacity=person.labour_capacity,
        schooling=person.schooling,
        supported=bool(person.extremely_poor_support),
    )
