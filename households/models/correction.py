"""更正 of a survey in a closed year: what it changed, why, by whom; its document is an attachment of the row."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from areas.scope import ScopedQuerySet
from households.models.act import Conflict
from households.models.belonging import OfHousehold
from households.models.survey import ANSWERED, SEALED, Survey

# How a version of a survey says that a correction made it, with the correction's key behind it.
MADE_BY = "封存后更正"


class Correction(OfHousehold):
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="corrections", verbose_name="户"
    )
    survey = models.ForeignKey(
        "households.Survey", models.PROTECT, related_name="corrections", verbose_name="年度采集"
    )
    year = models.PositiveSmallIntegerField("年度")
    reason = models.CharField("更正原因", max_length=200)
    # [[label, was, now], …] as the office writes them.
    changed = models.JSONField("改动", default=list)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人"
    )
    recorded_at = models.DateTimeField("办理时间")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "封存后更正"
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="correction_with_reason",
                violation_error_message="封存后更正须写明原因",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年采集更正"

    @classmethod
    def of(
        cls,
        survey: Survey,
        *,
        reason: str,
        changed: Sequence[tuple[str, str, str]],
        by: Any,
        at: datetime.datetime,
    ) -> "Correction":
        """Saves the answers typed into a sealed survey; call it in the transaction that keeps the document.

        Member count, state and the members' yearly facts stay as they were sealed. Raises Conflict when the
        year was reopened meanwhile.
        """
        with transaction.atomic():
            sealed = Survey.objects.filter(pk=survey.pk, state=SEALED)
            if not sealed.update(correction_reason=reason):
                raise Conflict(f"{survey.year}年已经重开，不用更正")
            made = cls.objects.create(
                household=survey.household,
                survey=survey,
                year=survey.year,
                reason=reason,
                changed=[list(one) for one in changed],
                recorded_by=by,
                recorded_at=at,
            )
            survey.correction_reason = reason
            survey._change_reason = f"{MADE_BY} {made.pk}"  # type: ignore[attr-defined]
            survey.save(update_fields=[*ANSWERED, "correction_reason"])
        return made

    @staticmethod
    def made(change_reason: str | None) -> int | None:
        """The key of the correction that a survey's version is of."""
        word, _, key = (change_reason or "").partition(" ")
        return int(key) if word == MADE_BY and key.isdecimal() else None
