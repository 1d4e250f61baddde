"""Two versions of a plan table side by side: which figures are others, and by how much. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reporting.plan_rules import NotJudged, Table, plain
from reporting.reading import TidyCell


@dataclass(frozen=True)
class Change:
    """A figure that is another in the later version, or is only in one; `gap` is empty where one is no number."""

    cell: TidyCell
    before: str
    after: str
    gap: str


def changes(before: Sequence[TidyCell], after: Sequence[TidyCell]) -> Iterator[Change]:
    """In the order of the later version; figures that only the earlier one had come last."""
    was = {cell.key: cell for cell in before}
    now = {cell.key: cell for cell in after}
    old, new = Table(before), Table(after)
    for key in dict.fromkeys([*now, *was]):
        one, other = was.get(key), now.get(key)
        first, second = (cell.value.strip() if cell is not None else "" for cell in (one, other))
        if first == second and one is not None and other is not None:
            continue
        yield Change(other or one or before[0], first, second, _gap(old, one, new, other))


def _gap(old: Table, one: TidyCell | None, new: Table, other: TidyCell | None) -> str:
    if one is None or other is None:
        return ""
    try:
        gap = new.amount(other) - old.amount(one)
    except NotJudged:
        return ""
    unit = 10_000 if other.in_ten_thousands else 1
    sign = "＋" if gap > 0 else "−" if gap < 0 else ""
    return f"{sign}{plain(abs(gap) / unit)}"
