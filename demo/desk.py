"""Takes lists of the demonstration along the machine itself: what each stage wants, by who does it there."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from audits import facts, procedures, renovation, wanting
from audits.models import Answer, AuditList, Entry, HouseCase
from audits.models.acceptance import ITEMS, Drawn
from audits.procedures import ListKind, Paper
from demo import people
from demo.officials import Officials
from demo.scans import scan
from demo.store import at
from households.models import Household
from office import attachments

# The telephone on the sheets; nobody has it.
TELEPHONE = "0632-0000000"
PLACES = {"village": "村务公开栏", "town": "镇政府公开栏", "county": "区政府门户网站"}
BANK = "演示农村商业银行"
TEAM = ("演示验收组长", "演示验收组员", "演示驻村干部")
DAY = datetime.timedelta(days=1)
DATES = ("applied_on", "agreement_on", "started_on", "completed_on", "accepted_on", "paid_on")
# A C house, repaired: 004 专栏7 asks for at least 8000 yuan and never more than it cost.
HOUSE: dict[str, Any] = {
    "target": "建档立卡贫困户",
    "willing": True,
    "way": renovation.REPAIR,
    "grade": renovation.C_GRADE,
    "area_planned": Decimal(50),
    "area_built": Decimal(50),
    "cost_actual": Decimal(12000),
    "accepted": True,
    "subsidy": Decimal(9000),
    "subsidy_upper": Decimal(6000),
    "subsidy_district": Decimal(2000),
    "subsidy_town": Decimal(1000),
}
# A D house, pulled down and built anew: at least 25000 yuan.
REBUILT: dict[str, Any] = {
    **HOUSE,
    "way": renovation.REBUILD,
    "grade": renovation.D_GRADE,
    "cost_actual": Decimal(46000),
    "subsidy": Decimal(28000),
    "subsidy_upper": Decimal(20000),
    "subsidy_district": Decimal(6000),
    "subsidy_town": Decimal(2000),
}


@dataclass
class Desk:
    officials: Officials
    pace: datetime.timedelta = DAY
    # Households whose house is past repair.
    past_repair: set[int] = field(default_factory=set)

    def actor(self, audit_list: AuditList) -> User:
        return self.officials.of(audit_list.step.roles[0], audit_list.area)

    def open(
        self,
        kind: str,
        area: Area,
        subjects: Sequence[Household | Area],
        *,
        on: datetime.date,
        reason: str = "",
        standard: str = "",
    ) -> AuditList:
        """A new list with its entries, put there by the village (a reversal by the town)."""
        procedure = procedures.current(kind, on)
        opener = self.officials.of(procedure.openers[0] if kind != ListKind.VILLAGE_EXIT else Role.TOWN, area)
        opened = AuditList.open_list(kind=kind, area=area, year=on.year, by=opener, on=on, at=at(on))
        for subject in subjects:
            village = subject if isinstance(subject, Area) else subject.village
            by = self.officials.of(procedure.first.adds[0], village)
            opened.add(subject, by=by, on=on, reason=reason, standard=standard, at=at(on))
        opened.refresh_from_db()
        return opened

    def reach(
        self, audit_list: AuditList, stage: str, on: datetime.date, *, ready: bool = False
    ) -> datetime.date:
        """To the stage, a day after another; `ready`: with what that stage wants, so that it can pass.

        Returns the day from which it can be passed, without `ready` the day it came there.
        """
        while audit_list.stage != stage:
            on = self.bring(audit_list, on)
            self.pass_on(audit_list, on)
            if audit_list.step.posting is None:
                on += self.pace
        return self.bring(audit_list, on) if ready else on

    def pass_on(self, audit_list: AuditList, on: datetime.date) -> None:
        audit_list.pass_stage(
            audit_list.stage,
            by=self.actor(audit_list),
            on=on,
            version=audit_list.version,
            opinion="同意" if audit_list.step.decision else "",
            at=at(on),
        )
        audit_list.refresh_from_db()

    def bring(self, audit_list: AuditList, on: datetime.date) -> datetime.date:
        """Everything the stage wants and has not got yet; returns the first day on which it may pass."""
        step, by = audit_list.step, self.actor(audit_list)
        related = ("household__village", "household__county", "area")
        entries = list(Entry.objects.standing().filter(audit_list=audit_list).select_related(*related))
        kept = set(audit_list.papers().values_list("kind", "entry"))
        for paper in step.papers:
            if paper in step.each:
                for entry in entries:
                    if (paper, entry.pk) not in kept:
                        self.paper(audit_list, Paper(paper), by, on, entry)
            elif paper not in {kind for kind, _ in kept}:
                self.paper(audit_list, Paper(paper), by, on)
        if step.agreed:
            for entry in entries:
                if entry.agreed is None:
                    entry.agree(True, by=self.officials.of(Role.VILLAGE, entry.area), on=on)
        if step.team and audit_list.acceptance() is None:
            self.accept(audit_list, entries, by, on)
        if step.answers:
            self.answer(audit_list, entries, by, on)
        if step.case:
            self.fill(audit_list, entries, by, on)
        if step.departments:
            self.sign(entries, by, on)
        if step.posting is not None:
            self.post(audit_list, on)
            on = max(audit_list.posted().values_list("ends_on", flat=True)) + DAY
        audit_list.refresh_from_db()
        return on

    def paper(
        self, audit_list: AuditList, paper: Paper, by: User, on: datetime.date, entry: Entry | None = None
    ) -> None:
        with attachments.on_disk(scan(paper.label)) as file:
            audit_list.attach(paper, file, by=by, on=on, entry=entry, at=at(on))

    def post(self, audit_list: AuditList, on: datetime.date) -> None:
        """At every level where a sheet of the stage hangs."""
        posting = audit_list.step.posting
        if posting is None:
            raise ValueError(f"{audit_list.step.label} has no notice")
        hanging = set(audit_list.posted().values_list("level", flat=True))
        for level in posting.places:
            if level in hanging:
                continue
            with attachments.on_disk(scan(f"{posting.word}照片")) as photo:
                audit_list.post_notice(
                    level,
                    PLACES[level],
                    telephone=TELEPHONE,
                    by=self.actor(audit_list),
                    on=on,
                    photo=photo,
                    at=at(on),
                )

    def accept(self, audit_list: AuditList, entries: Sequence[Entry], by: User, on: datetime.date) -> None:
        drawn = Drawn.objects.filter(entry__in=entries, round=audit_list.round)
        sample = set(drawn.values_list("entry_id", flat=True))
        audit_list.accept(
            by=by,
            on=on,
            team=TEAM,
            items=dict.fromkeys(ITEMS, True),
            visits=[(entry, on, True, "情况属实") for entry in entries if entry.pk in sample],
            at=at(on),
        )

    def answer(self, audit_list: AuditList, entries: Sequence[Entry], by: User, on: datetime.date) -> None:
        """The acceptance's word on each concern that has none yet."""
        answered = set(Answer.objects.filter(entry__in=entries).values_list("entry_id", "key"))
        for pk, (_, verdict) in facts.judged(audit_list, entries, on).items():
            entry = next(each for each in entries if each.pk == pk)
            for concern in wanting.concerns(entry, verdict):
                if (pk, concern.key) not in answered:
                    audit_list.answer(
                        entry,
                        concern.key,
                        concern.text,
                        "镇水利站已接通自来水，入户看过，演示",
                        by=by,
                        on=on,
                        at=at(on),
                    )

    def fill(self, audit_list: AuditList, entries: Sequence[Entry], by: User, on: datetime.date) -> None:
        """What the stage asks of each house and no stage before it has settled."""
        settled = {name for each in audit_list.procedure.before(audit_list.stage) for name in each.case}
        asked = [name for name in audit_list.step.case if name not in settled]
        if asked:
            for entry in entries:
                case = entry.house_case
                worst = entry.household_id in self.past_repair or case.grade == renovation.D_GRADE
                known = {**(self.rebuilt(case) if worst else HOUSE), **dict.fromkeys(DATES, on)}
                facts_now = {name: known[name] for name in asked}
                case.fill(by=by, on=on, **facts_now)
                if "subsidy" in facts_now and entry.household is not None:
                    self.account(entry.household)

    def rebuilt(self, case: HouseCase) -> dict[str, Any]:
        """Not larger than the plan allows a family of the size, nor smaller."""
        limits = renovation.area_limits(case.persons)
        area = min(max(limits.least, HOUSE["area_planned"]), limits.most)
        return {**REBUILT, "area_planned": area, "area_built": area}

    def account(self, household: Household) -> None:
        """The 一卡通 into which the subsidy is paid."""
        if not household.bank_account:
            household.bank_name, household.bank_account = BANK, f"{people.REGION}{household.pk:013d}"
            household.save(update_fields=["bank_name", "bank_account", "bank_account_key"])

    def sign(self, entries: Sequence[Entry], by: User, on: datetime.date) -> None:
        for entry in entries:
            for department in renovation.DEPARTMENTS:
                entry.house_case.sign(
                    department,
                    signed_by=f"{department}部门演示签字人",
                    paper=f"验字{entry.pk}号",
                    accepted=True,
                    by=by,
                    on=on,
                    at=at(on),
                )
