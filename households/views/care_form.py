"""One page for every small form about a household: show, refuse with what was typed, or save and go back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.models import Household


class Late(Exception):
    """Somebody else did it first, or it cannot be done any more (409); the message is for the screen."""


def household_for(request: SignedIn, number: str, capability: Capability) -> Household:
    """The household of the address, in the user's scope, for who may do this there."""
    visible = Household.objects.visible_to(request.user).select_related(
        "village__parent__parent__parent__parent", "county"
    )
    household: Household = get_object_or_404(visible, number=number)
    require(request.user, capability, area=household.village)
    return household


def form_page(
    request: SignedIn, household: Household, form: Any, *, title: str, submit: str, save: Callable[[], str]
) -> HttpResponse:
    """`save` writes within one transaction and says what was done; Late and ValidationError undo it."""
    if household.removed_on is not None:
        return refused(request, "该户已经注销，不再登记。")
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                said = save()
        except Late as late:
            return refused(request, str(late))
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("households:detail", args=[household.number]), status=303)
    context = {
        "household": household,
        "head_name": household.head.name if household.head else "",
        "form": form,
        "title": title,
        "submit": submit,
    }
    return render(request, "households/care_form.html", context, status=422 if form.errors else 200)
