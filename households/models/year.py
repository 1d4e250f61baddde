"""Closing and reopening a year of a county (封存, 重开): who, when, why; the rows of ClosedYear follow.

A closed year takes no event any more (models/act.py) and its surveys are sealed: they change by a correction
only (models/correction.py). The frozen figures of the year's events never depend on it.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from households.models.act import Conflict
from households.models.event import ClosedYear, StatusEvent
from households.models.survey import SEALED, SUBMITTED, Survey

BATCH = 1000
Progress = Callable[[int, int], None]


def quietly(done: int, total: int) -> None:
    """Nobody waits for the progress."""


class YearAct(models.Model):
    """One act, never changed. A reopening has a reason, and its document is an attachment of this row."""

    class Kind(models.TextChoices):
        CLOSE = "封存", "封存"
        REOPEN = "重开", "重开"

    area_field = "county"

    county = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区县")
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("事项", max_length=2, choices=Kind.choices)
    reason = models.CharField("原因", max_length=200, blank=True)
    surveys = models.PositiveIntegerField("采集户数", default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("办理时间")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "年度封存记录"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="封存") | ~Q(reason=""),
                name="year_reopened_with_reason",
                violation_error_message="重开年度须写明原因",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.kind}"

    @classmethod
    def check_close(cls, county: Area, year: int, on: datetime.date) -> None:
        """Raises Conflict when it is closed already, ValidationError when it is not over or an earlier
        year is open."""
        if year >= on.year:
            raise ValidationError(f"{year}年还没有结束，不能封存")
        closed = set(ClosedYear.objects.filter(county=county).values_list("year", flat=True))
        if year in closed:
            raise Conflict(f"{year}年已经封存")
        # Years before the first closed one are from before the office began to close them.
        earlier = [one for one in years_of(county, on) if max(closed, default=0) < one < year]
        if earlier:
            raise ValidationError(f"先封存{min(earlier)}年：年度要按顺序封存")

    @classmethod
    def close(
        cls,
        county: Area,
        year: int,
        *,
        by: Any,
        on: datetime.date,
        at: datetime.datetime,
        progress: Progress = quietly,
    ) -> "YearAct":
        """Raises as check_close. `progress` is told (done, of how many) surveys."""
        cls.check_close(county, year, on)
        try:
            with transaction.atomic():
                ClosedYear.hold({(county.pk, year)}, alone=True)
                ClosedYear.objects.create(county=county, year=year, closed_by=by, closed_at=at)
        except IntegrityError as first:
            raise Conflict(f"{year}年已经封存") from first
        surveys = _marked(county, year, SUBMITTED, SEALED, by, "封存", progress)
        return cls.objects.create(
            county=county, year=year, kind=cls.Kind.CLOSE, surveys=surveys, by=by, at=at
        )

    @classmethod
    def reopen(cls, county: Area, year: int, *, by: Any, reason: str, at: datetime.datetime) -> "YearAct":
        """Only the latest closed year: a later one rests on it. Raises Conflict when it is open already."""
        if not reason.strip():
            raise ValidationError("重开年度须写明原因")
        closed = ClosedYear.objects.filter(county=county)
        later = closed.filter(year__gt=year).order_by("-year").values_list("year", flat=True).first()
        if later is not None:
            raise ValidationError(f"{later}年也已封存：要从最近封存的年度开始重开")
        if not closed.filter(year=year).delete()[0]:
            raise Conflict(f"{year}年没有封存")
        surveys = _marked(county, year, SEALED, SUBMITTED, by, "重开")
        return cls.objects.create(
            county=county,
            year=year,
            kind=cls.Kind.REOPEN,
            reason=reason.strip(),
            surveys=surveys,
            by=by,
            at=at,
        )


def years_of(county: Area, on: datetime.date) -> list[int]:
    """Years in which the county's register has events or surveys, up to the one before the day's."""
    first_event = StatusEvent.objects.filter(county=county).aggregate(first=models.Min("on"))["first"]
    first_survey = Survey.objects.filter(household__county=county).aggregate(first=models.Min("year"))[
        "first"
    ]
    known = [year for year in (first_event.year if first_event else None, first_survey) if year is not None]
    return list(range(min(known), on.year)) if known else []


def to_seal(county: Area, year: int) -> int:
    """Surveys that closing the year seals."""
    return Survey.objects.filter(household__county=county, year=year, state=SUBMITTED).count()


def _marked(
    county: Area, year: int, before: str, after: str, by: Any, why: str, progress: Progress = quietly
) -> int:
    """Surveys of the year from one state to the other, each with its version; returns how many."""
    rows = Survey.objects.filter(household__county=county, year=year, state=before)
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        some = Survey.objects.filter(pk__in=keys[start : start + BATCH], state=before)
        changed = list(some)
        some.update(state=after)
        for survey in changed:
            survey.state = after
        Survey.history.bulk_history_create(
            changed, batch_size=BATCH, update=True, default_user=by, default_change_reason=why
        )
        progress(start + len(changed), len(keys))
    return len(keys)
