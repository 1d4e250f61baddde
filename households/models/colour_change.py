"""Every change of a household's colour: day, from what to what, why, and by whose act (R082)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from areas.scope import ScopedQuerySet
from households.codes import CODES
from households.models.belonging import OfHousehold
from office.codes import CodeField
from office.days import written


class ColourChange(OfHousehold):
    """Never changed. Without a person the night found it, or an import."""

    household = models.ForeignKey(
        "households.Household", models.CASCADE, related_name="colour_changes", verbose_name="户"
    )
    on = models.DateField("判定日期")
    was = CodeField(CODES, "colour", verbose_name="原四色", max_length=1, blank=True)
    colour = CodeField(CODES, "colour", verbose_name="现四色", max_length=1, blank=True)
    reasons = models.TextField("依据", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "四色变化"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{written(self.on)} {self.was or '不评定'}→{self.colour or '不评定'}"


def who_acts() -> Any:
    """The person whose request is being answered; nobody in jobs and commands."""
    request = getattr(HistoricalRecords.context, "request", None)
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None
