"""`/`: what waits for me, how my area stands, and my jobs under way. Roles without the register get a short desk."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from areas.models import Area
from office import clock
from office.models import Job, JobState
from reporting.definitions import rolling_plan
from reporting.desk import desk, todos
from reporting.doors import doors
from reporting.standing import doubts, four_colours

FINISHED_SHOWN = 3


@require_safe
def workbench(request: SignedIn) -> HttpResponse:
    user: Any = request.user
    today = clock.today()
    areas = Area.objects.visible_to(user)
    able = user.capabilities()
    area: Area | None = None
    if Capability.REGISTER_VIEW in able and user.home_area is not None:
        area = areas.select_related("parent__parent").filter(pk=user.home_area.pk).first()
    context: dict[str, Any] = {
        "area": area,
        "todos": todos(user, area, clock.now(), today),
        "desk": desk(area, today) if area is not None else None,
        "colours": four_colours(area) if area is not None else None,
        "doubts": doubts(area) if area is not None else None,
        "may_report": Capability.REPORT_VIEW in able,
        "share_url": _share_url(user, area, today.year),
        "may_archive": Capability.TRAIL_ARCHIVE in able,
        "years": rolling_plan.YEARS,
        "doors": doors(user, today),
        **_jobs(user),
    }
    return render(request, "reporting/workbench.html", context)


def _share_url(user: Any, area: Area | None, year: int) -> str:
    """Where the year's plan is shared out, for who may do it."""
    if area is None or not user.scope_of(Capability.PLAN_DISTRIBUTE).covers(area):
        return ""
    return f"{reverse('reporting:distribution')}?area={area.code}&year={year}"


@require_safe
def jobs(request: SignedIn) -> HttpResponse:
    """The part 正在处理, which asks for itself again while something is under way."""
    return render(request, "reporting/_workbench_jobs.html", _jobs(request.user))


def _jobs(user: Any) -> dict[str, Any]:
    mine = Job.objects.of(user)
    return {
        "open_jobs": list(mine.open()[:5]),
        "finished_jobs": list(mine.filter(state=JobState.DONE)[:FINISHED_SHOWN]),
    }
