"""Where the money comes from (R238): a source and year with its budget, and what of it a project has.

`budget`, `allocated` and `paid` are running balances: entries of the ledger move them and nothing else does.
The constraints hold even for who goes around the ledger.
"""

import datetime
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from measures import fund_rules
from measures.models.money import ZERO, MaybeMoneyField, MoneyField
from measures.models.policy import Policy
from measures.models.project import Project, by_whom

if TYPE_CHECKING:
    from measures.models.ledger import FundEntry


class SourceKind(models.TextChoices):
    CENTRAL = "中央", "中央"
    PROVINCE = "省", "省"
    CITY = "市", "市"
    COUNTY = "区", "区"
    BONDS = "债券", "债券"
    POOLED = "整合", "整合"
    SOCIETY = "社会", "社会"
    COOPERATION = "协作", "协作"
    CREDIT = "信贷", "信贷"
    OTHER = "其他", "其他"


class Basis(models.TextChoices):
    """What binds a part of a larger pot to this work: the pot and the part are both kept."""

    FARM = "其他涉农资金", "其他涉农资金"  # R240: at least 20 %
    LAND = "增减挂钩收益", "增减挂钩收益"  # R247: all of it
    LOTTERY = "彩票公益金", "彩票公益金"  # R249: leans to key villages, no figure


# 财政专项扶贫资金: what R239 compares with the growth of the local revenue.
SPECIAL = (SourceKind.CENTRAL, SourceKind.PROVINCE, SourceKind.CITY, SourceKind.COUNTY)


class FundSource(models.Model):
    area_field = "area"

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区县")
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("来源", max_length=2, choices=SourceKind.choices)
    name = models.CharField("资金名称", max_length=60)
    basis = models.CharField("出自", max_length=6, choices=Basis.choices, blank=True)
    pool = MaybeMoneyField("总额", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    budget = MoneyField("预算", default=ZERO, editable=False)
    allocated = MoneyField("已分配", default=ZERO, editable=False)
    paid = MoneyField("已支付", default=ZERO, editable=False)
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    entered_by = by_whom("登记人")
    entered_at = models.DateTimeField("登记时间", editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "资金来源"
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "year", "kind", "name"], name="fund_source_once"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, allocated__gte=F("paid"), budget__gte=F("allocated")),
                name="fund_source_paid_within_allocated_within_budget",
            ),
            models.CheckConstraint(
                condition=Q(basis="", pool__isnull=True) | (~Q(basis="") & Q(pool__gt=0)),
                name="fund_source_pool_with_its_basis",
                violation_error_message="出自哪笔资金和它的总额要一起填",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.name}"

    @property
    def unallocated(self) -> Decimal:
        return self.budget - self.allocated

    @property
    def unpaid(self) -> Decimal:
        return self.allocated - self.paid

    def verdict(self, day: datetime.date) -> fund_rules.Verdict | None:
        """Whether the part of the pot meets what the catalogue asks for; None without a pot."""
        if self.pool is None:
            return None
        line = Policy.objects.standing(day).filter(code=fund_rules.BARS.get(self.basis, "")).first()
        return fund_rules.bound(self.basis, self.budget, self.pool, line.low if line else None)

    @classmethod
    def open(
        cls,
        *,
        budget: Decimal,
        document: str,
        by: Any,
        on: datetime.date,
        at: datetime.datetime,
        once: uuid.UUID,
        **facts: Any,
    ) -> "FundSource":
        """A source with its first budget line; ValidationError when the county has one of this name and year."""
        source = cls(entered_by=by, entered_at=at, **facts)
        same = {name: getattr(source, name) for name in ("area", "year", "kind", "name")}
        with transaction.atomic():
            if cls.objects.filter(**same).exists():
                raise ValidationError({"name": "这一年已有同一来源、同一名称的资金，追加预算请到它的页面"})
            source.save()
            source.add_budget(budget, document=document, by=by, on=on, at=at, once=once)
        return source

    def add_budget(
        self, amount: Decimal, *, once: uuid.UUID, seen: int | None = None, **act: Any
    ) -> "FundEntry":
        """下达 or 追加; a line entered by mistake is countered and entered anew."""
        from_here = self.entries.model
        entry: FundEntry = from_here.enter(
            kind="预算", source=self, area=self.area, amount=amount, once=once, seen=seen, **act
        )
        self.refresh_from_db()
        return entry


class ProjectFund(models.Model):
    """What one source gives to one project, and what of it is paid: the row that payments draw on."""

    area_field = "project__area"

    project = models.ForeignKey(Project, models.PROTECT, related_name="funds", verbose_name="项目")
    source = models.ForeignKey(FundSource, models.PROTECT, related_name="funds", verbose_name="资金来源")
    allocated = MoneyField("已分配", default=ZERO)
    paid = MoneyField("已支付", default=ZERO)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "项目资金"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "source"], name="project_fund_once"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, allocated__gte=F("paid")), name="project_fund_paid_within_allocated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}"

    @property
    def left(self) -> Decimal:
        return self.allocated - self.paid


class FundYear(models.Model):
    """What the yearly rules need that no entry knows: how much the local revenue grew (R239), in percent."""

    area_field = "area"

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区县")
    year = models.PositiveSmallIntegerField("年度")
    revenue_growth = models.DecimalField("地方财政收入增幅", max_digits=5, decimal_places=2)
    source = models.CharField("数据出处", max_length=80)
    entered_by = by_whom("登记人")
    entered_at = models.DateTimeField("登记时间", editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "财政收入增幅"
        constraints = [models.UniqueConstraint(fields=["area", "year"], name="fund_year_once")]

    def __str__(self) -> str:
        return f"{self.year}年"
