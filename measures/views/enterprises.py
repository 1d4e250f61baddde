"""`/measures/enterprises/`: firms, co-operatives and workshops, and what each was given."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from measures import hiring
from measures.enterprise_forms import EnterpriseForm
from measures.enterprise_lists import enterprises
from measures.measure_forms import PlanForm
from measures.models import Enterprise, Project
from measures.views.measures import planning
from office import clock, trail
from office.listing import area_choices

UP = "area__parent__parent__parent__parent"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = enterprises(request.user, request.GET, day)
    context = {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "may_edit": Capability.MEASURE_EDIT in request.user.capabilities(),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "measures/enterprises.html", context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.MEASURE_EDIT)
    return _editing(request, None, "登记企业")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    return _editing(request, _enterprise(request, pk, Capability.MEASURE_EDIT), "修改企业")


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    found = _enterprise(request, pk, Capability.MEASURE_VIEW)
    rows = list(found.measures.select_related("policy"))
    able = request.user.scope_of(Capability.MEASURE_EDIT).covers(found.area)
    sees = Capability.PROJECT_VIEW in request.user.capabilities()
    carried = Project.objects.visible_to(request.user).filter(enterprise=found) if sees else None
    context = {"enterprise": found, "rows": rows, "able": able, "projects": carried, "rule": hiring.RULE}
    return render(request, "measures/enterprise.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedIn, pk: int) -> HttpResponse:
    found = _enterprise(request, pk, Capability.MEASURE_EDIT)
    chosen = {"policy": request.GET["policy"]} if "policy" in request.GET else {}
    data = request.POST if request.method == "POST" else None
    form = PlanForm(data, day=clock.today(), enterprise=found, initial=chosen)
    back = reverse("measures:enterprise", args=[found.pk])
    return planning(request, form, about=found.name, back=back)


def _enterprise(request: SignedIn, pk: int, capability: Capability) -> Enterprise:
    found: Enterprise = get_object_or_404(
        Enterprise.objects.visible_to(request.user).select_related(UP), pk=pk
    )
    require(request.user, capability, area=found.area)
    return found


def _editing(request: SignedIn, found: Enterprise | None, title: str) -> HttpResponse:
    data: Any = request.POST if request.method == "POST" else None
    form = EnterpriseForm(data, instance=found, user=request.user)
    if form.is_valid():
        record = form.save(commit=False)
        require(request.user, Capability.MEASURE_EDIT, area=record.area)
        with transaction.atomic():
            record._history_user = request.user
            record.save()
            detail = {"名称": record.name, "类型": record.kind}
            trail.record(title, request=request, subject=record, area=record.area, detail=detail)
        messages.success(request, f"已保存：{record.name}。")
        return HttpResponseRedirect(reverse("measures:enterprise", args=[record.pk]), status=303)
    context = {"form": form, "enterprise": found, "title": title}
    return render(request, "measures/enterprise_form.html", context, status=422 if form.errors else 200)
