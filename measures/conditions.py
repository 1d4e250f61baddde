"""Conditions of eligibility as data: each can be read as a sentence, asked of one case, or of a whole register.

`holds` asks the facts of one person or household; `q` is the same question to the database, so that counting
never loads a record. What is unknown fulfils no condition. `of` is what the rows are: PERSON or HOUSEHOLD.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q

from households.looking_back import homes
from households.models import POOR, Living, Person, Shock, Survey
from measures.facts import Case, PersonFacts, When
from villages.models import KeyVillage

OF_PERSON, OF_HOUSEHOLD = "person", "household"


class Condition(Protocol):
    @property
    def sentence(self) -> str: ...

    def holds(self, case: Case, when: When) -> bool: ...

    def q(self, when: When, of: str) -> Q: ...


def born_by(day: datetime.date, years: int) -> datetime.date:
    """Who is born by this day is at least so many 周岁 on `day`; of 29 February one is older on 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _home(of: str) -> str:
    """Where a household's columns stand, seen from the rows."""
    return "household__" if of == OF_PERSON else ""


def _key(of: str) -> str:
    return "household_id" if of == OF_PERSON else "pk"


def _person(case: Case) -> PersonFacts:
    if case.person is None:
        raise ValueError("a condition on a person was asked of a household; say of whom with Member")
    return case.person


@dataclass(frozen=True)
class Age:
    """周岁, both ends included."""

    low: int = 0
    high: int | None = None

    @property
    def sentence(self) -> str:
        if self.high is None:
            return f"{self.low}周岁及以上"
        return f"{self.low}至{self.high}周岁" if self.low else f"{self.high}周岁及以下"

    def holds(self, case: Case, when: When) -> bool:
        born = _person(case).birth_date
        old_enough = born <= born_by(when.day, self.low)
        return old_enough and (self.high is None or born > born_by(when.first, self.high + 1))

    def q(self, when: When, of: str) -> Q:
        asked = Q(birth_date__lte=born_by(when.day, self.low))
        return asked if self.high is None else asked & Q(birth_date__gt=born_by(when.first, self.high + 1))


@dataclass(frozen=True)
class Is:
    """A code of the person is one of these words; `said` is how a sentence puts it."""

    field: str
    words: tuple[str, ...]
    said: str = ""

    @property
    def sentence(self) -> str:
        label = str(Person._meta.get_field(self.field).verbose_name)  # type: ignore[union-attr]
        return self.said or f"{label}是{'、'.join(self.words)}"

    def holds(self, case: Case, when: When) -> bool:
        return getattr(_person(case), self.field) in self.words

    def q(self, when: When, of: str) -> Q:
        return Q(**{f"{self.field}__in": self.words})


@dataclass(frozen=True)
class Flag:
    """A yes/no of the person is answered 是."""

    field: str
    said: str

    @property
    def sentence(self) -> str:
        return self.said

    def holds(self, case: Case, when: When) -> bool:
        return getattr(_person(case), self.field) is True

    def q(self, when: When, of: str) -> Q:
        return Q(**{self.field: True})


@dataclass(frozen=True)
class Health:
    """The person's health has this class among others."""

    word: str

    @property
    def sentence(self) -> str:
        return f"健康状况有“{self.word}”"

    def holds(self, case: Case, when: When) -> bool:
        return self.word in _person(case).health

    def q(self, when: When, of: str) -> Q:
        return Q(health__holds=self.word)


@dataclass(frozen=True)
class Works:
    """Work of at least so many months in the year of the record."""

    months: int = 1

    @property
    def sentence(self) -> str:
        return f"务工{self.months}个月以上"

    def holds(self, case: Case, when: When) -> bool:
        return (_person(case).work_months or 0) >= self.months

    def q(self, when: When, of: str) -> Q:
        return Q(work_months__gte=self.months)


@dataclass(frozen=True)
class Supported:
    """On the register, or left it within so many years: 脱贫不脱政策 (004 十二章二节五, R051)."""

    years: int = 3

    @property
    def sentence(self) -> str:
        return f"在册，或者退出未满{self.years}年" if self.years else "在册（未脱贫或返贫）"

    def holds(self, case: Case, when: When) -> bool:
        left = case.home.left_on
        return case.home.exit_mark in POOR or bool(
            self.years and left is not None and left > born_by(when.first, self.years)
        )

    def q(self, when: When, of: str) -> Q:
        if when.back is not None:
            there = Q(**{f"{_key(of)}__in": homes(when.back.poor())})
            left = when.back.left_after(born_by(when.first, self.years))
            return there | Q(**{f"{_key(of)}__in": homes(left)}) if self.years else there
        on_register = Q(**{f"{_home(of)}exit_mark__in": POOR})
        if not self.years:
            return on_register
        return on_register | Q(**{f"{_home(of)}left_on__gt": born_by(when.first, self.years)})


@dataclass(frozen=True)
class Attribute:
    words: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"贫困户属性是{'、'.join(self.words)}"

    def holds(self, case: Case, when: When) -> bool:
        return case.home.attribute in self.words

    def q(self, when: When, of: str) -> Q:
        return Q(**{f"{_home(of)}attribute__in": self.words})


@dataclass(frozen=True)
class HouseGrade:
    """住房鉴定等级 of the last year that has been taken down."""

    words: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"住房鉴定为{'或'.join(self.words)}"

    def holds(self, case: Case, when: When) -> bool:
        return case.home.house_grade in self.words

    def q(self, when: When, of: str) -> Q:
        known = Living.objects.filter(year__lte=when.day.year)
        rows = known.filter(household=OuterRef(_key(of)), house_grade__in=self.words)
        return Q(Exists(_newest(rows, known)))


@dataclass(frozen=True)
class IncomeBelow:
    """人均纯收入 of the last counted survey, in yuan a year, below this."""

    yuan: Decimal

    @property
    def sentence(self) -> str:
        return f"人均纯收入低于{self.yuan}元"

    def holds(self, case: Case, when: When) -> bool:
        return case.home.income is not None and case.home.income < self.yuan

    def q(self, when: When, of: str) -> Q:
        known = Survey.objects.counted().filter(year__lte=when.day.year)
        rows = known.filter(household=OuterRef(_key(of)), net_income_per_capita__lt=self.yuan)
        return Q(Exists(_newest(rows, known)))


@dataclass(frozen=True)
class InKeyVillage:
    """The household's village stands on the list of key villages with this level."""

    levels: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"所在村是{'或'.join(self.levels)}重点村"

    def holds(self, case: Case, when: When) -> bool:
        return case.home.key_level in self.levels

    def q(self, when: When, of: str) -> Q:
        standing = KeyVillage.objects.standing(when.day).filter(level_then__in=self.levels)
        if when.back is not None:
            there = when.back.last().filter(village__in=standing.values("area_then"))
            return Q(**{f"{_key(of)}__in": homes(there)})
        return Q(**{f"{_home(of)}village__in": standing.values("area")})


@dataclass(frozen=True)
class OpenShock:
    """A shock (变故) of the household is entered and not settled."""

    sentence: str = "登记了尚未消除的变故"

    def holds(self, case: Case, when: When) -> bool:
        return case.home.open_shock

    def q(self, when: When, of: str) -> Q:
        return Q(Exists(Shock.objects.open(when.day).filter(household=OuterRef(_key(of)))))


@dataclass(frozen=True)
class Member:
    """Some present member of the household fulfils it."""

    of: Condition

    @property
    def sentence(self) -> str:
        return f"家中有人{self.of.sentence}"

    def holds(self, case: Case, when: When) -> bool:
        present = (person for person in case.home.members if person.present)
        return any(self.of.holds(Case(case.home, person), when) for person in present)

    def q(self, when: When, of: str) -> Q:
        here = [Person.objects.filter(present=True)] if when.back is None else when.back.persons()
        asked = Q()
        for members in here:
            fulfil = members.filter(self.of.q(when, OF_PERSON), household=OuterRef(_key(of)))
            asked |= Q(Exists(fulfil))
        return asked


@dataclass(frozen=True)
class Not:
    of: Condition
    said: str

    @property
    def sentence(self) -> str:
        return self.said

    def holds(self, case: Case, when: When) -> bool:
        return not self.of.holds(case, when)

    def q(self, when: When, of: str) -> Q:
        return ~self.of.q(when, of)


@dataclass(frozen=True, init=False)
class All:
    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        object.__setattr__(self, "parts", parts)

    @property
    def sentence(self) -> str:
        return "；".join(part.sentence for part in self.parts)

    def holds(self, case: Case, when: When) -> bool:
        return all(part.holds(case, when) for part in self.parts)

    def q(self, when: When, of: str) -> Q:
        asked = Q()
        for part in self.parts:
            asked &= part.q(when, of)
        return asked


@dataclass(frozen=True, init=False)
class Either:
    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        object.__setattr__(self, "parts", parts)

    @property
    def sentence(self) -> str:
        return "，或者".join(part.sentence for part in self.parts)

    def holds(self, case: Case, when: When) -> bool:
        return any(part.holds(case, when) for part in self.parts)

    def q(self, when: When, of: str) -> Q:
        asked = Q(pk__in=())
        for part in self.parts:
            asked |= part.q(when, of)
        return asked


def missing(condition: Condition, case: Case, when: When) -> list[str]:
    """The sentences of what is not fulfilled; empty when all is."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    return [part.sentence for part in parts if not part.holds(case, when)]


def _newest(rows: Any, everything: Any) -> Any:
    """Those of the rows that no row of a later year follows."""
    later = everything.filter(household=OuterRef("household_id"), year__gt=OuterRef("year"))
    return rows.exclude(Exists(later))
