"""What the records of people and work share: a place, who wrote it down, when. None is ever changed: what follows is
a step of its own, and a wrong one is struck out and stays with who, when and why."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models

from areas.models import Area
from office.clock import end_of
from office.striking import Strikable


class OutOfTurn(Exception):
    """Somebody else was first, or the record does not stand there (409); the message is for the screen."""


def by_whom(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=label,
        editable=False,
    )


class WorkRecord(Strikable):
    area_field = "area"

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    recorded_by = by_whom("登记人")
    recorded_at = models.DateTimeField("登记时间", editable=False)

    class Meta:
        abstract = True

    def step(self, guard: Any, refusal: str, **facts: Any) -> None:
        """Moves the record when the guard (a Q on its row) holds; OutOfTurn with the refusal when it does not."""
        mine = type(self)._default_manager.filter(guard, pk=self.pk, struck_at__isnull=True)
        moved = mine.update(**facts)
        self.refresh_from_db()
        if not moved:
            raise OutOfTurn("这条记录已经作废" if self.struck_at else refusal)


def known(rows: Any, on: datetime.date) -> Any:
    """Records that were written down by the end of the day and had not been struck out."""
    end = end_of(on)
    struck_later = models.Q(struck_at__isnull=True) | models.Q(struck_at__gte=end)
    return rows.filter(struck_later, recorded_at__lt=end)


def quarter_of(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First and last day of the quarter that the day lies in."""
    first = datetime.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first, quarter_end(first.year, (first.month - 1) // 3 + 1)


def quarter_end(year: int, quarter: int) -> datetime.date:
    following = datetime.date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return following - datetime.timedelta(days=1)
