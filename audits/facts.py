"""Reads what an audit judges from the register, for a whole list in a few statements."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from areas.models import Area, Level
from audits import criteria, entitled
from audits.cases import HouseholdCase, Member, Rules, VillageCase, YearIncome
from audits.criteria import Verdict
from audits.procedures import ListKind
from households import poverty, tally
from households.checks.case import full_years
from households.models import CountyStandard, Household, Living, Person, PovertyLine, StatusEvent, Survey
from office.findings import Finding
from villages.codes import CODES
from villages.incidence import incidence
from villages.models import Village, VillageYear

if TYPE_CHECKING:
    from audits.models.entry import Entry
    from audits.models.list_card import ListCard

HOUSEHOLD = Household._meta.label_lower
ANSWERS = (
    "food_assured",
    "clothing_assured",
    "education_guaranteed",
    "medical_guaranteed",
    "housing_guaranteed",
    "water_safe",
)
OF_MEMBERS = (
    "number",
    "name",
    "birth_date",
    "schooling",
    "health",
    "critical_illness_insurance",
    "support_mode",
)
Judged = tuple[HouseholdCase | VillageCase, Verdict]


def household_cases(
    households: Collection[Household], year: int, on: datetime.date, rules: Rules
) -> dict[int, HouseholdCase]:
    """By household id; a dozen statements for any number of one county."""
    ids = [household.pk for household in households]
    years = range(year - rules.stable_years + 1, year + 1)
    surveys: dict[tuple[int, int], Survey] = {
        (survey.household_id, survey.year): survey
        for survey in Survey.objects.filter(household__in=ids, year__in=years)
    }
    living: dict[int, Living] = {
        row.household_id: row
        for row in Living.objects.filter(household__in=ids, year__lte=year).order_by("year")
    }
    persons: dict[int, list[Person]] = defaultdict(list)
    present = Person.objects.filter(household__in=ids, present=True).order_by("number")
    for person in present.only("household", *OF_MEMBERS):
        persons[person.household_id].append(person)
    findings: dict[int, list[tuple[str, str]]] = defaultdict(list)
    open_ones = Finding.objects.waiting().filter(
        subject_type=HOUSEHOLD, subject_id__in=[str(pk) for pk in ids]
    )
    for finding in open_ones.order_by("rule", "part"):
        findings[int(finding.subject_id)].append((f"{finding.rule}:{finding.part}", finding.message))
    villages = {household.village_id for household in households}
    deep = set(
        Village.objects.filter(area__in=villages, deep_poverty_village=True).values_list("area_id", flat=True)
    )
    lines = _Lines(years)
    owed = entitled.undelivered(ids, year, on)
    return {
        household.pk: _household(
            household, year, on, rules, surveys, living.get(household.pk), persons[household.pk], lines,
            tuple(findings[household.pk]), household.village_id in deep, owed.get(household.pk, ()),
        )
        for household in households
    }  # fmt: skip


class _Lines:
    """Standard and line of a county and year, looked up once."""

    def __init__(self, years: Collection[int]) -> None:
        self.book = PovertyLine.objects.book()
        self.known: dict[tuple[int, int], tuple[str, int | None, str]] = {}

    def of(self, county: Area, year: int) -> tuple[str, int | None, str]:
        key = (county.pk, year)
        if key not in self.known:
            try:
                standard = CountyStandard.applied(county, year)
                self.known[key] = (standard, self.book.line(standard, year).value, "")
            except poverty.LineMissing as missing:
                self.known[key] = ("", None, str(missing))
        return self.known[key]


def _household(
    household: Household,
    year: int,
    on: datetime.date,
    rules: Rules,
    surveys: dict[tuple[int, int], Survey],
    living: Living | None,
    persons: Sequence[Person],
    lines: _Lines,
    findings: tuple[tuple[str, str], ...],
    deep: bool,
    owed: tuple[str, ...],
) -> HouseholdCase:
    survey = surveys.get((household.pk, year))
    standard, line, missing = lines.of(household.county, year)
    day = survey.surveyed_on if survey is not None else on
    answers = {name: getattr(survey, name) if survey is not None else None for name in ANSWERS}
    earlier = []
    for before in range(year - 1, year - rules.stable_years, -1):
        past = surveys.get((household.pk, before))
        counted = past is not None and past.state != "草稿"
        income = past.net_income_per_capita if past is not None and counted else None
        earlier.append(YearIncome(year=before, income=income, line=lines.of(household.county, before)[1]))
    registered = household.registered_on.year if household.registered_on else None
    return HouseholdCase(
        year=year,
        counted_from=household.return_year or registered,
        standard=standard,
        line=line,
        line_missing=missing,
        survey_state=survey.state if survey is not None else "",
        income=survey.net_income_per_capita if survey is not None else None,
        earlier=tuple(earlier),
        deep_poverty=deep,
        water_difficult=living.water_difficult if living is not None else None,
        house_grade=living.house_grade if living is not None else "",
        house_area=living.house_area if living is not None else None,
        members=tuple(
            Member(
                name=person.name,
                number=person.number,
                age=None if person.birth_date is None else full_years(person.birth_date, day),
                schooling=person.schooling,
                health=tuple(person.health),
                critical_illness_insurance=person.critical_illness_insurance,
                support_mode=person.support_mode,
            )
            for person in persons
        ),
        undelivered=owed,
        findings=findings,
        rules=rules,
        food_assured=answers["food_assured"],
        clothing_assured=answers["clothing_assured"],
        education_guaranteed=answers["education_guaranteed"],
        medical_guaranteed=answers["medical_guaranteed"],
        housing_guaranteed=answers["housing_guaranteed"],
        water_safe=answers["water_safe"],
    )


def village_case(village: Area, year: int, on: datetime.date, rules: Rules) -> VillageCase:
    """The register counts the poor of the day; a key village is 省定's: all on the register, 国标 within."""
    poor = tally.stock(StatusEvent.objects.in_area(village), on).persons
    facts = VillageYear.objects.filter(village__area=village, year=year).first()
    rural = facts.rural_population if facts is not None else None
    stated = (
        {}
        if facts is None
        else {
            "five_connect": tuple(facts.five_connect),
            "standard_clinic": facts.standard_clinic,
            "specialty_industries": facts.specialty_industries,
            "cooperatives": facts.cooperatives,
            "collective_income": facts.collective_income,
        }
    )
    return VillageCase(
        year=year,
        poor=poor,
        rural=rural,
        incidence=incidence(poor, rural),
        all_five=CODES["five_connect"].words,
        rules=rules,
        **stated,
    )


def judged(audit_list: "ListCard", entries: Sequence["Entry"], on: datetime.date) -> dict[int, Judged]:
    """Case and verdict of each entry of an exit list, by entry id; nothing for other lists."""
    return judged_together([(audit_list, entries)], on)


def judged_together(
    lists: Iterable[tuple["ListCard", Sequence["Entry"]]], on: datetime.date
) -> dict[int, Judged]:
    """As judged, for any number of lists: households of one year and one set of rules in the same statements."""
    found: dict[int, Judged] = {}
    homes: dict[tuple[int, Rules], list[Entry]] = defaultdict(list)
    for audit_list, entries in lists:
        if audit_list.kind == ListKind.VILLAGE_EXIT:
            for entry in entries:
                case = village_case(entry.area, audit_list.year, on, audit_list.rules)
                found[entry.pk] = (case, criteria.village(case))
        elif audit_list.kind == ListKind.HOUSEHOLD_EXIT:
            homes[audit_list.year, audit_list.rules] += entries
    for (year, rules), entries in homes.items():
        households = [entry.household for entry in entries if entry.household]
        cases = household_cases(households, year, on, rules)
        for entry in entries:
            home = cases[entry.household_id or 0]
            found[entry.pk] = (home, criteria.household(home))
    return found


def plain(audit_list: "ListCard", entry: "Entry", found: Judged | None, on: datetime.date) -> dict[str, Any]:
    """What is frozen of an entry with a decision: the case as it was judged, or the standing it rested on."""
    if found is not None:
        kept = asdict(found[0])
        kept.pop("all_five", None)
        return kept
    household = entry.household
    if household is None:
        return {"area": entry.area.code}
    frozen: dict[str, Any] = {
        "number": household.number,
        "member_count": household.member_count,
        "standard": household.poverty_standard,
        "cause": household.poverty_cause,
        "mark": household.exit_mark,
        "reason": entry.reason,
    }
    if audit_list.kind == ListKind.RENOVATION:
        frozen["house"] = asdict(entry.house_case.house(built=entry.house_case.area_built is not None))
    return frozen


def village_of(household: Household) -> Area:
    """The village an entry is listed under."""
    if household.village.level != Level.VILLAGE:
        raise ValueError(f"{household} lies in no village")
    return household.village
