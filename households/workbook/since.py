"""What stood in the register when a workbook was downloaded, for households that changed since (from the history)."""

from collections.abc import Callable, Sequence
from typing import Any

from households.models import Household
from households.workbook.columns import MODELS, Column
from households.workbook.outcome import Outcome
from office import clock
from office.workbook_read import Cell


class Downloaded:
    """Of the households of some rows; the history is read when it is first asked for, in a statement an entity."""

    def __init__(
        self,
        outcome: Outcome,
        rows: Sequence[tuple[int, list[Cell], Household]],
        version: Callable[[list[Cell]], str],
    ) -> None:
        self._version = version
        self._stale = {
            household.pk for _, cells, household in rows if version(cells) != str(household.version)
        }
        self._made_at = outcome.made_at
        self._shift = outcome.day - clock.now().astimezone(clock.SHANGHAI).date()
        self._kept: dict[str, dict[int, Any]] = {}

    def stale(self, household: Household, cells: list[Cell]) -> bool:
        """The household was changed after the row was downloaded."""
        return household.pk in self._stale and self._version(cells) != str(household.version)

    def then(self, column: Column, record: Any) -> Any:
        """The field's value at the download; None when that is not known."""
        if self._made_at is None:
            return None
        if column.entity not in self._kept:
            self._kept[column.entity] = self._read(column.entity)
        row = self._kept[column.entity].get(record.pk)
        return getattr(row, column.name) if row is not None else None

    def _read(self, entity: str) -> dict[int, Any]:
        """The last version of each record at the download. Versions are kept by the real clock, the office's day
        may stand elsewhere (demonstration)."""
        assert self._made_at is not None
        of = "id__in" if entity == "household" else "household_id__in"
        history: Any = MODELS[entity].history  # type: ignore[attr-defined]
        rows = history.filter(history_date__lte=self._made_at - self._shift, **{of: self._stale})
        return {row.id: row for row in rows.order_by("history_date", "history_id")}
