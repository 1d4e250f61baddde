"""`/lines/`: poverty lines by year, published beside computed (domain §2), and entry of a published one."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import require
from accounts.roles import Capability
from households import poverty
from households.forms import PublishedLine
from households.models import CountyStandard, PovertyLine, SubsistenceStandard
from households.poverty import LineMissing
from office import clock, trail

STANDARDS = (poverty.NATIONAL, poverty.PROVINCIAL, poverty.MUNICIPAL)
INDEXES = (poverty.LOW_INCOME, poverty.RURAL)


@dataclass(frozen=True)
class YearRow:
    """One year: (published, computed) of each standard shown, and the price indexes."""

    year: int
    lines: list[tuple[int | None, int | None]]
    indexes: list[Any]


@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: HttpRequest) -> HttpResponse:
    applied = (
        CountyStandard.objects.visible_to(request.user)
        .select_related("county")
        .order_by("county", "-from_year")
    )
    require(request.user, Capability.LINES_VIEW)
    day = clock.today()
    may_edit = Capability.LINES_EDIT in request.user.capabilities()  # type: ignore[union-attr]
    if request.method == "POST":
        require(request.user, Capability.LINES_EDIT)
        form = PublishedLine(request.POST)
        if form.is_valid():
            return _publish(request, form)
    else:
        form = PublishedLine(initial={"year": day.year})
    book = PovertyLine.objects.book()
    standards = [name for name in STANDARDS if name != poverty.MUNICIPAL or _named(book, name)]
    subsistence = SubsistenceStandard.objects.visible_to(request.user).select_related("county")
    context = {
        "form": form if may_edit else None,
        "may_close_years": Capability.YEAR_CLOSE in request.user.capabilities(),  # type: ignore[union-attr]
        "standards": standards,
        "indexes": dict(poverty.CPI_KINDS),
        "rows": _rows(book, standards, day),
        "columns": 1 + 2 * len(standards) + len(INDEXES),
        "applied": applied,
        "subsistence": [(one, _warning(book, one)) for one in subsistence.order_by("county", "-year")],
        "versions": PovertyLine.objects.select_related("recorded_by").order_by("-recorded_at", "-pk")[:50],
    }
    return render(request, "households/lines.html", context, status=422 if form.errors else 200)


def _publish(request: HttpRequest, form: PublishedLine) -> HttpResponse:
    asked = form.cleaned_data
    with transaction.atomic():
        line = PovertyLine.publish(
            asked["standard"],
            asked["year"],
            asked["published"],
            source=asked["source"],
            at=clock.moment(),
            by=request.user,
        )
        noted = {
            "标准": asked["standard"],
            "年度": asked["year"],
            "公布数": asked["published"],
            "来源": asked["source"],
        }
        trail.record("公布扶贫标准", request=request, subject=line, detail=noted)
    messages.success(request, f"已登记：{line}。以前登记的数保留在下面的登记记录里。")
    return HttpResponseRedirect(reverse("households:lines"), status=303)


def _named(book: poverty.Lines, standard: str) -> bool:
    return any(name == standard for name, _ in book.published)


def _rows(book: poverty.Lines, standards: list[str], day: datetime.date) -> list[YearRow]:
    """Every year from the first one known to the office's own, the newest first."""
    known = [year for _, year in (*book.published, *book.cpi)]
    if not known:
        return []
    years = range(max(*known, day.year), min(known) - 1, -1)
    return [
        YearRow(
            year,
            [_pair(book, standard, year) for standard in standards],
            [book.cpi.get((index, year)) for index in INDEXES],
        )
        for year in years
    ]


def _pair(book: poverty.Lines, standard: str, year: int) -> tuple[int | None, int | None]:
    try:
        line = book.line(standard, year)
    except LineMissing:
        return None, None
    return line.published, line.computed


def _warning(book: poverty.Lines, subsistence: SubsistenceStandard) -> str:
    """两线合一 of a county's year; a missing line is said, not passed over."""
    try:
        return poverty.two_lines(subsistence.amount, book.line(poverty.PROVINCIAL, subsistence.year))
    except LineMissing as missing:
        return str(missing)
