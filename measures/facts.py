"""What eligibility reads of a household and its members, as plain values; unknown is None or empty."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Round

from households.looking_back import Back
from households.models import Household, Living, Person, Production, Shock, Survey
from villages.models import KeyVillage, VillageYear

LAND = ("farmland", "forest_land", "orchard_land", "pasture_land", "water_area")
EARNED = ("wage_income", "business_income")


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

    `key_level`: the level of its village while that stands on the list of key villages. `collective` (yuan of the
    village), `land` (亩) and `earned` (yuan of wages and business) are those of the last year that states them.
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
    collective: Decimal | None = None
    collective_year: int | None = None
    land: Decimal | None = None
    land_year: int | None = None
    earned: Decimal | None = None
    earned_year: int | None = None
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
    """The day a condition is asked of. With an earlier `since`, an age is right that was so on any day between.

    With `back` the database is asked how those stood on the day who have changed since; without it, of the record as it
    stands.
    """

    day: datetime.date
    since: datetime.date | None = None
    back: Back | None = None

    @property
    def first(self) -> datetime.date:
        return self.since or self.day

    @classmethod
    def any_day_of(cls, day: datetime.date, back: Back | None = None) -> "When":
        """Any day of the year up to this one."""
        return cls(day, since=datetime.date(day.year, 1, 1), back=back)


PERSON = tuple(each.name for each in fields(PersonFacts))
MEANS = tuple(f"{name}_{part}" for name in ("collective", "land", "earned") for part in ("value", "year"))
HOME = ("id", "attribute", "exit_mark", "registered_on", "left_on", "removed_on")


def homes(ids: Iterable[int], day: datetime.date) -> Iterator[HomeFacts]:
    """The facts of some households on the day, in two statements for any number; a survey that is a draft is none."""
    wanted = list(ids)
    members: dict[int, list[PersonFacts]] = defaultdict(list)
    for row in Person.objects.filter(household__in=wanted).order_by("pk").values("household_id", *PERSON):
        members[row.pop("household_id")].append(PersonFacts(**row))
    mine = {"household": OuterRef("pk")}
    villages = KeyVillage.objects.standing(day).filter(area=OuterRef("village"))
    years = {"year__lte": day.year}
    known = Household.objects.filter(pk__in=wanted).annotate(
        last_grade=_last(Living.objects.filter(**mine, **years), "house_grade"),
        last_income=_last(Survey.objects.counted().filter(**mine, **years), "net_income_per_capita"),
        level=Subquery(villages.values("level_then")[:1]),
        struck=Exists(Shock.objects.open(day).filter(**mine)),
        **{
            f"{name}_{part}": newest(rows, part)
            for name, rows in _means(OuterRef("pk"), OuterRef("village"), day).items()
            for part in ("value", "year")
        },
    )
    for home in known.order_by("pk").values(
        "village_id", "last_grade", "last_income", "level", "struck", *MEANS, *HOME
    ):
        yield HomeFacts(
            **{name: home[name] for name in HOME},
            village=home["village_id"],
            house_grade=home["last_grade"] or "",
            income=home["last_income"],
            key_level=home["level"] or "",
            open_shock=home["struck"],
            collective=home["collective_value"],
            collective_year=home["collective_year"],
            land=home["land_value"],
            land_year=home["land_year"],
            earned=home["earned_value"],
            earned_year=home["earned_year"],
            members=tuple(members[home["id"]]),
        )


def _last(rows: Any, name: str) -> Subquery:
    """The value of the last year's row."""
    return Subquery(rows.order_by("-year").values(name)[:1])


def newest(sources: Sequence[QuerySet], part: str) -> Any:
    """`year` or `value` of the last year that says it, in the first of the sources that has any."""
    found = [Subquery(rows.values(part)[:1]) for rows in sources]
    return Coalesce(*found) if len(found) > 1 else found[0]


def collective(village: Any, day: datetime.date) -> tuple[QuerySet, QuerySet]:
    """`year` and `value` of the years that state the village's 村集体经济收入, the last one first; then of the area
    that it was before it passed to another town, with which its yearly facts stay."""
    rows = VillageYear.objects.filter(year__lte=day.year, collective_income__isnull=False)
    said = rows.annotate(value=F("collective_income")).order_by("-year")
    return said.filter(village__area=village), said.filter(village__area__successor=village)


def land(household: Any) -> tuple[QuerySet]:
    """亩 of every kind that the household has, by the years that state any."""
    rows = _stating(Production.objects.filter(household=household), LAND)
    return (rows.annotate(value=_sum(LAND)).order_by("-year"),)


def earned(household: Any) -> tuple[QuerySet]:
    """Yuan of wages and of business less its expense, by the counted surveys that state either."""
    rows = _stating(Survey.objects.counted().filter(household=household), EARNED)
    net = _sum(EARNED) - Coalesce(F("business_expense"), Value(Decimal(0)))
    return (rows.annotate(value=Round(net, 2)).order_by("-year"),)


def _means(household: Any, village: Any, day: datetime.date) -> dict[str, Sequence[QuerySet]]:
    return {"collective": collective(village, day), "land": land(household), "earned": earned(household)}


def _stating(rows: QuerySet, names: tuple[str, ...]) -> QuerySet:
    asked = Q()
    for name in names:
        asked |= Q(**{f"{name}__isnull": False})
    return rows.filter(asked)


def _sum(names: tuple[str, ...]) -> Any:
    found: Any = Value(Decimal(0))
    for name in names:
        found = found + Coalesce(F(name), Value(Decimal(0)))
    return found
