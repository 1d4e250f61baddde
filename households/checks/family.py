"""Head, spouse, relations and who is counted (C017–C028), and days in their order (C029)."""

import datetime
import re
from collections.abc import Iterator

from households.checks.book import BOOK, at, of_household, of_person, spotted
from households.checks.case import SPOUSE, Case, full_years
from households.checks.record import PersonFacts
from households.codes import CODES
from office.rulebook import IMPORT, Spot

HEADS, SPOUSES = BOOK["C018"].whole("heads"), BOOK["C019"].whole("spouses")
PARENTS, GRANDPARENTS = BOOK["C022"].whole("min_gap"), BOOK["C022"].whole("min_gap_grand")
HEAD_FROM, ADULT = BOOK["C023"].whole("head_min"), BOOK["C023"].whole("adult")
SEXES = ("男", "女")
CHILDREN, OWN_PARENTS = ("之子", "之女"), ("之父", "之母")
GRANDCHILDREN = ("之孙子", "之孙女", "之外孙子", "之外孙女")
OWN_GRANDPARENTS = ("之祖父", "之祖母", "之外祖父", "之外祖母")
OF_ANOTHER_GENERATION = {*CHILDREN, *OWN_PARENTS, *GRANDCHILDREN, *OWN_GRANDPARENTS}


def _said(pattern: str) -> dict[str, str]:
    """What the notes of the relation list say of a relation: its sex, or the sex its head must have."""
    found = ((code.label, re.search(pattern, code.note)) for code in CODES["relation"].codes)
    return {label: match[1] for label, match in found if match}


SEX_OF = _said(r"sex=(男|女)")
SEX_OF_HEAD = _said(r"head is (男|女)")


@of_household("C017", "person.relation")
def no_head(case: Case) -> bool:
    """A household without anybody is empty (C025), not headless."""
    return bool(case.present) and not case.heads


@of_household("C018", "person.relation")
def several_heads(case: Case) -> bool:
    return len(case.heads) > HEADS


@of_household("C019", "person.relation")
def several_spouses(case: Case) -> bool:
    return sum(person.relation == SPOUSE for person in case.present) > SPOUSES


@of_household("C020", "person.relation", "person.sex")
def couple_of_one_sex(case: Case) -> bool:
    sex = case.head.sex if case.head else ""
    return sex in SEXES and any(person.relation == SPOUSE and person.sex == sex for person in case.present)


@of_person("C021", "person.relation", "person.sex")
def relation_of_the_other_sex(case: Case, person: PersonFacts) -> bool:
    wanted, wanted_head = SEX_OF.get(person.relation), SEX_OF_HEAD.get(person.relation)
    if wanted and person.sex in SEXES and person.sex != wanted:
        return True
    head = case.head.sex if case.head else ""
    return bool(wanted_head) and head in SEXES and head != wanted_head


@of_person("C022", "person.relation", "person.birth_date")
def generations_too_near(case: Case, person: PersonFacts) -> bool:
    head = case.head
    if head is None or head.birth_date is None or person.birth_date is None or person is head:
        return False
    if person.relation not in OF_ANOTHER_GENERATION:
        return False
    after_head = full_years(head.birth_date, person.birth_date)
    before_head = full_years(person.birth_date, head.birth_date)
    return (
        (person.relation in CHILDREN and after_head < PARENTS)
        or (person.relation in GRANDCHILDREN and after_head < GRANDPARENTS)
        or (person.relation in OWN_PARENTS and before_head < PARENTS)
        or (person.relation in OWN_GRANDPARENTS and before_head < GRANDPARENTS)
    )


def _young_heads(case: Case) -> Iterator[Spot]:
    for head in case.heads:
        age = case.age(head)
        if age is not None and age < HEAD_FROM:
            yield at(head, "person.relation", "person.birth_date")


def _with_adults(case: Case) -> bool:
    return any((case.age(person) or 0) >= ADULT for person in case.present)


@spotted("C023", needs="young")
def young_head_among_adults(case: Case) -> Iterator[Spot]:
    return _young_heads(case) if _with_adults(case) else iter(())


@spotted("C024", needs="young")
def children_alone(case: Case) -> Iterator[Spot]:
    return iter(()) if _with_adults(case) else _young_heads(case)


@of_household("C025", "household.member_count")
def nobody_left(case: Case) -> bool:
    return case.registered and not case.present


@spotted("C026")
def nowhere_to_belong(case: Case) -> Iterator[Spot]:
    record = case.record
    if record.removed_on is None and record.stated.household_known:
        return
    for person in record.persons:
        if person.present:
            yield at(person, "household.number", "person.present")


@of_household("C027", "household.member_count")
def miscounted(case: Case) -> bool:
    stated = case.record.stated.member_count
    if stated is None and case.context.stage != IMPORT:
        stated = case.record.member_count
    return stated is not None and stated != len(case.present)


@spotted("C028")
def counted_after_leaving(case: Case) -> Iterator[Spot]:
    for person in case.record.persons:
        if (person.left_on is None) != (not person.leave_reason) or (person.present and person.left_on):
            yield at(person, "person.left_on", "person.leave_reason")
        elif _counted_in_survey(case, person):
            yield at(person, "person.left_on", "survey.member_count")


def _counted_in_survey(case: Case, person: PersonFacts) -> bool:
    """The survey counted more than there were on its day, and its own rows do not leave the person out."""
    survey = case.survey
    if survey is None or survey.surveyed_on is None or person.left_on is None:
        return False
    if person.left_on >= survey.surveyed_on or person.counted is False:
        return False
    stated = case.record.stated.survey_member_count or survey.member_count or 0
    return stated > sum(_there(each, survey.surveyed_on) for each in case.record.persons)


def _there(person: PersonFacts, day: datetime.date) -> bool:
    if person.joined_on is not None and person.joined_on > day:
        return False
    return person.left_on is None or person.left_on > day


@spotted("C029")
def days_in_disorder(case: Case) -> Iterator[Spot]:
    record, today = case.record, case.day
    for person in record.persons:
        if person.joined_on is None and person.left_on is None:
            continue
        for name in _disorder(today, joined_on=person.joined_on, left_on=person.left_on):
            yield at(person, f"person.{name}")
    for helper in record.helpers:
        # The end of a term may be agreed beforehand; only that it follows the start is asked of it.
        wrong = set(_disorder(today, start_on=helper.start_on))
        wrong.update(_disorder(datetime.date.max, start_on=helper.start_on, end_on=helper.end_on))
        for name in sorted(wrong):
            yield Spot((f"helper.{name}",))
    for watch in record.watches:
        for name in _disorder(today, identified_on=watch.identified_on, removed_on=watch.removed_on):
            yield Spot((f"watch.{name}",))
    if record.survey is not None:
        for name in _disorder(today, surveyed_on=record.survey.surveyed_on):
            yield Spot((f"survey.{name}",))
    for visited_on in record.visits:
        for name in _disorder(today, visited_on=visited_on):
            yield Spot((f"visit.{name}",))


def _disorder(today: datetime.date, **days: datetime.date | None) -> Iterator[str]:
    """Names of the days that are later than today, or before the one named ahead of them."""
    before = None
    for name, day in days.items():
        if day is not None and (day > today or (before is not None and day < before)):
            yield name
        before = day
