"""What the audits know of one household, and what may be started from its page: 回退 of its exit, 返贫 as entry."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from audits import afterwards, passages
from audits.after_forms import ReturnForm, ReverseForm
from audits.models import LookbackVisit
from audits.views.refusing import Refusal, attempt
from households.models import Household
from office import attachments, clock

WHERE = "village__parent__parent__parent__parent"


def _household(request: SignedIn, number: str, *capabilities: Capability) -> Household:
    visible = Household.objects.visible_to(request.user).select_related("county", "town", WHERE)
    home: Household = get_object_or_404(visible, number=number)
    for capability in capabilities:
        require(request.user, capability, area=home.village)
    return home


@require_safe
def panel(request: SignedIn, number: str) -> HttpResponse:
    """A page of its own, and for htmx the panel of the household's page."""
    home = _household(request, number, Capability.AUDIT_VIEW, Capability.REGISTER_VIEW)
    able = request.user.scope_of(Capability.AUDIT_ACT).covers(home.village)
    context = {
        "household": home,
        "head_name": home.head.name if home.head else "",
        "passages": passages.of_household(home),
        "lookbacks": LookbackVisit.objects.filter(household=home).select_related("lookback").order_by("-pk"),
        "may_reverse": able and afterwards.may_reverse(request.user, home),
        "may_return": able and afterwards.may_return(request.user, home),
    }
    name = "audits/_household.html" if getattr(request, "htmx", False) else "audits/household.html"
    return render(request, name, context)


@require_http_methods(["GET", "HEAD", "POST"])
def reverse_exit(request: SignedIn, number: str) -> HttpResponse:
    """提出回退: the town or the district puts the case, the district approves it on its list."""
    home = _household(request, number, Capability.AUDIT_ACT, Capability.REGISTER_VIEW)
    why_not = afterwards.why_not_reverse(home)
    if why_not:
        return refused(request, why_not)
    day, status = clock.today(), 200
    posted = request.method == "POST"
    form = ReverseForm(request.POST if posted else None, request.FILES if posted else None)
    if posted:
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            try:
                checked = attachments.check(asked["file"])
            except ValidationError as refusal:
                form.add_error("file", refusal)
            else:
                with attachments.on_disk(checked) as file:
                    outcome = attempt(
                        lambda: afterwards.ask_reversal(
                            home, asked["reason"], asked["document"], file, by=request.user, on=day
                        )
                    )
                if not isinstance(outcome, Refusal):
                    messages.success(request, f"已提出回退，等区扶贫办批准：{outcome}。")
                    return HttpResponseRedirect(reverse("audits:audit", args=[outcome.pk]), status=303)
                status = outcome.status
                for reason in outcome.reasons:
                    form.add_error(None, reason)
    context = {
        "household": home,
        "head_name": home.head.name if home.head else "",
        "form": form,
        "exit": afterwards.last_exit(home),
    }
    return render(request, "audits/reverse_exit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def fall_back(request: SignedIn, number: str) -> HttpResponse:
    """返贫 as entry: the household is put on an entry list of its village, where the audit begins."""
    home = _household(request, number, Capability.AUDIT_OPEN, Capability.REGISTER_VIEW)
    why_not = afterwards.why_not_return(home)
    if why_not:
        return refused(request, why_not)
    day, status = clock.today(), 200
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            outcome = attempt(
                lambda: afterwards.ask_return(
                    home, asked["reason"], asked["standard"], by=request.user, on=day
                )
            )
            if not isinstance(outcome, Refusal):
                messages.success(request, f"已提报返贫：{outcome}。由村附申请书后接着办。")
                return HttpResponseRedirect(reverse("audits:audit", args=[outcome.pk]), status=303)
            status = outcome.status
            for reason in outcome.reasons:
                form.add_error(None, reason)
    context = {"household": home, "head_name": home.head.name if home.head else "", "form": form}
    return render(request, "audits/fall_back.html", context, status=status)
