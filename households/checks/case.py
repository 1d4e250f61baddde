"""A record on the day it is checked: what several rules ask of it, worked out once."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from households import identity
from households.checks.record import HelperFacts, HouseholdRecord, LivingFacts, PersonFacts, ProductionFacts
from office.rulebook import NIGHTLY

HEAD, SPOUSE = "户主", "配偶"
HEALTHY, DISABLED = "健康", "残疾"
ILLNESSES = ("长期慢性病", "患有大病")
OUT_OF_SCHOOL, TOO_YOUNG_FOR_SCHOOL = "非在校生", "学龄前儿童"
POOR, EXITED = ("未脱贫", "返贫"), "脱贫"
SUBSISTENCE, EXTREME, GENERAL = ("低保户", "低保贫困户"), "五保贫困户", "一般贫困户"
NO_LABOUR = ("丧失劳动力", "无劳动力")
# Rules on pupils and on children are asked of nobody from this age on.
GROWN_UP = 30


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a record does not say of itself; the caller looks it up, the rules only read it.

    `lines` are yuan by (standard, year), `exit_lines` those of the standard the county applies, by year: a
    year that is missing has no line and raises nothing. `taken_numbers` and `taken_accounts` are those of
    this record that others hold (identity.stem and pii.as_searched of them), `poor_numbers` those of present
    persons of households on the register, `repeated_numbers` those that an import file has twice.
    `regions` are the known six-digit divisions; without them C011 is not asked.
    """

    day: datetime.date
    stage: str = NIGHTLY
    lines: Mapping[tuple[str, int], int] = field(default_factory=dict)
    exit_lines: Mapping[int, int] = field(default_factory=dict)
    taken_numbers: Collection[str] = ()
    taken_accounts: Collection[str] = ()
    poor_numbers: Collection[str] = ()
    repeated_numbers: Collection[str] = ()
    regions: Collection[str] = ()
    # Read from the national person sheet (47 columns): no 非在校生, no grade of disability.
    national_sheet: bool = False
    # The source mark (A–H) of a file, whose own codes are read before ours (C002).
    source: str = ""
    # The form changes the survey, and who does it is the district (C087).
    survey_changed: bool = False
    by_district: bool = False
    # 脱贫不脱政策: the years after the exit in which policies and helpers stay (domain §6).
    help_years: int = 3


def full_years(born: datetime.date, day: datetime.date) -> int:
    """周岁; negative before birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Case:
    """One record in its context. Of a cancelled household nobody is present."""

    def __init__(self, record: HouseholdRecord, context: Context) -> None:
        self.record, self.context, self.day = record, context, context.day
        self.survey = record.survey
        self._read: dict[int, identity.Identity] = {}
        self._stems: dict[int, str] = {}
        self._ages: dict[int, int | None] = {}

    @cached_property
    def present(self) -> tuple[PersonFacts, ...]:
        if self.record.removed_on is not None:
            return ()
        return tuple(person for person in self.record.persons if person.present)

    @cached_property
    def heads(self) -> tuple[PersonFacts, ...]:
        return tuple(person for person in self.present if person.relation == HEAD)

    @property
    def head(self) -> PersonFacts | None:
        """The head, if there is exactly one."""
        return self.heads[0] if len(self.heads) == 1 else None

    @property
    def registered(self) -> bool:
        """建档立卡, and not cancelled."""
        return self.record.registered_on is not None and self.record.removed_on is None

    # What rules need (office/rulebook.py): without it none of them can be broken.

    @property
    def living(self) -> LivingFacts | None:
        return self.record.living

    @property
    def land(self) -> ProductionFacts | None:
        return self.record.production

    @property
    def helpers(self) -> tuple[HelperFacts, ...]:
        return self.record.helpers

    @property
    def attribute(self) -> str:
        return self.record.attribute

    @property
    def causes(self) -> bool:
        return bool(self.record.poverty_cause or self.record.other_poverty_causes)

    @property
    def taken_numbers(self) -> Collection[str]:
        return self.context.taken_numbers

    @property
    def taken_accounts(self) -> Collection[str]:
        return self.context.taken_accounts

    @cached_property
    def disability(self) -> bool:
        """Anybody is said to be disabled, or has papers of it."""
        return any(
            DISABLED in person.health
            or person.disability_category
            or person.disability_certificate
            or person.id_type == identity.DISABILITY_TYPE
            for person in self.present
        )

    @cached_property
    def works(self) -> bool:
        """Anything is said of anybody's work: months, a place, a post."""
        return any(
            person.work_months
            or person.public_service_post_months
            or person.work_place
            or person.work_place_detail
            or person.public_service_post_type
            or person.employment_channel
            for person in self.present
        )

    @cached_property
    def dropouts(self) -> bool:
        return any(person.dropout_reason for person in self.present)

    @cached_property
    def surveyed_before(self) -> bool:
        return any(person.years for person in self.present)

    @cached_property
    def young(self) -> bool:
        """Anybody of an age to be at school, or younger."""
        return any((self.yearly_age(person) or 0) < GROWN_UP for person in self.present)

    def age(self, person: PersonFacts) -> int | None:
        """周岁 on the day checked."""
        return None if person.birth_date is None else full_years(person.birth_date, self.day)

    def found_on(self, person: PersonFacts) -> datetime.date:
        """The day the person's yearly facts are of."""
        return person.found_on or self.day

    def yearly_age(self, person: PersonFacts) -> int | None:
        """周岁 on the day the yearly facts are of: for a survey on its surveyed_on."""
        if person.position not in self._ages:
            born = person.birth_date
            self._ages[person.position] = None if born is None else full_years(born, self.found_on(person))
        return self._ages[person.position]

    def aged(self, person: PersonFacts, ages: range) -> bool:
        """The yearly age is known and one of these."""
        return self.yearly_age(person) in ages

    def schooling(self, person: PersonFacts) -> str:
        """A blank of the national sheet with an education is 非在校生."""
        if not person.schooling and self.context.national_sheet and person.education:
            return OUT_OF_SCHOOL
        return person.schooling

    def at_school(self, person: PersonFacts) -> bool:
        return self.schooling(person) not in ("", OUT_OF_SCHOOL, TOO_YOUNG_FOR_SCHOOL)

    def identity(self, person: PersonFacts) -> identity.Identity:
        """The number read on the day; one that is not there, or of no type, breaks nothing."""
        if person.position not in self._read:
            if person.id_number and person.id_type:
                found = identity.read(person.id_type, person.id_number, self.day)
            else:
                found = identity.Identity("")
            self._read[person.position] = found
        return self._read[person.position]

    @cached_property
    def misread(self) -> frozenset[str]:
        """Rules that the number of any present person breaks: hardly ever one."""
        return frozenset(rule for person in self.present for rule in self.identity(person).broken)

    def stem(self, person: PersonFacts) -> str:
        """What the number is found by; empty without one."""
        if person.position not in self._stems:
            self._stems[person.position] = identity.stem(person.id_number) if person.id_number else ""
        return self._stems[person.position]
