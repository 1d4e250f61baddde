"""预退出: households ranked by ease (难易程度, R034; 004 L1034–1038; pure).

The plan says "by difficulty" and no more. Here: who fails the fewest of the standard first, then who has the
fewest concerns, then who stands highest above the line. 易 is nothing against it and the margin of 橙's
待退出 (1.1 × line, domain §4); 难 is an unmet standard. Officials reorder by hand with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from audits import criteria
from audits.cases import HouseholdCase

EASY, MIDDLING, HARD = "易", "中", "难"
CLEAR_MARGIN = Decimal("1.1")
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, order=True)
class Ease:
    """Sorts the easiest first; `margin` is income ÷ what it must exceed, negated for the sorting."""

    errors: int
    concerns: int
    behind: Decimal
    word: str = ""
    said: str = ""


def ease(case: HouseholdCase) -> Ease:
    verdict = criteria.household(case)
    margin = Decimal(0)
    if case.income is not None and case.bar:
        margin = (case.income / case.bar).quantize(HUNDREDTH, ROUND_HALF_UP)
    if verdict.errors:
        word = HARD
    elif verdict.concerns or margin < CLEAR_MARGIN:
        word = MIDDLING
    else:
        word = EASY
    said = "；".join((f"收入为标准的{margin}倍" if margin else "收入未知", *verdict.reasons))
    return Ease(len(verdict.errors), len(verdict.concerns), -margin, word, said)


def rank(cases: Mapping[int, HouseholdCase]) -> list[tuple[int, Ease]]:
    """(key, ease), the easiest first; equals by key, so that the same register gives the same order."""
    return sorted(((key, ease(case)) for key, case in cases.items()), key=lambda pair: (pair[1], pair[0]))
