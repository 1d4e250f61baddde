"""`/measures/coverage/tick/`: those of 应享未享 who are ticked are delivered to at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.forms import Day, HalfWidthChars
from measures import coverage, solar, ticked
from measures.coverage import UNMET, Ground
from measures.coverage_lists import coverage_list
from measures.models import Taken
from office import clock, trail
from office.listing import area_in


class TickForm(forms.Form):
    """`subject`: numbers of persons or households; they stand in the table, not among the fields."""

    use_required_attribute = False
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
        error_messages={"required": "一次登记多项要有凭证号"},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.chosen: list[str] = list(dict.fromkeys(self.data.getlist("subject"))) if self.is_bound else []  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if not self.chosen:
            raise forms.ValidationError("没有勾选任何一行")
        if len(self.chosen) > ticked.MOST:
            raise forms.ValidationError(f"一次最多勾选 {ticked.MOST} 行")
        return super().clean() or self.cleaned_data


@require_http_methods(["GET", "HEAD", "POST"])
def tick(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.MEASURE_EDIT)
    query, day = request.GET.copy(), clock.today()
    query["kind"] = UNMET
    listed = coverage_list(request.user, query, day)
    if listed.refusal or listed.form.day != day:
        return refused(request, "没有写明是哪项政策，请从应享未享的名单里打开。", 422)
    policy, rule, _ = listed.form.chosen
    asked = ticked.asks_each(policy)
    form = TickForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and not asked:
        status = 422
        if form.is_valid():
            mine = Ground(request.user.scope_of(Capability.MEASURE_EDIT), area_in(query, request.user), day)
            rows = list(coverage.unmet(rule, mine).filter(number__in=form.chosen).order_by("pk"))
            if len(rows) != len(form.chosen):
                gone = len(form.chosen) - len(rows)
                return refused(
                    request, f"勾选的有 {gone} 行已不在应享未享名单里，可能刚刚落实，请刷新后再办。"
                )
            facts = {name: form.cleaned_data[name] for name in ("payer", "voucher")}
            try:
                with transaction.atomic():
                    done = ticked.deliver(
                        rule,
                        policy,
                        rows,
                        on=form.cleaned_data["delivered_on"],
                        by=request.user,
                        today=day,
                        **facts,
                    )
                    trail.record(
                        "勾选落实措施",
                        request=request,
                        subject=policy,
                        area=listed.area or request.user.home_area,
                        detail={
                            "政策": policy.code,
                            "项数": done.count,
                            "合计": str(done.total),
                            "支付单位": facts["payer"],
                            "凭证号": facts["voucher"],
                        },
                    )
            except Taken as taken:
                return refused(request, f"{taken}。")
            except ValidationError as refusal:
                for name in getattr(refusal, "error_dict", {None: 0}):
                    told = refusal.error_dict[name] if name else refusal
                    form.add_error(name if name in form.fields else None, told)
            else:
                messages.success(request, f"已落实 {done.count} 项，合计 {done.total}：{policy}。")
                return HttpResponseRedirect(
                    f"{reverse('measures:coverage-tick')}?{_same(request)}", status=303
                )
    context = {
        "policy": policy,
        "sun": solar.RULE if policy.code == solar.POLICY else "",
        "sun_source": solar.SOURCE,
        "rule": rule,
        "form": form,
        "asked": asked,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": listed.area,
        "query": _same(request),
    }
    return render(request, "measures/coverage_tick.html", context, status=status)


def _same(request: SignedIn) -> str:
    """The policy and area of the list, without the place in it: who was ticked is not in it any more."""
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    return query.urlencode()
