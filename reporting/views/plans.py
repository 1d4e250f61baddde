"""Plan tables: the list, a table as printed with its findings, import, adoption, export."""

from urllib.parse import quote

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from office import clock, trail
from office.listing import asked_area, page_by_key
from office.stamp import Stamp, stamped
from office.workbook_write import write_csv, write_form
from reporting.misprints import propose
from reporting.models import AlreadyAdopted, CannotAdopt, PlanTable, ReportRun
from reporting.plan_form import PlanForm
from reporting.plan_page import PlanPage, official_forms
from reporting.reading import COLUMNS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def _fetch(request: SignedIn, pk: int) -> PlanTable:
    tables = PlanTable.objects.visible_to(request.user)
    return get_object_or_404(
        tables.select_related("area__parent__parent", "imported_by", "adopted_by", "based_on"), pk=pk
    )


def _to(table: PlanTable) -> HttpResponse:
    return HttpResponseRedirect(reverse("reporting:plan", args=[table.pk]), status=303)


@require_safe
def plans(request: SignedIn) -> HttpResponse:
    """Every version of every table, the latest import first."""
    tables = PlanTable.objects.visible_to(request.user)
    require(request.user, Capability.PLAN_VIEW)
    area = asked_area(request)
    if area is not None:
        tables = tables.in_area(area)
    listed = tables.select_related("area", "imported_by").prefetch_related("cells")
    page = page_by_key(listed, request, order=("-imported_at", "-pk"))
    context = {"page": page, "area": area, **_rights(request)}
    return render(request, "reporting/plans.html", context)


def _rights(request: SignedIn) -> dict[str, bool]:
    able = request.user.capabilities()
    return {"may_import": Capability.PLAN_IMPORT in able, "may_adopt": Capability.PLAN_ADOPT in able}


@require_http_methods(["GET", "HEAD", "POST"])
def plan_import(request: SignedIn) -> HttpResponse:
    """Takes the whole file or nothing; a refused one answers with every line and its reason."""
    require(request.user, Capability.PLAN_IMPORT)
    form = PlanForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "reporting/plan_import.html", {"form": form}, status=status)
    ground = form.cleaned_data["area"]
    if ground is not None:
        require(request.user, Capability.PLAN_IMPORT, ground)
    file = form.cleaned_data["file"]
    with transaction.atomic():
        table = PlanTable.take_in(
            form.plan_cells,
            name=form.cleaned_data["name"],
            data=form.plan_data,
            at=clock.moment(),
            on=clock.today(),
            file_name=file.name or "",
            by=request.user,
            ground=ground,
            within=request.user.scope_of(Capability.PLAN_IMPORT),
        )
        trail.record(
            "导入规划表",
            actor=request.user,
            subject=table,
            area=table.area,
            detail={"版次": table.version, "格数": len(form.plan_cells), "校验码": table.checksum},
            request=request,
        )
    words = f"照印数已载入 {len(form.plan_cells)} 个，一个未改。"
    if table.error_count:
        words += f"有 {table.error_count} 处对不上，已在表中标出。"
    messages.success(request, words)
    return _to(table)


@require_safe
def plan(request: SignedIn, pk: int) -> HttpResponse:
    """The table as it was printed; marked figures lead to their reasons below."""
    table = _fetch(request, pk)
    require(request.user, Capability.PLAN_VIEW)
    versions = PlanTable.objects.visible_to(request.user).filter(name=table.name)
    context = {
        "table": table,
        "plan": PlanPage.of(table),
        "newer": table.newest.pk != table.pk,
        "carries": table.carries.select_related("area"),
        "versions": versions.exclude(pk=table.pk).order_by("-version")[:20],
        "run": _newest_run(request, table),
        "proposal": propose(table.tidy) if table.error_count else None,
        **_rights(request),
    }
    return render(request, "reporting/plan.html", context)


def _newest_run(request: SignedIn, table: PlanTable) -> ReportRun | None:
    """The latest rolling plan report of the table's area, with the actual figures beside these."""
    if table.area is None or Capability.REPORT_VIEW not in request.user.capabilities():
        return None
    runs = ReportRun.objects.visible_to(request.user).filter(kind="rolling-plan", area=table.area)
    return runs.defer("figures_stored").order_by("-created_at", "id").first()


@require_POST
def plan_adopt(request: SignedIn, pk: int) -> HttpResponse:
    """From now on the reports of its area read this table."""
    table = _fetch(request, pk)
    require(request.user, Capability.PLAN_ADOPT)
    if table.area is not None:
        require(request.user, Capability.PLAN_ADOPT, table.area)
    try:
        with transaction.atomic():
            table.adopt(by=request.user, at=clock.moment())
            trail.record(
                "采用规划表",
                actor=request.user,
                subject=table,
                area=table.area,
                detail={"版次": table.version, "校验码": table.checksum},
                request=request,
            )
    except CannotAdopt as refusal:
        return refused(request, str(refusal), 422)
    except AlreadyAdopted as refusal:
        return refused(request, str(refusal), 409)
    messages.success(request, f"已采用为{table.area}的滚动规划，报表从现在起读这一版。")
    return _to(table)


@require_safe
def plan_export(request: SignedIn, pk: int, fmt: str) -> HttpResponse:
    """xlsx: the form as printed with its marks; csv: the cells as they were read."""
    table = _fetch(request, pk)
    require(request.user, Capability.PLAN_VIEW)
    stamp, number = Stamp.new(request.user, clock.moment()), ""
    if fmt == "xlsx":
        forms = official_forms(table, PlanPage.of(table))
        content = stamped(write_form(*forms, made_at=table.imported_at), stamp)
        answer = HttpResponse(content, content_type=XLSX)
    elif fmt == "csv":
        number = f"_{stamp.number}"
        answer = HttpResponse(content_type=CSV)
        write_csv(answer, COLUMNS, (list(cell.printed().values()) for cell in table.tidy))
    else:
        raise Http404
    name = quote(f"{table.name}第{table.version}版{number}.{fmt}")
    answer["Content-Disposition"] = f"attachment; filename=\"plan-{table.pk}.{fmt}\"; filename*=UTF-8''{name}"
    trail.record(
        "导出规划表",
        actor=request.user,
        subject=table,
        area=table.area,
        detail={"格式": fmt, "校验码": table.checksum, "下载编号": stamp.number},
        request=request,
    )
    return answer
