"""Counting that free workers share: the register in spans of households, all counted at one moment and added up; or, of a
form with the parts of its parts, one part's form after the other.

A definition that is dear says how a span is counted (`Count` in report.py); the worker whose job it is counts spans
too, and alone it counts them all.
"""

import datetime
from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

from areas.models import Area
from households.models import Household
from households.spans import Span, spans
from office.jobs import JobRun, Share, in_parts, part
from office.moment import at
from reporting.definitions import DEFINITIONS
from reporting.report import Count, Counts, Figures, Request

KIND, BELOW = "report-count", "report-below"
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
    asked = {"kind": kind, "moment": moment, **_told(request)}
    run.progress(0, len(of), "正在分段统计")
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for result in in_parts(run, KIND, [{**asked, "first": one.first, "before": one.before} for one in of]):
        for child, some in result.items():
            found[int(child)].update(some)
    return found


def below(run: JobRun, kind: str, asked: list[Request], moment: str) -> dict[str, Figures]:
    """The form of each part, by the code of its area; shared out where counting the whole would be."""
    count, whole = DEFINITIONS[kind].count, asked[0].plan_area
    if count is not None and moment and parts_of(Household.objects.in_area(whole).count(), count) > 1:
        run.progress(0, len(asked), "正在统计下一级")
        told = [{"kind": kind, "moment": moment, "part_of": whole.pk, **_told(one)} for one in asked]
        made = [Figures.from_stored(one) for one in in_parts(run, BELOW, told)]
        return {one.area.code: figures for one, figures in zip(asked, made, strict=True)}
    found: dict[str, Figures] = {}
    with at(moment):
        for place, one in enumerate(asked):
            run.progress(place, len(asked), f"正在统计{one.area}")
            found[one.area.code] = DEFINITIONS[kind].figures(one, quiet)
    return found


@part(BELOW)
def count_part(share: Share, *, kind: str, part_of: int, moment: str, **told: Any) -> dict[str, Any]:
    """The form of one part as it would be kept."""
    with at(moment):
        request = replace(_asked(**told), part_of=_area(part_of))
        found = DEFINITIONS[kind].figures(request, quiet)
    share.progress(1)
    return found.stored()


def quiet(done: int, total: int, word: str) -> None:
    """The progress of a part is that of the parts that are done."""


def _told(request: Request) -> dict[str, Any]:
    """A request as JSON holds it."""
    return {
        "area": request.area.pk,
        "year": request.year,
        "as_of": request.as_of.isoformat(),
        "shift": request.shift.days,
    }


def _asked(*, area: int, year: int, as_of: str, shift: int) -> Request:
    day = datetime.date.fromisoformat(as_of)
    return Request(_area(area), year, day, datetime.timedelta(days=shift))


def _area(pk: int) -> Area:
    return Area.objects.select_related("parent").get(pk=pk)


@part(KIND)
def count_span(
    share: Share, *, kind: str, moment: str, first: int | None, before: int | None, **told: Any
) -> dict[str, Any]:
    """The counts of one span, by child."""
    with at(moment):
        request = _asked(**told)
        count = DEFINITIONS[kind].count
        assert isinstance(count, Count)
        found = {str(child): dict(some) for child, some in count.of(request, Span(first, before)).items()}
    share.progress(1)
    return found
