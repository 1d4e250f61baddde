"""The money of projects: sources and budgets, allocations, payments, counter-entries, and the ledger of all."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from measures import project_lists, stages
from measures.fund_forms import AllocateForm, BudgetForm, CounterForm, PayForm, SourceForm
from measures.models import EntryKind, FundEntry, FundSource, Taken
from measures.views.fund_years import reviews, verdicts
from measures.views.projects import UP, form_page, noted, project_for, refusal_of
from office import clock, trail
from office.listing import area_choices


@require_safe
def ledger(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = project_lists.ledger(request.user, request.GET, day)
    return _list_page(
        request,
        listed,
        "measures/ledger.html",
        project_lists.LEDGER_SUMS,
        **project_lists.choices(listed, project_lists.LEDGER_COLUMNS),
    )


@require_safe
def sources(request: SignedIn) -> HttpResponse:
    listed = project_lists.sources(request.user, request.GET, clock.today())
    valid = listed.form.is_valid()
    year = (listed.form.cleaned_data["year"] if valid else None) or clock.today().year
    return _list_page(
        request,
        listed,
        "measures/sources.html",
        project_lists.SOURCE_SUMS,
        **project_lists.choices(listed, project_lists.SOURCE_COLUMNS),
        year=year,
        counties=verdicts(request.user, listed.area, year),
        reviewed=reviews(request.user, listed.area, year - 1),
    )


def _list_page(request: SignedIn, listed: Any, template: str, sums: Any, **more: Any) -> HttpResponse:
    area = listed.area
    context = {
        "form": listed.form,
        "page": listed.page(request, sums=sums),
        "may_funds": True,
        "area": area,
        "areas": area_choices(request.user, area, clock.today()),
        "may_fund": Capability.FUND_MANAGE in request.user.capabilities(),
        "narrowed": area is not None or any(request.GET.get(name) for name in listed.form.fields),
        **more,
    }
    return render(request, template, context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def source_new(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.FUND_MANAGE)
    data = request.POST if request.method == "POST" else None
    form = SourceForm(data, scope=request.user.scope_of(Capability.FUND_MANAGE), day=clock.today())
    if form.is_valid():
        asked = dict(form.cleaned_data)
        asked["basis"] = asked["basis"] or ""
        try:
            with transaction.atomic():
                source = FundSource.open(
                    budget=asked.pop("amount"), by=request.user, at=clock.moment(), **asked
                )
                _noted(request, "登记资金来源", source, 预算=source.budget)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _to_source(request, source, f"已登记：{source}，预算 {source.budget:,.2f} 元。")
    return render(request, "measures/source_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def source(request: SignedIn, pk: int) -> HttpResponse:
    return _source_page(request, _source(request, pk, Capability.FUND_VIEW))


@require_POST
def budget(request: SignedIn, pk: int) -> HttpResponse:
    found = _source(request, pk, Capability.FUND_MANAGE)
    form = BudgetForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                entry = found.add_budget(
                    by=request.user, today=clock.today(), at=clock.moment(), **form.cleaned_data
                )
                _noted(request, "追加预算", found, 金额=entry.amount, 文号=entry.document)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _to_source(
                request, found, f"已追加 {entry.amount:,.2f} 元，预算现在是 {found.budget:,.2f} 元。"
            )
    return _source_page(request, found, form)


@require_http_methods(["GET", "HEAD", "POST"])
def allocate(request: SignedIn, pk: int) -> HttpResponse:
    project = project_for(request, pk, Capability.FUND_MANAGE)
    if project.stage not in stages.ALLOCATES:
        return refused(request, f"项目现在是“{project.stage}”，立项以后、付清以前才分配资金。")
    sources = FundSource.objects.in_scope(request.user.scope_of(Capability.FUND_MANAGE))
    data = request.POST if request.method == "POST" else None
    form = AllocateForm(data, project=project, sources=sources, day=clock.today())

    def save() -> str:
        entry = FundEntry.enter(
            kind=EntryKind.ALLOCATION,
            project=project,
            area=project.area,
            by=request.user,
            today=clock.today(),
            at=clock.moment(),
            **form.cleaned_data,
        )
        noted(
            request, "分配项目资金", project, 资金=str(entry.source), 金额=entry.amount, 文号=entry.document
        )
        return f"已从{entry.source}分配 {entry.amount:,.2f} 元。"

    return form_page(request, project, form, title="分配资金", submit="分配", save=save, money=True)


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: SignedIn, pk: int) -> HttpResponse:
    project = project_for(request, pk, Capability.FUND_MANAGE)
    if project.stage not in stages.PAYS:
        return refused(request, f"项目现在是“{project.stage}”，开工以后才支付资金。")
    form = PayForm(request.POST if request.method == "POST" else None, project=project, day=clock.today())

    def save() -> str:
        asked = dict(form.cleaned_data)
        entry = FundEntry.enter(
            kind=EntryKind.PAYMENT,
            source=asked.pop("fund").source,
            project=project,
            area=project.area,
            by=request.user,
            today=clock.today(),
            at=clock.moment(),
            **asked,
        )
        noted(
            request,
            "支付项目资金",
            project,
            资金=str(entry.source),
            金额=entry.amount,
            凭证号=entry.document,
            收款人=entry.payee,
        )
        return f"已登记支付 {entry.amount:,.2f} 元给{entry.payee}。"

    return form_page(request, project, form, title="登记支付", submit="登记支付", save=save, money=True)


@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: SignedIn, pk: int) -> HttpResponse:
    """The whole of a line is turned; the right one is entered anew."""
    visible = FundEntry.objects.visible_to(request.user).select_related(UP, "source", "project", "counters")
    entry: FundEntry = get_object_or_404(visible, pk=pk)
    require(request.user, Capability.FUND_MANAGE, area=entry.area)
    if entry.is_counter or hasattr(entry, "countered_by"):
        return refused(request, "这一笔已经冲回，或者本身就是冲回的一笔。")
    form = CounterForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if form.is_valid():
        asked = form.cleaned_data
        try:
            with transaction.atomic():
                back = entry.counter(
                    reason=asked["note"],
                    on=asked["on"],
                    once=asked["once"],
                    by=request.user,
                    today=clock.today(),
                    at=clock.moment(),
                )
                facts = {"原笔号": entry.pk, "类别": entry.kind, "金额": back.amount, "原因": back.note}
                subject = entry.project or entry.source
                trail.record("冲回资金", request=request, subject=subject, area=entry.area, detail=facts)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            for name in getattr(refusal, "error_dict", {None: 0}):
                form.add_error(name if name in form.fields else None, refusal_of(refusal, name))
        else:
            messages.success(
                request, f"已冲回第 {entry.pk} 笔 {entry.amount:,.2f} 元。要登记正确的，重新登记一笔。"
            )
            name, key = (
                ("measures:project", entry.project_id)
                if entry.project
                else ("measures:source", entry.source_id)
            )
            return HttpResponseRedirect(reverse(name, args=[key]), status=303)
    context = {"form": form, "entry": entry}
    return render(request, "measures/counter.html", context, status=422 if form.errors else 200)


def _source(request: SignedIn, pk: int, capability: Capability) -> FundSource:
    visible = FundSource.objects.visible_to(request.user).select_related(UP)
    found: FundSource = get_object_or_404(visible, pk=pk)
    require(request.user, capability, area=found.area)
    return found


def _source_page(request: SignedIn, found: FundSource, form: BudgetForm | None = None) -> HttpResponse:
    able = request.user.scope_of(Capability.FUND_MANAGE).covers(found.area)
    lines = found.entries.filter(project__isnull=True).select_related("by", "counters", "countered_by")
    context = {
        "source": found,
        "rule": found.verdict(clock.today()),
        "lines": lines,
        "funds": found.funds.select_related("project__area__parent").order_by("-allocated", "pk"),
        "able": able,
        "form": form or BudgetForm(initial={"on": clock.today(), "seen": found.version}),
    }
    return render(
        request, "measures/source.html", context, status=422 if form is not None and form.errors else 200
    )


def _to_source(request: SignedIn, found: FundSource, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("measures:source", args=[found.pk]), status=303)


def _noted(request: SignedIn, action: str, found: FundSource, **detail: Any) -> None:
    facts = {"资金": str(found), "来源": found.kind, **detail}
    trail.record(action, request=request, subject=found, area=found.area, detail=facts)
