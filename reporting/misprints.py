"""Likely misprints of a printed plan: the fewest figures that, were they others, would let every rule hold.

A small integer programme (HiGHS, the optional extra `misprints`). Of proposals equally small the one in the
fewest rows is taken, and of those the one that moves the figures least. It is said beside the table: no figure
is ever changed. Blank cells stay blank, 全部脱贫 goes with its base, words that are no number judge nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from reporting.plan_rules import ERROR, NotJudged, Sum, Within, name, show
from reporting.reading import TidyCell
from reporting.reconcile import reconcile, relations

highspy: Any
try:
    import highspy
except ImportError:  # an optional extra
    highspy = None

SECONDS = 5.0
# Of the solver's whole numbers: the largest figures are some millions of persons.
EXACTLY = 1e-9
WANTS_EXTRA = "推算哪些数可能印错要另装扩展 misprints（见管理员手册），现在没有装。"
NOT_FOUND = "没有推算出一组改动能让各条规则都成立，请对照原件逐条核对。"


@dataclass(frozen=True)
class Misprint:
    """`needed` in the unit and the manner of the printed figure."""

    cell: TidyCell
    needed: str

    @property
    def place(self) -> str:
        return f"{name(self.cell)} {self.cell.group_word}"

    def __str__(self) -> str:
        return f"{name(self.cell)} {self.cell.value.strip()} 应为 {self.needed}"

    def as_json(self) -> dict[str, object]:
        return {"cell": self.cell.printed(), "needed": self.needed}


@dataclass(frozen=True)
class Proposal:
    """Either misprints, in the order of the table, or the reason why there are none to show."""

    misprints: tuple[Misprint, ...] = ()
    reason: str = ""

    @property
    def rows(self) -> list[str]:
        return list(dict.fromkeys(one.cell.area for one in self.misprints))

    @property
    def words(self) -> str:
        if not self.misprints:
            return self.reason
        return f"改动最少的一组：{len(self.misprints)} 个数，在{'、'.join(self.rows)}{len(self.rows)}行里"


def propose(cells: Sequence[TidyCell]) -> Proposal | None:
    """None where no rule is broken: there is nothing to ask."""
    if not any(finding.severity == ERROR for finding in reconcile(cells)):
        return None
    return Proposal(reason=WANTS_EXTRA) if highspy is None else _proposed(tuple(cells))


@lru_cache(maxsize=32)
def _proposed(cells: tuple[TidyCell, ...]) -> Proposal:
    """Asked anew with every look at a page, of a table that never changes."""
    needed = _Programme(cells).solve()
    if needed is None:
        return Proposal(reason=NOT_FOUND)
    found = tuple(
        Misprint(cell, show(needed[place], cell)) for place, cell in enumerate(cells) if place in needed
    )
    changed = [
        replace(cell, value=show(needed[place], cell)) if place in needed else cell
        for place, cell in enumerate(cells)
    ]
    # The solver counts in floats; only what the rules themselves accept is said.
    if any(finding.severity == ERROR for finding in reconcile(changed)):
        return Proposal(reason=NOT_FOUND)
    return Proposal(found)


class _Programme:
    """A figure for every printed one that may be another, and whether it is; the fewest are to be another."""

    def __init__(self, cells: Sequence[TidyCell]) -> None:
        self.cells = cells
        self.place = {id(cell): place for place, cell in enumerate(cells)}
        self.table, self.rules = relations(cells)
        self.printed = {
            place: self.table.amount(cell)
            for place, cell in enumerate(cells)
            if cell.number is not None and not cell.is_blank
        }
        self.most = self._most()
        self.solver = highspy.Highs()
        self.solver.silent()
        self.solver.setOptionValue("time_limit", SECONDS)
        self.solver.setOptionValue("mip_feasibility_tolerance", EXACTLY)
        # Sums of whole numbers come out whole by themselves; asking for it is much slower.
        self.needed = {
            place: (self.solver.addIntegral if amount % 1 else self.solver.addVariable)(lb=0, ub=self.most)
            for place, amount in self.printed.items()
        }
        self.is_other = {place: self.solver.addBinary() for place in self.printed}
        self.moved = {place: self.solver.addVariable(lb=0) for place in self.printed}
        areas = dict.fromkeys(cells[place].area_word for place in self.printed)
        self.touched = {area: self.solver.addBinary() for area in areas}

    def _most(self) -> int:
        """No figure need be larger: twice the largest sum that a rule makes of the printed ones."""
        sums = [abs(amount) for amount in self.printed.values()]
        for rule in self.rules:
            if isinstance(rule, Sum):
                known = [self.place[id(cell)] for cell in rule.parts]
                sums.append(sum((abs(self.printed.get(place, Decimal(0))) for place in known), Decimal(0)))
        return int(2 * max(sums, default=Decimal(0))) + 1

    def solve(self) -> dict[int, Decimal] | None:
        """By place of a cell the amount it would need, of those that would change; None without an answer."""
        self._changes()
        for rule in self.rules:
            try:
                self._hold(rule)
            except NotJudged:
                continue
        changed = self._sum(self.is_other.values())
        rows = self._sum(self.touched.values())
        # One figure less is worth more than any number of rows.
        weight = len(self.touched) + 1
        if not self._best(changed * weight + rows):
            return None
        fewest = round(self.solver.getObjectiveValue())
        self.solver.addConstr(changed * weight + rows <= fewest + 0.5)
        if not self._best(self._sum(self.moved.values())):
            return None
        values = {place: Decimal(round(self.solver.val(one))) for place, one in self.needed.items()}
        return {place: value for place, value in values.items() if value != self.printed[place]}

    def _best(self, objective: Any) -> bool:
        self.solver.minimize(objective)
        return bool(self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def _changes(self) -> None:
        """A figure is another when it moved from the printed one; then its row is touched."""
        for place, printed in self.printed.items():
            other, move = self.is_other[place], self.moved[place]
            self.solver.addConstr(self.needed[place] - move <= float(printed))
            self.solver.addConstr(self.needed[place] + move >= float(printed))
            self.solver.addConstr(move <= other * self.most)
            self.solver.addConstr(other <= self.touched[self.cells[place].area_word])

    def _hold(self, rule: Sum | Within) -> None:
        if isinstance(rule, Within):
            self.solver.addConstr(self._of(rule.small) - self._of(rule.large) <= 0)
            return
        more = self._sum(self._of(cell) for cell in rule.parts) - self._of(rule.total)
        if rule.instead is None:
            self.solver.addConstr(more == 0)
            return
        either, room = self.solver.addBinary(), 2 * self.most
        less = self._sum(self._of(cell) for cell in rule.parts) - self._of(rule.instead)
        for gap, slack in ((more, either * room), (less, room - either * room)):
            self.solver.addConstr(gap - slack <= 0)
            self.solver.addConstr(gap + slack >= 0)

    def _of(self, cell: TidyCell) -> Any:
        """What stands for a cell in a rule; raises NotJudged for words."""
        if cell.is_blank:
            return self._nothing()
        if cell.is_whole_base:
            base = self.table.base(cell)
            return self._nothing() if base is None else self._of(base)
        place = self.place[id(cell)]
        if place not in self.needed:
            raise NotJudged
        return self.needed[place] * 1

    def _nothing(self) -> Any:
        return highspy.highs_linear_expression()

    def _sum(self, terms: Iterable[Any]) -> Any:
        return sum(terms, self._nothing())
