"""Yearly targets (年度计划) by town and village: how many are to leave (R034; 004 L739–743, L1034–1038).

By hand, or written by reporting from the adopted plan. Another figure for the same area and year is a new row;
the old one stays. A target is a plan, never a quota that lets somebody leave: nothing passes a list for it.
"""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from areas.models import Area, Level
from areas.scope import ScopedQuerySet
from audits.procedures import ListKind
from office import trail

KINDS = (ListKind.HOUSEHOLD_EXIT, ListKind.VILLAGE_EXIT)


class Source(models.TextChoices):
    HAND = "手工", "手工"
    PLAN = "规划", "规划"


class YearlyTargetQuerySet(ScopedQuerySet):
    def current(self) -> "YearlyTargetQuerySet":
        return self.filter(replaced_at__isnull=True)

    def told(self) -> "YearlyTargetQuerySet":
        """Those that stand and those that were replaced, the latest first."""
        return self.select_related("area", "set_by").order_by("-recorded_at", "-pk")


class YearlyTarget(models.Model):
    """`households` and `persons` of a household target, `villages` of a village target; the rest is nought."""

    area_field = "area"

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("事项", max_length=16, choices=[(kind.value, kind.label) for kind in KINDS])
    households = models.PositiveIntegerField("户数", default=0)
    persons = models.PositiveIntegerField("人数", default=0)
    villages = models.PositiveIntegerField("村数", default=0)
    source = models.CharField("来源", max_length=2, choices=Source.choices)
    basis = models.CharField("依据", max_length=200, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="下达人"
    )
    recorded_at = models.DateTimeField("登记时间")
    replaced_at = models.DateTimeField("停用时间", null=True, editable=False)

    objects = YearlyTargetQuerySet.as_manager()

    class Meta:
        app_label = "audits"
        verbose_name = "年度计划"
        ordering = ["-year", "area__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "year", "kind"],
                condition=Q(replaced_at__isnull=True),
                name="yearly_target_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=ListKind.VILLAGE_EXIT, households=0, persons=0)
                | Q(kind=ListKind.HOUSEHOLD_EXIT, villages=0, persons__gte=models.F("households")),
                name="yearly_target_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}{self.year}年{self.get_kind_display()}计划"

    @classmethod
    def set(
        cls,
        *,
        area: Area,
        year: int,
        kind: str,
        by: Any,
        at: datetime.datetime,
        source: str = Source.HAND,
        basis: str = "",
        households: int = 0,
        persons: int = 0,
        villages: int = 0,
    ) -> "YearlyTarget":
        """Raises ValidationError for an area that is no town or village, or fewer persons than households.

        `basis` says by which rule the figure was found, and why it is another.
        """
        if area.level not in (Level.TOWN, Level.VILLAGE, Level.COUNTY):
            raise ValidationError("年度计划下达到区县、镇街或村居")
        if kind not in KINDS:
            raise ValidationError("年度计划只有贫困户退出和重点村退出两种")
        target = cls(
            area=area,
            year=year,
            kind=kind,
            households=households,
            persons=persons,
            villages=villages,
            source=source,
            basis=basis[:200],
            set_by=by,
            recorded_at=at,
        )
        if kind == ListKind.HOUSEHOLD_EXIT and (villages or persons < households):
            raise ValidationError("人数不能少于户数")
        if kind == ListKind.VILLAGE_EXIT and (households or persons):
            raise ValidationError("重点村退出计划只填村数")
        with transaction.atomic():
            same = cls.objects.current().filter(area=area, year=year, kind=kind)
            same.update(replaced_at=at)
            target.save()
            planned = {"村": villages} if kind == ListKind.VILLAGE_EXIT else {"户": households, "人": persons}
            detail = {"计划": str(target), **planned, "来源": str(target.get_source_display())}
            if target.basis:
                detail["依据"] = target.basis
            trail.record("下达年度计划", actor=by, subject=target, area=area, detail=detail)
        return target
