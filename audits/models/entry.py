"""One household or village on a list, until the register has been acted on or it was struck off.

Its stage is the list's. Held entries (an open objection, or more evidence wanted) stop the list until they are
settled, struck off, or split off into a remainder list.
"""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from audits import acting
from audits.criteria import Result
from audits.models.objection import Objection
from audits.procedures import ListKind
from office import clock, trail


class Outcome(models.TextChoices):
    LEFT = "退出", "退出"
    CAP_REMOVED = "摘帽", "摘帽"
    ENTERED = "纳入", "纳入"
    RETURNED = "返贫", "返贫"
    PAID = "拨付", "拨付"
    REVERSED = "回退", "回退"
    STRUCK = "剔除", "剔除"


class EntryQuerySet(ScopedQuerySet):
    def standing(self) -> "EntryQuerySet":
        """On its way: neither acted on nor struck off."""
        return self.filter(closed_at__isnull=True)

    def with_subject(self) -> "EntryQuerySet":
        """With all that judging them reads of household and area."""
        return self.select_related("household__village", "household__county", "area")

    def with_hold(self) -> "EntryQuerySet":
        """Adds `objected`: an objection to it is open."""
        open_ones = Objection.objects.open().filter(entry=OuterRef("pk"))
        return self.annotate(objected=Exists(open_ones))

    def held(self) -> "EntryQuerySet":
        return self.standing().with_hold().filter(Q(objected=True) | ~Q(hold_reason=""))


class Entry(models.Model):
    area_field = "area"

    audit_list = models.ForeignKey(
        "audits.AuditList", models.PROTECT, related_name="entries", verbose_name="名单"
    )
    kind = models.CharField("事项", max_length=16, choices=ListKind.choices, editable=False)
    household = models.ForeignKey(
        "households.Household",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_entries",
        verbose_name="户",
    )
    # The village at the time: lists that run keep it when the village moves (domain §1).
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="村(社区)")
    place = models.PositiveIntegerField("顺序")
    ease = models.CharField("难易程度", max_length=1, blank=True)
    place_reason = models.CharField("调整顺序原因", max_length=200, blank=True)
    reason = models.CharField("事由", max_length=200, blank=True)
    standard = models.CharField("返贫识别标准", max_length=6, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提报人"
    )
    entered_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="委托人"
    )
    entered_at = models.DateTimeField("提报时间")
    planned_before = models.PositiveSmallIntegerField("原计划脱贫年度", null=True, editable=False)
    # 贫困户认可, or a village's own application; None until it was asked.
    agreed = models.BooleanField("是否认可", null=True)
    agreed_on = models.DateField("认可日期", null=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="认可登记人"
    )
    hold_reason = models.CharField("暂缓原因", max_length=200, blank=True)
    overruled = models.PositiveSmallIntegerField("改判", null=True)
    overruled_reason = models.CharField("改判原因", max_length=200, blank=True)
    overruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="改判人"
    )
    overruled_level = models.PositiveSmallIntegerField("改判层级", null=True)
    outcome = models.CharField("结果", max_length=2, choices=Outcome.choices, blank=True)
    outcome_reason = models.CharField("剔除原因", max_length=200, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办结人"
    )
    closed_on = models.DateField("办结日期", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    event = models.OneToOneField(
        "households.StatusEvent", models.PROTECT, null=True, related_name="audit_entry", verbose_name="动态"
    )
    village_event = models.OneToOneField(
        "villages.KeyVillageEvent", models.PROTECT, null=True, related_name="audit_entry", verbose_name="变动"
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "名单条目"
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind"],
                condition=Q(closed_at__isnull=True, household__isnull=False),
                name="entry_open_once_a_household",
                violation_error_message="该户已在另一份没有办结的名单上",
            ),
            models.UniqueConstraint(
                fields=["area"],
                condition=Q(closed_at__isnull=True, kind=ListKind.VILLAGE_EXIT),
                name="entry_open_once_a_village",
                violation_error_message="该村已在另一份没有办结的名单上",
            ),
            models.CheckConstraint(
                condition=Q(kind=ListKind.VILLAGE_EXIT, household__isnull=True)
                | (~Q(kind=ListKind.VILLAGE_EXIT) & Q(household__isnull=False)),
                name="entry_of_a_household_or_a_village",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="entry_closed_with_its_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.STRUCK) | ~Q(outcome_reason=""),
                name="entry_struck_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(overruled__isnull=True) | ~Q(overruled_reason=""),
                name="entry_overruled_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["area", "kind"], name="entry_area_kind")]

    def __str__(self) -> str:
        return str(self.household) if self.household_id else str(self.area)

    @property
    def is_standing(self) -> bool:
        return self.closed_at is None

    @property
    def overruling(self) -> Result | None:
        return None if self.overruled is None else Result(self.overruled)

    def agree(self, agreed: bool, *, by: Any, on: datetime.date) -> None:
        """贫困户认可 recorded by its village, or the village's own application (R038, R058).

        Until the list has passed the stage that asks for it; later on who changes its mind objects.
        """
        acting.require(by, acting.VILLAGES, self.area, on, "登记认可")
        procedure = self.audit_list.procedure
        asked = [each for each in procedure.stages if each.agreed]
        if not asked:
            raise ValidationError("这种名单不用认可")
        allowed = [each.key for each in (*procedure.before(asked[-1].key), asked[-1])]
        with self.audit_list.whole():
            self.audit_list.touch(allowed, on, "这个环节已经办过，不能再登记认可")
            self._change(agreed=agreed, agreed_on=on, agreed_by=by)
            self._note("登记认可", by, {"认可": "是" if agreed else "否"})

    def hold(self, reason: str, *, by: Any, on: datetime.date) -> None:
        """暂缓: more evidence is wanted; the list waits for it or goes on without it."""
        reason = reason.strip()
        if not reason:
            raise ValidationError("请写明暂缓的原因")
        self._handle(by, on, "暂缓")
        with self.audit_list.whole():
            self.audit_list.touch([self.audit_list.stage], on)
            self._change(hold_reason=reason)
            self._note("暂缓办理", by, {"原因": reason})

    def release(self, *, by: Any, on: datetime.date) -> None:
        """The evidence is there."""
        self._handle(by, on, "恢复办理")
        with self.audit_list.whole():
            self.audit_list.touch([self.audit_list.stage], on)
            self._change(hold_reason="")
            self._note("恢复办理", by, {})

    def overrule(self, result: Result | None, reason: str, *, by: Any, on: datetime.date) -> None:
        """改判, only upward: to something stricter, by who handles the list; milder again only by a higher level.

        What the criteria say stays the floor, whatever is entered here.
        """
        reason = reason.strip()
        if not reason:
            raise ValidationError("请写明改判的原因")
        actor = self._handle(by, on, "改判")
        level = acting.RANK[actor.role]
        kept = None if result in (None, Result.MET) else int(result)
        with self.audit_list.whole():
            self.audit_list.touch([self.audit_list.stage], on)
            # As it stands now that the list's row is taken: another may have overruled since it was read.
            self.refresh_from_db(fields=["overruled", "overruled_level"])
            milder = self.overruled is not None and (result is None or result < self.overruled)
            if milder and level <= (self.overruled_level or 0):
                raise PermissionDenied("改判只能从严；放宽须由改判人的上一级办理")
            self._change(overruled=kept, overruled_reason=reason, overruled_by=by, overruled_level=level)
            self._note(
                "改判", by, {"改判": Result(kept).label if kept is not None else "取消", "原因": reason}
            )

    def move_to(self, place: int, reason: str, *, by: Any, on: datetime.date) -> None:
        """Another place in the ranking by ease, by hand and with a reason (R034)."""
        reason = reason.strip()
        if not reason:
            raise ValidationError("请写明调整顺序的原因")
        acting.require(by, self.audit_list.procedure.openers, self.area, on, "调整顺序")
        with self.audit_list.whole():
            self.audit_list.touch([self.audit_list.procedure.first.key], on)
            others = list(self.audit_list.entries.standing().exclude(pk=self.pk))
            others.insert(max(0, place - 1), self)
            for number, entry in enumerate(others, 1):
                type(self).objects.filter(pk=entry.pk).update(place=number)
            self._change(place=others.index(self) + 1, place_reason=reason)
            self._note("调整顺序", by, {"顺序": self.place, "原因": reason})

    def _handle(self, by: Any, on: datetime.date, what: str) -> acting.Actor:
        """Who has the list at hand has its entries at hand."""
        return acting.require(by, self.audit_list.step.roles, self.audit_list.area, on, what)

    def _change(self, **values: Any) -> None:
        if not Entry.objects.standing().filter(pk=self.pk).update(**values):
            raise ValidationError("这一条已经办结")
        for name, value in values.items():
            setattr(self, name, value)

    def _note(self, action: str, by: Any, detail: dict[str, Any]) -> None:
        trail.record(action, actor=by, subject=self, area=self.area, detail={"条目": str(self), **detail})

    @staticmethod
    def ended(
        outcome: str, by: Any, on: datetime.date, at: datetime.datetime | None = None
    ) -> dict[str, Any]:
        """The columns of an entry that ends."""
        return {
            "outcome": outcome,
            "closed_by": by,
            "closed_on": on,
            "closed_at": at or clock.moment(),
            "hold_reason": "",
        }
