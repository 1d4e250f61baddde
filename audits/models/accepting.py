"""验收: the sample that the program draws, the town team's record of it, and its answers to concerns (R041)."""

import datetime
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError

from audits import acting
from audits.models.acceptance import ITEMS, Acceptance, Answer, HomeVisit
from audits.models.entry import Entry
from audits.models.parting import ListParting
from audits.refusals import NotNow
from office import clock

# A home that was visited: the entry, the day, whether it is as was said, and what was found.
Visited = tuple[Entry, datetime.date, bool, str]


class ListAccepting(ListParting):
    class Meta:
        abstract = True

    def draw_more(self, *, by: Any, on: datetime.date, at: datetime.datetime | None = None) -> int:
        """补抽: homes in place of those that have left the list; how many. What was drawn stays drawn."""
        step = self.step
        acting.require(by, step.roles, self.area, on, "抽取入户名单")
        if not step.team:
            raise NotNow(f"{step.label}没有入户抽查")
        with self.whole():
            self.touch([step.key], on)
            drawn = self._draw(self._entries_standing(), at or clock.moment())
            if not drawn:
                raise NotNow("入户名单已经抽够，不能重抽")
            self._note("补抽入户名单", acting.Actor(by, None, ""), step, {"户数": drawn})
        return drawn

    def accept(
        self,
        *,
        by: Any,
        on: datetime.date,
        team: Collection[str],
        items: dict[str, bool],
        visits: Collection[Visited] = (),
        note: str = "",
        at: datetime.datetime | None = None,
    ) -> Acceptance:
        """The town team's record: its members, six items, homes visited as (entry, day, confirmed, finding)."""
        step = self.step
        acting.require(by, step.roles, self.area, on, "登记验收")
        if not step.team:
            raise NotNow(f"{step.label}没有验收记录")
        if set(items) - set(ITEMS):
            raise ValidationError("没有这个验收事项")
        self._possible(visits, on)
        with self.whole():
            self.touch([step.key], on)
            if Acceptance.objects.filter(audit_list=self.pk, round=self.round).exists():
                raise NotNow("本轮验收记录已经登记")
            record = Acceptance.objects.create(
                audit_list_id=self.pk,
                round=self.round,
                team=[name.strip() for name in team if name.strip()],
                note=note,
                recorded_by=by,
                recorded_at=at or clock.moment(),
                **items,
            )
            self._visited(record, visits)
            passed = "六项都符合" if not record.failed else f"不符合：{'、'.join(record.failed)}"
            detail = {"结论": passed, "入户": len(visits)}
            self._note("登记验收", acting.Actor(by, None, ""), step, detail)
        return record

    def visit_more(self, visits: Collection[Visited], *, by: Any, on: datetime.date) -> Acceptance:
        """Homes that were drawn after the record was made."""
        step = self.step
        acting.require(by, step.roles, self.area, on, "登记入户抽查")
        self._possible(visits, on)
        with self.whole():
            self.touch([step.key], on)
            record = Acceptance.objects.filter(audit_list=self.pk, round=self.round).first()
            if record is None:
                raise NotNow("本轮验收记录还没有登记")
            if record.visits.filter(entry__in=[entry.pk for entry, _, _, _ in visits]).exists():
                raise NotNow("这一户的入户抽查已经登记")
            self._visited(record, visits)
            self._note("登记入户抽查", acting.Actor(by, None, ""), step, {"入户": len(visits)})
        return record

    def _possible(self, visits: Collection[Visited], on: datetime.date) -> None:
        if any(day > on for _, day, _, _ in visits):
            raise ValidationError("入户日期晚于今天")
        self._mine([entry for entry, _, _, _ in visits])

    def _visited(self, record: Acceptance, visits: Collection[Visited]) -> None:
        HomeVisit.objects.bulk_create(
            HomeVisit(acceptance=record, entry=entry, visited_on=day, confirmed=confirmed, finding=finding)
            for entry, day, confirmed, finding in visits
        )

    def answer(
        self,
        entry: Entry,
        key: str,
        concern: str,
        text: str,
        *,
        by: Any,
        on: datetime.date,
        at: datetime.datetime | None = None,
    ) -> Answer:
        """验收结论 on a concern of an entry, as it was worded when it was read."""
        step = self.step
        acting.require(by, step.roles, self.area, on, "填写验收结论")
        if not step.answers:
            raise NotNow(f"{step.label}不填验收结论")
        if not text.strip():
            raise ValidationError("请写明验收结论")
        self._mine([entry])
        with self.whole():
            self.touch([step.key], on)
            answer = Answer.objects.create(
                entry=entry,
                key=key,
                concern=concern[:300],
                answer=text.strip()[:500],
                answered_by=by,
                answered_on=on,
                recorded_at=at or clock.moment(),
            )
            self._note("填写验收结论", acting.Actor(by, None, ""), step, {"条目": str(entry)})
        return answer
