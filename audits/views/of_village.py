"""What the audits know of one village: the panel of its page, a page of its own, and its application to leave the list."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from audits import applying, criteria, facts, passages
from audits.models import AuditList, AuditSetting, Entry, Objection
from audits.models.setting import rules_of
from audits.opening_forms import ApplyForm
from audits.panels import criteria as panels
from audits.panels.entries import Row
from audits.procedures import ListKind
from audits.views.refusing import Refusal, attempt
from office import attachments, clock

SHOWN = 12


def _village(request: SignedIn, code: str, capability: Capability) -> Area:
    visible = Area.objects.visible_to(request.user).filter(level=Level.VILLAGE)
    try:
        village = visible.select_related("parent__parent__parent__parent").by_code(code)
    except Area.DoesNotExist as error:
        raise Http404(f"没有代码为 {code} 的村") from error
    require(request.user, capability, area=village)
    return village


@require_safe
def panel(request: SignedIn, code: str) -> HttpResponse:
    """Its lists, the open ones first, what hangs in it now, and how its own exit as a key village went."""
    village = _village(request, code, Capability.AUDIT_VIEW)
    day = clock.today()
    lists = AuditList.objects.visible_to(request.user).filter(area=village)
    context = {
        "village": village,
        "day": day,
        "lists": passages.counted(lists)[:SHOWN],
        "total": lists.count(),
        "notices": passages.hanging(lists, day),
        "objections": Objection.objects.open().filter(audit_list__in=lists).count(),
        "may_apply": Capability.AUDIT_OPEN in request.user.capabilities()
        and applying.may_apply(request.user, village),
        "passages": passages.of_village(village, AuditList.objects.visible_to(request.user)),
    }
    name = "audits/_village.html" if getattr(request, "htmx", False) else "audits/village.html"
    return render(request, name, context)


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: SignedIn, code: str) -> HttpResponse:
    """重点村退出申请 by the village itself, with how it stands to the standard today; the town reviews it."""
    village = _village(request, code, Capability.AUDIT_OPEN)
    if why_not := applying.why_not(village):
        return refused(request, why_not)
    day, status = clock.today(), 200
    typed: tuple[Any, Any] = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ApplyForm(*typed)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            with attachments.all_on_disk(asked["file"]) as files:
                outcome = attempt(
                    lambda: applying.apply(village, files, by=request.user, on=day, note=asked["note"])
                )
            if not isinstance(outcome, Refusal):
                messages.success(request, f"已申请退出：{outcome}。由镇街核对后接着办。")
                return HttpResponseRedirect(reverse("audits:audit", args=[outcome.pk]), status=303)
            status = outcome.status
            for reason in outcome.reasons:
                form.add_error(None, reason)
    row = _standing(village, day)
    context = {
        "village": village,
        "form": form,
        "row": row,
        "criteria": panels.criteria(row, request.user.capabilities(), day),
        "others": panels.others(row),
    }
    return render(request, "audits/apply.html", context, status=status)


def _standing(village: Area, day: datetime.date) -> Row:
    """The village as the criteria see it today, before it is on any list."""
    county = village.at(Level.COUNTY)
    frozen = AuditSetting.objects.frozen(county, ListKind.VILLAGE_EXIT, day) if county is not None else {}
    case = facts.village_case(village, day.year, day, rules_of(frozen))
    return Row(Entry(area=village, kind=ListKind.VILLAGE_EXIT), 1, village.name, criteria.village(case), case)
