"""操作日志, for the audit administrator alone: who did or saw what, newest first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.lists import trail_rows, visible_rows
from accounts.permissions import SignedIn
from office import clock
from office.listing import page_by_key


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    """A filter that cannot be read is said, and everything shown."""
    listed = trail_rows(request.user, request.GET, clock.today())
    page = page_by_key(listed.rows, request, order=listed.order)
    listed.dress(page.rows)
    context = {
        "page": page,
        "columns": listed.columns,
        "form": listed.form,
        "asked": bool(request.GET),
        "unsealed": visible_rows(request.user).filter(seq__isnull=True).count(),
    }
    return render(request, "accounts/trail.html", context, status=422 if listed.refusal else 200)
