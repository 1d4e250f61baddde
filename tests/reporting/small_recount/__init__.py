"""The naive recount of every report: plain loops over plain rows, each by the words of its rule.

Of the program only the models, the code lists and the stage tables (data) are read. A count gives every column of its
report, nought and unknown ones too: a column that is in no count is found missing (test_small_worlds.py).
"""

from collections.abc import Callable

from measures.eligibility import NAMED
from tests.reporting.small_recount import (
    coverage,
    plans,
    register,
    supervision,
    villages,
    visits,
    work,
    years,
)
from tests.reporting.small_recount.rows import Asked, Counted, Rows
from tests.reporting.small_recount.work import STEPS

COUNTS: dict[str, Callable[[Asked], Counted]] = {
    "exit-tally": register.exit_tally,
    "rolling-plan": plans.rolling_plan,
    "key-villages": villages.key_villages,
    "indicators": plans.indicators,
    "causes": register.causes,
    "colours": register.colours,
    "coverage": coverage.coverage,
    "returns": register.returns,
    "channels": register.channels,
    "resettlers": register.resettlers,
    "structure": register.structure,
    "funds": work.funds,
    "houses": work.houses,
    "cooperation": work.cooperation,
    "points": villages.points,
    "work-in-hand": work.work_in_hand,
    "monthly": work.monthly,
    "by-month": work.by_month,
    "teams": villages.teams,
    "supervision": supervision.supervision,
    "visits": visits.visits,
    "assessment": work.assessment,
    "two-standards": years.two_standards,
    "yearly-goals": years.yearly_goals,
    "quarterly": years.quarterly,
}
__all__ = ["COUNTS", "NAMED", "STEPS", "Asked", "Rows"]
