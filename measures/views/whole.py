"""`/measures/whole/`: planned measures by policy and year, and the delivery of all of them with one voucher."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from areas.models import Area
from households.forms import Day, HalfWidthChars
from measures import whole
from measures.models import Measure, Policy
from office import clock, trail
from office.listing import area_choices, asked_area

# Of those held back the page names so many; the others stand in the list of what is planned.
SHOWN = 50


class WholeForm(forms.Form):
    """`expected`: how many the page showed; more or fewer by now stop the delivery."""

    use_required_attribute = False
    expected = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    delivered_on = Day(label="落实日期", error_messages={"required": "请填落实日期"})
    payer = HalfWidthChars(
        label="支付单位",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "w18"}),
        error_messages={"required": "请写支付或落实的单位"},
    )
    voucher = HalfWidthChars(
        label="凭证号",
        max_length=60,
        widget=forms.TextInput(attrs={"class": "w8", "autocomplete": "off"}),
        error_messages={"required": "整单落实要有凭证号"},
    )


@require_safe
def overview(request: SignedIn) -> HttpResponse:
    visible = Measure.objects.visible_to(request.user)
    require(request.user, Capability.MEASURE_EDIT)
    area = asked_area(request)
    rows = whole.by_policy(visible.in_area(area))
    context = {
        "rows": rows,
        "area": area,
        "areas": area_choices(request.user, area, clock.today()),
        "total": len(rows),
    }
    return render(request, "measures/whole.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def deliver(request: SignedIn, code: str, year: int) -> HttpResponse:
    visible = Measure.objects.visible_to(request.user)
    require(request.user, Capability.MEASURE_EDIT)
    area = asked_area(request)
    policy = get_object_or_404(Policy.objects.standing(clock.today()), code=code)
    if area is not None:
        require(request.user, Capability.MEASURE_EDIT, area=area)
    # Seen by one duty, edited by another: only what lies where the right is.
    mine = visible.in_scope(request.user.scope_of(Capability.MEASURE_EDIT))
    rows = whole.waiting(mine.in_area(area), code, year)
    form, status = WholeForm(request.POST if request.method == "POST" else None), 200
    if form.is_valid():
        try:
            with transaction.atomic():
                done = _deliver(request, rows, policy, form.cleaned_data)
                _noted(request, policy, year, area, done, form.cleaned_data["voucher"])
        except ValidationError as refusal:
            status = 409 if getattr(refusal, "code", "") == "taken" else 422
            form.add_error(None, refusal)
        else:
            left = f"有 {done.held} 项没有登记，单独办理。" if done.held else ""
            messages.success(
                request, f"已落实 {done.count} 项，合计 {done.total}：{policy}，{year}年。{left}"
            )
            query = f"?policy={code}&year={year}" + (f"&area={area.code}" if area else "")
            return HttpResponseRedirect(reverse("measures:list") + query, status=303)
    # A list is looked through once: by the delivery, or for the page. What is typed stays, over what waits now.
    waits = whole.what_waits(rows, policy, clock.today())
    form.initial["expected"] = waits.count
    if form.is_bound:
        typed = request.POST.copy()
        typed["expected"] = str(waits.count)
        form.data = typed
    context = {
        "form": form,
        "policy": policy,
        "year": year,
        "area": area,
        "waits": waits,
        "held": waits.held[:SHOWN],
        "more": max(len(waits.held) - SHOWN, 0),
    }
    return render(
        request,
        "measures/whole_deliver.html",
        context,
        status=422 if form.errors and status == 200 else status,
    )


def _deliver(request: SignedIn, rows: Any, policy: Policy, asked: dict[str, Any]) -> whole.Whole:
    return whole.deliver_all(
        rows,
        policy,
        on=asked["delivered_on"],
        payer=asked["payer"],
        voucher=asked["voucher"],
        by=request.user,
        today=clock.today(),
        expected=asked["expected"],
    )


def _noted(
    request: SignedIn,
    policy: Policy,
    year: int,
    area: Area | None,
    done: whole.Whole,
    voucher: str,
) -> None:
    detail = {
        "政策": policy.code,
        "年度": year,
        "项数": done.count,
        "合计": str(done.total),
        "暂不登记": done.held,
        "凭证号": voucher,
        "校验码": done.checksum,
    }
    trail.record(
        "整单落实措施", request=request, subject=policy, area=area or request.user.home_area, detail=detail
    )
