"""An enterprise that is helped for taking on the poor, or whose help is recorded: firm, co-operative, workshop, farm."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from areas.models import Area
from areas.scope import ScopedQuerySet

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FORM = re.compile(rf"[{SIGNS}]{{18}}")


class EnterpriseKind(models.TextChoices):
    FIRM = "企业", "企业"
    COOPERATIVE = "合作社", "合作社"
    WORKSHOP = "扶贫车间", "扶贫车间"
    FARM = "家庭农场", "家庭农场"
    TRADER = "个体工商户", "个体工商户"


def check_credit_code(text: str) -> None:
    """统一社会信用代码: 18 signs, the last one checked (GB 32100-2015: weights 3^i mod 31)."""
    if not FORM.fullmatch(text):
        raise ValidationError("统一社会信用代码是 18 位数字和大写字母（没有 I、O、S、V、Z）")
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:17]))
    if SIGNS[(31 - total % 31) % 31] != text[17]:
        raise ValidationError("统一社会信用代码的校验位不对，请核对")


class Enterprise(models.Model):
    """Of a town or a village; closed ones stay with what they were given."""

    area_field = "area"

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在镇村")
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类型", max_length=6, choices=EnterpriseKind.choices)
    credit_code = models.CharField(
        "统一社会信用代码", max_length=18, blank=True, validators=[check_credit_code]
    )
    business = models.CharField("主要业务", max_length=80, blank=True)
    poor_employed = models.PositiveIntegerField("吸纳贫困人口", null=True, blank=True)
    lifted = models.PositiveIntegerField("带动脱贫人口", null=True, blank=True)
    closed = models.BooleanField("已停业", default=False)
    # Who the next row of history is by.
    _history_user: Any

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "企业"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "name"],
                name="enterprise_name_once",
                violation_error_message="这个地方已经登记了同名的企业",
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="enterprise_credit_code_once",
                violation_error_message="这个统一社会信用代码已经登记",
            ),
        ]

    def __str__(self) -> str:
        return self.name
