"""Visits to a household (走访, domain §6)."""

from django.db import models

from areas.scope import ScopedQuerySet
from households.codes import CODES
from households.models.belonging import OfHousehold, yes_no
from office.codes import CodeField, CodesField


class Visit(OfHousehold):
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="visits", verbose_name="户"
    )
    visited_on = models.DateField("走访日期")
    way = CodeField(CODES, "visit_way", verbose_name="走访方式")
    visitor = models.CharField("走访人", max_length=40)
    notes = models.TextField("走访记录")
    needs_found = CodesField(CODES, "assistance_need", verbose_name="发现的需求", blank=True)
    follow_up = models.TextField("跟进措施", blank=True)
    follow_up_on = models.DateField("跟进完成日期", null=True, blank=True)
    satisfied = yes_no("户主是否满意")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "走访"
        ordering = ["-visited_on"]

    def __str__(self) -> str:
        return f"{self.visited_on} {self.visitor}"
