"""What comes onto a list and leaves it: entries, evidence, remainder lists.

Each takes the list's row first (touch), so that nothing slips in beside a transition.
"""

import datetime
from collections.abc import Collection
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from areas.models import Area
from audits import acting, admission
from audits.models.decision import Verdict
from audits.models.entry import Entry, Outcome
from audits.models.evidence import Evidence
from audits.models.objection import Objection
from audits.models.passing import ListPassing
from audits.procedures import Paper
from audits.refusals import NotNow
from households.models import Household
from office import clock
from office.attachments import Checked


class ListParting(ListPassing):
    class Meta:
        abstract = True

    def add(
        self,
        subject: Household | Area,
        *,
        by: Any,
        on: datetime.date,
        reason: str = "",
        standard: str = "",
        at: datetime.datetime | None = None,
    ) -> Entry:
        """提报 of a household (a village, for village exits); ValidationError says why it may not be on the list."""
        if not self.step.adds:
            raise NotNow(f"名单已在{self.step.label}，不能再提报")
        village = subject if isinstance(subject, Area) else subject.village
        actor = acting.require(by, self.step.adds, village, on, f"{self.step.label}提报")
        admission.check(self, subject, village)
        household = subject if isinstance(subject, Household) else None
        with self.whole():
            self.touch([stage.key for stage in self.procedure.stages if stage.adds], on)
            last = self.entries.aggregate(last=Max("place"))["last"] or 0  # type: ignore[attr-defined]
            entry = Entry(
                audit_list_id=self.pk,
                kind=self.kind,
                household=household,
                area=village,
                place=last + 1,
                reason=reason.strip(),
                standard=standard,
                entered_by=by,
                entered_for=actor.principal,
                entered_at=at or clock.moment(),
            )
            try:
                with transaction.atomic():
                    entry.save()
            except IntegrityError as twice:
                raise ValidationError(f"{entry}已在另一份没有办结的名单上") from twice
            admission.admitted(self, entry, by)
            entry._note("提报", by, {})
        return entry

    def strike_off(
        self, entry: Entry, *, by: Any, on: datetime.date, reason: str, at: datetime.datetime | None = None
    ) -> None:
        """剔除 at any stage, with a reason, by who has the list at hand. The last one closes the list."""
        actor = acting.require(by, self.step.roles, self.area, on, "剔除")
        if not reason.strip():
            raise ValidationError("请写明剔除的原因")
        with self.whole():
            self.touch([self.stage], on)
            self._strike(entry, by=actor.person, on=on, reason=reason, at=at)

    def _strike(
        self, entry: Entry, *, by: Any, on: datetime.date, reason: str, at: datetime.datetime | None
    ) -> None:
        ended = Entry.ended(Outcome.STRUCK, by, on, at)
        standing = Entry.objects.standing().filter(pk=entry.pk, audit_list=self.pk)
        if not standing.update(**ended, outcome_reason=reason.strip()[:200]):
            raise NotNow("这一条已经办结，或已拆到余单")
        admission.dismissed(entry, by)
        entry._note("剔除", by, {"原因": reason.strip()})
        entry.refresh_from_db()
        if not Entry.objects.standing().filter(audit_list=self.pk).exists():
            type(self)._default_manager.filter(pk=self.pk).update(closed_at=ended["closed_at"], due_on=None)
            self.refresh_from_db()

    def split(
        self,
        entries: Collection[int],
        *,
        by: Any,
        on: datetime.date,
        reason: str,
        version: int | None = None,
        at: datetime.datetime | None = None,
    ) -> Self:
        """拆出余单: these entries wait on a list of their own, the rest goes on. Returns the remainder list."""
        at, step = at or clock.moment(), self.step
        actor = acting.require(by, step.roles, self.area, on, "拆出余单")
        if not reason.strip():
            raise ValidationError("请写明拆出余单的原因")
        if not entries:
            raise ValidationError("请选择要拆出的户（村）")
        with self.whole():
            self._take(step, version, on)
            if Objection.objects.open().filter(audit_list=self.pk, entry__isnull=True).exists():
                raise NotNow("对名单的异议还没有办结，不能拆单")
            standing = set(self._entries_standing())
            if not set(entries) <= standing:
                raise NotNow("所选条目已不在这份名单上")
            if set(entries) == standing:
                raise ValidationError("整份名单都要拆出，不用拆单")
            remainder = self._remainder(sorted(entries), on, at)
            self._record(step, Verdict.SPLIT, actor, on, at, reason, [], step)
            self._note("拆出余单", actor, step, {"余单": str(remainder), "条数": len(entries)})
        return remainder

    def _mine(self, entries: Collection[Entry]) -> None:
        """What is said of an entry is said on its own list."""
        if any(entry.audit_list_id != self.pk for entry in entries):
            raise NotNow("这一条已不在这份名单上")

    def _entries_standing(self) -> list[int]:
        return list(Entry.objects.standing().filter(audit_list=self.pk).values_list("pk", flat=True))

    def attach(
        self,
        paper: str,
        file: Checked | None,
        *more: Checked,
        by: Any,
        on: datetime.date,
        note: str = "",
        entry: Entry | None = None,
        at: datetime.datetime | None = None,
    ) -> Evidence:
        """A paper of this stage with its scans, inside `attachments.on_disk(file)`; by who has the list at hand.

        What is of one entry may be brought by who entered it, from its own village (a village's 申请书).
        """
        at, step = at or clock.moment(), self.step
        place = entry.area if entry is not None else self.area
        acting.require(by, (*step.roles, *step.adds), place, on, "附材料")
        if paper not in Paper.values:
            raise ValidationError("没有这种材料")
        if entry is None and paper in step.each:
            raise ValidationError(f"{Paper(paper).label}每户（村）各一份：请选择是谁的")
        self._mine([entry] if entry is not None else [])
        with self.whole():
            self.touch([step.key], on)
            evidence = Evidence.objects.create(
                audit_list_id=self.pk,
                entry=entry,
                stage=step.key,
                round=self.round,
                kind=paper,
                note=note.strip()[:500],
                recorded_by=by,
                recorded_on=on,
                recorded_at=at,
            )
            for scan in (file, *more):
                if scan is not None:
                    scan.bind(evidence, by=by, at=at)
        return evidence

    def strike_paper(
        self,
        evidence: Evidence,
        reason: str,
        *,
        by: Any,
        on: datetime.date,
        at: datetime.datetime | None = None,
    ) -> None:
        """作废 of a paper kept by mistake, while the stage it was brought for is not passed; it stays, struck out."""
        step = self.step
        acting.require(by, (*step.roles, *step.adds), self.area, on, "作废材料")
        if not reason.strip():
            raise ValidationError("请写明作废的原因")
        if (evidence.audit_list_id, evidence.stage, evidence.round) != (self.pk, step.key, self.round):
            raise NotNow("已经据此办理过的材料不能作废")
        with self.whole():
            self.touch([step.key], on)
            if not evidence.strike(reason.strip()[:200], by=by, at=at or clock.moment()):
                raise NotNow("这份材料已经作废")
            detail = {"材料": str(evidence), "原因": reason.strip()}
            self._note("作废名单材料", acting.Actor(by, None, ""), step, detail)
