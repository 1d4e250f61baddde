"""What the record of a list says for its papers, read once for all of them.

A paper of a stage rests on what was frozen with the first decision at or after that stage (with the last one, for
stages behind it); before there is one, on the register of the day. Names, groups and numbers of members are those of the sheet that hung on the wall, once one
did.
"""

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from areas.models import Level
from audits import facts as register
from audits.criteria import Result
from audits.models import (
    Acceptance,
    AuditList,
    Decision,
    Entry,
    Evidence,
    FrozenFacts,
    HomeVisit,
    Notice,
    Outcome,
    Verdict,
)
from audits.procedures import ListKind
from households.record import head_names

GROUP, HEAD, PERSONS = 1, 2, 3  # places in a row of a household's sheet


@dataclass(frozen=True)
class Row:
    """An entry as a paper shows it. `facts` are plain values of the case it was judged by, `result` the verdict."""

    number: int
    entry: Entry
    group: str
    head: str
    persons: int | None
    facts: dict[str, Any]
    result: str

    @property
    def village(self) -> str:
        return str(self.entry.area)


class ListFacts:
    """`entries` are those whose papers are printed (all that the user sees, or one), struck ones included."""

    def __init__(self, audit_list: AuditList, entries: Sequence[Entry], on: datetime.date) -> None:
        self.audit_list, self.entries, self.on = audit_list, entries, on

    @property
    def village(self) -> str:
        return str(self.audit_list.area)

    @property
    def town(self) -> str:
        return str(self.audit_list.area.at(Level.TOWN) or "")

    @property
    def county(self) -> str:
        return str(self.audit_list.county)

    @cached_property
    def decisions(self) -> dict[str, Decision]:
        """The last passing of each stage that no sending back has undone since."""
        found: dict[str, Decision] = {}
        procedure = self.audit_list.procedure
        rows = Decision.objects.filter(self.audit_list.lineage()).select_related("by").order_by("pk")
        for decision in rows:
            if decision.verdict == Verdict.PASSED:
                found[decision.stage] = decision
            elif decision.verdict == Verdict.SENT_BACK:
                back = procedure.place(decision.to_stage)
                found = {key: kept for key, kept in found.items() if procedure.place(key) < back}
        return found

    def rests_on(self, stage: str) -> Decision | None:
        """The first decision at or after the stage; behind the last stage that decides, the one before it."""
        procedure = self.audit_list.procedure
        deciding = [each for each in procedure.stages if each.decision]
        later = [each for each in deciding if procedure.place(each.key) >= procedure.place(stage)]
        taken = (self.decisions.get(each.key) for each in later or deciding[-1:])
        return next((decision for decision in taken if decision is not None), None)

    @cached_property
    def _frozen(self) -> dict[tuple[int, int], FrozenFacts]:
        rows = FrozenFacts.objects.filter(entry__in=[entry.pk for entry in self.entries])
        return {(row.decision_id, row.entry_id): row for row in rows}

    @cached_property
    def _live(self) -> dict[int, tuple[dict[str, Any], str]]:
        standing = [entry for entry in self.entries if entry.is_standing]
        judged = register.judged(self.audit_list, standing, self.on)
        return {pk: (asdict(case), verdict.result.label) for pk, (case, verdict) in judged.items()}

    @cached_property
    def _heads(self) -> dict[int, str]:
        return head_names(entry.household_id for entry in self.entries if entry.household_id)

    @cached_property
    def notices(self) -> list[Notice]:
        return list(Notice.objects.filter(self.audit_list.lineage()).order_by("pk"))

    @cached_property
    def _posted(self) -> dict[int, list[Any]]:
        """The newest sheet's row of each entry."""
        return {
            key: row
            for notice in self.notices
            for key, row in zip(notice.entry_keys, notice.sheet, strict=False)
        }

    def rows(self, stage: str) -> list[Row]:
        """Who was on the list when the stage was decided; before that, who stands on it or went through."""
        decision, procedure = self.rests_on(stage), self.audit_list.procedure
        earlier = decision is None or procedure.place(decision.stage) < procedure.place(stage)
        found: list[Row] = []
        for entry in self.entries:
            if earlier and entry.outcome == Outcome.STRUCK:
                continue
            if decision is None:
                facts, result = self._live.get(entry.pk, ({}, ""))
            else:
                frozen = self._frozen.get((decision.pk, entry.pk))
                if frozen is None:
                    continue
                facts = frozen.facts
                result = "" if frozen.result is None else Result(frozen.result).label
            found.append(self.row(len(found) + 1, entry, facts, result))
        return found

    def row(self, number: int, entry: Entry, facts: dict[str, Any], result: str) -> Row:
        household = entry.household
        if household is None:
            return Row(number, entry, "", "", None, facts, result)
        posted = self._posted.get(entry.pk)
        if posted is not None:
            return Row(number, entry, str(posted[GROUP]), str(posted[HEAD]), posted[PERSONS], facts, result)
        head = self._heads.get(household.pk, "")
        return Row(number, entry, household.villager_group, head, household.member_count, facts, result)

    @cached_property
    def acceptance(self) -> Acceptance | None:
        return self.audit_list.acceptance()

    @cached_property
    def visits(self) -> list[HomeVisit]:
        if self.acceptance is None:
            return []
        own = self.acceptance.visits.filter(entry__in=[entry.pk for entry in self.entries])
        return list(own.order_by("pk"))

    @cached_property
    def notes(self) -> dict[str, str]:
        """What was written beside a paper when its scan was kept, by kind; the newest counts."""
        rows = Evidence.objects.filter(self.audit_list.lineage()).exclude(note="").order_by("pk")
        return dict(rows.values_list("kind", "note"))

    def said(self, rows: Sequence[Row]) -> str:
        """「3 户 8 人」, or 「2 个村」 of a list of villages."""
        if self.audit_list.kind == ListKind.VILLAGE_EXIT:
            return f"{len(rows)} 个村"
        return f"{len(rows)} 户 {sum(row.persons or 0 for row in rows)} 人"
