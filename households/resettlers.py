"""水库移民 in the register (R023, 001 九章一节五): households that carry the flag, as each stood at the end of a day.

The flag is a fact of the card and read as it stands; whether the household was in or out, how many it had and where it
lay are its last event's by the day. Cancelled households are in neither.
"""

import datetime
from typing import Any

from households.models.event import Kind, StatusEventQuerySet

IN, OUT = "in", "out"
STANDINGS = {IN: "未脱贫", OUT: "已脱贫"}


def stood(
    events: StatusEventQuerySet, on: datetime.date, as_of: datetime.date | None = None, standing: str = ""
) -> Any:
    """The last event by the day of each flagged household; of those in, of those out, or (for "") of both."""
    flagged = events.filter(household__reservoir_resettler=True)
    inside = flagged.last_of_each(on, as_of, standing=True)
    if standing == IN:
        return inside
    last = flagged.last_of_each(on, as_of).exclude(kind=Kind.CANCEL)
    return last.exclude(pk__in=inside.values("pk")) if standing == OUT else last
