"""`/indicators/`: 主要指标 of a county, base, target and the values that its named sources enter year by year."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability, Role
from accounts.views.errors import refused
from areas.models import Area, Level
from office import clock, trail
from office.listing import asked_area
from villages.indicator_forms import GoalForm, ValueForm
from villages.models import Indicator, IndicatorGoal, IndicatorValue
from villages.models.indicator import FIRST_YEAR, ValueTaken

COUNTED = "这项指标由登记计算，不用填报。"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.INDICATOR_VIEW)
    county, day = _county(request), clock.today()
    years = list(range(FIRST_YEAR + 1, day.year + 1))
    values = Indicator.values_of(county, day.year) if county is not None else {}
    goals = {goal.indicator_id: goal for goal in IndicatorGoal.objects.filter(area=county)}
    rows = [
        (one, goals.get(one.pk), [values.get((one.code, year)) for year in years])
        for one in Indicator.objects.all()
    ]
    context = {"rows": rows, "years": years, "county": county, "counties": _counties(request)}
    return render(request, "villages/indicators.html", context)


@require_safe
def detail(request: SignedIn, code: str) -> HttpResponse:
    return _page(request, *_indicator(request, code, Capability.INDICATOR_VIEW))


@require_POST
def enter(request: SignedIn, code: str) -> HttpResponse:
    """By a unit that the plan names as the source, or by the district."""
    one, county = _indicator(request, code, Capability.INDICATOR_EDIT)
    if one.registered:
        return refused(request, COUNTED, 422)
    unit = _unit(request, one)
    form = ValueForm(request.POST, indicator=one, day=clock.today())
    if not form.is_valid():
        return _page(request, one, county, value_form=form, status=422)
    asked = form.cleaned_data
    try:
        with transaction.atomic():
            one.enter(
                county,
                year=asked["year"],
                value=asked["value"],
                note=asked["note"],
                unit=unit,
                by=request.user,
                at=clock.moment(),
                instead_of=form.replaced,
            )
            detail = {"指标": one.name, "年度": asked["year"], "数值": str(asked["value"]), "部门": unit}
            trail.record("填报指标", request=request, subject=one, area=county, detail=detail)
    except ValueTaken as taken:
        return refused(request, f"{taken}。")
    messages.success(
        request, f"已填报：{one.name}，{asked['year']}年 {asked['value'].normalize():f} {one.unit}。"
    )
    return _to(one, county)


@require_http_methods(["GET", "HEAD", "POST"])
def goal(request: SignedIn, code: str) -> HttpResponse:
    """Base and target as the plan prints them: with the plan, so by who adopts it."""
    require(request.user, Capability.PLAN_ADOPT)
    one = get_object_or_404(Indicator, code=code)
    county = _county(request)
    if county is None:
        raise Http404("no county within the duty")
    require(request.user, Capability.PLAN_ADOPT, county)
    standing = IndicatorGoal.objects.filter(indicator=one, area=county).first()
    made = standing or IndicatorGoal(indicator=one, area=county)
    form = GoalForm(request.POST if request.method == "POST" else None, instance=made)
    if form.is_valid():
        with transaction.atomic():
            form.save()
            detail = {"指标": one.name, "基期": made.base, "目标": made.target}
            trail.record("修改指标目标", request=request, subject=one, area=county, detail=detail)
        messages.success(request, f"已保存：{one.name}的基期和目标。")
        return _to(one, county)
    context = {"one": one, "form": form, "county": county}
    status = 422 if form.errors else 200
    return render(request, "villages/indicator_goal.html", context, status=status)


def _counties(request: SignedIn) -> list[Area]:
    """Counties of the own scope, or the one that the own town or village lies in."""
    found = Area.objects.visible_to(request.user).filter(level=Level.COUNTY, valid_to__isnull=True)
    counties = list(found.order_by("code"))
    home = request.user.home_area
    above = home.at(Level.COUNTY) if home is not None else None
    return counties or ([above] if above is not None else [])


def _county(request: SignedIn) -> Area | None:
    counties = _counties(request)
    asked = asked_area(request)
    if asked is None:
        return counties[0] if counties else None
    county = asked.at(Level.COUNTY)
    if county not in counties:
        raise Http404("indicators are of a county")
    return county


def _indicator(request: SignedIn, code: str, capability: Capability) -> tuple[Indicator, Area]:
    require(request.user, capability)
    one: Indicator = get_object_or_404(Indicator, code=code)
    county = _county(request)
    if county is None:
        raise Http404("no county within the duty")
    if capability == Capability.INDICATOR_EDIT:
        require(request.user, capability, county)
    return one, county


def _unit(request: SignedIn, one: Indicator) -> str:
    """The unit the user enters it for, empty for the district; PermissionDenied for another department."""
    if request.user.role != Role.DEPARTMENT:
        return ""
    own = [unit for unit in request.user.units_of(Capability.INDICATOR_EDIT) if unit in one.sources]
    if not own:
        raise PermissionDenied(f"这项指标由{one.source}填报")
    return own[0]


def _page(request: SignedIn, one: Indicator, county: Area, status: int = 200, **forms: Any) -> HttpResponse:
    rows = list(
        IndicatorValue.objects.filter(indicator=one, area=county)
        .select_related("entered_by")
        .order_by("-year", "replaced_at", "-pk")
    )
    able = request.user.capabilities()
    may_enter = Capability.INDICATOR_EDIT in able and not one.registered
    if request.user.role == Role.DEPARTMENT:
        may_enter = may_enter and bool(
            set(one.sources) & set(request.user.units_of(Capability.INDICATOR_EDIT))
        )
    standing = ",".join(f"{row.year}:{row.pk}" for row in rows if row.replaced_at is None)
    context = {
        "one": one,
        "county": county,
        "goal": IndicatorGoal.objects.filter(indicator=one, area=county).first(),
        "rows": rows,
        "may_enter": may_enter,
        "may_goal": Capability.PLAN_ADOPT in able,
        "value_form": ValueForm(indicator=one, day=clock.today(), initial={"instead_of": standing}),
        **forms,
    }
    return render(request, "villages/indicator.html", context, status=status)


def _to(one: Indicator, county: Area) -> HttpResponse:
    address = f"{reverse('villages:indicator', args=[one.code])}?area={county.code}"
    return HttpResponseRedirect(address, status=303)
