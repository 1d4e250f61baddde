"""操作日志, for the audit administrator alone: who did or saw what, newest first."""

import datetime

from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms import TrailFilter
from accounts.models import User
from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from office.clock import SHANGHAI
from office.listing import page_by_key
from office.models import TrailRow


def visible_rows(user: User) -> QuerySet[TrailRow]:
    """Rows of the area the auditor keeps, and those of the system itself, which have no area."""
    return TrailRow.objects.filter(user.areas_of(Capability.TRAIL_VIEW, "area") | Q(area__isnull=True))


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.TRAIL_VIEW)
    form = TrailFilter(request.GET or None)
    rows = visible_rows(request.user).select_related("area")
    if form.is_valid():
        rows = _filtered(rows, **form.cleaned_data)
    page = page_by_key(rows, request, order=("-pk",))
    for row in page.rows:
        row.subject_word = _word(row.subject_type)
    unsealed = visible_rows(request.user).filter(seq__isnull=True).count()
    status = 422 if form.is_bound and not form.is_valid() else 200
    context = {"page": page, "form": form, "unsealed": unsealed}
    return render(request, "accounts/trail.html", context, status=status)


def _filtered(
    rows: QuerySet[TrailRow], day: datetime.date | None, person: str, action: str
) -> QuerySet[TrailRow]:
    if day:
        # The trail keeps the real time; a day is Shanghai's, from midnight to midnight.
        start = datetime.datetime.combine(day, datetime.time.min, SHANGHAI)
        rows = rows.filter(at__gte=start, at__lt=start + datetime.timedelta(days=1))
    if person:
        rows = rows.filter(Q(actor_name__icontains=person) | Q(actor__username__icontains=person))
    if action:
        rows = rows.filter(action__icontains=action)
    return rows


def _word(label: str) -> str:
    """The Chinese name of a kind of record; of one that the program no longer has, as it was written."""
    try:
        return str(apps.get_model(label)._meta.verbose_name) if label else ""
    except LookupError:
        return label
