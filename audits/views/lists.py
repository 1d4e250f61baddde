"""`/audits/`: the lists; one list with its stages, entries, papers, objections and the decision bar."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from audits.lists import audit_lists, totals
from audits.models import AuditList
from audits.panels import acceptance, acts, bar, entries, history, objections, papers, steps
from audits.panels import clock as posting_clock
from audits.seen import PassForm, SeenForm
from audits.views.fetch import list_for
from audits.views.refusing import Refusal
from office import clock
from office.listing import area_choices


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = audit_lists(request.user, request.GET, day)
    able = request.user.capabilities()
    households, persons = (0, 0) if listed.refusal else totals(listed.rows)
    context = {
        "form": listed.form,
        "page": listed.page(request),
        "households": households,
        "persons": persons,
        "may_act": Capability.AUDIT_ACT in able,
        "may_set": Capability.AUDIT_SETTINGS in able,
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "may_open": Capability.AUDIT_OPEN in able,
        # What comes after an exit names households and their measures: departments do not see them.
        "may_follow": {Capability.REGISTER_VIEW, Capability.MEASURE_VIEW} <= able,
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "audits/lists.html", context, status=422 if listed.refusal else 200)


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    return list_page(request, list_for(request, pk, Capability.AUDIT_VIEW))


def list_page(
    request: SignedIn, audit_list: AuditList, form: SeenForm | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    """The page of a list, or with a refusal the same page with its reason; one key a part, see list.html."""
    day = clock.today()
    rows = entries.of(audit_list, request.user, day)
    context: dict[str, Any] = {
        "audit_list": audit_list,
        "step": audit_list.step,
        "day": day,
        "refusal": refusal,
        "form": form or PassForm(audit_list=audit_list),
        "steps": steps.of(audit_list, day),
        "entries": rows,
        "clock": posting_clock.of(audit_list, request.user, day),
        "papers": papers.of(audit_list, request.user),
        "acts": acts.of(audit_list, request.user, day),
        "inspection": acceptance.of(audit_list),
        "objections": objections.of(audit_list, request.user, day),
        "history": history.of(audit_list),
        "bar": bar.of(audit_list, request.user, day, rows),
    }
    return render(request, "audits/list.html", context, status=refusal.status if refusal else 200)
