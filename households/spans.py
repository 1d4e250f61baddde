"""Spans of household keys: the register in even parts, whatever the areas (one town may hold half of a county)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Window
from django.db.models.functions import RowNumber


@dataclass(frozen=True)
class Span:
    """Households from the key `first` to before `before`; None is no end."""

    first: int | None = None
    before: int | None = None

    def q(self, column: str) -> Q:
        """Of rows by their column of a household's key; those of no household are in the span without a beginning."""
        found = Q()
        if self.first is not None:
            found &= Q(**{f"{column}__gte": self.first})
        if self.before is not None:
            found &= Q(**{f"{column}__lt": self.before})
            if self.first is None:
                found |= Q(**{f"{column}__isnull": True})
        return found


WHOLE = Span()


def spans(households: Any, count: int) -> list[Span]:
    """So many with as many of these households each, however far apart their keys lie; the first and the last have no
    end, so that together they take in every other household too. The whole, where there are not so many."""
    total = households.count()
    if total < count:
        return [WHOLE]
    firsts = [total * place // count + 1 for place in range(1, count)]
    counted = households.annotate(place=Window(RowNumber(), order_by="pk")).filter(place__in=firsts)
    bounds = [None, *counted.order_by("pk").values_list("pk", flat=True), None]
    return [Span(*pair) for pair in zip(bounds, bounds[1:], strict=False)]
