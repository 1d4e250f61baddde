"""Which projects are late and why (R233, R243); each reason says it of one project and as a condition of a list.

The plans ask for monthly dispatch (月调度, 004 第二章第一节二(四)) and give no days for the payment after an
acceptance; 30 is ours.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from measures import stages
from office.days import written

REPORT_DAYS = 31
PAY_DAYS = 30


@dataclass(frozen=True)
class Reason:
    """`holds` reads a project's columns; `q` is the same for the database; `words` says it of a late one."""

    key: str
    label: str
    holds: Callable[[Any, datetime.date], bool]
    q: Callable[[datetime.date], Q]
    words: Callable[[Any, datetime.date], str]


def _before(day: datetime.date, days: int) -> datetime.date:
    return day - datetime.timedelta(days=days)


def _last_said(project: Any) -> datetime.date:
    said: datetime.date = project.progress_on or project.started_on
    return said


REASONS = (
    Reason(
        "not-begun",
        "到期未开工",
        lambda one, day: one.stage in (stages.APPLIED, stages.APPROVED) and one.start_on < day,
        lambda day: Q(stage__in=(stages.APPLIED, stages.APPROVED), start_on__lt=day),
        lambda one, day: f"计划{written(one.start_on)}开工，已过 {(day - one.start_on).days} 天",
    ),
    Reason(
        "not-finished",
        "到期未完工",
        lambda one, day: one.stage == stages.WORKS and one.due_on < day,
        lambda day: Q(stage=stages.WORKS, due_on__lt=day),
        lambda one, day: (
            f"计划{written(one.due_on)}竣工，已过 {(day - one.due_on).days} 天，进度 {one.progress}%"
        ),
    ),
    Reason(
        "not-reported",
        "没有报进度",
        lambda one, day: one.stage == stages.WORKS and _last_said(one) < _before(day, REPORT_DAYS),
        lambda day: (
            Q(stage=stages.WORKS)
            & (
                Q(progress_on__lt=_before(day, REPORT_DAYS))
                | Q(progress_on__isnull=True, started_on__lt=_before(day, REPORT_DAYS))
            )
        ),
        lambda one, day: f"{(day - _last_said(one)).days} 天没有报进度，应当每月一次",
    ),
    Reason(
        "not-paid",
        "验收后未付清",
        lambda one, day: (
            one.stage == stages.PAYING
            and one.accepted_on < _before(day, PAY_DAYS)
            and (one.paid < one.allocated or not one.allocated)
        ),
        lambda day: (
            Q(stage=stages.PAYING, accepted_on__lt=_before(day, PAY_DAYS))
            & (Q(paid__lt=F("allocated")) | Q(allocated=0))
        ),
        lambda one, day: f"验收后 {(day - one.accepted_on).days} 天，还有 {one.left:,.2f} 元没有支付",
    ),
)


def reasons(project: Any, day: datetime.date) -> list[str]:
    """Why the project is late on the day; empty when it is not."""
    return [reason.words(project, day) for reason in REASONS if reason.holds(project, day)]


def late(day: datetime.date) -> Q:
    """Condition on projects."""
    condition = Q(pk__in=())
    for reason in REASONS:
        condition |= reason.q(day)
    return condition
