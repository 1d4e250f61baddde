"""预退出: which households could leave this year, the easiest first, and the order of a list (R034)."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from areas.models import Area
from audits import acting, facts, ranking
from audits.cases import Rules
from audits.models.accepting import ListAccepting
from audits.models.entry import Entry
from audits.models.noticing import ListNoticing
from audits.procedures import ListKind
from audits.ranking import Ease
from households.models import Household
from office import trail


def candidates(area: Area, year: int, on: datetime.date, rules: Rules) -> list[tuple[Household, Ease]]:
    """Every household on the register of the area that is on no open exit list, the easiest first."""
    listed = Entry.objects.standing().filter(kind=ListKind.HOUSEHOLD_EXIT, household__isnull=False)
    waiting = Household.objects.in_register().in_area(area).exclude(pk__in=listed.values("household"))
    households = {household.pk: household for household in waiting.select_related("village", "county")}
    ranked = ranking.rank(facts.household_cases(list(households.values()), year, on, rules))
    return [(households[pk], ease) for pk, ease in ranked]


class ListProposing(ListAccepting, ListNoticing):
    class Meta:
        abstract = True

    def propose(self, chosen: Sequence[tuple[Household, Ease]], *, by: Any, on: datetime.date) -> None:
        """Puts candidates on the list as they were ranked, behind those that are there; all of them or none."""
        with self.whole():
            for household, ease in chosen:
                entry = self.add(household, by=by, on=on)
                Entry.objects.filter(pk=entry.pk).update(ease=ease.word)

    def rank(self, *, by: Any, on: datetime.date) -> None:
        """Puts the entries in the order of their ease, while the list is gathered; hand-made places are lost."""
        if self.kind != ListKind.HOUSEHOLD_EXIT:
            raise ValidationError("只有贫困户退出名单按难易程度排序")
        acting.require(by, self.procedure.openers, self.area, on, "排序")
        with self.whole():
            self.touch([self.procedure.first.key], on)
            entries = {entry.household_id: entry for entry in self._entries()}
            households = [entry.household for entry in entries.values() if entry.household is not None]
            cases = facts.household_cases(households, self.year, on, self.rules)
            rows = []
            for place, (pk, ease) in enumerate(ranking.rank(cases), 1):
                entry = entries[pk]
                entry.place, entry.ease, entry.place_reason = place, ease.word, ""
                rows.append(entry)
            Entry.objects.bulk_update(rows, ["place", "ease", "place_reason"], batch_size=500)
            trail.record(
                "按难易程度排序",
                actor=by,
                subject=self,
                area=self.area,
                detail={"名单": str(self), "条数": len(rows)},
            )
