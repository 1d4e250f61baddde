"""Towns and villages: what is known of them beside their place in the area tree."""

import uuid

from django.core.validators import RegexValidator
from django.db import models
from simple_history.models import HistoricalRecords

from areas.models import Area, Level
from areas.scope import ScopedQuerySet
from office.codes import CodeField
from office.pii import EncryptedTextField
from villages.codes import CODES

PHONE = RegexValidator(r"^[0-9][0-9-]{6,19}$", "电话只能用数字和“-”，7 到 20 位")


class Town(models.Model):
    """A town or street; 省级扶贫重点镇 are 张山子, 涧头集 and 泥沟 in 004 (R022)."""

    area = models.OneToOneField(
        Area,
        models.PROTECT,
        related_name="town",
        limit_choices_to={"level": Level.TOWN},
        verbose_name="镇(街道)",
    )
    provincial_key_town = models.BooleanField("是否省级扶贫重点镇", default=False)
    # 扶贫机构: 有场所、有设备 (004 二章一节二(四); R263); its staff are posts.
    office_place = models.CharField("扶贫办公场所", max_length=100, blank=True)
    office_equipment = models.CharField("办公设备", max_length=200, blank=True)

    history = HistoricalRecords()
    area_field = "area"
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "镇街"
        ordering = ["area__code"]

    def __str__(self) -> str:
        return self.area.name


class VillageQuerySet(ScopedQuerySet):
    def with_town(self) -> "VillageQuerySet":
        """Adds `in_key_town`, so that a list needs no query for each village."""
        key_towns = Town.objects.filter(area=models.OuterRef("area__parent"), provincial_key_town=True)
        return self.select_related("area__parent").annotate(in_key_town=models.Exists(key_towns))


class Village(models.Model):
    """A village or community. Code, name, town, validity and successor are the area's."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.OneToOneField(
        Area,
        models.PROTECT,
        related_name="village",
        limit_choices_to={"level": Level.VILLAGE},
        verbose_name="村(社区)",
    )
    kind = CodeField(CODES, "village_kind", verbose_name="类别", default="村")
    deep_poverty_village = models.BooleanField("是否深度贫困村", null=True, blank=True)
    village_officer = models.CharField("扶贫专干(联络员)姓名", max_length=40, blank=True)
    village_officer_phone = EncryptedTextField("扶贫专干电话", max_length=20, blank=True, validators=[PHONE])
    information_officer = models.CharField("信息员姓名", max_length=40, blank=True)
    village_council = models.TextField(
        "扶贫理事会成员", max_length=2000, blank=True, help_text="每人一行，姓名后写任期"
    )
    helping_unit = models.CharField("驻村单位", max_length=100, blank=True)
    demonstration = models.BooleanField("演示数据", default=False, editable=False)

    history = HistoricalRecords()
    area_field = "area"
    objects = VillageQuerySet.as_manager()

    class Meta:
        verbose_name = "村"
        ordering = ["area__code"]

    def __str__(self) -> str:
        return self.area.name

    @property
    def code(self) -> str:
        return self.area.code

    @property
    def name(self) -> str:
        return self.area.name

    @property
    def town(self) -> Area | None:
        return self.area.at(Level.TOWN)

    @property
    def provincial_key_town(self) -> bool:
        """Whether its town is a 省级扶贫重点镇: a fact of the town, read through the village."""
        return Town.objects.filter(area=self.area.parent_id, provincial_key_town=True).exists()
