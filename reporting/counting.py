"""Counting that free workers share: the register in spans of households, all counted at one moment and added up.

A definition that is dear says how a span is counted (`Count` in report.py); the worker whose job it is counts spans
too, and alone it counts them all.
"""

import datetime
from collections import Counter, defaultdict
from typing import Any

from areas.models import Area
from households.models import Household
from households.spans import Span, spans
from office.jobs import JobRun, Share, in_parts, part
from office.moment import at
from reporting.definitions import DEFINITIONS
from reporting.report import Count, Counts, Request

KIND = "report-count"
# No more spans than that.
MOST = 12


def counted(run: JobRun, kind: str, request: Request, moment: str) -> Counts | None:
    """None where the definition counts alone: cheap, a small area, or no moment that others could read at."""
    count = DEFINITIONS[kind].count
    if count is None or not moment:
        return None
    households = Household.objects.in_area(request.area)
    into = parts_of(households.count(), count)
    return shared(run, kind, request, moment, spans(households, into)) if into > 1 else None


def parts_of(households: int, count: Count) -> int:
    """How many spans so many households are shared out into; one or none: they are counted at once."""
    return min(households // count.least, MOST)


def shared(run: JobRun, kind: str, request: Request, moment: str, of: list[Span]) -> Counts:
    """What the spans come to together."""
    asked = {
        "kind": kind,
        "area": request.area.pk,
        "year": request.year,
        "as_of": request.as_of.isoformat(),
        "shift": request.shift.days,
        "moment": moment,
    }
    run.progress(0, len(of), "正在分段统计")
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for result in in_parts(run, KIND, [{**asked, "first": one.first, "before": one.before} for one in of]):
        for child, some in result.items():
            found[int(child)].update(some)
    return found


@part(KIND)
def count_span(
    share: Share,
    *,
    kind: str,
    area: int,
    year: int,
    as_of: str,
    shift: int,
    moment: str,
    first: int | None,
    before: int | None,
) -> dict[str, Any]:
    """The counts of one span, by child."""
    with at(moment):
        request = Request(
            Area.objects.select_related("parent").get(pk=area),
            year,
            datetime.date.fromisoformat(as_of),
            datetime.timedelta(days=shift),
        )
        count = DEFINITIONS[kind].count
        assert isinstance(count, Count)
        found = {str(child): dict(some) for child, some in count.of(request, Span(first, before)).items()}
    share.progress(1)
    return found
