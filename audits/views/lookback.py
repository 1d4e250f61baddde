"""`/audits/lookback/`: samples of a year's exits, drawn at random, and what the visits to them found (回头看)."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from areas.models import Area
from audits import acting
from audits.after_forms import DrawForm, VisitForm
from audits.after_lists import lookbacks, visits
from audits.models import Lookback, LookbackVisit
from audits.models.lookback import DRAWERS, VISITORS, Result
from audits.views.refusing import Refusal, attempt
from households.care.watching import kinds_on
from office import clock
from office.listing import area_choices

WHERE = "village__parent__parent__parent__parent"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = lookbacks(request.user, request.GET, day)
    context = {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "narrowed": listed.area is not None or bool(request.GET.get("year")),
        "may_draw": _may_draw(request),
    }
    return render(request, "audits/lookbacks.html", context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    visible = Area.objects.visible_to(request.user)
    require(request.user, Capability.AUDIT_ACT)
    require(request.user, Capability.REGISTER_VIEW)
    day, status = clock.today(), 200
    form = DrawForm(request.POST if request.method == "POST" else None, areas=visible.valid_on(day), day=day)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = dict(form.cleaned_data)
            # A seed of the machine's: nobody chooses who is visited.
            seed = secrets.token_hex(8)
            outcome = attempt(lambda: Lookback.draw(**asked, seed=seed, by=request.user, on=day))
            if not isinstance(outcome, Refusal):
                messages.success(
                    request, f"已抽取{outcome.visits.count()}户，从{outcome.population}户退出户中。"
                )
                return HttpResponseRedirect(reverse("audits:lookback", args=[outcome.pk]), status=303)
            status = outcome.status
            for reason in outcome.reasons:
                form.add_error(None, reason)
    return render(request, "audits/lookback_new.html", {"form": form}, status=status)


@require_safe
def sample(request: SignedIn, pk: int) -> HttpResponse:
    """One sample with its visits; where they are, and whether the kept seed still draws them."""
    visible = Lookback.objects.visible_to(request.user).select_related("area__parent__parent", "drawn_by")
    drawn = get_object_or_404(visible, pk=pk)
    require(request.user, Capability.AUDIT_VIEW)
    require(request.user, Capability.REGISTER_VIEW)
    query = request.GET.copy()
    query["sample"] = str(drawn.pk)
    day = clock.today()
    listed = visits(request.user, query, day)
    own = LookbackVisit.objects.visible_to(request.user).filter(lookback=drawn)
    results = dict.fromkeys(Result, 0)
    for word in own.exclude(result="").values_list("result", flat=True):
        results[Result(word)] += 1
    context: dict[str, Any] = {
        "sample": drawn,
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "narrowed": bool(request.GET.get("result")),
        "results": [(result.label, number) for result, number in results.items()],
        "waiting": own.waiting().count(),
        "late": own.overdue(day).count(),
        "again": drawn.drawn_again() if request.user.area_scope().covers(drawn.area) else None,
    }
    return render(request, "audits/lookback.html", context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: SignedIn, pk: int, visit_pk: int) -> HttpResponse:
    """A visit: recorded once by who may, read by all who see the household."""
    visible = LookbackVisit.objects.visible_to(request.user).filter(lookback=pk)
    found = get_object_or_404(
        visible.select_related("household", "lookback__area", "recorded_by", WHERE), pk=visit_pk
    )
    require(request.user, Capability.AUDIT_ACT if request.method == "POST" else Capability.AUDIT_VIEW)
    require(request.user, Capability.REGISTER_VIEW)
    day, status = clock.today(), 200
    start = {"visitor": found.visitor, "visited_on": day}
    form = VisitForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = dict(form.cleaned_data)
            outcome = attempt(lambda: found.record(**asked, by=request.user, on=day))
            if not isinstance(outcome, Refusal):
                messages.success(request, f"已登记回头看：{found.get_result_display()}。")
                return HttpResponseRedirect(reverse("audits:lookback-visit", args=[pk, visit_pk]), status=303)
            status = outcome.status
            for reason in outcome.reasons:
                form.add_error(None, reason)
    head = found.household.head
    context = {
        "visit": found,
        "form": form,
        "head_name": head.name if head else "",
        "may_record": found.is_waiting and bool(acting.role_in(request.user, VISITORS, found.village)),
        "at_risk": found.result in (Result.AT_RISK, Result.FALLEN_BACK),
        "may_edit": request.user.scope_of(Capability.REGISTER_EDIT).covers(found.household.village),
        "may_watch": bool(kinds_on(day)),
        "has_left": not found.household.in_register and found.household.removed_on is None,
    }
    return render(request, "audits/lookback_visit.html", context, status=status)


def _may_draw(request: SignedIn) -> bool:
    return any(duty.role in DRAWERS for duty in request.user.valid_duties())
