"""The 扶贫专户 (001 第七章第二节二; P5.17): gifts in, uses out, never more out than in.

Both sums stand in one row that changes by conditional UPDATE alone; a wrong use is put right by an entry against it.
"""

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from areas.models import Area, Level
from areas.scope import ScopedQuerySet
from measures.models.measure import Taken
from office.days import written

SHORT_OF = "扶贫专户余额不足"


def _fen(yuan: Decimal) -> int:
    return int(yuan * 100)


def _yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


class CharityFund(models.Model):
    """The 扶贫专户 of a county: what came in and went out, never more out than in."""

    area_field = "area"

    area = models.OneToOneField(Area, models.PROTECT, related_name="+", verbose_name="区县")
    # In 分, whole numbers: SQLite adds decimals up as floats, and a balance must be exact.
    received_fen = models.BigIntegerField("收入（分）", default=0)
    spent_fen = models.BigIntegerField("支出（分）", default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "扶贫专户"
        constraints = [
            models.CheckConstraint(
                condition=Q(spent_fen__lte=F("received_fen")) & Q(spent_fen__gte=0),
                name="charity_fund_never_below_nought",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}扶贫专户"

    @property
    def received(self) -> Decimal:
        return _yuan(self.received_fen)

    @property
    def spent(self) -> Decimal:
        return _yuan(self.spent_fen)

    @property
    def balance(self) -> Decimal:
        return self.received - self.spent

    @classmethod
    def of(cls, area: Area) -> "CharityFund":
        """The fund of the county that the area lies in."""
        county = area.at(Level.COUNTY) or area
        fund, _ = cls.objects.get_or_create(area=county)
        return fund

    def receive(self, amount: Decimal) -> None:
        CharityFund.objects.filter(pk=self.pk).update(received_fen=F("received_fen") + _fen(amount))

    def give_back(self, amount: Decimal) -> None:
        """Taken when it has been spent."""
        able = CharityFund.objects.filter(pk=self.pk, received_fen__gte=F("spent_fen") + _fen(amount))
        if not able.update(received_fen=F("received_fen") - _fen(amount)):
            raise Taken(f"{SHORT_OF}：这笔捐赠已经用出，不能取消")

    def spend(self, *, amount: Decimal, by: Any, **facts: Any) -> "FundUse":
        """One use of the money; Taken when the balance does not cover it, ValidationError for none at all."""
        if amount <= 0:
            raise ValidationError({"amount": "支出要大于 0"})
        with transaction.atomic():
            able = CharityFund.objects.filter(pk=self.pk, received_fen__gte=F("spent_fen") + _fen(amount))
            if not able.update(spent_fen=F("spent_fen") + _fen(amount)):
                self.refresh_from_db()
                raise Taken(f"{SHORT_OF}：现有 {self.balance:,.2f} 元，要支出 {amount:,.2f} 元")
            return FundUse.objects.create(fund=self, amount=amount, recorded_by=by, **facts)


class FundPurpose(models.TextChoices):
    TRAINING = "技能培训", "技能培训"
    HEALTH = "医疗救助", "医疗救助"
    LONELY = "孤寡老人", "孤寡老人"
    SCHOOL = "助学", "助学"
    INDUSTRY = "生产发展", "生产发展"
    OTHER = "其他", "其他"


# 001 第七章第二节二: at least half of what is given goes to training, health and lonely old people.
NAMED_PURPOSES = (FundPurpose.TRAINING, FundPurpose.HEALTH, FundPurpose.LONELY)
NAMED_SHARE = 50


class FundUse(models.Model):
    """A use of the 扶贫专户. A wrong one is put right by an entry against it, never by deleting it."""

    area_field = "fund__area"

    fund = models.ForeignKey(CharityFund, models.PROTECT, related_name="uses", verbose_name="扶贫专户")
    on = models.DateField("支出日期")
    amount = models.DecimalField("支出（元）", max_digits=14, decimal_places=2)
    purpose = models.CharField("用途", max_length=4, choices=FundPurpose.choices)
    payee = models.CharField("收款方", max_length=80)
    voucher = models.CharField("凭证号", max_length=60, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    against = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone_by", verbose_name="冲正的支出"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "专户支出"
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{written(self.on)} {self.purpose} {self.amount}"

    def undo(self, *, by: Any, on: datetime.date, note: str) -> "FundUse":
        """冲正, once: an entry of the same sum against it, and the money is in the fund again."""
        if self.against_id is not None:
            raise ValidationError("冲正的分录不能再冲正")
        with transaction.atomic():
            # The fund's row is written first: of two at once the second waits here and finds the first's entry.
            mine = CharityFund.objects.filter(pk=self.fund_id)
            mine.update(spent_fen=F("spent_fen"))
            if FundUse.objects.filter(against=self).exists():
                raise Taken("这笔支出已经冲正")
            mine.update(spent_fen=F("spent_fen") - _fen(self.amount))
            return FundUse.objects.create(
                fund=self.fund,
                on=on,
                amount=-self.amount,
                purpose=self.purpose,
                payee=self.payee,
                note=note,
                against=self,
                recorded_by=by,
            )
