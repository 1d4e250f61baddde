"""What eligibility reads of a household and its members, as plain values; unknown is None or empty."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from households.models import Household, Living, Person, Shock, Survey
from villages.models import KeyVillage


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    id: int
    birth_date: datetime.date
    present: bool = True
    sex: str = ""
    schooling: str = ""
    boarding: bool | None = None
    health: tuple[str, ...] = ()
    disability_category: str = ""
    disability_grade: str = ""
    self_care: str = ""
    labour_capacity: str = ""
    work_months: int | None = None
    political_status: str = ""
    subsistence_allowance: bool | None = None
    extremely_poor_support: bool | None = None
    support_mode: str = ""
    orphan: bool | None = None
    child_in_difficulty: bool | None = None
    resident_medical_insurance: bool | None = None
    resident_pension: bool | None = None
    employee_pension: bool | None = None


@dataclass(frozen=True, kw_only=True)
class HomeFacts:
    """`house_grade` and `income` (yuan a head and year) are those of the last year that has them.

    `key_level`: the level of its village while that stands on the list of key villages.
    """

    id: int
    village: int
    attribute: str = ""
    exit_mark: str = ""
    registered_on: datetime.date | None = None
    left_on: datetime.date | None = None
    removed_on: datetime.date | None = None
    house_grade: str = ""
    income: Decimal | None = None
    key_level: str = ""
    open_shock: bool = False
    members: tuple[PersonFacts, ...] = ()


@dataclass(frozen=True)
class Case:
    """A household as a whole, or one of its persons."""

    home: HomeFacts
    person: PersonFacts | None = None

    @property
    def counted(self) -> bool:
        """On file: registered, not cancelled, and the person has not left. Who has left poverty stays on file."""
        here = self.home.registered_on is not None and self.home.removed_on is None
        return here and (self.person is None or self.person.present)


@dataclass(frozen=True)
class When:
    """The day a condition is asked of. With an earlier `since`, an age is right that was so on any day between."""

    day: datetime.date
    since: datetime.date | None = None

    @property
    def first(self) -> datetime.date:
        return self.since or self.day

    @classmethod
    def any_day_of(cls, day: datetime.date) -> "When":
        """Any day of the year up to this one."""
        return cls(day, since=datetime.date(day.year, 1, 1))


PERSON = tuple(each.name for each in fields(PersonFacts))
HOME = ("id", "attribute", "exit_mark", "registered_on", "left_on", "removed_on")


def homes(ids: Iterable[int], day: datetime.date) -> Iterator[HomeFacts]:
    """The facts of some households on the day, in two statements for any number; a survey that is a draft is none."""
    wanted = list(ids)
    members: dict[int, list[PersonFacts]] = defaultdict(list)
    for row in Person.objects.filter(household__in=wanted).order_by("pk").values("household_id", *PERSON):
        members[row.pop("household_id")].append(PersonFacts(**row))
    mine = {"household": OuterRef("pk")}
    villages = KeyVillage.objects.standing(day).filter(area=OuterRef("village"))
    known = Household.objects.filter(pk__in=wanted).annotate(
        last_grade=_last(Living.objects.filter(**mine), "house_grade"),
        last_income=_last(Survey.objects.counted().filter(**mine), "net_income_per_capita"),
        level=Subquery(villages.values("level_then")[:1]),
        struck=Exists(Shock.objects.filter(**mine, settled_on__isnull=True)),
    )
    for home in known.order_by("pk").values(
        "village_id", "last_grade", "last_income", "level", "struck", *HOME
    ):
        yield HomeFacts(
            **{name: home[name] for name in HOME},
            village=home["village_id"],
            house_grade=home["last_grade"] or "",
            income=home["last_income"],
            key_level=home["level"] or "",
            open_shock=home["struck"],
            members=tuple(members[home["id"]]),
        )


def _last(rows: Any, name: str) -> Subquery:
    """The value of the last year's row."""
    return Subquery(rows.order_by("-year").values(name)[:1])
