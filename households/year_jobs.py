"""Closing the year of a large county: its surveys are sealed one by one, each with its version."""

from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from households.models import YearAct
from office import clock, trail
from office.jobs import JobRefused, JobRun, job

KIND = "year-close"


@job(KIND, title="封存年度", queue="bulk")
def close_year(run: JobRun, *, county: int, year: int) -> dict[str, Any]:
    """All of it or nothing; right and order are looked at again."""
    found = Area.objects.visible_to(run.owner).filter(pk=county).first()
    if found is None:
        raise JobRefused("没有这个区县，或者已不在当前任职的区域内")
    require(run.owner, Capability.YEAR_CLOSE, found)
    moment = clock.moment()

    def progress(done: int, total: int) -> None:
        run.progress(done, total, "正在封存采集")

    with transaction.atomic():
        act = YearAct.close(found, year, by=run.owner, on=moment.date(), at=moment, progress=progress)
        note(act, actor=run.owner)
        result = {"url": reverse("households:year", args=[found.code, year]), "surveys": act.surveys}
        run.finish(result)
    return result


def note(act: YearAct, **more: Any) -> None:
    """The row in the trail; `more` are its actor or request, and `detail` besides."""
    action = "封存年度" if act.kind == YearAct.Kind.CLOSE else "重开年度"
    detail = {"年度": act.year, "采集户数": act.surveys, **more.pop("detail", {})}
    trail.record(action, subject=act, area=act.county, detail=detail, **more)
