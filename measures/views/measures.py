"""`/measures/`: who is helped by what; one measure with its steps; a household's measures on its own page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from households.models import Household
from measures import checks
from measures.lists import PAID, measures
from measures.measure_forms import CancelForm, DeliverForm, PlanForm
from measures.models import Measure, SocialHelp, State, Taken
from office import clock, trail
from office.listing import area_choices
from office.rulebook import ENTRY, NIGHTLY

WHERE = "village__parent__parent__parent__parent"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = measures(request.user, request.GET, day)
    area = listed.area
    context = {
        "form": listed.form,
        "page": listed.page(request, sums=PAID),
        "columns": listed.columns,
        "area": area,
        "areas": area_choices(request.user, area, day),
        "may_edit": Capability.MEASURE_EDIT in request.user.capabilities(),
        "may_projects": Capability.PROJECT_VIEW in request.user.capabilities(),
        "narrowed": area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "measures/list.html", context, status=422 if listed.refusal else 200)


@require_safe
def household(request: SignedIn, number: str) -> HttpResponse:
    """All of a household's measures: a page of its own, and for htmx the panel of the household's page."""
    home = _household(request, number, Capability.MEASURE_VIEW)
    rows = list(Measure.objects.filter(household=home).select_related("policy", "person"))
    able = request.user.scope_of(Capability.MEASURE_EDIT).covers(home.village)
    case = checks.of_these([home], clock.today())[home.pk]
    breaches = {breach.rule: breach for stage in (NIGHTLY, ENTRY) for breach in checks.run(case, stage)}
    context = {
        "household": home,
        "head_name": home.head.name if home.head else "",
        "rows": rows,
        "breaches": [breaches[rule] for rule in sorted(breaches)],
        "may_plan": able and home.removed_on is None,
        "paid": sum(row.amount for row in rows if row.state == State.DELIVERED and row.unit == "元"),
        "social": list(
            SocialHelp.objects.visible_to(request.user)
            .live()
            .filter(beneficiaries__household=home)
            .distinct()[:20]
        ),
    }
    name = "measures/_household.html" if getattr(request, "htmx", False) else "measures/household.html"
    return render(request, name, context)


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _measure(request, pk, Capability.MEASURE_VIEW))


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedIn, number: str) -> HttpResponse:
    home = _household(request, number, Capability.MEASURE_EDIT)
    if home.removed_on is not None:
        return refused(request, "该户已经注销，不再登记措施。")
    chosen = {name: request.GET[name] for name in ("policy", "person") if name in request.GET}
    data = request.POST if request.method == "POST" else None
    form = PlanForm(data, day=clock.today(), household=home, initial=chosen)
    back = reverse("households:detail", args=[home.number])
    about = f"{home.village.name}　{home.head.name if home.head else home.number}户"
    return _planning(request, form, about=about, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_village(request: SignedIn, code: str) -> HttpResponse:
    try:
        village = Area.objects.visible_to(request.user).filter(level=Level.VILLAGE).by_code(code)
    except Area.DoesNotExist as error:
        raise Http404(f"没有代码为 {code} 的村") from error
    require(request.user, Capability.MEASURE_EDIT, area=village)
    data = request.POST if request.method == "POST" else None
    form = PlanForm(data, day=clock.today(), village=village)
    back = reverse("villages:village", args=[village.code])
    return _planning(request, form, about=village.name, back=back)


@require_POST
def deliver(request: SignedIn, pk: int) -> HttpResponse:
    measure = _measure(request, pk, Capability.MEASURE_EDIT)
    form = DeliverForm(request.POST, unit=measure.unit)

    def act() -> None:
        asked = form.cleaned_data
        measure.deliver(
            on=asked["delivered_on"],
            amount=asked["amount"],
            payer=asked["payer"],
            voucher=asked["voucher"],
            note=asked["note"],
            by=request.user,
            today=clock.today(),
        )

    return _step(request, measure, form, act, "落实措施", deliver_form=form)


@require_POST
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    measure = _measure(request, pk, Capability.MEASURE_EDIT)
    form = CancelForm(request.POST)

    def act() -> None:
        reason = form.cleaned_data["cancel_reason"]
        measure.cancel(on=clock.today(), reason=reason, by=request.user)

    return _step(request, measure, form, act, "取消措施", cancel_form=form)


def _household(request: SignedIn, number: str, capability: Capability) -> Household:
    visible = Household.objects.visible_to(request.user).select_related(WHERE)
    home: Household = get_object_or_404(visible, number=number)
    require(request.user, capability, area=home.village)
    return home


def _measure(request: SignedIn, pk: int, capability: Capability) -> Measure:
    visible = Measure.objects.visible_to(request.user).select_related(
        "policy", "person", f"household__{WHERE}", WHERE, "planned_by", "closed_by"
    )
    measure: Measure = get_object_or_404(visible, pk=pk)
    require(request.user, capability, area=measure.place)
    return measure


def _planning(request: SignedIn, form: PlanForm, *, about: str, back: str) -> HttpResponse:
    if form.is_valid():
        try:
            with transaction.atomic():
                measure = form.plan(request.user)
                noted(request, "计划措施", measure)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            said = f"已列入计划：{measure}。{measure.working}"
            messages.success(request, said)
            address = reverse("measures:measure", args=[measure.pk])
            return HttpResponseRedirect(address, status=303)
    context = {"form": form, "about": about, "back": back}
    return render(request, "measures/plan.html", context, status=422 if form.errors else 200)


def _step(
    request: SignedIn, measure: Measure, form: Any, act: Callable[[], None], action: str, **forms: Any
) -> HttpResponse:
    """One step of a planned measure: done and back to it, or refused with its reason and what was typed."""
    if not measure.is_planned:
        return refused(request, f"这项措施已经是“{measure.state}”，不能再{action[:2]}。")
    if form.is_valid():
        try:
            with transaction.atomic():
                act()
                noted(request, action, measure)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"已登记{measure.state}：{measure}。")
            address = reverse("measures:measure", args=[measure.pk])
            return HttpResponseRedirect(address, status=303)
    return _page(request, measure, status=422, **forms)


def _page(request: SignedIn, measure: Measure, status: int = 200, **forms: Any) -> HttpResponse:
    able = request.user.scope_of(Capability.MEASURE_EDIT).covers(measure.place) and measure.is_planned
    home = measure.household
    context = {
        "measure": measure,
        "household": home,
        "head_name": home.head.name if home is not None and home.head else "",
        "able": able,
        "deliver_form": DeliverForm(amount=measure.amount, unit=measure.unit or "元"),
        "cancel_form": CancelForm(),
        **forms,
    }
    return render(request, "measures/measure.html", context, status=status)


def noted(request: SignedIn, action: str, measure: Measure) -> None:
    detail = {
        "政策": measure.policy.code,
        "户编号": measure.household.number if measure.household else "",
        "人口编号": measure.person.number if measure.person else "",
        "年度": measure.year,
        "数额": measure.amount,
        "落实日期": measure.delivered_on,
        "凭证号": measure.voucher,
        "取消原因": measure.cancel_reason,
    }
    kept = {name: value for name, value in detail.items() if value not in ("", None)}
    trail.record(action, request=request, subject=measure, area=measure.place, detail=kept)
