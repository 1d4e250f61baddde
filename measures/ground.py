"""What coverage looks at: by whom, where, on which day, and how the register stood then."""

import datetime
from dataclasses import dataclass
from typing import Any

from areas.models import Area
from areas.scope import AreaScope
from households.looking_back import Back, homes
from households.models import Household, Person, StatusEvent
from households.spans import WHOLE, Span
from measures.models import Measure

BY_PERSON = "person__household_id"
# The column of its household's key.
HOME_OF: dict[Any, str] = {Household: "pk", Person: "household_id", Measure: "household_id"}


@dataclass(frozen=True)
class Ground:
    """What is looked at: by whom (scope), in which area (None: all of it), on which day, of which households.

    With `back`, to the end of the day: the register as it stood then, whatever has happened since.
    """

    scope: AreaScope
    area: Area | None
    day: datetime.date
    span: Span = WHOLE
    back: Back | None = None

    @property
    def year(self) -> int:
        return self.day.year

    def of(self, model: Any) -> Any:
        """Rows of the area as they stand; with `back` those alone of which nothing was recorded since."""
        key = HOME_OF[model]
        rows = model.objects.in_scope(self.scope).in_area(self.area).filter(self.span.q(key))
        return rows if self.back is None else rows.filter(self.back.same(key))

    def changed(self, model: Any) -> list[Any]:
        """Who was on file in the area on the day, of households that have changed since; persons in two sources, versions
        and records."""
        if self.back is None:
            return []
        rows = self.back.persons() if model is Person else [Household.objects.all()]
        return [some.filter(**{f"{HOME_OF[model]}__in": homes(self.stood)}) for some in rows]

    @property
    def stood(self) -> Any:
        """The last events of those households, which say where each lay and how it stood."""
        assert self.back is not None
        events = StatusEvent.objects.in_scope(self.scope).in_area(self.area)
        return self.back.on_file(events).filter(self.span.q("household_id"))

    def given(self) -> Any:
        """What was delivered in the year up to the day, of the area, with `lies_in`."""
        rows = self.of(Measure).placed()
        return of_the_year(rows if self.back is None else rows.filter(self.back.same(BY_PERSON)), self.day)

    def given_to_changed(self) -> list[Any]:
        """The same of households that have changed since, or whose persons went over to one that has."""
        if self.back is None:
            return []
        rows = of_the_year(Measure.objects.filter(self.span.q("household_id")), self.day)
        rows = rows.filter(self.back.changed("household_id") | self.back.changed(BY_PERSON))
        return rows.lay(self.back, self.area, self.scope)


def of_the_year(measures: Any, day: datetime.date) -> Any:
    return measures.delivered().filter(year=day.year, delivered_on__lte=day)
