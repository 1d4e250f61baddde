"""Living conditions (生产生活条件), one row a household and year, kept with the yearly survey."""

from django.db import models

from areas.scope import ScopedQuerySet
from households.codes import CODES
from households.models.belonging import OfHousehold, measure, versions, whole, yes_no
from office.codes import CodeField


class Living(OfHousehold):
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="living", verbose_name="户"
    )
    year = models.PositiveSmallIntegerField("年度")
    house_area = measure("住房面积")
    house_structure = CodeField(CODES, "house_structure", verbose_name="房屋结构", blank=True)
    house_built_year = whole("建房年份")
    house_grade = CodeField(CODES, "house_grade", verbose_name="住房(危房)等级", blank=True)
    living_power = yes_no("是否通生活用电")
    water_difficult = yes_no("饮水是否困难")
    water_source = CodeField(CODES, "water_source", verbose_name="饮水来源", blank=True)
    broadcast = yes_no("是否通广播电视")
    fuel = CodeField(CODES, "fuel", verbose_name="主要燃料类型", blank=True)
    sanitary_toilet = yes_no("有无卫生厕所")
    entry_road = CodeField(CODES, "entry_road", verbose_name="入户路类型", blank=True)
    road_distance = measure("与村主干路距离")
    relocated = yes_no("是否搬迁户")
    relocation_mode = CodeField(CODES, "relocation_mode", verbose_name="搬迁方式", blank=True)
    resettlement_mode = CodeField(CODES, "resettlement_mode", verbose_name="安置方式", blank=True)
    resettlement_place = CodeField(CODES, "resettlement_place", verbose_name="安置地", blank=True)
    relocation_difficulty = models.CharField("搬迁可能存在的困难", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    history = versions()

    class Meta:
        verbose_name = "生活条件"
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["household", "year"], name="living_once_a_year")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.year}年生活条件"
