"""The left rail of the sheet: each section with what is wrong in it, or that it is filled in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from households.entry.household_form import (
    ASKED,
    LIVING_SHOWN,
    PRODUCTION_SHOWN,
    TICKS,
    SurveyForm,
)
from households.entry.logic import Finding
from households.entry.member_form import SHOWN
from households.entry.sheet import Sheet

HOUSEHOLD, PERSON, LIVING, SURVEY, TICKED, HELPER = (
    "s-household",
    "s-person",
    "s-living",
    "s-survey",
    "s-ticks",
    "s-helper",
)
TITLES = {
    HOUSEHOLD: "基本情况",
    PERSON: "家庭成员",
    LIVING: "生产生活",
    SURVEY: "年度采集",
    TICKED: "五核对一规范",
    HELPER: "帮扶责任人",
}
# Asked together with the ticks: who verified, and when.
BY_WHOM = SurveyForm.GIVEN


@dataclass(frozen=True)
class Section:
    anchor: str
    title: str
    errors: int
    warnings: int
    filled: bool


def sections(
    sheet: Sheet, errors: Iterable[tuple[str, str, str]], found: Iterable[Finding], *, helped: bool
) -> list[Section]:
    """`errors` are those of the forms, as (id of the field, …); what a rule blocks counts as one too."""
    places = _places(sheet)
    wrong = Counter(places.get(target, HOUSEHOLD) for target, *_ in errors)
    odd: Counter[str] = Counter()
    for one in found:
        (wrong if one.blocks else odd)[places.get(one.target, HOUSEHOLD)] += 1
    filled = _filled(sheet) | {HELPER: helped}
    shown = [each for each in TITLES if not (sheet.closed and each in (LIVING, TICKED))]
    return [Section(each, TITLES[each], wrong[each], odd[each], filled[each]) for each in shown]


def _places(sheet: Sheet) -> dict[str, str]:
    """The section of every field and of every place a link may lead to."""
    places = {each: each for each in TITLES} | {"s-production": LIVING}
    forms: list[tuple[Any, str]] = [(sheet.household_form, HOUSEHOLD), (sheet.survey_form, SURVEY)]
    forms += [(form, PERSON) for form in sheet.members.forms]
    forms += [(sheet.living_form, LIVING), (sheet.production_form, LIVING)]
    for form, section in forms:
        for field in form:
            ticked = section == SURVEY and field.name in (*TICKS, *BY_WHOM)
            places[str(field.auto_id)] = TICKED if ticked else section
    return places


def _filled(sheet: Sheet) -> dict[str, bool]:
    def answered(form: Any, names: Iterable[str]) -> bool:
        return all(form[name].value() not in (None, "", []) for name in names)

    household, members = sheet.household_form, sheet.members.filled
    required = [name for name, field in household.fields.items() if field.required]
    return {
        HOUSEHOLD: answered(household, required),
        PERSON: bool(members) and all(answered(form, (*SHOWN, "health")) for form in members),
        LIVING: answered(sheet.living_form, LIVING_SHOWN)
        and answered(sheet.production_form, PRODUCTION_SHOWN),
        SURVEY: sheet.closed or answered(sheet.survey_form, ASKED),
        TICKED: answered(sheet.survey_form, BY_WHOM)
        and all(sheet.survey_form[name].value() for name in TICKS),
    }
