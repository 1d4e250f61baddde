"""How households and villages went through audits: each entry with its steps, notices, objections and result."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from areas.models import Area
from audits.criteria import Result
from audits.models import AuditList, Decision, Entry, FrozenFacts, Notice, Objection
from audits.procedures import ListKind
from households.models import Household


@dataclass(frozen=True)
class Passage:
    """`result` is what the last decision rested on; None where there was nothing to judge."""

    entry: Entry
    audit_list: AuditList
    steps: Sequence[Decision]
    notices: Sequence[Notice]
    objections: Sequence[Objection]
    result: Result | None
    reasons: Sequence[str]

    @property
    def standing(self) -> bool:
        return self.entry.is_standing

    @property
    def word(self) -> str:
        """Where it stands, or how it ended."""
        return self.audit_list.step.label if self.standing else self.entry.get_outcome_display()


def of_household(household: Household) -> list[Passage]:
    """The newest first."""
    return _passages(Entry.objects.filter(household=household))


def of_village(village: Area, lists: QuerySet[AuditList]) -> list[Passage]:
    """As a key village that takes off its cap."""
    return _passages(Entry.objects.filter(area=village, kind=ListKind.VILLAGE_EXIT, audit_list__in=lists))


def counted(lists: Any) -> Any:
    """Lists with how many stand on them, the open ones first and of these the longest waiting."""
    standing = Count("entries", filter=Q(entries__closed_at__isnull=True))
    return (
        lists.select_related("area")
        .annotate(standing=standing, all_entries=Count("entries"))
        .order_by(F("closed_at").desc(nulls_first=True), "stage_since", "pk")
    )


def hanging(lists: Any, day: datetime.date) -> Any:
    return Notice.objects.running(day).filter(audit_list__in=lists).select_related("audit_list__area")


def _passages(entries: Any) -> list[Passage]:
    found = []
    for entry in entries.select_related("audit_list__area", "audit_list__split_from", "closed_by").order_by(
        "-entered_at", "-pk"
    ):
        audit_list = entry.audit_list
        frozen = FrozenFacts.objects.filter(entry=entry, result__isnull=False).order_by("pk").last()
        about = Q(entry=entry) | Q(audit_list=audit_list, entry__isnull=True)
        found.append(
            Passage(
                entry=entry,
                audit_list=audit_list,
                steps=list(
                    Decision.objects.filter(audit_list.lineage())
                    .select_related("by", "on_behalf_of")
                    .order_by("recorded_at", "pk")
                ),
                notices=list(Notice.objects.filter(audit_list.lineage()).order_by("posted_on", "pk")),
                objections=list(Objection.objects.filter(about)),
                result=None if frozen is None else Result(frozen.result),
                reasons=[] if frozen is None else frozen.reasons,
            )
        )
    return found
