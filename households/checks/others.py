"""What a record must be held against: poverty lines, and who else has its numbers and its account.

A constant number of statements for any number of households.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from households import identity, poverty
from households.checks.case import POOR, Context
from households.checks.numbers import divisions
from households.checks.record import HouseholdRecord
from households.codes import CODES
from households.models import CountyStandard, Household, Person, PovertyLine
from office.pii import as_searched, versions
from office.rulebook import NIGHTLY

FIRST_LINE = 2010


@dataclass(frozen=True)
class Lines:
    """Yuan by (standard, year), and by county the standards it applies, each from a year on."""

    by_standard: Mapping[tuple[str, int], int]
    applied: Mapping[int, list[tuple[int, str]]]
    _exit: dict[int, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, day: datetime.date) -> "Lines":
        book, found = PovertyLine.objects.book(), {}
        for standard in CODES["poverty_standard"].words:
            for year in range(FIRST_LINE, day.year + 1):
                try:
                    found[standard, year] = book.line(standard, year).value
                except poverty.LineMissing:
                    continue
        applied: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for county, since, standard in CountyStandard.objects.order_by("from_year").values_list(
            "county_id", "from_year", "standard"
        ):
            applied[county].append((since, standard))
        return cls(found, applied)

    def exit_lines(self, county: int, day: datetime.date) -> Mapping[int, int]:
        """Yuan by year, of the standards the county applies; a year without its line is left out."""
        if county not in self._exit:
            # A later step overwrites the years from its own on.
            standards = {
                year: standard
                for since, standard in self.applied.get(county, ())
                for year in range(since, day.year + 1)
            }
            self._exit[county] = {
                year: self.by_standard[standard, year]
                for year, standard in standards.items()
                if (standard, year) in self.by_standard
            }
        return self._exit[county]

    def context(self, county: int, day: datetime.date, stage: str) -> Context:
        """The context of a household of the county, before anything is known of others."""
        return Context(
            day=day,
            stage=stage,
            lines=self.by_standard,
            exit_lines=self.exit_lines(county, day),
            regions=divisions(),
        )


@dataclass(frozen=True)
class Held:
    """What one household holds itself, by keyed index: its present persons' and its helpers' numbers."""

    numbers: Mapping[str, str]
    helpers: Mapping[str, str]
    account_key: str
    account: str

    @classmethod
    def of(cls, record: HouseholdRecord) -> "Held":
        """Of a record whose numbers may not be saved yet."""
        number = Person._meta.get_field("id_number_key").of  # type: ignore[union-attr]
        account = Household._meta.get_field("bank_account_key").of  # type: ignore[union-attr]
        present = [person.id_number for person in record.persons if person.present]
        helping = [helper.id_number for helper in record.helpers]
        return cls(
            numbers={key: identity.stem(text) for text in present if (key := number(text))},
            helpers={key: identity.stem(text) for text in helping if (key := number(text))},
            account_key=account(record.bank_account) or "",
            account=as_searched(record.bank_account),
        )

    @classmethod
    def of_account(cls, record: HouseholdRecord) -> "Held":
        """Of a record whose persons are known to be nobody's already."""
        if not record.bank_account:
            return NOTHING
        account = Household._meta.get_field("bank_account_key").of  # type: ignore[union-attr]
        return cls({}, {}, account(record.bank_account) or "", as_searched(record.bank_account))


NOTHING = Held({}, {}, "", "")


@dataclass(frozen=True)
class Others:
    """Households by what they hold, and the helpers' numbers that belong to poor persons."""

    numbers: Mapping[str, set[int]]
    accounts: Mapping[str, set[int]]
    poor: frozenset[str]

    @classmethod
    def of(cls, held: Iterable[Held]) -> "Others":
        """Three statements for all of them."""
        everyone = list(held)
        numbers, accounts = defaultdict(set), defaultdict(set)
        asked = _forms(key for each in everyone for key in each.numbers)
        for form, household in Person.objects.filter(
            id_number_key__among=asked.values(), present=True
        ).values_list("id_number_key", "household_id"):
            numbers[asked[form]].add(household)
        held_accounts = _forms(each.account_key for each in everyone)
        for form, household in Household.objects.filter(
            bank_account_key__among=held_accounts.values(),
            removed_on__isnull=True,
        ).values_list("bank_account_key", "pk"):
            accounts[held_accounts[form]].add(household)
        helping = {key: stem for each in everyone for key, stem in each.helpers.items()}
        poor = Person.objects.filter(
            id_number_key__in=set(helping),
            present=True,
            household__exit_mark__in=POOR,
            household__removed_on__isnull=True,
        )
        told = _forms(helping)
        those = poor.values_list("id_number_key", flat=True)
        return cls(numbers, accounts, frozenset(helping[told[form]] for form in those))

    def told(self, context: Context, held: Held, household: int | None) -> Context:
        """The context with what others than this household (id; None is a new one) hold of the same."""
        own = {household}
        numbers = {stem for key, stem in held.numbers.items() if self.numbers.get(key, own) - own}
        shared = bool(self.accounts.get(held.account_key, own) - own)
        if not (numbers or shared or self.poor):
            return context
        return replace(
            context,
            taken_numbers=numbers,
            taken_accounts={held.account} if shared else (),
            poor_numbers=self.poor,
        )


def _forms(keys: Iterable[str]) -> dict[str, str]:
    """The keys by every form in which they may be stored."""
    return {form: key for key in keys for form in versions(key)}


def context(record: HouseholdRecord, household: Household, day: datetime.date, **more: Any) -> Context:
    """What one record, of a form for example, is held against; a new household has its county already.

    `more` are further fields of Context, `stage` above all.
    """
    held = Held.of(record)
    known = Lines.read(day).context(household.county_id, day, NIGHTLY)
    return replace(Others.of([held]).told(known, held, household.pk), **more)
