"""`/villages/letters/draw/`: letters of the year for whoever has none, from the plan."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area
from office import clock, trail
from reporting import letters


@require_POST
def draw(request: SignedIn) -> HttpResponse:
    """For the places that the duty covers whole; the year is the office's."""
    places = Area.objects.visible_to(request.user).filter(valid_to__isnull=True).select_related("parent")
    require(request.user, Capability.WORK_MANAGE)
    day = clock.today()
    try:
        with transaction.atomic():
            count = letters.draw(places, year=day.year, day=day, by=request.user, at=clock.moment())
            detail = {"年度": day.year, "份数": count}
            trail.record("拟定责任书", request=request, area=request.user.home_area, detail=detail)
    except IntegrityError:
        return refused(request, "有人刚刚拟定了其中的责任书，请刷新后再拟。")
    if not count:
        return refused(request, f"{day.year}年的责任书都已经拟定，没有要新拟的。")
    messages.success(request, f"已拟定 {count} 份责任书，任务按规划和年度计划填写；签字盖章后逐份登记签订。")
    return HttpResponseRedirect(reverse("villages:letters") + f"?year={day.year}&state=待签订", status=303)
