"""Paired helpers (帮扶责任人): a change of helper is a new line with its own dates (domain §6)."""

import datetime
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from areas.scope import ScopedQuerySet
from households.codes import CODES
from households.identity import stem
from households.models.belonging import OfHousehold, yes_no
from households.models.number import NumberSeries
from office.codes import CodeField
from office.pii import EncryptedTextField, KeyedIndexField


class HelperQuerySet(ScopedQuerySet):
    def valid_on(self, day: datetime.date) -> "HelperQuerySet":
        """有效标志: begun and not ended on the day."""
        return self.filter(start_on__lte=day).filter(Q(end_on__isnull=True) | Q(end_on__gte=day))


class Helper(OfHousehold):
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="helpers", verbose_name="户"
    )
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.CharField("结对编号", max_length=20, unique=True, editable=False)
    name = models.CharField("帮扶责任人姓名", max_length=60)
    id_number = EncryptedTextField("帮扶责任人证件号码", blank=True)
    id_number_key = KeyedIndexField(source="id_number", purpose="id_number", normalise=stem)
    political_status = CodeField(CODES, "political_status", verbose_name="政治面貌", blank=True)
    education = CodeField(CODES, "education", verbose_name="学历", blank=True)
    phone = EncryptedTextField("联系电话")
    unit_name = models.CharField("单位名称", max_length=100)
    affiliation = CodeField(CODES, "affiliation", verbose_name="隶属关系")
    resident_team_member = yes_no("是否驻村队员")
    skills = models.CharField("技术特长", max_length=100, blank=True)
    start_on = models.DateField("帮扶开始时间")
    end_on = models.DateField("帮扶结束时间", null=True, blank=True)
    plan = models.TextField("帮扶计划", blank=True)

    objects = HelperQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "帮扶责任人"
        ordering = ["-start_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="helper_ends_after_start",
                violation_error_message="帮扶结束时间不能早于开始时间",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.number:
            (self.number,) = NumberSeries.take("helper")
        super().save(*args, **kwargs)

    def valid(self, day: datetime.date) -> bool:
        """有效标志 on the day."""
        return self.start_on <= day and (self.end_on is None or self.end_on >= day)
