"""From pure lives to rows of the register: the same facts, written in bulk by households.bulk."""

import datetime
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from areas.models import Area
from demo import people, yearly
from demo.history import EXIT, IMPORTED_TO, RETURN, Event, Life
from demo.incomes import LINES
from demo.register import Person as PersonSheet
from demo.surveys import Survey as SurveySheet
from households import bulk, colours
from households.models import (
    LEFT,
    POOR,
    RETURNED,
    ColourChange,
    Helper,
    Household,
    Living,
    Load,
    Person,
    PersonYear,
    Production,
    Shock,
    StatusEvent,
    Survey,
    Visit,
)
from households.models.survey import SEALED, SUBMITTED
from office.clock import SHANGHAI

LAST_SEALED = 2016
# Within the ninety days that the demonstration's day asks of a helper.
LAST_VISIT_MONTH = 10
NEEDS = ("看病就医", "就业务工", "产业发展")
NEW_HELPER_ON = datetime.date(2018, 3, 1)
UNITS = (("演示镇人民政府", "乡镇"), ("演示区农业局", "县"), ("演示区教育局", "县"), ("演示区卫计局", "县"))
CARD = (
    "villager_group",
    "address",
    "phone",
    "bank_name",
    "bank_account",
    "poverty_standard",
    "attribute",
    "poverty_type",
    "poverty_degree",
    "assistance_need",
    "poverty_cause",
    "other_poverty_causes",
    "military_family",
    "registered_on",
)
FACTS = (
    "name",
    "sex",
    "birth_date",
    "id_number",
    "relation",
    "marital_status",
    "political_status",
    "disability_category",
    "disability_grade",
    "disability_certificate",
    "disability_certificate_year",
    "phone",
    "joined_on",
    "join_reason",
    "left_on",
    "leave_reason",
)


def at(day: datetime.date) -> datetime.datetime:
    """Five in the afternoon of a Shanghai day."""
    return datetime.datetime.combine(day, datetime.time(17), tzinfo=SHANGHAI)


def exit_list_name(village: Area, year: int) -> str:
    """As audits names the list (`str(AuditList)`); the exit event gives it as its reason."""
    return f"{village}{year}年第1批贫困户退出名单"


# Villages of people who once had to make room for a reservoir, by their place among all.
RESETTLED = slice(5, None, 40)


@dataclass
class Rows:
    """Unsaved records of some lives; `write` saves them all or none."""

    villages: Mapping[str, Area]
    today: datetime.date
    by: Any = None
    # Who struck off, by id of the town.
    clerks: Mapping[int, Any] = field(default_factory=dict)
    # By id of the pure event.
    events: dict[int, StatusEvent] = field(default_factory=dict)
    households: dict[int, Household] = field(default_factory=dict)
    persons: dict[int, Person] = field(default_factory=dict)
    surveys: list[Survey] = field(default_factory=list)
    living: list[Living] = field(default_factory=list)
    production: list[Production] = field(default_factory=list)
    years: list[PersonYear] = field(default_factory=list)
    helpers: list[Helper] = field(default_factory=list)
    shocks: list[Shock] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    colour_changes: list[ColourChange] = field(default_factory=list)
    pairs: dict[int, uuid.UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resettled = set(sorted(self.villages)[RESETTLED])

    def take(self, life: Life) -> None:
        """The household, its members and surveys; its events come with `write`."""
        household = self._household(life)
        self.households[id(life)] = household
        for sheet in life.sheet.members:
            self.persons[id(sheet)] = self.person(household, sheet, life)
        if life.shock:
            happened = self.today - datetime.timedelta(days=45)
            self.shocks.append(Shock(household=household, kind=life.shock, happened_on=happened, amount=8000))

    def take_surveys(self, life: Life, *, years: bool = True) -> None:
        """After every life is taken: a split household's persons stand in the surveys of the old one."""
        household = self.households[id(life)]
        for sheet in life.surveys:
            self.survey(household, sheet)
            if years:
                self.years += [
                    PersonYear(person=self.persons[id(person)], year=sheet.year, **facts)
                    for person, facts in sheet.people
                ]

    @staticmethod
    def above(village: Area) -> tuple[int, int]:
        """Ids of the village's town and county."""
        town = village.parent
        if town is None or town.parent_id is None:
            raise ValueError(f"{village} is no village of a town and county")
        return town.pk, town.parent_id

    def _household(self, life: Life) -> Household:
        village = self.villages[life.village]
        town, county = self.above(village)
        card = {name: getattr(life.sheet, name) for name in CARD}
        mark = life.mark
        left, back = life.last(EXIT), life.last(RETURN)
        out = mark == LEFT and left is not None
        household = Household(
            village=village,
            town_id=town,
            county_id=county,
            **card,
            reservoir_resettler=True if life.village in self.resettled else None,
            planned_exit_year=life.planned_exit_year,
            no_exit_reason=life.no_exit_reason,
            member_count=0 if life.cancelled_on else len(life.members(self.today)),
            exit_mark=mark,
            left_on=left.on if out and left else None,
            exit_year=left.on.year if out and left else None,
            return_year=back.on.year if mark == RETURNED and back else None,
            removed_on=life.cancelled_on,
            removal_reason=life.removal_reason,
            last_event_on=life.events[-1].on,
        )
        self._colour(household, life)
        return household

    def _colour(self, household: Household, life: Life) -> None:
        """The colour at the end of every surveyed year and today's, with a row wherever it changed."""
        days = [datetime.date(survey.year, 12, 31) for survey in life.surveys]
        for day in [*(day for day in days if day < self.today), self.today]:
            verdict = self._verdict(life, day)
            if verdict.colour != household.colour:
                reasons = "；".join(verdict.reasons)
                change = {"was": household.colour, "colour": verdict.colour, "reasons": reasons}
                self.colour_changes.append(ColourChange(household=household, on=day, **change))
            household.colour, household.coloured_on = verdict.colour, day

    def _verdict(self, life: Life, day: datetime.date) -> colours.Verdict:
        past = [event for event in life.events if event.on <= day]
        if not past or (life.cancelled_on is not None and life.cancelled_on <= day):
            return colours.Verdict("")
        left = [event.on for event in past if event.kind == EXIT]
        last = next((survey for survey in reversed(life.surveys) if survey.year <= day.year), None)
        case = colours.Situation(
            on=day,
            in_register=past[-1].mark in POOR,
            left_on=left[-1] if past[-1].mark == LEFT and left else None,
            year=last.year if last else None,
            income=last.net_income_per_capita if last else None,
            line=LINES[last.year] if last else None,
            failing=() if last is None or last.all_five else ("两不愁三保障",),
            open_shocks=(life.shock,) if life.shock and day == self.today else (),
        )
        return colours.verdict(case)

    def person(self, household: Household, sheet: PersonSheet, life: Life) -> Person:
        on = sheet.left_on or self.today
        return Person(
            household=household,
            **{name: getattr(sheet, name) for name in FACTS},
            **yearly.facts(sheet, on),
            **yearly.flags(sheet, on),
            id_type="居民户口簿" if sheet.age(on) < 12 else "居民身份证",
            present=sheet.left_on is None and life.cancelled_on is None,
        )

    def survey(self, household: Household, sheet: SurveySheet) -> None:
        self.surveys.append(
            Survey(
                household=household,
                year=sheet.year,
                member_count=sheet.member_count,
                surveyor=sheet.surveyor,
                surveyed_on=sheet.surveyed_on,
                state=SEALED if sheet.year <= LAST_SEALED else SUBMITTED,
                **sheet.incomes,
                **sheet.assured,
                **sheet.ticks,
            )
        )
        self.living.append(Living(household=household, year=sheet.year, **sheet.living))
        self.production.append(Production(household=household, year=sheet.year, **sheet.production))

    def pair(self, rng: random.Random, life: Life, *, change: bool, visits: int) -> None:
        """帮扶责任人 from registration on; a change of helper is a second line; some visits by the last one."""
        household = self.households[id(life)]
        starts = [max(life.registered_on, datetime.date(2015, 3, 1))]
        settled = starts[0] < NEW_HELPER_ON
        if change and settled:
            starts.append(NEW_HELPER_ON)
        for place, start in enumerate(starts):
            unit, affiliation = rng.choice(UNITS)
            self.helpers.append(
                Helper(
                    household=household,
                    name=people.person_name(rng, rng.choice("男女")),
                    political_status="中共党员",
                    phone=people.phone(rng),
                    unit_name=unit,
                    affiliation=affiliation,
                    start_on=start,
                    end_on=starts[place + 1] - datetime.timedelta(days=1)
                    if place + 1 < len(starts)
                    else None,
                    plan="落实帮扶政策，定期入户走访",
                )
            )
        for visit in range(visits if settled else 0):
            self.visits.append(_visit(household, self.helpers[-1].name, visit, rng.randrange(2, 28)))

    def event(self, event: Event, reverses: StatusEvent | None = None) -> StatusEvent:
        village = self.villages[event.village]
        town, county = self.above(village)
        sheet = event.life.sheet
        return StatusEvent(
            household=self.households[id(event.life)],
            person=self.persons[id(event.person)] if event.person else None,
            kind=event.kind,
            origin=event.origin,
            on=event.on,
            recorded_at=at(event.recorded_on),
            recorded_by=self._recorder(event, town),
            households=event.households,
            persons=event.persons,
            members=event.members,
            mark=event.mark,
            standard=event.standard,
            national=event.national,
            cause=sheet.poverty_cause,
            village=village,
            town_id=town,
            county_id=county,
            pair=self.pairs.setdefault(event.pair, uuid.uuid4()) if event.pair else None,
            reverses=reverses,
            reason=exit_list_name(village, event.on.year) if event.audited else event.reason,
        )

    def _recorder(self, event: Event, town: int) -> Any:
        if event.audited:
            return self.clerks.get(town)
        return self.by if event.on.year > IMPORTED_TO else None

    def write(self, events: Sequence[Event], *, history: bool) -> None:
        """Events in order of their days; a reversal comes after the exit it names has its row."""
        ordered = sorted(events, key=lambda event: event.on)
        made = self.events = {id(event): self.event(event) for event in ordered if event.reverses is None}
        bulk.write(
            households=list(self.households.values()),
            persons=list(self.persons.values()),
            load=Load(events=list(made.values())),
            surveys=self.surveys,
            living=self.living,
            production=self.production,
            helpers=self.helpers,
            shocks=self.shocks,
            years=self.years,
            history=history,
        )
        StatusEvent.objects.bulk_create(
            self.event(event, made[id(event.reverses)]) for event in ordered if event.reverses is not None
        )
        Visit.objects.bulk_create(self.visits, batch_size=bulk.BATCH)
        ColourChange.objects.bulk_create(self.colour_changes, batch_size=bulk.BATCH)


def _visit(household: Household, visitor: str, before: int, day: int) -> Visit:
    """One of a helper's visits, the `before`-th before the last: every fourth a call, every fifth finds a need."""
    on = datetime.date(2018, LAST_VISIT_MONTH - 3 * before, day)
    found = day % 5 == 0
    return Visit(
        household=household,
        visited_on=on,
        way="电话联系" if day % 4 == 0 else "入户走访",
        visitor=visitor,
        notes="了解家庭收入、健康和住房情况，宣传帮扶政策",
        needs_found=NEEDS[day % len(NEEDS)] if found else "",
        follow_up="已报镇扶贫办，联系有关部门办理" if found else "",
        follow_up_on=on + datetime.timedelta(days=14) if found and day % 2 else None,
        satisfied=day != LAST_VISIT_MONTH,
    )
