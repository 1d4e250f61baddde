"""Plan against actual by year, as 滚动规划表 has them: persons of 省定 planned and left in each year of the plan."""

from dataclasses import dataclass

from areas.models import Area
from audits.procedures import ListKind
from reporting.board.ground import Figure, Ground
from reporting.definitions import rolling_plan
from reporting.lists import audit_list
from reporting.plan_layout import ROLLING_COLUMNS
from reporting.reading import PERSONS_LEAVING, PROVINCIAL
from reporting.report import PERSONS

# The column of the rolling plan that has the persons of a year, 省定.
PERSONS_OF = {
    int(column.year): number
    for number, column in enumerate(ROLLING_COLUMNS, start=1)
    if column.kind == PERSONS
    and column.group == PERSONS_LEAVING
    and column.standard == PROVINCIAL
    and column.year.isdigit()
}


@dataclass(frozen=True)
class YearLine:
    """Persons planned and left in a year of the plan, and those on its exit lists that are on their way; `short` is what
    is still to do, None without a plan.
    """

    year: int
    planned: int | None
    left: Figure
    begun: bool
    under_way: Figure = Figure(None)

    @property
    def short(self) -> int | None:
        if self.planned is None or not isinstance(self.left.value, int):
            return None
        return max(0, self.planned - self.left.value)


class YearLines:
    """The years of the rolling plan for the area and its children, as 滚动规划表 has them."""

    def __init__(self, ground: Ground) -> None:
        self.request, self.targets = ground.request, ground.targets
        self.actual = rolling_plan.Actual(ground.request)

    def of(self, area: Area, under_way: dict[int, int] | None = None) -> list[YearLine]:
        """`under_way`: persons by the year of the list, where it is to be told."""
        place = None if area.pk == self.request.area.pk else area.pk
        found = []
        for year, number in PERSONS_OF.items():
            column, begun = ROLLING_COLUMNS[number - 1], year <= self.request.as_of.year
            left = Figure(
                self.actual.value(area, place, column) if begun else None,
                self.actual.list_url(area, column) if begun else None,
            )
            way = self._way(area, year, under_way.get(year, 0)) if under_way is not None else Figure(None)
            found.append(YearLine(year, self.targets.persons(area, year), left, begun, way))
        return found

    def _way(self, area: Area, year: int, persons: int) -> Figure:
        lists = audit_list(area.code, self.request.until, kind=str(ListKind.HOUSEHOLD_EXIT), year=year)
        return Figure(persons, lists if persons else None)

    def base(self, area: Area) -> Figure:
        """The stock the plan starts from (基期)."""
        place, column = None if area.pk == self.request.area.pk else area.pk, ROLLING_COLUMNS[0]
        return Figure(self.actual.value(area, place, column), self.actual.list_url(area, column))
