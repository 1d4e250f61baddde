"""Watch list against return to poverty (防返贫监测); its words are of 2020 and later."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from areas.scope import ScopedQuerySet
from households.codes import CODES
from households.income import INCOME_PARTS, per_head
from households.models.belonging import OfHousehold, money
from office.codes import CodeField, CodesField
from office.days import written


class Watch(OfHousehold):
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="watches", verbose_name="户"
    )
    kind = CodeField(CODES, "watch_kind", verbose_name="监测对象类别")
    identified_on = models.DateField("识别时间")
    risks = CodesField(CODES, "watch_risk", verbose_name="致贫/返贫风险")
    education_assured = models.BooleanField("义务教育保障")
    housing_assured = models.BooleanField("住房安全保障")
    water_assured = models.BooleanField("饮水安全保障")
    health_assured = models.BooleanField("健康(基本医疗)保障")
    industry_help = models.CharField("产业帮扶", max_length=200, blank=True)
    job_help = models.CharField("就业帮扶", max_length=200, blank=True)
    social_help = models.CharField("社会帮扶", max_length=200, blank=True)
    safety_net = models.CharField("综合保障", max_length=200, blank=True)
    risk_removed = models.BooleanField("风险是否已消除", default=False)
    removed_on = models.DateField("风险消除时间", null=True, blank=True)
    removal_way = CodeField(CODES, "watch_removal_way", verbose_name="风险消除方式", blank=True)
    wage_income = money("消除后工资性收入")
    business_income = money("消除后生产经营性收入")
    property_income = money("消除后财产性收入")
    transfer_income = money("消除后转移性收入")
    business_expense = money("消除后生产经营性支出")
    claim_income = money("理赔收入")
    self_paid_medical = money("合规自付支出")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "监测对象"
        ordering = ["-identified_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True) | Q(removed_on__gte=F("identified_on")),
                name="watch_removed_after_identified",
                violation_error_message="风险消除时间不能早于识别时间",
            ),
            models.CheckConstraint(
                condition=Q(risk_removed=False) | (Q(removed_on__isnull=False) & ~Q(removal_way="")),
                name="watch_removal_complete",
                violation_error_message="风险已消除的，须填消除时间和消除方式",
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(risk_removed=False),
                name="watch_once_open",
                violation_error_message="该户已经在监测中",
            ),
        ]

    def __str__(self) -> str:
        return f"{written(self.identified_on)} {self.kind}"

    def net_income_per_capita(self, *, with_claims: bool = False) -> Decimal | None:
        """消除后人均纯收入 over the present members; whether 理赔收入 counts is the caller's setting."""
        parts = [getattr(self, name) for name in (*INCOME_PARTS, "transfer_income")]
        if all(part is None for part in parts):
            return None
        net = sum((part or Decimal(0) for part in parts), Decimal(0)) - (self.business_expense or Decimal(0))
        if with_claims:
            net += self.claim_income or Decimal(0)
        return per_head(net, self.household.member_count)
