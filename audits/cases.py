"""What an exit is judged by, as plain values: a household, a village, a notice, a decision, a house.

Unknown is None or ""; 否 is False and never unknown. Amounts are yuan a head and year.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

YesNo = bool | None
SUBMITTED = ("已填报", "已封存")


@dataclass(frozen=True)
class Rules:
    """What the plans leave open or differ in, set by the county from a day on (models/setting.py).

    `stable_years`: 稳定 (R030) is this many surveys on end above the line. `deep_margin`: multiple of the
    line that a household of a deep-poverty village must exceed (R032: 1.25 in 002). `water_blocks`: C099 as
    an error. `incidence`: the percent a village must be under (R057).
    """

    stable_years: int = 1
    deep_margin: Decimal = Decimal(1)
    water_blocks: bool = False
    incidence: Decimal = Decimal(2)


RULES = Rules()


@dataclass(frozen=True, kw_only=True)
class Member:
    """A present member; `age` in full years at the end of the exit year's survey, or of the day."""

    name: str = ""
    number: str = ""
    age: int | None = None
    schooling: str = ""
    health: tuple[str, ...] = ()
    critical_illness_insurance: YesNo = None
    support_mode: str = ""


@dataclass(frozen=True, kw_only=True)
class YearIncome:
    year: int
    income: Decimal | None
    line: int | None


@dataclass(frozen=True, kw_only=True)
class HouseholdCase:
    """A household that is to leave in `year`; `survey_state` is empty without a survey of that year.

    `earlier` are the years before it, newest first. `undelivered` names what it is entitled to and has not
    been given in the year, `findings` the doubts about its data that nobody has settled, as (key, message).
    """

    year: int
    counted_from: int | None = None
    standard: str = ""
    line: int | None = None
    line_missing: str = ""
    survey_state: str = ""
    income: Decimal | None = None
    earlier: tuple[YearIncome, ...] = ()
    deep_poverty: bool = False
    food_assured: YesNo = None
    clothing_assured: YesNo = None
    education_guaranteed: YesNo = None
    medical_guaranteed: YesNo = None
    housing_guaranteed: YesNo = None
    water_safe: YesNo = None
    water_difficult: YesNo = None
    house_grade: str = ""
    house_area: Decimal | None = None
    members: tuple[Member, ...] = ()
    undelivered: tuple[str, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    rules: Rules = field(default=RULES)

    @property
    def surveyed(self) -> bool:
        return self.survey_state in SUBMITTED

    @property
    def bar(self) -> Decimal | None:
        """What the income must exceed; None when the year has no line."""
        return self.over(self.line)

    def over(self, line: int | None) -> Decimal | None:
        if line is None:
            return None
        return line * self.rules.deep_margin if self.deep_poverty else Decimal(line)


@dataclass(frozen=True, kw_only=True)
class VillageCase:
    """A key village on the day it is judged; facts of the year as they were entered, None is not filled in.

    `poor` are persons on the register by 省定 (国标 within), `incidence` of them in percent (villages.incidence).
    """

    year: int
    poor: int = 0
    rural: int | None = None
    incidence: Decimal | None = None
    five_connect: Collection[str] | None = None
    all_five: Collection[str] = ()
    standard_clinic: YesNo = None
    specialty_industries: int | None = None
    cooperatives: int | None = None
    collective_income: Decimal | None = None
    rules: Rules = field(default=RULES)


@dataclass(frozen=True, kw_only=True)
class NoticeCase:
    """A sheet: the day it was put up, its last day, and the whole days of its stage."""

    posted_on: datetime.date
    ends_on: datetime.date
    days: int


@dataclass(frozen=True, kw_only=True)
class DecisionCase:
    """A decision about to be made: who makes it (and for whom), who decided at which stage, who entered."""

    stage: str
    persons: frozenset[int]
    own: bool = False
    decided: tuple[tuple[int, str], ...] = ()
    entered: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class HouseDates:
    """The dates of a house under renovation, in the order they come."""

    day: datetime.date
    applied_on: datetime.date | None = None
    agreement_on: datetime.date | None = None
    completed_on: datetime.date | None = None
    accepted_on: datetime.date | None = None
    paid_on: datetime.date | None = None
