"""The household's own facts (fields.csv, entity household); abstract, the record itself is Household."""

import uuid
from typing import Any

from django.db import models

from areas.models import Area
from households import poverty
from households.codes import CODES
from households.models.belonging import typed_fields, whole, yes_no
from households.models.number import NumberSeries
from office.codes import CodeField, CodesField
from office.pii import EncryptedTextField, KeyedIndexField

NOT_OUT, LEFT, RETURNED, PENDING = "未脱贫", "脱贫", "返贫", "预脱贫"
POOR = (NOT_OUT, RETURNED)


class HouseholdCard(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.CharField("户编号", max_length=20, editable=False)
    national_number = models.CharField("全国系统户编号", max_length=40, blank=True)
    village = models.ForeignKey(
        Area, models.PROTECT, related_name="+", db_index=False, verbose_name="村(社区)"
    )
    # Follow from the village; kept so that lists and scopes need no join.
    town = models.ForeignKey(
        Area, models.PROTECT, related_name="+", db_index=False, verbose_name="乡(镇、街道)", editable=False
    )
    county = models.ForeignKey(
        Area, models.PROTECT, related_name="+", db_index=False, verbose_name="县(市、区、旗)", editable=False
    )
    villager_group = models.CharField("村民小组", max_length=40)
    address = models.CharField("家庭住址", max_length=200, blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    phone_key = KeyedIndexField(source="phone", purpose="phone")
    bank_name = models.CharField("开户银行", max_length=100, blank=True)
    bank_account = EncryptedTextField("银行账号", blank=True)
    bank_account_key = KeyedIndexField(source="bank_account", purpose="bank_account")
    poverty_standard = CodeField(CODES, "poverty_standard", verbose_name="识别标准", max_length=6)
    attribute = CodeField(CODES, "household_attribute", verbose_name="贫困户属性", max_length=10)
    poverty_type = CodeField(CODES, "poverty_type", verbose_name="贫困类型", blank=True)
    poverty_degree = CodeField(CODES, "poverty_degree", verbose_name="贫困程度", blank=True)
    assistance_need = CodesField(CODES, "assistance_need", verbose_name="帮扶需求", blank=True)
    poverty_cause = CodeField(CODES, "poverty_cause", verbose_name="主要致贫原因", max_length=20)
    other_poverty_causes = CodesField(CODES, "poverty_cause", verbose_name="其他致贫原因", blank=True)
    military_family = yes_no("是否军烈属")
    one_child_family = yes_no("是否独生子女户")
    two_daughter_family = yes_no("是否双女户")
    family_planning_family = yes_no("是否计生户")
    reservoir_resettler = yes_no("是否水库移民")
    planned_exit_year = whole("计划脱贫年度")
    no_exit_reason = CodeField(CODES, "no_exit_reason", verbose_name="不脱贫原因", blank=True)

    # Derived from the status events and kept by them, never typed.
    member_count = models.PositiveSmallIntegerField("家庭人口数", default=0, editable=False)
    below_national = models.BooleanField("含国标", default=False, editable=False)
    registered_on = models.DateField("建档立卡日期", null=True, editable=False)
    registered_year_only = models.BooleanField("建档立卡日期只知年度", default=False, editable=False)
    exit_mark = CodeField(
        CODES, "exit_mark", verbose_name="脱贫标志", max_length=4, blank=True, editable=False
    )
    left_on = models.DateField("退出日期", null=True, editable=False)
    exit_year = models.PositiveSmallIntegerField("脱贫年度", null=True, editable=False)
    return_year = models.PositiveSmallIntegerField("返贫年度", null=True, editable=False)
    removed_on = models.DateField("注销日期", null=True, editable=False)
    removal_reason = CodeField(
        CODES, "removal_reason", verbose_name="注销(销户)原因", blank=True, editable=False
    )
    # 户编号 of the household this one went into, and of the one it was split from.
    merged_into = models.CharField("并入户编号", max_length=20, blank=True, editable=False)
    split_from = models.CharField("分出自户编号", max_length=20, blank=True, editable=False)
    last_event_on = models.DateField("最近动态日期", null=True, editable=False)
    # Derived from the above, the last survey and open shocks by colours.py.
    colour = CodeField(CODES, "colour", verbose_name="四色管理", max_length=1, blank=True, editable=False)
    coloured_on = models.DateField("四色判定日期", null=True, editable=False)
    # Goes up with every change; a form that read an older one is told what changed.
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.number:
            (self.number,) = NumberSeries.take("household")
        if self._state.adding:
            self.place(self.village)
            self.below_national = self.poverty_standard == poverty.NATIONAL
        elif kwargs.get("update_fields") is None:
            # The village changes by move_to, the standard of a registered household by 更正.
            kept = ("village",) if self.registered_on is None else ("village", "poverty_standard")
            kwargs["update_fields"] = typed_fields(self, kept)
        super().save(*args, **kwargs)

    def place(self, village: Area) -> None:
        """Sets village, town and county from the village."""
        town = village.parent
        if town is None or town.parent is None:
            raise ValueError(f"{village} is no village of a town and county")
        self.village, self.town, self.county = village, town, town.parent

    @property
    def in_register(self) -> bool:
        """Counted as poor now: 未脱贫 or 返贫, and not cancelled."""
        return self.exit_mark in POOR and self.removed_on is None

    def shown_mark(self, year: int) -> str:
        """脱贫标志 as shown in a year: 预脱贫 while the exit is planned for it; no event, still poor."""
        if self.in_register and self.planned_exit_year == year:
            return PENDING
        return self.exit_mark
