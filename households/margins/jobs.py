"""Colours judged anew when a county has set other margins."""

from typing import Any

from django.db import transaction

from areas.models import Area
from households.checks.others import Lines
from households.models import Household
from households.recolour import recolour
from office import clock, trail
from office.jobs import JobRun, job

KIND, BATCH = "recolour", 500


@job(KIND, title="按新的界限重新判定四色", queue="bulk")
def recolour_county(run: JobRun, *, county: int) -> dict[str, Any]:
    """Every household of the county on the office's day; twice has the effect of once."""
    today = clock.today()
    lines = Lines.read(today)
    rows = Household.objects.filter(county=county).order_by("pk")
    total, done, changed, last = rows.count(), 0, 0, 0
    while some := list(rows.filter(pk__gt=last)[:BATCH]):
        last = some[-1].pk
        with transaction.atomic():
            changed += recolour(some, today, lines)
        done += len(some)
        run.progress(done, max(total, done), "正在判定四色")
    result = {"households": done, "recoloured": changed}
    with transaction.atomic():
        where = Area.objects.get(pk=county)
        detail = {"日期": today, "户数": done, "改判": changed}
        trail.record("重新判定四色", actor=run.owner, area=where, detail=detail)
        run.finish(result)
    return result
