"""`/ask/`: the consultation desk's public page; no sign-in, so everything is bounded.

A limit for one address and one for all, short fields, a small body. The code of the answer's page is 144 random bits
and stands in the address of that page alone.
"""

import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.body_limit import body_at_most
from accounts.views.errors import refused
from measures.desk.forms import AskForm, RateForm
from measures.models import Channel, DeskRequest, DeskState, Taken
from office import clock, trail
from office.pii import index

MOST_BODY = 32 * 1024
HOUR = datetime.timedelta(hours=1)
TOO_MANY = "这一小时提的问题已经很多，请过一会儿再提，或者打电话、到镇街咨询。"


@body_at_most(MOST_BODY)
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    asked = request.method == "POST"
    form = AskForm(request.POST if asked else None)
    if asked and form.is_valid():
        now = clock.moment()
        key = index(str(getattr(request, "client_address", "")), "desk-address")
        if _over(key, now):
            form.add_error(None, TOO_MANY)
            return render(
                request, "measures/ask.html", {"form": form, "days": settings.DESK_DAYS}, status=429
            )
        with transaction.atomic():
            made, code = DeskRequest.ask(
                at=now, days=settings.DESK_DAYS, channel=Channel.PAGE, address_key=key, **form.cleaned_data
            )
            detail = {"方式": made.channel, "类别": made.topic}
            trail.record("收到咨询", request=request, subject=made, area=made.area, detail=detail)
        messages.success(request, "已收到。请记下本页的地址，答复写在这里。")
        return HttpResponseRedirect(reverse("measures:asked", args=[code]), status=303)
    context = {"form": form, "days": settings.DESK_DAYS}
    return render(request, "measures/ask.html", context, status=422 if asked else 200)


def _over(key: str, now: datetime.datetime) -> bool:
    lately = DeskRequest.objects.filter(channel=Channel.PAGE, received_at__gt=now - HOUR)
    by_one = lately.filter(address_key=key).count() >= settings.DESK_ASKED_PER_HOUR
    return by_one or lately.count() >= settings.DESK_ASKED_BY_ALL_PER_HOUR


@body_at_most(MOST_BODY)
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest, code: str) -> HttpResponse:
    """How far it is, the answer, and the short survey. Neither the name nor the phone is shown again."""
    one: DeskRequest = get_object_or_404(DeskRequest.objects.by_code(code))
    posted = request.method == "POST"
    form = RateForm(request.POST if posted else None)
    if posted and not one.answered_at:
        return refused(request, "还没有答复，答复以后再评价。")
    if posted and form.is_valid():
        try:
            with transaction.atomic():
                one.rate(
                    score=form.cleaned_data["score"],
                    word=form.cleaned_data["score_word"],
                    at=clock.moment(),
                )
                trail.record("评价咨询", request=request, subject=one, area=one.area)
        except Taken as taken:
            return refused(request, f"{taken}。")
        messages.success(request, "谢谢评价。")
        return HttpResponseRedirect(reverse("measures:asked", args=[code]), status=303)
    context: dict[str, Any] = {
        "one": one,
        "form": form,
        "policies": one.policies.order_by("pk"),
        "may_rate": one.answered_at is not None and one.score is None,
        "waiting": one.state in (DeskState.WAITING, DeskState.TAKEN, DeskState.HANDED),
    }
    return render(request, "measures/asked.html", context, status=422 if form.errors else 200)
