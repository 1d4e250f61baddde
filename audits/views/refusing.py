"""The one place where a refusal of the machine becomes an answer: 403, 409 or 422, with its reason.

A view does it so:

    outcome = attempt(lambda: audit_list.strike_off(entry, by=…, on=…, reason=…))
    if isinstance(outcome, Refusal):
        return <the page again, with outcome.reasons and what was typed>, status=outcome.status

or, for a small form on a page of its own, leaves all of it to `form_page`.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.permissions import SignedIn
from audits.models import AuditList, Entry
from audits.refusals import NotNow
from audits.seen import SeenForm
from households.models import Conflict
from office import clock

T = TypeVar("T")


@dataclass(frozen=True)
class Refusal:
    status: int
    reasons: tuple[str, ...]


def attempt(act: Callable[[], T]) -> T | Refusal:
    """The act in one transaction; what the machine refuses comes back as a Refusal."""
    try:
        with transaction.atomic():
            return act()
    except PermissionDenied as refusal:
        return Refusal(403, (str(refusal),))
    except (NotNow, Conflict) as refusal:
        return Refusal(409, tuple(refusal.messages))
    except ValidationError as refusal:
        return Refusal(422, tuple(refusal.messages))


def form_page(
    request: SignedIn,
    audit_list: AuditList,
    form: SeenForm,
    *,
    title: str,
    submit: str,
    act: Callable[[], str],
    back: str,
    entry: Entry | None = None,
    danger: bool = False,
    template: str,
    **more: Any,
) -> HttpResponse:
    """One page for every small act: the form, the form again with the reason, or done and back (303).

    `act` calls one method of the machine and returns what to say; it is called with a valid form only. `back`
    is where it leads to; `template` extends audits/form.html. A page on which the list has moved on is
    refused with 409 before anything is tried.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            refusal = late(form, clock.today())
            outcome = attempt(act) if refusal is None else refusal
            if not isinstance(outcome, Refusal):
                messages.success(request, outcome)
                return HttpResponseRedirect(back, status=303)
            status = outcome.status
            for reason in outcome.reasons:
                form.add_error(None, reason)
            form.now_seen()
    context = {
        "audit_list": audit_list,
        "entry": entry,
        "form": form,
        "title": title,
        "submit": submit,
        "back": back,
        "danger": danger,
        **more,
    }
    return render(request, template, context, status=status)


def late(form: SeenForm, on: datetime.date) -> Refusal | None:
    """Whoever looked at another stage than the list stands at is told who was first. The version is for the
    machine to judge, where a decision rests on all of the list: two may add papers at once."""
    audit_list, stage = form.audit_list, form.cleaned_data["stage"]
    if stage not in audit_list.procedure:
        return Refusal(422, ("没有这个环节",))
    if stage != audit_list.stage or not audit_list.is_open:
        return Refusal(409, (audit_list.why_not(audit_list.procedure[stage], on),))
    return None
