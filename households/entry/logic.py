"""The logic checks over the sheet as it is typed: each finding once, with the field it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from households import checks, colours, poverty
from households.checks.register import Loaded
from households.entry import kept
from households.entry.member_form import MemberForm
from households.entry.sheet import Sheet
from households.models import CountyStandard, PovertyLine
from households.models.person import Person
from office.digit_runs import mask_digit_runs

WORDS = {checks.ERROR: "错误", checks.WARNING: "提醒"}
REASON, REASON_LENGTH = "reason-", 200
# Said when the sheet is saved, not while it is still being typed.
UNFILLED = ("C001", "C017")
SECTIONS = {
    "household": "基本情况",
    "person": "家庭成员",
    "survey": "年度采集",
    "living": "生产生活条件",
    "production": "生产生活条件",
}
# Rules of the sheet's own year forms; nothing of a closed year is asked again.
YEARLY = ("survey.", "living.", "production.")


@dataclass(frozen=True)
class Finding:
    """`target` is the id of the field it is about, `member` whose it is; `reason` what was typed to keep it
    as it is."""

    rule: str
    word: str
    message: str
    where: str
    target: str
    reason: str = ""
    member: MemberForm | None = None

    @property
    def blocks(self) -> bool:
        return self.word == WORDS[checks.ERROR]

    @property
    def unanswered(self) -> bool:
        """A warning that stands in the way of saving."""
        return not self.blocks and not 0 < len(self.reason) <= REASON_LENGTH

    @property
    def answer(self) -> str:
        """Name of the input for the reason: one a rule."""
        return REASON + self.rule


@dataclass(frozen=True)
class Standing:
    """What the household comes to by what is typed: yuan of the year, the line it is held against, its colour."""

    total: Decimal | None = None
    net: Decimal | None = None
    per_head: Decimal | None = None
    line: int | None = None
    verdict: colours.Verdict = colours.Verdict("")

    @property
    def above(self) -> bool:
        return self.per_head is not None and self.line is not None and self.per_head > self.line

    @property
    def distance(self) -> Decimal | None:
        return None if self.per_head is None or self.line is None else abs(self.per_head - self.line)


def findings(sheet: Sheet) -> list[Finding]:
    """Of the bound sheet; errors first. Fields that the forms refuse already are not said twice."""
    loaded, record, forms = _record(sheet)
    household = sheet.household
    if not household.county_id:
        return []
    told = checks.context(record, household, sheet.day, stage=checks.ENTRY)
    found: dict[tuple[str, str], Finding] = {}
    for breach in kept.asked(sheet, loaded, record, checks.run(record, told)):
        if sheet.closed and breach.fields and all(path.startswith(YEARLY) for path in breach.fields):
            continue
        form = forms.get(breach.person or 0)
        target, label = _field(sheet, form, breach.fields)
        who = f"{form['name'].value() or '新成员'}　" if form is not None else ""
        word = WORDS[breach.severity]
        one = Finding(
            breach.rule, word, breach.message, f"{who}{label}", target, _reason(sheet, breach), form
        )
        found.setdefault((breach.rule, target), one)
    return sorted(found.values(), key=lambda one: not one.blocks)


def reasons(found: Iterable[Finding]) -> dict[tuple[str, str], str]:
    """What was confirmed in the sheet, by (rule, part) as the findings are kept; after the members are saved."""
    return {
        (one.rule, one.member.instance.number if one.member is not None else ""): one.reason
        for one in found
        if not one.blocks and one.reason
    }


def _reason(sheet: Sheet, breach: checks.Breach) -> str:
    """On one line, without what cannot be printed and without a number in full."""
    typed = sheet.data.get(REASON + breach.rule, "") if sheet.data is not None else ""
    return mask_digit_runs("".join(letter if letter.isprintable() else " " for letter in typed).strip())


def apply(sheet: Sheet, found: Iterable[Finding]) -> None:
    """Errors of the rules stand beside their fields like the forms' own; a field refused already keeps its word."""
    by_id = {str(field.auto_id): (form, field.name) for form in sheet.forms for field in form}
    for one in found:
        if not one.blocks:
            continue
        form, name = by_id.get(one.target, (sheet.household_form, None))
        if name is None or name not in form.errors:
            form.add_error(name, one.message)


def standing(sheet: Sheet) -> Standing:
    """Works out the typed survey's sums. An applicant has no colour yet."""
    household, survey, line = sheet.household, sheet.survey_form.instance, None
    if not sheet.closed:
        survey.member_count = len(sheet.members.filled)
        survey.settle()
    if household.county_id:
        try:
            applied = CountyStandard.applied(household.county, sheet.year)
            line = PovertyLine.objects.line(applied, sheet.year).value
        except poverty.LineMissing:
            line = None
    if survey.net_income is None:
        return Standing(line=line)
    verdict = colours.Verdict("")
    if household.registered_on is not None and line is not None:
        verdict = colours.verdict(
            replace(
                household.situation(sheet.day),
                year=sheet.year,
                income=survey.net_income_per_capita,
                line=line,
                failing=survey.failing,
            )
        )
    return Standing(survey.total_income, survey.net_income, survey.net_income_per_capita, line, verdict)


def _record(sheet: Sheet) -> tuple[Loaded, checks.HouseholdRecord, dict[int, MemberForm]]:
    """What is saved, the sheet as plain values, and the member form of each place in it."""
    household = sheet.household
    saved = Loaded.of([household] if household.pk else [], drafts=True, visits=True)
    forms = list(sheet.members.filled)
    shown = {form.instance.pk for form in forms if form.instance.pk}
    gone = [one for one in saved.persons.get(household.pk, []) if one.pk not in shown and not one.present]
    persons: list[Person] = [*(form.instance for form in forms), *gone]
    surveys, living, production = saved.surveys, saved.living, saved.production
    if not sheet.closed:
        # Without a survey of this year the last one is not this sheet's matter.
        before = [one for one in surveys.get(household.pk, []) if one.year < sheet.year]
        typed = sheet.survey_form.typed
        surveys = {household.pk: [sheet.survey_form.instance, *before] if typed else []}
        living = {household.pk: [sheet.living_form.instance]}
        production = {household.pk: [sheet.production_form.instance]}
    standing(sheet)
    record = replace(
        saved,
        persons={household.pk: persons},
        surveys=surveys,
        living=living,
        production=production,
    ).record(household)
    return saved, replace(record, member_count=len(forms)), dict(enumerate(forms, 1))


def _field(sheet: Sheet, form: MemberForm | None, paths: tuple[str, ...]) -> tuple[str, str]:
    """Id and label of the first field of a breach that stands on the sheet."""
    forms = {
        "household": sheet.household_form,
        "person": form,
        "survey": sheet.survey_form,
        "living": sheet.living_form,
        "production": sheet.production_form,
    }
    for path in paths:
        entity, _, name = path.partition(".")
        holder = forms.get(entity)
        if holder is not None and name in holder.fields:
            return str(holder[name].auto_id), str(holder[name].label)
    section = paths[0].partition(".")[0] if paths else "household"
    return f"s-{section}", SECTIONS.get(section, "")
