"""核实保留 in the sheet: what was confirmed with a reason is not asked again while the data it rests on stay.

Held against each other are the values of the rule's fields as they are saved and as they are typed, both
read in the way of the sheet: the fingerprint of a finding is that of the nightly check, which reads the year
otherwise.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from households import checks, doubts
from households.checks.register import Loaded
from households.entry.sheet import Sheet
from households.models import Household, Living, Production
from office.rulebook import NIGHTLY, WARNING, Breach


def asked(
    sheet: Sheet, loaded: Loaded, record: checks.HouseholdRecord, breaches: Sequence[Breach]
) -> list[Breach]:
    """The breaches of the typed record without those that were confirmed; two statements, if any waits."""
    if sheet.is_new or not any(breach.severity == WARNING for breach in breaches):
        return list(breaches)
    confirmed = doubts.confirmed(sheet.household)
    known = [breach for breach in breaches if _may_be_known(breach, confirmed)]
    if not known:
        return list(breaches)
    saved = _saved(sheet, loaded)
    quiet = [breach for breach in known if _same(breach, record, saved)]
    return [breach for breach in breaches if breach not in quiet]


def _may_be_known(breach: Breach, confirmed: set[tuple[str, str]]) -> bool:
    """A rule that the night does not ask keeps no finding: its data could be saved with a reason only."""
    if breach.severity != WARNING:
        return False
    nightly = NIGHTLY in doubts.RULES[breach.rule].stages
    return not nightly or (breach.rule, doubts.part_of(breach)) in confirmed


def _same(breach: Breach, typed: checks.HouseholdRecord, saved: checks.HouseholdRecord) -> bool:
    before = breach
    if breach.person is not None:
        places = [person.position for person in saved.persons if person.number == breach.number]
        if not breach.number or not places:
            return False
        before = breach._replace(person=places[0])
    return _plain(doubts.rests_on(breach, typed)) == _plain(doubts.rests_on(before, saved))


def _plain(values: Any) -> Any:
    """A form gives lists where a record has tuples."""
    return [_plain(one) for one in values] if isinstance(values, list | tuple) else values


def _saved(sheet: Sheet, loaded: Loaded) -> checks.HouseholdRecord:
    """The saved household as the sheet would read it: the survey of its year only if that is being changed."""
    household, year = Household.objects.get(pk=sheet.household.pk), sheet.year
    if sheet.closed:
        return loaded.record(household)
    surveys = loaded.surveys.get(household.pk, [])
    before = [one for one in surveys if one.year < year]
    own = [one for one in surveys if one.year == year]
    living = [one for one in loaded.living.get(household.pk, []) if one.year == year]
    production = [one for one in loaded.production.get(household.pk, []) if one.year == year]
    return replace(
        loaded,
        surveys={household.pk: [*own, *before] if sheet.survey_form.typed and own else []},
        living={household.pk: living or [Living(household=household, year=year)]},
        production={household.pk: production or [Production(household=household, year=year)]},
    ).record(household)
