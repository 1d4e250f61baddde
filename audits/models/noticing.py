"""Notices and the objections to them: put up, photographed, objected to, investigated and answered.

Each takes the list's row first (touch), so that nothing slips in beside a transition.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.roles import Role
from audits import acting, posting
from audits.models.entry import Entry
from audits.models.notice import Notice, last_day
from audits.models.objection import Objection, Origin, told
from audits.models.parting import ListParting
from audits.refusals import NotNow, TooMany
from office import clock, trail
from office.attachments import Checked

# In which an objection is to be answered; the plan has no number.
ANSWER_DAYS = 15
# From the public page to one list in a day: more is no villagers' meeting but somebody's machine.
MOST_A_LIST_A_DAY = 30
CLOSERS = (Role.TOWN, Role.APPROVER, Role.DISTRICT)
RECORDERS = (Role.VILLAGE, Role.TOWN, Role.DISTRICT)


class ListNoticing(ListParting):
    class Meta:
        abstract = True

    def post_notice(
        self,
        level: str,
        place: str,
        *,
        by: Any,
        on: datetime.date,
        telephone: str = "",
        photo: Checked | None = None,
        at: datetime.datetime | None = None,
    ) -> Notice:
        """张贴: dated the day it is recorded, never earlier; what hangs on the wall is kept with it.

        `telephone` is the office's, printed on the sheet for objections.
        """
        at, step = at or clock.moment(), self.step
        acting.require(by, step.roles, self.area, on, f"{step.label}张贴")
        if step.posting is None:
            raise NotNow(f"{step.label}没有公示公告")
        if level not in step.posting.places:
            raise ValidationError("这个环节不在这一级张贴")
        if not place.strip():
            raise ValidationError("请写明张贴地点")
        with self.whole():
            self.touch([step.key], on)
            days, entries = self.posting_days(), self._entries()
            if not entries:
                raise ValidationError("名单上没有户（村），不能张贴")
            notice = Notice(
                audit_list_id=self.pk,
                stage=step.key,
                round=self.round,
                word=step.posting.word,
                level=level,
                place=place.strip(),
                telephone=telephone.strip(),
                posted_on=on,
                days=days,
                ends_on=last_day(on, days),
                sheet=posting.sheet(entries),
                entry_keys=[entry.pk for entry in entries],
                posted_by=by,
                recorded_at=at,
            )
            try:
                with transaction.atomic():
                    notice.save()
            except IntegrityError as twice:
                raise NotNow("这一级的公示公告已经张贴") from twice
            if photo is not None:
                photo.bind(notice, by=by, at=at)
            latest = max(self.posted().values_list("ends_on", flat=True))
            type(self)._default_manager.filter(pk=self.pk).update(due_on=self.due(step, latest))
            self.refresh_from_db()
            actor = acting.Actor(by, None, "")
            self._note("登记张贴", actor, step, {"地点": notice.place, "满期": notice.ends_on})
        return notice

    def photograph(
        self,
        notice: Notice,
        photos: list[Checked],
        *,
        by: Any,
        on: datetime.date,
        at: datetime.datetime | None = None,
    ) -> None:
        """Further photos of the sheet on the wall, inside `attachments.all_on_disk(photos)`, while it hangs."""
        at, step = at or clock.moment(), self.step
        acting.require(by, step.roles, self.area, on, "补传张贴照片")
        if not photos:
            raise ValidationError("请选择张贴照片")
        with self.whole():
            self.touch([notice.stage], on, "名单已经离开这个环节，不能再补照片")
            if notice.audit_list_id != self.pk or notice.round != self.round:
                raise NotNow("这张公示已经作废")
            for photo in photos:
                photo.bind(notice, by=by, at=at)
            actor = acting.Actor(by, None, "")
            self._note("补传张贴照片", actor, step, {"地点": notice.place, "张数": len(photos)})

    def object_to(
        self,
        text: str,
        *,
        by: Any,
        on: datetime.date,
        entry: Entry | None = None,
        raised_by: str = "",
        contact: str = "",
        at: datetime.datetime | None = None,
    ) -> Objection:
        """异议 of anyone, written down by village, town or district; holds the entry, or without one the list."""
        acting.require(by, RECORDERS, entry.area if entry else self.area, on, "登记异议")
        with self.whole():
            objection = self._raise(
                text,
                entry,
                on,
                at,
                origin=Origin.RECORDED,
                raised_by=raised_by.strip(),
                contact=contact.strip(),
                recorded_by=by,
                taken_up_by=by,
                taken_up_on=on,
            )
            actor = acting.Actor(by, None, "")
            self._note("登记异议", actor, self.step, {"条目": str(entry or "")})
        return objection

    def object_publicly(
        self,
        text: str,
        *,
        notice: Notice,
        on: datetime.date,
        source: str,
        most: int,
        entry: Entry | None = None,
        raised_by: str = "",
        contact: str = "",
        at: datetime.datetime | None = None,
    ) -> Objection:
        """异议 typed on the public page while the notice hangs; it holds at once, village or town takes it up.

        `source` stands for the address of the day (never the address itself); `most` it may send. Raises TooMany.
        """
        with self.whole():
            objection = self._raise(
                text,
                entry,
                on,
                at,
                origin=Origin.PUBLIC,
                notice=notice,
                source=source,
                raised_by=raised_by.strip(),
                contact=contact.strip(),
            )
            today = Objection.objects.filter(origin=Origin.PUBLIC, raised_on=on)
            if today.filter(source=source).count() > most:
                raise TooMany(f"今天从这里已经提交 {most} 件，请按公示的电话反映")
            if today.filter(audit_list=self.pk).count() > MOST_A_LIST_A_DAY:
                raise TooMany("今天提交的异议太多，请按公示的电话反映")
            if not Notice.objects.running(on).filter(pk=notice.pk).exists():
                raise NotNow("公示已经结束")
            detail = {"名单": str(self), "环节": self.step.label, "条目": str(entry or "")}
            trail.record("收到网上异议", subject=objection, area=self.area, detail=detail)
        return objection

    def _raise(
        self,
        text: str,
        entry: Entry | None,
        on: datetime.date,
        at: datetime.datetime | None,
        **facts: Any,
    ) -> Objection:
        if not text.strip():
            raise ValidationError("请写明异议的内容")
        if entry is not None and entry.audit_list_id != self.pk:
            raise NotNow("这一条已不在这份名单上")
        if self.procedure.acted_before(self.stage):
            raise NotNow("已经销号（登记、拨付）；退出有误的按回退办理")
        self.touch([self.stage], on)
        if entry is not None and not Entry.objects.standing().filter(pk=entry.pk).exists():
            raise NotNow("这一条已经办结")
        return Objection.objects.create(
            audit_list_id=self.pk,
            entry=entry,
            stage=self.stage,
            text=told(text),
            raised_on=on,
            due_on=on + datetime.timedelta(days=ANSWER_DAYS),
            recorded_at=at or clock.moment(),
            **facts,
        )

    def take_up(self, objection: Objection, *, by: Any, on: datetime.date) -> None:
        """受理 of what came from the public page, by who writes objections down; the answer is due from the first day."""
        place = objection.entry.area if objection.entry is not None else self.area
        actor = acting.require(by, RECORDERS, place, on, "受理异议")
        waiting = Objection.objects.open().filter(
            pk=objection.pk, audit_list=self.pk, taken_up_on__isnull=True
        )
        with self.whole():
            if not waiting.update(taken_up_by=actor.person, taken_up_on=on):
                raise NotNow("这件异议已经受理")
            self._note("受理异议", actor, self.step, {"异议": objection.pk})
        objection.refresh_from_db()

    def settle(
        self,
        objection: Objection,
        *,
        upheld: bool,
        investigation: str,
        answer: str,
        by: Any,
        on: datetime.date,
        at: datetime.datetime | None = None,
    ) -> None:
        """Investigated and answered in writing, by somebody whom it does not concern; upheld it strikes off."""
        at = at or clock.moment()
        actor = acting.require(by, CLOSERS, self.area, on, "办结异议")
        if not investigation.strip() or not answer.strip():
            raise ValidationError("请写明调查情况和书面答复")
        with self.whole():
            # Of a list that ended meanwhile what was asked is still answered.
            if self.is_open:
                self.touch([self.stage], on)
            if objection.concerned() & {person.pk for person in actor.persons}:
                raise PermissionDenied("提报、决定或登记这件事的人不能办结对它的异议")
            if objection.taken_up_on is None:
                raise NotNow("公开网页提出的异议，先由村、镇或区受理")
            if (
                not Objection.objects.open()
                .filter(pk=objection.pk, audit_list=self.pk)
                .update(
                    upheld=upheld,
                    investigation=told(investigation),
                    answer=told(answer),
                    closed_by=by,
                    closed_on=on,
                    closed_at=at,
                )
            ):
                raise NotNow("这件异议已经办结")
            if upheld and objection.entry is not None and objection.entry.is_standing:
                self._strike(objection.entry, by=by, on=on, reason=f"异议成立：{told(answer)}", at=at)
            self._note(
                "办结异议", actor, self.step, {"异议": objection.pk, "结论": "成立" if upheld else "不成立"}
            )
        objection.refresh_from_db()
