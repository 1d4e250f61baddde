"""Pairs of persons who may be one (疑似重复): found by households/duplicates, decided by people."""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from areas.models import Area
from areas.scope import AreaScope, ScopedQuerySet
from office.prints import PrintField

SIDES = ("one", "other")


class DuplicateState(models.TextChoices):
    OPEN = "待核", "待核"
    DIFFERENT = "不是同一人", "不是同一人"
    MERGED = "已合并", "已合并"
    GONE = "已消除", "已消除"


class Likeness(models.TextChoices):
    """Why two are taken for one, the surest first."""

    SAME = "姓名和出生日期相同", "姓名和出生日期相同"
    NEAR = "同村同名，出生日期相近", "同村同名，出生日期相近"
    ADDRESS = "同村同名，住址相同", "同村同名，住址相同"
    SOUND = "同镇同日出生，姓名只差一字且同音", "同镇同日出生，姓名只差一字且同音"


def _lookups(side: str) -> dict[str, str]:
    return {level: f"{side}__household__{level}_id" for level in ("county", "town", "village")}


class DuplicateQuerySet(ScopedQuerySet):
    def in_scope(self, scope: AreaScope) -> "DuplicateQuerySet":
        """Only a pair both of whom may be seen: one alone would tell of the other."""
        return self.filter(*(scope.q(_lookups(side)) for side in SIDES))

    def in_area(self, area: Area | None) -> "DuplicateQuerySet":
        """Pairs of which one lies in the area."""
        if area is None:
            return self
        if area.level in _lookups("one"):
            return self.filter(
                Q(**{_lookups("one")[area.level]: area.pk}) | Q(**{_lookups("other")[area.level]: area.pk})
            )
        up = "parent" if area.level == "city" else "parent__parent"
        return self.filter(
            Q(**{f"one__household__county__{up}": area.pk})
            | Q(**{f"other__household__county__{up}": area.pk})
        )

    def waiting(self) -> "DuplicateQuerySet":
        return self.filter(state=DuplicateState.OPEN)

    def of(self, persons: Any) -> "DuplicateQuerySet":
        return self.filter(Q(one__in=persons) | Q(other__in=persons))


class Duplicate(models.Model):
    """One row a pair, for good: decided, it is offered again only when the data have changed (`fingerprint`)."""

    area_lookups = _lookups("one")

    one = models.ForeignKey("households.Person", models.CASCADE, related_name="+", verbose_name="人口")
    other = models.ForeignKey("households.Person", models.CASCADE, related_name="+", verbose_name="另一人口")
    rule = models.CharField("疑似理由", max_length=20, choices=Likeness.choices)
    fingerprint = PrintField("数据指纹", max_length=100)
    state = models.CharField(
        "状态", max_length=8, choices=DuplicateState.choices, default=DuplicateState.OPEN
    )
    found_on = models.DateField("发现日期")
    reason = models.CharField("结论依据", max_length=200, blank=True)
    kept = models.ForeignKey(
        "households.Person",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="保留的人口",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    decided_on = models.DateField("办理日期", null=True, blank=True)

    objects = DuplicateQuerySet.as_manager()

    class Meta:
        verbose_name = "疑似重复"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="duplicate_in_order"),
            models.CheckConstraint(
                condition=~Q(state=DuplicateState.DIFFERENT) | ~Q(reason=""),
                name="duplicate_different_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=DuplicateState.MERGED) | Q(kept__isnull=False),
                name="duplicate_merged_into_one",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="duplicate_state")]

    def __str__(self) -> str:
        return f"{self.one_id}、{self.other_id} {self.rule}"

    @property
    def is_open(self) -> bool:
        return self.state == DuplicateState.OPEN

    def differ(self, *, by: Any, on: datetime.date, reason: str) -> bool:
        """不是同一人; False when the pair or its data have changed since this object was read."""
        if not reason.strip():
            raise ValidationError("请写明怎么核实的")
        return self._decide(DuplicateState.DIFFERENT, by, on, reason.strip(), None)

    def merge(self, *, kept: Any, by: Any, on: datetime.date, reason: str) -> bool:
        """已合并, the other record of the two having left as 重复录入; False as in differ."""
        return self._decide(DuplicateState.MERGED, by, on, reason.strip(), kept)

    def _decide(self, state: str, by: Any, on: datetime.date, reason: str, kept: Any) -> bool:
        same = Duplicate.objects.waiting().filter(pk=self.pk, fingerprint=self.fingerprint)
        return bool(same.update(state=state, reason=reason[:200], kept=kept, decided_by=by, decided_on=on))
