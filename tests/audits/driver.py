"""Takes a list along its procedure: brings what each stage wants, on the first day it may pass."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audits import facts, procedures, renovation, wanting
from audits.models import AuditList, Entry
from audits.models.acceptance import ITEMS
from audits.procedures import ListKind
from office import attachments
from office.clock import SHANGHAI
from tests.office.handmade import png

FIRST = datetime.date(2018, 10, 8)
OPENS = datetime.date(2018, 11, 5)
PLACES = {"village": "村务公开栏", "town": "镇公开栏", "county": "区门户网站"}
HOUSE = {
    "target": "建档立卡贫困户",
    "willing": True,
    "way": "拆除重建",
    "grade": "D级",
    "area_planned": 50,
    "area_built": 50,
    "cost_actual": Decimal(40000),
    "accepted": True,
    "subsidy": Decimal(28000),
    "subsidy_upper": Decimal(20000),
    "subsidy_district": Decimal(6000),
    "subsidy_town": Decimal(2000),
}


DATES = ("applied_on", "agreement_on", "started_on", "completed_on", "accepted_on", "paid_on")


def evening(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(18), SHANGHAI)


def refused(what, act, reason: str) -> None:
    """The act raises that, and says so."""
    with pytest.raises(what, match=reason):
        act()


class Driver:
    """`actor(list)` is the cast's member of the stage's first role."""

    def __init__(self, ground, cast):
        self.ground, self.cast = ground, cast

    def open(self, kind: str, *subjects, on=FIRST, by=None, **fields) -> AuditList:
        procedure = procedures.current(kind, on)
        area = self.ground.town if kind == ListKind.VILLAGE_EXIT else self.ground.village
        # A village exit's list is the town's to open, its records are the villages' own.
        opener = self.cast["town" if kind in (ListKind.VILLAGE_EXIT, ListKind.REVERSAL) else "village"]
        opened = AuditList.open_list(kind=kind, area=area, year=on.year, by=by or opener, on=on)
        enterer = by or self.cast[procedure.first.adds[0]]
        for subject in subjects:
            opened.add(subject, by=enterer, on=on, **{"reason": "因家庭变故", **fields})
        return opened

    def actor(self, audit_list: AuditList):
        return self.cast[audit_list.step.roles[0]]

    def bring(self, audit_list: AuditList, on: datetime.date, without: str = "") -> datetime.date:
        """Everything the stage wants but `without` (a flag of Stage); returns the first day on which it passes."""
        step, by = audit_list.step, self.actor(audit_list)
        entries = list(audit_list.entries.standing().select_related("area", "household"))
        if without != "papers":
            for paper in step.papers:
                for entry in entries if paper in step.each else [None]:
                    self.paper(audit_list, paper, on, by, entry)
        if step.agreed and without != "agreed":
            for entry in entries:
                entry.agree(True, by=self.cast["village"], on=on)
        if step.answers and without != "answers":
            self.answer(audit_list, on)
        if step.team and without != "team" and audit_list.acceptance() is None:
            audit_list.accept(
                by=by,
                on=on,
                team=["演示组长", "演示组员"],
                items=dict.fromkeys(ITEMS, True),
                visits=[(entry, on, True, "属实") for entry in entries],
            )
        if step.case and without != "case":
            self.house(audit_list, on)
        if step.departments and without != "departments":
            for entry in entries:
                self.sign(entry, on)
        if step.posting is not None and without != "posting":
            self.post(audit_list, on)
            on += datetime.timedelta(days=audit_list.posting_days() + 1)
        audit_list.refresh_from_db()
        return max(on, OPENS) if step.window else on

    def paper(self, audit_list, paper, on, by, entry=None):
        # A picture: each PDF is rewritten in a process of its own, and papers are brought here by the hundred.
        upload = SimpleUploadedFile(f"{paper}.png", png())
        with attachments.on_disk(attachments.check(upload)) as file:
            return audit_list.attach(paper, file, by=by, on=on, entry=entry)

    def post(self, audit_list, on):
        hanging = set(audit_list.posted().values_list("level", flat=True))
        for level in set(audit_list.step.posting.places) - hanging:
            upload = SimpleUploadedFile("sheet.png", png())
            with attachments.on_disk(attachments.check(upload, attachments.PHOTOS)) as photo:
                audit_list.post_notice(level, PLACES[level], by=self.actor(audit_list), on=on, photo=photo)

    def answer(self, audit_list, on):
        entries = list(audit_list._entries())
        for pk, (_, verdict) in facts.judged(audit_list, entries, on).items():
            entry = next(each for each in entries if each.pk == pk)
            for concern in wanting.concerns(entry, verdict):
                audit_list.answer(
                    entry, concern.key, concern.text, "已核实", by=self.actor(audit_list), on=on
                )

    def house(self, audit_list, on, **other):
        settled = {name for each in audit_list.procedure.before(audit_list.stage) for name in each.case}
        facts_of_house = {**HOUSE, **dict.fromkeys(DATES, on), **other}
        known = {name: facts_of_house[name] for name in audit_list.step.case if name not in settled}
        for entry in audit_list.entries.standing():
            if known:
                entry.house_case.fill(by=self.actor(audit_list), on=on, **known)

    def sign(self, entry: Entry, on, **other):
        for department in renovation.DEPARTMENTS:
            entry.house_case.sign(
                department,
                signed_by="演示签字人",
                paper="验字1号",
                accepted=other.get(department, True),
                by=self.cast["department"],
                on=on,
            )

    def step(self, audit_list: AuditList, on: datetime.date) -> datetime.date:
        """Does the present stage; returns the day on which it was done."""
        on = self.bring(audit_list, on)
        audit_list.pass_stage(audit_list.stage, by=self.actor(audit_list), on=on, version=audit_list.version)
        audit_list.refresh_from_db()
        return on

    def reach(self, audit_list: AuditList, stage: str | None, on=FIRST) -> datetime.date:
        """On to the stage (None: to the end)."""
        while audit_list.is_open and audit_list.stage != stage:
            on = self.step(audit_list, on)
            if stage is not None and not audit_list.is_open:
                raise AssertionError(f"never came to {stage}")
        return on
