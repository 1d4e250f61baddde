"""Typing in a village's staff and its facts of a year. What was typed stays when it is refused."""

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import require
from accounts.roles import Capability
from office import clock, trail
from villages.forms import StaffForm, YearForm
from villages.models import Village, VillageYear
from villages.views.fetch import village_of


@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: HttpRequest, code: str) -> HttpResponse:
    village = village_of(request, code)
    require(request.user, Capability.VILLAGE_EDIT, area=village.area)
    form = StaffForm(request.POST or None, instance=village)
    context = {"village": village, "form": form}
    if request.method != "POST":
        return render(request, "villages/staff.html", context)
    if not form.is_valid():
        return render(request, "villages/staff.html", context, status=422)
    with transaction.atomic():
        form.save()
        _noted(request, "修改村工作人员", village, form)
    return _to(village)


@require_http_methods(["GET", "HEAD", "POST"])
def new_year(request: HttpRequest, code: str) -> HttpResponse:
    village = village_of(request, code)
    require(request.user, Capability.VILLAGE_EDIT, area=village.area)
    return _year(request, village, VillageYear(village=village, year=clock.today().year), "填报村年度情况")


@require_http_methods(["GET", "HEAD", "POST"])
def year(request: HttpRequest, code: str, year: int) -> HttpResponse:
    village = village_of(request, code)
    require(request.user, Capability.VILLAGE_EDIT, area=village.area)
    return _year(request, village, get_object_or_404(village.years, year=year), "修改村年度情况")


def _year(request: HttpRequest, village: Village, facts: VillageYear, action: str) -> HttpResponse:
    form = YearForm(request.POST or None, instance=facts, until=clock.today().year)
    context = {"village": village, "form": form, "facts": facts}
    if request.method != "POST":
        return render(request, "villages/year.html", context)
    if not form.is_valid():
        return render(request, "villages/year.html", context, status=422)
    try:
        with transaction.atomic():
            form.save()
            _noted(request, action, village, form, 年度=facts.year)
    except IntegrityError:
        # Somebody else filled the same year between the check and the write.
        form.add_error("year", form.ALREADY)
        return render(request, "villages/year.html", context, status=409)
    return _to(village)


def _noted(
    request: HttpRequest, action: str, village: Village, form: StaffForm | YearForm, **detail: int
) -> None:
    """The names of what changed; values stay out of the trail."""
    changed = [str(form.fields[name].label) for name in form.changed_data]
    trail.record(
        action, subject=village, area=village.area, detail={**detail, "修改": changed}, request=request
    )


def _to(village: Village) -> HttpResponse:
    return HttpResponseRedirect(reverse("villages:village", args=[village.code]), status=303)
