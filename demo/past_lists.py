"""The exits of 2017 as the lists they went through: one a village, closed and archived, written in bulk.

Every row is what the machine (audits/models/passing.py) would have written on these days; tests/demo hold
both to one rule by `verify_invariants` and by taking a list along the same way. What a decision rested on is
the household as it was surveyed in that autumn.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from accounts.models import User
from accounts.roles import Role
from areas.models import Area, Level
from audits import criteria, procedures
from audits.cases import HouseholdCase, Member
from audits.models import (
    Acceptance,
    AuditList,
    Decision,
    Entry,
    Evidence,
    FrozenFacts,
    HomeVisit,
    Notice,
    Outcome,
    Seat,
    Verdict,
)
from audits.models.acceptance import ITEMS, Drawn, sample_size
from audits.models.notice import last_day
from audits.procedures import ListKind, Paper, Procedure, Stage
from demo.desk import TELEPHONE
from demo.history import EXIT, RETURN, Event
from demo.incomes import LINES
from demo.officials import Officials
from demo.register import HEAD
from demo.scans import scan
from demo.store import Rows, at
from demo.surveys import FIVE
from households.models.survey import SUBMITTED
from households.poverty import PROVINCIAL
from office import attachments
from office.attachments import Attachment, Checked

BATCH = 1000
YEAR = 2017
# By stage: the day it was done; the strike-off is the event's own day, the archive follows three weeks later.
DAYS = {
    "proposal": datetime.date(2017, 11, 20),
    "appraisal": datetime.date(2017, 11, 22),
    "verification": datetime.date(2017, 11, 27),
    "consent": datetime.date(2017, 11, 28),
    "village-notice": datetime.date(2017, 12, 6),
    "submission": datetime.date(2017, 12, 6),
    "acceptance": datetime.date(2017, 12, 7),
    "approval": datetime.date(2017, 12, 8),
    "announcement": datetime.date(2017, 12, 14),
    "filing": datetime.date(2017, 12, 15),
}
POSTED = {"village-notice": datetime.date(2017, 11, 28), "announcement": datetime.date(2017, 12, 8)}
TO_THE_ARCHIVE = datetime.timedelta(days=21)
PLACE = "村务公开栏"
TEAM = ("演示验收组长", "演示验收组员", "演示驻村干部")
# Lists that nobody has put into the archive yet, long overdue: one in so many.
NOT_ARCHIVED = 40


@dataclass
class Past:
    """Unsaved rows of all lists; `write` saves them, files first."""

    rows: Rows
    officials: Officials
    procedure: Procedure = field(
        default_factory=lambda: procedures.current(ListKind.HOUSEHOLD_EXIT, DAYS["proposal"])
    )
    lists: list[AuditList] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    frozen: list[FrozenFacts] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    visits: list[HomeVisit] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)
    papers: list[tuple[Evidence, Checked]] = field(default_factory=list)
    notices: list[tuple[Notice, Checked]] = field(default_factory=list)

    def take(self, events: Sequence[Event]) -> None:
        """All exits of the year, by village."""
        by_village: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            if event.kind == EXIT and event.audited:
                by_village[event.village].append(event)
        for place, village in enumerate(sorted(by_village)):
            self._list(self.rows.villages[village], by_village[village], place % NOT_ARCHIVED != 1)

    def _list(self, village: Area, events: Sequence[Event], archived: bool) -> None:
        struck = events[0].on
        opened = DAYS["proposal"]
        last = struck + TO_THE_ARCHIVE if archived else struck
        within = self.procedure["archive"].within or 0
        audit_list = AuditList(
            kind=ListKind.HOUSEHOLD_EXIT,
            area=village,
            year=YEAR,
            procedure_version=self.procedure.version,
            stage="archive",
            stage_since=last,
            due_on=None if archived else struck + datetime.timedelta(days=within),
            opened_by=self.officials.of(Role.VILLAGE, village),
            opened_on=opened,
            opened_at=at(opened),
            closed_at=at(last) if archived else None,
        )
        self.lists.append(audit_list)
        entries = [self._entry(audit_list, place, event) for place, event in enumerate(events, 1)]
        judged = [self._case(event) for event in events]
        for stage in self._done(archived):
            audit_list.version += 1
            day = DAYS.get(stage.key) or (struck if stage.window else last)
            self._step(audit_list, stage, day, entries, events, judged)

    def _done(self, archived: bool) -> Iterator[Stage]:
        return (stage for stage in self.procedure.stages if archived or stage.key != "archive")

    def _entry(self, audit_list: AuditList, place: int, event: Event) -> Entry:
        village = self.officials.of(Role.VILLAGE, audit_list.area)
        entry = Entry(
            audit_list=audit_list,
            kind=audit_list.kind,
            household=self.rows.households[id(event.life)],
            area=audit_list.area,
            place=place,
            entered_by=village,
            entered_at=at(DAYS["proposal"]),
            planned_before=YEAR,
            agreed=True,
            agreed_on=DAYS["consent"],
            agreed_by=village,
            outcome=Outcome.LEFT,
            closed_by=self.officials.of(Role.TOWN, audit_list.area),
            closed_on=event.on,
            closed_at=at(event.on),
            event=self.rows.events[id(event)],
        )
        self.entries.append(entry)
        return entry

    def _case(self, event: Event) -> HouseholdCase:
        """As the household was surveyed in the year of its exit."""
        survey = next(each for each in event.life.surveys if each.year == YEAR)
        back = event.life.last(RETURN)
        came = back.on.year if back is not None and back.on < event.on else event.life.registered_on.year
        water = survey.living["water_difficult"]
        assured: dict[str, Any] = {name: survey.assured[name] for name in FIVE}
        return HouseholdCase(
            year=YEAR,
            counted_from=came,
            standard=PROVINCIAL,
            line=LINES[YEAR],
            survey_state=SUBMITTED,
            income=survey.net_income_per_capita,
            water_safe=survey.assured["water_safe"],
            water_difficult=bool(water),
            house_grade=str(survey.living["house_grade"]),
            house_area=event.life.home.house_area,
            members=tuple(
                Member(
                    name=person.name,
                    number=self.rows.persons[id(person)].number,
                    age=person.age(survey.surveyed_on),
                    schooling=str(facts["schooling"]),
                    health=person.health,
                    critical_illness_insurance=bool(facts["critical_illness_insurance"]),
                    support_mode=str(facts["support_mode"]),
                )
                for person, facts in survey.people
            ),
            **assured,
        )

    def _step(
        self,
        audit_list: AuditList,
        stage: Stage,
        day: datetime.date,
        entries: Sequence[Entry],
        events: Sequence[Event],
        judged: Sequence[HouseholdCase],
    ) -> None:
        by = self.officials.of(stage.roles[0], audit_list.area)
        for paper in stage.papers:
            self._paper(audit_list, stage, Paper(paper), by, day)
        if stage.posting is not None:
            self._notice(audit_list, stage, by, events)
        if stage.team:
            self._acceptance(audit_list, by, day, entries)
        following = self.procedure.after(stage.key)
        decision = Decision(
            audit_list=audit_list,
            stage=stage.key,
            stage_label=stage.label,
            round=1,
            verdict=Verdict.PASSED,
            binding=stage.decision,
            to_stage=following.key if following is not None else "",
            by=by,
            role=stage.roles[0],
            decided_on=day,
            recorded_at=at(day),
            opinion="同意" if stage.decision else "",
            entries=len(entries) if stage.key != "archive" else 0,
            list_version=audit_list.version,
        )
        self.decisions.append(decision)
        if not stage.decision:
            return
        self.seats.append(Seat(audit_list=audit_list, person=by, stage=stage.key))
        for entry, case in zip(entries, judged, strict=True):
            verdict = criteria.household(case)
            self.frozen.append(
                FrozenFacts(
                    decision=decision,
                    entry=entry,
                    facts=asdict(case),
                    result=int(verdict.result),
                    reasons=list(verdict.reasons),
                )
            )

    def _paper(self, audit_list: AuditList, stage: Stage, paper: Paper, by: User, day: datetime.date) -> None:
        evidence = Evidence(
            audit_list=audit_list,
            stage=stage.key,
            round=1,
            kind=paper,
            recorded_by=by,
            recorded_on=day,
            recorded_at=at(day),
        )
        self.papers.append((evidence, scan(paper.label)))

    def _notice(self, audit_list: AuditList, stage: Stage, by: User, events: Sequence[Event]) -> None:
        if stage.posting is None:
            raise ValueError(f"{stage.key} has no notice")
        posted, days = POSTED[stage.key], stage.posting.days
        sheet = []
        for number, event in enumerate(events, 1):
            head = next(each for each in event.life.members(posted) if each.relation == HEAD)
            sheet.append([number, event.life.sheet.villager_group, head.name, event.members])
        notice = Notice(
            audit_list=audit_list,
            stage=stage.key,
            round=1,
            word=stage.posting.word,
            level=Level.VILLAGE,
            place=PLACE,
            telephone=TELEPHONE,
            posted_on=posted,
            days=days,
            ends_on=last_day(posted, days),
            sheet=sheet,
            posted_by=by,
            recorded_at=at(posted),
        )
        self.notices.append((notice, scan(f"{stage.posting.word}照片")))

    def _acceptance(
        self, audit_list: AuditList, by: User, day: datetime.date, entries: Sequence[Entry]
    ) -> None:
        record = Acceptance(
            audit_list=audit_list,
            round=1,
            team=list(TEAM),
            recorded_by=by,
            recorded_at=at(day),
            **dict.fromkeys(ITEMS, True),
        )
        self.acceptances.append(record)
        for entry in entries[: sample_size(len(entries))]:
            self.drawn.append(Drawn(entry=entry, round=1, drawn_at=at(day)))
            self.visits.append(
                HomeVisit(acceptance=record, entry=entry, visited_on=day, confirmed=True, finding="情况属实")
            )

    def households(self) -> list[int]:
        """Ids of who left."""
        return [entry.household_id for entry in self.entries if entry.household_id is not None]

    def write(self) -> None:
        """Inside the transaction of the load; the events and households have their rows."""
        AuditList.objects.bulk_create(self.lists, batch_size=BATCH)
        Entry.objects.bulk_create(self.entries, batch_size=BATCH)
        keys: dict[int, list[int]] = defaultdict(list)
        for entry in self.entries:
            keys[entry.audit_list_id].append(entry.pk)
        for notice, _ in self.notices:
            notice.entry_keys = keys[notice.audit_list.pk]
        Decision.objects.bulk_create(self.decisions, batch_size=BATCH)
        FrozenFacts.objects.bulk_create(self.frozen, batch_size=BATCH)
        Seat.objects.bulk_create(self.seats, batch_size=BATCH)
        Acceptance.objects.bulk_create(self.acceptances, batch_size=BATCH)
        Drawn.objects.bulk_create(self.drawn, batch_size=BATCH)
        HomeVisit.objects.bulk_create(self.visits, batch_size=BATCH)
        Evidence.objects.bulk_create([evidence for evidence, _ in self.papers], batch_size=BATCH)
        Notice.objects.bulk_create([notice for notice, _ in self.notices], batch_size=BATCH)
        kept: list[tuple[Checked, Evidence | Notice, User | None]] = []
        kept += [(file, evidence, evidence.recorded_by) for evidence, file in self.papers]
        kept += [(file, notice, notice.posted_by) for notice, file in self.notices]
        with attachments.all_on_disk(file for file, _, _ in kept):
            Attachment.objects.bulk_create(
                (file.row(record, by=by, at=record.recorded_at) for file, record, by in kept),
                batch_size=BATCH,
            )
