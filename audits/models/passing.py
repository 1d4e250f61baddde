"""The stages of a list: one method a transition, guarded by stage and version in the UPDATE (design §2.4).

The UPDATE comes first and takes the row: whatever is checked after it is what stands when it is committed, and
of two at once the second finds no row. Whoever is late is told who was first.
"""

import datetime
from collections.abc import Mapping
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db.models import F, Q

from audits import acting, facts, register_acts, wanting
from audits.acting import Actor
from audits.criteria import strictest
from audits.models.acceptance import Drawn, draw
from audits.models.decision import Decision, Verdict
from audits.models.entry import Entry
from audits.models.frozen import FrozenFacts
from audits.models.list_card import ListCard
from audits.models.seat import Seat
from audits.procedures import Stage
from audits.refusals import NotNow
from office import clock, trail


class ListPassing(ListCard):
    class Meta:
        abstract = True

    def pass_stage(
        self,
        stage: str,
        *,
        by: Any,
        on: datetime.date,
        version: int | None = None,
        opinion: str = "",
        at: datetime.datetime | None = None,
    ) -> Decision:
        """通过: the stage named is done, the list goes to the next one (after the last it is closed).

        `stage` and `version` are those of the page that was looked at. Raises PermissionDenied (role, four
        eyes), NotNow (too early, too late, somebody else was first), ValidationError (something missing).
        """
        at = at or clock.moment()
        step = self._stage(stage)
        actor = acting.require(by, step.roles, self.area, on, step.label)
        following = self.procedure.after(stage)
        with self.whole():
            self._take(step, version, on, **self._arrival(following, on, at))
            acting.four_eyes(self, step, actor)
            entries = self._entries()
            found = self._before(step, lambda: wanting.check(self, step, entries, on))
            decision = self._record(step, Verdict.PASSED, actor, on, at, opinion, entries, following)
            acting.take_seats(self, step, actor)
            if step.decision:
                self._freeze(decision, entries, found, on)
            if step.act is not None:
                register_acts.carry_out(step.act, entries, by=by, on=on, at=at, title=str(self))
            if following is not None and following.single:
                self._part_singly(entries, on, at)
            if following is not None and following.team:
                self._draw([entry.pk for entry in entries], at)
            said = {"意见": opinion.strip()} if opinion.strip() else {}
            self._note("通过环节", actor, step, {"条数": len(entries), **said})
        return decision

    def send_back(
        self,
        stage: str,
        to: str,
        *,
        by: Any,
        on: datetime.date,
        reason: str,
        version: int | None = None,
        at: datetime.datetime | None = None,
    ) -> Decision:
        """退回 to an earlier stage, with a reason. The record stays; papers, notices and decisions from there on
        are made anew in the next round. What the register has done is undone only by a 回退."""
        at, reason = at or clock.moment(), reason.strip()
        step = self._stage(stage)
        actor = acting.require(by, step.roles, self.area, on, f"{step.label}退回")
        if to not in self.procedure or self.procedure.place(to) >= self.procedure.place(stage):
            raise ValidationError("只能退回到前面的环节")
        if not reason:
            raise ValidationError("请写明退回的原因")
        if self.procedure.acted_before(stage):
            raise NotNow("已经销号（登记、拨付），不能退回；退出有误的按回退办理")
        target = self.procedure[to]
        with self.whole():
            self._take(step, version, on, **self._arrival(target, on, at), round=F("round") + 1)
            acting.four_eyes(self, step, actor)
            entries = self._entries()
            self.round -= 1
            decision = self._record(step, Verdict.SENT_BACK, actor, on, at, reason, entries, target)
            self.round += 1
            acting.take_seats(self, step, actor)
            if target.team:
                self._draw([entry.pk for entry in entries], at)
            self._note("退回名单", actor, step, {"退回到": target.label, "原因": reason})
        return decision

    def _stage(self, key: str) -> Stage:
        if key not in self.procedure:
            raise ValidationError("没有这个环节")
        return self.procedure[key]

    def _entries(self) -> list[Entry]:
        return list(Entry.objects.standing().with_subject().filter(audit_list=self.pk))

    def _arrival(self, stage: Stage | None, on: datetime.date, at: datetime.datetime) -> dict[str, Any]:
        """The columns of a list that comes to a stage; without one it is closed."""
        if stage is None:
            return {"closed_at": at, "stage_since": on, "due_on": None}
        return {"stage": stage.key, "stage_since": on, "due_on": self.due(stage, on)}

    def _take(self, step: Stage, version: int | None, on: datetime.date, **changes: Any) -> None:
        """Moves the list if it still stands at the stage (and version) that was looked at, else says why not."""
        rows = type(self)._default_manager
        same = Q(pk=self.pk, stage=step.key, closed_at__isnull=True, stage_since__lte=on)
        if version is not None:
            same &= Q(version=version)
        if not rows.filter(same).update(**changes, version=F("version") + 1):
            self.refresh_from_db()
            raise NotNow(self.why_not(step, on))
        self.refresh_from_db()

    def why_not(self, step: Stage, on: datetime.date) -> str:
        """Why the stage cannot be done any more, or not yet, or not on what was looked at; names who was first."""
        done = Decision.objects.filter(audit_list=self.pk, stage=step.key, round=self.round).last()
        if self.is_open and self.stage == step.key:
            if on < self.stage_since:
                return f"名单{self.stage_since}才到这个环节，办理日期不能更早"
            return "名单刚刚有改动，请看过后再办"
        if self.is_open and self.procedure.place(self.stage) < self.procedure.place(step.key):
            sent = Decision.objects.filter(audit_list=self.pk, verdict=Verdict.SENT_BACK).last()
            if sent is not None and sent.round == self.round - 1:
                return f"已由{sent.by}退回：{sent.opinion}"
            return f"名单还在{self.step.label}，没有到{step.label}"
        return f"已由{done.by}办理" if done is not None else "名单已经办结或转走"

    def _before(self, step: Stage, check: Any) -> Any:
        """Runs a check with the list as it stood at the stage: the row already shows the next one."""
        moved, self.stage = self.stage, step.key
        try:
            return check()
        finally:
            self.stage = moved

    def _record(
        self,
        step: Stage,
        verdict: str,
        actor: Actor,
        on: datetime.date,
        at: datetime.datetime,
        opinion: str,
        entries: list[Entry],
        to: Stage | None,
    ) -> Decision:
        return Decision.objects.create(
            audit_list_id=self.pk,
            stage=step.key,
            stage_label=step.label,
            round=self.round,
            verdict=verdict,
            binding=step.decision,
            to_stage=to.key if to is not None else "",
            by=actor.person,
            on_behalf_of=actor.principal,
            role=actor.role,
            decided_on=on,
            recorded_at=at,
            opinion=opinion.strip()[:500],
            entries=len(entries),
            list_version=self.version,
        )

    def _freeze(
        self, decision: Decision, entries: list[Entry], found: Mapping[int, facts.Judged], on: datetime.date
    ) -> None:
        rows = []
        for entry in entries:
            judged = found.get(entry.pk)
            rows.append(
                FrozenFacts(
                    decision=decision,
                    entry=entry,
                    facts=facts.plain(self, entry, judged, on),
                    result=None if judged is None else int(strictest(judged[1], entry.overruling)),
                    reasons=[] if judged is None else list(judged[1].reasons),
                )
            )
        FrozenFacts.objects.bulk_create(rows, batch_size=500)

    def _draw(self, entries: list[int], at: datetime.datetime) -> int:
        """Picks the homes that the team of this round must visit, so many as are wanting."""
        drawn = Drawn.objects.filter(entry__in=entries, round=self.round).values_list("entry_id", flat=True)
        picked = draw(entries, list(drawn))
        Drawn.objects.bulk_create(Drawn(entry_id=pk, round=self.round, drawn_at=at) for pk in picked)
        return len(picked)

    def _part_singly(self, entries: list[Entry], on: datetime.date, at: datetime.datetime) -> None:
        """Each goes on by itself from here (houses after the third notice); the first keeps the list."""
        for entry in entries[1:]:
            self._remainder([entry.pk], on, at)

    def _remainder(self, entries: list[int], on: datetime.date, at: datetime.datetime) -> Self:
        """A list of its own for these entries: same stage, round and version of the procedure, same seats."""
        rows = type(self)._default_manager
        same = rows.filter(kind=self.kind, area=self.area, year=self.year, batch=self.batch)
        last = same.order_by("-part").values_list("part", flat=True)[0]
        copied = (
            "kind",
            "area",
            "year",
            "batch",
            "procedure_version",
            "county_rules",
            "stage",
            "round",
            "opened_by",
        )
        remainder = type(self)(
            **{name: getattr(self, name) for name in copied},
            part=last + 1,
            split_from=self,
            stage_since=on,
            due_on=self.due(self.step, on),
            opened_on=on,
            opened_at=at,
        )
        remainder.save()
        moved = Entry.objects.standing().filter(audit_list=self.pk, pk__in=entries)
        if moved.update(audit_list=remainder.pk) != len(entries):
            raise NotNow("名单刚刚有改动，请看过后再办")
        self.objections.filter(entry__in=entries).update(audit_list=remainder.pk)  # type: ignore[attr-defined]
        Seat.objects.bulk_create(
            Seat(audit_list_id=remainder.pk, person_id=person, stage=stage)
            for person, stage in Seat.objects.filter(audit_list=self.pk).values_list("person_id", "stage")
        )
        return remainder

    def _note(self, action: str, actor: Actor, step: Stage, detail: dict[str, Any]) -> None:
        detail = {"名单": str(self), "环节": step.label, **detail}
        if actor.principal is not None:
            detail["委托人"] = str(actor.principal)
        trail.record(action, actor=actor.person, subject=self, area=self.area, detail=detail)
