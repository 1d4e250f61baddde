"""What the plans leave to the county: days of notices without a number, and the open questions of the criteria.

Dated and appended only; a list takes what holds on the day it is opened, and keeps it (domain §5).
"""

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction

from areas.models import Area
from areas.scope import ScopedQuerySet
from audits import procedures
from audits.cases import RULES, Rules
from audits.procedures import ListKind, Procedure
from audits.setting_names import DAYS, names
from office import trail

# Whether running notices have public pages: 1 or 0, at once and not frozen with a list (audits/public.py).
PUBLIC, PUBLIC_WORD = "public", "公示公告公开网页"
RULE_NAMES = ("stable_years", "deep_margin", "water_blocks", "incidence")
# Of what comes after an exit (audits/continued.py): whole years and months.
TERM_NAMES = ("policy_years", "subsistence_months")


def rules_of(frozen: dict[str, str]) -> Rules:
    """The rules of the criteria as a list has them."""
    return Rules(
        stable_years=int(Decimal(frozen.get("stable_years", RULES.stable_years))),
        deep_margin=Decimal(frozen.get("deep_margin", RULES.deep_margin)),
        water_blocks=bool(Decimal(frozen.get("water_blocks", 0))),
        incidence=Decimal(frozen.get("incidence", RULES.incidence)),
    )


class AuditSettingQuerySet(ScopedQuerySet):
    def frozen(self, county: Area, kind: str, on: datetime.date) -> dict[str, str]:
        """What holds in the county on the day, by name; the newest of a name wins."""
        rows = self.filter(county=county, kind=kind, from_on__lte=on).exclude(name=PUBLIC)
        rows = rows.order_by("from_on", "pk")
        return {row.name: f"{row.value.normalize():f}" for row in rows}


class AuditSetting(models.Model):
    area_field = "county"

    county = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区县")
    kind = models.CharField("事项", max_length=16, choices=ListKind.choices)
    name = models.CharField("设置项", max_length=40)
    value = models.DecimalField("值", max_digits=6, decimal_places=2, validators=[MinValueValidator(0)])
    from_on = models.DateField("启用日期")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记人",
    )
    recorded_at = models.DateTimeField("登记时间")

    objects = AuditSettingQuerySet.as_manager()

    class Meta:
        verbose_name = "审核设置"
        ordering = ["kind", "name", "from_on"]

    def __str__(self) -> str:
        return f"{self.county}{self.get_kind_display()}{self.name}={self.value}"

    @classmethod
    def set(
        cls,
        *,
        county: Area,
        kind: str,
        name: str,
        value: Decimal | int,
        from_on: datetime.date,
        by: Any,
        at: datetime.datetime,
    ) -> "AuditSetting":
        """Raises ValidationError for a name that is none, or days that stand in the plan."""
        row = cls(
            county=county,
            kind=kind,
            name=name,
            value=Decimal(value),
            from_on=from_on,
            recorded_by=by,
            recorded_at=at,
        )
        row.full_clean()
        with transaction.atomic():
            row.save()
            word = names().get(f"{kind} {name}", PUBLIC_WORD)
            detail = {"设置项": word, "值": row.value, "启用": from_on}
            trail.record("设定审核设置", actor=by, subject=row, area=county, detail=detail)
        return row

    def clean(self) -> None:
        if self.name in RULE_NAMES:
            if self.name == "water_blocks" and self.value not in (0, 1):
                raise ValidationError("是否必须达标填 1 或 0")
            if self.name == "stable_years" and (self.value < 1 or self.value != int(self.value)):
                raise ValidationError("年数须是不小于1的整数")
            return
        if self.name == PUBLIC:
            if self.value not in (0, 1):
                raise ValidationError("公开网页只有开和关")
            return
        if self.name in TERM_NAMES and self.kind == ListKind.HOUSEHOLD_EXIT:
            if self.value < 1 or self.value != int(self.value):
                raise ValidationError("须是不小于1的整数")
            return
        if self.kind not in procedures.TABLES or not self.name.startswith(DAYS):
            raise ValidationError("没有这个设置项")
        procedure = procedures.TABLES[self.kind][-1]
        key = self.name.removeprefix(DAYS)
        posting = procedure[key].posting if key in procedure else None
        if posting is None:
            raise ValidationError("没有这个设置项")
        if posting.fixed:
            raise ValidationError(f"{posting.word}天数由规定确定，不能改动")
        if self.value < 1 or self.value != int(self.value):
            raise ValidationError("天数须是不小于1的整数")


def posting_days(procedure: Procedure, key: str, frozen: dict[str, str]) -> int:
    """Whole days of the notice at a stage, as the list has them."""
    posting = procedure[key].posting
    if posting is None:
        raise ValueError(f"{key} has no notice")
    return posting.days if posting.fixed else int(frozen.get(f"{DAYS}{key}", posting.days))
