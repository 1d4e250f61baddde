"""Where lists stood at the end of a day: at which stage, since when, and whether they were late by then.

Decisions are appended and say from which stage they led, so the first one after the day tells where the list was.
"""

import datetime
from typing import Any

from django.db.models import DateField, Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from audits.models import AuditList, Decision, Notice
from audits.waiting import stages
from office.clock import end_of


def stood(lists: Any, on: datetime.date) -> Any:
    """Of these lists those that were open then, with `stage_then` and `round_then`."""
    end = end_of(on)
    later = Decision.objects.filter(
        Q(decided_on__gt=on) | Q(recorded_at__gte=end), audit_list=OuterRef("pk")
    ).order_by("pk")
    return (
        lists.filter(opened_on__lte=on, opened_at__lt=end)
        .filter(Q(closed_at__isnull=True) | Q(closed_at__gte=end) | Exists(later))
        .annotate(
            stage_then=Coalesce(Subquery(later.values("stage")[:1]), F("stage")),
            round_then=Coalesce(Subquery(later.values("round")[:1]), F("round")),
        )
    )


def overdue(lists: Any, on: datetime.date) -> Any:
    """Of those that `stood` found, the ones at a stage longer than it allows: from their coming to it or, once
    its sheets hung, from the last day of these."""
    end = end_of(on)
    before = Decision.objects.filter(
        audit_list=OuterRef("pk"), decided_on__lte=on, recorded_at__lt=end
    ).order_by("-pk")
    hung = (
        Notice.objects.filter(
            audit_list=OuterRef("pk"),
            stage=OuterRef("stage_then"),
            round=OuterRef("round_then"),
            recorded_at__lt=end,
        )
        .order_by()
        .values("audit_list")
        .annotate(last=Max("ends_on"))
    )
    since = Coalesce(
        Subquery(hung.values("last")[:1], output_field=DateField()),
        Subquery(before.values("decided_on")[:1], output_field=DateField()),
        F("opened_on"),
    )
    late = Q(pk__in=())
    for kind, version, stage in stages():
        if stage.within is not None:
            limit = on - datetime.timedelta(days=stage.within)
            here = Q(kind=kind, procedure_version=version, stage_then=stage.key)
            late |= here & Q(since_then__lt=limit)
    return lists.annotate(since_then=since).filter(late)


def open_on(on: datetime.date) -> Any:
    """Every list that was open then; for figures, which look at no user."""
    return stood(AuditList.objects.all(), on)
