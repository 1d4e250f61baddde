"""Helpers of a household: add, change (a new line that ends the old one), end; the load of each helper."""

import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from households.care.pairing import HelperEnd, HelperForm, masked
from households.lists.pairing import helpers
from households.models import Helper, Household
from households.views.care_form import Late, form_page, household_for
from office import clock, trail
from office.days import written
from office.listing import area_choices

ENDED = "这项结对已经结束"
ONE_DAY = datetime.timedelta(days=1)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, number: str) -> HttpResponse:
    household = household_for(request, number, Capability.HELPER_EDIT)
    form = _form(request, household, None)

    def save() -> str:
        helper = form.save()
        _noted(request, "安排帮扶责任人", household, helper, form)
        return f"已安排：{helper.name}自{written(helper.start_on)}起帮扶该户。"

    return form_page(request, household, form, title="安排帮扶责任人", submit="安排", save=save)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """The old line ends on the day before the new one begins."""
    household = household_for(request, number, Capability.HELPER_EDIT)
    old = get_object_or_404(household.helpers, pk=pk)
    if not old.valid(clock.today()):
        return refused(request, ENDED)
    form = _form(request, household, old)

    def save() -> str:
        _end(household, old, old.end_on, form.cleaned_data["start_on"] - ONE_DAY)
        helper = form.save()
        _noted(request, "更换帮扶责任人", household, helper, form, 原责任人=old.name)
        return f"已更换：{old.name}到{written(old.end_on)}止，{helper.name}自{written(helper.start_on)}起。"

    title = f"更换帮扶责任人{old.name}"
    return form_page(request, household, form, title=title, submit="更换", save=save)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedIn, number: str, pk: int) -> HttpResponse:
    household = household_for(request, number, Capability.HELPER_EDIT)
    helper, day = get_object_or_404(household.helpers, pk=pk), clock.today()
    if not helper.valid(day):
        return refused(request, ENDED)
    was, data = helper.end_on, request.POST if request.method == "POST" else None
    form = HelperEnd(data, instance=helper, household=household, day=day)

    def save() -> str:
        _end(household, helper, was, form.cleaned_data["end_on"])
        early = {"提前撤出的理由": form.cleaned_data["reason"]} if form.cleaned_data["reason"] else {}
        _noted(request, "结束帮扶", household, helper, form, 结束时间=helper.end_on, **early)
        said = f"已结束：{helper.name}的帮扶到{written(helper.end_on)}止。"
        if not household.helpers.valid_on(day + ONE_DAY).exists():
            said += "该户明天起没有帮扶责任人，请另行安排。"
        return said

    title = f"结束{helper.name}的帮扶"
    return form_page(request, household, form, title=title, submit="结束帮扶", save=save)


def _form(request: SignedIn, household: Household, after: Helper | None) -> HelperForm:
    data = request.POST if request.method == "POST" else None
    instance = Helper(household=household)  # type: ignore[misc]
    return HelperForm(data, instance=instance, household=household, day=clock.today(), after=after)


def _end(household: Household, helper: Helper, was: datetime.date | None, on: datetime.date) -> None:
    """Under the row's lock: of two who end it at once, the second is told. `was`: the end when it was read."""
    if household.helpers.select_for_update().get(pk=helper.pk).end_on != was:
        raise Late(ENDED)
    helper.end_on = on
    helper.save(update_fields=["end_on"])


def _noted(
    request: SignedIn, action: str, household: Household, helper: Helper, form: Any, **detail: object
) -> None:
    kept = {breach.rule: form.cleaned_data["reason"] for breach in getattr(form, "warned", ())}
    noted = {**masked(household, helper), **detail, **({"核实保留": kept} if kept else {})}
    trail.record(action, request=request, subject=helper, area=household.village, detail=noted)


@require_safe
def load(request: SignedIn) -> HttpResponse:
    """`/helpers/`: how many households each helper (name and unit) looks after today."""
    day = clock.today()
    listed = helpers(request.user, request.GET, day)
    form, area, scope = listed.form, listed.area, request.user.area_scope()
    context = {
        "form": form,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": area,
        "areas": area_choices(request.user, area, day),
        "above": [one for one in area.ancestors() if scope.covers(one)] if area else [],
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "households/helpers.html", context, status=422 if listed.refusal else 200)
