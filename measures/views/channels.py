"""`/measures/exits/` 脱贫渠道 and `/measures/points/` 来料加工和电商服务: the lists behind two reports."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Abs
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from measures import channel_lists, point_lists
from office import clock
from office.listing import Column, Listed, Page, area_choices

PERSONS = {"persons": Sum(Abs("persons"))}


@require_safe
def exits(request: SignedIn) -> HttpResponse:
    listed = channel_lists.exits(request.user, request.GET, clock.today())
    words = {
        "key": channel_lists.KEY,
        "title": "脱贫渠道",
        "counted": "户",
        "report": "channels",
        "empty": "还没有户退出。退出以前两年内落实过哪些措施，列在这里。",
    }
    return _page(request, listed, words, sums=PERSONS)


@require_safe
def points(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = point_lists.places(request.user, request.GET, day)
    may_edit = Capability.MEASURE_EDIT in request.user.capabilities()
    words = {
        "key": point_lists.KEY,
        "title": "来料加工和电商服务",
        "counted": "个",
        "report": "points",
        "empty": "任职区域内没有这一级的地方。",
    }
    columns = [*listed.columns, point_lists.entry(day)] if may_edit else listed.columns
    return _page(request, listed, words, columns=columns)


def _page(
    request: SignedIn,
    listed: Listed,
    words: Mapping[str, str],
    *,
    columns: Sequence[Column] = (),
    sums: Mapping[str, Any] | None = None,
) -> HttpResponse:
    page = Page(rows=[], total=0)
    if not listed.refusal:
        page = listed.page(request, sums=sums, exact=any(listed.form.cleaned_data.values()))
    context = {
        **words,
        "form": listed.form,
        "page": page,
        "persons": page.sums.get("persons") or 0,
        "counts_persons": sums is not None,
        "columns": columns or listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, clock.today()),
        "may_report": Capability.REPORT_VIEW in request.user.capabilities(),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "measures/figure_list.html", context, status=422 if listed.refusal else 200)
