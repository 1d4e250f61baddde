"""验收记录 of the round: the town team, its six items, and the homes that were drawn with what was found there."""

from collections.abc import Sequence
from dataclasses import dataclass

from audits.models import Acceptance, AuditList, Drawn, Entry, HomeVisit
from audits.models.acceptance import ITEMS, sample_size
from households.record import head_names


@dataclass(frozen=True)
class Home:
    entry: Entry
    name: str
    visit: HomeVisit | None


@dataclass(frozen=True)
class Inspection:
    """`short`: so many homes are still to be drawn, in place of those that left the list."""

    record: Acceptance | None
    homes: Sequence[Home]
    short: int

    @property
    def items(self) -> list[tuple[str, bool | None]]:
        return [(word, getattr(self.record, name)) for name, word in ITEMS.items()] if self.record else []

    @property
    def unseen(self) -> list[Home]:
        return [home for home in self.homes if home.visit is None]


def of(audit_list: AuditList) -> Inspection | None:
    """None for a list whose procedure has no team, or that has not come to it."""
    procedure = audit_list.procedure
    come = (*procedure.before(audit_list.stage), audit_list.step)
    if not any(stage.team for stage in come):
        return None
    standing = Entry.objects.standing().filter(audit_list=audit_list.pk)
    drawn = Drawn.objects.filter(entry__audit_list=audit_list.pk, round=audit_list.round)
    entries = [row.entry for row in drawn.select_related("entry__household__village", "entry__area")]
    record = audit_list.acceptance()
    visits: dict[int, HomeVisit] = (
        {visit.entry_id: visit for visit in record.visits.all()} if record is not None else {}
    )
    names = head_names(entry.household_id for entry in entries if entry.household_id)
    homes = [
        Home(entry, names.get(entry.household_id or 0, "") or str(entry), visits.get(entry.pk))
        for entry in entries
        if entry.is_standing or entry.pk in visits
    ]
    here = sum(home.entry.is_standing for home in homes)
    short = max(0, sample_size(standing.count()) - here) if audit_list.step.team else 0
    return Inspection(record, homes, short)
