"""A village's facts of one year (村情): what is typed in, never what the register can count.

建档立卡 households and persons and the 贫困发生率 are counted from the register at a day (R018) and are
not stored here.
"""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from areas.scope import ScopedQuerySet
from office.codes import CodesField
from villages.codes import CODES
from villages.models.village import Village

FIRST_YEAR, LAST_YEAR = 2010, 2100
NOT_NEGATIVE = MinValueValidator(0, "不能小于 0")


def _count(label: str) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, null=True, blank=True)


def _yuan(label: str) -> models.DecimalField:
    """Yuan with two decimals; blank is unknown, not nought."""
    return models.DecimalField(
        label, max_digits=14, decimal_places=2, null=True, blank=True, validators=[NOT_NEGATIVE]
    )


def _percent(label: str) -> models.DecimalField:
    bounds = [NOT_NEGATIVE, MaxValueValidator(100, "不能大于 100")]
    return models.DecimalField(
        label, max_digits=5, decimal_places=2, null=True, blank=True, validators=bounds
    )


def _yes_no(label: str) -> models.BooleanField:
    """Blank is unknown, not 否."""
    return models.BooleanField(label, null=True, blank=True)


class VillageYear(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    village = models.ForeignKey(Village, models.PROTECT, related_name="years", verbose_name="村")
    year = models.PositiveSmallIntegerField(
        "年度",
        validators=[
            MinValueValidator(FIRST_YEAR, f"年度不能早于 {FIRST_YEAR} 年"),
            MaxValueValidator(LAST_YEAR, f"年度不能晚于 {LAST_YEAR} 年"),
        ],
    )
    households = models.PositiveIntegerField("总户数")
    population = models.PositiveIntegerField("总人口数")
    rural_population = models.PositiveIntegerField("农村户籍人口")
    natural_villages = _count("自然村数")
    subsistence_households = _count("低保户数")
    subsistence_persons = _count("低保人数")
    unsafe_house_households = _count("危房户数")
    unsafe_water_households = _count("未实现饮水安全户数")
    water_difficult_households = _count("饮水困难户数")
    medical_insured = _count("参加基本医疗保险人数")
    pension_insured = _count("参加基本养老保险人数")
    net_income_per_capita = _yuan("农民人均纯收入")
    collective_income = _yuan("村集体经济收入")
    collective_assets = _yuan("村集体资产")
    specialty_industries = _count("特色产业个数")
    cooperatives = _count("农民专业合作社个数")
    cooperative_households = _count("加入合作社的贫困户数")
    tourism_workers = _count("农家乐(乡村旅游)从业人数")
    hardened_road = _yes_no("是否通硬化路")
    bus_service = _yes_no("是否通客运班车")
    grid = _yes_no("农村电网是否覆盖")
    tap_water_rate = _percent("通水率")
    cable_tv_rate = _percent("通有线电视率")
    unpaved_km = models.DecimalField(
        "到乡镇未通沥青(水泥)路里程",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
    )
    five_connect = CodesField(CODES, "five_connect", verbose_name="五通", blank=True)
    ten_have = CodesField(CODES, "ten_have", verbose_name="十有", blank=True)
    primary_schools = _count("村小学个数")
    care_room = _yes_no("有无留守儿童关爱室")
    clinics = _count("卫生室个数")
    standard_clinic = _yes_no("有无标准化卫生室")
    doctors = _count("执业(助理)医师人数")
    public_toilets = _count("公共卫生厕所个数")
    refuse_points = _count("垃圾集中堆放点个数")
    reading_rooms = _count("图书室个数")

    history = HistoricalRecords()
    area_field = "village__area"
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "村年度情况"
        ordering = ["village_id", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "year"],
                name="village_year_once",
                violation_error_message="该村这一年度已经填过，请直接修改",
            )
        ]

    def __str__(self) -> str:
        return f"{self.village} {self.year} 年"


# The order and grouping on screen; every stored fact stands in exactly one group.
GROUPS: dict[str, tuple[str, ...]] = {
    "人口": (
        "households",
        "population",
        "rural_population",
        "natural_villages",
        "subsistence_households",
        "subsistence_persons",
        "unsafe_house_households",
        "unsafe_water_households",
        "water_difficult_households",
        "medical_insured",
        "pension_insured",
    ),
    "收入和产业": (
        "net_income_per_capita",
        "collective_income",
        "collective_assets",
        "specialty_industries",
        "cooperatives",
        "cooperative_households",
        "tourism_workers",
    ),
    "基础设施": (
        "hardened_road",
        "bus_service",
        "grid",
        "tap_water_rate",
        "cable_tv_rate",
        "unpaved_km",
        "five_connect",
        "ten_have",
    ),
    "公共服务": (
        "primary_schools",
        "care_room",
        "clinics",
        "standard_clinic",
        "doctors",
        "public_toilets",
        "refuse_points",
        "reading_rooms",
    ),
}
# 元 and other units of the facts, by field (fields.csv).
UNITS: dict[str, str] = {
    "households": "户",
    "population": "人",
    "rural_population": "人",
    "natural_villages": "个",
    "subsistence_households": "户",
    "subsistence_persons": "人",
    "unsafe_house_households": "户",
    "unsafe_water_households": "户",
    "water_difficult_households": "户",
    "medical_insured": "人",
    "pension_insured": "人",
    "net_income_per_capita": "元",
    "collective_income": "元",
    "collective_assets": "元",
    "specialty_industries": "个",
    "cooperatives": "个",
    "cooperative_households": "户",
    "tourism_workers": "人",
    "tap_water_rate": "%",
    "cable_tv_rate": "%",
    "unpaved_km": "公里",
    "primary_schools": "个",
    "clinics": "个",
    "doctors": "人",
    "public_toilets": "个",
    "refuse_points": "个",
    "reading_rooms": "个",
}
