"""`/lines/`: poverty lines by year, published beside computed (domain §2), and what they are made of, entered here:
published lines, price indexes, the standard that a county applies, its 低保标准."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from households import poverty
from households.line_forms import AppliedStandard, PriceIndex, PublishedLine, Subsistence
from households.margins.forms import counties_of
from households.models import CountyStandard, PovertyLine, SubsistenceStandard
from households.poverty import LineMissing
from office import clock, trail

STANDARDS = (poverty.NATIONAL, poverty.PROVINCIAL, poverty.MUNICIPAL)
INDEXES = (poverty.LOW_INCOME, poverty.RURAL)
KINDS = ("line", "index", "standard", "subsistence")


@dataclass(frozen=True)
class YearRow:
    """One year: (published, computed) of each standard shown, and the price indexes."""

    year: int
    lines: list[tuple[int | None, int | None]]
    indexes: list[Any]


@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: SignedIn) -> HttpResponse:
    applied = _applied(request)
    require(request.user, Capability.LINES_VIEW)
    return _enter(request, applied, "line") if request.method == "POST" else _page(request, applied)


@require_POST
def set_index(request: SignedIn) -> HttpResponse:
    applied = _applied(request)
    require(request.user, Capability.LINES_VIEW)
    return _enter(request, applied, "index")


@require_POST
def set_standard(request: SignedIn) -> HttpResponse:
    applied = _applied(request)
    require(request.user, Capability.LINES_VIEW)
    return _enter(request, applied, "standard")


@require_POST
def set_subsistence(request: SignedIn) -> HttpResponse:
    applied = _applied(request)
    require(request.user, Capability.LINES_VIEW)
    return _enter(request, applied, "subsistence")


def _applied(request: SignedIn) -> Any:
    found = CountyStandard.objects.visible_to(request.user).select_related("county")
    return found.order_by("county", "-from_year")


def _form(request: SignedIn, kind: str, data: Any = None) -> Any:
    """Each has ids of its own: they stand on one page."""
    year, ids = clock.today().year, f"id_{kind}_%s"
    if kind == "line":
        return PublishedLine(data, initial={"year": year}, auto_id=ids)
    if kind == "index":
        return PriceIndex(data, initial={"year": year}, auto_id=ids)
    counties = counties_of(request.user.scope_of(Capability.LINES_EDIT))
    if kind == "standard":
        return AppliedStandard(data, counties=counties, initial={"from_year": year}, auto_id=ids)
    return Subsistence(data, counties=counties, initial={"year": year}, auto_id=ids)


def _enter(request: SignedIn, applied: Any, kind: str) -> HttpResponse:
    """What the form of this kind says is written, or the page comes back with its errors."""
    require(request.user, Capability.LINES_EDIT)
    form = _form(request, kind, request.POST)
    if not form.is_valid():
        return _page(request, applied, {kind: form}, status=422)
    county = form.cleaned_data.get("county")
    if county is not None:
        require(request.user, Capability.LINES_EDIT, county)
    with transaction.atomic():
        made, noted = form.save(at=clock.moment(), by=request.user)
        trail.record(form.action, request=request, subject=made, area=county, detail=noted)
    kept = "以前登记的数保留在下面的登记记录里。" if kind == "line" else ""
    messages.success(request, f"已登记：{made}。{kept}")
    return HttpResponseRedirect(reverse("households:lines"), status=303)


def _page(
    request: SignedIn, applied: Any, bound: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    day, able = clock.today(), request.user.capabilities()
    kinds = KINDS if Capability.LINES_EDIT in able else ()
    book = PovertyLine.objects.book()
    standards = [name for name in STANDARDS if name != poverty.MUNICIPAL or _named(book, name)]
    subsistence = SubsistenceStandard.objects.visible_to(request.user).select_related("county")
    context = {
        "forms": {kind: (bound or {}).get(kind) or _form(request, kind) for kind in kinds},
        "may_close_years": Capability.YEAR_CLOSE in able,
        "standards": standards,
        "indexes": dict(poverty.CPI_KINDS),
        "rows": _rows(book, standards, day),
        "columns": 1 + 2 * len(standards) + len(INDEXES),
        "applied": applied,
        "subsistence": [(one, _warning(book, one)) for one in subsistence.order_by("county", "-year")],
        "versions": PovertyLine.objects.select_related("recorded_by").order_by("-recorded_at", "-pk")[:50],
    }
    return render(request, "households/lines.html", context, status=status)


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
