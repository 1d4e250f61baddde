"""`/audits/many/`: clean lists passed one after the other, each in a transaction of its own; `/audits/doubtful/`: why not."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from audits import desk
from audits.lists import dress
from audits.models import AuditList
from audits.panels import bar
from audits.views.refusing import Refusal, attempt
from office import clock
from office.listing import page_by_key

# Each list is judged whole to say whether it is clean.
SIZE = 20


@dataclass(frozen=True)
class Outcome:
    audit_list: AuditList
    done: bool
    said: str


@require_http_methods(["GET", "HEAD", "POST"])
def many(request: SignedIn) -> HttpResponse:
    day = clock.today()
    lists = desk.waiting_lists(request.user, day)
    require(request.user, Capability.AUDIT_ACT)
    outcomes: list[Outcome] = []
    status = 200
    if request.method == "POST":
        chosen = request.POST.getlist("list")
        outcomes = [outcome for one in chosen if (outcome := _pass(request, one)) is not None]
        done = [outcome for outcome in outcomes if outcome.done]
        if not outcomes:
            messages.error(request, "没有选择名单：先勾选要通过的。")
            status = 422
        elif len(done) == len(outcomes):
            messages.success(request, f"已通过 {len(done)} 份：" + "；".join(each.said for each in done))
            return HttpResponseRedirect(reverse("audits:many"), status=303)
        else:
            status = 409
    page = page_by_key(lists.select_related("area__parent"), request, order=("stage_since", "pk"), size=SIZE)
    dress(page.rows, day)
    missing = bar.missing_of(page.rows, day)
    rows = [(audit_list, missing[audit_list.pk]) for audit_list in page.rows]
    context: dict[str, Any] = {
        "page": page,
        "rows": rows,
        "clean": sum(not missing for _, missing in rows),
        "outcomes": outcomes,
    }
    return render(request, "audits/many.html", context, status=status)


def _pass(request: SignedIn, chosen: str) -> Outcome | None:
    """One list as it was seen ("id:stage:version"); what is not the user's to see is nothing."""
    pk, _, seen = chosen.partition(":")
    stage, _, version = seen.partition(":")
    if not (pk.isdecimal() and version.isdecimal() and len(pk) < 19 and len(version) < 10):
        return None
    audit_list = (
        AuditList.objects.visible_to(request.user).select_related("area__parent").filter(pk=pk).first()
    )
    if audit_list is None:
        return None
    outcome = attempt(
        lambda: audit_list.pass_stage(stage, by=request.user, on=clock.today(), version=int(version))
    )
    if isinstance(outcome, Refusal):
        return Outcome(audit_list, False, "；".join(outcome.reasons))
    return Outcome(audit_list, True, f"{audit_list}{outcome.stage_label}")


@require_safe
def doubtful(request: SignedIn) -> HttpResponse:
    day = clock.today()
    lists = desk.waiting_lists(request.user, day)
    require(request.user, Capability.AUDIT_VIEW)
    found = desk.doubts(lists.select_related("area").order_by("stage_since", "pk"), day)
    context = {"doubts": found, "total": sum(len(each.entries) for each in found)}
    return render(request, "audits/doubtful.html", context)
