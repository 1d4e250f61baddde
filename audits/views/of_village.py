"""What the audits know of one village: the panel of its page, and a page of its own."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from areas.models import Area, Level
from audits import passages
from audits.models import AuditList, Objection
from office import clock

SHOWN = 12


@require_safe
def panel(request: SignedIn, code: str) -> HttpResponse:
    """Its lists, the open ones first, what hangs in it now, and how its own exit as a key village went."""
    try:
        village = Area.objects.visible_to(request.user).filter(level=Level.VILLAGE).by_code(code)
    except Area.DoesNotExist as error:
        raise Http404(f"没有代码为 {code} 的村") from error
    require(request.user, Capability.AUDIT_VIEW, area=village)
    day = clock.today()
    lists = AuditList.objects.visible_to(request.user).filter(area=village)
    context = {
        "village": village,
        "day": day,
        "lists": passages.counted(lists)[:SHOWN],
        "total": lists.count(),
        "notices": passages.hanging(lists, day),
        "objections": Objection.objects.open().filter(audit_list__in=lists).count(),
        "passages": passages.of_village(village, AuditList.objects.visible_to(request.user)),
    }
    name = "audits/_village.html" if getattr(request, "htmx", False) else "audits/village.html"
    return render(request, name, context)
