"""Reports: ask for one, see a kept run, take its files."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area
from areas.scope import ScopedQuerySet
from office import clock, exports, trail
from office.days import written
from office.download import download
from office.jobs import JobRefused, enqueue
from office.listing import asked_area, page_by_key
from office.stamp import Stamp
from reporting.definitions import DEFINITIONS
from reporting.details import KEY, countable
from reporting.files import download_name, handed_out
from reporting.forms import ReportForm
from reporting.jobs import parameters
from reporting.models import ReportFile, ReportRun
from reporting.nesting import places, titled
from reporting.report import ReportDefinition, headings
from reporting.screen import has_long_words, has_money, lines, marked, sums
from reporting.sums import checks_of, told, with_marks

OTHERS = 8
# 挂图 (R300): the first shows figures alone, the other two who is posted and who answers.
WALLS = (
    ("reporting:wall-distribution", "贫困人口分布图", "每村一格：在册户和人、发生率、重点村。"),
    ("reporting:wall-campaign", "脱贫攻坚作战图", "各年目标、完成和还差，重点村和年度，责任人。"),
    ("reporting:wall-pairing", "结对帮扶图", "村、第一书记和工作队、帮扶单位、结对户。"),
)
TYPES = {
    ReportFile.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFile.Format.CSV: "text/csv; charset=utf-8",
    ReportFile.Format.JSON: "application/json",
}


@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: SignedIn) -> HttpResponse:
    """All kinds, the form and the recent runs; POST queues the report as a job."""
    areas = Area.objects.visible_to(request.user)
    require(request.user, Capability.REPORT_VIEW)
    if request.method != "POST":
        return _listing(request, areas)
    require(request.user, Capability.REPORT_RUN)
    if code := request.POST.get("area", "").strip():
        try:
            areas.by_code(code)
        except Area.DoesNotExist as error:
            raise Http404(f"没有代码为 {code} 的区划") from error
    form = ReportForm(request.POST, areas=areas, today=clock.today())
    if not form.is_valid():
        return _listing(request, areas, form=form)
    asked = form.cleaned_data
    require(request.user, Capability.REPORT_RUN, asked["area"])
    title = titled(DEFINITIONS[asked["kind"]].title, asked["area"], asked["nested"])
    job = enqueue(
        "report",
        params=parameters(
            asked["kind"], asked["area"], asked["year"], asked["as_of"], nested=asked["nested"]
        ),
        owner=request.user,
        title=f"{asked['area'].name}{asked['year']}年{title}（截至{written(asked['as_of'])}）",
    )
    return HttpResponseRedirect(reverse("accounts:job", args=[job.pk]), status=303)


@require_safe
def report(request: SignedIn, kind: str) -> HttpResponse:
    """One kind: its form, filled from the address, and the runs kept so far."""
    areas = Area.objects.visible_to(request.user)
    require(request.user, Capability.REPORT_VIEW)
    if kind not in DEFINITIONS:
        raise Http404
    return _listing(request, areas, definition=DEFINITIONS[kind])


def _listing(
    request: SignedIn,
    areas: ScopedQuerySet,
    *,
    definition: ReportDefinition | None = None,
    form: ReportForm | None = None,
) -> HttpResponse:
    runs = ReportRun.objects.visible_to(request.user)
    if definition is not None:
        runs = runs.filter(kind=definition.kind)
    if (area := asked_area(request)) is not None:
        runs = runs.in_area(area)
    if re.fullmatch(r"[0-9]{4}", year := request.GET.get("year", "")):
        runs = runs.filter(year=int(year))
    listed = runs.select_related("area", "requested_by").defer("figures_stored")
    page = page_by_key(listed, request, order=("-created_at", "pk"))
    wrong = form is not None
    if form is None and Capability.REPORT_RUN in request.user.capabilities():
        form = ReportForm(None, areas=areas, today=clock.today(), initial=_asked(request, definition))
    context = {
        "definition": definition,
        "definitions": DEFINITIONS.values(),
        "walls": WALLS if Capability.WORK_VIEW in request.user.capabilities() else WALLS[:1],
        "form": form,
        "runs": [
            (titled(DEFINITIONS[run.kind].title, run.area, run.nested), run)
            for run in page.rows
            if run.kind in DEFINITIONS
        ],
        "page": page,
    }
    return render(request, "reporting/reports.html", context, status=422 if wrong else 200)


def _asked(request: SignedIn, definition: ReportDefinition | None) -> dict[str, Any]:
    """The form's first values: what the address says, otherwise this year, the own area, today."""
    today = clock.today()
    home = request.user.home_area
    return {
        "kind": definition.kind if definition else request.GET.get("kind", ""),
        "year": request.GET.get("year") or today.year,
        "area": request.GET.get("area") or (home.code if home else ""),
        "as_of": request.GET.get("as_of") or today,
        "nested": request.GET.get("nested") == "on",
    }


@require_safe
def run(request: SignedIn, pk: UUID) -> HttpResponse:
    """A kept run: one block of its figures at a time, each counted number a link to what it counts."""
    kept = get_object_or_404(
        ReportRun.objects.visible_to(request.user).select_related("area__parent", "requested_by"), pk=pk
    )
    require(request.user, Capability.REPORT_VIEW, kept.area)
    definition, figures = DEFINITIONS[kept.kind], kept.figures
    blocks = definition.blocks_of(kept)
    asked = request.GET.get("block", blocks[0].key)
    block = next((one for one in blocks if one.key == asked), None)
    if block is None:
        raise Http404(f"这份报表没有“{asked}”这组数")
    words, checks = headings(blocks), checks_of(definition, figures, blocks)
    figures = with_marks(figures, checks)
    reasons = {one.key: marked(figures, words, one) for one in blocks}
    context = {
        "run": kept,
        "definition": definition,
        "blocks": blocks,
        "chosen": block,
        "money": has_money(block),
        "said": has_long_words(block),
        "lines": list(lines(figures, block)),
        "sums": sums(figures, block),
        "note": figures.notes.get(block.key, ""),
        "marks": reasons[block.key],
        "marks_elsewhere": next((one for one in blocks if reasons[one.key]), None),
        "plan": figures.plan,
        "reads_plan": figures.reads_plan,
        "checked": told(checks),
        "others": _others(request, kept),
        "may_run": Capability.REPORT_RUN in request.user.capabilities(),
        "detail_columns": countable(kept, block),
        "detail_rows": [{"code": code, "name": name} for code, name in places(figures.rows).items()],
        "once": uuid4().hex,
        "files": sorted(kept.files.all(), key=lambda file: ReportFile.Format.values.index(file.format)),
    }
    return render(request, "reporting/run.html", context)


@require_POST
def run_details(request: SignedIn, pk: UUID) -> HttpResponse:
    """Orders the workbook with the rows behind the chosen figures: 303 to its job."""
    kept = get_object_or_404(ReportRun.objects.visible_to(request.user).select_related("area__parent"), pk=pk)
    require(request.user, Capability.REPORT_VIEW, kept.area)
    typed = QueryDict(mutable=True)
    typed["run"] = str(kept.pk)
    for name in ("block", "row", "column"):
        typed[name] = request.POST.get(name, "")
    wanted = exports.named(KEY)
    listed = wanted.ask(request.user, typed, clock.today())
    once = request.POST.get("once", "")
    if listed.refusal or not re.fullmatch("[0-9a-f]{32}", once):
        return refused(request, "没有说明要哪些数的明细，请回到报表重新选。", 422)
    query = listed.address(typed)
    try:
        job = exports.order(wanted, query, listed, format=exports.Format.XLSX, once=once, owner=request.user)
    except JobRefused as reason:
        return refused(request, str(reason), 409)
    return HttpResponseRedirect(reverse("accounts:job", args=[job.pk]), status=303)


def _others(request: SignedIn, kept: ReportRun) -> list[ReportRun]:
    """The newest other runs of the form and area, to be compared with."""
    same = ReportRun.objects.visible_to(request.user).filter(
        kind=kept.kind, area=kept.area, nested=kept.nested
    )
    return list(same.exclude(pk=kept.pk).defer("figures_stored")[:OTHERS])


@require_safe
def file(request: SignedIn, pk: UUID) -> HttpResponseBase:
    """A file of a run, under its Chinese name, stamped for who takes it; every download is a row of the trail."""
    wanted = get_object_or_404(
        ReportFile.objects.visible_to(request.user).select_related("run__area__parent"), pk=pk
    )
    require(request.user, Capability.REPORT_VIEW, wanted.run.area)
    try:
        kept = (Path(settings.MEDIA_ROOT) / wanted.name).read_bytes()
    except FileNotFoundError as gone:
        raise Http404 from gone
    stamp = Stamp.new(request.user, clock.moment())
    with transaction.atomic():
        trail.record(
            "下载报表",
            actor=request.user,
            subject=wanted.run,
            area=wanted.run.area,
            detail={"格式": wanted.format, "校验码": wanted.checksum, "下载编号": stamp.number},
            request=request,
        )
    content = handed_out(kept, wanted.format, stamp)
    name = download_name(wanted.run, wanted, stamp)
    return download([content], name, TYPES[ReportFile.Format(wanted.format)], size=len(content))
