"""How people call an entry: the head of the household with its number, or the village."""

from collections.abc import Sequence

from audits.models import Entry
from households.record import head_names


def names(entries: Sequence[Entry]) -> dict[int, str]:
    """By entry id, in one statement."""
    heads = head_names(entry.household_id for entry in entries if entry.household_id)
    return {entry.pk: _name(entry, heads.get(entry.household_id or 0, "")) for entry in entries}


def name(entry: Entry) -> str:
    return names([entry])[entry.pk]


def _name(entry: Entry, head: str) -> str:
    return f"{head}（{entry}）" if head else str(entry)
