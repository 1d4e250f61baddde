"""Land and production conditions, one row a household and year, kept with the yearly survey."""

from django.db import models

from areas.scope import ScopedQuerySet
from households.models.belonging import OfHousehold, measure, versions, yes_no


class Production(OfHousehold):
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="production", verbose_name="户"
    )
    year = models.PositiveSmallIntegerField("年度")
    cooperative_member = yes_no("是否加入农民专业合作社")
    cooperative_name = models.CharField("合作社名称", max_length=100, blank=True)
    farmland = measure("耕地面积")
    irrigated_land = measure("有效灌溉面积")
    forest_land = measure("林地面积")
    returned_forest_land = measure("退耕还林面积")
    orchard_land = measure("林果面积")
    pasture_land = measure("牧草地面积")
    water_area = measure("水面面积")
    production_power = yes_no("是否通生产用电")

    objects = ScopedQuerySet.as_manager()
    history = versions()

    class Meta:
        verbose_name = "生产条件"
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["household", "year"], name="production_once_a_year")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.year}年生产条件"
