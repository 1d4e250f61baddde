"""`/audits/delegations/`: who stands in for whom, given by the principal and ended by either of the two."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Duty, User
from accounts.permissions import SignedIn, require
from accounts.roles import BUSINESS, Capability
from accounts.views.errors import refused
from audits.models import Delegation
from audits.views.refusing import Refusal, attempt
from office import clock
from office.days import written
from office.form_fields import Day


class DelegationForm(forms.Form):
    deputy = forms.ModelChoiceField(User.objects.none(), label="受托人", empty_label="请选择")
    start_on = Day(label="开始日期")
    end_on = Day(label="结束日期")
    reason = forms.CharField(label="委托原因", max_length=200, widget=forms.TextInput({"class": "w24"}))

    def __init__(self, data: Any = None, *, principal: User, **more: Any) -> None:
        super().__init__(data, **more)
        field: Any = self.fields["deputy"]
        field.queryset = deputies(principal)
        field.label_from_instance = lambda user: f"{user}　{user.role_label}"


def deputies(principal: User) -> Any:
    """Business users whose duty covers the area of the principal's."""
    duty = next((each for each in principal.valid_duties() if each.role in BUSINESS), None)
    if duty is None:
        return User.objects.none()
    above = {area.pk for area in (*duty.area.ancestors(), duty.area)}
    held = Duty.objects.valid_on(clock.today()).filter(area__in=above, role__in=BUSINESS)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).exclude(pk=principal.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: SignedIn) -> HttpResponse:
    visible = Delegation.objects.visible_to(request.user)
    require(request.user, Capability.AUDIT_ACT)
    day, status = clock.today(), 200
    form = DelegationForm(
        request.POST if request.method == "POST" else None, principal=request.user, initial={"start_on": day}
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            outcome = attempt(lambda: Delegation.give(principal=request.user, **asked))
            if not isinstance(outcome, Refusal):
                messages.success(
                    request,
                    f"已委托{outcome.deputy}，{written(outcome.start_on)}至{written(outcome.end_on)}。",
                )
                return HttpResponseRedirect(reverse("audits:delegations"), status=303)
            status = outcome.status
            form.add_error(None, list(outcome.reasons))
    mine = Q(principal=request.user) | Q(deputy=request.user)
    rows = visible.filter(mine).select_related("principal", "deputy", "area").order_by("-start_on", "-pk")
    context = {"form": form, "rows": rows, "day": day}
    return render(request, "audits/delegations.html", context, status=status)


@require_POST
def end(request: SignedIn, pk: int) -> HttpResponse:
    """At once, by the principal or the deputy; a delegation of others is none of one's business."""
    mine = Q(principal=request.user) | Q(deputy=request.user)
    delegation = get_object_or_404(Delegation.objects.visible_to(request.user).filter(mine), pk=pk)
    require(request.user, Capability.AUDIT_ACT)
    if not delegation.end(by=request.user, at=clock.moment()):
        return refused(request, "这项委托已经终止。")
    messages.success(request, f"已终止：{delegation}。")
    return HttpResponseRedirect(reverse("audits:delegations"), status=303)
