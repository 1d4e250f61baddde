"""来料加工 and 电商 by place (R088, R096): which villages with poor people have contract work, which towns, villages and
counties have their level of the 电商三级服务体系.

A place is served from the day on which its point, station or centre was recorded as there until the day on which it
closed; a running 扶贫车间 in the village is contract work too. Plans: 004 三章一节 and 三章四节一, 专栏4.
"""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum

from areas.models import Area, Level
from households.models import StatusEvent
from measures.models import Enterprise, EnterpriseKind, Measure

PROCESSING = "TASK-PROCESS"
# The code of the catalogue under which each level of the 电商三级服务体系 is recorded.
ECOMMERCE = {Level.COUNTY: "TASK-ECOM-COUNTY", Level.TOWN: "TASK-ECOM-TOWN", Level.VILLAGE: "TASK-ECOM"}
CLOSED = "closed"
(PROCESS, NO_PROCESS, ECOM, NO_ECOM) = ("process", "no-process", "ecom", "no-ecom")
STATES = {
    PROCESS: "有来料加工",
    NO_PROCESS: "没有来料加工",
    ECOM: "有电商服务",
    NO_ECOM: "没有电商服务",
}


def places(area: Area | None, level: str, day: datetime.date) -> Any:
    """The areas of the level that stand on the day, the area itself or below it."""
    return Area.objects.filter(level=level).valid_on(day).in_area(area)


def with_poor(rows: Any, day: datetime.date, as_of: datetime.date | None = None) -> Any:
    """Villages with somebody on the register at the end of the day."""
    stock = StatusEvent.objects.known(day, as_of).filter(village=OuterRef("pk")).order_by()
    return rows.filter(Exists(stock.values("village").annotate(stock=Sum("households")).filter(stock__gt=0)))


def recorded(code: str, day: datetime.date) -> Q:
    """Something of the code stands in the place on the day."""
    key = f"extras__{CLOSED}"
    running = ~Q(extras__has_key=CLOSED) | Q(**{f"{key}__gt": day.isoformat()})
    there = Measure.objects.delivered().of_policy(code).filter(running, delivered_on__lte=day)
    return in_place(there, "village")


def in_place(rows: Any, name: str) -> Q:
    """Some of the rows are of the area in the outer query, or of the one that it was before it passed on."""
    before = rows.filter(**{f"{name}__successor": OuterRef("pk")})
    return Q(Exists(rows.filter(**{name: OuterRef("pk")}))) | Q(Exists(before))


def in_state(rows: Any, state: str, level: str, day: datetime.date) -> Any:
    """Those of the places that are so on the day; all of them for ""."""
    firms = Enterprise.objects.filter(kind=EnterpriseKind.WORKSHOP, closed=False)
    has = recorded(PROCESSING, day) | in_place(firms, "area")
    point = recorded(ECOMMERCE[Level(level)], day)
    conditions = {"": Q(), PROCESS: has, NO_PROCESS: ~has, ECOM: point, NO_ECOM: ~point}
    return rows.filter(conditions[state])
