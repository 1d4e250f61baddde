"""Logic checks of the audits (C095–C102, C104, C105, C111; pure), numbered as in data/checks.csv."""

from collections.abc import Iterator
from pathlib import Path

from audits.cases import DecisionCase, HouseDates, HouseholdCase, NoticeCase, YesNo
from households.codes import CODES
from office.rulebook import ERROR, Breach, RuleBook, Spot

BOOK = RuleBook.read(Path(__file__).resolve().parent / "data" / "checks.csv")
RULES = BOOK.rules
EXIT = "exit"
FIVE = (
    "food_assured",
    "clothing_assured",
    "education_guaranteed",
    "medical_guaranteed",
    "housing_guaranteed",
)
COMPULSORY = BOOK["C097"].span("ages")
# The rule names codes, the register keeps words.
UNSAFE = [CODES["house_grade"].read(code) for code in BOOK["C098"].words("grades")]
HEALTHY, OUT_OF_SCHOOL = "健康", ("非在校生", "学龄前儿童")
ILL = ("长期慢性病", "患有大病")
TOGETHER = "集中供养"


def run(case: object, stage: str = EXIT) -> list[Breach]:
    return BOOK.run(case, stage)


@BOOK.rule("C095", of=HouseholdCase)
def income_not_above_the_line(case: HouseholdCase) -> Iterator[Spot]:
    """Also when the year has no line (an error, never last year's), and for each of the years 稳定 asks for."""
    years = [(case.income, case.bar)]
    wanted = case.earlier[: case.rules.stable_years - 1]
    years += [(each.income, case.over(each.line)) for each in wanted]
    short = len(wanted) < case.rules.stable_years - 1
    if short or any(income is None or bar is None or income <= bar for income, bar in years):
        yield Spot()


@BOOK.rule("C096", of=HouseholdCase)
def assurances_incomplete(case: HouseholdCase) -> Iterator[Spot]:
    if not case.surveyed:
        yield Spot(("survey.state",))
        return
    missing = tuple(f"survey.{name}" for name in FIVE if getattr(case, name) is not True)
    if missing:
        yield Spot(missing)


@BOOK.rule("C097", of=HouseholdCase)
def healthy_child_out_of_school(case: HouseholdCase) -> Iterator[Spot]:
    """A school that is not filled in is not 在校 either."""
    for place, member in enumerate(case.members, 1):
        of_age = member.age is not None and member.age in COMPULSORY
        away = not member.schooling or member.schooling in OUT_OF_SCHOOL
        if of_age and away and member.health == (HEALTHY,):
            yield Spot(("person.schooling",), place, member.number)


@BOOK.rule("C098", of=HouseholdCase)
def unsafe_house(case: HouseholdCase) -> Iterator[Spot]:
    """Who all live in a home (集中供养) have no house of their own: its area is not asked."""
    # Stored as the word (C级) by forms and as the code (C) by what is loaded without them.
    if case.house_grade in UNSAFE:
        yield Spot(("living.house_grade",))
    in_a_home = bool(case.members) and all(member.support_mode == TOGETHER for member in case.members)
    if not in_a_home and not (case.house_area or 0) > 0:
        yield Spot(("living.house_area",))


def _wanting(safe: YesNo, difficult: YesNo) -> bool:
    return safe is not True or difficult is True


@BOOK.rule("C099", of=HouseholdCase)
def water(case: HouseholdCase) -> Iterator[Spot]:
    """Beside the standard, not part of it; a county may have it block."""
    if _wanting(case.water_safe, case.water_difficult):
        yield Spot(severity=ERROR if case.rules.water_blocks else "")


@BOOK.rule("C100", of=HouseholdCase)
def ill_without_insurance(case: HouseholdCase) -> Iterator[Spot]:
    for place, member in enumerate(case.members, 1):
        if any(word in ILL for word in member.health) and member.critical_illness_insurance is not True:
            yield Spot(("person.critical_illness_insurance",), place, member.number)


@BOOK.rule("C101", of=HouseholdCase)
def leaves_before_it_came(case: HouseholdCase) -> Iterator[Spot]:
    """Counted from the registration, or from the last return."""
    if case.counted_from is not None and case.year < case.counted_from:
        yield Spot()


@BOOK.rule("C102", of=HouseholdCase)
def entitled_and_not_given(case: HouseholdCase) -> Iterator[Spot]:
    if case.undelivered:
        yield Spot()


@BOOK.rule("C104", of=NoticeCase)
def notice_too_short(case: NoticeCase) -> Iterator[Spot]:
    """The day of putting up does not count, the last one does: posted on the 1st, seven days end on the 8th."""
    if (case.ends_on - case.posted_on).days < case.days:
        yield Spot()


@BOOK.rule("C105", of=DecisionCase)
def second_decision(case: DecisionCase) -> Iterator[Spot]:
    """A decision that came back is made anew by whom it was; nobody decides at two stages of a list."""
    elsewhere = any(person in case.persons and stage != case.stage for person, stage in case.decided)
    if elsewhere or (not case.own and case.persons & case.entered):
        yield Spot()


@BOOK.rule("C111", of=HouseDates)
def dates_out_of_order(case: HouseDates) -> Iterator[Spot]:
    """Each date not before those that come earlier, none after today."""
    before = None
    for path in BOOK["C111"].fields:
        on = getattr(case, path.removeprefix("house_case."))
        if on is None:
            continue
        if on > case.day or (before is not None and on < before):
            yield Spot((path,))
        before = on if before is None else max(before, on)
