"""`/audits/<list>/entries/<entry>/`: one household or village on a list, with what it is judged by."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from audits.panels import acts, entries, frozen, papers
from audits.panels.criteria import criteria, others
from audits.seen import SeenForm
from audits.views.fetch import entry_for
from office import clock


@require_safe
def detail(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_VIEW)
    day = clock.today()
    row = entries.one(entry.audit_list, entry, day)
    able = request.user.capabilities()
    context = {
        "entry": entry,
        "audit_list": entry.audit_list,
        "step": entry.audit_list.step,
        "day": day,
        "row": row,
        "criteria": criteria(row, able, day),
        "others": others(row),
        "papers": papers.of_entry(entry, request.user),
        "acts": acts.of(entry.audit_list, request.user, day),
        "form": SeenForm(audit_list=entry.audit_list),
        "frozen": frozen.of_entry(entry),
        "sees_register": Capability.REGISTER_VIEW in able,
    }
    return render(request, "audits/entry.html", context)
