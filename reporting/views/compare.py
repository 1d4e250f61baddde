"""`/reports/runs/<run>/compare/`: what moved since an earlier run of the same form and area, and which households."""

from itertools import islice
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from office import clock
from reporting.compare import changes, moved
from reporting.definitions import DEFINITIONS
from reporting.models import ReportRun
from reporting.nesting import titled
from reporting.report import headings

SHOWN = 500


@require_safe
def compare(request: SignedIn, pk: UUID) -> HttpResponse:
    """`?with=` names the earlier run, else it is the one before; `?row=&column=` asks for the households of a change."""
    runs = ReportRun.objects.visible_to(request.user).select_related("area__parent")
    run = get_object_or_404(runs, pk=pk)
    require(request.user, Capability.REPORT_VIEW, run.area)
    others = runs.filter(kind=run.kind, area=run.area, nested=run.nested).exclude(pk=run.pk)
    if asked := request.GET.get("with", ""):
        earlier = get_object_or_404(others, pk=_uuid(asked))
    else:
        earlier = others.filter(created_at__lte=run.created_at).first()
    definition = DEFINITIONS[run.kind]
    title = titled(definition.title, run.area, run.nested)
    context: dict[str, Any] = {"run": run, "title": title, "earlier": earlier}
    if earlier is not None:
        words = headings([*definition.blocks_of(run), *definition.blocks_of(earlier)])
        found = list(changes(earlier, run, words))
        place = (request.GET.get("row", ""), request.GET.get("column", ""))
        chosen = next((one for one in found if (one.row, one.column) == place and one.of_households), None)
        context |= {
            "total": len(found),
            "changes": list(islice(found, SHOWN)),
            "asked": chosen,
            "moved": moved(chosen, request.user, clock.today()) if chosen else None,
            "same_day": earlier.as_of == run.as_of,
        }
    return render(request, "reporting/compare.html", context)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404("没有这份报表") from error
