"""Versions of a plan table: what is carried over, figures entered by hand, and two versions side by side."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from audits import counties
from households.models import ClosedYear
from office import clock, trail
from reporting import carrying
from reporting.models import Overtaken, PlanTable
from reporting.models.plan import as_csv
from reporting.plan_page import Figure, PlanPage
from reporting.reading import TidyCell
from reporting.version_compare import changes
from reporting.version_forms import MOST_ENTERED, CarryForm, EntryForm, blank

BASE_YEAR = 2015


def _fetch(request: SignedIn, pk: int) -> PlanTable:
    tables = PlanTable.objects.visible_to(request.user)
    return get_object_or_404(tables.select_related("area__parent__parent", "based_on"), pk=pk)


def _to(table: PlanTable) -> HttpResponse:
    return HttpResponseRedirect(reverse("reporting:plan", args=[table.pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
def carry(request: SignedIn, pk: int) -> HttpResponse:
    """A year that is over: planned, actual, missed; what was missed goes into the next year of a new version."""
    table = _fetch(request, pk)
    require(request.user, Capability.PLAN_VIEW)
    if request.method == "POST":
        require(request.user, Capability.PLAN_IMPORT)
    if table.area is None:
        return refused(request, "这张表没有对上区划，算不出实际完成多少。", 422)
    if request.method == "POST":
        require(request.user, Capability.PLAN_IMPORT, table.area)
    day = clock.today()
    years = carrying.years_over(table, day.year)
    year = _year(request, years)
    found = carrying.lines(table, year, day) if year else []
    able = request.user.scope_of(Capability.PLAN_IMPORT).covers(table.area)
    newest = table.newest
    form = CarryForm(request.POST or None, lines=found, year=year) if able and year else None
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form is not None and form.offered and form.is_valid():
        try:
            made = _carry(request, table, found, form, year)
        except Overtaken as late:
            form.add_error(None, str(late))
            status = 409
        else:
            messages.success(request, f"已成第{made.version}版；采用以后报表才读它。")
            return _to(made)
    carried = carrying.amounts(found, {line.place: line.open for line in found})
    context = {
        "table": table,
        "newest": newest,
        "year": year,
        "years": years,
        "form": form if newest.pk == table.pk or request.method == "POST" else None,
        "lines": [
            (
                line,
                form.of(line) if form is not None and newest.pk == table.pk else None,
                carried.get(line.place, 0),
            )
            for line in found
        ],
        "closed": _closed(table, year),
    }
    return render(request, "reporting/carry.html", context, status=status)


def _year(request: SignedIn, years: list[int]) -> int:
    """The one asked for, else the latest that is over; nought where none is."""
    asked = request.GET.get("year", "")
    if not asked:
        return years[0] if years else 0
    if not asked.isascii() or not asked.isdigit() or int(asked) not in years:
        raise Http404("这张表没有这个已经过去的年度")
    return int(asked)


def _closed(table: PlanTable, year: int) -> bool:
    """Whether the counties of the table have sealed the year: what left can still move before that."""
    assert table.area is not None
    found = Area.objects.in_area(table.area).filter(level=Level.COUNTY, valid_to__isnull=True)
    above = table.area.at(Level.COUNTY)
    wanted = {above.pk} if above is not None else set(found.values_list("pk", flat=True))
    sealed = ClosedYear.objects.filter(county__in=wanted, year=year).values_list("county", flat=True)
    return wanted == set(sealed)


def _carry(
    request: SignedIn, table: PlanTable, found: list[carrying.Line], form: CarryForm, year: int
) -> PlanTable:
    carried = carrying.amounts(found, form.chosen())
    reason = form.cleaned_data["reason"]
    with transaction.atomic():
        made = table.change(
            carrying.with_carried(table.tidy, year, carried),
            reason=reason,
            by=request.user,
            at=clock.moment(),
            on=clock.today(),
            within=request.user.scope_of(Capability.PLAN_IMPORT),
        )
        count = carrying.record(made, table, found, carried, year)
        detail = {"版次": made.version, "年度": year, "处": count, "原因": reason, "校验码": made.checksum}
        trail.record("结转规划", request=request, subject=made, area=made.area, detail=detail)
    return made


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """The figures by hand, as the next version with its reason; the version before stays as it was printed."""
    table = _fetch(request, pk)
    require(request.user, Capability.PLAN_IMPORT)
    if table.area is not None:
        require(request.user, Capability.PLAN_IMPORT, table.area)
    newest = table.newest
    if newest.pk != table.pk:
        return refused(request, f"已经有第{newest.version}版，请在那一版上改。")
    if len(table.rows) > MOST_ENTERED:
        return refused(request, f"这张表有 {len(table.rows)} 格，请导出 csv 改好以后再导入。", 422)
    form = EntryForm(request.POST or None, cells=table.tidy, named=False)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = _changed(request, table, form)
        except Overtaken as late:
            form.add_error(None, str(late))
            status = 409
        else:
            messages.success(request, f"已成第{made.version}版；采用以后报表才读它。")
            return _to(made)
    context = {"table": table, "form": form, "plan": _page(table.name, table.tidy, form)}
    return render(request, "reporting/plan_entry.html", context, status=status)


def _changed(request: SignedIn, table: PlanTable, form: EntryForm) -> PlanTable:
    reason = form.cleaned_data["reason"]
    with transaction.atomic():
        made = table.change(
            form.cells(),
            reason=reason,
            by=request.user,
            at=clock.moment(),
            on=clock.today(),
            within=request.user.scope_of(Capability.PLAN_IMPORT),
        )
        carrying.inherit(made, table)
        detail = {"版次": made.version, "原因": reason, "校验码": made.checksum}
        trail.record("修改规划表", request=request, subject=made, area=made.area, detail=detail)
    return made


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """The nineteen columns of the form, entered by hand for one's county and its towns."""
    require(request.user, Capability.PLAN_IMPORT)
    scope = request.user.scope_of(Capability.PLAN_IMPORT)
    county = next((one for one in counties.of(request.user) if scope.covers(one)), None)
    if county is None:
        return refused(request, "当前任职的区域没有区县，请导入规划表。", 422)
    towns = list(Area.objects.filter(parent=county).valid_on(clock.today()).order_by("code"))
    cells = blank(county, towns, BASE_YEAR)
    form = EntryForm(request.POST or None, cells=cells, named=True)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        name, reason = form.cleaned_data["name"], form.cleaned_data["reason"]
        if PlanTable.objects.filter(name=name).exists():
            form.add_error("name", "已经有这个名称的表；要改它，打开它的最新一版")
        else:
            with transaction.atomic():
                filled = form.cells()
                made = PlanTable.take_in(
                    filled,
                    name=name,
                    data=as_csv(filled),
                    at=clock.moment(),
                    on=clock.today(),
                    by=request.user,
                    ground=county,
                    within=scope,
                    reason=reason,
                )
                detail = {"版次": made.version, "格数": len(filled), "校验码": made.checksum}
                trail.record("录入规划表", request=request, subject=made, area=made.area, detail=detail)
            messages.success(request, "已录入；采用以后报表才读它。")
            return _to(made)
    context = {"county": county, "form": form, "plan": _page("", cells, form)}
    return render(request, "reporting/plan_entry.html", context, status=status)


def _page(name: str, cells: list[TidyCell], form: EntryForm) -> PlanPage:
    """The printed form with a field in the place of each figure."""
    plan = PlanPage.of(PlanTable.unsaved(name, cells))
    places = {id(cell): place for place, cell in enumerate(cells)}
    lines = []
    for line in plan.lines:
        figures = []
        for figure, cell in zip(line.figures, line.row.cells, strict=True):
            if cell is None:
                figures.append(replace(figure, sign="", target=""))
                continue
            field = form[f"c{places[id(cell)]}"]
            wrong = " bad" if field.errors else ""
            text = format_html(
                '<label class="only-read" for="{}">{}</label>{}', field.id_for_label, field.label, field
            )
            figures.append(Figure(text, figure.classes.replace(" bad", "").replace(" odd", "") + wrong))
        lines.append(replace(line, figures=figures))
    return replace(plan, lines=lines, extra=[], reasons=[])


@require_safe
def compare(request: SignedIn, pk: int) -> HttpResponse:
    """`?with=` names the earlier version, else it is the one this was made of, else the one before."""
    table = _fetch(request, pk)
    require(request.user, Capability.PLAN_VIEW)
    others = PlanTable.objects.visible_to(request.user).filter(name=table.name).exclude(pk=table.pk)
    asked = request.GET.get("with", "")
    earlier: PlanTable | None
    if asked:
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
            raise Http404("没有这一版")
        earlier = get_object_or_404(others, pk=int(asked))
    else:
        earlier = others.filter(version__lt=table.version).order_by("-version").first()
    context: dict[str, Any] = {
        "table": table,
        "earlier": earlier,
        "others": others.order_by("-version")[:20],
        "changes": list(changes(earlier.tidy, table.tidy)) if earlier is not None else [],
    }
    return render(request, "reporting/plan_compare.html", context)
