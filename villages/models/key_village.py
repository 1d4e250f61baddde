"""扶贫工作重点村: in (确定), out (摘帽), back (返回) and changes of level are dated events (domain §1).

*As of D* = events recorded by D and effective by D. A village leaves once: after a 摘帽 only a 返回
opens a new stay on the list, and the database keeps one opening and one 摘帽 a stay.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from simple_history.models import HistoricalRecords

from areas.models import Area, Level
from areas.scope import ScopedQuerySet
from office import clock
from office.codes import CodeField
from office.days import written
from villages.codes import CODES
from villages.models.village import Village

if TYPE_CHECKING:
    from accounts.models import User

# 十二五 (2011–2015): whoever 摘帽 in it reached the standard before our plan begins (004 专栏2 note, R056).
TWELFTH_PERIOD_ENDS = datetime.date(2015, 12, 31)


class KeyVillageEventKind(models.TextChoices):
    DESIGNATED = "确定", "确定"
    CAP_REMOVED = "摘帽", "摘帽"
    RETURNED = "返回", "返回"
    LEVEL_CHANGED = "级别变更", "级别变更"
    # The village passed to another town: on the list or off it as before (domain §1).
    MOVED = "转入", "转入"


class Origin(models.TextChoices):
    AUDIT = "审核", "审核"
    DESK = "登记", "登记"
    IMPORT = "历史导入", "历史导入"


OPENS = (KeyVillageEventKind.DESIGNATED, KeyVillageEventKind.RETURNED)
PLAN_YEARS = [MinValueValidator(2010, "年度不能早于 2010 年"), MaxValueValidator(2100)]
PERCENT = [MinValueValidator(0, "不能小于 0"), MaxValueValidator(100, "不能大于 100")]
# Events that neither put a village on the list nor take it off.
BESIDE = (KeyVillageEventKind.LEVEL_CHANGED, KeyVillageEventKind.MOVED)
# Where a village lay on a day: itself, its town, county, city, province (`at` annotates them).
WAY_THEN = ("area_then", "town_then", "county_then", "city_then", "province_then")


class KeyVillageEventQuerySet(ScopedQuerySet):
    def known(self, *, on: datetime.date, as_of: datetime.date) -> KeyVillageEventQuerySet:
        """Effective by `on` and recorded by the end of `as_of`."""
        return self.filter(on__lte=on, recorded_at__lt=clock.end_of(as_of))

    def counted(
        self,
        *,
        year: int | None = None,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        as_of: datetime.date | None = None,
        level: str = "",
        kind: str = "",
    ) -> KeyVillageEventQuerySet:
        """What a figure counts: effective in the year, from `since`, by `until`; recorded by `as_of`."""
        found = self
        if year is not None:
            found = found.filter(on__year=year)
        if since is not None:
            found = found.filter(on__gte=since)
        if until is not None:
            found = found.filter(on__lte=until)
        if as_of is not None:
            found = found.filter(recorded_at__lt=clock.end_of(as_of))
        if level:
            found = found.filter(level=level)
        if kind:
            found = found.filter(kind=kind)
        return found


class KeyVillageQuerySet(ScopedQuerySet):
    def of(self, area: Area) -> KeyVillageQuerySet:
        """The record of a village, or of the area that it had before it moved; none when it was never chosen."""
        return self.filter(Q(area=area) | Q(events__area=area)).distinct()

    def at(self, on: datetime.date, as_of: datetime.date | None = None) -> KeyVillageQuerySet:
        """Villages designated by the day, with `kind_then`, `level_then` and WAY_THEN: their last event by it.

        `as_of` (default: the same day) leaves out what was recorded later. A village that moved since counts
        where it lay then: narrow by `placed`, not by `in_area`.
        """
        last = KeyVillageEvent.objects.filter(key_village=OuterRef("pk")).known(on=on, as_of=as_of or on)
        last = last.order_by("-on", "-pk")
        turn = last.exclude(kind__in=BESIDE)
        way = {
            name: Subquery(last.values(f"area{'__parent' * steps}")[:1])
            for steps, name in enumerate(WAY_THEN)
        }
        return self.annotate(
            kind_then=Subquery(turn.values("kind")[:1]),
            level_then=Subquery(last.values("level")[:1]),
            **way,
        ).filter(kind_then__isnull=False)

    def placed(self, area: Area | None) -> KeyVillageQuerySet:
        """Of those of `at` or what follows from it: who lay in the area on its day; None is the whole deployment."""
        return self if area is None else self.filter(area_then__in=Area.objects.in_area(area))

    def standing(
        self, on: datetime.date, as_of: datetime.date | None = None, level: str = ""
    ) -> KeyVillageQuerySet:
        """Those on the list at the end of the day."""
        return self._of_level(self.at(on, as_of).filter(kind_then__in=OPENS), level)

    def designated(
        self, on: datetime.date, as_of: datetime.date | None = None, level: str = ""
    ) -> KeyVillageQuerySet:
        """Those chosen by the day, 摘帽 or not: the 46 of 004 专栏1 hold the 30 that 摘帽 in 十二五."""
        return self._of_level(self.at(on, as_of), level)

    def left_by(
        self, on: datetime.date, as_of: datetime.date | None = None, level: str = ""
    ) -> KeyVillageQuerySet:
        """Those off the list at the end of the day: designated less standing."""
        return self._of_level(self.at(on, as_of).filter(kind_then=KeyVillageEventKind.CAP_REMOVED), level)

    @staticmethod
    def _of_level(found: KeyVillageQuerySet, level: str) -> KeyVillageQuerySet:
        return found.filter(level_then=level) if level else found


class KeyVillage(models.Model):
    """A village that was ever chosen, with the figures it was chosen by (一高一低一无, R055)."""

    area = models.OneToOneField(
        Area,
        models.PROTECT,
        related_name="key_village",
        limit_choices_to={"level": Level.VILLAGE},
        verbose_name="村(社区)",
    )
    level = CodeField(CODES, "key_village_level", verbose_name="重点村级别", editable=False)
    batch = CodeField(CODES, "key_village_batch", verbose_name="批次")
    incidence_base = models.DecimalField(
        "选定时贫困发生率", max_digits=5, decimal_places=2, null=True, blank=True, validators=PERCENT
    )
    net_income_base = models.DecimalField(
        "选定时农民人均纯收入", max_digits=12, decimal_places=2, null=True, blank=True
    )
    collective_income_base = models.DecimalField(
        "选定时村集体经济收入", max_digits=14, decimal_places=2, null=True, blank=True
    )
    planned_exit_year = models.PositiveSmallIntegerField(
        "计划退出年度", null=True, blank=True, validators=PLAN_YEARS
    )
    beautiful_village = models.BooleanField("是否美丽乡村示范村", null=True, blank=True)
    most_poor_2000 = models.BooleanField("是否省2000个重点村", null=True, blank=True)
    paired_unit = models.CharField("结对帮扶单位", max_length=100, blank=True)
    paired_unit_kind = CodeField(CODES, "paired_unit_kind", verbose_name="结对单位类别", blank=True)
    # Where the events have led; only the methods below write them, each with its event.
    stay = models.PositiveSmallIntegerField("第几次列入", default=1, editable=False)
    on_list = models.BooleanField("现为重点村", default=True, editable=False)
    last_on = models.DateField("最近变动日期", editable=False)

    _history_user: Any
    _change_reason: str
    history = HistoricalRecords(excluded_fields=["level", "stay", "on_list", "last_on"])
    area_field = "area"
    objects = KeyVillageQuerySet.as_manager()

    class Meta:
        verbose_name = "重点村"
        ordering = ["area__code"]

    def __str__(self) -> str:
        return f"{self.area}（{self.level}）"

    @property
    def reached_standard(self) -> bool:
        """十二五已达退出标准: 摘帽 by the end of 2015 and not back by then (R056)."""
        turns = self.events.filter(on__lte=TWELFTH_PERIOD_ENDS)
        last = turns.exclude(kind__in=BESIDE).order_by("on", "pk").last()
        return last is not None and last.kind == KeyVillageEventKind.CAP_REMOVED

    @property
    def exit_year(self) -> int | None:
        """退出年度: of the 摘帽 it has not come back from; off the list nothing but a 返回 can follow."""
        return None if self.on_list else self.last_on.year

    def plan_exit(self, year: int | None, *, by: User | None, reason: str = "") -> bool:
        """The year it is to leave in (R073), None: not known; whether it changed. ValidationError after an earlier 摘帽."""
        if year == self.planned_exit_year:
            return False
        if not self.on_list and (year is None or year > self.last_on.year):
            raise ValidationError(f"{self.area.name}已于{self.last_on.year}年摘帽，一个村只退出一次")
        self.planned_exit_year = year
        self._history_user, self._change_reason = by, reason
        self.save(update_fields=["planned_exit_year"])
        return True

    @classmethod
    def designate(
        cls,
        *,
        area: Area,
        level: str,
        batch: str,
        on: datetime.date,
        by: User | None,
        origin: str = Origin.DESK,
        recorded_at: datetime.datetime | None = None,
        **figures: Decimal | int | str | bool | None,
    ) -> KeyVillage:
        """确定: puts the village on the list; ValidationError when it was chosen before."""
        village = cls(area=area, level=level, batch=batch, last_on=on, **figures)
        village.full_clean()
        with transaction.atomic():
            Village.objects.get_or_create(area=area)
            village.save()
            village._event(KeyVillageEventKind.DESIGNATED, on, by, origin, recorded_at, "")
        return village

    def remove_cap(
        self,
        *,
        on: datetime.date,
        by: User | None,
        origin: str = Origin.AUDIT,
        recorded_at: datetime.datetime | None = None,
        reason: str = "",
    ) -> KeyVillageEvent:
        """摘帽; ValidationError when it is off the list already or had an event after the day."""
        return self._turn(
            Q(on_list=True),
            {"on_list": False},
            "已经摘帽，不能再次摘帽",
            KeyVillageEventKind.CAP_REMOVED,
            (on, by, origin, recorded_at, reason),
        )

    def return_to_list(
        self,
        *,
        on: datetime.date,
        by: User | None,
        origin: str = Origin.DESK,
        recorded_at: datetime.datetime | None = None,
        reason: str = "",
    ) -> KeyVillageEvent:
        """返回: back on the list at the level it had; ValidationError when it is on the list."""
        return self._turn(
            Q(on_list=False),
            {"on_list": True, "stay": F("stay") + 1},
            "没有摘帽，不用返回",
            KeyVillageEventKind.RETURNED,
            (on, by, origin, recorded_at, reason),
        )

    def change_level(
        self,
        *,
        level: str,
        on: datetime.date,
        by: User | None,
        origin: str = Origin.DESK,
        recorded_at: datetime.datetime | None = None,
        reason: str = "",
    ) -> KeyVillageEvent:
        """级别变更; ValidationError for an unknown level, the present one, or a village off the list."""
        word = self._meta.get_field("level").clean(level, self)  # type: ignore[union-attr]
        return self._turn(
            Q(on_list=True) & ~Q(level=word),
            {"level": word},
            f"已经是{word}重点村" if self.level == word else "已经摘帽，不能变更级别",
            KeyVillageEventKind.LEVEL_CHANGED,
            (on, by, origin, recorded_at, reason),
        )

    def move_to(
        self,
        area: Area,
        *,
        on: datetime.date,
        by: User | None,
        recorded_at: datetime.datetime | None = None,
        reason: str = "",
    ) -> KeyVillageEvent:
        """转入: goes on under the village's new area, as it stood; figures of before stay with the old one.

        ValidationError when something happened after the day.
        """
        if self.last_on > on:
            raise ValidationError(f"{self.area}在 {written(self.last_on)} 已有变动，日期不能更早")
        with transaction.atomic():
            self.area = area
            self.save(update_fields=["area"])
            return self._event(KeyVillageEventKind.MOVED, on, by, Origin.DESK, recorded_at, reason)

    def _turn(
        self,
        guard: Q,
        change: dict[str, Any],
        refusal: str,
        kind: KeyVillageEventKind,
        facts: tuple[Any, ...],
    ) -> KeyVillageEvent:
        """The guard stands in the UPDATE: of two at once one turns the village, the other is refused."""
        on = facts[0]
        with transaction.atomic():
            turned = KeyVillage.objects.filter(guard, pk=self.pk, last_on__lte=on).update(
                **change, last_on=on
            )
            self.refresh_from_db(fields=["level", "stay", "on_list", "last_on"])
            if not turned:
                early = self.last_on > on
                raise ValidationError(
                    f"{self.area}{f'在 {written(self.last_on)} 已有变动，日期不能更早' if early else refusal}"
                )
            return self._event(kind, *facts)

    def _event(
        self,
        kind: KeyVillageEventKind,
        on: datetime.date,
        by: User | None,
        origin: str,
        recorded_at: datetime.datetime | None,
        reason: str,
    ) -> KeyVillageEvent:
        return KeyVillageEvent.objects.create(
            key_village=self,
            area=self.area,
            kind=kind,
            on=on,
            recorded_at=recorded_at or clock.moment(),
            recorded_by=by,
            origin=origin,
            level=self.level,
            batch=self.batch,
            stay=self.stay,
            reason=reason,
        )


class KeyVillageEvent(models.Model):
    """One dated change; area, level (after it) and batch are frozen with it."""

    key_village = models.ForeignKey(KeyVillage, models.PROTECT, related_name="events", verbose_name="重点村")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="村(社区)")
    kind = models.CharField("事项", max_length=4, choices=KeyVillageEventKind.choices)
    on = models.DateField("生效日期")
    recorded_at = models.DateTimeField("登记时间", default=clock.moment, db_index=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记人",
    )
    origin = models.CharField("来源", max_length=4, choices=Origin.choices)
    level = CodeField(CODES, "key_village_level", verbose_name="级别")
    batch = CodeField(CODES, "key_village_batch", verbose_name="批次")
    stay = models.PositiveSmallIntegerField("第几次列入", default=1)
    reason = models.CharField("说明", max_length=200, blank=True)

    area_field = "area"
    objects = KeyVillageEventQuerySet.as_manager()

    class Meta:
        verbose_name = "重点村变动"
        ordering = ["on", "pk"]
        indexes = [models.Index(fields=["kind", "on"], name="key_village_event_kind_on")]
        constraints = [
            models.UniqueConstraint(
                fields=["key_village", "stay"],
                condition=Q(kind__in=OPENS),
                name="key_village_opens_once_a_stay",
            ),
            models.UniqueConstraint(
                fields=["key_village", "stay"],
                condition=Q(kind=KeyVillageEventKind.CAP_REMOVED),
                name="key_village_leaves_once_a_stay",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {written(self.on)} {self.kind}"
