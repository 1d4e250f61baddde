"""`/audits/<list>/entries/<entry>/`: one household or village on a list, with what it is judged by."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from audits import facts
from audits.views.fetch import entry_for
from office import clock


@require_safe
def detail(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_VIEW)
    day = clock.today()
    found = facts.judged(entry.audit_list, [entry], day).get(entry.pk)
    context = {"entry": entry, "audit_list": entry.audit_list, "day": day, "verdict": found and found[1]}
    return render(request, "audits/entry.html", context)
