"""Visits to a household (走访, domain §6): written once; a wrong one is struck out with a reason and stays."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from households.codes import CODES
from households.models.belonging import OfHousehold, yes_no
from office.clock import end_of
from office.codes import CodeField, CodesField
from office.days import written
from office.striking import Strikable, StrikableQuerySet, struck_with_a_reason


class VisitQuerySet(StrikableQuerySet):
    def known(self, on: datetime.date) -> "VisitQuerySet":
        """Written down by the end of the day and not struck out by then; loaded ones have no moment and count."""
        end = end_of(on)
        recorded = Q(recorded_at__isnull=True) | Q(recorded_at__lt=end)
        return self.filter(recorded, Q(struck_at__isnull=True) | Q(struck_at__gte=end))


class Visit(Strikable, OfHousehold):
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
    # Nobody and no moment: loaded from records kept elsewhere.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="登记人",
        editable=False,
    )
    recorded_at = models.DateTimeField("登记时间", null=True, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "走访"
        ordering = ["-visited_on", "-pk"]
        constraints = [struck_with_a_reason("visit_struck_with_a_reason", "作废走访记录须写明原因")]

    def __str__(self) -> str:
        return f"{written(self.visited_on)} {self.visitor}"
