"""`/villages/public/`: what everybody may read of inspections (R256) and of model people and cases (R265).

What is shown is the text that was written for it, never the findings themselves nor their grade.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Capability
from office.listing import page_by_key
from villages.models import Inspection, WorkEvent

ORDER = ("-on", "-pk")


@login_not_required
@require_safe
def inspections(request: HttpRequest) -> HttpResponse:
    shown = Inspection.objects.standing().filter(published_at__isnull=False)
    return _page(
        request, shown, "督查结果公开", "还没有公开的督查结果。", "published_text", "kind", "inspected"
    )


@login_not_required
@require_safe
def models(request: HttpRequest) -> HttpResponse:
    shown = WorkEvent.objects.standing().filter(published_at__isnull=False)
    return _page(request, shown, "典型人物和案例", "还没有公开的典型。", "content", "kind", "title")


def _page(
    request: HttpRequest, shown: Any, title: str, empty: str, text: str, word: str, subject: str
) -> HttpResponse:
    page = page_by_key(shown.select_related("area__parent"), request, order=ORDER, exact=True)
    rows = [(row, getattr(row, subject), getattr(row, word), getattr(row, text)) for row in page.rows]
    names = {"督查结果": "villages:public-inspections", "典型人物和案例": "villages:public-models"}
    tabs = [(each, reverse(name), request.path == reverse(name)) for each, name in names.items()]
    context = {"page": page, "rows": rows, "title": title, "empty": empty, "tabs": tabs}
    context["may_work"] = (
        isinstance(request.user, User) and Capability.WORK_VIEW in request.user.capabilities()
    )
    return render(request, "villages/public.html", context)
