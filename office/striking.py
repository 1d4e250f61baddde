"""Records that are written once and never changed: a wrong one is struck out (作废) and stays with who, when, why."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from areas.scope import ScopedQuerySet


class StrikableQuerySet(ScopedQuerySet):
    def standing(self) -> "StrikableQuerySet":
        """Those that count: not struck out."""
        return self.filter(struck_at__isnull=True)


class Strikable(models.Model):
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="作废人",
        editable=False,
    )
    struck_at = models.DateTimeField("作废时间", null=True, editable=False)
    struck_reason = models.CharField("作废原因", max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True

    def strike(self, *, by: Any, at: datetime.datetime, reason: str) -> bool:
        """False when somebody else was first."""
        standing = type(self)._default_manager.filter(pk=self.pk, struck_at__isnull=True)
        struck = {"struck_by": by, "struck_at": at, "struck_reason": reason}
        if not standing.update(**struck):
            return False
        for name, value in struck.items():
            setattr(self, name, value)
        return True


def struck_with_a_reason(name: str, message: str) -> models.CheckConstraint:
    """The constraint of such a record; the message is Chinese."""
    condition = Q(struck_at__isnull=True) | ~Q(struck_reason="")
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)
